#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hanse::connectors::opcua {

/// What a kind of server bears, whatever it says itself. Source: field experience that other open products publish.
struct ServerProfile {
  std::string_view product;  ///< Beginning of its product name or URI, lower case.
  std::size_t items_per_call = 50;
  std::size_t values_per_read = 500;
  bool data_change_filter = true;
};

/// The profile for a server's product name; a careful one for unknown servers that name no limit of their own.
ServerProfile profile_of(std::string_view product_name, std::uint32_t reported_items_per_call);

}  // namespace hanse::connectors::opcua
