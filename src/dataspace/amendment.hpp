#pragma once

#include <string>
#include <vector>

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// What both sides sign: the new agreement as a whole, so that a version can be read without the one before it.
struct AmendmentDocument {
  RawJson agreement;   ///< As in an agreement message, with an id of its own.
  std::string amends;  ///< Id of the agreement that it takes the place of.
  std::string reason;
  std::string text;  ///< What lawyers wrote.
  Timestamp valid_until;
};
HANSE_DESCRIBE(AmendmentDocument, (agreement, amends, reason, text, valid_until))

enum class AmendmentStatus {
  drafted,   ///< Here, until a second person of ours says yes.
  proposed,  ///< Signed here: we are bound by it until it lapses.
  received,  ///< Signed by the partner: two people of ours decide.
  in_force,  ///< Signed by both.
  declined,
};
HANSE_DESCRIBE_ENUM(AmendmentStatus, drafted, proposed, received, in_force, declined)

/// A change of an agreement, from the draft to the version that is in force. Its id is that of the new version.
struct Amendment {
  std::string id;
  std::string agreement;
  std::string partner;
  AmendmentStatus status = AmendmentStatus::drafted;
  std::string status_reason;
  AmendmentDocument document;
  std::vector<std::string> approvals;  ///< People of ours; whoever drafts it is the first.
  std::string signature_ours, signature_theirs;
  Timestamp changed_at;
  static std::vector<store::IndexField> index(const Amendment& amendment);
};
HANSE_DESCRIBE(Amendment, (id, agreement, partner, status, status_reason, document, approvals, signature_ours,
                           signature_theirs, changed_at))

struct AmendmentWish {
  std::string agreement;
  RawJson rules;  ///< `{"permission":[...]}`
  std::string reason;
  std::optional<std::string> text;  ///< None keeps the agreement's.
  std::int64_t valid_days = 14;
};

/// Changes of agreements under four eyes on both sides, beside the protocol. A signed proposal binds its proposer until
/// it lapses, as an offer does in law: so the two can't come to hold different versions, whatever is lost or late.
/// While a side is bound by its own proposal it can't accept another one. Safe from many threads.
class AmendmentBook {
 public:
  explicit AmendmentBook(Connector& connector)
      : connector_(connector), amendments_(connector.parts().store, "dataspace_amendment") {}

  /// Errors: `conflict` when the agreement can't be amended (now), `invalid` for rules that aren't.
  Result<Amendment> draft(const store::Actor& actor, const AmendmentWish& wish);
  /// The second yes signs: a draft goes out, a proposal of the partner comes into force here and its answer goes out.
  /// Errors: `forbidden` when the same person said yes before, `conflict` when it is too late or not its turn.
  Result<Amendment> approve(const store::Actor& actor, const std::string& id);
  /// Ends a draft, or tells the partner that its proposal isn't taken. Errors: `conflict`.
  Result<Amendment> decline(const store::Actor& actor, const std::string& id, const std::string& reason);

  /// The partner's signed proposal. Errors: `not_found`, `forbidden` for a signature that doesn't fit, `invalid` for
  /// what can't be its agreement, `conflict` when it can't be amended or another one is open.
  Result<void> take_proposal(const Partner& partner, const std::string& agreement, std::string_view proposal);
  /// The partner's signed answer to ours. Errors as above.
  Result<void> take_answer(const Partner& partner, const std::string& id, std::string_view answer);

  const store::Collection<Amendment>& amendments() const { return amendments_; }
  /// All versions of an agreement, the first one first, whichever of them `id` is.
  Result<std::vector<Agreement>> versions(const std::string& id) const;

 private:
  Result<Amendment> find(class Turn& turn, const std::string& id, const std::string& partner = {}) const;
  Result<Agreement> amendable(Turn& turn, const std::string& id) const;
  Result<bool> another_open(Turn& turn, const Amendment& than, AmendmentStatus status) const;
  Result<void> propose(Turn& turn, Amendment& amendment);
  Result<void> accept(Turn& turn, Amendment& amendment);
  Result<void> answer(Turn& turn, const Amendment& amendment, std::string_view verdict, const std::string& reason);
  Result<void> bring_into_force(Turn& turn, Amendment& amendment, Timestamp accepted_at);
  Result<void> save(Turn& turn, Amendment& amendment) const;

  Connector& connector_;
  store::Collection<Amendment> amendments_;
};

bool is_open(const Amendment& amendment, Timestamp now);
/// The text that both sides sign.
Result<std::string> amendment_text(const AmendmentDocument& document);
/// Reads a signed text. Errors: `invalid`, naming the field; also when it isn't in canonical form, as it could then say
/// more than is shown.
Result<AmendmentDocument> read_amendment(std::string_view text);

}  // namespace hanse::dataspace
