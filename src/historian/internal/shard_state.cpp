// How a shard's signals are kept in one row: the last value of each and what is known of its stored part. Layout:
// docs/formats/chunk.md.
#include "historian/internal/byte_stream.hpp"
#include "historian/internal/crc32c.hpp"
#include "historian/internal/heads.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using signal::ValueType;

constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kRowBytesMax = 1u << 30;  // the checksum was good: only a bound on a bug
constexpr std::uint8_t kHasLast = 1, kHasRollups = 2, kHasMinutes = 4;

/// Times of one signal lie close together: differences from its last sealed sample; 0 for a time that isn't set.
void write_time(std::int64_t time, std::int64_t unset, std::int64_t base, ByteWriter& out) {
  out.varint(time == unset ? 0 : 1 + zigzag(wrapping_sub(time, base)));
}

std::int64_t read_time(ByteReader& in, std::int64_t unset, std::int64_t base) {
  const auto number = in.varint();
  return number == 0 ? unset : wrapping_add(base, unzigzag(number - 1));
}

constexpr auto kUnsetOldest = std::numeric_limits<std::int64_t>::max();

void write_state(const SeriesState& state, ByteWriter& out) {
  out.u64(static_cast<std::uint64_t>(state.sealed_ns));
  write_time(state.oldest_ns, kUnsetOldest, state.sealed_ns, out);
  for (const auto time : {state.small_begin_ns, state.rolled_ns, state.rollup_begin_ns}) {
    write_time(time, kNever, state.sealed_ns, out);
  }
  for (const auto count : {state.small_chunks, state.small_samples, state.merged_samples, state.small_rollups}) {
    out.varint(count);
  }
}

void read_state(ByteReader& in, SeriesState& state) {
  state.sealed_ns = static_cast<std::int64_t>(in.u64());
  state.oldest_ns = read_time(in, kUnsetOldest, state.sealed_ns);
  for (auto* time : {&state.small_begin_ns, &state.rolled_ns, &state.rollup_begin_ns}) {
    *time = read_time(in, kNever, state.sealed_ns);
  }
  for (auto* count : {&state.small_chunks, &state.small_samples, &state.merged_samples, &state.small_rollups}) {
    *count = static_cast<std::uint32_t>(in.varint());
  }
}

void write_last(const Head& head, std::int64_t base, ByteWriter& out) {
  out.signed_varint(wrapping_sub(head.last.time.ns, base));
  out.u8(static_cast<std::uint8_t>(head.last.type));
  out.u8(static_cast<std::uint8_t>(head.last.quality));
  if (head.last.type == ValueType::text) {
    out.text(head.last_text);
  } else {
    out.u64(head.last.bits);
  }
}

bool read_last(ByteReader& in, Head& head) {
  head.last.time.ns = wrapping_add(head.state.sealed_ns, in.signed_varint());
  const auto type = in.u8(), quality = in.u8();
  if (type > static_cast<std::uint8_t>(ValueType::text) || quality > static_cast<std::uint8_t>(signal::Quality::bad))
    return false;
  head.last.type = static_cast<ValueType>(type);
  head.last.quality = static_cast<signal::Quality>(quality);
  if (head.last.type == ValueType::text) {
    head.last_text = in.text();
  } else {
    head.last.bits = in.u64();
  }
  return in.ok();
}

}  // namespace

std::string Heads::encode_shard(std::size_t number, Position position, std::span<const StateChange> changes) const {
  std::string signals;
  ByteWriter out{signals};
  std::unique_lock lock{mutex_};
  const auto& heads = shards_[number].heads;
  auto next = changes.begin();
  for (std::size_t slot = 0; slot < heads.size(); ++slot) {
    const Head* head = heads[slot].get();
    if (head == nullptr) continue;
    const auto signal = SignalId{static_cast<std::uint32_t>(slot * kShards + number)};
    while (next != changes.end() && next->signal < signal) ++next;
    const auto& state = next != changes.end() && next->signal == signal ? *next->state : head->state;
    out.varint(slot + 1);
    out.u8(static_cast<std::uint8_t>((head->has_last() ? kHasLast : 0) | (state.has_rollups ? kHasRollups : 0) |
                                     (state.has_minutes ? kHasMinutes : 0)));
    write_state(state, out);
    if (head->has_last()) write_last(*head, state.sealed_ns, out);
  }
  lock.unlock();
  out.varint(0);
  std::string bytes;
  ByteWriter row{bytes};
  row.u8(kStateVersion);
  row.u64(position);
  put_symbols({reinterpret_cast<const std::uint8_t*>(signals.data()), signals.size()}, row);
  row.u32(crc32c(bytes));
  return bytes;
}

Result<Position> Heads::restore_shard(std::size_t number, std::string_view bytes) {
  const auto damaged = [] { return fail(ErrorCode::corrupt, "what the history knows of its signals is damaged"); };
  if (bytes.size() < 4) return damaged();
  ByteReader check{bytes.substr(bytes.size() - 4)};
  if (check.u32() != crc32c(bytes.substr(0, bytes.size() - 4))) return damaged();
  ByteReader row{bytes.substr(0, bytes.size() - 4)};
  if (row.u8() != kStateVersion) return damaged();
  const Position position = row.u64();
  std::string signals;
  if (!read_symbols(row, kRowBytesMax, signals)) return damaged();
  ByteReader in{signals};
  const std::lock_guard lock{mutex_};
  for (auto slot = in.varint(); in.ok() && slot != 0; slot = in.varint()) {
    const auto signal = (slot - 1) * kShards + number;
    if (signal > kSignalMax) return damaged();
    auto& head = make(SignalId{static_cast<std::uint32_t>(signal)});
    const auto flags = in.u8();
    read_state(in, head.state);
    head.state.has_rollups = (flags & kHasRollups) != 0;
    head.state.has_minutes = (flags & kHasMinutes) != 0;
    head.last.signal = SignalId{static_cast<std::uint32_t>(signal)};
    if ((flags & kHasLast) != 0 && !read_last(in, head)) return damaged();
  }
  if (!in.ok()) return damaged();
  shards_[number].sealed = position;
  return position;
}

}  // namespace hanse::historian::internal
