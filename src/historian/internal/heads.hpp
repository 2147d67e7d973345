#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "historian/historian.hpp"
#include "historian/internal/chunk.hpp"
#include "historian/internal/write_ahead.hpp"

namespace hanse::historian::internal {

inline constexpr std::size_t kShards = 64;
/// Signal numbers are dense; a larger one is a mistake, and would only cost memory.
inline constexpr std::uint32_t kSignalMax = 0x00FF'FFFF;
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

inline std::size_t shard_of(SignalId signal) { return static_cast<std::uint32_t>(signal) % kShards; }

/// Texts by number, each once.
class TextPool {
 public:
  std::uint64_t intern(std::string_view text);
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::vector<std::string> list_;
  std::unordered_map<std::string, std::uint64_t> numbers_;
};

/// Samples of one signal in time order, no time twice; the one put later stands.
struct Run {
  enum class Put { appended, inserted, replaced };
  std::vector<signal::Sample> samples;
  std::unique_ptr<TextPool> texts;
  std::size_t weight = 0;  ///< Memory in units of one sample, texts included.

  Put put(signal::Sample sample, std::string_view text);
  /// Puts a sample that is later than all here and not a text. Touches nothing of those before it.
  void append(const signal::Sample& sample) {
    samples.push_back(sample);
    ++weight;
  }
  bool has(Timestamp time) const;
  std::span<const std::string> text_list() const {
    return texts ? std::span<const std::string>{texts->list()} : std::span<const std::string>{};
  }
};

/// What the engine knows of a signal's stored part. Kept with each seal.
struct SeriesState {
  std::int64_t sealed_ns = kNever;                                    ///< Time of the last sealed sample.
  std::int64_t oldest_ns = std::numeric_limits<std::int64_t>::max();  ///< Begin of the first raw chunk.
  std::int64_t small_begin_ns = kNever;                               ///< Raw chunks from here on are to be merged.
  std::uint32_t small_chunks = 0;
  std::uint32_t small_samples = 0;        ///< In these.
  std::uint32_t merged_samples = 0;       ///< In the first of these, the product of the last merge.
  std::int64_t rolled_ns = kNever;        ///< Hours before this have their roll-ups, where these pay.
  std::int64_t rollup_begin_ns = kNever;  ///< Roll-up rows from here on are to be merged.
  std::uint32_t small_rollups = 0;
  bool has_rollups = false, has_minutes = false;
  std::uint64_t version = 0;  ///< Another one when what is stored changed. Not kept.
};

/// A state that a signal is about to have.
struct StateChange {
  SignalId signal{};
  const SeriesState* state = nullptr;
};

/// What an append touches is its first cache line.
struct alignas(64) Head {
  Run active;
  signal::Sample last{.time = Timestamp::min()};  ///< The latest of all that ever came.
  std::shared_ptr<const Run> frozen;              ///< On its way into a chunk.
  std::string last_text;
  SeriesState state;

  bool has_last() const { return last.time > Timestamp::min(); }
};
static_assert(sizeof(Run) + sizeof(signal::Sample) <= 64);

/// Many readers, one writer, in the order they come: the system's lock lets readers starve writers.
class Gate {
 public:
  std::shared_lock<std::shared_mutex> enter() {
    const std::lock_guard turn{turn_};
    return std::shared_lock{mutex_};
  }
  std::unique_lock<std::shared_mutex> close() {
    const std::lock_guard turn{turn_};
    return std::unique_lock{mutex_};
  }

 private:
  std::mutex turn_;
  std::shared_mutex mutex_;
};

struct Frozen {
  SignalId signal{};
  std::shared_ptr<const Run> run;
  SeriesState state;
};

/// The recent samples of all signals, and what is known of each. Safe from many threads.
class Heads {
 public:
  /// Puts a batch in; `position` is where the write-ahead record is behind it. With `skip_until` (by shard), samples of
  /// shards sealed up to there are left out.
  AppendCounts apply(const SampleBatch& batch, Position position,
                     const std::array<Position, kShards>* skip_until = nullptr);

  std::optional<LastValue> last(SignalId signal) const;
  /// The unsealed samples in [begin, end], in order; and what is stored.
  struct Recent {
    Series series;
    SeriesState state;
    std::optional<LastValue> last;
  };
  std::optional<Recent> recent(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns) const;

  /// Takes what a shard holds, to be sealed; what was taken before and not given back comes again. `position`: up to
  /// where the write-ahead record is in it.
  std::vector<Frozen> freeze(std::size_t shard, Position& position);
  /// What was frozen is stored.
  void sealed(std::size_t shard, const std::vector<Frozen>& frozen, Position position);

  /// What is known of a shard as one row, with `changes`, in order of their signals, in it.
  std::string encode_shard(std::size_t shard, Position position, std::span<const StateChange> changes) const;
  /// Errors: `corrupt`.
  Result<Position> restore_shard(std::size_t shard, std::string_view bytes);

  std::vector<SignalId> signals(std::size_t shard) const;
  std::optional<SeriesState> state(SignalId signal) const;
  void set_state(SignalId signal, const SeriesState& state);
  void set_last(SignalId signal, const LastValue& last);
  void forget(SignalId signal);

  /// Memory held, in units of one sample.
  std::size_t weight(std::size_t shard) const { return shards_[shard].weight; }
  std::size_t weight() const;
  std::int64_t signal_count() const { return signal_count_; }
  /// Up to where each shard's samples are in chunks.
  Position sealed_position(std::size_t shard) const;
  Gate& gate(std::size_t shard) { return shards_[shard].gate; }

 private:
  struct Shard {
    std::vector<std::unique_ptr<Head>> heads;
    std::atomic<std::size_t> weight = 0;  ///< Active and frozen.
    Position applied = 0, frozen_at = 0, sealed = 0;
    bool freezing = false;
    Gate gate;
  };
  Head* find(SignalId signal) const;
  Head& make(SignalId signal);
  static void put(Head& head, const SampleBatch& batch, const signal::Sample& sample, AppendCounts& counts);
  void prefetch(const SampleBatch& batch, std::size_t at) const;

  mutable std::mutex mutex_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::int64_t> signal_count_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace hanse::historian::internal
