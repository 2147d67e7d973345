#include "historian/prometheus_evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>

#include "base/type_info.hpp"

#include "historian/prometheus_functions.hpp"

namespace hanse::historian {
namespace {

using ExprKind = PromExpr::Kind;
using Type = PromExpr::Type;

bool compare(std::string_view sign, double a, double b) {
  if (sign == "==") return a == b;
  if (sign == "!=") return a != b;
  if (sign == "<") return a < b;
  if (sign == ">") return a > b;
  return sign == "<=" ? a <= b : a >= b;
}

double compute(char sign, double a, double b) {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return std::fmod(a, b);
    default:
      return std::pow(a, b);
  }
}

class Evaluation {
 public:
  Evaluation(const PromParts& parts, const StepGrid& grid, Duration lookback)
      : parts_(parts),
        grid_(grid),
        lookback_(lookback),
        signals_(parts.directory.snapshot()),
        deadline_(parts.clock.monotonic() + kPromTimeMax) {}

  Result<PromResult> evaluate(const PromExpr& expr) {
    switch (expr.kind) {
      case ExprKind::number:
        return number(expr.number);
      case ExprKind::selector:
        return selected(expr.selector, nullptr);
      case ExprKind::call:
        return call(expr);
      case ExprKind::aggregate:
        return aggregate(expr);
      case ExprKind::binary:
        return binary(expr);
      case ExprKind::negate:
        return negated(expr);
    }
    return number(0);
  }

 private:
  PromResult number(double value) const {
    PromResult out{.scalar = true, .series = {}};
    out.series.push_back({{}, std::vector<double>(grid_.count, value)});
    return out;
  }

  Result<void> check_time() const {
    if (parts_.clock.monotonic() <= deadline_) return {};
    return fail(ErrorCode::timeout, fmt::format("the query took over {}; ask for fewer signals or a shorter range",
                                                to_string(kPromTimeMax)));
  }

  /// The selected signals' values, or `function` of their windows.
  Result<PromResult> selected(const Selector& selector, const PromFunction* function) const {
    const auto found = prom_select(parts_, *signals_, selector);
    if (found.size() * grid_.count > kPromPointsMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("{} signals at {} moments are too much; take fewer signals or a longer step",
                              found.size(), grid_.count));
    }
    StepGrid grid = grid_;
    grid.start = grid.start - selector.offset;
    PromResult out;
    for (const auto& [signal, labels] : found) {
      HANSE_CHECK(check_time());
      PromSeries series{labels, {}};
      if (!function) {
        HANSE_TRY(series.values, values_at(parts_.history, *signal, grid, lookback_, parts_.stop));
      } else {
        HANSE_TRY(const auto windows, windows_at(parts_.history, signal->number, grid, selector.range, parts_.stop));
        for (const auto& window : windows) {
          const auto value = window.count > 0 ? function->over_range(window, selector.range) : std::nullopt;
          series.values.push_back(value.value_or(no_value()));
        }
        if (!function->keeps_name) series.labels.erase("__name__");
      }
      if (std::all_of(series.values.begin(), series.values.end(), &is_no_value)) continue;
      out.series.push_back(std::move(series));
    }
    return out;
  }

  Result<PromResult> call(const PromExpr& expr) {
    const PromFunction& function = *find_prom_function(expr.name);
    if (function.over_range) return selected(expr.parts[0].selector, &function);
    if (expr.name == "time") return time();
    HANSE_TRY(auto value, evaluate(expr.parts[0]));
    if (expr.name == "vector") {
      value.scalar = false;
      return value;
    }
    if (expr.name == "scalar") return as_scalar(value);
    std::array<std::vector<double>, 2> numbers{std::vector<double>(grid_.count, 0),
                                               std::vector<double>(grid_.count, 0)};
    for (std::size_t i = 1; i < expr.parts.size(); ++i) {
      HANSE_TRY(auto argument, evaluate(expr.parts[i]));
      numbers[i - 1] = std::move(argument.series.front().values);
    }
    for (auto& series : value.series) {
      series.labels.erase("__name__");
      for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (!is_no_value(series.values[i]))
          series.values[i] = function.of_value(series.values[i], numbers[0][i], numbers[1][i]);
      }
    }
    return value;
  }

  PromResult time() const {
    auto out = number(0);
    for (std::size_t i = 0; i < grid_.count; ++i)
      out.series.front().values[i] = static_cast<double>(grid_.at(i).ns) / 1e9;
    return out;
  }

  PromResult as_scalar(const PromResult& value) const {
    auto out = number(std::nan(""));
    for (std::size_t i = 0; i < grid_.count; ++i) {
      std::size_t present = 0;
      double only = 0;
      for (const auto& series : value.series) {
        if (is_no_value(series.values[i])) continue;
        ++present;
        only = series.values[i];
      }
      if (present == 1) out.series.front().values[i] = only;
    }
    return out;
  }

  Result<PromResult> negated(const PromExpr& expr) {
    HANSE_TRY(auto value, evaluate(expr.parts[0]));
    for (auto& series : value.series) {
      series.labels.erase("__name__");
      for (auto& one : series.values) one = is_no_value(one) ? one : -one;
    }
    return value;
  }

  /// The labels that decide which series belong together, by `by`/`on` or `without`/`ignoring`.
  static PromLabels kept(const PromLabels& labels, const PromExpr& expr) {
    PromLabels out;
    for (const auto& [name, value] : labels) {
      const bool named = std::find(expr.labels.begin(), expr.labels.end(), name) != expr.labels.end();
      if (expr.keep_labels ? named : !named && name != "__name__") out.emplace(name, value);
    }
    return out;
  }

  Result<PromResult> aggregate(const PromExpr& expr) {
    HANSE_TRY(const auto value, evaluate(expr.parts[0]));
    struct Group {
      std::vector<double> values;
      std::vector<std::int64_t> counts;
    };
    std::map<PromLabels, Group> groups;
    for (const auto& series : value.series) {
      auto& group = groups[kept(series.labels, expr)];
      group.values.resize(grid_.count, no_value());
      group.counts.resize(grid_.count, 0);
      for (std::size_t i = 0; i < grid_.count; ++i) {
        if (is_no_value(series.values[i])) continue;
        auto& total = group.values[i];
        const double one = series.values[i];
        if (group.counts[i]++ == 0)
          total = one;
        else if (expr.name == "min")
          total = std::isnan(total) ? one : std::min(total, one);
        else if (expr.name == "max")
          total = std::isnan(total) ? one : std::max(total, one);
        else
          total += one;
      }
    }
    PromResult out;
    for (auto& [labels, group] : groups) {
      for (std::size_t i = 0; i < grid_.count; ++i) {
        if (group.counts[i] == 0) continue;
        if (expr.name == "avg") group.values[i] /= static_cast<double>(group.counts[i]);
        if (expr.name == "count") group.values[i] = static_cast<double>(group.counts[i]);
      }
      out.series.push_back({labels, std::move(group.values)});
    }
    return out;
  }

  /// One moment's result of an operator; `kept_value` is what a comparison lets through.
  static double operate(const PromExpr& expr, double a, double b, double kept_value) {
    if (is_no_value(a) || is_no_value(b)) return no_value();
    if (!is_comparison(expr.name)) return compute(expr.name[0], a, b);
    const bool holds = compare(expr.name, a, b);
    if (expr.as_bool) return holds ? 1 : 0;
    return holds ? kept_value : no_value();
  }

  Result<PromResult> binary(const PromExpr& expr) {
    HANSE_TRY(auto left, evaluate(expr.parts[0]));
    HANSE_TRY(auto right, evaluate(expr.parts[1]));
    HANSE_CHECK(check_time());
    if (!left.scalar && !right.scalar) return matched(expr, left, right);
    const bool drops_name = !is_comparison(expr.name) || expr.as_bool;
    PromResult& many = left.scalar ? right : left;
    const auto one = left.scalar ? left.series.front().values : right.series.front().values;
    for (auto& series : many.series) {
      if (drops_name) series.labels.erase("__name__");
      for (std::size_t i = 0; i < grid_.count; ++i) {
        const double own = series.values[i];
        series.values[i] = left.scalar ? operate(expr, one[i], own, own) : operate(expr, own, one[i], own);
      }
    }
    return std::move(many);
  }

  /// One series with one series of the same labels.
  static Result<PromResult> matched(const PromExpr& expr, PromResult& left, const PromResult& right) {
    std::map<PromLabels, const PromSeries*> partners;
    for (const auto& series : right.series) {
      if (!partners.emplace(kept(series.labels, expr), &series).second) return twice(expr);
    }
    PromResult out;
    std::map<PromLabels, bool> seen;
    for (auto& series : left.series) {
      const auto key = kept(series.labels, expr);
      const auto partner = partners.find(key);
      if (partner == partners.end()) continue;
      if (!seen.emplace(key, true).second) return twice(expr);
      PromSeries made{is_comparison(expr.name) && !expr.as_bool && !expr.keep_labels ? series.labels : key, {}};
      for (std::size_t i = 0; i < series.values.size(); ++i) {
        made.values.push_back(operate(expr, series.values[i], partner->second->values[i], series.values[i]));
      }
      out.series.push_back(std::move(made));
    }
    return out;
  }
  static Error twice(const PromExpr& expr) {
    return fail(ErrorCode::invalid, fmt::format("'{}' finds two series with the same labels on one side; name what "
                                                "tells them apart with on(...), as in on(asset)",
                                                expr.name));
  }

  const PromParts& parts_;
  const StepGrid& grid_;
  const Duration lookback_;
  const std::shared_ptr<const signal::Signals> signals_;
  const Duration deadline_;
};

/// One label of a signal; empty when it hasn't it.
std::string label_of(const PromParts& parts, const signal::Signal& signal, std::string_view name) {
  if (name == "__name__") return prom_metric_name(signal.name);
  if (name == "asset") return signal.asset.value;
  if (name == "signal") return signal.name;
  if (name == "unit") return signal.unit;
  if (name == "meaning" && signal.meaning != signal::Meaning::other) return describe::enum_name(signal.meaning);
  if (name == "site" && parts.site_of) return parts.site_of(signal.asset);
  return {};
}

}  // namespace

std::string prom_metric_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    if (digit && out.empty()) out += '_';
    out += digit || letter ? c : '_';
  }
  return out.empty() ? "_" : out;
}

PromLabels prom_labels(const PromParts& parts, const signal::Signal& signal) {
  PromLabels labels;
  for (const auto* name : {"__name__", "asset", "signal", "unit", "meaning", "site"}) {
    if (auto value = label_of(parts, signal, name); !value.empty()) labels.emplace(name, std::move(value));
  }
  return labels;
}

std::vector<std::pair<const signal::Signal*, PromLabels>> prom_select(const PromParts& parts,
                                                                      const signal::Signals& all,
                                                                      const Selector& selector) {
  std::vector<std::pair<const signal::Signal*, PromLabels>> out;
  for (const auto& [number, signal] : all) {
    if (signal->type == signal::ValueType::text || signal->type == signal::ValueType::null) continue;
    // Label by label, so that among many signals the few that fit are found without making all labels of all.
    const bool taken = std::all_of(
        selector.matchers.begin(), selector.matchers.end(),
        [&](const LabelMatcher& matcher) { return matcher.matches(label_of(parts, *signal, matcher.label)); });
    if (taken) out.emplace_back(signal.get(), prom_labels(parts, *signal));
  }
  return out;
}

Result<PromResult> evaluate_prom(const PromParts& parts, const PromExpr& query, const StepGrid& grid,
                                 Duration lookback) {
  if (query.type == Type::range)
    return fail(ErrorCode::invalid,
                "a range like [5m] is no result; put it into a function like rate or avg_over_time");
  if (grid.count > kPromStepsMax)
    return fail(ErrorCode::invalid, fmt::format("the range has {} steps and {} is the limit; take a longer step",
                                                grid.count, kPromStepsMax));
  return Evaluation{parts, grid, lookback}.evaluate(query);
}

}  // namespace hanse::historian
