#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::connectors::mtconnect::internal {

/// Where the data comes from: an agent (`http`, `https`) or an adapter (`shdr`).
struct SourceAddress {
  bool adapter = false;
  std::string host;  ///< Of an adapter.
  std::uint16_t port = 0;
  std::string base_url;  ///< Of an agent, without a slash at its end: requests are appended.
};

/// Errors: `invalid`, saying what would be right.
Result<SourceAddress> parse_source(std::string_view url);

}  // namespace hanse::connectors::mtconnect::internal
