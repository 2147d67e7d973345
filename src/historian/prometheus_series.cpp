#include "historian/prometheus_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace hanse::historian {
namespace {

using signal::Quality;
using signal::Sample;

constexpr std::uint64_t kNoValueBits = 0x7ff0000000000002;  // Prometheus' "stale" NaN.
constexpr std::size_t kBucketsMax = 100'000;
constexpr std::int64_t kVisitsMax = 200'000'000;  // Samples or buckets looked at for overlapping windows.

bool counts(const Sample& sample) { return sample.is_number() && sample.quality != Quality::bad; }

/// Everything after `begin` and up to `last`: a range excludes its end and includes its begin.
TimeRange after(Timestamp begin, Timestamp last) { return {begin + Duration{1}, last + Duration{1}}; }

/// The samples of a range, or nothing when there are too many to read one by one.
Result<std::optional<std::vector<Sample>>> few_samples(Historian& history, SignalId signal, TimeRange range,
                                                       const std::stop_token& stop) {
  const Duration whole = range.end - range.begin;
  HANSE_TRY(const auto buckets, history.aggregate(signal, range, whole, stop));
  if (!buckets.empty() && buckets.front().count > kPromSamplesMax) return std::optional<std::vector<Sample>>{};
  HANSE_TRY(auto batch, history.raw(signal, range, static_cast<std::size_t>(2 * kPromSamplesMax), stop));
  if (std::ssize(batch.samples) == 2 * kPromSamplesMax) return std::optional<std::vector<Sample>>{};
  return std::optional{std::move(batch.samples)};
}

void add(WindowFigures& figures, double value) {
  if (figures.count == 0) {
    figures.first = figures.min = figures.max = figures.last = value;
  }
  figures.increase += value < figures.last ? value : value - figures.last;
  figures.min = std::min(figures.min, value);
  figures.max = std::max(figures.max, value);
  figures.sum += value;
  figures.last = value;
  ++figures.count;
}

void add(WindowFigures& figures, const Bucket& bucket) {
  const double before = figures.count == 0 ? bucket.first : figures.last;
  if (figures.count == 0) {
    figures.first = bucket.first;
    figures.min = bucket.min;
    figures.max = bucket.max;
  }
  const auto step_up = [](double from, double to) { return to < from ? to : to - from; };
  // A counter only rises: a minimum below the first value says that it began anew, once at least.
  const bool began_anew = bucket.min < bucket.first || bucket.last < bucket.max;
  figures.increase += step_up(before, bucket.first) +
                      (began_anew ? bucket.max - bucket.first + bucket.last : bucket.last - bucket.first);
  figures.min = std::min(figures.min, bucket.min);
  figures.max = std::max(figures.max, bucket.max);
  figures.sum += bucket.sum;
  figures.last = bucket.last;
  figures.count += bucket.count;
}

std::vector<WindowFigures> windows_of(const std::vector<Sample>& samples, const StepGrid& grid, Duration window) {
  std::vector<WindowFigures> out(grid.count);
  std::size_t from = 0;
  for (std::size_t i = 0; i < grid.count; ++i) {
    const Timestamp end = grid.at(i), begin = end - window;
    while (from < samples.size() && samples[from].time <= begin) ++from;
    for (std::size_t at = from; at < samples.size() && samples[at].time <= end; ++at) {
      if (!counts(samples[at])) continue;
      if (out[i].count == 0) out[i].before = samples[at].time - begin;
      out[i].after = end - samples[at].time;
      add(out[i], samples[at].number());
    }
  }
  return out;
}

Result<std::vector<WindowFigures>> windows_of_buckets(Historian& history, SignalId signal, const StepGrid& grid,
                                                      Duration window, const std::stop_token& stop) {
  const Duration unit{grid.count == 1 ? window.count() : std::gcd(grid.step.count(), window.count())};
  const auto range = after(grid.start - window, grid.last());
  const auto needed =
      static_cast<std::uint64_t>((range.end - range.begin).count()) / static_cast<std::uint64_t>(unit.count());
  const auto per_window = static_cast<std::size_t>(window.count() / unit.count());
  if (needed > kBucketsMax || static_cast<std::int64_t>(per_window * grid.count) > kVisitsMax) {
    return fail(ErrorCode::too_large,
                fmt::format("a window of {} every {} over this range is too much; take a step that divides the window",
                            to_string(window), to_string(grid.step)));
  }
  HANSE_TRY(const auto buckets, history.aggregate(signal, range, unit, stop));
  const auto per_step = static_cast<std::size_t>(grid.step.count() / unit.count());
  std::vector<WindowFigures> out(grid.count);
  for (std::size_t i = 0; i < grid.count; ++i) {
    for (std::size_t at = i * per_step; at < std::min(i * per_step + per_window, buckets.size()); ++at) {
      if (buckets[at].count > 0) add(out[i], buckets[at]);
    }
  }
  return out;
}

double value_of(const Sample& sample) { return counts(sample) ? sample.number() : no_value(); }

}  // namespace

double no_value() { return std::bit_cast<double>(kNoValueBits); }
bool is_no_value(double value) { return std::bit_cast<std::uint64_t>(value) == kNoValueBits; }

Result<std::vector<double>> values_at(Historian& history, const signal::Signal& signal, const StepGrid& grid,
                                      Duration lookback, const std::stop_token& stop) {
  const bool holds = signal.interpolation == signal::Interpolation::step;
  std::vector<double> out(grid.count, no_value());
  HANSE_TRY(const auto before, history.at(signal.number, grid.start));
  double value = before ? value_of(before->sample) : no_value();
  Timestamp since = before ? before->sample.time : Timestamp::min();
  const auto put = [&](std::size_t i, Duration allowed) {
    if (!is_no_value(value) && (holds || since > grid.at(i) - allowed)) out[i] = value;
  };
  put(0, lookback);
  if (grid.count == 1) return out;

  const auto range = after(grid.start, grid.last());
  HANSE_TRY(const auto samples, few_samples(history, signal.number, range, stop));
  if (samples) {
    std::size_t at = 0;
    for (std::size_t i = 1; i < grid.count; ++i) {
      for (; at < samples->size() && (*samples)[at].time <= grid.at(i); ++at) {
        value = value_of((*samples)[at]);
        since = (*samples)[at].time;
      }
      put(i, lookback);
    }
    return out;
  }
  HANSE_TRY(const auto buckets, history.aggregate(signal.number, range, grid.step, stop));
  for (std::size_t i = 1; i < grid.count && i <= buckets.size(); ++i) {
    const Bucket& bucket = buckets[i - 1];
    if (bucket.count > 0) {
      value = bucket.last;
      since = grid.at(i);  // Not known closer than to the step.
    } else if (bucket.covered_ns == 0) {
      value = no_value();
    }
    put(i, std::max(lookback, grid.step));
  }
  return out;
}

Result<std::vector<WindowFigures>> windows_at(Historian& history, SignalId signal, const StepGrid& grid,
                                              Duration window, const std::stop_token& stop) {
  HANSE_TRY(const auto samples, few_samples(history, signal, after(grid.start - window, grid.last()), stop));
  if (samples) {
    const auto span = static_cast<double>((grid.last() - grid.start + window).count());
    const double visits = static_cast<double>(samples->size()) * static_cast<double>(grid.count) *
                          (static_cast<double>(window.count()) / span);
    if (visits <= static_cast<double>(kVisitsMax)) return windows_of(*samples, grid, window);
  }
  return windows_of_buckets(history, signal, grid, window, stop);
}

}  // namespace hanse::historian
