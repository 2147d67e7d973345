#include "historian/internal/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "historian/internal/levels.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using signal::ValueType;
using store::Chunk;
using store::ChunkKey;

constexpr std::size_t kBucketsMax = 100'000, kPixelsMax = 20'000, kSamplesMax = 1'000'000;

Error stopped() { return fail(ErrorCode::unavailable, "the query was stopped"); }

Result<void> check_range(TimeRange range) {
  if (range.begin < range.end) return {};
  return fail(ErrorCode::invalid, "the time range is empty", {{"end", "must be after begin"}});
}

void to_columns(std::span<const Sample> samples, std::span<const std::string> texts, Columns& out) {
  out.count = samples.size();
  out.times.resize(samples.size());
  out.bits.resize(samples.size());
  out.types.resize(samples.size());
  out.qualities.resize(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    out.times[i] = samples[i].time.ns;
    out.bits[i] = samples[i].bits;
    out.types[i] = static_cast<std::uint8_t>(samples[i].type);
    out.qualities[i] = static_cast<std::uint8_t>(samples[i].quality);
  }
  out.texts.assign(texts.begin(), texts.end());
}

/// A chunk's samples with the recent ones among them, which stand where both have a time.
void merge_columns(const Columns& chunk, std::span<const Sample> recent, std::span<const std::string> texts,
                   Columns& out) {
  std::vector<Sample> samples;
  std::vector<std::string> all{chunk.texts};
  all.insert(all.end(), texts.begin(), texts.end());
  std::size_t i = 0;
  for (auto sample : recent) {
    for (; i < chunk.count && chunk.times[i] < sample.time.ns; ++i) samples.push_back(chunk.sample(i, sample.signal));
    if (i < chunk.count && chunk.times[i] == sample.time.ns) ++i;
    if (sample.type == ValueType::text) sample.bits += chunk.texts.size();
    samples.push_back(sample);
  }
  for (; i < chunk.count; ++i) samples.push_back(chunk.sample(i, SignalId{}));
  to_columns(samples, all, out);
}

/// Does any whole hour do? Steps are even, so three in a row tell.
bool takes_hours(const Sink& sink, TimeRange range) {
  auto hour = floor_to(range.begin.ns, kHourNs);
  for (int i = 0; i < 3 && hour < Timestamp::max().ns - 3 * kHourNs; ++i) {
    hour += kHourNs;
    if (sink.takes(hour, hour + kHourNs - 1)) return true;
  }
  return false;
}

}  // namespace

/// One query under way: the recent samples not yet passed on, and room to decode into.
struct Reader::Walk {
  SignalId signal{};
  Sink& sink;
  const std::stop_token& stop;
  SeriesState state;
  Series recent;
  std::span<const Sample> left;
  Columns columns, merged;
  bool was_stopped = false;

  bool ends() {
    was_stopped = was_stopped || stop.stop_requested();
    return was_stopped || sink.full();
  }
  /// Takes the recent samples before `time_ns`.
  std::span<const Sample> take_before(std::int64_t time_ns) {
    const auto end = std::lower_bound(left.begin(), left.end(), time_ns,
                                      [](const Sample& s, std::int64_t t) { return s.time.ns < t; });
    const auto taken = left.first(static_cast<std::size_t>(end - left.begin()));
    left = left.subspan(taken.size());
    return taken;
  }
  bool has_before(std::int64_t time_ns) const { return !left.empty() && left.front().time.ns < time_ns; }
  bool has_within(std::int64_t begin_ns, std::int64_t end_ns) const {
    const auto first = std::lower_bound(left.begin(), left.end(), begin_ns,
                                        [](const Sample& s, std::int64_t t) { return s.time.ns < t; });
    return first != left.end() && first->time.ns < end_ns;
  }
  void pass_before(std::int64_t time_ns) {
    const auto taken = take_before(time_ns);
    if (taken.empty()) return;
    to_columns(taken, recent.texts, merged);
    sink.add(merged, 0, merged.count);
  }
};

Result<void> Reader::walk(SignalId signal, TimeRange range, Sink& sink, const std::stop_token& stop) {
  auto recent = heads_.recent(signal, range.begin.ns, range.end.ns - 1);
  if (!recent) return {};
  Walk walk{.signal = signal, .sink = sink, .stop = stop, .state = recent->state, .recent = std::move(recent->series)};
  walk.left = walk.recent.samples;
  HANSE_CHECK(walk.state.has_rollups && takes_hours(sink, range) ? walk_hours(walk, range) : walk_gap(walk, range));
  return walk.was_stopped ? Result<void>{stopped()} : Result<void>{};
}

Result<void> Reader::walk_hours(Walk& walk, TimeRange range) {
  const auto aligned_end = floor_to(range.end.ns - 1, kHourNs);
  HANSE_TRY(const auto hours,
            hours_of(walk, floor_to(range.begin.ns, kHourNs),
                     aligned_end > Timestamp::max().ns - kHourNs ? Timestamp::max().ns : aligned_end + kHourNs));
  auto at = range.begin;
  bool before_taken = false;
  for (const auto& [hour, joined] : *hours) {
    if (walk.ends()) return {};
    const auto begin = floor_to(hour.begin_ns, kHourNs);
    // Recent samples among the stored ones of an hour need the stored ones; recent ones after these don't.
    const bool fits = hour.begin_ns >= at.ns && hour.end_ns < range.end.ns &&
                      walk.sink.takes(hour.begin_ns, hour.end_ns) && !walk.has_within(begin, hour.end_ns + 1);
    const bool empty_before = joined && before_taken;
    before_taken = fits;
    if (!fits) continue;
    if (begin > at.ns && !empty_before) HANSE_CHECK(walk_gap(walk, {at, {begin}}));
    walk.pass_before(begin);
    walk.sink.add(hour);
    at.ns = wrapping_add(begin, kHourNs);
  }
  if (at < range.end) return walk_gap(walk, {at, range.end});
  walk.pass_before(range.end.ns);
  return {};
}

Result<HourCache::Hours> Reader::hours_of(Walk& walk, std::int64_t begin_ns, std::int64_t end_ns) {
  if (auto cached = hour_cache_.find(walk.signal, walk.state.version, begin_ns, end_ns)) return cached;
  std::vector<Hour> hours;
  std::vector<Summary> row;
  HANSE_CHECK(chunks_.scan(series_of(walk.signal), kHours, begin_ns, end_ns - 1, [&](const Chunk& chunk) {
    if (is_hour_under_way(chunk.end_ns) && chunk.end_ns != walk.state.sealed_ns) return !walk.ends();
    if (!decode_summaries(chunk.bytes, row)) {
      keeper_.report_damage(key_of(chunk), fail(ErrorCode::corrupt, "a row of roll-ups is damaged"));
      return true;
    }
    bool joined = false;
    for (const auto& hour : row) {
      if (hours.empty() || hours.back().summary.end_ns < hour.begin_ns) hours.push_back({hour, joined});
      joined = true;
    }
    return !walk.ends();
  }));
  HANSE_CHECK(read_latest_hours(walk, end_ns, hours));
  auto shared = std::make_shared<const std::vector<Hour>>(std::move(hours));
  if (!walk.ends()) hour_cache_.put(walk.signal, walk.state.version, begin_ns, end_ns, shared);
  return HourCache::Hours{std::move(shared)};
}

namespace {

/// Samples of stored chunks, as summaries by hour.
class HourSink final : public Sink {
 public:
  explicit HourSink(std::vector<Hour>& hours) : hours_(hours) {}
  bool takes(std::int64_t, std::int64_t) const override { return false; }
  void add(const Summary&) override {}
  void add(const Columns& columns, std::size_t from, std::size_t to) override {
    for (std::size_t i = from; i < to; ++i) {
      if (columns.times[i] >= end_ns_) {
        hours_.push_back({{}, joined_});
        joined_ = true;
        end_ns_ = wrapping_add(floor_to(columns.times[i], kHourNs), kHourNs);
      }
      hours_.back().summary.add(columns.times[i], columns.level(i));
    }
  }

 private:
  std::vector<Hour>& hours_;
  std::int64_t end_ns_ = kNever;
  bool joined_ = false;
};

}  // namespace

/// Those since the last roll-up, a few hours at most: decoded once, then in the cache until more is sealed.
Result<void> Reader::read_latest_hours(Walk& walk, std::int64_t end_ns, std::vector<Hour>& hours) {
  constexpr std::int64_t kHoursMax = 24;
  const auto from = walk.state.rolled_ns;
  const auto end = std::min(end_ns, wrapping_add(walk.state.sealed_ns, 1));
  if (from == kNever || from >= end || end - from > kHoursMax * kHourNs) return {};
  if (!walk.sink.takes(from, from + kHourNs - 1) || (!hours.empty() && hours.back().summary.end_ns >= from)) return {};
  HourSink sink{hours};
  Walk stored{.signal = walk.signal, .sink = sink, .stop = walk.stop, .state = walk.state};
  stored.state.has_minutes = false;
  HANSE_CHECK(walk_gap(stored, {{from}, {end}}));
  walk.was_stopped = walk.was_stopped || stored.was_stopped;
  return {};
}

Result<void> Reader::walk_gap(Walk& walk, TimeRange gap) {
  if (walk.state.has_minutes) HANSE_CHECK(walk_minutes(walk, gap));
  const bool stored =
      walk.state.sealed_ns != kNever && gap.begin.ns <= walk.state.sealed_ns && gap.end.ns > walk.state.oldest_ns;
  if (stored) {
    HANSE_CHECK(chunks_.scan(series_of(walk.signal), kRaw, gap.begin.ns, gap.end.ns - 1, [&](const Chunk& chunk) {
      if (walk.ends()) return false;
      chunk_into(walk, gap, chunk);
      return true;
    }));
  }
  if (!walk.ends()) walk.pass_before(gap.end.ns);
  return {};
}

void Reader::chunk_into(Walk& walk, TimeRange gap, const Chunk& chunk) {
  walk.pass_before(std::max(chunk.begin_ns, gap.begin.ns));
  const bool inside = chunk.begin_ns >= gap.begin.ns && chunk.end_ns < gap.end.ns;
  const bool alone = !walk.has_before(wrapping_add(chunk.end_ns, 1));
  if (inside && alone && walk.sink.takes(chunk.begin_ns, chunk.end_ns)) {
    if (const auto summary = chunk_summary(chunk.bytes)) {
      walk.sink.add(*summary);
    } else {
      keeper_.report_damage(key_of(chunk), summary.error());
    }
    return;
  }
  if (const auto decoded = decode_chunk(chunk.bytes, walk.columns); !decoded) {
    keeper_.report_damage(key_of(chunk), decoded.error());
    return;
  }
  const Columns* columns = &walk.columns;
  if (!alone) {
    merge_columns(walk.columns, walk.take_before(std::min(wrapping_add(chunk.end_ns, 1), gap.end.ns)),
                  walk.recent.texts, walk.merged);
    columns = &walk.merged;
  }
  const auto first = columns->times.begin(), last = first + static_cast<std::ptrdiff_t>(columns->count);
  const auto from = std::lower_bound(first, last, gap.begin.ns), to = std::lower_bound(from, last, gap.end.ns);
  if (from != to) walk.sink.add(*columns, static_cast<std::size_t>(from - first), static_cast<std::size_t>(to - first));
}

Result<void> Reader::walk_minutes(Walk& walk, TimeRange gap) {
  std::vector<Summary> row;
  return chunks_.scan(series_of(walk.signal), kMinutes, gap.begin.ns, gap.end.ns - 1, [&](const Chunk& chunk) {
    if (!decode_summaries(chunk.bytes, row)) {
      keeper_.report_damage(key_of(chunk), fail(ErrorCode::corrupt, "a row of roll-ups is damaged"));
      return true;
    }
    // What is finer than a minute is gone: a minute counts where it begins.
    for (const auto& minute : row) {
      if (minute.begin_ns >= gap.begin.ns && minute.begin_ns < gap.end.ns) walk.sink.add(minute);
    }
    return !walk.ends();
  });
}

Result<std::optional<LastValue>> Reader::before(SignalId signal, Timestamp time) {
  const auto recent = heads_.recent(signal, kNever, time.ns);
  if (!recent) return std::optional<LastValue>{};
  if (recent->last && recent->last->sample.time <= time) return recent->last;
  std::optional<LastValue> found;
  if (!recent->series.samples.empty()) {
    const auto& sample = recent->series.samples.back();
    found = LastValue{sample, sample.type == ValueType::text ? recent->series.texts[sample.bits] : ""};
  }
  const auto sealed_ns = recent->state.sealed_ns;
  if (sealed_ns == kNever || (found && found->sample.time.ns >= std::min(time.ns, sealed_ns))) return found;
  HANSE_TRY(auto stored, sealed_before(signal, std::min(time.ns, sealed_ns), recent->state));
  if (!stored && recent->state.has_minutes) {
    HANSE_TRY(stored, minute_before(signal, time.ns));
  }
  if (!stored || (found && found->sample.time >= stored->sample.time)) return found;
  return stored;
}

Result<std::optional<LastValue>> Reader::sealed_before(SignalId signal, std::int64_t time_ns,
                                                       const SeriesState& state) {
  // Mostly the chunk that the time is in, else the nearest before it: looked for further and further back.
  for (const std::int64_t back_ns :
       {std::int64_t{0}, 24 * kHourNs, 100 * 24 * kHourNs, std::numeric_limits<std::int64_t>::max()}) {
    if (time_ns < state.oldest_ns) break;
    const auto from = time_ns < kNever + back_ns ? kNever : time_ns - back_ns;
    Chunk latest;
    HANSE_CHECK(chunks_.scan(series_of(signal), kRaw, from, time_ns, [&](const Chunk& chunk) {
      latest = chunk;
      return true;
    }));
    if (latest.bytes.empty()) continue;
    Columns columns;
    if (auto decoded = decode_chunk(latest.bytes, columns); !decoded) {
      keeper_.report_damage(key_of(latest), decoded.error());
      break;
    }
    const auto first = columns.times.begin(), last = first + static_cast<std::ptrdiff_t>(columns.count);
    const auto after = std::upper_bound(first, last, time_ns);
    if (after == first) break;
    const auto sample = columns.sample(static_cast<std::size_t>(after - first) - 1, signal);
    return LastValue{sample, sample.type == ValueType::text ? columns.texts[sample.bits] : ""};
  }
  return std::optional<LastValue>{};
}

Result<std::optional<LastValue>> Reader::minute_before(SignalId signal, std::int64_t time_ns) {
  std::optional<LastValue> found;
  std::vector<Summary> row;
  HANSE_CHECK(chunks_.scan(series_of(signal), kMinutes, kNever, time_ns, [&](const Chunk& chunk) {
    if (!decode_summaries(chunk.bytes, row)) return true;
    for (const auto& minute : row) {
      if (minute.count == 0 || minute.last_ns > time_ns) continue;
      found = LastValue{{.time = {minute.last_ns},
                         .bits = std::bit_cast<std::uint64_t>(minute.last),
                         .signal = signal,
                         .type = ValueType::real},
                        ""};
    }
    return true;
  }));
  return found;
}

Timestamp Reader::held_until(SignalId signal, Timestamp end) const {
  auto now = clock_.now();
  if (const auto last = heads_.last(signal)) now = std::max(now, last->sample.time);
  return std::min(end, now);
}

Result<SampleBatch> Reader::raw(SignalId signal, TimeRange range, std::size_t limit, std::stop_token stop) {
  HANSE_CHECK(check_range(range));
  if (limit == 0 || limit > kSamplesMax) {
    return fail(ErrorCode::invalid, "the limit is out of bounds",
                {{"limit", fmt::format("must be 1 to {}", kSamplesMax)}});
  }
  const auto inside = heads_.gate(shard_of(signal)).enter();
  RawSink sink{signal, limit};
  HANSE_CHECK(walk(signal, range, sink, stop));
  return sink.finish();
}

Result<std::optional<LastValue>> Reader::at(SignalId signal, Timestamp time) {
  const auto inside = heads_.gate(shard_of(signal)).enter();
  return before(signal, time);
}

Result<std::vector<Bucket>> Reader::aggregate(SignalId signal, TimeRange range, Duration step, std::stop_token stop) {
  HANSE_CHECK(check_range(range));
  if (step <= Duration::zero()) return fail(ErrorCode::invalid, "the step is not a time", {{"step", "must be > 0"}});
  const auto span = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  const auto count = (span - 1) / static_cast<std::uint64_t>(step.count()) + 1;
  if (count > kBucketsMax) {
    return fail(ErrorCode::too_large,
                fmt::format("{} steps are more than {}: take a longer step or a shorter time", count, kBucketsMax));
  }
  const auto inside = heads_.gate(shard_of(signal)).enter();
  BucketSink sink{range, step, static_cast<std::size_t>(count)};
  if (range.begin > Timestamp::min()) {
    HANSE_TRY(const auto entering, before(signal, {range.begin.ns - 1}));
    if (entering) sink.begin_with(level_of(entering->sample.bits, entering->sample.type, entering->sample.quality));
  }
  HANSE_CHECK(walk(signal, range, sink, stop));
  return sink.finish(held_until(signal, range.end));
}

Result<std::vector<Pixel>> Reader::downsample(SignalId signal, TimeRange range, std::size_t pixels,
                                              std::stop_token stop) {
  HANSE_CHECK(check_range(range));
  if (pixels == 0 || pixels > kPixelsMax) {
    return fail(ErrorCode::invalid, "the width is out of bounds",
                {{"pixels", fmt::format("must be 1 to {}", kPixelsMax)}});
  }
  const auto inside = heads_.gate(shard_of(signal)).enter();
  PixelSink sink{range, pixels};
  HANSE_CHECK(walk(signal, range, sink, stop));
  return sink.finish();
}

Result<std::vector<StateDuration>> Reader::state_durations(SignalId signal, TimeRange range, std::stop_token stop) {
  HANSE_CHECK(check_range(range));
  const auto inside = heads_.gate(shard_of(signal)).enter();
  StateSink sink{range.begin};
  if (range.begin > Timestamp::min()) {
    HANSE_TRY(const auto entering, before(signal, {range.begin.ns - 1}));
    sink.begin_with(entering);
  }
  HANSE_CHECK(walk(signal, range, sink, stop));
  return sink.finish(held_until(signal, range.end));
}

}  // namespace hanse::historian::internal
