#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plant/catalogue.hpp"

namespace hanse::plant {

/// Plans signals for addresses that nobody mapped: which asset, which name, what the template knows. Pure.
class IntakePlanner {
 public:
  /// `own_assets` are those that the connection fills already.
  IntakePlanner(const Intake& intake, const MachineTemplate* machine, const Records& records,
                const signal::Signals& signals, const std::set<AssetId>& own_assets)
      : intake_(intake), machine_(machine), records_(records), signals_(signals), own_assets_(own_assets) {}

  Signal plan(const SourceValue& value);
  /// What the plans so far need and the plant hasn't.
  std::vector<Asset> take_assets() { return std::move(assets_); }

 private:
  AssetId asset_for(const std::string& device);
  bool is_this_device(const AssetId& id) const;
  std::string free_name(const AssetId& asset, const std::string& wanted);

  const Intake& intake_;
  const MachineTemplate* machine_;
  const Records& records_;
  const signal::Signals& signals_;
  const std::set<AssetId>& own_assets_;
  std::vector<Asset> assets_;
  std::set<AssetId> planned_;
  std::map<AssetId, std::set<std::string>> names_;
};

}  // namespace hanse::plant
