#include "dataspace/data_plane.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dataspace/internal/turn.hpp"

namespace hanse::dataspace {
namespace {

Error not_valid() {
  return fail(ErrorCode::unauthenticated, "the token isn't valid, or not any more; ask for a new one");
}

bool is_masked(std::span<const std::string> masked, std::string_view name) {
  return std::ranges::find(masked, name) != masked.end();
}

void append_without(std::string& out, JsonRef value, std::span<const std::string> masked) {
  bool first = true;
  if (value.kind() == JsonRef::Kind::array) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!std::exchange(first, false)) out += ',';
      append_without(out, value.element(i), masked);
    }
    out += ']';
  } else if (value.kind() == JsonRef::Kind::object) {
    out += '{';
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto [name, member] = value.member(i);
      if (is_masked(masked, name)) continue;
      if (!std::exchange(first, false)) out += ',';
      json::append_string(out, name);
      out += ':';
      append_without(out, member, masked);
    }
    out += '}';
  } else {
    out += value.text();
  }
}

}  // namespace

Result<std::string> without_fields(std::string_view body, std::span<const std::string> masked) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  std::string out;
  append_without(out, document.root(), masked);
  return out;
}

Result<DataPlane::Grant> DataPlane::grant_of(const DataRequest& request) const {
  const auto now = connector_.parts().clock.now();
  HANSE_TRY(const auto token, connector_.tokens().find(sha256_hex(request.token)));
  if (!token || token->record.transfer != request.transfer || token->record.expires < now) return not_valid();
  HANSE_TRY(const auto process, connector_.processes().find(request.transfer));
  if (!process || process->record.state != State::started) return not_valid();
  return grant_under(token->record.agreement);
}

Result<DataPlane::Grant> DataPlane::grant_under(const std::string& agreement_id) const {
  HANSE_TRY(auto agreement, connector_.agreements().get(agreement_id));
  HANSE_TRY(auto partner, connector_.parts().partners.confirmed(agreement.record.partner));
  HANSE_TRY(auto dataset, connector_.parts().catalogue.datasets().get(agreement.record.dataset));
  HANSE_TRY(auto policy, read_policy(agreement.record.policy));
  return Grant{std::move(agreement.record), std::move(dataset.record), std::move(policy), std::move(partner)};
}

Result<DataPiece> DataPlane::read(const DataRequest& request) {
  HANSE_TRY(const auto grant, grant_of(request));
  return read_granted(request, grant);
}

Result<DataPiece> DataPlane::read_for_push(const Process& transfer, std::int64_t offset) {
  HANSE_TRY(const auto grant, grant_under(transfer.agreement));
  return read_granted({.transfer = transfer.id,
                       .token = {},
                       .window = {.from = {}, .until = {}, .offset = offset, .masked = {}},
                       .purpose = {},
                       .region = {}},
                      grant);
}

Result<DataPiece> DataPlane::read_granted(const DataRequest& request, const Grant& grant) {
  // A first look, so that nothing is read for nobody; `count` asks again within its transaction.
  if (grant.agreement.status != AgreementStatus::in_force)
    return fail(ErrorCode::forbidden, "the agreement isn't in force: " + grant.agreement.status_reason);
  // Such a design leaves part by part, sealed and with its machine: never as a file that says nothing of either.
  if (grant.dataset.kind == DatasetKind::design && !machines_of(grant.policy).empty())
    return fail(ErrorCode::forbidden, "this design is released part by part: name the machine and the part's serial");
  const auto shaping = shaping_of(grant.policy);
  DataWindow window = request.window;
  window.aggregate_s = std::max(window.aggregate_s, shaping.aggregate_s);
  window.masked.insert(window.masked.end(), shaping.masked.begin(), shaping.masked.end());
  HANSE_TRY(auto piece, source_.read(grant.dataset, window));
  if (!window.masked.empty() && piece.content_type.starts_with("application/json")) {
    HANSE_TRY(piece.body, without_fields(piece.body, window.masked));
  }
  HANSE_CHECK(count(request, grant, piece));
  return piece;
}

Result<void> DataPlane::count(const DataRequest& request, const Grant& grant, const DataPiece& piece) {
  const std::int64_t bytes = std::ssize(piece.body);
  Decision decision;
  HANSE_CHECK(connector_.change({"partner:" + grant.partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(const auto agreement, turn.find(connector_.agreements(), grant.agreement.id));
    HANSE_TRY(auto known, turn.find(connector_.meters(), grant.agreement.id));
    Meter meter = known.value_or(Meter{.id = grant.agreement.id});
    // The rest of a file that was begun is the same use, lost pieces again as well; the whole of it twice isn't.
    const bool goes_on = request.window.offset > 0 && meter.uses > 0 && meter.use_bytes + bytes <= 2 * piece.total;
    PolicyFacts facts{.moment = Moment::use,
                      .now = turn.now(),
                      .agreed_at = grant.agreement.agreed_at,
                      .participant = grant.partner.participant,
                      .business_number = grant.partner.business_number,
                      .groups = grant.partner.groups,
                      .frameworks = grant.partner.frameworks,
                      .member = grant.partner.member,
                      .uses = meter.uses + (goes_on ? 0 : 1),
                      .purpose = request.purpose,
                      .region = request.region,
                      .machine = {}};
    decision = agreement && agreement->status == AgreementStatus::in_force
                   ? decide(grant.policy, facts)
                   : Decision{false, {"the agreement isn't in force"}};
    if (decision.allowed) {
      meter.uses = facts.uses;
      meter.use_bytes = (goes_on ? meter.use_bytes : 0) + bytes;
      meter.bytes += bytes;
      meter.last_use = turn.now();
    } else {
      ++meter.refused;
    }
    HANSE_CHECK(connector_.meters().put(turn.transaction(), meter));
    return turn.evidence(grant.partner.id, decision.allowed ? EvidenceKind::use : EvidenceKind::refused,
                         grant.agreement.id,
                         fmt::format(R"({{"transfer":{},"bytes":{},"decision":{}}})", to_json(request.transfer), bytes,
                                     to_json(decision)));
  }));
  if (!decision.allowed)
    return fail(ErrorCode::forbidden, fmt::format("refused: {}", fmt::join(decision.because, "; ")));
  return {};
}

Result<DataAddress> DataPlane::renew(const Partner& partner, const std::string& transfer) {
  DataAddress address;
  HANSE_CHECK(connector_.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(const auto process, turn.find(connector_.processes(), transfer));
    if (!process || process->partner != partner.id || process->kind != ProcessKind::transfer ||
        process->side != Side::provider) {
      return fail(ErrorCode::not_found, "there is no such transfer");
    }
    if (process->state != State::started) return fail(ErrorCode::conflict, "the transfer isn't running");
    HANSE_TRY(const auto agreement, turn.find(connector_.agreements(), process->agreement));
    if (!agreement || agreement->status != AgreementStatus::in_force)
      return fail(ErrorCode::forbidden, "the agreement isn't in force");
    HANSE_TRY(address, turn.issue_token(*process));
    return {};
  }));
  return address;
}

}  // namespace hanse::dataspace
