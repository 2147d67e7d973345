#pragma once

#include <span>
#include <string>
#include <vector>

#include "connectors/opcua/security/certificate.hpp"

namespace hanse::connectors::opcua {

enum class TrustKind { trusted, rejected };
HANSE_DESCRIBE_ENUM(TrustKind, trusted, rejected)

/// A certificate as a person decides about it.
struct CertificateEntry {
  std::string fingerprint;  ///< SHA-256, hex with colons.
  std::string subject;
  std::string application_uri;
  Timestamp not_before, not_after;
  bool authority = false;
  TrustKind kind = TrustKind::rejected;
  friend bool operator==(const CertificateEntry&, const CertificateEntry&) = default;
};
HANSE_DESCRIBE(CertificateEntry, (fingerprint, subject, application_uri, not_before, not_after, authority, kind))

/// Who we are and whom we trust. Nothing is ever accepted by itself: an unknown certificate is kept as rejected until a
/// person accepts its fingerprint.
class CertificateStore {
 public:
  virtual ~CertificateStore() = default;
  /// Our own key and certificate; made at first use, and anew before it expires. Errors: `unavailable`, `corrupt`.
  virtual Result<Identity> own(Timestamp now) = 0;
  /// Whether the first of `chain`, or an authority above it, is trusted, valid at `now` and not revoked.
  /// Errors: `unauthenticated`, with the fingerprint; the certificate is among the rejected ones then.
  virtual Result<void> check(std::span<const Certificate> chain, Timestamp now) = 0;
  virtual Result<std::vector<CertificateEntry>> list() = 0;
  /// Moves a certificate to the trusted or the rejected. Errors: `not_found`.
  virtual Result<void> move(const std::string& fingerprint, TrustKind to) = 0;
  /// Forgets a certificate. Errors: `not_found`.
  virtual Result<void> remove(const std::string& fingerprint) = 0;
};

/// In a folder: `own/certificate.der`, `own/key.pem` (owner only), `trusted/`, `issuers/`, `rejected/` with DER files,
/// `crl/` with revocation lists in DER. Files put there by hand count.
class FolderCertificateStore final : public CertificateStore {
 public:
  struct Options {
    std::string folder;
    std::string application_uri;  ///< Of our own certificate; empty: made from the host's name.
  };
  explicit FolderCertificateStore(Options options) : options_(std::move(options)) {}

  Result<Identity> own(Timestamp now) override;
  Result<void> check(std::span<const Certificate> chain, Timestamp now) override;
  Result<std::vector<CertificateEntry>> list() override;
  Result<void> move(const std::string& fingerprint, TrustKind to) override;
  Result<void> remove(const std::string& fingerprint) override;

 private:
  Result<void> keep_rejected(const Certificate& certificate) const;
  Options options_;
};

}  // namespace hanse::connectors::opcua
