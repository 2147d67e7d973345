#include "dataspace/signature.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace hanse::dataspace {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kBase64Max = 4U << 20;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void begin_sodium() { HANSE_ASSERT(sodium_init() >= 0); }

Result<std::string> key_bytes(std::string_view key, std::size_t size) {
  HANSE_TRY(auto bytes, from_base64url(key));
  if (bytes.size() != size) return fail(ErrorCode::invalid, fmt::format("the key must have {} bytes", size));
  return bytes;
}

}  // namespace

SigningKey new_signing_key() {
  begin_sodium();
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0'), secret_key(crypto_sign_SECRETKEYBYTES, '\0');
  crypto_sign_keypair(bytes_of(public_key), bytes_of(secret_key));
  return {base64url(public_key), base64url(secret_key)};
}

Result<SigningKey> signing_key_from(std::string_view secret_key) {
  HANSE_TRY(const auto secret, key_bytes(secret_key, crypto_sign_SECRETKEYBYTES));
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
  crypto_sign_ed25519_sk_to_pk(bytes_of(public_key), bytes_of(secret));
  return SigningKey{base64url(public_key), std::string{secret_key}};
}

std::string base64url(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), kVariant);
  out.pop_back();  // its terminating zero
  return out;
}

Result<std::string> from_base64url(std::string_view text) {
  if (text.size() > kBase64Max) return fail(ErrorCode::too_large, "the base64 text is too long");
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &size, nullptr, kVariant) != 0) {
    return fail(ErrorCode::invalid, "this is no base64url text");
  }
  out.resize(size);
  return out;
}

std::string sha256_hex(std::string_view bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(bytes_of(hash), bytes_of(bytes), bytes.size());
  std::string hex(hash.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes_of(std::as_const(hash)), hash.size());
  hex.pop_back();
  return hex;
}

std::string key_fingerprint(std::string_view public_key) {
  const auto hex = sha256_hex(public_key);
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) out += (i == 0 ? "" : " ") + hex.substr(i * 4, 4);
  return out;
}

std::string sign_jws(std::string_view payload, const SigningKey& key, std::string_view kid) {
  begin_sodium();
  std::string header = R"({"alg":"EdDSA","kid":)";
  json::append_string(header, kid);
  header += '}';
  std::string signed_part = base64url(header) + '.' + base64url(payload);
  const auto secret = key_bytes(key.secret_key, crypto_sign_SECRETKEYBYTES);
  HANSE_ASSERT(secret.has_value());  // made or read by this file
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(std::string_view{signed_part}), signed_part.size(),
                       bytes_of(std::string_view{*secret}));
  return signed_part + '.' + base64url(signature);
}

Result<std::string> verify_jws(std::string_view jws, std::string_view public_key) {
  begin_sodium();
  const auto parts = split(jws, '.');
  if (parts.size() != 3)
    return fail(ErrorCode::invalid, "this is no signed text: it must have three parts with dots between");
  HANSE_TRY(const auto header_text, from_base64url(parts[0]));
  HANSE_TRY(const auto header, JsonDocument::parse(header_text));
  const auto algorithm = header.root().find("alg");
  // Only the one algorithm: a text that chooses its own could choose none.
  if (!algorithm || algorithm->kind() != JsonRef::Kind::string || algorithm->string() != "EdDSA") {
    return fail(ErrorCode::invalid, "the signature must be EdDSA");
  }
  HANSE_TRY(const auto key, key_bytes(public_key, crypto_sign_PUBLICKEYBYTES));
  HANSE_TRY(const auto signature, key_bytes(parts[2], crypto_sign_BYTES));
  const auto signed_part = jws.substr(0, parts[0].size() + 1 + parts[1].size());
  if (crypto_sign_verify_detached(bytes_of(std::string_view{signature}), bytes_of(signed_part), signed_part.size(),
                                  bytes_of(std::string_view{key})) != 0) {
    return fail(ErrorCode::forbidden, "the signature doesn't fit the key");
  }
  return from_base64url(parts[1]);
}

Result<std::string> seal_for(std::string_view text, std::string_view public_key) {
  begin_sodium();
  HANSE_TRY(const auto ed25519, key_bytes(public_key, crypto_sign_PUBLICKEYBYTES));
  std::string x25519(crypto_box_PUBLICKEYBYTES, '\0');
  if (crypto_sign_ed25519_pk_to_curve25519(bytes_of(x25519), bytes_of(std::string_view{ed25519})) != 0) {
    return fail(ErrorCode::invalid, "the recipient's key is no Ed25519 key");
  }
  std::string sealed(text.size() + crypto_box_SEALBYTES, '\0');
  crypto_box_seal(bytes_of(sealed), bytes_of(text), text.size(), bytes_of(std::string_view{x25519}));
  return base64url(sealed);
}

Result<std::string> unseal(std::string_view sealed_text, const SigningKey& key) {
  begin_sodium();
  HANSE_TRY(const auto sealed, from_base64url(sealed_text));
  HANSE_TRY(const auto secret, key_bytes(key.secret_key, crypto_sign_SECRETKEYBYTES));
  HANSE_TRY(const auto own, key_bytes(key.public_key, crypto_sign_PUBLICKEYBYTES));
  std::string x_secret(crypto_box_SECRETKEYBYTES, '\0'), x_public(crypto_box_PUBLICKEYBYTES, '\0');
  crypto_sign_ed25519_sk_to_curve25519(bytes_of(x_secret), bytes_of(std::string_view{secret}));
  if (crypto_sign_ed25519_pk_to_curve25519(bytes_of(x_public), bytes_of(std::string_view{own})) != 0) {
    return fail(ErrorCode::invalid, "the own key is no Ed25519 key");
  }
  if (sealed.size() < crypto_box_SEALBYTES) return fail(ErrorCode::invalid, "the sealed text is too short");
  std::string out(sealed.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(bytes_of(out), bytes_of(std::string_view{sealed}), sealed.size(),
                           bytes_of(std::string_view{x_public}), bytes_of(std::string_view{x_secret})) != 0) {
    return fail(ErrorCode::forbidden, "this was sealed for somebody else, or was changed");
  }
  return out;
}

}  // namespace hanse::dataspace
