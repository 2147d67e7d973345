// The keeper's roll-ups by hour: made beside the samples, dropped where a late one comes, made again.
#include <algorithm>

#include "historian/internal/keeper.hpp"
#include "historian/internal/levels.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using store::Chunk;
using store::ChunkKey;

constexpr std::uint32_t kSmallRollupsMax = 32;
constexpr std::int64_t kHoursAtOnce = 8;         // a row for less costs more than it saves
constexpr std::int64_t kSamplesAnHourMin = 120;  // below, reading the samples is as quick as reading roll-ups

/// Appends the summaries of steps, of samples up to `end_ns`, to those before.
void summarise_steps(std::span<const Sample> samples, std::int64_t end_ns, std::int64_t step_ns,
                     std::vector<Summary>& out) {
  while (!samples.empty() && samples.front().time.ns <= end_ns) {
    const auto step = floor_to(samples.front().time.ns, step_ns);
    const auto last = std::min(wrapping_add(step, step_ns - 1), end_ns);
    const auto end = std::upper_bound(samples.begin(), samples.end(), last,
                                      [](std::int64_t time, const Sample& sample) { return time < sample.time.ns; });
    const auto part = samples.first(static_cast<std::size_t>(end - samples.begin()));
    const bool goes_on = !out.empty() && floor_to(out.back().begin_ns, step_ns) == step;
    if (goes_on) {
      out.back().append(summarise(part));
    } else {
      out.push_back(summarise(part));
    }
    samples = samples.subspan(part.size());
  }
}

}  // namespace

Result<std::vector<Summary>> Keeper::summarise_raw(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns,
                                                   std::int64_t step_ns) {
  std::vector<Summary> out;
  std::int64_t step_end = begin_ns;
  HANSE_CHECK(read_raw(signal, begin_ns, end_ns, [&](const Chunk&, const Columns& columns) {
    for (std::size_t i = 0; i < columns.count; ++i) {
      const auto time = columns.times[i];
      if (time < begin_ns || time > end_ns) continue;
      if (out.empty() || time >= step_end) {
        out.emplace_back();
        step_end = wrapping_add(floor_to(time, step_ns), step_ns);
      }
      out.back().add(time, columns.level(i));
    }
    return true;
  }));
  return out;
}

/// Hours that are over: a sample after them is sealed. `merged` are the latest samples, if they were just read.
Result<void> Keeper::roll_up(SignalId signal, SeriesState& state, std::span<const Sample> merged, Change& change) {
  const auto until = floor_to(state.sealed_ns, kHourNs);
  const auto from = state.rolled_ns == kNever ? floor_to(state.oldest_ns, kHourNs) : state.rolled_ns;
  if (until <= from || until - from < kHoursAtOnce * kHourNs) return {};
  const bool at_hand = !merged.empty() && merged.front().time.ns < until;
  std::vector<Summary> hours;
  if (!at_hand || merged.front().time.ns > from) {
    const auto end = at_hand ? merged.front().time.ns - 1 : until - 1;
    if (end >= std::max(from, state.oldest_ns)) {
      HANSE_TRY(hours, summarise_raw(signal, from, end, kHourNs));
    }
  }
  if (at_hand) {
    const auto first = std::lower_bound(merged.begin(), merged.end(), from,
                                        [](const Sample& s, std::int64_t t) { return s.time.ns < t; });
    summarise_steps(merged.subspan(static_cast<std::size_t>(first - merged.begin())), until - 1, kHourNs, hours);
  }
  // Of the hour that was under way last time.
  if (state.has_rollups) change.remove.push_back({series_of(signal), kHours, from});
  state.rolled_ns = until;
  std::int64_t samples = 0;
  for (const auto& hour : hours) samples += hour.samples;
  if (hours.empty() || samples < kSamplesAnHourMin * static_cast<std::int64_t>(hours.size())) return {};
  // Rows are short so that a late sample rewrites little; a first roll-up of much history makes many.
  constexpr std::size_t kRowHours = 1024;
  const std::span all{hours};
  for (std::size_t at = 0; at < all.size(); at += kRowHours) {
    const auto part = all.subspan(at, std::min(kRowHours, all.size() - at));
    const auto begin = floor_to(part.front().begin_ns, kHourNs);
    change.add.push_back({.series = series_of(signal),
                          .level = kHours,
                          .begin_ns = begin,
                          .end_ns = floor_to(part.back().begin_ns, kHourNs) + kHourNs - 1,
                          .bytes = encode_summaries({part.begin(), part.end()})});
    change.bytes += change.add.back().bytes.size();
    if (state.small_rollups == 0) state.rollup_begin_ns = begin;
    ++state.small_rollups;
    ++figures_.rollups_written;
  }
  state.has_rollups = true;
  HANSE_CHECK(merge_rollups(signal, state, change));
  return roll_up_under_way(signal, state, merged, change);
}

/// The hour under way, in a row of its own that the next roll-up takes the place of: after a start a question for hours
/// up to now need not decode a whole chunk for the last of them.
Result<void> Keeper::roll_up_under_way(SignalId signal, const SeriesState& state, std::span<const Sample> merged,
                                       Change& change) {
  if (!merged.empty() && merged.front().time.ns > state.rolled_ns) return {};  // a part of it is elsewhere
  std::vector<Summary> hour;
  if (merged.empty()) {
    HANSE_TRY(hour, summarise_raw(signal, state.rolled_ns, state.sealed_ns, kHourNs));
  } else {
    const auto first = std::lower_bound(merged.begin(), merged.end(), state.rolled_ns,
                                        [](const Sample& s, std::int64_t t) { return s.time.ns < t; });
    summarise_steps({first, merged.end()}, state.sealed_ns, kHourNs, hour);
  }
  if (hour.size() != 1 || hour[0].end_ns != state.sealed_ns || !is_hour_under_way(state.sealed_ns)) return {};
  change.add.push_back({.series = series_of(signal),
                        .level = kHours,
                        .begin_ns = state.rolled_ns,
                        .end_ns = state.sealed_ns,
                        .bytes = encode_summaries(hour)});
  change.bytes += change.add.back().bytes.size();
  return {};
}

Result<void> Keeper::merge_rollups(SignalId signal, SeriesState& state, Change& change) {
  if (state.small_rollups < kSmallRollupsMax) return {};
  std::vector<Summary> all;
  std::vector<ChunkKey> old;
  std::int64_t end_ns = 0;
  const auto append = [&](std::string_view bytes, const ChunkKey& key, std::int64_t end) {
    std::vector<Summary> part;
    if (!decode_summaries(bytes, part)) {
      report_damage(key, fail(ErrorCode::corrupt, "a row of roll-ups is damaged"));
      return;
    }
    for (const auto& hour : part) {
      if (all.empty() || all.back().end_ns < hour.begin_ns) all.push_back(hour);
    }
    old.push_back(key);
    end_ns = end;
  };
  HANSE_CHECK(chunks_.scan(series_of(signal), kHours, state.rollup_begin_ns, std::numeric_limits<std::int64_t>::max(),
                           [&](const Chunk& row) {
                             if (!is_hour_under_way(row.end_ns)) append(row.bytes, key_of(row), row.end_ns);
                             return true;
                           }));
  // The newest are in this very change.
  std::erase_if(change.add, [&](const Chunk& row) {
    if (row.series != series_of(signal) || row.level != kHours) return false;
    append(row.bytes, key_of(row), row.end_ns);
    return true;
  });
  if (all.empty()) return {};
  change.remove.insert(change.remove.end(), old.begin(), old.end());
  const auto begin = floor_to(all.front().begin_ns, kHourNs);
  change.add.push_back({.series = series_of(signal),
                        .level = kHours,
                        .begin_ns = begin,
                        .end_ns = end_ns,
                        .bytes = encode_summaries(all)});
  state.small_rollups = 0;
  return {};
}

Result<void> Keeper::reroll() {
  while (!rerolls_.empty()) {
    const auto range = rerolls_.back();
    HANSE_TRY(const auto hours, summarise_raw(range.signal, range.begin_ns, range.end_ns, kHourNs));
    Change change;
    if (!hours.empty()) {
      change.add.push_back({.series = series_of(range.signal),
                            .level = kHours,
                            .begin_ns = range.begin_ns,
                            .end_ns = range.end_ns,
                            .bytes = encode_summaries(hours)});
    }
    HANSE_CHECK(commit(shard_of(range.signal), change));
    ++figures_.rollups_written;
    rerolls_.pop_back();
  }
  return {};
}

Result<void> Keeper::drop_rollups(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns, Change& change,
                                  std::vector<Reroll>& rerolls) {
  const auto state = heads_.state(signal);
  if (!state || !state->has_rollups) return {};
  // The last summary before a late sample isn't changed by it: what a value holds after its hour is the reader's to
  // add.
  return chunks_.scan(series_of(signal), kHours, begin_ns, end_ns, [&](const Chunk& row) {
    change.remove.push_back(key_of(row));
    if (!is_hour_under_way(row.end_ns)) rerolls.push_back({signal, row.begin_ns, row.end_ns});
    return true;
  });
}

}  // namespace hanse::historian::internal
