#pragma once

#include "twin/service/operations.hpp"

namespace hanse::twin {

/// Which property is meant, and why; the reason may be empty.
struct BoundPlace {
  std::string submodel, path, reason;
};
/// Asks for the value to be written at the machine whose signal the property is bound to; the address where what
/// becomes of it is told. Errors: `invalid` for a value that isn't of the property's type and for one that is bound to
/// nothing, `forbidden` with what doesn't permit it.
Result<std::string> ask_machine(Twins& twins, const api::Caller& caller, const BoundPlace& place, const Node& property,
                                JsonRef value);

/// Answers `PATCH .../$value` of a bound property: 202 with where the wish is, as nothing is written before a second
/// person approves it. Errors: as above.
Result<api::Response> write_through(Call& call, const Node& property, JsonRef value);

}  // namespace hanse::twin
