#include "dataspace/extensions.hpp"

#include <fmt/format.h>

#include "dataspace/amendment.hpp"
#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/route_parts.hpp"
#include "dataspace/internal/turn.hpp"
#include "dataspace/licence.hpp"
#include "dataspace/protocol_routes.hpp"

namespace hanse::dataspace {
namespace {

struct SignatureInput {
  std::string signature;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "signature", .length_max = 200'000, .required = true}};
  }
};
HANSE_DESCRIBE(SignatureInput, (signature))
struct RevocationInput {
  std::string notice;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "notice", .length_max = 20'000, .required = true}};
  }
};
HANSE_DESCRIBE(RevocationInput, (notice))
struct IntroductionInput {
  std::string introduction;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "introduction", .length_max = 10'000, .required = true}};
  }
};
HANSE_DESCRIBE(IntroductionInput, (introduction))
struct UseInput {
  std::string machine, serial;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "machine", .length_max = 200, .required = true},
                      FieldNote{.field = "serial", .length_max = 200, .required = true}};
  }
};
HANSE_DESCRIBE(UseInput, (machine, serial))
struct ProposalInput {
  std::string proposal;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "proposal", .length_max = 500'000, .required = true}};
  }
};
HANSE_DESCRIBE(ProposalInput, (proposal))
struct AnswerInput {
  std::string answer;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "answer", .length_max = 900'000, .required = true}};
  }
};
HANSE_DESCRIBE(AnswerInput, (answer))
struct RevocationNotice {
  std::string agreement, reason;
  Timestamp time;
};
HANSE_DESCRIBE(RevocationNotice, (agreement, reason, time))

Result<Agreement> agreement_with(Turn& turn, const Partner& partner, const std::string& id) {
  HANSE_TRY(auto found, turn.find(turn.connector().agreements(), id));
  if (!found || found->partner != partner.id) return fail(ErrorCode::not_found, "there is no such agreement");
  return *std::move(found);
}

api::Response done() { return {.body = "{}", .version = {}}; }

}  // namespace

Result<void> take_signature(Connector& connector, const Partner& partner, const std::string& id,
                            std::string_view signature) {
  return connector.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto agreement, agreement_with(turn, partner, id));
    HANSE_TRY(const auto signed_text, verify_jws(signature, partner.public_key));
    HANSE_TRY(const auto ours, canonical_json(agreement.policy.text));
    if (signed_text != ours)
      return fail(ErrorCode::forbidden, "the partner signed another agreement than the one that is held here");
    agreement.signature_theirs = signature;
    HANSE_CHECK(turn.save(agreement));
    return turn.evidence(partner.id, EvidenceKind::signed_by, id, agreement.signature_theirs);
  });
}

Result<void> take_revocation(Connector& connector, const Partner& partner, const std::string& id,
                             std::string_view signed_notice) {
  return connector.change({"partner:" + partner.id}, [&](Turn& turn) -> Result<void> {
    HANSE_TRY(auto agreement, agreement_with(turn, partner, id));
    HANSE_TRY(const auto text, verify_jws(signed_notice, partner.public_key));
    HANSE_TRY(const auto notice, from_json<RevocationNotice>(text, UnknownMembers::ignore));
    if (notice.agreement != id) return fail(ErrorCode::forbidden, "the notice is for another agreement");
    // The partner may not have heard of the newest version yet; what it ends is what the two have, in any version.
    while (agreement.status == AgreementStatus::superseded) {
      HANSE_TRY(agreement, agreement_with(turn, partner, agreement.replaced_by));
    }
    if (agreement.status != AgreementStatus::in_force) return {};
    agreement.status = AgreementStatus::revoked;
    agreement.status_reason = "by the partner: " + notice.reason;
    HANSE_CHECK(turn.save(agreement));
    HANSE_CHECK(turn.evidence(partner.id, EvidenceKind::revoked, agreement.id, std::string{signed_notice}));
    HANSE_TRY(auto running, turn.list(connector.processes(), {"agreement", agreement.id}));
    for (auto& process : running) {
      if (process.kind != ProcessKind::transfer || is_final(process.state)) continue;
      HANSE_CHECK(turn.end(process, "REVOKED", {agreement.status_reason}));
    }
    return {};
  });
}

void add_extension_routes(std::vector<api::Route>& out, Connector& connector) {
  const std::string base{kProtocolPath};
  add_route(out, api::Method::post, base + "/hanse/introductions", "A node asks to become a partner.", "public",
            [&connector](const api::Request& request) -> Result<api::Response> {
              auto& book = connector.parts().partners;
              HANSE_TRY(const auto in, from_json<IntroductionInput>(request.body, UnknownMembers::ignore));
              HANSE_TRY(auto read, read_introduction(in.introduction, book.own().participant, book.clock().now()));
              book.introductions().put(std::move(read));
              return api::Response{.status = 202, .body = "{}", .version = {}};
            });
  add_route(out, api::Method::post, base + "/hanse/agreements/{id}/signature",
            "The partner's signature over an agreement.", kPartnerPermission,
            [&connector](const api::Request& request) -> Result<api::Response> {
              HANSE_TRY(const auto partner, calling_partner(connector, request));
              HANSE_TRY(const auto in, from_json<SignatureInput>(request.body, UnknownMembers::ignore));
              HANSE_CHECK(take_signature(connector, partner, request.parameters.at("id"), in.signature));
              return done();
            });
  add_route(out, api::Method::post, base + "/hanse/agreements/{id}/revocation",
            "The partner's notice that an agreement ends.", kPartnerPermission,
            [&connector](const api::Request& request) -> Result<api::Response> {
              HANSE_TRY(const auto partner, calling_partner(connector, request));
              HANSE_TRY(const auto in, from_json<RevocationInput>(request.body, UnknownMembers::ignore));
              HANSE_CHECK(take_revocation(connector, partner, request.parameters.at("id"), in.notice));
              return done();
            });
  add_route(out, api::Method::post, base + "/hanse/agreements/{id}/amendments",
            "The partner's signed proposal to change an agreement.", kPartnerPermission,
            [&connector](const api::Request& request) -> Result<api::Response> {
              HANSE_TRY(const auto partner, calling_partner(connector, request));
              HANSE_TRY(const auto in, from_json<ProposalInput>(request.body, UnknownMembers::ignore));
              HANSE_CHECK(AmendmentBook{connector}.take_proposal(partner, request.parameters.at("id"), in.proposal));
              return done();
            });
  add_route(out, api::Method::post, base + "/hanse/amendments/{id}/answer", "The partner's signed answer to ours.",
            kPartnerPermission, [&connector](const api::Request& request) -> Result<api::Response> {
              HANSE_TRY(const auto partner, calling_partner(connector, request));
              HANSE_TRY(const auto in, from_json<AnswerInput>(request.body, UnknownMembers::ignore));
              HANSE_CHECK(AmendmentBook{connector}.take_answer(partner, request.parameters.at("id"), in.answer));
              return done();
            });
  add_route(
      out, api::Method::post, base + "/hanse/licences/{id}/use", "A maker uses a design once; the job for it, sealed.",
      kPartnerPermission, [&connector](const api::Request& request) -> Result<api::Response> {
        HANSE_TRY(const auto partner, calling_partner(connector, request));
        HANSE_TRY(const auto in, from_json<UseInput>(request.body, UnknownMembers::ignore));
        LicenceBook book{connector};
        HANSE_TRY(
            const auto job,
            book.use(partner, {.agreement = request.parameters.at("id"), .machine = in.machine, .serial = in.serial}));
        return api::Response{.body = to_json(job), .version = {}};
      });
}

}  // namespace hanse::dataspace
