#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <vector>

#include "base/log.hpp"
#include "historian/engine.hpp"
#include "historian/internal/heads.hpp"
#include "store/chunk_store.hpp"

namespace hanse::historian::internal {

struct KeeperFigures {
  std::atomic<std::int64_t> replaced = 0, chunks_sealed = 0, chunks_merged = 0, rollups_written = 0, chunks_expired = 0,
                            damaged_chunks = 0;
};

/// Moves samples from memory into chunks, small chunks into large ones, samples into roll-ups, and what is old away.
/// Its functions are called by one thread at a time; `report_damage` by any.
class Keeper {
 public:
  Keeper(store::ChunkStore& chunks, Heads& heads, const Log& log) : chunks_(chunks), heads_(heads), log_(log) {}

  /// Writes what a shard holds into chunks, in one transaction, merging where it is worth it (`all`: wherever it can).
  /// Errors: `unavailable`; then it stays in memory and the next call tries again.
  Result<void> seal(std::size_t shard, bool all = false);
  /// Merges what is worth it; with `all` whatever can be merged.
  Result<void> merge(std::size_t shard, bool all);
  /// Removes what is older than its class keeps, figures by minute first taking the place of samples.
  Result<void> expire(SignalId signal, const RetentionClass& keep, Timestamp now);
  /// Sets apart what readers found damaged.
  Result<void> set_damaged_apart();
  /// Reads all chunks, damaged ones included in `set_damaged_apart`.
  Result<std::int64_t> verify(std::stop_token stop);

  /// A reader met a chunk that doesn't read. Logged once.
  void report_damage(const store::ChunkKey& key, const Error& error);
  const KeeperFigures& figures() const { return figures_; }

 private:
  /// What one transaction changes.
  struct Change {
    std::vector<store::ChunkKey> remove;
    std::vector<store::Chunk> add;
    std::size_t bytes = 0;
  };
  struct Reroll {
    SignalId signal{};
    std::int64_t begin_ns = 0, end_ns = 0;
  };

  /// What is known of a shard, with what `changes` in it.
  store::Chunk state_row(std::size_t shard, Position position, std::span<const StateChange> changes) const;
  Result<void> seal_run(Frozen& frozen, bool all, Change& change, std::vector<Reroll>& rerolls);
  Result<void> seal_merged(Frozen& frozen, Change& change);
  Result<void> read_small(SignalId signal, const SeriesState& state, Series& series, Change& change);
  void write_merged(SignalId signal, SeriesState& state, const Series& series, Change& change);
  void add_chunks(SignalId signal, std::span<const signal::Sample> samples, std::span<const std::string> texts,
                  Change& change);
  void append_small(Frozen& frozen, std::span<const signal::Sample> samples, std::span<const std::string> texts,
                    Change& change);
  Result<void> merge_late(Frozen& frozen, std::span<const signal::Sample> late, Change& change);
  Result<void> drop_rollups(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns, Change& change,
                            std::vector<Reroll>& rerolls);
  /// Both ends included. Damaged chunks are reported and left out.
  Result<void> read_raw(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns,
                        const std::function<bool(const store::Chunk&, const Columns&)>& visit);
  /// What it read and merged is in `series` then.
  Result<void> merge_signal(SignalId signal, SeriesState& state, Series& series, Change& change);
  Result<void> roll_up(SignalId signal, SeriesState& state, std::span<const signal::Sample> merged, Change& change);
  Result<void> roll_up_under_way(SignalId signal, const SeriesState& state, std::span<const signal::Sample> merged,
                                 Change& change);
  Result<std::vector<Summary>> summarise_raw(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns,
                                             std::int64_t step_ns);
  Result<void> merge_rollups(SignalId signal, SeriesState& state, Change& change);
  Result<void> reroll();
  Result<void> expire_raw(SignalId signal, std::int64_t before_ns, SeriesState& state);
  Result<void> commit(std::size_t shard, const Change& change);

  store::ChunkStore& chunks_;
  Heads& heads_;
  const Log& log_;
  std::vector<Reroll> rerolls_;
  std::mutex damaged_mutex_;
  std::vector<store::ChunkKey> damaged_;
  std::set<std::tuple<std::uint32_t, std::uint8_t, std::int64_t>> reported_;
  KeeperFigures figures_;
};

}  // namespace hanse::historian::internal
