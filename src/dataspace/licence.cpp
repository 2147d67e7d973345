#include "dataspace/licence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {

Result<std::optional<GrantedUse>> granted_before(Turn& turn, std::string agreement, const std::string& serial) {
  const store::Collection<GrantedUse> uses{turn.connector().parts().store, "dataspace_licence_use"};
  while (!agreement.empty()) {
    HANSE_TRY(auto found, turn.find(uses, agreement + '|' + serial));
    if (found) return found;
    HANSE_TRY(const auto version, turn.find(turn.connector().agreements(), agreement));
    agreement = version ? version->replaces : std::string{};
  }
  return std::optional<GrantedUse>{};
}

Result<GrantedUse> LicenceBook::grant(const Partner& partner, const LicenceUse& wanted, std::int64_t& left) {
  GrantedUse granted{.id = wanted.agreement + '|' + wanted.serial,
                     .agreement = wanted.agreement,
                     .machine = wanted.machine,
                     .serial = wanted.serial};
  Decision decision;
  HANSE_CHECK(connector_.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(const auto agreement, turn.find(connector_.agreements(), wanted.agreement));
    if (!agreement || agreement->partner != partner.id || agreement->side != Side::provider)
      return fail(ErrorCode::not_found, "there is no such licence");
    HANSE_TRY(const auto policy, read_policy(agreement->policy));
    HANSE_TRY(auto known_meter, turn.find(connector_.meters(), wanted.agreement));
    Meter meter = known_meter.value_or(Meter{.id = wanted.agreement});
    const auto count = count_of(policy);
    HANSE_TRY(const auto before, granted_before(turn, wanted.agreement, wanted.serial));
    const bool again = before && before->machine == wanted.machine;
    if (again) granted = *before;
    granted.agreement = wanted.agreement;  // of an earlier version, maybe
    PolicyFacts facts{.moment = Moment::use,
                      .now = turn.now(),
                      .agreed_at = agreement->agreed_at,
                      .participant = partner.participant,
                      .business_number = partner.business_number,
                      .groups = partner.groups,
                      .frameworks = partner.frameworks,
                      .member = partner.member,
                      .uses = meter.uses + (again ? 0 : 1),
                      .purpose = {},
                      .region = {},
                      .machine = wanted.machine};
    decision =
        agreement->status != AgreementStatus::in_force
            ? Decision{false,
                       {"the licence is " + describe::enum_name(agreement->status) + ": " + agreement->status_reason}}
        : before && !again
            ? Decision{false, {fmt::format("part {} was made on machine {}", wanted.serial, before->machine)}}
            : decide(policy, facts);
    if (decision.allowed && !again) {
      meter.uses = facts.uses;
      meter.last_use = turn.now();
      granted.number = meter.uses;
      granted.time = turn.now();
      HANSE_CHECK(uses_.put(turn.transaction(), granted, 0));
    } else if (!decision.allowed) {
      ++meter.refused;
    }
    left = count ? std::max<std::int64_t>(0, *count - meter.uses) : 0;
    HANSE_CHECK(connector_.meters().put(turn.transaction(), meter));
    return turn.evidence(partner.id, decision.allowed ? EvidenceKind::licence : EvidenceKind::refused, wanted.agreement,
                         fmt::format(R"({{"use":{},"number":{},"again":{},"decision":{}}})", to_json(wanted),
                                     granted.number, again, to_json(decision)));
  }));
  if (!decision.allowed)
    return fail(ErrorCode::forbidden, fmt::format("refused: {}", fmt::join(decision.because, "; ")));
  return granted;
}

Result<LicenceJob> LicenceBook::use(const Partner& partner, const LicenceUse& wanted) {
  if (partner.public_key.empty())
    return fail(ErrorCode::invalid, "the partner has no key that a design could be sealed for");
  HANSE_TRY(const auto agreement, connector_.agreements().find(wanted.agreement));
  if (!agreement || agreement->record.partner != partner.id)
    return fail(ErrorCode::not_found, "there is no such licence");
  HANSE_TRY(const auto dataset, connector_.parts().catalogue.datasets().get(agreement->record.dataset));
  if (!connector_.parts().source) return fail(ErrorCode::unavailable, "this node hands out no designs");
  // The design is read first: a use is counted only when there is something to hand out.
  HANSE_TRY(const auto design,
            connector_.parts().source->read(dataset.record, {.from = {}, .until = {}, .masked = {}}));
  LicenceJob job;
  HANSE_TRY(const auto granted, grant(partner, wanted, job.left));
  job.number = granted.number;
  HANSE_TRY(job.sealed,
            seal_for(fmt::format(R"({{"agreement":{},"serial":{},"machine":{},"number":{},"content":"{}"}})",
                                 to_json(granted.agreement), to_json(granted.serial), to_json(granted.machine),
                                 granted.number, base64url(design.body)),
                     partner.public_key));
  return job;
}

Result<store::StoredPage<GrantedUse>> LicenceBook::uses(std::string_view agreement, std::optional<std::string> cursor,
                                                        std::int64_t limit) const {
  const std::string id{agreement};
  return uses_.list({.kind = {},
                     .equal = {},
                     .range_field = "order",
                     .range_begin = id + '|',
                     .range_end = id + '}',
                     .descending = true,
                     .cursor = std::move(cursor),
                     .limit = limit});
}

Result<std::string> open_job(const LicenceJob& job, const SigningKey& key) { return unseal(job.sealed, key); }

}  // namespace hanse::dataspace
