#include "node/history/history_metrics.hpp"

namespace hanse::node {

MetricSource history_metrics(const historian::Engine& history) {
  return [&history](MetricWriter& writer) {
    const auto figures = history.figures();
    const auto number = [](std::int64_t value) { return static_cast<double>(value); };
    writer.gauge("hanse_history_commit_seconds", "What the disk took to keep the last batch.",
                 number(figures.commit_ms) / 1000);
    writer.gauge("hanse_history_commit_seconds_max", "The longest of these since the start.",
                 number(figures.commit_ms_max) / 1000);
    writer.gauge("hanse_history_memory_samples", "Samples not in chunks yet.", number(figures.memory_samples));
    writer.gauge("hanse_history_log_bytes", "Size of the write-ahead record.", number(figures.log_bytes));
    writer.gauge("hanse_history_damaged_chunks", "Chunks found damaged and set apart.", number(figures.damaged_chunks));
    writer.gauge("hanse_history_damaged_log_bytes", "Damaged bytes of the write-ahead record at the start.",
                 number(figures.damaged_log_bytes));
    writer.gauge("hanse_history_failed", "1 when the disk lost something: nothing is taken until a new start.",
                 figures.failed ? 1 : 0);
  };
}

}  // namespace hanse::node
