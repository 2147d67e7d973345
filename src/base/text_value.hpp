#pragma once

#include "base/json.hpp"
#include "base/text.hpp"

namespace hanse {

/// Reads one field from plain text: a query parameter, an environment variable, a flag, a CSV cell. Lists are
/// comma-separated; a record, a list of records or a map is JSON. Errors: `invalid`, saying what would be right.
Result<void> parse_text(std::string_view text, const TypeInfo& type, void* out, const FieldNote& note = {});
template <class T>
Result<void> parse_text(std::string_view text, T& out, const FieldNote& note = {}) {
  return parse_text(text, type_info<T>(), &out, note);
}

}  // namespace hanse
