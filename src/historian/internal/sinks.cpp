#include "historian/internal/sinks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "historian/internal/levels.hpp"

namespace hanse::historian::internal {

using signal::Quality;
using signal::Sample;
using signal::ValueType;

BucketSink::BucketSink(TimeRange range, Duration step, std::size_t count)
    : begin_ns_(range.begin.ns), step_ns_(step.count()), buckets_(count), integrals_(count), since_ns_(range.begin.ns) {
  for (std::size_t i = 0; i < count; ++i) {
    buckets_[i].begin.ns = wrapping_add(begin_ns_, static_cast<std::int64_t>(static_cast<std::uint64_t>(step_ns_) * i));
  }
}

std::size_t BucketSink::index_of(std::int64_t time_ns) const {
  const auto index = (static_cast<std::uint64_t>(time_ns) - static_cast<std::uint64_t>(begin_ns_)) /
                     static_cast<std::uint64_t>(step_ns_);
  return std::min<std::size_t>(index, buckets_.size() - 1);
}

void BucketSink::hold_until(std::int64_t time_ns) {
  if (time_ns <= since_ns_) return;
  if (level_.known) {
    for (auto index = index_of(since_ns_); since_ns_ < time_ns; ++index) {
      const bool last = index + 1 >= buckets_.size();
      const auto until = last ? time_ns : std::min(time_ns, buckets_[index + 1].begin.ns);
      const auto held_ns = wrapping_sub(until, since_ns_);
      integrals_[index] += level_.value * static_cast<double>(held_ns);
      buckets_[index].covered_ns += held_ns;
      since_ns_ = until;
    }
  }
  since_ns_ = time_ns;
}

void BucketSink::put(std::size_t index, const Summary& summary) {
  auto& bucket = buckets_[index];
  integrals_[index] += summary.integral;
  bucket.covered_ns += summary.covered_ns;
  level_ = summary.after();
  since_ns_ = summary.end_ns;
  if (summary.count == 0) return;
  bucket.first = bucket.count == 0 ? summary.first : bucket.first;
  bucket.min = bucket.count == 0 ? summary.min : std::min(bucket.min, summary.min);
  bucket.max = bucket.count == 0 ? summary.max : std::max(bucket.max, summary.max);
  bucket.last = summary.last;
  bucket.sum += summary.sum;
  bucket.count += summary.count;
}

void BucketSink::add(const Summary& summary) {
  if (summary.samples == 0) return;
  hold_until(summary.begin_ns);
  put(index_of(summary.begin_ns), summary);
}

void BucketSink::add(const Columns& columns, std::size_t from, std::size_t to) {
  while (from < to) {
    const auto index = index_of(columns.times[from]);
    const auto end_ns =
        index + 1 < buckets_.size() ? buckets_[index + 1].begin.ns : std::numeric_limits<std::int64_t>::max();
    Summary summary;
    for (; from < to && columns.times[from] < end_ns; ++from) summary.add(columns.times[from], columns.level(from));
    if (summary.samples == 0) return;  // a time of the last moment there is
    add(summary);
  }
}

std::vector<Bucket> BucketSink::finish(Timestamp end) {
  hold_until(end.ns);
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i].covered_ns > 0) {
      buckets_[i].time_weighted_mean = integrals_[i] / static_cast<double>(buckets_[i].covered_ns);
    }
  }
  return std::move(buckets_);
}

PixelSink::PixelSink(TimeRange range, std::size_t pixels) : pixels_(pixels) {
  const auto span = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  const auto width = span / pixels, rest = span % pixels;
  for (std::size_t i = 0; i <= pixels; ++i) {
    auto edge = wrapping_add(range.begin.ns, static_cast<std::int64_t>(width * i + rest * i / pixels));
    const bool inside = i > 0 && i < pixels;
    if (inside && width >= static_cast<std::uint64_t>(kHourNs)) edge = floor_to(edge + kHourNs / 2, kHourNs);
    edges_.push_back(edge);
  }
}

std::size_t PixelSink::index_of(std::int64_t time_ns) const {
  if (time_ns >= edges_[hint_]) {
    if (time_ns < edges_[hint_ + 1]) return hint_;
    if (hint_ + 2 < edges_.size() && time_ns < edges_[hint_ + 2]) return hint_ + 1;
  }
  const auto after = std::upper_bound(edges_.begin(), edges_.end(), time_ns);
  const auto index = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - edges_.begin() - 1, 0));
  return std::min(index, pixels_.size() - 1);
}

void PixelSink::add(const Summary& summary) {
  if (summary.count == 0) return;
  hint_ = index_of(summary.begin_ns);
  auto& pixel = pixels_[hint_];
  if (pixel.count == 0) {
    pixel.first_time.ns = summary.first_ns;
    pixel.first = summary.first;
    pixel.min = summary.min;
    pixel.max = summary.max;
  }
  pixel.last_time.ns = summary.last_ns;
  pixel.last = summary.last;
  pixel.min = std::min(pixel.min, summary.min);
  pixel.max = std::max(pixel.max, summary.max);
  pixel.count += summary.count;
}

/// Plain reals, the case of long charts: two loops that the compiler vectorises. Not-a-numbers lose every comparison.
void PixelSink::add_reals(const Columns& columns, std::size_t from, std::size_t to, Pixel& pixel) {
  const auto at = [&](std::size_t i) { return std::bit_cast<double>(columns.bits[i]); };
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::int64_t count = 0;
  for (std::size_t i = from; i < to; ++i) {
    const double value = at(i);
    low = value < low ? value : low;
    high = value > high ? value : high;
    count += value == value ? 1 : 0;
  }
  if (count == 0) return;
  while (std::isnan(at(from))) ++from;
  while (std::isnan(at(to - 1))) --to;
  add(Summary{.samples = count,
              .begin_ns = columns.times[from],
              .end_ns = columns.times[to - 1],
              .count = count,
              .first_ns = columns.times[from],
              .last_ns = columns.times[to - 1],
              .min = low,
              .max = high,
              .sum = 0,
              .first = at(from),
              .last = at(to - 1)});
  static_cast<void>(pixel);
}

void PixelSink::add(const Columns& columns, std::size_t from, std::size_t to) {
  const bool plain = columns.types.empty() && columns.qualities.empty() && columns.type == ValueType::real &&
                     columns.quality != Quality::bad;
  while (from < to) {
    hint_ = index_of(columns.times[from]);
    const auto first = columns.times.begin();
    const auto end = std::lower_bound(first + static_cast<std::ptrdiff_t>(from),
                                      first + static_cast<std::ptrdiff_t>(to), edges_[hint_ + 1]);
    const auto next = std::max(static_cast<std::size_t>(end - first), from + 1);
    if (plain) {
      add_reals(columns, from, next, pixels_[hint_]);
    } else {
      Summary summary;
      for (std::size_t i = from; i < next; ++i) summary.add(columns.times[i], columns.level(i));
      add(summary);
    }
    from = next;
  }
}

std::vector<Pixel> PixelSink::finish() {
  std::erase_if(pixels_, [](const Pixel& pixel) { return pixel.count == 0; });
  return std::move(pixels_);
}

void RawSink::add(const Columns& columns, std::size_t from, std::size_t to) {
  to = std::min(to, from + limit_ - std::min(limit_, batch_.samples.size()));
  for (std::size_t i = from; i < to; ++i) {
    auto sample = columns.sample(i, signal_);
    if (sample.type == ValueType::text) {
      const auto& text = columns.texts[sample.bits];
      sample.bits = batch_.texts.size();
      batch_.texts.push_back(text);
    }
    batch_.samples.push_back(sample);
  }
}

std::optional<std::string> value_text(const Sample& sample, std::string_view text) {
  if (sample.quality == Quality::bad) return std::nullopt;
  switch (sample.type) {
    case ValueType::text:
      return std::string{text};
    case ValueType::integer:
      return std::to_string(sample.integer());
    case ValueType::boolean:
      return sample.boolean() ? "true" : "false";
    case ValueType::real:
      return fmt::format("{}", sample.real());
    case ValueType::null:
      break;
  }
  return std::nullopt;
}

void StateSink::begin_with(const std::optional<LastValue>& value) {
  if (value) enter(value_text(value->sample, value->text), since_ns_, false);
}

void StateSink::close(std::int64_t time_ns) {
  if (value_ && time_ns > since_ns_) durations_[*value_].duration_ns += wrapping_sub(time_ns, since_ns_);
  since_ns_ = std::max(time_ns, since_ns_);
}

void StateSink::enter(std::optional<std::string> value, std::int64_t time_ns, bool counts) {
  close(time_ns);
  if (value == value_) return;
  value_ = std::move(value);
  if (value_) durations_[*value_].entered += counts ? 1 : 0;
}

void StateSink::add(const Columns& columns, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && !full(); ++i) {
    const auto sample = columns.sample(i, SignalId{});
    enter(value_text(sample, sample.type == ValueType::text ? columns.texts[sample.bits] : ""), sample.time.ns, true);
  }
}

Result<std::vector<StateDuration>> StateSink::finish(Timestamp end) {
  if (full())
    return fail(ErrorCode::too_large,
                fmt::format("the signal has more than {} different values in this time", kValuesMax));
  close(end.ns);
  std::vector<StateDuration> out;
  for (auto& [value, duration] : durations_) {
    duration.value = value;
    if (duration.duration_ns > 0 || duration.entered > 0) out.push_back(std::move(duration));
  }
  return out;
}

}  // namespace hanse::historian::internal
