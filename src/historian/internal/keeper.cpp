#include "historian/internal/keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "historian/internal/levels.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using signal::ValueType;
using store::Chunk;
using store::ChunkKey;

constexpr std::size_t kTransactionBytesMax = 8u << 20;
constexpr std::size_t kGapSamples = 64;         // so many late ones before a chunk get one of their own
constexpr std::uint32_t kSmallChunksMax = 256;  // merged at this number whatever they hold
constexpr std::uint32_t kSmallChunksMin = 8;    // and not below this, except when asked for all

/// Appends what a chunk holds, its texts numbered anew.
void append_columns(const Columns& columns, SignalId signal, Series& out) {
  const auto base = out.texts.size();
  for (std::size_t i = 0; i < columns.count; ++i) {
    out.samples.push_back(columns.sample(i, signal));
    if (out.samples.back().type == ValueType::text) out.samples.back().bits += base;
  }
  out.texts.insert(out.texts.end(), columns.texts.begin(), columns.texts.end());
}

/// The samples of both in order; of two with one time `late`'s stands. Returns how many stood for another.
std::int64_t merge_into(Series& series, std::span<const Sample> late, std::span<const std::string> texts) {
  const auto base = series.texts.size();
  series.texts.insert(series.texts.end(), texts.begin(), texts.end());
  std::vector<Sample> merged;
  merged.reserve(series.samples.size() + late.size());
  std::int64_t replaced = 0;
  auto old = series.samples.begin();
  for (auto sample : late) {
    while (old != series.samples.end() && old->time < sample.time) merged.push_back(*old++);
    if (old != series.samples.end() && old->time == sample.time) ++old, ++replaced;
    if (sample.type == ValueType::text) sample.bits += base;
    merged.push_back(sample);
  }
  merged.insert(merged.end(), old, series.samples.end());
  series.samples = std::move(merged);
  return replaced;
}

bool should_merge(const SeriesState& state) {
  if (state.small_chunks >= kSmallChunksMax || state.small_samples >= kFullChunk) return state.small_chunks > 1;
  // Doubling: what was merged before is written again only when as much has come.
  return state.small_chunks >= kSmallChunksMin && state.small_samples - state.merged_samples >= state.merged_samples;
}

}  // namespace

Result<void> Keeper::commit(std::size_t shard, const Change& change) {
  if (change.add.empty() && change.remove.empty()) return {};
  const auto closed = heads_.gate(shard).close();
  return chunks_.change(change.remove, change.add);
}

void Keeper::add_chunks(SignalId signal, std::span<const Sample> samples, std::span<const std::string> texts,
                        Change& change) {
  for (std::size_t at = 0; at < samples.size();) {
    const auto part = samples.subspan(at, std::min(kFullChunk, samples.size() - at));
    change.add.push_back({.series = series_of(signal),
                          .level = kRaw,
                          .begin_ns = part.front().time.ns,
                          .end_ns = part.back().time.ns,
                          .bytes = encode_chunk(part, texts)});
    change.bytes += change.add.back().bytes.size();
    at += part.size();
  }
}

void Keeper::append_small(Frozen& frozen, std::span<const Sample> samples, std::span<const std::string> texts,
                          Change& change) {
  if (samples.empty()) return;
  auto& state = frozen.state;
  const auto before = change.add.size();
  add_chunks(frozen.signal, samples, texts, change);
  if (state.small_chunks == 0) {
    state.small_begin_ns = samples.front().time.ns;
    state.small_samples = state.merged_samples = 0;
  }
  state.small_chunks += static_cast<std::uint32_t>(change.add.size() - before);
  state.small_samples += static_cast<std::uint32_t>(samples.size());
  state.oldest_ns = std::min(state.oldest_ns, samples.front().time.ns);
  state.sealed_ns = samples.back().time.ns;
}

Result<void> Keeper::seal_run(Frozen& frozen, bool all, Change& change, std::vector<Reroll>& rerolls) {
  const std::span<const Sample> samples{frozen.run->samples};
  const auto fresh = std::upper_bound(samples.begin(), samples.end(), frozen.state.sealed_ns,
                                      [](std::int64_t time, const Sample& sample) { return time < sample.time.ns; });
  const auto late = samples.first(static_cast<std::size_t>(fresh - samples.begin()));
  if (!late.empty()) {
    HANSE_CHECK(merge_late(frozen, late, change));
    HANSE_CHECK(drop_rollups(frozen.signal, late.front().time.ns, late.back().time.ns, change, rerolls));
    append_small(frozen, samples.subspan(late.size()), frozen.run->text_list(), change);
    return {};
  }
  auto after = frozen.state;
  after.small_chunks += 1;
  after.small_samples += static_cast<std::uint32_t>(samples.size());
  if (frozen.state.small_chunks > 0 && (all || should_merge(after))) return seal_merged(frozen, change);
  append_small(frozen, samples, frozen.run->text_list(), change);
  return {};
}

/// With the small chunks before it in one: nothing is written to be merged at once.
Result<void> Keeper::seal_merged(Frozen& frozen, Change& change) {
  Series series;
  HANSE_CHECK(read_small(frozen.signal, frozen.state, series, change));
  const auto base = series.texts.size();
  series.texts.insert(series.texts.end(), frozen.run->text_list().begin(), frozen.run->text_list().end());
  for (auto sample : frozen.run->samples) {
    if (sample.type == ValueType::text) sample.bits += base;
    series.samples.push_back(sample);
  }
  write_merged(frozen.signal, frozen.state, series, change);
  return roll_up(frozen.signal, frozen.state, series.samples, change);
}

store::Chunk Keeper::state_row(std::size_t shard, Position position, std::span<const StateChange> changes) const {
  return {.series = kStateSeries + static_cast<std::uint32_t>(shard),
          .level = kState,
          .begin_ns = 0,
          .end_ns = 0,
          .bytes = heads_.encode_shard(shard, position, changes)};
}

Result<void> Keeper::seal(std::size_t shard, bool all) {
  Position position = 0;
  auto frozen = heads_.freeze(shard, position);
  if (frozen.empty()) {
    heads_.sealed(shard, frozen, position);
    return {};
  }
  Change change;
  std::vector<Reroll> rerolls;
  for (auto& one : frozen) HANSE_CHECK(seal_run(one, all, change, rerolls));
  const auto number = static_cast<std::int64_t>(frozen.size());
  std::vector<StateChange> states;
  for (const auto& one : frozen) states.push_back({one.signal, &one.state});
  change.add.push_back(state_row(shard, position, states));
  {
    // Readers see either memory or chunks: both change behind the gate.
    const auto closed = heads_.gate(shard).close();
    HANSE_CHECK(chunks_.change(change.remove, change.add));
    heads_.sealed(shard, frozen, position);
  }
  figures_.chunks_sealed += number;
  rerolls_.insert(rerolls_.end(), rerolls.begin(), rerolls.end());
  return {};
}

/// Late samples go into the chunk that they fall into or that follows; many together get chunks of their own.
Result<void> Keeper::merge_late(Frozen& frozen, std::span<const Sample> late, Change& change) {
  std::span<const Sample> left = late;
  const auto take = [&](auto belongs) {
    const auto end = std::find_if_not(left.begin(), left.end(), belongs);
    const auto taken = left.first(static_cast<std::size_t>(end - left.begin()));
    left = left.subspan(taken.size());
    return taken;
  };
  const auto texts = frozen.run->text_list();
  HANSE_CHECK(read_raw(
      frozen.signal, left.front().time.ns, frozen.state.sealed_ns, [&](const Chunk& chunk, const Columns& columns) {
        auto mine = take([&](const Sample& sample) { return sample.time.ns <= chunk.end_ns; });
        const auto inside =
            std::find_if(mine.begin(), mine.end(), [&](const Sample& s) { return s.time.ns >= chunk.begin_ns; });
        const auto before = mine.first(static_cast<std::size_t>(inside - mine.begin()));
        const bool far = before.size() >= kGapSamples ||
                         (!before.empty() && wrapping_sub(chunk.begin_ns, before.front().time.ns) > 24 * kHourNs);
        if (far) {
          add_chunks(frozen.signal, before, texts, change);
          mine = mine.subspan(before.size());
        }
        if (!mine.empty()) {
          Series series;
          append_columns(columns, frozen.signal, series);
          figures_.replaced += merge_into(series, mine, texts);
          change.remove.push_back(key_of(chunk));
          add_chunks(frozen.signal, series.samples, series.texts, change);
        }
        return !left.empty();
      }));
  add_chunks(frozen.signal, left, texts, change);  // where the chunk they belonged to has expired or is damaged
  frozen.state.oldest_ns = std::min(frozen.state.oldest_ns, late.front().time.ns);
  return {};
}

Result<void> Keeper::read_raw(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns,
                              const std::function<bool(const Chunk&, const Columns&)>& visit) {
  Columns columns;
  return chunks_.scan(series_of(signal), kRaw, begin_ns, end_ns, [&](const Chunk& chunk) {
    if (auto decoded = decode_chunk(chunk.bytes, columns); !decoded) {
      report_damage(key_of(chunk), decoded.error());
      return true;
    }
    return visit(chunk, columns);
  });
}

Result<void> Keeper::merge(std::size_t shard, bool all) {
  HANSE_CHECK(reroll());
  Change change;
  std::vector<std::pair<SignalId, SeriesState>> states;
  const auto flush = [&]() -> Result<void> {
    // In the same transaction: a restart before the next seal must find what was made here, not make it again.
    std::vector<StateChange> changes;
    for (const auto& [signal, state] : states) changes.push_back({signal, &state});
    change.add.push_back(state_row(shard, heads_.sealed_position(shard), changes));
    {
      const auto closed = heads_.gate(shard).close();
      HANSE_CHECK(chunks_.change(change.remove, change.add));
      for (const auto& [signal, state] : states) heads_.set_state(signal, state);
    }
    change = {};
    states.clear();
    return {};
  };
  for (const auto signal : heads_.signals(shard)) {
    auto state = heads_.state(signal);
    if (!state || state->small_chunks == 0 || !(should_merge(*state) || all)) continue;
    Series merged;
    HANSE_CHECK(merge_signal(signal, *state, merged, change));
    HANSE_CHECK(roll_up(signal, *state, merged.samples, change));
    states.emplace_back(signal, *state);
    if (change.bytes > kTransactionBytesMax) HANSE_CHECK(flush());
  }
  if (states.empty()) return {};
  return flush();
}

Result<void> Keeper::merge_signal(SignalId signal, SeriesState& state, Series& series, Change& change) {
  if (state.small_chunks < 2) return {};
  HANSE_CHECK(read_small(signal, state, series, change));
  if (!series.samples.empty()) write_merged(signal, state, series, change);
  return {};
}

/// The small chunks at the end of a series, to be removed.
Result<void> Keeper::read_small(SignalId signal, const SeriesState& state, Series& series, Change& change) {
  series.samples.reserve(state.small_samples);
  return read_raw(signal, state.small_begin_ns, state.sealed_ns, [&](const Chunk& chunk, const Columns& columns) {
    append_columns(columns, signal, series);
    change.remove.push_back(key_of(chunk));
    ++figures_.chunks_merged;
    return true;
  });
}

/// As full chunks and one rest, which is small again.
void Keeper::write_merged(SignalId signal, SeriesState& state, const Series& series, Change& change) {
  add_chunks(signal, series.samples, series.texts, change);
  const auto rest = series.samples.size() % kFullChunk;
  state.small_begin_ns = rest == 0 ? kNever : change.add.back().begin_ns;
  state.small_chunks = rest == 0 ? 0 : 1;
  state.small_samples = state.merged_samples = static_cast<std::uint32_t>(rest);
  state.oldest_ns = std::min(state.oldest_ns, series.samples.front().time.ns);
  state.sealed_ns = series.samples.back().time.ns;
}

Result<void> Keeper::expire(SignalId signal, const RetentionClass& keep, Timestamp now) {
  constexpr std::int64_t kDayNs = 24 * kHourNs;
  auto state = heads_.state(signal);
  if (!state) return {};
  const auto cut = [&](std::int64_t days) { return floor_to(now.ns - days * kDayNs, kHourNs); };
  if (keep.raw_days > 0 && state->oldest_ns < cut(keep.raw_days))
    HANSE_CHECK(expire_raw(signal, cut(keep.raw_days), *state));
  if (keep.minute_days > 0 && state->has_minutes) {
    HANSE_TRY(const auto gone,
              chunks_.erase_before(series_of(signal), kMinutes, cut(keep.raw_days + keep.minute_days)));
    figures_.chunks_expired += gone;
  }
  if (keep.hour_days > 0 && state->has_rollups) {
    HANSE_TRY(const auto gone, chunks_.erase_before(series_of(signal), kHours, cut(keep.hour_days)));
    figures_.chunks_expired += gone;
  }
  return {};
}

/// Whole chunks only, so that nothing is written twice; their figures by minute are written in the same transaction.
Result<void> Keeper::expire_raw(SignalId signal, std::int64_t before_ns, SeriesState& state) {
  constexpr std::size_t kChunksAtOnce = 256;
  for (bool more = true; more;) {
    Change change;
    std::vector<Summary> minutes;
    std::int64_t step_end = 0, next_oldest = std::numeric_limits<std::int64_t>::max();
    more = false;
    HANSE_CHECK(read_raw(signal, kNever, std::numeric_limits<std::int64_t>::max(),
                         [&](const Chunk& chunk, const Columns& columns) {
                           if (chunk.end_ns >= before_ns || change.remove.size() == kChunksAtOnce) {
                             next_oldest = chunk.begin_ns;
                             more = chunk.end_ns < before_ns;
                             return false;
                           }
                           change.remove.push_back(key_of(chunk));
                           for (std::size_t i = 0; i < columns.count; ++i) {
                             const auto time = columns.times[i];
                             if (minutes.empty() || time >= step_end) {
                               minutes.emplace_back();
                               step_end = wrapping_add(floor_to(time, kMinuteNs), kMinuteNs);
                             }
                             minutes.back().add(time, columns.level(i));
                           }
                           return true;
                         }));
    const bool numeric =
        std::any_of(minutes.begin(), minutes.end(), [](const Summary& minute) { return minute.count > 0; });
    for (std::size_t at = 0; numeric && at < minutes.size(); at += kFullChunk) {
      const std::span part{minutes.begin() + static_cast<std::ptrdiff_t>(at),
                           std::min(kFullChunk, minutes.size() - at)};
      change.add.push_back({.series = series_of(signal),
                            .level = kMinutes,
                            .begin_ns = part.front().begin_ns,
                            .end_ns = part.back().end_ns,
                            .bytes = encode_summaries({part.begin(), part.end()})});
    }
    state.has_minutes = state.has_minutes || numeric;
    state.oldest_ns = next_oldest;
    const auto closed = heads_.gate(shard_of(signal)).close();
    HANSE_CHECK(chunks_.change(change.remove, change.add));
    heads_.set_state(signal, state);
    figures_.chunks_expired += static_cast<std::int64_t>(change.remove.size());
  }
  return {};
}

void Keeper::report_damage(const ChunkKey& key, const Error& error) {
  const std::lock_guard lock{damaged_mutex_};
  if (!reported_.emplace(key.series, key.level, key.begin_ns).second) return;
  damaged_.push_back(key);
  ++figures_.damaged_chunks;
  log_.error("historian", error.message,
             {{"signal", std::to_string(key.series)}, {"begin", to_string(Timestamp{key.begin_ns})}});
}

Result<void> Keeper::set_damaged_apart() {
  std::vector<ChunkKey> keys;
  {
    const std::lock_guard lock{damaged_mutex_};
    keys.swap(damaged_);
  }
  for (const auto& key : keys) {
    Change change;
    HANSE_CHECK(chunks_.scan(key.series, key.level, key.begin_ns, key.begin_ns, [&](const Chunk& chunk) {
      if (key_of(chunk) != key) return true;
      change.remove.push_back(key);
      change.add.push_back(chunk);
      change.add.back().level = static_cast<std::uint8_t>(kDamaged + std::min<int>(key.level, 4));
      return false;
    }));
    HANSE_CHECK(commit(shard_of(SignalId{key.series}), change));
  }
  return {};
}

Result<std::int64_t> Keeper::verify(std::stop_token stop) {
  std::vector<ChunkKey> keys;
  HANSE_CHECK(chunks_.list([&](const ChunkKey& key, std::int64_t, std::size_t) {
    if (key.level <= kHours) keys.push_back(key);
  }));
  std::int64_t read = 0;
  Columns columns;
  std::vector<Summary> summaries;
  for (const auto& key : keys) {
    if (stop.stop_requested()) return fail(ErrorCode::unavailable, "the check was stopped");
    HANSE_CHECK(chunks_.scan(key.series, key.level, key.begin_ns, key.begin_ns, [&](const Chunk& chunk) {
      if (key_of(chunk) != key) return true;
      ++read;
      if (key.level == kRaw) {
        if (auto decoded = decode_chunk(chunk.bytes, columns); !decoded) report_damage(key, decoded.error());
      } else if (!decode_summaries(chunk.bytes, summaries)) {
        report_damage(key, fail(ErrorCode::corrupt, "a row of roll-ups is damaged"));
      }
      return false;
    }));
  }
  HANSE_CHECK(set_damaged_apart());
  return read;
}

}  // namespace hanse::historian::internal
