#include "historian/internal/heads.hpp"

#include <algorithm>

#include "historian/internal/crc32c.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using signal::ValueType;

bool before(const Sample& sample, Timestamp time) { return sample.time < time; }

}  // namespace

std::uint64_t TextPool::intern(std::string_view text) {
  const auto [place, is_new] = numbers_.try_emplace(std::string{text}, list_.size());
  if (is_new) list_.emplace_back(text);
  return place->second;
}

Run::Put Run::put(Sample sample, std::string_view text) {
  if (sample.type == ValueType::text) {
    weight += text.size() / sizeof(Sample);
    if (!texts) texts = std::make_unique<TextPool>();
    sample.bits = texts->intern(text);
  }
  if (samples.empty() || samples.back().time < sample.time) {
    samples.push_back(sample);
    ++weight;
    return Put::appended;
  }
  const auto place = std::lower_bound(samples.begin(), samples.end(), sample.time, before);
  if (place != samples.end() && place->time == sample.time) {
    *place = sample;
    return Put::replaced;
  }
  samples.insert(place, sample);
  ++weight;
  return Put::inserted;
}

bool Run::has(Timestamp time) const {
  const auto place = std::lower_bound(samples.begin(), samples.end(), time, before);
  return place != samples.end() && place->time == time;
}

Head* Heads::find(SignalId signal) const {
  const auto& heads = shards_[shard_of(signal)].heads;
  const auto slot = static_cast<std::uint32_t>(signal) / kShards;
  return slot < heads.size() ? heads[slot].get() : nullptr;
}

Head& Heads::make(SignalId signal) {
  auto& heads = shards_[shard_of(signal)].heads;
  const auto slot = static_cast<std::uint32_t>(signal) / kShards;
  if (slot >= heads.size()) heads.resize(slot + 1);
  if (!heads[slot]) {
    heads[slot] = std::make_unique<Head>();
    ++signal_count_;
  }
  return *heads[slot];
}

void Heads::put(Head& head, const SampleBatch& batch, const Sample& sample, AppendCounts& counts) {
  const bool is_text = sample.type == ValueType::text;
  // The usual case: all before are known to be earlier without a look at them, which would be a cache miss.
  if (head.last.time < sample.time && !is_text) {
    head.active.append(sample);
    head.last = sample;
    return;
  }
  const std::string_view text = is_text ? batch.text(sample) : std::string_view{};
  const auto put = head.active.put(sample, text);
  if (head.last.time < sample.time) {
    head.last = sample;
    head.last_text = text;
    return;
  }
  const bool again =
      put == Run::Put::replaced || head.last.time == sample.time || (head.frozen && head.frozen->has(sample.time));
  if (head.last.time == sample.time) {
    head.last = sample;
    head.last_text = text;
  } else {
    ++counts.late;
  }
  if (again) ++counts.replaced;
}

/// Batches go through many signals: each is two cache misses, which this has the memory work on ahead.
void Heads::prefetch(const SampleBatch& batch, std::size_t at) const {
  constexpr std::size_t kHeadAhead = 32, kTailAhead = 16;
  if (at + kHeadAhead < batch.samples.size()) {
    if (const Head* head = find(batch.samples[at + kHeadAhead].signal)) __builtin_prefetch(head);
  }
  if (at + kTailAhead < batch.samples.size()) {
    if (const Head* head = find(batch.samples[at + kTailAhead].signal)) {
      const auto* tail = reinterpret_cast<const char*>(head->active.samples.data() + head->active.samples.size());
      __builtin_prefetch(tail, 1);
      __builtin_prefetch(tail + sizeof(Sample) - 1, 1);
    }
  }
}

AppendCounts Heads::apply(const SampleBatch& batch, Position position,
                          const std::array<Position, kShards>* skip_until) {
  AppendCounts counts;
  std::array<std::size_t, kShards> weights{};
  const std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    const auto& sample = batch.samples[i];
    const auto shard = shard_of(sample.signal);
    if (skip_until != nullptr && position <= (*skip_until)[shard]) continue;
    prefetch(batch, i);
    auto& head = make(sample.signal);
    const auto weight = head.active.weight;
    put(head, batch, sample, counts);
    weights[shard] += head.active.weight - weight;
    ++counts.stored;
  }
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    shards_[shard].applied = position;
    if (weights[shard] > 0) shards_[shard].weight += weights[shard];
  }
  return counts;
}

std::optional<LastValue> Heads::last(SignalId signal) const {
  const std::lock_guard lock{mutex_};
  const Head* head = find(signal);
  if (head == nullptr || !head->has_last()) return std::nullopt;
  return LastValue{head->last, head->last.type == ValueType::text ? head->last_text : ""};
}

namespace {

/// Appends the run's samples in [begin, end], its texts numbered anew.
void copy_range(const Run& run, std::int64_t begin_ns, std::int64_t end_ns, Series& out) {
  const auto first = std::lower_bound(run.samples.begin(), run.samples.end(), Timestamp{begin_ns}, before);
  const auto base = out.texts.size();
  bool texts = false;
  for (auto sample = first; sample != run.samples.end() && sample->time.ns <= end_ns; ++sample) {
    out.samples.push_back(*sample);
    if (sample->type != ValueType::text) continue;
    out.samples.back().bits += base;
    texts = true;
  }
  if (texts) out.texts.insert(out.texts.end(), run.text_list().begin(), run.text_list().end());
}

/// The later run stands where both have a time.
void merge_runs(std::vector<Sample>& samples, std::size_t middle) {
  if (middle == 0 || middle == samples.size() || samples[middle - 1].time < samples[middle].time) return;
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(middle);
  std::inplace_merge(samples.begin(), at, samples.end(),
                     [](const Sample& a, const Sample& b) { return a.time < b.time; });
  std::size_t kept = 0;
  for (const auto& sample : samples) {
    if (kept > 0 && samples[kept - 1].time == sample.time) --kept;
    samples[kept++] = sample;
  }
  samples.resize(kept);
}

}  // namespace

std::optional<Heads::Recent> Heads::recent(SignalId signal, std::int64_t begin_ns, std::int64_t end_ns) const {
  const std::lock_guard lock{mutex_};
  const Head* head = find(signal);
  if (head == nullptr) return std::nullopt;
  Recent out{.state = head->state};
  if (head->has_last()) out.last = LastValue{head->last, head->last.type == ValueType::text ? head->last_text : ""};
  if (head->frozen) copy_range(*head->frozen, begin_ns, end_ns, out.series);
  const auto middle = out.series.samples.size();
  copy_range(head->active, begin_ns, end_ns, out.series);
  merge_runs(out.series.samples, middle);
  return out;
}

std::vector<Frozen> Heads::freeze(std::size_t number, Position& position) {
  std::vector<Frozen> out;
  const std::lock_guard lock{mutex_};
  auto& shard = shards_[number];
  if (!shard.freezing) shard.frozen_at = shard.applied;
  shard.freezing = true;
  position = shard.frozen_at;
  bool again = false;
  for (const auto& head : shard.heads) again = again || (head && head->frozen);
  for (std::size_t slot = 0; slot < shard.heads.size(); ++slot) {
    Head* head = shard.heads[slot].get();
    if (head == nullptr) continue;
    if (!again && !head->active.samples.empty()) {
      const auto room = head->active.samples.size();
      head->frozen = std::make_shared<const Run>(std::move(head->active));
      head->active = {};
      head->active.samples.reserve(std::min<std::size_t>(room, 256));
    }
    if (head->frozen)
      out.push_back({SignalId{static_cast<std::uint32_t>(slot * kShards + number)}, head->frozen, head->state});
  }
  return out;
}

void Heads::sealed(std::size_t number, const std::vector<Frozen>& frozen, Position position) {
  const std::lock_guard lock{mutex_};
  auto& shard = shards_[number];
  for (const auto& one : frozen) {
    Head* head = find(one.signal);
    if (head == nullptr) continue;
    head->state = one.state;
    head->state.version = ++version_;
    if (head->frozen == one.run) head->frozen.reset();
    shard.weight -= one.run->weight;
  }
  shard.sealed = position;
  shard.freezing = false;
}

std::vector<SignalId> Heads::signals(std::size_t number) const {
  std::vector<SignalId> out;
  const std::lock_guard lock{mutex_};
  const auto& heads = shards_[number].heads;
  for (std::size_t slot = 0; slot < heads.size(); ++slot) {
    if (heads[slot]) out.push_back(SignalId{static_cast<std::uint32_t>(slot * kShards + number)});
  }
  return out;
}

std::optional<SeriesState> Heads::state(SignalId signal) const {
  const std::lock_guard lock{mutex_};
  const Head* head = find(signal);
  return head == nullptr ? std::nullopt : std::optional{head->state};
}

void Heads::set_state(SignalId signal, const SeriesState& state) {
  const std::lock_guard lock{mutex_};
  auto& head = make(signal);
  head.state = state;
  head.state.version = ++version_;
}

void Heads::set_last(SignalId signal, const LastValue& last) {
  const std::lock_guard lock{mutex_};
  auto& head = make(signal);
  head.last = last.sample;
  head.last_text = last.text;
}

void Heads::forget(SignalId signal) {
  const std::lock_guard lock{mutex_};
  auto& shard = shards_[shard_of(signal)];
  Head* head = find(signal);
  if (head == nullptr) return;
  shard.weight -= head->active.weight + (head->frozen ? head->frozen->weight : 0);
  shard.heads[static_cast<std::uint32_t>(signal) / kShards].reset();
  --signal_count_;
}

std::size_t Heads::weight() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) all += shard.weight;
  return all;
}

Position Heads::sealed_position(std::size_t number) const {
  const std::lock_guard lock{mutex_};
  const auto& shard = shards_[number];
  // A shard without samples needs nothing of the record.
  return shard.weight == 0 && !shard.freezing ? shard.applied : shard.sealed;
}

}  // namespace hanse::historian::internal
