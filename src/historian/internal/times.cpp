#include "historian/internal/times.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/assert.hpp"

namespace hanse::historian::internal {
namespace {

enum class TimeWay : std::uint8_t { regular, differences, grid };
constexpr std::array<std::int64_t, 4> kUnits{1'000'000'000, 1'000'000, 1'000, 1};

bool is_regular(std::span<const std::int64_t> times) {
  const auto step = times.size() > 1 ? wrapping_sub(times[1], times[0]) : 0;
  bool regular = true;
  for (std::size_t i = 2; i < times.size(); ++i) regular &= wrapping_sub(times[i], times[i - 1]) == step;
  return regular;
}

/// The largest unit that divides all.
std::size_t unit_of(std::span<const std::int64_t> differences) {
  for (std::size_t u = 0; u + 1 < kUnits.size(); ++u) {
    if (std::all_of(differences.begin(), differences.end(), [&](std::int64_t d) { return d % kUnits[u] == 0; }))
      return u;
  }
  return kUnits.size() - 1;
}

bool increasing(std::span<const std::int64_t> times) {
  bool good = true;
  for (std::size_t i = 1; i < times.size(); ++i) good &= times[i - 1] < times[i];
  return good;
}

/// first, first + step, ... into `out`, its padding included. False when they don't increase.
bool fill_regular(std::int64_t first, std::int64_t step, std::span<std::int64_t> out) {
  const std::size_t count = out.size() - kColumnPadding;
  std::int64_t reach = 0, last = 0;
  const bool fits = !__builtin_mul_overflow(step, static_cast<std::int64_t>(count - 1), &reach) &&
                    !__builtin_add_overflow(first, reach, &last);
  // Two far ends of all time are further apart than a difference can say.
  if (count > 1 && !(fits && step > 0) && !(count == 2 && first < wrapping_add(first, step))) return false;
  std::array<std::uint64_t, kColumnPadding> lanes{};
  for (std::size_t j = 0; j < kColumnPadding; ++j)
    lanes[j] = static_cast<std::uint64_t>(first) + j * static_cast<std::uint64_t>(step);
  for (std::size_t i = 0; i < count; i += kColumnPadding) {
    for (std::size_t j = 0; j < kColumnPadding; ++j) {
      out[i + j] = static_cast<std::int64_t>(lanes[j]);
      lanes[j] += kColumnPadding * static_cast<std::uint64_t>(step);
    }
  }
  return true;
}

}  // namespace

void encode_times(std::span<const std::int64_t> times, std::int64_t base, ByteWriter& out) {
  if (times.empty()) return;
  if (is_regular(times)) {
    out.u8(static_cast<std::uint8_t>(TimeWay::regular));
    out.signed_varint(wrapping_sub(times[0], base));
    out.signed_varint(times.size() > 1 ? wrapping_sub(times[1], times[0]) : 0);
    return;
  }
  std::vector<std::int64_t> differences(times.size() - 1);
  for (std::size_t i = 1; i < times.size(); ++i) differences[i - 1] = wrapping_sub(times[i], times[i - 1]);
  const auto unit = unit_of(differences);
  const auto step = wrapping_sub(times.back(), times[0]) / static_cast<std::int64_t>(times.size() - 1) / kUnits[unit];
  std::vector<std::int64_t> off_grid(times.size() - 1);
  std::int64_t off = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] /= kUnits[unit];
    off_grid[i] = off = wrapping_add(off, wrapping_sub(differences[i], step));
  }
  const bool grid = estimated_bits(off_grid) < estimated_bits(differences);
  out.u8(static_cast<std::uint8_t>(grid ? TimeWay::grid : TimeWay::differences));
  out.u8(static_cast<std::uint8_t>(unit));
  out.signed_varint(wrapping_sub(times[0], base));
  if (grid) out.signed_varint(step);
  encode_integers(grid ? off_grid : differences, out);
}

bool decode_times(ByteReader& in, std::int64_t base, std::span<std::int64_t> out) {
  HANSE_ASSERT(out.size() >= kColumnPadding);
  const auto times = out.first(out.size() - kColumnPadding);
  if (times.empty()) return true;
  const auto way = static_cast<TimeWay>(in.u8());
  if (way == TimeWay::regular) {
    const auto first = wrapping_add(base, in.signed_varint()), step = in.signed_varint();
    return in.ok() && fill_regular(first, step, out);
  }
  const std::size_t unit = in.u8();
  if (way > TimeWay::grid || unit >= kUnits.size()) return false;
  times[0] = wrapping_add(base, in.signed_varint());
  const auto step = way == TimeWay::grid ? static_cast<std::uint64_t>(in.signed_varint()) : 0;
  if (!in.ok() || !decode_integers(in, out.subspan(1))) return false;
  const auto scale = static_cast<std::uint64_t>(kUnits[unit]);
  auto last = static_cast<std::uint64_t>(times[0]);
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto number = static_cast<std::uint64_t>(times[i]);
    if (way == TimeWay::grid) {
      times[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(times[0]) + (number + step * i) * scale);
    } else {
      last += number * scale;
      times[i] = static_cast<std::int64_t>(last);
    }
  }
  return increasing(times);
}

}  // namespace hanse::historian::internal
