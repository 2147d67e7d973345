#pragma once

#include <deque>
#include <mutex>
#include <unordered_set>

#include "base/clock.hpp"
#include "dataspace/onboarding.hpp"
#include "dataspace/records.hpp"
#include "dataspace/signature.hpp"
#include "store/collection.hpp"

namespace hanse::dataspace {

/// Who this node is to partners.
struct OwnIdentity {
  std::string participant;  ///< As `did:web:node.example.org`.
  SigningKey key;
  std::string name = {};  ///< As it introduces itself.
};

/// Partners, and the two questions of identity: what do we send, and who sent this. Safe from many threads.
class PartnerBook {
 public:
  PartnerBook(store::Store& store, const Clock& clock, OwnIdentity own);

  const OwnIdentity& own() const { return own_; }
  const store::Collection<Partner>& partners() const { return partners_; }
  IntroductionBook& introductions() { return introductions_; }
  const Clock& clock() const { return clock_; }
  /// Makes (`expected` 0) or changes a partner; secrets left empty stay as they are. Errors: `conflict` also when
  /// another partner has the same participant id or secret.
  Result<std::int64_t> put(const store::Actor& actor, Partner partner, std::optional<std::int64_t> expected);
  Result<void> remove(const store::Actor& actor, std::string_view id);
  /// Errors: `forbidden` when it isn't confirmed.
  Result<Partner> confirmed(std::string_view id) const;

  /// The value of an Authorization header for a message to `partner`; empty for none.
  std::string authorization_for(const Partner& partner) const;
  /// Whose message is it, by its Authorization header. Errors: `unauthenticated`; never says why in detail.
  Result<Partner> who(std::string_view authorization);
  /// May a message be sent to this URL on the partner's behalf? Only to hosts that people registered for it, so that
  /// nobody makes this node call others (SSRF). Errors: `forbidden`, with what would be right.
  static Result<void> may_call(const Partner& partner, std::string_view url);
  /// The DID document of this node, with its key: `/.well-known/did.json`.
  std::string did_document(std::string_view version_url) const;

 private:
  Result<Partner> by_index(std::string_view field, std::string value) const;
  Result<Partner> who_signed(std::string_view jws);
  bool first_use(const std::string& token_id);

  store::Store& store_;
  const Clock& clock_;
  const OwnIdentity own_;
  store::Collection<Partner> partners_;
  IntroductionBook introductions_;
  std::mutex seen_mutex_;
  std::unordered_set<std::string> seen_;  ///< Ids of signed tokens of the last minutes: each counts once.
  std::deque<std::pair<Timestamp, std::string>> seen_order_;
};

}  // namespace hanse::dataspace
