#include "plant/internal/intake_planner.hpp"

namespace hanse::plant {
namespace {

/// The part after the last separator that protocols use.
std::string_view last_part(std::string_view address) {
  const auto separator = address.find_last_of("/.:");
  return separator == std::string_view::npos || separator + 1 == address.size() ? address
                                                                                : address.substr(separator + 1);
}

}  // namespace

Signal IntakePlanner::plan(const SourceValue& value) {
  Signal made{.asset = asset_for(value.device),
              .name = {},
              .meaning = value.meaning,
              .type = value.type,
              .unit = value.unit,
              .interpolation = value.interpolation,
              .low = {},
              .high = {},
              .description = value.description};
  auto name = signal_name(value.name.empty() ? last_part(value.address) : std::string_view{value.name});
  if (const auto* known = machine_ ? match(*machine_, intake_.protocol, value.address) : nullptr) {
    name = known->name;
    made.meaning = known->meaning;
    made.interpolation = known->interpolation;
    made.low = known->low;
    made.high = known->high;
    if (!known->unit.empty()) made.unit = known->unit;
    if (!known->description.empty()) made.description = known->description;
  }
  made.name = free_name(made.asset, name.empty() ? "value" : name);
  return made;
}

/// Is the asset of this id the device that the connection speaks of? Below the node that the connection hangs in, yes,
/// and that node itself (an edge node of the line's name tells of the line): a person put it there under that name. At
/// the top only what the connection itself made: another plant may call its machines the same.
bool IntakePlanner::is_this_device(const AssetId& id) const {
  const auto* asset = records_.asset(id);
  if (!asset) return false;
  if (own_assets_.contains(id)) return true;
  if (intake_.attach.empty()) return asset->parent.empty() && signals_.of_asset(id).empty();
  for (const auto* node = asset; node; node = records_.asset(node->parent)) {
    if (node->id == intake_.attach) return true;
  }
  return false;
}

AssetId IntakePlanner::asset_for(const std::string& device) {
  const auto* attach = records_.asset(intake_.attach);
  if (attach && (attach->level == Level::asset || device.empty())) return attach->id;
  const std::string& name = device.empty() ? intake_.connection : device;
  AssetId id{asset_id(name)};
  if (id.empty()) id.value = "device";
  // `group/edge/press-04` may be meant by its path or by its last part.
  for (const auto& candidate : {id, AssetId{asset_id(last_part(name))}}) {
    if (is_this_device(candidate)) return candidate;
  }
  if (records_.asset(id)) id.value = asset_id(intake_.connection + '-' + name);
  if (is_this_device(id) || !planned_.insert(id).second) return id;
  assets_.push_back({.id = id,
                     .name = name,
                     .level = Level::asset,
                     .parent = attach ? attach->id : AssetId{},
                     .kind = machine_ ? machine_->kind : "",
                     .template_id = machine_ ? machine_->id : "",
                     .manufacturer = machine_ ? machine_->manufacturer : "",
                     .model = machine_ ? machine_->model : "",
                     .serial = "",
                     .description = "",
                     .calendar = "",
                     .position = 0});
  return id;
}

std::string IntakePlanner::free_name(const AssetId& asset, const std::string& wanted) {
  auto& taken = names_[asset];
  std::string name = wanted;
  for (int copy = 2; signals_.find(asset, name) || taken.contains(name); ++copy) {
    name = wanted + '_' + std::to_string(copy);
  }
  taken.insert(name);
  return name;
}

}  // namespace hanse::plant
