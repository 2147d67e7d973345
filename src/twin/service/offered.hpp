#pragma once

#include <span>
#include <string>

#include "twin/service/twins.hpp"

namespace hanse::twin {

/// What an offer to a partner names: a shell or a submodel, all of it or one element, as it is or as values.
struct OfferedTwin {
  std::string id;
  std::string path;     ///< idShortPath of the one element that is offered; empty for all.
  bool values = false;  ///< The values only, as `$value` has them.
};

/// Reads `urn:x`, `urn:x#Sizes.Width`, `urn:x/$value`, `urn:x#Sizes/$value`. An id may have a `#` itself, so whether
/// one begins a path is decided where the id is looked for.
OfferedTwin read_offered_twin(std::string_view source);

/// What a partner gets: the submodel or element; of a shell an environment of it and its submodels; values those of
/// this moment. `masked` are idShorts of elements, wherever they are, and idShortPaths; of a shell also a submodel's
/// idShort. What is masked isn't there in any form. Errors: `not_found`; `invalid` when the element has no value.
Result<std::string> offered_json(Twins& twins, std::string_view source, std::span<const std::string> masked);

}  // namespace hanse::twin
