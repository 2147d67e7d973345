#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plant/calendar.hpp"
#include "plant/equipment.hpp"

namespace hanse::plant {

/// What is made.
struct Product {
  std::string id;
  std::string name;
  std::string description;
  double ideal_cycle_s = 0;                ///< Planned run time per item (ISO 22400-2 PRI); 0 for unknown.
  std::map<std::string, double> cycles_s;  ///< The same where it differs: by asset id, else by asset kind.
  friend bool operator==(const Product&, const Product&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Never changes; letters, digits, dots, hyphens.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{
            .field = "ideal_cycle_s", .summary = "Ideal cycle time per part in seconds; 0 for unknown.", .min = 0},
        FieldNote{.field = "cycles_s", .summary = "Ideal cycle time in seconds by asset id or asset kind."}};
  }
};
HANSE_DESCRIBE(Product, (id, name, description, ideal_cycle_s, cycles_s))

/// Where lost time belongs: the six big losses, and what no machine is to blame for.
enum class LossCategory {
  breakdown,
  setup,
  minor_stop,
  waiting,
  speed,
  startup_reject,
  production_reject,
  planned,
  none
};
HANSE_DESCRIBE_ENUM(LossCategory, breakdown, setup, minor_stop, waiting, speed, startup_reject, production_reject,
                    planned, none)

/// Why a machine stood or a part was rejected; a tree by `parent`.
struct ReasonCode {
  std::string id;    ///< `hydraulics-pressure`
  std::string name;  ///< `Hydraulic pressure`
  std::string parent;
  bool planned = false;  ///< Time with this reason is no loss of availability.
  LossCategory loss = LossCategory::none;
  std::vector<std::string> kinds;  ///< Offered for these asset kinds only; empty for all.
  std::int64_t position = 0;
  friend bool operator==(const ReasonCode&, const ReasonCode&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "parent", .summary = "The reason above; empty at the top."},
        FieldNote{.field = "planned", .summary = "Time with this reason is no loss of availability."},
        FieldNote{.field = "kinds", .summary = "Asset kinds it is offered for; none for all."}};
  }
};
HANSE_DESCRIBE(ReasonCode, (id, name, parent, planned, loss, kinds, position))

/// The plant's small records at one moment, unchanging: what apps and imports look things up in.
struct Records {
  std::map<AssetId, Asset> assets;
  std::map<std::string, Product> products;
  std::map<std::string, Calendar> calendars;
  std::map<std::string, ReasonCode> reasons;
  std::map<std::string, std::shared_ptr<const TimeZone>> zones;  ///< Of the calendars, by name.

  const Asset* asset(const AssetId& id) const;
  /// By position, then name.
  std::vector<const Asset*> children(const AssetId& parent) const;
  /// The asset itself and all below it.
  std::vector<const Asset*> subtree(const AssetId& root) const;
  /// The nearest node above (or the asset itself) of that level; null when there is none.
  const Asset* above(const AssetId& id, Level level) const;
  /// The asset's calendar or the nearest parent's; null when none is set: then it works around the clock.
  const Calendar* calendar_of(const AssetId& id) const;
  /// Of the asset's calendar; UTC when it has none.
  std::shared_ptr<const TimeZone> zone_of(const AssetId& id) const;
  /// Ideal seconds per part of `product` on this asset; 0 for unknown.
  double ideal_cycle_s(const std::string& product, const AssetId& asset) const;
};

}  // namespace hanse::plant
