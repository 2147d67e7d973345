#pragma once

#include "twin/service/operations.hpp"

// Descriptors that were registered come first; then every shell and submodel of this node has one by itself.

namespace hanse::twin {

/// Errors: `invalid` for a cursor that no page gave.
Result<Repository::Page> descriptor_page(Call& call, Class of, const Repository::Filter& filter, const PageWish& wish);
/// Errors: `not_found`.
Result<Node> descriptor(Call& call, Class of, const std::string& id);

}  // namespace hanse::twin
