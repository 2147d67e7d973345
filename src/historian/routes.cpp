#include "historian/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "historian/route_checks.hpp"

namespace hanse::historian {
namespace {

using api::Context;
using api::Method;
using api::Route;
using signal::Directory;
using signal::Quality;
using signal::Signal;

constexpr const char* kRead = "history.read";

struct LastInput {
  std::vector<SignalId> signals;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "signals",
                                .summary = "Signal numbers, comma-separated.",
                                .length_max = kRouteSignalsMax,
                                .required = true}};
  }
};
HANSE_DESCRIBE(LastInput, (signals))

/// `time_ms` and `value` are null when nothing was measured yet.
struct HistoryLast {
  SignalId signal{};
  std::optional<std::int64_t> time_ms;
  RawJson value;
  Quality quality = Quality::bad;
};
HANSE_DESCRIBE(HistoryLast, (signal, time_ms, value, quality))
struct HistoryLastList {
  std::vector<HistoryLast> items;
};
HANSE_DESCRIBE(HistoryLastList, (items))

struct ChartInput {
  std::vector<SignalId> signals;
  Timestamp from, to;
  std::int64_t pixels = 800;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "signals",
                  .summary = "Signal numbers, comma-separated.",
                  .length_max = kRouteSignalsMax,
                  .required = true},
        FieldNote{.field = "from", .summary = "First time, included.", .required = true},
        FieldNote{.field = "to", .summary = "Last time, not included.", .required = true},
        FieldNote{.field = "pixels", .summary = "Most points of each series.", .min = 2, .max = kRoutePixelsMax}};
  }
};
HANSE_DESCRIBE(ChartInput, (signals, from, to, pixels))

/// Columns of one signal: `t` in ms since 1970, with the lowest, highest and last value of each pixel.
struct HistoryChartSeries {
  SignalId signal{};
  std::vector<std::int64_t> t;
  std::vector<double> min, max, last;
};
HANSE_DESCRIBE(HistoryChartSeries, (signal, t, min, max, last))
struct HistoryChart {
  std::vector<HistoryChartSeries> series;
};
HANSE_DESCRIBE(HistoryChart, (series))

struct RawInput {
  SignalId signal{};
  Timestamp from, to = Timestamp::max();
  std::optional<std::string> cursor;
  std::int64_t limit = 1000;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "signal", .summary = "The signal's number.", .required = true},
        FieldNote{.field = "from", .summary = "First time, included.", .required = true},
        FieldNote{.field = "to", .summary = "Last time, not included."},
        FieldNote{.field = "limit", .summary = "Samples of one page.", .min = 1, .max = kRouteRawSamplesMax}};
  }
};
HANSE_DESCRIBE(RawInput, (signal, from, to, cursor, limit))

struct HistorySample {
  Timestamp time;
  RawJson value;
  Quality quality = Quality::good;
};
HANSE_DESCRIBE(HistorySample, (time, value, quality))

/// What an aggregate can compute of the samples in each step.
enum class StepFunction { count, min, max, sum, mean, first, last, time_weighted_mean, covered_ns };
HANSE_DESCRIBE_ENUM(StepFunction, count, min, max, sum, mean, first, last, time_weighted_mean, covered_ns)

struct AggregateInput {
  std::vector<SignalId> signals;
  Timestamp from, to;
  Duration step{};
  std::vector<StepFunction> functions = {StepFunction::count, StepFunction::min, StepFunction::max, StepFunction::mean};
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "signals",
                  .summary = "Signal numbers, comma-separated.",
                  .length_max = kRouteSignalsMax,
                  .required = true},
        FieldNote{.field = "from", .summary = "Where the first step begins.", .required = true},
        FieldNote{.field = "to", .summary = "Where the last step ends.", .required = true},
        FieldNote{.field = "step", .summary = "Length of a step, as in 1h.", .required = true},
        FieldNote{.field = "functions", .summary = "What to compute of each step, comma-separated.", .length_max = 9}};
  }
};
HANSE_DESCRIBE(AggregateInput, (signals, from, to, step, functions))

/// Columns of one signal, one per function by its name; null where nothing was measured.
struct HistoryAggregateSeries {
  SignalId signal{};
  std::map<std::string, std::vector<std::optional<double>>> values;
};
HANSE_DESCRIBE(HistoryAggregateSeries, (signal, values))
struct HistoryAggregate {
  std::vector<std::int64_t> t;  ///< Where each step begins, ms since 1970.
  std::vector<HistoryAggregateSeries> series;
};
HANSE_DESCRIBE(HistoryAggregate, (t, series))

struct StatesInput {
  SignalId signal{};
  Timestamp from, to;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "signal", .summary = "The signal's number.", .required = true},
                      FieldNote{.field = "from", .summary = "First time, included.", .required = true},
                      FieldNote{.field = "to", .summary = "Last time, not included.", .required = true}};
  }
};
HANSE_DESCRIBE(StatesInput, (signal, from, to))
struct HistoryState {
  std::string value;
  std::int64_t duration_ns = 0;
  std::int64_t entered = 0;
};
HANSE_DESCRIBE(HistoryState, (value, duration_ns, entered))
struct HistoryStates {
  SignalId signal{};
  std::vector<HistoryState> items;
};
HANSE_DESCRIBE(HistoryStates, (signal, items))

Result<HistoryLastList> read_last(Historian& history, const Directory& directory, const LastInput& in) {
  HANSE_CHECK(check_signals(in.signals));
  const auto signals = directory.snapshot();
  for (const auto number : in.signals) HANSE_CHECK(known(*signals, number));
  HistoryLastList out;
  const auto values = history.last(in.signals);
  for (std::size_t i = 0; i < values.size(); ++i) {
    HistoryLast item{.signal = in.signals[i], .time_ms = {}, .value = {"null"}};
    if (const auto& value = values[i]) {
      item.time_ms = value->sample.time.ms();
      item.value.text = value_json(value->sample, value->text);
      item.quality = value->sample.quality;
    }
    out.items.push_back(std::move(item));
  }
  return out;
}

/// What reaches into the range from before it, so that a line begins at the left edge: a `step` value holds there; a
/// `linear` one is drawn from where it was.
Result<void> add_value_before(Historian& history, const Signal& signal, Timestamp from, HistoryChartSeries& out) {
  if (signal.interpolation == signal::Interpolation::none) return {};
  HANSE_TRY(const auto before, history.at(signal.number, from));
  if (!before || !before->sample.is_number()) return {};
  const double value = before->sample.number();
  out.t.push_back(signal.interpolation == signal::Interpolation::step ? from.ms() : before->sample.time.ms());
  out.min.push_back(value);
  out.max.push_back(value);
  out.last.push_back(value);
  return {};
}

Result<HistoryChart> read_chart(Historian& history, const Directory& directory, const ChartInput& in,
                                const std::stop_token& stop) {
  HANSE_CHECK(check_range(in.from, in.to));
  HANSE_CHECK(check_signals(in.signals));
  HANSE_CHECK(check_points(in.signals.size(), in.pixels));
  const auto signals = directory.snapshot();
  HistoryChart out;
  for (const auto number : in.signals) {
    HANSE_TRY(const auto* signal, known(*signals, number));
    auto& series = out.series.emplace_back();
    series.signal = number;
    if (signal->type == signal::ValueType::text) continue;
    HANSE_CHECK(add_value_before(history, *signal, in.from, series));
    HANSE_TRY(const auto pixels, history.downsample(number, {in.from, in.to},
                                                    static_cast<std::size_t>(in.pixels) - series.t.size(), stop));
    for (const auto& pixel : pixels) {
      series.t.push_back(pixel.last_time.ms());
      series.min.push_back(pixel.min);
      series.max.push_back(pixel.max);
      series.last.push_back(pixel.last);
    }
  }
  return out;
}

Result<Timestamp> read_cursor(const std::string& cursor) {
  Timestamp time;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), time.ns);
  if (error != std::errc{} || end != cursor.data() + cursor.size()) {
    return fail(ErrorCode::invalid, "the cursor is not one of ours");
  }
  return time;
}

Result<api::Page<HistorySample>> read_raw(Historian& history, const Directory& directory, const RawInput& in,
                                          const std::stop_token& stop) {
  HANSE_CHECK(check_range(in.from, in.to));
  HANSE_CHECK(known(*directory.snapshot(), in.signal));
  Timestamp from = in.from;
  if (in.cursor) {
    HANSE_TRY(from, read_cursor(*in.cursor));
    from = std::max(from, in.from);
  }
  api::Page<HistorySample> page;
  if (from >= in.to) return page;
  HANSE_TRY(const auto batch, history.raw(in.signal, {from, in.to}, static_cast<std::size_t>(in.limit) + 1, stop));
  for (const auto& sample : batch.samples) {
    if (std::ssize(page.items) == in.limit) {
      page.next = std::to_string(sample.time.ns);
      break;
    }
    const auto text = sample.type == signal::ValueType::text ? batch.text(sample) : std::string_view{};
    page.items.push_back({sample.time, {value_json(sample, text)}, sample.quality});
  }
  return page;
}

std::optional<double> computed(StepFunction function, const Bucket& bucket) {
  if (function == StepFunction::count) return static_cast<double>(bucket.count);
  if (function == StepFunction::covered_ns) return static_cast<double>(bucket.covered_ns);
  if (function == StepFunction::time_weighted_mean) {
    return bucket.covered_ns > 0 ? std::optional{bucket.time_weighted_mean} : std::nullopt;
  }
  if (bucket.count == 0) return std::nullopt;
  switch (function) {
    case StepFunction::min:
      return bucket.min;
    case StepFunction::max:
      return bucket.max;
    case StepFunction::sum:
      return bucket.sum;
    case StepFunction::mean:
      return bucket.sum / static_cast<double>(bucket.count);
    case StepFunction::first:
      return bucket.first;
    case StepFunction::last:
      return bucket.last;
    default:
      return std::nullopt;
  }
}

Result<HistoryAggregate> read_aggregate(Historian& history, const Directory& directory, const AggregateInput& in,
                                        const std::stop_token& stop) {
  HANSE_CHECK(check_range(in.from, in.to));
  if (in.functions.empty())
    return wrong_field("functions", "must name one at least: " + describe::enum_names<StepFunction>());
  HANSE_TRY(const auto times, step_times({in.from, in.to}, in.step));
  HANSE_CHECK(check_signals(in.signals));
  HANSE_CHECK(check_points(in.signals.size() * in.functions.size(), std::ssize(times)));
  const auto signals = directory.snapshot();
  HistoryAggregate out;
  for (const auto time : times) out.t.push_back(time.ms());
  for (const auto number : in.signals) {
    HANSE_CHECK(known(*signals, number));
    HANSE_TRY(const auto buckets, history.aggregate(number, {in.from, in.to}, in.step, stop));
    auto& series = out.series.emplace_back();
    series.signal = number;
    for (const auto function : in.functions) {
      auto& column = series.values[describe::enum_name(function)];
      column.clear();
      for (const auto& bucket : buckets) column.push_back(computed(function, bucket));
    }
  }
  return out;
}

Result<HistoryStates> read_states(Historian& history, const Directory& directory, const StatesInput& in,
                                  const std::stop_token& stop) {
  HANSE_CHECK(check_range(in.from, in.to));
  HANSE_CHECK(known(*directory.snapshot(), in.signal));
  HANSE_TRY(auto states, history.state_durations(in.signal, {in.from, in.to}, stop));
  HistoryStates out{.signal = in.signal, .items = {}};
  for (auto& state : states) out.items.push_back({std::move(state.value), state.duration_ns, state.entered});
  return out;
}

}  // namespace

std::string value_json(const signal::Sample& sample, std::string_view text) {
  std::string out;
  switch (sample.type) {
    case signal::ValueType::null:
      return "null";
    case signal::ValueType::real:
      json::append_real(out, sample.real());
      break;
    case signal::ValueType::integer:
      json::append_integer(out, sample.integer());
      break;
    case signal::ValueType::boolean:
      return sample.boolean() ? "true" : "false";
    case signal::ValueType::text:
      json::append_string(out, text);
      break;
  }
  return out;
}

std::vector<Route> routes(Historian& history, const Directory& directory) {
  std::vector<Route> out;
  out.push_back(api::route<LastInput, HistoryLastList>(
      {Method::get, "/api/v1/history/last", "The last value of each signal; null when nothing was measured yet.",
       kRead},
      [&](const LastInput& in, const Context&) { return read_last(history, directory, in); }));
  out.push_back(api::route<ChartInput, HistoryChart>(
      {Method::get, "/api/v1/history/chart",
       "Numeric signals at screen resolution: lowest, highest and last per pixel.", kRead},
      [&](const ChartInput& in, const Context& context) { return read_chart(history, directory, in, context.stop); }));
  out.push_back(api::route<RawInput, api::Page<HistorySample>>(
      {Method::get, "/api/v1/history/raw", "Samples of one signal as they were measured, in order of time.", kRead},
      [&](const RawInput& in, const Context& context) { return read_raw(history, directory, in, context.stop); }));
  out.push_back(api::route<AggregateInput, HistoryAggregate>(
      {Method::get, "/api/v1/history/aggregate", "Figures of each step of a range; null where nothing was measured.",
       kRead},
      [&](const AggregateInput& in, const Context& context) {
        return read_aggregate(history, directory, in, context.stop);
      }));
  out.push_back(api::route<StatesInput, HistoryStates>(
      {Method::get, "/api/v1/history/states", "How long a text, integer or boolean signal had each value.", kRead},
      [&](const StatesInput& in, const Context& context) {
        return read_states(history, directory, in, context.stop);
      }));
  return out;
}

}  // namespace hanse::historian
