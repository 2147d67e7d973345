#pragma once

#include <array>
#include <cstdint>

#include "base/describe.hpp"
#include "base/settings.hpp"
#include "base/time.hpp"

namespace hanse::apps::scheduling {

/// What a planner's office agrees on once: how far ahead, how calm, how hard to search.
struct SchedulingSettings {
  bool automatic = true;          ///< Re-plan by itself when life differs from the plan.
  bool programme_orders = false;  ///< Take in what programmes order of this plant's lines.
  Duration horizon = 60 * 24h;    ///< Calendars are laid out so far ahead.
  Duration frozen = 1h;           ///< What starts sooner moves only when it must.
  Duration firm = 8h;             ///< What starts sooner moves only for a large gain.
  Duration tolerance = 10min;     ///< A smaller difference is no deviation and no change.
  Duration coalesce = 5s;         ///< Events of so long are answered by one new schedule.
  Duration drift_every = 5min;    ///< Operations that are late or early re-plan no more often than this.
  Duration down_after = 5min;     ///< A machine that is down so long is taken out of the plan.
  Duration repair = 45min;        ///< How long a machine is expected to be down where its own history says nothing.
  Duration search = 2s;           ///< Wall time of a search.
  std::int64_t tardiness_weight = 10;
  std::int64_t setup_weight = 1;
  std::int64_t energy_weight = 1;
  std::int64_t versions_kept = 50;  ///< With all their operations; of older ones who, when and why is kept.
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "automatic", .summary = "Re-plan by itself when life differs from the plan."},
        FieldNote{.field = "programme_orders",
                  .summary = "Accepted orders of programmes for this plant's lines become production orders."},
        FieldNote{.field = "horizon", .summary = "How far ahead orders are scheduled."},
        FieldNote{.field = "frozen", .summary = "What starts sooner moves only when it must."},
        FieldNote{.field = "firm", .summary = "What starts sooner moves only for a large gain."},
        FieldNote{.field = "tolerance", .summary = "A smaller difference from the plan is no deviation."},
        FieldNote{.field = "coalesce", .summary = "Events of so long are answered by one new schedule."},
        FieldNote{.field = "drift_every", .summary = "Late and early operations re-plan no more often than this."},
        FieldNote{.field = "down_after", .summary = "A machine that is down so long is taken out of the plan."},
        FieldNote{.field = "repair", .summary = "Expected time down where a machine's own history says nothing."},
        FieldNote{.field = "search", .summary = "Wall time of a search."},
        FieldNote{.field = "tardiness_weight",
                  .summary = "Weight of a weighted second of tardiness beside a second of makespan.",
                  .min = 0,
                  .max = 1000},
        FieldNote{.field = "setup_weight", .summary = "Weight of a second of set-up.", .min = 0, .max = 1000},
        FieldNote{.field = "energy_weight",
                  .summary = "Weight of a hundredth of the tariff's currency beside a second of makespan.",
                  .min = 0,
                  .max = 1000},
        FieldNote{.field = "versions_kept",
                  .summary = "Schedules kept with all their operations; of older ones who, when and why is kept.",
                  .min = 2,
                  .max = 1000}};
  }
};
HANSE_DESCRIBE(SchedulingSettings,
               (automatic, programme_orders, horizon, frozen, firm, tolerance, coalesce, drift_every, down_after,
                repair, search, tardiness_weight, setup_weight, energy_weight, versions_kept))

}  // namespace hanse::apps::scheduling
