#include "connectors/modbus/plan.hpp"

#include <algorithm>

namespace hanse::connectors::modbus {
namespace {

std::uint32_t end_of(const Read& read) { return read.address + read.quantity; }

Block block_of(std::vector<std::size_t> members, const std::vector<Read>& spans) {
  Block block{.read = spans[members.front()], .spans = std::move(members)};
  std::uint32_t end = 0;
  for (const auto span : block.spans) end = std::max(end, end_of(spans[span]));
  block.read.quantity = end - block.read.address;
  return block;
}

}  // namespace

std::vector<Block> plan_blocks(const std::vector<Read>& spans, const std::vector<std::size_t>& wanted,
                               const PlanLimits& limits) {
  auto order = wanted;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple{spans[a].table, spans[a].address, spans[a].quantity} <
           std::tuple{spans[b].table, spans[b].address, spans[b].quantity};
  });
  std::vector<Block> blocks;
  for (const auto index : order) {
    const auto& span = spans[index];
    const auto quantity_max = is_bits(span.table) ? limits.bits_max : limits.registers_max;
    const auto gap_max = is_bits(span.table) ? limits.gap_bits : limits.gap_registers;
    if (!blocks.empty() && blocks.back().read.table == span.table) {
      auto& last = blocks.back();
      const auto end = std::max(end_of(last.read), end_of(span));
      if (span.address <= end_of(last.read) + gap_max && end - last.read.address <= quantity_max) {
        last.read.quantity = end - last.read.address;
        last.spans.push_back(index);
        continue;
      }
    }
    blocks.push_back(block_of({index}, spans));
  }
  return blocks;
}

std::optional<std::pair<Block, Block>> split_block(const Block& block, const std::vector<Read>& spans) {
  std::optional<std::size_t> cut;
  std::uint32_t widest = 0;
  std::size_t from_middle = 0;
  std::uint32_t end = end_of(spans[block.spans.front()]);
  for (std::size_t i = 1; i < block.spans.size(); ++i) {
    const auto& span = spans[block.spans[i]];
    if (span.address >= end) {
      const auto gap = span.address - end;
      const auto middle = block.spans.size() / 2;
      const auto distance = i > middle ? i - middle : middle - i;
      if (!cut || gap > widest || (gap == widest && distance < from_middle)) {
        cut = i;
        widest = gap;
        from_middle = distance;
      }
    }
    end = std::max(end, end_of(span));
  }
  if (!cut) return std::nullopt;
  const auto at = block.spans.begin() + static_cast<std::ptrdiff_t>(*cut);
  return std::pair{block_of({block.spans.begin(), at}, spans), block_of({at, block.spans.end()}, spans)};
}

}  // namespace hanse::connectors::modbus
