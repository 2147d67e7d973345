#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "historian/historian.hpp"
#include "historian/line_protocol.hpp"
#include "historian/line_protocol_series.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// How samples from outside get into the history: `Historian::append`, and what else the node wants to happen with new
/// samples (apps, live values). Durable when it returns.
using AppendSamples = std::function<Result<AppendCounts>(const SampleBatch&)>;

/// What became of a text in line protocol. Wrong lines don't keep the others from being written.
struct LineReport {
  std::int64_t lines = 0;
  std::int64_t values = 0;  ///< Written.
  std::int64_t failed = 0;  ///< Lines of which nothing was kept because they can't be read.
  AppendCounts counts;
  std::vector<LineError> errors;  ///< The first `kLineErrorsMax`, of lines and of series that aren't taken.
};

/// What the way in for line protocol works with. References outlive it.
struct LineParts {
  const signal::Directory& directory;
  const Clock& clock;
  AppendSamples append;
  ResolveSeries resolve = {};  ///< Empty: only signals whose asset and name are exactly as the rule says.
};

/// Line protocol to signals to history. Safe from many threads: each uses a reader of its own, which remembers series.
class LineIntake {
 public:
  explicit LineIntake(LineParts parts) : parts_(std::move(parts)) {}

  /// Errors: of `append`; then nothing was written.
  Result<LineReport> write(const api::Caller& caller, std::string_view text, LinePrecision precision);

 private:
  struct Reader {
    LineReader lines;
    std::shared_ptr<const signal::Signals> signals;  ///< As they were when `lines` learned; others make it forget.
  };

  std::unique_ptr<Reader> take_reader();
  void settle(const api::Caller& caller, Reader& reader, LineResult& result);

  LineParts parts_;
  std::mutex resolve_mutex_;  ///< Clients send batches side by side: the second must find what the first one made.
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace hanse::historian
