#include "store/internal/journal_chain.hpp"

#include <openssl/evp.h>

#include <array>

#include "base/assert.hpp"
#include "base/json.hpp"

namespace hanse::store::internal {
std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned int length = 0;
  HANSE_ASSERT(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(64);
  for (const auto byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string chain_hash(std::string_view before, const JournalEntry& entry) {
  // A JSON array: no two entries have the same text, and any language can check it in a line.
  std::string text = "[";
  json::append_string(text, before);
  const auto add_number = [&](std::int64_t number) {
    text += ',';
    json::append_integer(text, number);
  };
  const auto add_text = [&](std::string_view field) {
    text += ',';
    json::append_string(text, field);
  };
  add_number(entry.sequence);
  add_number(entry.time.ns);
  for (const auto* field : {&entry.actor, &entry.action, &entry.kind, &entry.id}) add_text(*field);
  add_number(entry.version);
  add_text(entry.digest);
  add_text(entry.detail);
  return sha256_hex(text + "]");
}

}  // namespace hanse::store::internal
