#include "historian/join.hpp"

#include <fmt/format.h>

#include "historian/cursor.hpp"

namespace hanse::historian {
namespace {

using signal::Interpolation;
using signal::Quality;
using signal::Sample;
using signal::ValueType;

constexpr std::size_t kColumnsMax = 64, kRowsMax = 100'000, kValuesMax = 1'000'000;

bool is_known(const Sample& sample) { return sample.type != ValueType::null && sample.quality != Quality::bad; }

/// Between two numbers; an integer becomes a real.
LastValue between(const Sample& before, const Sample& after, Timestamp time) {
  const auto whole = static_cast<double>((after.time - before.time).count());
  const double share = static_cast<double>((time - before.time).count()) / whole;
  const double value = before.number() + (after.number() - before.number()) * share;
  return {{.time = time,
           .bits = std::bit_cast<std::uint64_t>(value),
           .signal = before.signal,
           .type = ValueType::real,
           .quality = std::max(before.quality, after.quality)},
          ""};
}

/// Walks one signal along the axis.
class Column {
 public:
  Column(Historian& history, JoinColumn column, TimeRange range, Timestamp now, const std::stop_token& stop)
      : history_(history), column_(column), range_(range), now_(now), cursor_(history, column.signal, range, stop) {}

  Result<void> begin() {
    if (column_.interpolation != Interpolation::none && range_.begin > Timestamp::min()) {
      HANSE_TRY(before_, history_.at(column_.signal, range_.begin - 1ns));
    }
    return advance();
  }

  Result<std::optional<LastValue>> value_at(Timestamp time, Timestamp step_end) {
    if (column_.interpolation == Interpolation::none) return first_within(time, step_end);
    while (next_ && next_->sample.time <= time) {
      before_ = std::move(next_);
      HANSE_CHECK(advance());
    }
    if (!before_ || !is_known(before_->sample)) return std::optional<LastValue>{};
    if (before_->sample.time == time) return before_;
    if (column_.interpolation == Interpolation::step) return time <= now_ ? before_ : std::nullopt;
    if (!next_) HANSE_CHECK(look_past_the_end());
    if (!next_ || !is_known(next_->sample) || !next_->sample.is_number() || !before_->sample.is_number()) {
      return std::optional<LastValue>{};
    }
    return std::optional{between(before_->sample, next_->sample, time)};
  }

 private:
  Result<void> advance() {
    HANSE_TRY(const auto* sample, cursor_.next());
    next_.reset();
    if (sample != nullptr) {
      next_ = LastValue{*sample, sample->type == ValueType::text ? std::string{cursor_.text(*sample)} : ""};
    }
    return {};
  }
  Result<std::optional<LastValue>> first_within(Timestamp begin, Timestamp end) {
    while (next_ && next_->sample.time < begin) HANSE_CHECK(advance());
    if (!next_ || next_->sample.time >= end || !is_known(next_->sample)) return std::optional<LastValue>{};
    return next_;
  }
  /// The line to the first sample behind the range passes through it.
  Result<void> look_past_the_end() {
    if (looked_) return {};
    looked_ = true;
    if (range_.end == Timestamp::max()) return {};
    HANSE_TRY(const auto after, history_.raw(column_.signal, {range_.end, Timestamp::max()}, 1));
    if (!after.empty()) next_ = LastValue{after.samples[0], ""};
    return {};
  }

  Historian& history_;
  JoinColumn column_;
  TimeRange range_;
  Timestamp now_;
  Cursor cursor_;
  std::optional<LastValue> before_, next_;
  bool looked_ = false;
};

}  // namespace

Result<JoinedTable> join(Historian& history, std::span<const JoinColumn> columns, TimeRange range, Duration step,
                         Timestamp now, std::stop_token stop) {
  if (!(range.begin < range.end))
    return fail(ErrorCode::invalid, "the time range is empty", {{"end", "must be after begin"}});
  if (step <= Duration::zero()) return fail(ErrorCode::invalid, "the step is not a time", {{"step", "must be > 0"}});
  const auto span = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  const auto rows = (span - 1) / static_cast<std::uint64_t>(step.count()) + 1;
  if (columns.size() > kColumnsMax || rows > kRowsMax || rows * columns.size() > kValuesMax) {
    return fail(ErrorCode::too_large, fmt::format("{} signals at {} times are over {} signals, {} times or {} values",
                                                  columns.size(), rows, kColumnsMax, kRowsMax, kValuesMax));
  }
  JoinedTable table;
  for (std::uint64_t row = 0; row < rows; ++row)
    table.times.push_back(range.begin + static_cast<std::int64_t>(row) * step);
  for (const auto& one : columns) {
    Column column{history, one, range, now, stop};
    HANSE_CHECK(column.begin());
    auto& values = table.columns.emplace_back();
    values.reserve(rows);
    for (const auto time : table.times) {
      const auto step_end = std::min(range.end, time > Timestamp::max() - step ? Timestamp::max() : time + step);
      HANSE_TRY(auto value, column.value_at(time, step_end));
      values.push_back(std::move(value));
    }
  }
  return table;
}

}  // namespace hanse::historian
