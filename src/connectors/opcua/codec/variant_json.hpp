#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

/// A value that a person wrote as JSON, as the built-in type that a server wants: numbers within the type's range,
/// times in RFC 3339, localized texts plainly; with `array` a list of them. Never rounds and never guesses another
/// type. Errors: `invalid`, saying what would fit.
Result<Variant> variant_from_json(Builtin type, bool array, JsonRef value);

/// As in `UInt16`: the type's name in the standard.
std::string_view builtin_name(Builtin type);

}  // namespace hanse::connectors::opcua
