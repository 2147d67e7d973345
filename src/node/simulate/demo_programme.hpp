#pragma once

#include <functional>

#include "ecosystem/ecosystem.hpp"
#include "programme/programme.hpp"

namespace hanse::node::simulate {

/// Makes the demo's node the convener of a running programme: the scenario `ventilator` at a size that plans within
/// seconds, in its ninth week, with the simulated plant as one of its makers. What is there already stays; so a start
/// that was broken off is taken up. Blocking for as long as the plan takes. Errors: of the store and of the plan.
Result<void> seed_programme(ecosystem::Ecosystem& ecosystem, programme::Programme& programme, const Clock& clock,
                            const std::function<bool()>& stopped);

}  // namespace hanse::node::simulate
