#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/opcua/security/policy.hpp"
#include "connectors/opcua/security/secret.hpp"

using X509 = struct x509_st;
using EVP_PKEY = struct evp_pkey_st;

namespace hanse::connectors::opcua {

/// An X.509 certificate with an RSA key. Cheap to copy, unchanging.
class Certificate {
 public:
  /// Reads the first of a chain of DER certificates. Errors: `invalid` when it isn't one, or its key isn't RSA.
  static Result<Certificate> from_der(std::string_view der);
  /// All of a chain, the leaf first. Errors: as `from_der`; `too_large` for more than ten.
  static Result<std::vector<Certificate>> chain_from_der(std::string_view der);

  const std::string& der() const { return der_; }
  std::string thumbprint() const;       ///< SHA-1, 20 bytes: how the protocol names a certificate.
  std::string fingerprint() const;      ///< SHA-256 in hex with colons: how people compare.
  std::string subject() const;          ///< `CN=press-4, O=Example`
  std::string application_uri() const;  ///< From the SubjectAltName; empty for none.
  Timestamp not_before() const;
  Timestamp not_after() const;
  int key_bits() const;
  std::size_t key_bytes() const { return static_cast<std::size_t>(key_bits() + 7) / 8; }
  bool is_authority() const;
  X509* handle() const { return x509_.get(); }
  EVP_PKEY* public_key() const;

 private:
  std::string der_;
  std::shared_ptr<X509> x509_;
};

/// An RSA private key; OpenSSL wipes it when the last copy goes.
class PrivateKey {
 public:
  static Result<PrivateKey> generate(int bits);
  /// Errors: `invalid`; never quotes the text.
  static Result<PrivateKey> from_pem(const Secret& pem);
  Secret to_pem() const;
  std::size_t key_bytes() const;
  EVP_PKEY* handle() const { return key_.get(); }

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

/// An application's own key and certificate.
struct Identity {
  Certificate certificate;
  PrivateKey key;
};

/// What an own certificate says. Source: OPC 10000-6, 6.2.2.
struct CertificateRequest {
  std::string application_uri;
  std::string common_name;
  std::vector<std::string> host_names;
  Timestamp not_before;
  Timestamp not_after;
};

/// A self-signed application instance certificate for `key`. Errors: `invalid` when OpenSSL refuses a text.
Result<Certificate> make_certificate(const CertificateRequest& request, const PrivateKey& key);

}  // namespace hanse::connectors::opcua
