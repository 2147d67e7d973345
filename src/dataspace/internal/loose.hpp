#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace hanse::dataspace::loose {

// Reading partners' JSON-LD as plain JSON, tolerantly: what their processors may have made of the compact shapes.

/// The text, also of `{"@id": ...}`, `{"@value": ...}`, a list of one, a number or a boolean.
std::optional<std::string> text(JsonRef value);
std::optional<std::string> text(JsonRef object, std::string_view member);
/// The elements of a list, or the value itself as a list of one; none when absent or null.
std::vector<JsonRef> list(std::optional<JsonRef> value);
/// The member under its short name, with a prefix (`dspace:`, `odrl:`) or as a full IRI that ends with it.
std::optional<JsonRef> member(JsonRef object, std::string_view name);
/// `use` of `odrl:use` and `http://www.w3.org/ns/odrl/2/use`.
std::string_view short_name(std::string_view name);

}  // namespace hanse::dataspace::loose
