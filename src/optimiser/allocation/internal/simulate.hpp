#pragma once

#include <cstdint>
#include <vector>

#include "optimiser/allocation/internal/model.hpp"

namespace hanse::optimiser::allocation::internal {

/// A plan that can be carried out, from one that needn't be: week by week, what is wished for is started as far as its
/// inputs are there; scarce inputs are shared in proportion, what couldn't be started is caught up where hours are
/// left. `closed` activities (by model position; empty for none) start nothing, others of their group take over.
/// Wishes below `crumb` sets a week are left to those of their group that start more than that.
State carry_out(const Model& model, const State& wishes, const std::vector<std::uint8_t>& closed = {}, float crumb = 0);

/// A first plan without any wishes: everybody makes what is needed most until there is enough of it.
State push(const Model& model);
/// The same with purchases: so much that what the open market has keeps up with the scarcest raw item that it has not,
/// as `pushed` makes it. Without this a part with a long lead time leaves the first plan empty.
State push_with_market(const Model& model, const State& pushed);

/// Takes back what nobody needs in the end, finished goods first and the dearest first. Never makes a plan worse.
void trim(const Model& model, State& state);

}  // namespace hanse::optimiser::allocation::internal
