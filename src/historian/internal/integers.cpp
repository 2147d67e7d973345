#include "historian/internal/integers.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "historian/internal/byte_stream.hpp"
#include "historian/internal/low_bits.hpp"

namespace hanse::historian::internal {
namespace {

enum class Transform : std::uint8_t { none, delta, delta_of_delta };
constexpr std::uint8_t kTransformMask = 3;
constexpr std::uint8_t kRuns = 4;       // zeros are told as run lengths
constexpr std::uint8_t kEscape = 255;   // a symbol whose value stands in full among the exceptions
constexpr std::uint8_t kLongRun = 255;  // this many zeros, and the run goes on

/// What is left of `values` after the transform. `base` is what it starts from.
struct Residuals {
  std::int64_t base = 0;
  std::vector<std::uint64_t> zigzagged;
};

/// The residuals of values [from, to) into `out`, as unsigned numbers that are small when the residual is.
template <class Out>
void residuals_of(std::span<const std::int64_t> values, Transform transform, std::int64_t base, std::size_t from,
                  std::size_t to, Out out) {
  switch (transform) {
    case Transform::none:
      for (std::size_t i = from; i < to; ++i) *out++ = zigzag(wrapping_sub(values[i], base));
      break;
    case Transform::delta:
      if (from == 0 && to > 0) *out++ = 0, ++from;
      for (std::size_t i = from; i < to; ++i) *out++ = zigzag(wrapping_sub(values[i], values[i - 1]));
      break;
    case Transform::delta_of_delta:
      if (from == 0 && to > 0) *out++ = 0, ++from;
      if (from == 1 && to > 1) *out++ = zigzag(wrapping_sub(values[1], values[0])), ++from;
      for (std::size_t i = from; i < to; ++i) {
        const auto expected = wrapping_add(values[i - 1], wrapping_sub(values[i - 1], values[i - 2]));
        *out++ = zigzag(wrapping_sub(values[i], expected));
      }
      break;
  }
}

std::int64_t base_of(std::span<const std::int64_t> values, Transform transform) {
  return transform == Transform::none ? values[values.size() / 2] : values[0];
}

/// Sum over up to four stretches of 64 values. A zero counts half a bit, as long runs make it less and lone ones more.
std::uint64_t sampled_bits(std::span<const std::int64_t> values, Transform transform) {
  constexpr std::size_t kStretch = 64, kStretches = 4;
  std::array<std::uint64_t, kStretch> residuals;
  std::uint64_t half_bits = 0, seen = 0;
  const auto base = base_of(values, transform);
  const std::size_t stretches =
      values.size() <= kStretch * kStretches ? (values.size() + kStretch - 1) / kStretch : kStretches;
  for (std::size_t s = 0; s < stretches; ++s) {
    const std::size_t from = stretches < kStretches ? s * kStretch : s * (values.size() - kStretch) / (stretches - 1);
    const std::size_t to = std::min(from + kStretch, values.size());
    residuals_of(values, transform, base, from, to, residuals.begin());
    for (std::size_t i = 0; i < to - from; ++i) {
      half_bits += residuals[i] == 0 ? 1 : 2 * static_cast<std::uint64_t>(std::bit_width(residuals[i])) + 2;
    }
    seen += to - from;
  }
  return half_bits * values.size() / (2 * seen);
}

Transform best_transform(std::span<const std::int64_t> values) {
  auto best = Transform::none;
  auto least = sampled_bits(values, best);
  for (const auto other : {Transform::delta, Transform::delta_of_delta}) {
    const auto bits = sampled_bits(values, other);
    // Undoing a difference costs time: it has to pay.
    if (bits + bits / 32 < least) best = other, least = bits;
  }
  return best;
}

struct Streams {
  std::vector<std::uint8_t> runs;
  std::vector<std::uint64_t> numbers;  ///< Without the zeros when these are told as runs, and then less one.
};

Streams split_runs(std::vector<std::uint64_t> residuals, bool as_runs) {
  if (!as_runs) return {{}, std::move(residuals)};
  Streams out;
  std::size_t zeros = 0;
  for (const auto residual : residuals) {
    if (residual == 0) {
      ++zeros;
      continue;
    }
    for (; zeros >= kLongRun; zeros -= kLongRun) out.runs.push_back(kLongRun);
    out.runs.push_back(static_cast<std::uint8_t>(zeros));
    zeros = 0;
    out.numbers.push_back(residual - 1);
  }
  return out;
}

void put_numbers(std::span<const std::uint64_t> numbers, ByteWriter& out) {
  BitLengths lengths{};
  for (const auto number : numbers) ++lengths[static_cast<std::size_t>(std::bit_width(number))];
  const unsigned low = low_bits_for(lengths, numbers.size());
  std::vector<std::uint8_t> symbols(numbers.size());
  std::string exceptions;
  ByteWriter exception{exceptions};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto high = numbers[i] >> low;
    symbols[i] = static_cast<std::uint8_t>(std::min<std::uint64_t>(high, kEscape));
    if (high >= kEscape) exception.varint(high);
  }
  out.u8(static_cast<std::uint8_t>(low));
  put_symbols(symbols, out);
  pack_bits(numbers, low, out);
  out.text(exceptions);
}

/// What `put_numbers` wrote: symbols alone where these say everything, else whole numbers.
struct Numbers {
  std::string symbols;
  std::vector<std::uint64_t> wide;
  bool narrow = false;

  std::size_t size() const { return symbols.size(); }
  /// Calls `f` with a way to get at each number.
  template <class F>
  auto with(F f) const {
    if (narrow) return f([this](std::size_t i) -> std::uint64_t { return static_cast<std::uint8_t>(symbols[i]); });
    return f([this](std::size_t i) { return wide[i]; });
  }
};

/// At most `count_max` of them.
bool read_numbers(ByteReader& in, std::size_t count_max, Numbers& numbers) {
  const unsigned low = in.u8();
  if (low > kLowBitsMax || !read_symbols(in, count_max, numbers.symbols)) return false;
  const auto& symbols = numbers.symbols;
  numbers.wide.resize(low == 0 ? 0 : symbols.size());
  if (low > 0 && !unpack_bits(in, low, numbers.wide)) return false;
  ByteReader exceptions{in.text()};
  const bool escaped = exceptions.left() > 0;
  numbers.narrow = low == 0 && !escaped;
  if (numbers.narrow) return in.ok();
  numbers.wide.resize(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    std::uint64_t high = static_cast<std::uint8_t>(symbols[i]);
    if (escaped && high == kEscape) high = exceptions.varint();
    numbers.wide[i] |= high << low;
  }
  return in.ok() && exceptions.ok() && exceptions.left() == 0;
}

/// Puts numbers where their runs say, and with `kDelta` adds them up. A zero repeats the last value (delta) or the
/// base.
template <bool kDelta, class At>
bool expand(std::string_view runs, std::size_t count, At at, std::int64_t base, std::span<std::int64_t> out) {
  std::int64_t* place = out.data();
  std::int64_t* const end = place + (out.size() - kColumnPadding);
  std::int64_t level = base;
  std::size_t next = 0;
  for (const char byte : runs) {
    const std::size_t zeros = static_cast<std::uint8_t>(byte);
    if (zeros > static_cast<std::size_t>(end - place)) return false;
    // Most runs are short: eight stores without a branch. What is written too far is written over or is padding.
    for (std::size_t i = 0; i < kColumnPadding; ++i) place[i] = level;
    for (std::size_t i = kColumnPadding; i < zeros; ++i) place[i] = level;
    place += zeros;
    if (zeros == kLongRun) continue;
    if (place == end || next == count) return false;
    const auto step = unzigzag(at(next++) + 1);
    if constexpr (kDelta) {
      level = wrapping_add(level, step);
      *place++ = level;
    } else {
      *place++ = wrapping_add(base, step);
    }
  }
  std::fill(place, end, level);
  return next == count;
}

template <bool kDelta>
bool expand_runs(std::string_view runs, const Numbers& numbers, std::int64_t base, std::span<std::int64_t> out) {
  return numbers.with([&](auto at) { return expand<kDelta>(runs, numbers.size(), at, base, out); });
}

bool expand_runs_twice(std::string_view runs, const Numbers& numbers, std::int64_t base, std::span<std::int64_t> out) {
  if (!expand_runs<false>(runs, numbers, 0, out)) return false;
  std::int64_t value = base, step = 0;
  for (std::size_t i = 0; i + kColumnPadding < out.size(); ++i) {
    step = wrapping_add(step, out[i]);
    value = wrapping_add(value, step);
    out[i] = value;
  }
  return true;
}

void undo(const Numbers& numbers, Transform transform, std::int64_t base, std::span<std::int64_t> out) {
  numbers.with([&](auto at) {
    std::int64_t value = base, step = 0;
    switch (transform) {
      case Transform::none:
        for (std::size_t i = 0; i < numbers.size(); ++i) out[i] = wrapping_add(base, unzigzag(at(i)));
        break;
      case Transform::delta:
        for (std::size_t i = 0; i < numbers.size(); ++i) out[i] = value = wrapping_add(value, unzigzag(at(i)));
        break;
      case Transform::delta_of_delta:
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          step = wrapping_add(step, unzigzag(at(i)));
          out[i] = value = wrapping_add(value, step);
        }
        break;
    }
  });
}

}  // namespace

std::uint64_t estimated_bits(std::span<const std::int64_t> values) {
  if (values.empty()) return 0;
  return std::min({sampled_bits(values, Transform::none), sampled_bits(values, Transform::delta),
                   sampled_bits(values, Transform::delta_of_delta)});
}

void encode_integers(std::span<const std::int64_t> values, ByteWriter& out) {
  HANSE_ASSERT(values.size() <= kColumnValuesMax);
  if (values.empty()) return;
  const auto transform = best_transform(values);
  const auto base = base_of(values, transform);
  std::vector<std::uint64_t> residuals(values.size());
  residuals_of(values, transform, base, 0, values.size(), residuals.begin());
  const auto zeros = static_cast<std::size_t>(std::count(residuals.begin(), residuals.end(), 0U));
  const bool as_runs = zeros * 5 >= residuals.size() * 2;
  const auto streams = split_runs(std::move(residuals), as_runs);
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(transform) | (as_runs ? kRuns : 0u)));
  out.signed_varint(base);
  if (as_runs) put_symbols(streams.runs, out);
  put_numbers(streams.numbers, out);
}

bool decode_integers(ByteReader& in, std::span<std::int64_t> out) {
  HANSE_ASSERT(out.size() >= kColumnPadding && out.size() <= kColumnValuesMax + kColumnPadding);
  const std::size_t count = out.size() - kColumnPadding;
  if (count == 0) return true;
  const std::uint8_t head = in.u8();
  const auto transform = static_cast<Transform>(head & kTransformMask);
  if ((head & ~(kTransformMask | kRuns)) != 0 || transform > Transform::delta_of_delta) return false;
  const auto base = in.signed_varint();
  const bool as_runs = (head & kRuns) != 0;
  std::string runs;
  if (as_runs && !read_symbols(in, count, runs)) return false;
  Numbers numbers;
  if (!read_numbers(in, count, numbers)) return false;
  if (as_runs) {
    if (transform == Transform::none) return expand_runs<false>(runs, numbers, base, out);
    if (transform == Transform::delta) return expand_runs<true>(runs, numbers, base, out);
    return expand_runs_twice(runs, numbers, base, out);
  }
  if (numbers.size() != count) return false;
  undo(numbers, transform, base, out);
  return true;
}

}  // namespace hanse::historian::internal
