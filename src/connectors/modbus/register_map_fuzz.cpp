#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "connectors/modbus/plan.hpp"
#include "connectors/modbus/register_map.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors::modbus;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto map = parse_map(text);
  if (!map) return 0;
  // A map that was accepted can be planned and read, whatever the device answers.
  std::vector<Read> places;
  std::vector<std::size_t> all;
  for (const auto& point : map->points) {
    all.push_back(places.size());
    places.push_back(span_of(point));
  }
  const auto blocks = plan_blocks(places, all, {.registers_max = static_cast<std::uint32_t>(map->registers_max)});
  std::size_t covered = 0;
  for (const auto& block : blocks) {
    covered += block.spans.size();
    HANSE_ASSERT(block.read.quantity >= 1 &&
                 block.read.quantity <= (is_bits(block.read.table) ? kBitsMax : kRegistersMax));
    static_cast<void>(encode({.transaction = 1, .unit = 1, .read = block.read}));
    static_cast<void>(split_block(block, places));
  }
  HANSE_ASSERT(covered == places.size());
  signal::SampleBatch batch;
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::vector<std::uint16_t> words(places[i].quantity);
    for (std::size_t w = 0; w < words.size(); ++w) words[w] = data[(w * 2 + i) % size];
    PointReader{map->points[i], map->order}.append(batch, signal::SignalId{1}, {}, words, words.front());
  }
  HANSE_ASSERT(batch.samples.size() == places.size());
  return 0;
}
