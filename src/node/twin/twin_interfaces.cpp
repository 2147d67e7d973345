#include "node/twin/twin_interfaces.hpp"

#include <algorithm>

#include "node/twin/interface_settings.hpp"

namespace hanse::node {

std::set<signal::AssetId> TwinInterfaces::assets() const {
  std::set<signal::AssetId> out;
  for (const auto& connection : connections_.all()) {
    if (interface_of(connection, {})) out.insert(signal::AssetId{connection.asset});
  }
  return out;
}

std::vector<twin::AssetInterface> TwinInterfaces::of(const signal::AssetId& asset) const {
  std::vector<twin::AssetInterface> out;
  const auto signals = plant_.catalogue().snapshot();
  for (const auto& connection : connections_.all()) {
    if (connection.asset != asset.value) continue;
    std::vector<FilledSignal> filled;
    for (const auto& mapping : plant_.catalogue().mappings(connection.id)) {
      if (const auto* known = signals->find(mapping.signal)) filled.push_back({mapping.address, *known});
    }
    std::ranges::sort(filled, {}, &FilledSignal::address);
    if (auto interface = interface_of(connection, filled)) out.push_back(*std::move(interface));
  }
  return out;
}

}  // namespace hanse::node
