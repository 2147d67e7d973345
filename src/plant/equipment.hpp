#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/type_info.hpp"
#include "signal/signal.hpp"
#include "store/store.hpp"

namespace hanse::plant {

using signal::AssetId;

/// Levels of the equipment hierarchy (ISA-95 part 1, role-based equipment), with the asset itself below.
enum class Level { enterprise, site, area, line, work_unit, asset };
HANSE_DESCRIBE_ENUM(Level, enterprise, site, area, line, work_unit, asset)

/// One node of the equipment tree.
struct Asset {
  AssetId id;        ///< Lower-case words and hyphens, chosen once: `cnc-07`.
  std::string name;  ///< What people call it.
  Level level = Level::asset;
  AssetId parent;           ///< Empty for the root.
  std::string kind;         ///< Of an asset: `cnc`, `press`, `robot`, `assembly`, `test`, `meter`, ...
  std::string template_id;  ///< The machine template it was made from; empty for none.
  std::string manufacturer, model, serial;
  std::string description;
  std::string calendar;       ///< Id of the calendar it works by; empty for its parent's.
  std::int64_t position = 0;  ///< Order among its siblings.
  friend bool operator==(const Asset&, const Asset&) = default;
  static std::vector<store::IndexField> index(const Asset& asset) {
    return {{"parent", asset.parent.value}, {"level", describe::enum_name(asset.level)}};
  }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "parent", .summary = "The node above; empty for the root."},
        FieldNote{.field = "kind", .summary = "Of an asset: cnc, press, robot, ...", .length_max = 100},
        FieldNote{.field = "calendar", .summary = "Id of the calendar it works by; empty for its parent's."}};
  }
};
HANSE_DESCRIBE(Asset, (id, name, level, parent, kind, template_id, manufacturer, model, serial, description, calendar,
                       position))

/// What a machine does, as time is counted (ISO 22400-2 time model; use-cases fact sheet).
enum class MachineState {
  producing,     ///< Makes parts.
  idle,          ///< Able, but waits: starved, blocked, no order.
  setup,         ///< Change-over.
  down,          ///< Unplanned: broken, stopped, alarm.
  planned_stop,  ///< Maintenance, break, no shift.
  offline,       ///< No data: unknown is not running and not down.
};
HANSE_DESCRIBE_ENUM(MachineState, producing, idle, setup, down, planned_stop, offline)

enum class EventKind {
  state,  ///< `state` begins at `time`.
  good,   ///< `quantity` good parts were finished.
  scrap,  ///< `quantity` parts were rejected, `reason` says why.
  rework,
  reason,  ///< A person or rule gave `reason` to the stop that began at `time`.
  order,   ///< `order` and `product` begin on this asset.
  alarm,   ///< `reason` is its text; `state` says nothing.
  alarm_end,
  gap,  ///< From `time` for `duration_ns` data may be missing.
};
HANSE_DESCRIBE_ENUM(EventKind, state, good, scrap, rework, reason, order, alarm, alarm_end, gap)

/// Something that happened on an asset, from signals by rule or from a person. Never changed: corrected by a later one.
struct ProductionEvent {
  std::string id;
  Timestamp time;
  AssetId asset;
  EventKind kind = EventKind::state;
  std::optional<MachineState> state;
  double quantity = 0;
  std::int64_t duration_ns = 0;  ///< Of a gap its length; of parts the ideal cycle that the machine told, 0 when none.
  std::string reason;            ///< A reason code, or the device's own words.
  std::string order, product;
  std::string source;   ///< `signal`, `person`, `app:performance`.
  std::string actor;    ///< Who, when a person.
  std::string comment;  ///< In a person's words.
  friend bool operator==(const ProductionEvent&, const ProductionEvent&) = default;
};
HANSE_DESCRIBE(ProductionEvent,
               (id, time, asset, kind, state, quantity, duration_ns, reason, order, product, source, actor, comment))

}  // namespace hanse::plant
