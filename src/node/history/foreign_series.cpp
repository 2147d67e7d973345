#include "node/history/foreign_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace hanse::node {
namespace {

using historian::ForeignSeries;
using signal::SignalId;
using signal::ValueType;

constexpr std::string_view kMayMake = "plant.write";

struct Wanted {
  plant::AssetId asset;
  std::string name;
  friend auto operator<=>(const Wanted&, const Wanted&) = default;
};

Wanted plant_form(const ForeignSeries& series) {
  return {plant::AssetId{plant::asset_id(series.asset.value)}, plant::signal_name(series.name)};
}

signal::Signal new_signal(const Wanted& wanted, const ForeignSeries& series) {
  return {.number = {},
          .asset = wanted.asset,
          .name = wanted.name,
          .meaning = signal::Meaning::other,
          .type = series.type,
          .unit = series.unit,
          .interpolation = signal::Interpolation::step,
          .low = {},
          .high = {},
          .description = series.source};
}

Result<void> make_assets(plant::Plant& plant, const store::Actor& actor,
                         const std::map<Wanted, const ForeignSeries*>& fresh) {
  const auto records = plant.records();
  std::vector<plant::Asset> assets;
  for (const auto& [wanted, series] : fresh) {
    const bool listed = !assets.empty() && assets.back().id == wanted.asset;  // The map is in order of assets.
    if (listed || records->asset(wanted.asset)) continue;
    assets.push_back({.id = wanted.asset, .name = series->asset.value, .level = plant::Level::asset});
  }
  if (assets.empty()) return {};
  HANSE_CHECK(plant.put(actor, assets));
  return {};
}

Result<std::vector<SignalId>> resolve(plant::Plant& plant, const api::Caller& caller,
                                      std::span<const ForeignSeries> all) {
  const auto known = plant.catalogue().snapshot();
  std::vector<SignalId> out(all.size(), signal::kNoSignal);
  std::map<Wanted, const ForeignSeries*> fresh;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto wanted = plant_form(all[i]);
    if (wanted.asset.value.empty() || wanted.name.empty()) continue;
    if (const auto* found = known->find(wanted.asset, wanted.name)) {
      out[i] = found->number;
    } else {
      fresh.emplace(wanted, &all[i]);
    }
  }
  if (fresh.empty()) return out;
  const auto& permissions = caller.permissions;
  if (std::find(permissions.begin(), permissions.end(), kMayMake) == permissions.end()) {
    return fail(ErrorCode::forbidden, fmt::format("'{}' is no signal here, and making new ones needs the permission {}",
                                                  fresh.begin()->second->source, kMayMake));
  }
  const store::Actor actor{caller.id};
  HANSE_CHECK(make_assets(plant, actor, fresh));
  std::vector<signal::Signal> signals;
  for (const auto& [wanted, series] : fresh) signals.push_back(new_signal(wanted, *series));
  HANSE_TRY(const auto numbers, plant.catalogue().create(actor, std::move(signals)));
  std::map<Wanted, SignalId> made;
  std::size_t next = 0;
  for (const auto& [wanted, series] : fresh) made.emplace(wanted, numbers[next++]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const auto found = made.find(plant_form(all[i])); found != made.end()) out[i] = found->second;
  }
  return out;
}

}  // namespace

historian::ResolveSeries foreign_series(plant::Plant& plant) {
  return [&plant](const api::Caller& caller, std::span<const ForeignSeries> series) {
    return resolve(plant, caller, series);
  };
}

}  // namespace hanse::node
