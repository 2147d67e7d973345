#include "historian/table_routes.hpp"

#include <array>
#include <map>

#include "historian/join.hpp"
#include "historian/route_checks.hpp"
#include "historian/sketch.hpp"

namespace hanse::historian {
namespace {

using api::Context;
using api::Method;
using api::Route;
using signal::Directory;
using signal::Interpolation;

constexpr const char* kReadTables = "history.read";
constexpr std::size_t kJoinedMax = 64;
constexpr std::size_t kSketchedMax = 16, kQuantilesMax = 20;  // each reads every sample of the range
constexpr std::uint64_t kSketchStepsMax = 10'000;

struct JoinedInput {
  std::vector<SignalId> signals;
  Timestamp from, to;
  Duration step{};
  std::optional<Interpolation> interpolation;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "signals",
                  .summary = "Signal numbers, comma-separated.",
                  .length_max = kJoinedMax,
                  .required = true},
        FieldNote{.field = "from", .summary = "The first moment.", .required = true},
        FieldNote{.field = "to", .summary = "Moments lie before it.", .required = true},
        FieldNote{.field = "step", .summary = "Time between two moments, as in 60s.", .required = true},
        FieldNote{.field = "interpolation",
                  .summary = "What lies between samples, for all signals; without it by each signal's own kind."}};
  }
};
HANSE_DESCRIBE(JoinedInput, (signals, from, to, step, interpolation))

/// One signal's values, one for each moment; null where there is none.
struct HistoryJoinedColumn {
  SignalId signal{};
  std::vector<RawJson> values;
};
HANSE_DESCRIBE(HistoryJoinedColumn, (signal, values))
struct HistoryJoined {
  std::vector<std::int64_t> t;  ///< The moments, ms since 1970.
  std::vector<HistoryJoinedColumn> series;
};
HANSE_DESCRIBE(HistoryJoined, (t, series))

struct QuantilesInput {
  std::vector<SignalId> signals;
  Timestamp from, to;
  Duration step{};
  std::vector<double> quantiles = {0.5, 0.95};
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "signals",
                                .summary = "Signal numbers, comma-separated.",
                                .length_max = kSketchedMax,
                                .required = true},
                      FieldNote{.field = "from", .summary = "Where the first step begins.", .required = true},
                      FieldNote{.field = "to", .summary = "Where the last step ends.", .required = true},
                      FieldNote{.field = "step", .summary = "Length of a step, as in 1h.", .required = true},
                      FieldNote{.field = "quantiles",
                                .summary = "Shares of the values, 0 to 1, comma-separated.",
                                .length_max = kQuantilesMax}};
  }
};
HANSE_DESCRIBE(QuantilesInput, (signals, from, to, step, quantiles))

/// Columns of one signal, one per quantile by its number; within one percent of the value, null where nothing was
/// measured.
struct HistoryQuantilesSeries {
  SignalId signal{};
  std::vector<std::int64_t> count;
  std::map<std::string, std::vector<std::optional<double>>> values;
};
HANSE_DESCRIBE(HistoryQuantilesSeries, (signal, count, values))
struct HistoryQuantiles {
  std::vector<std::int64_t> t;  ///< Where each step begins, ms since 1970.
  std::vector<HistoryQuantilesSeries> series;
};
HANSE_DESCRIBE(HistoryQuantiles, (t, series))

Result<HistoryJoined> read_joined(Historian& history, const Directory& directory, Timestamp now, const JoinedInput& in,
                                  const std::stop_token& stop) {
  HANSE_CHECK(check_signals(in.signals));
  HANSE_TRY(const auto times, step_times({in.from, in.to}, in.step));
  HANSE_CHECK(check_points(in.signals.size(), std::ssize(times)));
  const auto signals = directory.snapshot();
  std::vector<JoinColumn> columns;
  for (const auto number : in.signals) {
    HANSE_TRY(const auto* signal, known(*signals, number));
    columns.push_back({number, in.interpolation.value_or(signal->interpolation)});
  }
  HANSE_TRY(const auto table, join(history, columns, {in.from, in.to}, in.step, now, stop));
  HistoryJoined out;
  for (const auto time : times) out.t.push_back(time.ms());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    auto& column = out.series.emplace_back(HistoryJoinedColumn{.signal = columns[c].signal, .values = {}});
    for (const auto& value : table.columns[c]) {
      column.values.push_back({value ? value_json(value->sample, value->text) : "null"});
    }
  }
  return out;
}

Result<HistoryQuantiles> read_quantiles(Historian& history, const Directory& directory, const QuantilesInput& in,
                                        const std::stop_token& stop) {
  HANSE_CHECK(check_signals(in.signals));
  HANSE_TRY(const auto times, step_times({in.from, in.to}, in.step, kSketchStepsMax));
  if (in.quantiles.empty()) return wrong_field("quantiles", "must name one at least, as in 0.5");
  for (const auto quantile : in.quantiles) {
    if (!(quantile >= 0 && quantile <= 1)) return wrong_field("quantiles", "must be 0 to 1");
  }
  HANSE_CHECK(check_points(in.signals.size() * in.quantiles.size(), std::ssize(times)));
  const auto signals = directory.snapshot();
  HistoryQuantiles out;
  for (const auto time : times) out.t.push_back(time.ms());
  for (const auto number : in.signals) {
    HANSE_CHECK(known(*signals, number));
    HANSE_TRY(const auto steps, sketches(history, number, {in.from, in.to}, in.step, stop));
    auto& series = out.series.emplace_back(HistoryQuantilesSeries{.signal = number, .count = {}, .values = {}});
    for (const auto& step : steps) series.count.push_back(step.sketch.count());
    for (const auto quantile : in.quantiles) {
      auto& column = series.values[fmt::format("{}", quantile)];
      column.clear();
      for (const auto& step : steps) column.push_back(step.sketch.quantile(quantile));
    }
  }
  return out;
}

}  // namespace

std::vector<Route> table_routes(Historian& history, const Directory& directory, const Clock& clock) {
  std::vector<Route> out;
  out.push_back(api::route<JoinedInput, HistoryJoined>(
      {Method::get, "/api/v1/history/joined", "Values of several signals at the same moments.", kReadTables},
      [&](const JoinedInput& in, const Context& context) {
        return read_joined(history, directory, clock.now(), in, context.stop);
      }));
  out.push_back(api::route<QuantilesInput, HistoryQuantiles>(
      {Method::get, "/api/v1/history/quantiles", "How the values of each step are spread, within one percent.",
       kReadTables},
      [&](const QuantilesInput& in, const Context& context) {
        return read_quantiles(history, directory, in, context.stop);
      }));
  return out;
}

}  // namespace hanse::historian
