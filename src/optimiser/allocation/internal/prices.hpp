#pragma once

#include <vector>

#include "optimiser/allocation/internal/model.hpp"

namespace hanse::optimiser::allocation::internal {

/// What a set is worth, by place and padded week, and what a unit of each limit costs (at most) or earns (at least).
struct Prices {
  std::vector<float> item;
  std::vector<float> over, under;
  explicit Prices(const Model& m) : item(m.places() * m.padded), over(m.rows.size()), under(m.rows.size()) {}
};

/// Makes prices such that holding and moving never pays: then they give a bound.
void project(const Model& model, Prices& prices);

/// A value, in model money, that no plan goes below: the balances are relaxed at these prices, which `project` has made
/// fit, and the rest falls apart into pools and dues. Valid for any prices; equals the optimum of the linear model at
/// its own. Source: planning fact sheet, B4. Rents by pool and week into `rents` where given: what an hour more would
/// save.
double bound(const Model& model, const Prices& prices, std::vector<float>* rents = nullptr);

/// By group and week: what the inputs of a set cost at these prices.
void price_inputs(const Model& model, const std::vector<float>& item, std::vector<float>& out);

}  // namespace hanse::optimiser::allocation::internal
