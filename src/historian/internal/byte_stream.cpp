#include "historian/internal/byte_stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/assert.hpp"

namespace hanse::historian::internal {
namespace {

constexpr unsigned kBitsMax = 56;             // one unaligned 8-byte load reaches any 56 bits
constexpr std::size_t kZstdWorthTrying = 48;  // below, the frame and its table cost more than they save
constexpr int kZstdLevel = 1;
// What gains is the Huffman coder: short matches in noise cost more than they save (set B: 0.243 with level 1's own,
// 0.252 with level 3, 0.238 with this). Long ones, as of periods, are still found.
constexpr int kZstdMatchMin = 7;

/// The first four bytes of every frame (RFC 8878, 3.1.1): left out.
constexpr std::string_view kZstdMagic{"\x28\xB5\x2F\xFD"};

enum class Way : std::uint8_t { packed, zstd };

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Working memory of the library, one per thread because it is large: it carries nothing from call to call.
ZSTD_CCtx& compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context = [] {
    std::unique_ptr<ZSTD_CCtx, FreeCompressor> made{ZSTD_createCCtx()};
    HANSE_ASSERT(made != nullptr);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_minMatch, kZstdMatchMin);
    return made;
  }();
  return *context;
}

ZSTD_DCtx& decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context{ZSTD_createDCtx()};
  HANSE_ASSERT(context != nullptr);
  return *context;
}

std::string squeeze(std::span<const std::uint8_t> symbols) {
  std::string out(ZSTD_compressBound(symbols.size()), '\0');
  const auto size = ZSTD_compress2(&compressor(), out.data(), out.size(), symbols.data(), symbols.size());
  HANSE_ASSERT(ZSTD_isError(size) == 0);  // the room is the library's own bound
  out.resize(size);
  return out.substr(kZstdMagic.size());
}

std::size_t packed_bytes(std::size_t count, unsigned bits) { return (count * bits + 7) / 8; }

void pack_bytes(std::span<const std::uint8_t> symbols, unsigned bits, ByteWriter& out) {
  std::uint64_t pending = 0;
  unsigned filled = 0;
  for (const auto symbol : symbols) {
    pending |= static_cast<std::uint64_t>(symbol) << filled;
    for (filled += bits; filled >= 8; filled -= 8, pending >>= 8) out.u8(static_cast<std::uint8_t>(pending));
  }
  if (filled > 0) out.u8(static_cast<std::uint8_t>(pending));
}

}  // namespace

void put_symbols(std::span<const std::uint8_t> symbols, ByteWriter& out) {
  out.varint(symbols.size());
  if (symbols.empty()) return;
  const auto largest = *std::max_element(symbols.begin(), symbols.end());
  const auto bits = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(largest)));
  if (symbols.size() >= kZstdWorthTrying && bits > 1) {
    const std::string squeezed = squeeze(symbols);
    if (squeezed.size() + 2 < packed_bytes(symbols.size(), bits)) {
      out.u8(static_cast<std::uint8_t>(Way::zstd));
      out.text(squeezed);
      return;
    }
  }
  out.u8(static_cast<std::uint8_t>(Way::packed));
  out.u8(static_cast<std::uint8_t>(bits));
  pack_bytes(symbols, bits, out);
}

bool read_symbols(ByteReader& in, std::size_t count_max, std::string& symbols) {
  const auto count = in.varint();
  if (!in.ok() || count > count_max) return false;
  symbols.resize(count);
  if (count == 0) return true;
  const auto way = static_cast<Way>(in.u8());
  if (way == Way::zstd) {
    std::string squeezed{kZstdMagic};
    squeezed += in.text();
    const auto size = ZSTD_decompressDCtx(&decompressor(), symbols.data(), count, squeezed.data(), squeezed.size());
    return in.ok() && ZSTD_isError(size) == 0 && size == count;
  }
  const unsigned bits = in.u8();
  if (way != Way::packed || bits > 8) return false;
  const auto packed = in.bytes(packed_bytes(count, bits));
  if (!in.ok()) return false;
  std::uint64_t pending = 0;
  unsigned filled = 0;
  std::size_t next = 0;
  const auto mask = (1u << bits) - 1;
  for (auto& symbol : symbols) {
    if (filled < bits) {
      pending |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(packed[next++])) << filled;
      filled += 8;
    }
    symbol = static_cast<char>(pending & mask);
    pending >>= bits;
    filled -= bits;
  }
  return true;
}

void pack_bits(std::span<const std::uint64_t> values, unsigned bits, ByteWriter& out) {
  HANSE_ASSERT(bits <= kBitsMax);
  if (bits == 0) return;
  auto& buffer = out.buffer();
  const auto start = buffer.size(), size = packed_bytes(values.size(), bits);
  buffer.resize(start + size + 8);  // each value is one 8-byte store, the last ones reach past the end
  char* base = buffer.data() + start;
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::size_t at = 0;
  for (const auto value : values) {
    char* place = base + at / 8;
    std::uint64_t word = static_cast<std::uint8_t>(*place);
    word &= (std::uint64_t{1} << (at % 8)) - 1;
    word |= (value & mask) << (at % 8);
    std::memcpy(place, &word, 8);
    at += bits;
  }
  buffer.resize(start + size);
}

bool unpack_bits(ByteReader& in, unsigned bits, std::span<std::uint64_t> out) {
  if (bits > kBitsMax) return false;
  if (bits == 0) {
    std::fill(out.begin(), out.end(), 0);
    return true;
  }
  const auto packed = in.bytes(packed_bytes(out.size(), bits));
  if (!in.ok()) return false;
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  // Values whose eight bytes lie inside are loaded where they are; the last few from a padded copy.
  const std::size_t inside = packed.size() < 8 ? 0 : std::min(out.size(), (packed.size() - 8) * 8 / bits);
  for (std::size_t i = 0; i < inside; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, packed.data() + i * bits / 8, 8);
    out[i] = (word >> (i * bits % 8)) & mask;
  }
  for (std::size_t i = inside; i < out.size(); ++i) {
    std::uint64_t word = 0;
    const auto place = i * bits / 8;
    std::memcpy(&word, packed.data() + place, std::min<std::size_t>(8, packed.size() - place));
    out[i] = (word >> (i * bits % 8)) & mask;
  }
  return true;
}

}  // namespace hanse::historian::internal
