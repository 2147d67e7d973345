#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace hanse::dataspace {

/// The text as a string of JSON, with its quotes.
std::string quoted(std::string_view text);

/// JSON in the one form that signatures and hashes are made over: members sorted by UTF-16 code units, no blanks, the
/// shortest escapes. Source: RFC 8785. Errors: `invalid`, also for a number that isn't whole or above 2^53: what is
/// signed here has none, and two implementations could write it differently.
Result<std::string> canonical_json(std::string_view text);
Result<std::string> canonical_json(JsonRef value);

}  // namespace hanse::dataspace
