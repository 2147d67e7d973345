#pragma once

#include <vector>

#include "historian/historian.hpp"
#include "signal/signal.hpp"

namespace hanse::historian {

/// The moments a query is computed for: `start`, `start + step`, ...
struct StepGrid {
  Timestamp start;
  Duration step{};
  std::size_t count = 1;
  Timestamp at(std::size_t index) const { return start + step * static_cast<std::int64_t>(index); }
  Timestamp last() const { return at(count - 1); }
};

/// The samples of one window, which excludes its begin and includes its end, as a function over a range needs them.
struct WindowFigures {
  std::int64_t count = 0;
  double min = 0, max = 0, sum = 0, first = 0, last = 0;
  double increase = 0;         ///< From first to last, a fall counted as a counter that began anew at zero.
  Duration before{}, after{};  ///< From the window's begin to its first sample, from its last one to the end.
};

/// No value at this moment: the NaN that Prometheus uses for it, told apart by its bits from one that was measured.
double no_value();
bool is_no_value(double value);

/// Samples up to which a signal's range is read one by one. Above, figures come from buckets of the largest length that
/// divides step and window, so that the cost doesn't grow with the range.
inline constexpr std::int64_t kPromSamplesMax = 200'000;

/// The value at each moment: the last sample at or before it, `no_value()` when there is none, when it is older than
/// `lookback`, or when the source said it had none. A `step` signal's value holds without an end, as it is sent on
/// change.
Result<std::vector<double>> values_at(Historian& history, const signal::Signal& signal, const StepGrid& grid,
                                      Duration lookback, const std::stop_token& stop = {});

/// Figures of the window that ends at each moment. Errors: `too_large` when range, step and window need over 100,000
/// buckets; of the history.
Result<std::vector<WindowFigures>> windows_at(Historian& history, SignalId signal, const StepGrid& grid,
                                              Duration window, const std::stop_token& stop = {});

}  // namespace hanse::historian
