#include "dataspace/internal/maker.hpp"

#include <fmt/format.h>

#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

/// What is within the seal; see `LicenceBook::use`.
struct OpenedJob {
  std::string agreement, serial, machine, content;
  std::int64_t number = 0;
};
HANSE_DESCRIBE(OpenedJob, (agreement, serial, machine, number, content))

struct Said {
  std::string detail;
};
HANSE_DESCRIBE(Said, (detail))

Result<LicenceJob> ask_designer(Connector& connector, const Ask& ask, const Partner& partner,
                                const LicenceUse& wanted) {
  auto& book = connector.parts().partners;
  const auto outcome =
      ask({.id = new_urn(),
           .partner = partner.id,
           .url = partner.address + "/hanse/licences/" + encode_segment(wanted.agreement) + "/use",
           .authorization = book.authorization_for(partner),
           .body = fmt::format(R"({{"machine":{},"serial":{}}})", to_json(wanted.machine), to_json(wanted.serial))});
  if (outcome.status == 0) return fail(ErrorCode::unavailable, "the partner can't be reached: " + outcome.error);
  if (outcome.status != 200) {
    const auto said = from_json<Said>(outcome.body, UnknownMembers::ignore);
    return fail(ErrorCode::forbidden, said && !said->detail.empty()
                                          ? "the partner says: " + said->detail
                                          : fmt::format("the partner answered {}", outcome.status));
  }
  return from_json<LicenceJob>(outcome.body, UnknownMembers::ignore);
}

/// So that both sides hold the same list of parts.
Result<void> note_use(Connector& connector, const Partner& partner, const OpenedJob& opened) {
  const store::Collection<GrantedUse> uses{connector.parts().store, "dataspace_licence_use"};
  return connector.change({"system:dataspace"}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(const auto before, granted_before(turn, opened.agreement, opened.serial));
    if (before) return {};
    HANSE_CHECK(uses.put(turn.transaction(),
                         {.id = opened.agreement + '|' + opened.serial,
                          .agreement = opened.agreement,
                          .machine = opened.machine,
                          .serial = opened.serial,
                          .number = opened.number,
                          .time = turn.now()},
                         0));
    HANSE_TRY(auto known, turn.find(connector.meters(), opened.agreement));
    Meter meter = known.value_or(Meter{.id = opened.agreement});
    ++meter.uses;
    meter.bytes += std::ssize(opened.content);
    meter.last_use = turn.now();
    HANSE_CHECK(connector.meters().put(turn.transaction(), meter));
    return turn.evidence(partner.id, EvidenceKind::licence, opened.agreement,
                         fmt::format(R"({{"machine":{},"serial":{},"number":{},"by":"us"}})", to_json(opened.machine),
                                     to_json(opened.serial), opened.number));
  });
}

}  // namespace

Result<MakerJob> make_part(Connector& connector, const Ask& ask, const LicenceUse& wanted) {
  HANSE_TRY(const auto agreement, connector.agreements().get(wanted.agreement));
  if (agreement.record.side != Side::consumer)
    return fail(ErrorCode::conflict, "the other side of this agreement makes the parts");
  if (agreement.record.status != AgreementStatus::in_force)
    return fail(ErrorCode::conflict, "the agreement isn't in force: " + agreement.record.status_reason);
  HANSE_TRY(const auto partner, connector.parts().partners.confirmed(agreement.record.partner));
  HANSE_TRY(const auto job, ask_designer(connector, ask, partner, wanted));
  HANSE_TRY(const auto text, open_job(job, connector.parts().partners.own().key));
  HANSE_TRY(auto opened, from_json<OpenedJob>(text, UnknownMembers::ignore));
  if (opened.agreement != wanted.agreement || opened.serial != wanted.serial || opened.machine != wanted.machine)
    return fail(ErrorCode::corrupt, "the partner's answer is for another part");
  HANSE_CHECK(note_use(connector, partner, opened));
  return MakerJob{.machine = wanted.machine,
                  .serial = wanted.serial,
                  .number = opened.number,
                  .left = job.left,
                  .content = std::move(opened.content)};
}

}  // namespace hanse::dataspace
