#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "historian/historian.hpp"

namespace hanse::historian {

/// A signal to be put on a common axis of time, and what lies between its samples.
struct JoinColumn {
  SignalId signal{};
  signal::Interpolation interpolation = signal::Interpolation::step;
};

/// Values of several signals at the same times: `columns[c][r]` at `times[r]`; empty where there is none.
struct JoinedTable {
  std::vector<Timestamp> times;
  std::vector<std::vector<std::optional<LastValue>>> columns;
};

/// Every `step` from `range.begin` on. By the column's rule: `step` the last value, unless it was null or bad, and
/// never into what comes after `now`, where nobody knows whether it holds; `linear` between the numbers before and
/// after, nothing where one is missing; `none` the first sample of the step that begins there. Errors: `invalid`;
/// `too_large` over 64 signals, 100,000 rows or 1,000,000 values; those of `Historian`.
Result<JoinedTable> join(Historian& history, std::span<const JoinColumn> columns, TimeRange range, Duration step,
                         Timestamp now, std::stop_token stop = {});

}  // namespace hanse::historian
