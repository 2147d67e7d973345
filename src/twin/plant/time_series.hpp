#pragma once

#include <string>
#include <vector>

#include "twin/plant/plant_twins.hpp"

namespace hanse::twin {

inline constexpr std::string_view kIec61360Id =
    "https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3";

/// The semantic id of what a signal means; empty for `other`.
std::string meaning_id(const signal::Signal& signal);

/// Time Series Data 1.1 (IDTA 02008) of an asset's signals: what a record holds, a linked segment per signal that leads
/// to the history's own interface, and the operations that the historian answers.
Node time_series(std::string_view id, std::string_view name, const std::vector<const signal::Signal*>& signals);

}  // namespace hanse::twin
