#pragma once

#include <string>
#include <string_view>

#include "store/store.hpp"

namespace hanse::store::internal {

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
/// The hash of `entry` after the entry with hash `before` (empty for the first); the formula is in
/// docs/formats/store.md.
std::string chain_hash(std::string_view before, const JournalEntry& entry);

}  // namespace hanse::store::internal
