#include "connectors/opcua/session/profile.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr ServerProfile kProfiles[] = {
    {.product = "simatic s7-1200", .items_per_call = 100, .values_per_read = 100, .data_change_filter = false},
    {.product = "s7-1200", .items_per_call = 100, .values_per_read = 100, .data_change_filter = false},
    {.product = "simatic s7-1500", .items_per_call = 500, .values_per_read = 500},
    {.product = "s7-1500", .items_per_call = 500, .values_per_read = 500},
    {.product = "kepserverex", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "ignition", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "eclipse milo", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "prosys", .items_per_call = 800, .values_per_read = 800},
    {.product = "node-opcua", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "nodeopcua", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "freeopcua", .items_per_call = 1000, .values_per_read = 1000},
    {.product = "open62541", .items_per_call = 1000, .values_per_read = 1000},
};
constexpr std::size_t kProfileItemsMax = 1000;

}  // namespace

ServerProfile profile_of(std::string_view product_name, std::uint32_t reported) {
  const std::string name = to_lower(product_name);
  ServerProfile profile;
  const auto known =
      std::ranges::find_if(kProfiles, [&](const ServerProfile& entry) { return name.contains(entry.product); });
  if (known != std::end(kProfiles))
    profile = *known;
  else if (reported != 0)
    profile.items_per_call = std::min<std::size_t>(reported, kProfileItemsMax);
  if (reported != 0) profile.items_per_call = std::min<std::size_t>(profile.items_per_call, reported);
  return profile;
}

}  // namespace hanse::connectors::opcua
