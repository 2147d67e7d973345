#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "historian/prometheus_series.hpp"
#include "historian/prometheus_syntax.hpp"

namespace hanse::historian {

/// A function of PromQL: what it takes and what it gives.
struct PromFunction {
  std::string_view name;
  PromExpr::Type result = PromExpr::Type::vector;
  std::vector<PromExpr::Type> arguments = {};
  std::size_t optional = 0;  ///< How many of the last arguments may be absent.
  bool keeps_name = false;   ///< The result is still called by the metric's name.
  /// Of functions over a range: from the figures of one window of this length. Nothing when there are too few samples.
  std::optional<double> (*over_range)(const WindowFigures&, Duration window) = nullptr;
  /// Of functions of one value and up to two numbers.
  double (*of_value)(double value, double first, double second) = nullptr;
};

/// Null when there is none of that name.
const PromFunction* find_prom_function(std::string_view name);

}  // namespace hanse::historian
