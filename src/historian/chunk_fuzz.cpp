#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "historian/internal/batch_codec.hpp"
#include "historian/internal/bytes.hpp"
#include "historian/internal/chunk.hpp"
#include "historian/internal/crc32c.hpp"

namespace {

using namespace hanse;
using namespace hanse::historian::internal;

/// What decodes is encoded again and decodes to the same.
void check_chunk(std::string_view bytes) {
  Columns columns;
  if (!decode_chunk(bytes, columns)) return;
  std::vector<signal::Sample> samples;
  for (std::size_t i = 0; i < columns.count; ++i) samples.push_back(columns.sample(i, signal::SignalId{1}));
  const auto again = encode_chunk(samples, columns.texts);
  Columns read;
  HANSE_ASSERT(decode_chunk(again, read) && read.count == columns.count);
  for (std::size_t i = 0; i < columns.count; ++i) {
    HANSE_ASSERT(read.times[i] == columns.times[i] && read.type_of(i) == columns.type_of(i));
    HANSE_ASSERT(read.type_of(i) == signal::ValueType::text ? read.texts[read.bits[i]] == columns.texts[columns.bits[i]]
                                                            : read.bits[i] == columns.bits[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  static_cast<void>(decode_batch(input));
  // With a checksum that fits, so that the decoder behind it is reached.
  std::string bytes{input};
  ByteWriter out{bytes};
  out.u32(crc32c(input));
  check_chunk(bytes);
  std::vector<Summary> summaries;
  static_cast<void>(decode_summaries(bytes, summaries));
  return 0;
}
