#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/scheduling/records.hpp"
#include "apps/scheduling/views.hpp"
#include "optimiser/scheduling/reschedule.hpp"

// What happens besides the plan, from machines and from people, as the solver's reasons want it; and how people say
// what no machine can.

namespace hanse::apps::scheduling {

/// What holds now and explains why operations are elsewhere: machines that are down, people who are absent, material
/// that comes after it was needed, vehicles out of service. `new_prices`: the tariff has just changed.
std::vector<optimiser::scheduling::Event> life_events(const Situation& situation, const Model& model, bool new_prices);

enum class TellKind { material_late, operator_absent, vehicle_lost, vehicle_back, price_change };
HANSE_DESCRIBE_ENUM(TellKind, material_late, operator_absent, vehicle_lost, vehicle_back, price_change)

struct TellRequest {
  TellKind kind{};
  std::string order, step, material;
  std::string person;
  std::int64_t count = 0;
  std::optional<Timestamp> from, until;
  std::vector<TariffPrice> prices;
  std::string reason;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "kind", .summary = "What happened.", .required = true},
        FieldNote{.field = "order", .summary = "material_late: id of the order.", .length_max = 100},
        FieldNote{.field = "step", .summary = "material_late: that needs it; empty for all.", .length_max = 100},
        FieldNote{.field = "material", .summary = "material_late: what comes.", .length_max = 100},
        FieldNote{.field = "person", .summary = "operator_absent: id of an operator.", .length_max = 100},
        FieldNote{.field = "count",
                  .summary = "operator_absent: how many, 0 for all; vehicles: how many, 0 for one.",
                  .min = 0,
                  .max = 1000},
        FieldNote{.field = "from", .summary = "operator_absent: absent for now."},
        FieldNote{.field = "until", .summary = "When the material is there, or the person back."},
        FieldNote{.field = "prices", .summary = "price_change: the new ones.", .length_max = 10'000},
        FieldNote{.field = "reason", .summary = "Why, as people should read it.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(TellRequest, (kind, order, step, material, person, count, from, until, prices, reason))

/// The record that says it from now on.
struct TellAnswer {
  std::string record;  ///< Kind, as in addresses: `absences`.
  std::string id;
};
HANSE_DESCRIBE(TellAnswer, (record, id))

/// The records as they are to be then; exactly one is there. Pure. Errors: `invalid` with the field that is missing or
/// wrong, `not_found` when there is no fleet or tariff to change.
struct ToldRecord {
  std::optional<MaterialArrival> arrival;
  std::optional<Absence> absence;
  std::optional<TransportNetwork> network;
  std::optional<EnergyTariff> tariff;
};
Result<ToldRecord> record_of(const Ledger& ledger, const TellRequest& request, Timestamp now);

}  // namespace hanse::apps::scheduling
