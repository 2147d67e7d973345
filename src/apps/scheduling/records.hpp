#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/scheduling/resources.hpp"
#include "base/describe.hpp"
#include "base/json.hpp"
#include "plant/equipment.hpp"
#include "plant/records.hpp"
#include "store/store.hpp"

// What the app keeps itself, beside the plant's products, equipment and calendars: the terms are those of ISA-95 part 2
// (production order, routing) and of planners everywhere.

namespace hanse::apps::scheduling {

enum class OrderStatus { open, completed, cancelled };
HANSE_DESCRIBE_ENUM(OrderStatus, open, completed, cancelled)

/// So many of a product by a date.
struct ProductionOrder {
  std::string id;
  std::string product;
  std::int64_t quantity = 1;
  std::optional<Timestamp> release;  ///< Not before; absent: now.
  std::optional<Timestamp> due;
  std::int64_t weight = 1;  ///< Of its tardiness.
  std::string routing;      ///< Id; empty: the product's only one.
  OrderStatus status = OrderStatus::open;
  std::string customer, note;
  std::vector<std::string> completed_steps;  ///< Done before the plan knew the order.
  std::string programme_order;               ///< Of a programme, which it is a part of; empty: the plant's own.
  friend bool operator==(const ProductionOrder&, const ProductionOrder&) = default;
  void validate(JsonReader& reader) const;
  static std::vector<store::IndexField> index(const ProductionOrder& order) {
    return {{"status", describe::enum_name(order.status)}, {"product", order.product}};
  }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "The order's number; never changes.", .length_max = 100, .required = true},
        FieldNote{.field = "product", .summary = "Id of a product.", .length_max = 100, .required = true},
        FieldNote{.field = "quantity", .summary = "Good parts wanted.", .min = 1, .max = 10'000'000},
        FieldNote{.field = "release", .summary = "Not to be begun before; absent for at once."},
        FieldNote{.field = "due", .summary = "Wanted by; absent for no date."},
        FieldNote{.field = "weight", .summary = "How much its tardiness counts.", .min = 0, .max = 1000},
        FieldNote{.field = "routing", .summary = "Id of a routing; empty for the product's own.", .length_max = 100},
        FieldNote{.field = "customer", .summary = "Whom it is for.", .length_max = 200},
        FieldNote{.field = "note", .summary = "In a person's words.", .length_max = 1000},
        FieldNote{.field = "completed_steps", .summary = "Steps that are done already.", .length_max = 100},
        FieldNote{.field = "programme_order",
                  .summary = "Order of a programme that it is a part of; the node keeps quantity and date as ordered.",
                  .length_max = 300}};
  }
};
HANSE_DESCRIBE(ProductionOrder, (id, product, quantity, release, due, weight, routing, status, customer, note,
                                 completed_steps, programme_order))

/// One machine that can do a step.
struct RoutingMachine {
  AssetId machine;
  double cycle_s = 0;  ///< Per part; 0: the product's ideal cycle on this machine.
  friend bool operator==(const RoutingMachine&, const RoutingMachine&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "machine", .summary = "Id of an asset.", .required = true},
                      FieldNote{.field = "cycle_s",
                                .summary = "Seconds per part; 0 for the product's ideal cycle on this machine.",
                                .min = 0,
                                .max = 1e6}};
  }
};
HANSE_DESCRIBE(RoutingMachine, (machine, cycle_s))

struct RoutingStep {
  std::string id;
  std::string name;
  std::vector<RoutingMachine> machines;           ///< Alternatives.
  std::optional<std::vector<std::string>> after;  ///< Absent: the step before in the list.
  double fixed_s = 0;                             ///< Once per order, whatever the quantity.
  double lag_s = 0;                               ///< Wait before the next step: cooling, curing, transport.
  bool resumable = true;                          ///< May pause while its machine doesn't work.
  std::string family;                             ///< For set-ups; empty: the product.
  std::string skill;                              ///< Somebody with it attends throughout; empty: nobody needs to.
  friend bool operator==(const RoutingStep&, const RoutingStep&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Unique in the routing.", .length_max = 100, .required = true},
        FieldNote{.field = "machines",
                  .summary = "Machines that can do it, one is chosen.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "after", .summary = "Steps that come before; absent for the one before in the list."},
        FieldNote{.field = "fixed_s", .summary = "Seconds per order, besides those per part.", .min = 0, .max = 1e7},
        FieldNote{.field = "lag_s", .summary = "Seconds to wait before the next step.", .min = 0, .max = 1e7},
        FieldNote{.field = "resumable", .summary = "May pause while its machine doesn't work."},
        FieldNote{.field = "family", .summary = "Set-up family; empty for the product.", .length_max = 100},
        FieldNote{.field = "skill", .summary = "Of the operator who attends; empty for none.", .length_max = 100}};
  }
};
HANSE_DESCRIBE(RoutingStep, (id, name, machines, after, fixed_s, lag_s, resumable, family, skill))

/// How a product is made.
struct Routing {
  std::string id;
  std::string product;
  std::vector<RoutingStep> steps;
  friend bool operator==(const Routing&, const Routing&) = default;
  void validate(JsonReader& reader) const;
  static std::vector<store::IndexField> index(const Routing& routing) { return {{"product", routing.product}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Never changes.", .length_max = 100, .required = true},
                      FieldNote{.field = "product", .summary = "Id of a product.", .length_max = 100, .required = true},
                      FieldNote{.field = "steps", .summary = "What is done.", .length_max = 100, .required = true}};
  }
};
HANSE_DESCRIBE(Routing, (id, product, steps))

struct ChangeOver {
  std::string from, to;
  double seconds = 0;
  friend bool operator==(const ChangeOver&, const ChangeOver&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "Set-up family.", .required = true},
                      FieldNote{.field = "to", .summary = "Set-up family.", .required = true},
                      FieldNote{.field = "seconds", .summary = "Seconds.", .min = 0, .max = 1e6}};
  }
};
HANSE_DESCRIBE(ChangeOver, (from, to, seconds))

/// What a change from one family to another costs on some machines: a default, and what differs from it.
struct ChangeOverMatrix {
  std::string id;
  std::vector<AssetId> machines;
  double default_s = 0;  ///< Between two different families.
  std::vector<ChangeOver> changes;
  friend bool operator==(const ChangeOverMatrix&, const ChangeOverMatrix&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 100, .required = true},
        FieldNote{.field = "machines", .summary = "Where it holds.", .length_max = 1000, .required = true},
        FieldNote{.field = "default_s", .summary = "Seconds between two different families.", .min = 0, .max = 1e6},
        FieldNote{.field = "changes", .summary = "What differs from that.", .length_max = 10'000}};
  }
};
HANSE_DESCRIBE(ChangeOverMatrix, (id, machines, default_s, changes))

/// A machine, or all below a node, is not there: maintenance, a trial, an audit.
struct MaintenanceWindow {
  std::string id;
  AssetId asset;
  Timestamp begin, end;
  std::string reason;
  friend bool operator==(const MaintenanceWindow&, const MaintenanceWindow&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 200, .required = true},
        FieldNote{.field = "asset", .summary = "A machine, or a node for all below it.", .required = true},
        FieldNote{.field = "begin", .summary = "From when.", .required = true},
        FieldNote{.field = "end", .summary = "Until when.", .required = true},
        FieldNote{.field = "reason", .summary = "Why, as people should read it.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(MaintenanceWindow, (id, asset, begin, end, reason))

/// The records at one moment, unchanging.
struct Ledger {
  std::map<std::string, ProductionOrder> orders;
  std::map<std::string, Routing> routings;
  std::map<std::string, ChangeOverMatrix> change_overs;
  std::map<std::string, MaintenanceWindow> maintenance;
  std::map<std::string, Operator> operators;
  std::map<std::string, Absence> absences;
  std::map<std::string, MaterialArrival> arrivals;
  std::map<std::string, TransportNetwork> transport;  ///< One at most.
  std::map<std::string, EnergyTariff> tariffs;        ///< One at most.

  /// By the order's own word, else the product's; null when there is none, or several and none named.
  const Routing* routing_of(const ProductionOrder& order) const;
};

/// What is wrong with a record in the light of the others; empty when nothing. Pure: imports use it for dry runs.
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const ProductionOrder& order);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const Routing& routing);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const ChangeOverMatrix& matrix);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const MaintenanceWindow& window);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const Operator& person);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const Absence& absence);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const MaterialArrival& arrival);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const TransportNetwork& network);
std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const EnergyTariff& tariff);
/// Puts the record into the snapshot, replacing one of the same id.
inline void apply(Ledger& ledger, const ProductionOrder& order) { ledger.orders[order.id] = order; }
inline void apply(Ledger& ledger, const Routing& routing) { ledger.routings[routing.id] = routing; }
inline void apply(Ledger& ledger, const ChangeOverMatrix& matrix) { ledger.change_overs[matrix.id] = matrix; }
inline void apply(Ledger& ledger, const MaintenanceWindow& window) { ledger.maintenance[window.id] = window; }
inline void apply(Ledger& ledger, const Operator& person) { ledger.operators[person.id] = person; }
inline void apply(Ledger& ledger, const Absence& absence) { ledger.absences[absence.id] = absence; }
inline void apply(Ledger& ledger, const MaterialArrival& arrival) { ledger.arrivals[arrival.id] = arrival; }
inline void apply(Ledger& ledger, const TransportNetwork& network) { ledger.transport[network.id] = network; }
inline void apply(Ledger& ledger, const EnergyTariff& tariff) { ledger.tariffs[tariff.id] = tariff; }

/// Positions of the steps that come before `step`. Precondition: the routing passed `validate`.
std::vector<std::uint32_t> steps_before(const Routing& routing, std::size_t step);

}  // namespace hanse::apps::scheduling
