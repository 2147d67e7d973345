#include "node/connections/intake.hpp"

#include <fmt/format.h>

namespace hanse::node {
namespace {

/// Enough that one flush of the disk serves many batches, little enough that a page sees a value at once.
constexpr std::size_t kMergedSamplesMax = 200'000;

}  // namespace

Intake::Intake(historian::Historian& history, const Log& log, Stored stored, std::size_t samples_max)
    : history_(history), log_(log), stored_(std::move(stored)), samples_max_(samples_max), thread_([this] { run(); }) {}

Intake::~Intake() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  arrived_.notify_all();
}

bool Intake::deliver(signal::SampleBatch batch) {
  const auto count = static_cast<std::int64_t>(batch.samples.size());
  {
    const std::lock_guard lock{mutex_};
    if (stopping_ || figures_.queued + count > static_cast<std::int64_t>(samples_max_)) {
      figures_.dropped += count;
      return false;
    }
    figures_.queued += count;
    waiting_.push_back(std::move(batch));
  }
  arrived_.notify_one();
  return true;
}

IntakeFigures Intake::figures() const {
  const std::lock_guard lock{mutex_};
  return figures_;
}

bool Intake::take(signal::SampleBatch& merged) {
  std::unique_lock lock{mutex_};
  arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty()) return false;
  merged = std::move(waiting_.front());
  waiting_.pop_front();
  while (!waiting_.empty() && merged.samples.size() + waiting_.front().samples.size() <= kMergedSamplesMax) {
    const auto& next = waiting_.front();
    for (const auto& sample : next.samples) merged.add_from(next, sample);
    waiting_.pop_front();
  }
  figures_.queued -= static_cast<std::int64_t>(merged.samples.size());
  return true;
}

void Intake::run() {
  signal::SampleBatch batch;
  while (take(batch)) {
    const auto count = static_cast<std::int64_t>(batch.samples.size());
    const auto appended = history_.append(batch);
    {
      const std::lock_guard lock{mutex_};
      (appended ? figures_.stored : figures_.dropped) += count;
      if (!appended) ++figures_.failed_appends;
      figures_.refusing = !appended;
    }
    if (!appended) {
      log_.error("intake", "history refuses samples",
                 {{"error", to_string(appended.error())}, {"lost", fmt::format("{}", count)}});
      continue;
    }
    if (stored_) stored_(batch);
  }
}

}  // namespace hanse::node
