#pragma once

#include "node/connections/connections.hpp"
#include "plant/plant.hpp"
#include "twin/plant/asset_interfaces.hpp"

namespace hanse::node {

/// The node's connections as interfaces of the assets that they hang below. Made from the records when asked for; safe
/// from many threads.
class TwinInterfaces final : public twin::InterfaceSource {
 public:
  TwinInterfaces(const connectors::ConnectionBook& connections, const plant::Plant& plant)
      : connections_(connections), plant_(plant) {}

  std::uint64_t revision() const override { return connections_.revision(); }
  std::set<signal::AssetId> assets() const override;
  std::vector<twin::AssetInterface> of(const signal::AssetId& asset) const override;

 private:
  const connectors::ConnectionBook& connections_;
  const plant::Plant& plant_;
};

}  // namespace hanse::node
