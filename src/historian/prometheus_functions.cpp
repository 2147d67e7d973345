#include "historian/prometheus_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hanse::historian {
namespace {

using Type = PromExpr::Type;

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

/// The increase over the whole window from that between first and last sample: stretched to the window's ends where the
/// next sample may be expected there, and not below zero for counters. Source: Prometheus 2.42, extrapolatedRate.
std::optional<double> stretched(const WindowFigures& figures, Duration window, double increase, bool counter) {
  if (figures.count < 2) return std::nullopt;
  const double sampled = seconds(window - figures.before - figures.after);
  if (sampled <= 0) return std::nullopt;
  const double between = sampled / static_cast<double>(figures.count - 1);
  double before = seconds(figures.before);
  const double after = seconds(figures.after);
  if (counter && increase > 0 && figures.first >= 0) before = std::min(before, sampled * (figures.first / increase));
  const double threshold = between * 1.1;
  const double whole =
      sampled + (before < threshold ? before : between / 2) + (after < threshold ? after : between / 2);
  return increase * (whole / sampled);
}

std::optional<double> increase(const WindowFigures& figures, Duration window) {
  return stretched(figures, window, figures.increase, true);
}
std::optional<double> rate(const WindowFigures& figures, Duration window) {
  const auto whole = increase(figures, window);
  return whole ? std::optional{*whole / seconds(window)} : std::nullopt;
}
std::optional<double> delta(const WindowFigures& figures, Duration window) {
  return stretched(figures, window, figures.last - figures.first, false);
}

using Figures = const WindowFigures&;
const std::array kFunctions = {
    PromFunction{.name = "rate", .arguments = {Type::range}, .over_range = &rate},
    PromFunction{.name = "increase", .arguments = {Type::range}, .over_range = &increase},
    PromFunction{.name = "delta", .arguments = {Type::range}, .over_range = &delta},
    PromFunction{.name = "avg_over_time",
                 .arguments = {Type::range},
                 .over_range = [](Figures f, Duration) { return std::optional{f.sum / static_cast<double>(f.count)}; }},
    PromFunction{.name = "min_over_time",
                 .arguments = {Type::range},
                 .over_range = [](Figures f, Duration) { return std::optional{f.min}; }},
    PromFunction{.name = "max_over_time",
                 .arguments = {Type::range},
                 .over_range = [](Figures f, Duration) { return std::optional{f.max}; }},
    PromFunction{.name = "sum_over_time",
                 .arguments = {Type::range},
                 .over_range = [](Figures f, Duration) { return std::optional{f.sum}; }},
    PromFunction{.name = "count_over_time",
                 .arguments = {Type::range},
                 .over_range = [](Figures f, Duration) { return std::optional{static_cast<double>(f.count)}; }},
    PromFunction{.name = "last_over_time",
                 .arguments = {Type::range},
                 .keeps_name = true,
                 .over_range = [](Figures f, Duration) { return std::optional{f.last}; }},
    PromFunction{
        .name = "abs", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::abs(v); }},
    PromFunction{
        .name = "ceil", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::ceil(v); }},
    PromFunction{.name = "floor",
                 .arguments = {Type::vector},
                 .of_value = [](double v, double, double) { return std::floor(v); }},
    PromFunction{.name = "round",
                 .arguments = {Type::vector, Type::scalar},
                 .optional = 1,
                 .of_value = [](double v, double to,
                                double) { return to == 0 ? std::floor(v + 0.5) : std::floor(v / to + 0.5) * to; }},
    PromFunction{
        .name = "sqrt", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::sqrt(v); }},
    PromFunction{
        .name = "exp", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::exp(v); }},
    PromFunction{
        .name = "ln", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::log(v); }},
    PromFunction{
        .name = "log2", .arguments = {Type::vector}, .of_value = [](double v, double, double) { return std::log2(v); }},
    PromFunction{.name = "log10",
                 .arguments = {Type::vector},
                 .of_value = [](double v, double, double) { return std::log10(v); }},
    PromFunction{.name = "clamp_min",
                 .arguments = {Type::vector, Type::scalar},
                 .of_value = [](double v, double low, double) { return std::max(v, low); }},
    PromFunction{.name = "clamp_max",
                 .arguments = {Type::vector, Type::scalar},
                 .of_value = [](double v, double high, double) { return std::min(v, high); }},
    PromFunction{.name = "clamp",
                 .arguments = {Type::vector, Type::scalar, Type::scalar},
                 .of_value = [](double v, double low, double high) { return std::min(std::max(v, low), high); }},
    PromFunction{.name = "time", .result = Type::scalar},
    PromFunction{.name = "vector", .arguments = {Type::scalar}},
    PromFunction{.name = "scalar", .result = Type::scalar, .arguments = {Type::vector}},
};

}  // namespace

const PromFunction* find_prom_function(std::string_view name) {
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const PromFunction& function) { return function.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

}  // namespace hanse::historian
