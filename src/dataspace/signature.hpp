#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::dataspace {

/// This node's own Ed25519 key pair, base64url. The secret half is kept by the node in its data folder.
struct SigningKey {
  std::string public_key;
  std::string secret_key;
};
SigningKey new_signing_key();
/// Errors: `invalid` when it isn't the 64 bytes of an Ed25519 secret key.
Result<SigningKey> signing_key_from(std::string_view secret_key);

std::string base64url(std::string_view bytes);
/// Errors: `invalid`.
Result<std::string> from_base64url(std::string_view text);
/// Lower-case hex.
std::string sha256_hex(std::string_view bytes);
/// What people compare on the telephone: eight groups of four hex digits of the key's SHA-256.
std::string key_fingerprint(std::string_view public_key);

/// `header.payload.signature` (RFC 7515) with EdDSA (RFC 8037) and `kid` in the header.
std::string sign_jws(std::string_view payload, const SigningKey& key, std::string_view kid);
/// The payload. Errors: `invalid` when it isn't a JWS or names another algorithm, `forbidden` when the signature
/// doesn't fit the key.
Result<std::string> verify_jws(std::string_view jws, std::string_view public_key);

/// Sealed for one recipient (X25519 from its Ed25519 key; libsodium's sealed box), base64url.
Result<std::string> seal_for(std::string_view text, std::string_view public_key);
/// Errors: `forbidden` when it was sealed for somebody else or changed.
Result<std::string> unseal(std::string_view sealed, const SigningKey& key);

}  // namespace hanse::dataspace
