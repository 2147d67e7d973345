#include "historian/sql_steps.hpp"

#include <fmt/format.h>

#include "base/type_info.hpp"
#include "historian/join.hpp"
#include "historian/sketch.hpp"
#include "historian/sql_signals.hpp"

namespace hanse::historian {
namespace {

using signal::Signal;

constexpr std::uint64_t kStepsMax = 100'000, kSqlSketchStepsMax = 10'000;
constexpr double kQuantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum StepColumn : std::size_t { kStepSignal, kStepAsset, kStepName, kStepLength };

/// Columns that every table over steps begins with.
std::vector<SqlColumn> step_columns(std::string_view time, std::vector<SqlColumn> more) {
  std::vector<SqlColumn> out{{"signal", SqlType::integer, true},
                             {"asset", SqlType::text, true},
                             {"name", SqlType::text, true},
                             {"step", SqlType::text, true, "Length of a step, as in 1h; required."},
                             {"time", SqlType::time, true, fmt::format("{}; a range of it is required.", time)}};
  std::move(more.begin(), more.end(), std::back_inserter(out));
  return out;
}

/// What a WHERE clause asks of a table over steps.
struct Steps {
  std::string text;  ///< The length as it was written.
  Duration length{};
  TimeRange range;
  std::stop_token stop;
};

/// Errors: `invalid`, when it doesn't name them or they are too many.
Result<Steps> steps_of(std::string_view table, const SqlFilter& filter, std::uint64_t steps_max) {
  const auto* text = filter.text(kStepLength);
  if (!text || filter.begin == Timestamp::min() || filter.last == Timestamp::max()) {
    return fail(ErrorCode::invalid,
                fmt::format("{} needs step = '1h' or the like, and both ends of the time, in WHERE", table));
  }
  HANSE_TRY(const Duration step, parse_duration(*text));
  const TimeRange range{filter.begin, filter.last + Duration{1}};
  const auto length = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  if (step <= Duration::zero() || length / static_cast<std::uint64_t>(step.count()) >= steps_max) {
    return fail(ErrorCode::invalid,
                fmt::format("{} of {} over this range are over {}; take longer ones", table, *text, steps_max));
  }
  return Steps{*text, step, range, filter.stop};
}

using RowsOfSignal =
    std::function<Result<std::vector<std::vector<SqlValue>>>(const Signal& signal, const Steps& steps)>;

/// One signal after the other, each read when its rows are wanted.
Result<std::unique_ptr<SqlRows>> signal_by_signal(const signal::Directory& directory, const SqlFilter& filter,
                                                  Steps steps, RowsOfSignal rows_of) {
  auto all = directory.snapshot();
  auto signals = wanted_signals(*all, filter, {kStepSignal, kStepAsset, kStepName});
  return sql_pages([all = std::move(all), signals = std::move(signals), steps = std::move(steps),
                    rows_of = std::move(rows_of),
                    at = std::size_t{0}](const std::optional<std::string>&) mutable -> Result<SqlPage> {
    SqlPage page;
    if (at == signals.size()) return page;
    HANSE_TRY(page.rows, rows_of(*signals[at++], steps));
    if (at < signals.size()) page.next = "";
    return page;
  });
}

std::vector<SqlValue> bucket_row(const Signal& signal, const std::string& step, const Bucket& bucket) {
  const bool any = bucket.count > 0;
  const auto figure = [](bool known, double value) { return known ? SqlValue{value} : SqlValue{}; };
  return {static_cast<std::int64_t>(signal.number),
          signal.asset.value,
          signal.name,
          step,
          bucket.begin,
          bucket.count,
          figure(any, bucket.min),
          figure(any, bucket.max),
          figure(any, any ? bucket.sum / static_cast<double>(bucket.count) : 0),
          figure(any, bucket.first),
          figure(any, bucket.last),
          figure(bucket.covered_ns > 0, bucket.time_weighted_mean)};
}

/// Figures by step without reading samples: a year costs about as much as a day.
SqlTable steps_table(Historian& history, const signal::Directory& directory) {
  return {.name = "steps",
          .summary = "Figures of each step of a range: WHERE must name step = '1h' and both ends of the time.",
          .columns = step_columns("Where the step begins", {{"count", SqlType::integer},
                                                            {"min", SqlType::real},
                                                            {"max", SqlType::real},
                                                            {"mean", SqlType::real},
                                                            {"first", SqlType::real},
                                                            {"last", SqlType::real},
                                                            {"time_weighted_mean", SqlType::real}}),
          .open = [&history, &directory](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            HANSE_TRY(auto steps, steps_of("steps", filter, kStepsMax));
            const auto rows_of = [&history](const Signal& signal,
                                            const Steps& of) -> Result<std::vector<std::vector<SqlValue>>> {
              HANSE_TRY(const auto buckets, history.aggregate(signal.number, of.range, of.length, of.stop));
              std::vector<std::vector<SqlValue>> rows;
              for (const auto& bucket : buckets) rows.push_back(bucket_row(signal, of.text, bucket));
              return rows;
            };
            return signal_by_signal(directory, filter, std::move(steps), rows_of);
          },
          .rows_expected = 1e9,
          .rows_expected_equal = 1e5};
}

/// Long instead of wide: SQLite's tables have their columns before a query names its signals.
SqlTable joined_table(Historian& history, const signal::Directory& directory, const Clock& clock) {
  return {.name = "joined",
          .summary =
              "Values of signals at the same moments, between samples by each one's interpolation: WHERE must "
              "name step = '1min' and both ends of the time.",
          .columns = step_columns("The moment", {{"value", SqlType::any, false, "Null where there is none."}}),
          .open = [&history, &directory, &clock](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            HANSE_TRY(auto steps, steps_of("joined", filter, kStepsMax));
            const auto rows_of = [&history, now = clock.now()](
                                     const Signal& signal,
                                     const Steps& of) -> Result<std::vector<std::vector<SqlValue>>> {
              const JoinColumn column{signal.number, signal.interpolation};
              HANSE_TRY(const auto table, join(history, std::span{&column, 1}, of.range, of.length, now, of.stop));
              std::vector<std::vector<SqlValue>> rows;
              for (std::size_t i = 0; i < table.times.size(); ++i) {
                const auto& value = table.columns[0][i];
                rows.push_back({static_cast<std::int64_t>(signal.number), signal.asset.value, signal.name, of.text,
                                table.times[i], value ? sql_value(*value) : SqlValue{}});
              }
              return rows;
            };
            return signal_by_signal(directory, filter, std::move(steps), rows_of);
          },
          .rows_expected = 1e9,
          .rows_expected_equal = 1e5};
}

SqlTable quantiles_table(Historian& history, const signal::Directory& directory) {
  constexpr std::size_t kQuantile = 5;
  return {.name = "quantiles",
          .summary =
              "How the numbers of each step are spread, within one percent: WHERE must name step = '1h' and both "
              "ends of the time. Reads every sample of the range.",
          .columns = step_columns(
              "Where the step begins",
              {{"quantile", SqlType::real, true, "A share, 0 to 1; without it 0.05, 0.25, 0.5, 0.75 and 0.95."},
               {"value", SqlType::real, false, "What that share lies at or below; null where nothing was measured."},
               {"count", SqlType::integer}}),
          .open = [&history, &directory](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            HANSE_TRY(auto steps, steps_of("quantiles", filter, kSqlSketchStepsMax));
            std::vector<double> shares{std::begin(kQuantiles), std::end(kQuantiles)};
            if (const auto& wanted = filter.equal[kQuantile]) {
              const auto* real = std::get_if<double>(&*wanted);
              const auto* whole = std::get_if<std::int64_t>(&*wanted);
              const double share = real ? *real : whole ? static_cast<double>(*whole) : -1;
              if (!(share >= 0 && share <= 1))
                return fail(ErrorCode::invalid, "quantiles needs a quantile of 0 to 1, as in quantile = 0.95");
              shares = {share};
            }
            const auto rows_of = [&history, shares = std::move(shares)](
                                     const Signal& signal,
                                     const Steps& of) -> Result<std::vector<std::vector<SqlValue>>> {
              HANSE_TRY(const auto buckets, sketches(history, signal.number, of.range, of.length, of.stop));
              std::vector<std::vector<SqlValue>> rows;
              for (const auto& bucket : buckets) {
                for (const double share : shares) {
                  const auto value = bucket.sketch.quantile(share);
                  rows.push_back({static_cast<std::int64_t>(signal.number), signal.asset.value, signal.name, of.text,
                                  bucket.begin, share, value ? SqlValue{*value} : SqlValue{}, bucket.sketch.count()});
                }
              }
              return rows;
            };
            return signal_by_signal(directory, filter, std::move(steps), rows_of);
          },
          .rows_expected = 1e9,
          .rows_expected_equal = 1e5};
}

}  // namespace

std::vector<SqlTable> step_tables(Historian& history, const signal::Directory& directory, const Clock& clock) {
  std::vector<SqlTable> tables;
  tables.push_back(steps_table(history, directory));
  tables.push_back(joined_table(history, directory, clock));
  tables.push_back(quantiles_table(history, directory));
  return tables;
}

}  // namespace hanse::historian
