#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "dataspace/message.hpp"
#include "dataspace/policy.hpp"
#include "dataspace/state.hpp"
#include "store/store.hpp"

namespace hanse::dataspace {

/// How a partner proves who it is. Source of the modes: docs/decisions/0130.
enum class IdentityMode {
  token,       ///< A fixed secret each way, exchanged by people.
  signed_key,  ///< `Bearer` + a short token signed with the Ed25519 key that was pinned.
  edc_mock,    ///< Eclipse EDC's mock identity, for tests between connectors; proves nothing.
};
HANSE_DESCRIBE_ENUM(IdentityMode, token, signed_key, edc_mock)

enum class Trust { proposed, confirmed, blocked };
HANSE_DESCRIBE_ENUM(Trust, proposed, confirmed, blocked)

/// What is known of a partner's reliability: certificates, questionnaires, reviews. Kept for people.
struct DiligenceEntry {
  std::string title;
  std::string kind;  ///< `certificate`, `questionnaire`, `review`
  std::optional<Timestamp> expires;
  std::string note;
  friend bool operator==(const DiligenceEntry&, const DiligenceEntry&) = default;
};
HANSE_DESCRIBE(DiligenceEntry, (title, kind, expires, note))

/// Another company's node.
struct Partner {
  std::string id;  ///< Ours: letters, digits, hyphens.
  std::string name;
  std::string participant;                    ///< Its id in the protocol, as `did:web:node.example.org`.
  std::string address;                        ///< Base of its protocol, as `https://node.example.org/dsp/2025-1`.
  std::vector<std::string> callback_origins;  ///< Further `https://host:port` that it may give as callback.
  Trust trust = Trust::proposed;
  IdentityMode identity = IdentityMode::token;
  std::string token_in;         ///< What it sends; kept as a fingerprint only.
  std::string token_out;        ///< What we send.
  std::string public_key;       ///< Its Ed25519 key, base64url, as confirmed by people on both sides.
  std::string business_number;  ///< BPNL, when it has one.
  bool member = false;          ///< Its membership was checked.
  std::vector<std::string> groups;
  std::vector<std::string> frameworks;  ///< Framework agreements in force, as `DataExchangeGovernance:1.0`.
  std::vector<DiligenceEntry> diligence;
  friend bool operator==(const Partner&, const Partner&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Letters, digits and hyphens; never changes.",
                  .length_max = 64,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "participant", .summary = "Its id in the protocol.", .length_max = 500, .required = true},
        FieldNote{.field = "address",
                  .summary = "Base of its protocol, with the version.",
                  .length_max = 1000,
                  .required = true},
        FieldNote{
            .field = "callback_origins", .summary = "Further origins that it may be called at.", .length_max = 20},
        FieldNote{.field = "token_in", .summary = "The secret that it sends.", .length_max = 500, .secret = true},
        FieldNote{.field = "token_out", .summary = "The secret that we send.", .length_max = 500, .secret = true},
        FieldNote{.field = "public_key", .summary = "Its Ed25519 key, base64url.", .length_max = 100},
        FieldNote{.field = "groups", .length_max = 100},
        FieldNote{.field = "frameworks", .length_max = 100},
        FieldNote{.field = "diligence", .length_max = 200}};
  }
  void validate(JsonReader& reader) const;
  static std::vector<store::IndexField> index(const Partner& partner);
};
HANSE_DESCRIBE(Partner, (id, name, participant, address, callback_origins, trust, identity, token_in, token_out,
                         public_key, business_number, member, groups, frameworks, diligence))

enum class Approval { automatic, person, four_eyes };
HANSE_DESCRIBE_ENUM(Approval, automatic, person, four_eyes)

/// Under which terms, and to whom, things are offered. Many datasets share one.
struct OfferTemplate {
  std::string id;
  std::string name;
  std::vector<std::string> partners;  ///< Ids of partners that may see it; none for all confirmed ones.
  std::vector<std::string> groups;    ///< Or partners of these groups.
  Terms terms;
  RawJson rules;  ///< Instead of `terms`: ODRL rules as they are, for profiles of others.
  Approval approval = Approval::automatic;
  std::string text;  ///< What lawyers wrote (NDA, licence), for people.
  friend bool operator==(const OfferTemplate&, const OfferTemplate&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Letters, digits and hyphens; never changes.",
                  .length_max = 64,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "partners", .summary = "Partners that may see it; none for all.", .length_max = 1000},
        FieldNote{.field = "groups", .summary = "Or partners of these groups.", .length_max = 100},
        FieldNote{.field = "rules", .summary = "ODRL rules instead of terms."},
        FieldNote{.field = "approval", .summary = "Who says yes to a partner that accepts it."},
        FieldNote{.field = "text", .length_max = 100'000}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(OfferTemplate, (id, name, partners, groups, terms, rules, approval, text))

enum class DatasetKind { series, records, twin, file, design };
HANSE_DESCRIBE_ENUM(DatasetKind, series, records, twin, file, design)

/// Something that is offered.
struct Dataset {
  std::string id;
  std::string title;
  std::string description;
  DatasetKind kind = DatasetKind::series;
  std::string source;    ///< What the node reads: a signal's id, a path, a kind of record.
  std::string offer;     ///< Id of its OfferTemplate.
  std::string type_iri;  ///< `dct:type`, as Catena-X wants; may be empty.
  bool push = true;      ///< May also be sent to the partner's address.
  friend bool operator==(const Dataset&, const Dataset&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "As partners see it; never changes.", .length_max = 200, .required = true},
        FieldNote{.field = "title", .length_max = 200, .required = true},
        FieldNote{.field = "description", .length_max = 5000},
        FieldNote{.field = "source", .summary = "What the node reads.", .length_max = 500, .required = true},
        FieldNote{
            .field = "offer", .summary = "The terms that it is offered under.", .length_max = 64, .required = true},
        FieldNote{.field = "type_iri", .length_max = 500}};
  }
  static std::vector<store::IndexField> index(const Dataset& dataset) { return {{"offer", dataset.offer}}; }
};
HANSE_DESCRIBE(Dataset, (id, title, description, kind, source, offer, type_iri, push))

/// A negotiation or a transfer, as this side sees it.
struct Process {
  std::string id;  ///< Our pid.
  ProcessKind kind = ProcessKind::negotiation;
  Side side = Side::consumer;  ///< Ours.
  std::string partner;
  std::string peer_pid;      ///< Empty until the partner has answered.
  std::string peer_address;  ///< Base of what we send.
  State state = State::requested;
  std::string dataset;
  std::string offer_id;
  RawJson offer;  ///< The last on the table, verbatim.
  Side offered_by = Side::consumer;
  RawJson agreement_policy;  ///< As in the agreement message.
  std::string agreement;     ///< Id.
  std::string format;
  std::optional<DataAddress> data_address;  ///< Pull: where the consumer fetches. Push: where the provider sends.
  std::string waits_for;                    ///< What a person has to decide; empty when nobody has to.
  std::vector<std::string> approvals;       ///< Who said yes.
  std::string code;                         ///< Of the termination or suspension.
  std::vector<std::string> reason;
  std::vector<std::string> seen;  ///< Ids of the last messages taken, newest last.
  std::int64_t sent = 0;          ///< Messages that this side put into the outbox.
  Timestamp created_at, changed_at;
  std::optional<Timestamp> deadline;  ///< Then it is terminated, unless something happens before.
  friend bool operator==(const Process&, const Process&) = default;
  const std::string& consumer_pid() const { return side == Side::consumer ? id : peer_pid; }
  const std::string& provider_pid() const { return side == Side::provider ? id : peer_pid; }
  static std::vector<store::IndexField> index(const Process& process);
};
HANSE_DESCRIBE(Process, (id, kind, side, partner, peer_pid, peer_address, state, dataset, offer_id, offer, offered_by,
                         agreement_policy, agreement, format, data_address, waits_for, approvals, code, reason, seen,
                         sent, created_at, changed_at, deadline))

enum class AgreementStatus {
  in_force,
  revoked,
  ended,       ///< Its time was over.
  superseded,  ///< By the version `replaced_by`.
};
HANSE_DESCRIBE_ENUM(AgreementStatus, in_force, revoked, ended, superseded)

/// What both sides hold after FINALIZED. The first-class thing: transfers, uses, signatures and evidence refer to it.
struct Agreement {
  std::string id;
  Side side = Side::consumer;  ///< Ours.
  std::string partner;
  std::string dataset;
  RawJson policy;           ///< As in the agreement message, verbatim: what is signed.
  std::string negotiation;  ///< Our pid.
  std::string template_id;  ///< Of the offer, on the provider's side.
  std::string text;         ///< What lawyers wrote, as it was at the agreement.
  AgreementStatus status = AgreementStatus::in_force;
  std::string status_reason;
  std::int64_t version = 1;
  std::string replaces;        ///< Id of the version that this one amends.
  std::string replaced_by;     ///< Id of the version that amends this one.
  std::string signature_ours;  ///< JWS over `policy` in canonical form; of later versions over their amendment.
  std::string signature_theirs;
  std::vector<std::string> approvals;
  Timestamp agreed_at;
  std::optional<Timestamp> until;
  friend bool operator==(const Agreement&, const Agreement&) = default;
  static std::vector<store::IndexField> index(const Agreement& agreement);
};
HANSE_DESCRIBE(Agreement,
               (id, side, partner, dataset, policy, negotiation, template_id, text, status, status_reason, version,
                replaces, replaced_by, signature_ours, signature_theirs, approvals, agreed_at, until))

/// What was used under an agreement. Its id is the agreement's.
struct Meter {
  std::string id;
  std::int64_t uses = 0;
  std::int64_t bytes = 0;
  std::int64_t use_bytes = 0;  ///< Of the use that was counted last.
  std::int64_t refused = 0;
  std::optional<Timestamp> last_use;
};
HANSE_DESCRIBE(Meter, (id, uses, bytes, use_bytes, refused, last_use))

enum class OutboxKind {
  message,    ///< Of the protocol.
  extension,  ///< Beside the protocol, to partners that have it: `path` below their base, `body` as it is.
  data,       ///< A push: read and sent when its turn comes.
};
HANSE_DESCRIBE_ENUM(OutboxKind, message, extension, data)

/// Something that waits to go out, or to be acknowledged.
struct OutboxEntry {
  std::string id;  ///< The message's.
  OutboxKind kind = OutboxKind::message;
  std::string process;  ///< What must keep its order: a process, or an agreement for extensions.
  std::string partner;
  std::int64_t number = 0;  ///< Of its process: they go out in this order.
  Message message;
  std::string path;
  RawJson body;
  std::int64_t offset = 0, end = 0, total = 0;  ///< Of a push: the piece that is sent, and the whole.
  std::int64_t tries = 0;
  Timestamp due;
  std::string last_error;
  static std::vector<store::IndexField> index(const OutboxEntry& entry) {
    return {{"process", entry.process}, {"partner", entry.partner}};
  }
};
HANSE_DESCRIBE(OutboxEntry,
               (id, kind, process, partner, number, message, path, body, offset, end, total, tries, due, last_error))

/// A token of the data plane; its id is the SHA-256 of the secret.
struct DataToken {
  std::string id;
  std::string transfer;
  std::string agreement;
  std::string partner;
  std::string dataset;
  Timestamp expires;
  static std::vector<store::IndexField> index(const DataToken& token) { return {{"transfer", token.transfer}}; }
};
HANSE_DESCRIBE(DataToken, (id, transfer, agreement, partner, dataset, expires))

/// Text that sorts as the number does.
std::string sortable(std::int64_t number);
/// RFC 3339 with nine digits, so that text order is time order.
std::string sortable(Timestamp time);
/// `https://host:port` of a URL, lower case; empty for what is no http URL.
std::string origin_of(std::string_view url);
/// Without slashes at its end.
std::string without_slash(std::string url);
bool is_plain_id(std::string_view id);

}  // namespace hanse::dataspace
