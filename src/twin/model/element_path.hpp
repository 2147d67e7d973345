#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

/// One step of an idShortPath: a name, or an index of a list.
using PathStep = std::variant<std::string, std::size_t>;
using ElementPath = std::vector<PathStep>;

/// Reads `Axes[1].Position`. Errors: `invalid`. Source: IDTA 01001, idShortPath.
Result<ElementPath> parse_element_path(std::string_view text);
std::string to_string(const ElementPath& path);

/// The attribute that holds an object's children in paths; nothing for what has none.
std::optional<Name> children_attribute(Class of);

/// The element at the path below a submodel or an element; null when there is none.
const Node* find_element(const Node& root, const ElementPath& path);
Node* find_element(Node& root, const ElementPath& path);
/// Removes it. False when there is none.
bool remove_element(Node& root, const ElementPath& path);

/// The reference to an element of a submodel.
Node reference_to(const Node& submodel, const ElementPath& path);

}  // namespace hanse::twin
