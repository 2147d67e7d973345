#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "connectors/opcua/security/certificate.hpp"
#include "connectors/opcua/security/policy.hpp"
#include "connectors/opcua/security/secret.hpp"

// All cryptography of the room: thin over OpenSSL. Failures say nothing about why, so that no answer built from them
// tells a stranger what was wrong with his bytes.

namespace hanse::connectors::opcua {

enum class Digest { sha1, sha256 };
std::string digest(Digest which, std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// `count` bytes of P_SHA256(secret, seed). Source: OPC 10000-6, 6.7.5; RFC 5246, 5.
Secret p_sha256(std::string_view secret, std::string_view seed, std::size_t count);
/// From the operating system, by way of OpenSSL.
Secret random_bytes(std::size_t count);
/// Takes the same time wherever they differ.
bool same_bytes(std::string_view a, std::string_view b);

Result<std::string> sign(const PrivateKey& key, SignatureScheme scheme, std::string_view bytes);
bool verify(const Certificate& signer, SignatureScheme scheme, std::string_view bytes, std::string_view signature);

/// Bytes of plain text in one block for a key of `key_bytes`.
std::size_t plain_block_bytes(EncryptionScheme scheme, std::size_t key_bytes);
/// Block by block. Precondition of `decrypt`'s success: a multiple of the key's bytes.
Result<std::string> encrypt(const Certificate& receiver, EncryptionScheme scheme, std::string_view plain);
Result<Secret> decrypt(const PrivateKey& key, EncryptionScheme scheme, std::string_view cipher);

/// AES in CBC mode without padding, in place; the key's length decides between 128 and 256 bits.
/// Precondition: a multiple of 16 bytes.
void aes_cbc_encrypt(std::string_view key, std::string_view iv, char* bytes, std::size_t count);
void aes_cbc_decrypt(std::string_view key, std::string_view iv, char* bytes, std::size_t count);

}  // namespace hanse::connectors::opcua
