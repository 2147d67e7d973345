#include "historian/engine.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <thread>

#include "historian/internal/batch_codec.hpp"
#include "historian/internal/files.hpp"
#include "historian/internal/heads.hpp"
#include "historian/internal/keeper.hpp"
#include "historian/internal/levels.hpp"
#include "historian/internal/reader.hpp"
#include "historian/internal/write_ahead.hpp"

namespace hanse::historian {
namespace {

using namespace internal;
using signal::ValueType;

constexpr std::size_t kTextBytesMax = 65'536;
constexpr std::size_t kBatchSamplesMax = 4'000'000;
constexpr std::size_t kGroupBytesMax = 16u << 20;  // bounds what one flush of the disk waits for
constexpr std::size_t kBuffersKept = 4;
constexpr auto kRound = std::chrono::seconds{1};
constexpr auto kPatience = std::chrono::seconds{10};
constexpr std::int64_t kSlowCommitMs = 1000;
constexpr auto kSlowSaidEvery = std::chrono::minutes{1};
constexpr auto kExpiryRound = std::chrono::minutes{10};

Result<void> check_batch(const SampleBatch& batch) {
  if (batch.samples.size() > kBatchSamplesMax) {
    return fail(ErrorCode::too_large,
                fmt::format("a batch of {} samples is over {}", batch.samples.size(), kBatchSamplesMax));
  }
  for (const auto& sample : batch.samples) {
    const auto number = static_cast<std::uint32_t>(sample.signal);
    const bool known = number != 0 && number <= kSignalMax;
    const bool in_time = sample.time > Timestamp::min() && sample.time < Timestamp::max();
    const bool typed = sample.type <= ValueType::text && sample.quality <= signal::Quality::bad;
    const bool worded = sample.type != ValueType::text || sample.bits < batch.texts.size();
    if (!known || !in_time || !typed || !worded) {
      return fail(
          ErrorCode::invalid,
          fmt::format("a sample of signal {} can't be kept: its number, time, type or text is out of bounds", number));
    }
  }
  for (const auto& text : batch.texts) {
    if (text.size() > kTextBytesMax) {
      return fail(ErrorCode::too_large, fmt::format("a text of {} bytes is over {}", text.size(), kTextBytesMax));
    }
  }
  return {};
}

/// A batch on its way through a group commit.
struct Waiting {
  const SampleBatch& batch;
  std::string record;
  std::optional<Result<AppendCounts>> outcome;
};

class EmbeddedEngine final : public Engine {
 public:
  EmbeddedEngine(EngineContext context, HistorianSettings settings)
      : context_(std::move(context)),
        settings_(std::move(settings)),
        keeper_(context_.chunks, heads_, context_.log),
        reader_(context_.chunks, heads_, keeper_, context_.clock) {}

  ~EmbeddedEngine() override {
    background_ = {};
    const std::lock_guard lock{keeper_mutex_};
    if (const auto sealed = seal_all(); !sealed) {
      context_.log.error("historian", "what is in memory stays in the write-ahead record: " + sealed.error().message);
    }
  }

  Result<void> open();

  Result<AppendCounts> append(const SampleBatch& batch) override;
  std::vector<std::optional<LastValue>> last(std::span<const SignalId> signals) override {
    std::vector<std::optional<LastValue>> out;
    for (const auto signal : signals) out.push_back(heads_.last(signal));
    return out;
  }
  Result<SampleBatch> raw(SignalId signal, TimeRange range, std::size_t limit, std::stop_token stop) override {
    return reader_.raw(signal, range, limit, std::move(stop));
  }
  Result<std::optional<LastValue>> at(SignalId signal, Timestamp time) override { return reader_.at(signal, time); }
  Result<std::vector<Bucket>> aggregate(SignalId signal, TimeRange range, Duration step,
                                        std::stop_token stop) override {
    return reader_.aggregate(signal, range, step, std::move(stop));
  }
  Result<std::vector<Pixel>> downsample(SignalId signal, TimeRange range, std::size_t pixels,
                                        std::stop_token stop) override {
    return reader_.downsample(signal, range, pixels, std::move(stop));
  }
  Result<std::vector<StateDuration>> state_durations(SignalId signal, TimeRange range, std::stop_token stop) override {
    return reader_.state_durations(signal, range, std::move(stop));
  }
  Result<void> erase(SignalId signal) override;
  Result<void> flush() override {
    const std::lock_guard lock{keeper_mutex_};
    return seal_all();
  }

  EngineFigures figures() const override;
  Result<void> maintain() override {
    const std::lock_guard lock{keeper_mutex_};
    HANSE_CHECK(seal_due());
    HANSE_CHECK(merge_all(false));
    return expire();
  }
  Result<void> compact() override {
    const std::lock_guard lock{keeper_mutex_};
    HANSE_CHECK(keeper_.set_damaged_apart());
    // Shard by shard, so that what merging frees is used again at once.
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      HANSE_CHECK(keeper_.seal(shard, true));
      HANSE_CHECK(keeper_.merge(shard, true));
    }
    return cut_record();
  }
  Result<std::int64_t> verify(std::stop_token stop) override {
    const std::lock_guard lock{keeper_mutex_};
    return keeper_.verify(std::move(stop));
  }

 private:
  Result<void> load_states(std::array<Position, kShards>& sealed);
  Result<void> rebuild_shard(std::size_t shard);
  Result<void> recover(const std::array<Position, kShards>& sealed);

  void commit_group();
  void note_commit(Duration took);
  std::string take_buffer();
  void give_back(std::string buffer);
  Result<void> wait_for_room();
  std::size_t weight_max() const { return static_cast<std::size_t>(settings_.memory_samples_max); }

  // With keeper_mutex_ held.
  Result<void> seal_all();
  Result<void> seal_due();
  Result<void> seal_shard(std::size_t shard);
  Result<void> cut_record();
  Result<void> merge_all(bool all);
  Result<void> expire();
  RetentionClass retention_of(SignalId signal) const;
  void run(const std::stop_token& stop);

  EngineContext context_;
  HistorianSettings settings_;
  Heads heads_;
  Keeper keeper_;
  Reader reader_;

  std::mutex queue_mutex_;
  std::vector<Waiting*> queue_;
  std::vector<std::string> buffers_;
  std::mutex
      commit_mutex_;  ///< Held by who writes the record for all that wait. Taken after keeper_mutex_, never before it.
  std::optional<WriteAhead> record_;
  std::mutex keeper_mutex_;  ///< Held by who seals, merges, expires or erases.

  std::mutex round_mutex_;
  std::condition_variable_any work_there_, room_there_;
  bool work_ = false;
  std::atomic<std::int64_t> appended_ = 0, replaced_ = 0, late_ = 0, commits_ = 0, recovered_ = 0,
                            damaged_log_bytes_ = 0;
  std::atomic<std::int64_t> commit_ms_ = 0, commit_ms_max_ = 0;
  std::optional<Duration> slow_said_at_;
  Duration expired_at_{-kExpiryRound};
  std::jthread background_;
};

Result<void> EmbeddedEngine::open() {
  std::array<Position, kShards> sealed{};
  HANSE_CHECK(load_states(sealed));
  HANSE_CHECK(recover(sealed));
  if (context_.background) background_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
  return {};
}

Result<void> EmbeddedEngine::load_states(std::array<Position, kShards>& sealed) {
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    bool damaged = false;
    HANSE_CHECK(context_.chunks.scan(kStateSeries + static_cast<std::uint32_t>(shard), kState, 0, 0,
                                     [&](const store::Chunk& chunk) {
                                       auto position = heads_.restore_shard(shard, chunk.bytes);
                                       if (position) sealed[shard] = *position;
                                       damaged = !position;
                                       return false;
                                     }));
    if (damaged) HANSE_CHECK(rebuild_shard(shard));
  }
  return {};
}

/// The row is damaged: what it said is found again in the chunks, at the cost of reading their list.
Result<void> EmbeddedEngine::rebuild_shard(std::size_t shard) {
  context_.log.error("historian",
                     "what the history knows of a part of its signals is damaged and is found again in the chunks",
                     {{"part", std::to_string(shard)}});
  std::map<SignalId, SeriesState> states;
  HANSE_CHECK(context_.chunks.list([&](const store::ChunkKey& key, std::int64_t end_ns, std::size_t) {
    if (shard_of(SignalId{key.series}) != shard || key.level > kHours) return;
    auto& state = states[SignalId{key.series}];
    state.has_rollups = state.has_rollups || key.level == kHours;
    state.has_minutes = state.has_minutes || key.level == kMinutes;
    if (key.level != kRaw) return;
    state.sealed_ns = std::max(state.sealed_ns, end_ns);
    state.oldest_ns = std::min(state.oldest_ns, key.begin_ns);
    ++state.small_chunks;
    state.small_begin_ns = state.oldest_ns;
  }));
  for (auto& [signal, state] : states) {
    if (state.has_rollups) state.rolled_ns = floor_to(state.sealed_ns, kHourNs);
    // Merging begins with what comes next.
    state.small_chunks = 0;
    heads_.set_state(signal, state);
    heads_.set_last(signal, {.sample = {.time = {state.sealed_ns}, .signal = signal}, .text = ""});
    HANSE_TRY(const auto batch, reader_.raw(signal, {{state.sealed_ns}, {state.sealed_ns + 1}}, 1, {}));
    if (!batch.empty()) heads_.set_last(signal, {batch.samples[0], batch.texts.empty() ? "" : batch.texts[0]});
  }
  return {};
}

Result<void> EmbeddedEngine::recover(const std::array<Position, kShards>& sealed) {
  Files& files = context_.files != nullptr ? *context_.files : real_files();
  WriteAhead::Replayed replayed;
  const auto newest = *std::max_element(sealed.begin(), sealed.end());
  const auto visit = [&](Position position, std::string_view payload) {
    const auto batch = decode_batch(payload);
    if (!batch) {
      replayed.damaged_bytes += static_cast<std::int64_t>(payload.size());
      return;
    }
    const auto counts = heads_.apply(*batch, position, &sealed);
    recovered_ += counts.stored;
    // What doesn't fit into memory is sealed on the way.
    for (std::size_t shard = 0; heads_.weight() > weight_max() && shard < kShards; ++shard) {
      if (!keeper_.seal(shard)) break;
    }
  };
  HANSE_TRY(record_, WriteAhead::open(files, context_.folder, newest, visit, replayed));
  damaged_log_bytes_ = replayed.damaged_bytes;
  if (replayed.damaged_bytes > 0) {
    context_.log.error("historian", "the write-ahead record is damaged; samples in these bytes are lost",
                       {{"bytes", std::to_string(replayed.damaged_bytes)}, {"folder", context_.folder}});
  }
  if (replayed.torn_bytes > 0) {
    context_.log.warning("historian",
                         "the write-ahead record ends in a write that wasn't finished; it was never acknowledged",
                         {{"bytes", std::to_string(replayed.torn_bytes)}});
  }
  return {};
}

Result<AppendCounts> EmbeddedEngine::append(const SampleBatch& batch) {
  if (batch.empty()) return AppendCounts{};
  HANSE_CHECK(check_batch(batch));
  Waiting waiting{.batch = batch, .record = take_buffer()};
  const auto start = WriteAhead::open_frame(waiting.record);
  encode_batch(batch, waiting.record);
  WriteAhead::close_frame(waiting.record, start);
  HANSE_CHECK(wait_for_room());
  {
    const std::lock_guard lock{queue_mutex_};
    queue_.push_back(&waiting);
  }
  // Who gets in first writes for all that wait; the others find theirs done.
  const std::lock_guard lead{commit_mutex_};
  while (!waiting.outcome) commit_group();
  give_back(std::move(waiting.record));
  return *std::move(waiting.outcome);
}

/// Buffers are used again: fresh memory of this size costs as much as filling it.
std::string EmbeddedEngine::take_buffer() {
  const std::lock_guard lock{queue_mutex_};
  if (buffers_.empty()) return {};
  auto buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void EmbeddedEngine::give_back(std::string buffer) {
  buffer.clear();
  const std::lock_guard lock{queue_mutex_};
  if (buffers_.size() < kBuffersKept && buffer.capacity() <= kGroupBytesMax) buffers_.push_back(std::move(buffer));
}

void EmbeddedEngine::commit_group() {
  if (settings_.durability == Durability::window) {
    std::unique_lock lock{round_mutex_};
    work_there_.wait_for(lock, std::chrono::milliseconds{settings_.window_ms}, [] { return false; });
  }
  std::vector<Waiting*> group;
  std::size_t bytes = 0;
  {
    const std::lock_guard lock{queue_mutex_};
    std::size_t count = 0;
    while (count < queue_.size() && (count == 0 || bytes + queue_[count]->record.size() <= kGroupBytesMax)) {
      bytes += queue_[count++]->record.size();
    }
    group.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::string joined;
  if (group.size() > 1) {
    joined.reserve(bytes);
    for (const auto* one : group) joined += one->record;
  }
  const auto begin = context_.clock.monotonic();
  const auto position = record_->append(group.size() > 1 ? joined : group[0]->record);
  ++commits_;
  note_commit(context_.clock.monotonic() - begin);
  // Each batch with its own position: a shard may be frozen between two of one group.
  auto at = position ? *position - bytes : 0;
  for (auto* one : group) {
    if (!position) {
      one->outcome = position.error();
      continue;
    }
    const auto counts = heads_.apply(one->batch, at += one->record.size());
    appended_ += counts.stored;
    replaced_ += counts.replaced;
    late_ += counts.late;
    one->outcome = counts;
  }
  const bool due = heads_.weight() > weight_max() || record_->bytes() > settings_.log_mb_max * 1'000'000;
  if (!due) return;
  const std::lock_guard lock{round_mutex_};
  work_ = true;
  work_there_.notify_all();
}

/// A slow disk loses nothing, but everything waits for it: said in the figures and, now and then, in the log.
void EmbeddedEngine::note_commit(Duration took) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  commit_ms_ = ms;
  commit_ms_max_ = std::max(commit_ms_max_.load(), ms);
  const auto now = context_.clock.monotonic();
  if (ms < kSlowCommitMs || (slow_said_at_ && now - *slow_said_at_ < kSlowSaidEvery)) return;
  slow_said_at_ = now;
  context_.log.warning("historian",
                       "the disk is slow: samples wait for it to keep them; look at what else writes to it",
                       {{"took_ms", std::to_string(ms)}, {"folder", context_.folder}});
}

/// Sealing can't keep up, or the store takes nothing: better slow, and at last refused, than out of memory.
Result<void> EmbeddedEngine::wait_for_room() {
  const auto enough = weight_max() + weight_max() / 4;
  if (heads_.weight() < enough || !context_.background) return {};
  std::unique_lock lock{round_mutex_};
  work_ = true;
  work_there_.notify_all();
  room_there_.wait_for(lock, kPatience, [this, enough] { return heads_.weight() < enough; });
  if (heads_.weight() < 4 * weight_max()) return {};
  return fail(ErrorCode::unavailable, "the history takes nothing more until the store takes what is in memory");
}

Result<void> EmbeddedEngine::seal_shard(std::size_t shard) {
  const auto sealed = keeper_.seal(shard);
  const std::lock_guard lock{round_mutex_};
  room_there_.notify_all();
  return sealed;
}

Result<void> EmbeddedEngine::seal_all() {
  for (std::size_t shard = 0; shard < kShards; ++shard) HANSE_CHECK(seal_shard(shard));
  return cut_record();
}

Result<void> EmbeddedEngine::cut_record() {
  auto oldest = heads_.sealed_position(0);
  for (std::size_t shard = 1; shard < kShards; ++shard) oldest = std::min(oldest, heads_.sealed_position(shard));
  const std::lock_guard lead{commit_mutex_};
  return record_->drop_before(oldest);
}

/// The heaviest shard while memory is over its limit; the one that holds the record back while that is too long.
Result<void> EmbeddedEngine::seal_due() {
  bool sealed = false;
  while (heads_.weight() > weight_max()) {
    std::size_t heaviest = 0;
    for (std::size_t shard = 1; shard < kShards; ++shard)
      heaviest = heads_.weight(shard) > heads_.weight(heaviest) ? shard : heaviest;
    HANSE_CHECK(seal_shard(heaviest));
    sealed = true;
  }
  for (std::size_t round = 0; round < kShards && record_->bytes() > settings_.log_mb_max * 1'000'000; ++round) {
    std::size_t oldest = 0;
    for (std::size_t shard = 1; shard < kShards; ++shard) {
      oldest = heads_.sealed_position(shard) < heads_.sealed_position(oldest) ? shard : oldest;
    }
    HANSE_CHECK(seal_shard(oldest));
    HANSE_CHECK(cut_record());
  }
  return sealed ? cut_record() : Result<void>{};
}

Result<void> EmbeddedEngine::merge_all(bool all) {
  HANSE_CHECK(keeper_.set_damaged_apart());
  for (std::size_t shard = 0; shard < kShards; ++shard) HANSE_CHECK(keeper_.merge(shard, all));
  return {};
}

RetentionClass EmbeddedEngine::retention_of(SignalId signal) const {
  RetentionClass out{.name = "",
                     .raw_days = settings_.raw_days,
                     .minute_days = settings_.minute_days,
                     .hour_days = settings_.hour_days};
  if (!context_.class_of || settings_.classes.empty()) return out;
  const auto name = context_.class_of(signal);
  for (const auto& one : settings_.classes) {
    if (one.name == name) return one;
  }
  return out;
}

Result<void> EmbeddedEngine::expire() {
  const auto now = context_.clock.now();
  expired_at_ = context_.clock.monotonic();
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    for (const auto signal : heads_.signals(shard)) HANSE_CHECK(keeper_.expire(signal, retention_of(signal), now));
  }
  return {};
}

void EmbeddedEngine::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{round_mutex_};
      work_there_.wait_for(lock, stop, kRound, [this] { return work_; });
      work_ = false;
    }
    if (stop.stop_requested()) return;
    const std::lock_guard lock{keeper_mutex_};
    auto done = seal_due();
    if (done) done = merge_all(false);
    if (done && context_.clock.monotonic() - expired_at_ >= kExpiryRound) done = expire();
    if (!done) context_.log.error("historian", "the history can't be sealed: " + done.error().message);
  }
}

Result<void> EmbeddedEngine::erase(SignalId signal) {
  const std::lock_guard keeping{keeper_mutex_};
  // All that the record holds goes into chunks, and nothing new comes meanwhile, so that the record can go.
  for (std::size_t shard = 0; shard < kShards; ++shard) HANSE_CHECK(seal_shard(shard));
  const std::lock_guard lead{commit_mutex_};
  for (std::size_t shard = 0; shard < kShards; ++shard) HANSE_CHECK(keeper_.seal(shard));
  const auto shard = shard_of(signal);
  {
    const auto closed = heads_.gate(shard).close();
    heads_.forget(signal);
    HANSE_CHECK(context_.chunks.erase_series(static_cast<std::uint32_t>(signal), true));
    // The shard's row holds the signal's last value: the old row is purged, too.
    const auto position = record_->position();
    const auto series = kStateSeries + static_cast<std::uint32_t>(shard);
    const store::Chunk row{.series = series, .level = kState, .bytes = heads_.encode_shard(shard, position, {})};
    HANSE_CHECK(context_.chunks.erase_series(series, true));
    HANSE_CHECK(context_.chunks.change({}, std::span{&row, 1}));
  }
  HANSE_CHECK(record_->rotate());
  return record_->drop_before(record_->position());
}

EngineFigures EmbeddedEngine::figures() const {
  const auto& kept = keeper_.figures();
  return {.appended = appended_,
          .replaced = replaced_ + kept.replaced,
          .late = late_,
          .commits = commits_,
          .commit_ms = commit_ms_,
          .commit_ms_max = commit_ms_max_,
          .signals = heads_.signal_count(),
          .memory_samples = static_cast<std::int64_t>(heads_.weight()),
          .log_bytes = record_->bytes(),
          .chunks_sealed = kept.chunks_sealed,
          .chunks_merged = kept.chunks_merged,
          .rollups_written = kept.rollups_written,
          .chunks_expired = kept.chunks_expired,
          .recovered = recovered_,
          .damaged_chunks = kept.damaged_chunks,
          .damaged_log_bytes = damaged_log_bytes_,
          .failed = record_->failed()};
}

}  // namespace

Result<std::unique_ptr<Engine>> open_historian(EngineContext context, HistorianSettings settings) {
  auto engine = std::make_unique<EmbeddedEngine>(std::move(context), std::move(settings));
  HANSE_CHECK(engine->open());
  return std::unique_ptr<Engine>{std::move(engine)};
}

}  // namespace hanse::historian
