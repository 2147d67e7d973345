#include "historian/internal/chunk.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/assert.hpp"
#include "historian/internal/byte_stream.hpp"
#include "historian/internal/crc32c.hpp"
#include "historian/internal/reals.hpp"
#include "historian/internal/times.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Quality;
using signal::Sample;
using signal::ValueType;

constexpr std::uint8_t kChunkVersion = 1;
constexpr std::uint8_t kMixedTypes = 1, kMixedQualities = 2, kHasTexts = 4;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kTextBytesMax = 64u << 20;

Error damaged(std::string_view what) {
  return fail(ErrorCode::corrupt, fmt::format("a chunk of the history is damaged: {}", what));
}

/// Short codes for a few distinct small numbers, as runs.
template <class Of>
void write_small(std::span<const Sample> samples, Of of, ByteWriter& out) {
  std::vector<std::int64_t> column(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) column[i] = static_cast<std::int64_t>(of(samples[i]));
  encode_integers(column, out);
}

bool read_small(ByteReader& in, std::size_t count, std::int64_t largest, std::vector<std::uint8_t>& out) {
  std::vector<std::int64_t> column(count + kColumnPadding);
  if (!decode_integers(in, column)) return false;
  out.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (column[i] < 0 || column[i] > largest) return false;
    out[i] = static_cast<std::uint8_t>(column[i]);
  }
  return true;
}

/// The texts in use, in order of first use, and each sample's number among them.
void write_texts(std::span<const Sample> samples, std::span<const std::string> texts, std::vector<std::uint64_t>& bits,
                 ByteWriter& out) {
  std::unordered_map<std::uint64_t, std::uint64_t> places;
  std::vector<std::string_view> used;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].type != ValueType::text) continue;
    const auto [place, is_new] = places.try_emplace(samples[i].bits, used.size());
    if (is_new) used.push_back(texts[samples[i].bits]);
    bits[i] = place->second;
  }
  std::string joined;
  out.varint(used.size());
  for (const auto text : used) {
    out.varint(text.size());
    joined += text;
  }
  out.varint(joined.size());
  const std::span symbols{reinterpret_cast<const std::uint8_t*>(joined.data()), joined.size()};
  put_symbols(symbols, out);
}

bool read_texts(ByteReader& in, std::size_t count, std::vector<std::string>& texts) {
  const auto used = in.varint();
  if (!in.ok() || used > count) return false;
  std::vector<std::uint64_t> sizes(used);
  std::uint64_t total = 0;
  for (auto& size : sizes) {
    size = in.varint();
    if (size > kTextBytesMax || (total += size) > kTextBytesMax) return false;
  }
  std::string joined;
  if (in.varint() != total || !read_symbols(in, total, joined) || joined.size() != total) return false;
  std::size_t at = 0;
  for (const auto size : sizes) {
    texts.push_back(joined.substr(at, size));
    at += size;
  }
  return true;
}

/// A null takes the value before it, which costs nothing.
void fill_nulls(std::span<const Sample> samples, std::vector<std::uint64_t>& bits) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].type == ValueType::null) bits[i] = i > 0 ? bits[i - 1] : 0;
  }
}

/// What is in front of the columns.
struct ChunkHead {
  std::uint8_t flags = 0;
  Summary summary;
};

Result<ChunkHead> read_head(std::string_view bytes, ByteReader& in) {
  if (bytes.size() < kChecksumBytes + 2) return damaged("it is too short");
  ByteReader check{bytes.substr(bytes.size() - kChecksumBytes)};
  if (check.u32() != crc32c(bytes.substr(0, bytes.size() - kChecksumBytes)))
    return damaged("its checksum doesn't match");
  if (in.u8() != kChunkVersion) return damaged("its version is unknown");
  ChunkHead head{.flags = in.u8()};
  if (!read_summary(in, head.summary)) return damaged("its summary doesn't read");
  if (head.summary.samples < 1 || head.summary.samples > static_cast<std::int64_t>(kColumnValuesMax)) {
    return damaged("its count is out of bounds");
  }
  return head;
}

bool read_columns(ByteReader& in, const ChunkHead& head, Columns& columns) {
  const auto flags = head.flags;
  constexpr auto kTypeMax = static_cast<std::uint8_t>(ValueType::text),
                 kQualityMax = static_cast<std::uint8_t>(Quality::bad);
  columns.types.clear();
  columns.qualities.clear();
  columns.texts.clear();
  const std::uint8_t type = in.u8(), quality = in.u8();
  if (type > kTypeMax || quality > kQualityMax) return false;
  columns.type = static_cast<ValueType>(type);
  columns.quality = static_cast<Quality>(quality);
  columns.times.resize(columns.count + kColumnPadding);
  columns.bits.resize(columns.count + kColumnPadding);
  if (!decode_times(in, head.summary.begin_ns, columns.times)) return false;
  if ((flags & kMixedTypes) != 0 && !read_small(in, columns.count, kTypeMax, columns.types)) return false;
  if ((flags & kMixedQualities) != 0 && !read_small(in, columns.count, kQualityMax, columns.qualities)) return false;
  if ((flags & kHasTexts) != 0 && !read_texts(in, columns.count, columns.texts)) return false;
  if (columns.type == ValueType::real) return decode_reals(in, columns.bits);
  const std::span integers{reinterpret_cast<std::int64_t*>(columns.bits.data()), columns.bits.size()};
  return decode_integers(in, integers);
}

bool texts_are_there(const Columns& columns) {
  for (std::size_t i = 0; i < columns.count; ++i) {
    if (columns.type_of(i) == ValueType::text && columns.bits[i] >= columns.texts.size()) return false;
  }
  return true;
}

}  // namespace

namespace {

/// The figures of plain reals, four sums side by side so that they don't wait for one another. False when a value isn't
/// a number.
bool summarise_reals(std::span<const Sample> samples, Summary& out) {
  constexpr std::size_t kLanes = 4;
  std::array<double, kLanes> sum{}, integral{};
  double low = samples[0].real(), high = low;
  bool numbers = true;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double value = samples[i].real();
    numbers &= value == value;
    low = value < low ? value : low;
    high = value > high ? value : high;
    sum[i % kLanes] += value;
  }
  const auto step = samples.size() > 1 ? wrapping_sub(samples[1].time.ns, samples[0].time.ns) : 0;
  const bool regular = std::adjacent_find(samples.begin(), samples.end(), [step](const Sample& a, const Sample& b) {
                         return wrapping_sub(b.time.ns, a.time.ns) != step;
                       }) == samples.end();
  for (std::size_t i = 0; !regular && i + 1 < samples.size(); ++i) {
    integral[i % kLanes] +=
        samples[i].real() * static_cast<double>(wrapping_sub(samples[i + 1].time.ns, samples[i].time.ns));
  }
  if (!numbers) return false;
  const auto first = samples.front().time.ns, last = samples.back().time.ns;
  const auto count = static_cast<std::int64_t>(samples.size());
  out = {.samples = count,
         .begin_ns = first,
         .end_ns = last,
         .count = count,
         .first_ns = first,
         .last_ns = last,
         .min = low,
         .max = high,
         .sum = sum[0] + sum[1] + sum[2] + sum[3],
         .first = samples.front().real(),
         .last = samples.back().real(),
         .covered_ns = wrapping_sub(last, first),
         .known_after = true};
  out.integral = regular ? integral_if_regular(out) : integral[0] + integral[1] + integral[2] + integral[3];
  return true;
}

}  // namespace

Summary summarise(std::span<const Sample> samples) {
  const bool plain = std::all_of(samples.begin(), samples.end(), [](const Sample& sample) {
    return sample.type == ValueType::real && sample.quality != Quality::bad;
  });
  Summary summary;
  if (plain && !samples.empty() && summarise_reals(samples, summary)) return summary;
  summary = {};
  for (const auto& sample : samples) summary.add(sample.time.ns, level_of(sample.bits, sample.type, sample.quality));
  return summary;
}

std::string encode_chunk(std::span<const Sample> samples, std::span<const std::string> texts) {
  HANSE_ASSERT(!samples.empty() && samples.size() <= kColumnValuesMax);
  const auto first =
      std::find_if(samples.begin(), samples.end(), [](const Sample& s) { return s.type != ValueType::null; });
  const auto type = first == samples.end() ? ValueType::null : first->type;
  std::vector<std::int64_t> times(samples.size());
  std::vector<std::uint64_t> bits(samples.size());
  std::uint8_t flags = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    times[i] = samples[i].time.ns;
    bits[i] = samples[i].bits;
    flags |= samples[i].type != type ? kMixedTypes : 0;
    flags |= samples[i].quality != samples[0].quality ? kMixedQualities : 0;
    flags |= samples[i].type == ValueType::text ? kHasTexts : 0;
  }
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(kChunkVersion);
  out.u8(flags);
  write_summary(summarise(samples), out);
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(static_cast<std::uint8_t>(samples[0].quality));
  encode_times(times, times[0], out);
  if ((flags & kMixedTypes) != 0) write_small(samples, [](const Sample& s) { return s.type; }, out);
  if ((flags & kMixedQualities) != 0) write_small(samples, [](const Sample& s) { return s.quality; }, out);
  if ((flags & kHasTexts) != 0) write_texts(samples, texts, bits, out);
  if ((flags & kMixedTypes) != 0) fill_nulls(samples, bits);
  if (type == ValueType::null) std::fill(bits.begin(), bits.end(), 0);
  if (type == ValueType::real) {
    encode_reals(bits, out);
  } else {
    encode_integers({reinterpret_cast<const std::int64_t*>(bits.data()), bits.size()}, out);
  }
  out.u32(crc32c(bytes));
  return bytes;
}

Result<Summary> chunk_summary(std::string_view bytes) {
  ByteReader in{bytes};
  HANSE_TRY(const auto head, read_head(bytes, in));
  return head.summary;
}

Result<void> decode_chunk(std::string_view bytes, Columns& columns) {
  ByteReader in{bytes.substr(0, bytes.size() - std::min(bytes.size(), kChecksumBytes))};
  HANSE_TRY(const auto head, read_head(bytes, in));
  columns.count = static_cast<std::size_t>(head.summary.samples);
  if (!read_columns(in, head, columns) || !in.ok() || in.left() != 0) return damaged("its columns don't read");
  if (columns.times[0] != head.summary.begin_ns || columns.times[columns.count - 1] != head.summary.end_ns) {
    return damaged("its times are not those of its summary");
  }
  if ((head.flags & (kMixedTypes | kHasTexts)) != 0 || columns.type == ValueType::text ||
      columns.type == ValueType::null) {
    if (!texts_are_there(columns)) return damaged("a text is missing");
    for (std::size_t i = 0; i < columns.count; ++i) {
      if (columns.type_of(i) == ValueType::null) columns.bits[i] = 0;
    }
  }
  return {};
}

}  // namespace hanse::historian::internal
