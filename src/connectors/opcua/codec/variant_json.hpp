#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

inline constexpr std::size_t kWrittenElementsMax = 10'000;  ///< Of one list or matrix that a person writes.

/// A value that a person wrote as JSON, as the built-in type that a server wants: numbers within the type's range,
/// times in RFC 3339, localized texts plainly, bytes in hexadecimal. `rank` is the number of its dimensions: 0 one
/// value, 1 a list, 2 a matrix as the list of its rows. Never rounds and never guesses another type. Errors:
/// `invalid`, saying what would fit.
Result<Variant> variant_from_json(Builtin type, std::size_t rank, JsonRef value);

/// As in `UInt16`: the type's name in the standard.
std::string_view builtin_name(Builtin type);

}  // namespace hanse::connectors::opcua
