#include "connectors/opcua/security/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/assert.hpp"

namespace hanse::connectors::opcua {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

/// One sentence for everything that can go wrong with foreign bytes.
Error refused() { return fail(ErrorCode::corrupt, "a security check failed"); }

bool set_padding(EVP_PKEY_CTX* context, SignatureScheme scheme) {
  if (scheme == SignatureScheme::pkcs1_sha256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0;
}

bool set_padding(EVP_PKEY_CTX* context, EncryptionScheme scheme) {
  const EVP_MD* hash = scheme == EncryptionScheme::oaep_sha1 ? EVP_sha1() : EVP_sha256();
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, hash) > 0 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) > 0;
}

const EVP_CIPHER* cipher_of(std::string_view key) { return key.size() == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc(); }

}  // namespace

void wipe(std::string& bytes) {
  bytes.resize(bytes.capacity());  // Behind its end may stand what it was before it became shorter.
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

void Secret::wipe() { opcua::wipe(bytes_); }

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe();
  bytes_ = other.bytes_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = other.bytes_;
  other.wipe();
  return *this;
}

std::string digest(Digest which, std::string_view bytes) {
  const EVP_MD* kind = which == Digest::sha1 ? EVP_sha1() : EVP_sha256();
  std::string out(static_cast<std::size_t>(EVP_MD_get_size(kind)), '\0');
  HANSE_ASSERT(EVP_Digest(bytes.data(), bytes.size(), raw(out), nullptr, kind, nullptr) == 1);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(kSymmetricSignatureBytes, '\0');
  unsigned count = 0;
  HANSE_ASSERT(
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(bytes), bytes.size(), raw(out), &count));
  return out;
}

Secret p_sha256(std::string_view secret, std::string_view seed, std::size_t count) {
  Secret out;
  out.fill().reserve(count + kSymmetricSignatureBytes);  // Growing would leave copies behind.
  Secret a{std::string{seed}};
  while (out.reveal().size() < count) {
    a = Secret{hmac_sha256(secret, a.reveal())};
    Secret part;
    part.fill().reserve(kSymmetricSignatureBytes + seed.size());
    part.fill() += a.reveal();
    part.fill() += seed;
    const Secret block{hmac_sha256(secret, part.reveal())};
    out.fill() += block.reveal();
  }
  out.fill().resize(count);
  return out;
}

Secret random_bytes(std::size_t count) {
  Secret out{std::string(count, '\0')};
  HANSE_ASSERT(RAND_bytes(raw(out.fill()), static_cast<int>(count)) == 1);
  return out;
}

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> sign(const PrivateKey& key, SignatureScheme scheme, std::string_view bytes) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* key_context = nullptr;
  if (EVP_DigestSignInit(context.get(), &key_context, EVP_sha256(), nullptr, key.handle()) != 1 ||
      !set_padding(key_context, scheme)) {
    return refused();
  }
  std::string out(key.key_bytes(), '\0');
  std::size_t count = out.size();
  if (EVP_DigestSign(context.get(), raw(out), &count, raw(bytes), bytes.size()) != 1) return refused();
  out.resize(count);
  return out;
}

bool verify(const Certificate& signer, SignatureScheme scheme, std::string_view bytes, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* key_context = nullptr;
  return EVP_DigestVerifyInit(context.get(), &key_context, EVP_sha256(), nullptr, signer.public_key()) == 1 &&
         set_padding(key_context, scheme) &&
         EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(bytes), bytes.size()) == 1;
}

std::size_t plain_block_bytes(EncryptionScheme scheme, std::size_t key_bytes) {
  const std::size_t overhead = scheme == EncryptionScheme::oaep_sha1 ? 42 : 66;  // RFC 8017, 7.1: 2 × hash + 2
  return key_bytes > overhead ? key_bytes - overhead : 0;
}

Result<std::string> encrypt(const Certificate& receiver, EncryptionScheme scheme, std::string_view plain) {
  const std::size_t block = plain_block_bytes(scheme, receiver.key_bytes());
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context{EVP_PKEY_CTX_new(receiver.public_key(), nullptr)};
  if (block == 0 || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_padding(context.get(), scheme)) return refused();
  std::string out;
  for (std::size_t at = 0; at < plain.size(); at += block) {
    const auto part = plain.substr(at, block);
    std::string cipher(receiver.key_bytes(), '\0');
    std::size_t count = cipher.size();
    if (EVP_PKEY_encrypt(context.get(), raw(cipher), &count, raw(part), part.size()) != 1) return refused();
    out.append(cipher, 0, count);
  }
  return out;
}

Result<Secret> decrypt(const PrivateKey& key, EncryptionScheme scheme, std::string_view cipher) {
  const std::size_t block = key.key_bytes();
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context{EVP_PKEY_CTX_new(key.handle(), nullptr)};
  if (cipher.empty() || cipher.size() % block != 0 || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      !set_padding(context.get(), scheme)) {
    return refused();
  }
  Secret out;
  out.fill().reserve(cipher.size());
  Secret part{std::string(block, '\0')};
  for (std::size_t at = 0; at < cipher.size(); at += block) {
    std::size_t count = block;
    if (EVP_PKEY_decrypt(context.get(), raw(part.fill()), &count, raw(cipher.substr(at)), block) != 1) return refused();
    out.fill().append(part.reveal().substr(0, count));
  }
  return out;
}

void aes_cbc_encrypt(std::string_view key, std::string_view iv, char* bytes, std::size_t count) {
  HANSE_ASSERT(count % kBlockBytes == 0);
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context{EVP_CIPHER_CTX_new()};
  auto* at = reinterpret_cast<unsigned char*>(bytes);
  int done = 0;
  HANSE_ASSERT(EVP_EncryptInit_ex(context.get(), cipher_of(key), nullptr, raw(key), raw(iv)) == 1 &&
               EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
               EVP_EncryptUpdate(context.get(), at, &done, at, static_cast<int>(count)) == 1);
}

void aes_cbc_decrypt(std::string_view key, std::string_view iv, char* bytes, std::size_t count) {
  HANSE_ASSERT(count % kBlockBytes == 0);
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context{EVP_CIPHER_CTX_new()};
  auto* at = reinterpret_cast<unsigned char*>(bytes);
  int done = 0;
  HANSE_ASSERT(EVP_DecryptInit_ex(context.get(), cipher_of(key), nullptr, raw(key), raw(iv)) == 1 &&
               EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
               EVP_DecryptUpdate(context.get(), at, &done, at, static_cast<int>(count)) == 1);
}

}  // namespace hanse::connectors::opcua
