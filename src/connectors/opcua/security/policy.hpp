#pragma once

#include <cstdint>
#include <string_view>

#include "base/describe.hpp"

namespace hanse::connectors::opcua {

enum class SignatureScheme { none, pkcs1_sha256, pss_sha256 };
enum class EncryptionScheme { none, oaep_sha1, oaep_sha256 };

/// One security policy: what to sign and encrypt with. Source: OPC 10000-7, security policy profiles.
struct SecurityPolicy {
  std::string_view name;
  std::string_view uri;
  SignatureScheme signature = SignatureScheme::none;
  EncryptionScheme encryption = EncryptionScheme::none;
  std::size_t sign_key_bytes = 0, encrypt_key_bytes = 0;
  std::size_t nonce_bytes = 0;
  std::string_view signature_uri, encryption_uri;
  int rank = 0;  ///< The higher, the better.
  bool is_none() const { return signature == SignatureScheme::none; }
};

inline constexpr std::size_t kSymmetricSignatureBytes = 32;  // HMAC-SHA256, of all policies here.
inline constexpr std::size_t kBlockBytes = 16;               // AES.
inline constexpr int kRsaBitsMin = 2048, kRsaBitsMax = 4096;

inline constexpr std::string_view kRsaSha256Uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr std::string_view kOaepUri = "http://www.w3.org/2001/04/xmlenc#rsa-oaep";

inline constexpr SecurityPolicy kPolicies[] = {
    {.name = "None", .uri = "http://opcfoundation.org/UA/SecurityPolicy#None"},
    {.name = "Basic256Sha256",
     .uri = "http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256",
     .signature = SignatureScheme::pkcs1_sha256,
     .encryption = EncryptionScheme::oaep_sha1,
     .sign_key_bytes = 32,
     .encrypt_key_bytes = 32,
     .nonce_bytes = 32,
     .signature_uri = kRsaSha256Uri,
     .encryption_uri = kOaepUri,
     .rank = 2},
    {.name = "Aes128_Sha256_RsaOaep",
     .uri = "http://opcfoundation.org/UA/SecurityPolicy#Aes128_Sha256_RsaOaep",
     .signature = SignatureScheme::pkcs1_sha256,
     .encryption = EncryptionScheme::oaep_sha1,
     .sign_key_bytes = 32,
     .encrypt_key_bytes = 16,
     .nonce_bytes = 32,
     .signature_uri = kRsaSha256Uri,
     .encryption_uri = kOaepUri,
     .rank = 1},
    {.name = "Aes256_Sha256_RsaPss",
     .uri = "http://opcfoundation.org/UA/SecurityPolicy#Aes256_Sha256_RsaPss",
     .signature = SignatureScheme::pss_sha256,
     .encryption = EncryptionScheme::oaep_sha256,
     .sign_key_bytes = 32,
     .encrypt_key_bytes = 32,
     .nonce_bytes = 32,
     .signature_uri = "http://opcfoundation.org/UA/security/rsa-pss-sha2-256",
     .encryption_uri = "http://opcfoundation.org/UA/security/rsa-oaep-sha2-256",
     .rank = 3},
};
inline constexpr const SecurityPolicy& kNonePolicy = kPolicies[0];

/// The policy of this URI; none for unknown and for broken ones (Basic128Rsa15, Basic256).
constexpr const SecurityPolicy* find_policy(std::string_view uri) {
  for (const auto& policy : kPolicies) {
    if (policy.uri == uri) return &policy;
  }
  return nullptr;
}

}  // namespace hanse::connectors::opcua
