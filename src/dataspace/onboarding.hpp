#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "dataspace/signature.hpp"

namespace hanse::dataspace {

/// The origin that a person means by a node's address: `node.example.org`, `http://127.0.0.1:8282`, a base with its
/// path, or `did:web:node.example.org%3A8282`. Without a scheme it is https. Errors: `invalid`, with what would be
/// right.
Result<std::string> origin_of_typed(std::string_view typed);

/// Of a DID document: who it is and its Ed25519 key (empty when it has none). Source: DID core 1.0, JsonWebKey2020.
struct DidFacts {
  std::string participant, public_key;
};
/// Errors: `invalid`.
Result<DidFacts> read_did_document(std::string_view body);
/// The path of version 2025-1. Source: Dataspace Protocol 2025-1, exposure of versions. Errors: `invalid`; `not_found`
/// when the node speaks other versions only.
Result<std::string> read_version_document(std::string_view body);

/// What a node says of itself, before anybody trusts it.
struct PartnerCard {
  std::string participant, address, public_key;
  std::string fingerprint;  ///< To be compared on the telephone; empty without a key.
  std::string name;         ///< As it calls itself; empty when it doesn't say.
};
HANSE_DESCRIBE(PartnerCard, (participant, address, public_key, fingerprint, name))

/// A node that asks to become a partner. Signed with the key it names: that proves nothing but that it has that key,
/// and that the message is meant for us. Trust comes from people who compare fingerprints.
struct Introduction {
  PartnerCard card;
  Timestamp time;
};
HANSE_DESCRIBE(Introduction, (card, time))

struct IntroductionText {
  std::string participant, name, address;
  const SigningKey& key;
};
/// The JWS to send to the node whose participant id is `audience`.
std::string write_introduction(const IntroductionText& text, std::string_view audience, Timestamp now);
/// Errors: `invalid`, `forbidden` when its signature doesn't fit, it is old, or meant for somebody else.
Result<Introduction> read_introduction(std::string_view jws, std::string_view own_participant, Timestamp now);

/// Introductions that wait for a person. Kept in memory and few, as strangers write it: nothing of theirs is stored
/// before a person says so. Safe from many threads.
class IntroductionBook {
 public:
  /// A newer one of the same participant replaces it; the oldest goes when there are too many.
  void put(Introduction introduction);
  void forget(std::string_view participant);
  std::vector<Introduction> all() const;

 private:
  mutable std::mutex mutex_;
  std::deque<Introduction> introductions_;
};

}  // namespace hanse::dataspace
