#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataspace/signature.hpp"
#include "store/collection.hpp"

namespace hanse::dataspace {

enum class EvidenceKind { received, sent, decided, token, use, refused, agreed, signed_by, revoked, licence };
HANSE_DESCRIBE_ENUM(EvidenceKind, received, sent, decided, token, use, refused, agreed, signed_by, revoked, licence)

/// One thing that happened with a partner. Each carries the hash of the one before it, so that none can be changed,
/// left out or put in between later without it being seen. One chain per partner: what is shown to a third party says
/// nothing of others.
struct Evidence {
  std::string id;  ///< `<partner>/<number>`
  std::string partner;
  std::int64_t number = 0;  ///< 1, 2, 3, ... of this partner.
  Timestamp time;
  EvidenceKind kind = EvidenceKind::received;
  std::string subject;      ///< Process or agreement, our id.
  std::string detail;       ///< The message, or what was decided: text, mostly JSON.
  std::int64_t status = 0;  ///< HTTP status that it was answered with; 0 when there was none.
  std::string before;       ///< Hash of the entry before; empty for the first.
  std::string hash;         ///< SHA-256 over all of the above in canonical form, hex.
  friend bool operator==(const Evidence&, const Evidence&) = default;
  static std::vector<store::IndexField> index(const Evidence& evidence);
};
HANSE_DESCRIBE(Evidence, (id, partner, number, time, kind, subject, detail, status, before, hash))

/// Last number and hash of a partner's chain. Its id is the partner's.
struct EvidenceHead {
  std::string id;
  std::int64_t number = 0;
  std::string hash;
};
HANSE_DESCRIBE(EvidenceHead, (id, number, hash))

/// A chain, or a part from its begin, with a signed head: what a third party checks without asking anybody.
struct EvidenceBundle {
  std::string participant;  ///< Whose log it is.
  std::string public_key;   ///< Its Ed25519 key, base64url.
  std::vector<Evidence> entries;
  std::string signed_head;  ///< JWS over `{"hash":...,"number":...,"partner":...}`.
};
HANSE_DESCRIBE(EvidenceBundle, (participant, public_key, entries, signed_head))

/// What is right about a bundle, or the first thing that isn't.
struct EvidenceVerdict {
  bool valid = false;
  std::int64_t entries = 0;
  std::string finding;  ///< One sentence.
};
HANSE_DESCRIBE(EvidenceVerdict, (valid, entries, finding))

class EvidenceLog {
 public:
  explicit EvidenceLog(store::Store& store)
      : store_(store), entries_(store, "dataspace_evidence"), heads_(store, "dataspace_evidence_head") {}

  /// Appends within a transaction; `entry` needs partner, time, kind, subject, detail and status only.
  Result<void> append(store::Transaction& transaction, Evidence entry) const;
  /// Entries of one subject, or of a partner, newest first.
  Result<store::StoredPage<Evidence>> list(std::string_view partner, std::string_view subject,
                                           std::optional<std::string> cursor, std::int64_t limit) const;
  Result<EvidenceBundle> bundle(std::string_view partner, std::string_view participant, const SigningKey& key) const;

 private:
  store::Store& store_;
  store::Collection<Evidence> entries_;
  store::Collection<EvidenceHead> heads_;
};

std::string evidence_hash(const Evidence& entry);
/// Needs nothing but the bundle; for `hanse evidence verify`. `expected_key` is the key that the reader trusts; empty
/// to trust the one in the bundle.
EvidenceVerdict verify_evidence(std::string_view bundle_json, std::string_view expected_key);

}  // namespace hanse::dataspace
