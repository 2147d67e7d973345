#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "connectors/modbus/plan.hpp"
#include "connectors/modbus/sunspec.hpp"

// Each four bytes are the answer to what the walk asks; a first byte of 0xEE refuses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::connectors::modbus;
  SunSpecWalk walk;
  for (std::size_t at = 0; at + 4 <= size; at += 4) {
    const auto read = walk.next();
    if (!read) break;
    HANSE_ASSERT(read->address + read->quantity <= 65536);
    const auto word = [&](std::size_t i) { return static_cast<std::uint16_t>(data[i] << 8 | data[i + 1]); };
    if (data[at] == 0xEE)
      walk.on_refused();
    else
      walk.on_words({word(at), word(at + 2)});
  }
  const auto points = walk.points(MapBook::built_in());
  if (!points) return 0;
  HANSE_ASSERT(double_name(*points).empty());
  for (const auto& point : *points) HANSE_ASSERT(span_of(point).address + span_of(point).quantity <= 65536);
  return 0;
}
