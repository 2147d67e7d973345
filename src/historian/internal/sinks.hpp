#pragma once

#include <map>
#include <vector>

#include "historian/historian.hpp"
#include "historian/internal/chunk.hpp"

namespace hanse::historian::internal {

/// Takes one signal's samples in order of time, a column's stretch at a time, or summaries of stretches where it can.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Would a summary of samples from `begin_ns` to `end_ns`, both included, do?
  virtual bool takes(std::int64_t begin_ns, std::int64_t end_ns) const = 0;
  virtual void add(const Summary& summary) = 0;
  /// Samples [from, to) of `columns`.
  virtual void add(const Columns& columns, std::size_t from, std::size_t to) = 0;
  virtual bool full() const { return false; }
};

/// Buckets of equal steps. The level before the first sample is told once, before all else.
class BucketSink final : public Sink {
 public:
  BucketSink(TimeRange range, Duration step, std::size_t count);
  void begin_with(Level level) { level_ = level; }
  bool takes(std::int64_t begin_ns, std::int64_t end_ns) const override {
    return index_of(begin_ns) == index_of(end_ns);
  }
  void add(const Summary& summary) override;
  void add(const Columns& columns, std::size_t from, std::size_t to) override;
  /// The last value holds until `end`. Call once.
  std::vector<Bucket> finish(Timestamp end);

 private:
  std::size_t index_of(std::int64_t time_ns) const;
  void hold_until(std::int64_t time_ns);
  void put(std::size_t index, const Summary& summary);

  std::int64_t begin_ns_, step_ns_;
  std::vector<Bucket> buckets_;
  std::vector<double> integrals_;
  Level level_;
  std::int64_t since_ns_;
};

/// One entry per pixel of a chart. From a width of an hour on, edges inside the range lie on full hours, at most half
/// an hour off, so that the roll-ups do.
class PixelSink final : public Sink {
 public:
  PixelSink(TimeRange range, std::size_t pixels);
  bool takes(std::int64_t begin_ns, std::int64_t end_ns) const override {
    return index_of(begin_ns) == index_of(end_ns);
  }
  void add(const Summary& summary) override;
  void add(const Columns& columns, std::size_t from, std::size_t to) override;
  std::vector<Pixel> finish();

 private:
  std::size_t index_of(std::int64_t time_ns) const;
  void add_reals(const Columns& columns, std::size_t from, std::size_t to, Pixel& pixel);

  std::vector<std::int64_t> edges_;  ///< Begin of each pixel and the end of the last.
  std::vector<Pixel> pixels_;
  mutable std::size_t hint_ = 0;  ///< Samples come in order: the pixel found last, or the next.
};

/// Samples up to a limit.
class RawSink final : public Sink {
 public:
  RawSink(SignalId signal, std::size_t limit) : signal_(signal), limit_(limit) {}
  bool takes(std::int64_t, std::int64_t) const override { return false; }
  void add(const Summary&) override {}
  void add(const Columns& columns, std::size_t from, std::size_t to) override;
  bool full() const override { return batch_.samples.size() >= limit_; }
  SampleBatch finish() { return std::move(batch_); }

 private:
  SignalId signal_;
  std::size_t limit_;
  SampleBatch batch_;
};

/// How long each value held.
class StateSink final : public Sink {
 public:
  explicit StateSink(Timestamp begin) : since_ns_(begin.ns) {}
  void begin_with(const std::optional<LastValue>& value);
  bool takes(std::int64_t, std::int64_t) const override { return false; }
  void add(const Summary&) override {}
  void add(const Columns& columns, std::size_t from, std::size_t to) override;
  bool full() const override { return durations_.size() > kValuesMax; }
  /// Errors: `too_large` when there are too many different values.
  Result<std::vector<StateDuration>> finish(Timestamp end);

  static constexpr std::size_t kValuesMax = 10'000;

 private:
  void enter(std::optional<std::string> value, std::int64_t time_ns, bool counts);
  void close(std::int64_t time_ns);

  std::map<std::string, StateDuration> durations_;
  std::optional<std::string> value_;
  std::int64_t since_ns_;
};

/// A value as text, as `state_durations` names it; nothing for null and bad ones.
std::optional<std::string> value_text(const signal::Sample& sample, std::string_view text);

}  // namespace hanse::historian::internal
