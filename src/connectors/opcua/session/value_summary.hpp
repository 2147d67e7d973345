#pragma once

#include <string>

#include "connectors/opcua/model/type_book.hpp"

namespace hanse::connectors::opcua {

/// A value in a few words for people, at most some 200 characters: `25`, `[1, 2, 3]`, `[[1, 2], [3, 4]]`,
/// `{Position 1.5, Tool/Name drill}`; `nothing` for none.
std::string value_summary(const Variant& value, const TypeBook& types);

}  // namespace hanse::connectors::opcua
