#pragma once

#include <string>
#include <string_view>

#include "twin/model/node.hpp"

namespace hanse::twin {

/// `{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":...}]}`
Node external_reference(std::string_view value);
/// A reference to a whole shell, submodel or concept description.
Node model_reference(Class of, std::string_view id);
/// Adds a key for one step down.
void add_key(Node& reference, std::string_view type, std::string_view value);

/// The value of the first key of an object's reference, trimmed: what semantic ids are compared by; empty when absent.
std::string_view first_key(const Node* reference);
/// Same key values, whatever the types (matching by value, IDTA 01001).
bool same_values(const Node& a, const Node& b);
/// One spelling for the two that ECLASS has: `https://api.eclass-cdp.com/0173-1-02-AAO677-004` is
/// `0173-1#02-AAO677#004`. Trims, too: published templates have blanks at ends.
std::string canonical_semantic_id(std::string_view value);

}  // namespace hanse::twin
