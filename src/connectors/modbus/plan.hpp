#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "connectors/modbus/codec.hpp"

namespace hanse::connectors::modbus {

/// How reads may be put together.
struct PlanLimits {
  std::uint32_t registers_max = 120;  ///< In one request.
  std::uint32_t gap_registers = 16;   ///< So many unwanted ones are read rather than asking twice.
  std::uint32_t bits_max = 1000;
  std::uint32_t gap_bits = 64;
};

/// One request, and which of the spans it covers.
struct Block {
  Read read;
  std::vector<std::size_t> spans;  ///< Indices, by address.
  Duration retry_at{};             ///< Monotonic; a block that failed alone waits for it.
  bool failed = false;
};

/// Requests that cover all spans, none of them cut: a value over several registers is read at once or it tears.
/// Precondition: each span is valid by itself.
std::vector<Block> plan_blocks(const std::vector<Read>& spans, const std::vector<std::size_t>& wanted,
                               const PlanLimits& limits);

/// The block as two, cut at the widest gap, else in the middle; nothing when no cut leaves each span whole.
std::optional<std::pair<Block, Block>> split_block(const Block& block, const std::vector<Read>& spans);

}  // namespace hanse::connectors::modbus
