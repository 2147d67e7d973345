#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "historian/prometheus_series.hpp"
#include "historian/prometheus_syntax.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

using PromLabels = std::map<std::string, std::string>;

/// What Prometheus' interface works with. References outlive it.
struct PromParts {
  Historian& history;
  const signal::Directory& directory;
  const Clock& clock;
  /// The site of an asset, for the label `site`; empty text or function: no such label.
  std::function<std::string(const signal::AssetId&)> site_of = {};
  std::stop_token stop = {};  ///< Of one query: its asker has gone.
};

/// A signal as Prometheus names it: `__name__` is the signal's name in Prometheus' letters, `signal` its name as it is,
/// then `asset`, `unit`, `meaning` (unless other) and `site`, each when there is one.
PromLabels prom_labels(const PromParts& parts, const signal::Signal& signal);
/// `Spindle speed (rpm)` to `Spindle_speed__rpm_`
std::string prom_metric_name(std::string_view name);

/// The numeric signals that a selector takes, with their labels. The signals live as long as `all`.
std::vector<std::pair<const signal::Signal*, PromLabels>> prom_select(const PromParts& parts,
                                                                      const signal::Signals& all,
                                                                      const Selector& selector);

/// One line of a result: a value for each moment, `no_value()` where there is none.
struct PromSeries {
  PromLabels labels;
  std::vector<double> values;
};
struct PromResult {
  bool scalar = false;  ///< Then there is one series without labels.
  std::vector<PromSeries> series;
};

inline constexpr std::size_t kPromStepsMax = 11'000;      ///< As Prometheus.
inline constexpr std::size_t kPromPointsMax = 5'000'000;  ///< Series times steps, of each part of a query.
inline constexpr Duration kPromLookback = 5min;           ///< As Prometheus' default.
inline constexpr Duration kPromTimeMax = 30s;

/// Computes the query at each moment of the grid. Errors: `too_large`, `timeout`, `invalid` (two series with the same
/// labels where one is wanted); of the history.
Result<PromResult> evaluate_prom(const PromParts& parts, const PromExpr& query, const StepGrid& grid,
                                 Duration lookback = kPromLookback);

}  // namespace hanse::historian
