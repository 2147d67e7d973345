#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "apps/scheduling/published.hpp"
#include "plant/import.hpp"
#include "plant/plant.hpp"
#include "store/collection.hpp"

namespace hanse::apps::scheduling {

/// How a kind is called in the store, in addresses and in messages, and what a change of it is to the schedule.
template <class T>
struct KindOf;
template <>
struct KindOf<ProductionOrder> {
  static constexpr std::string_view store = "production_order", plural = "orders", word = "production order";
  static constexpr Cause cause = Cause::orders;
};
template <>
struct KindOf<Routing> {
  static constexpr std::string_view store = "routing", plural = "routings", word = "routing";
  static constexpr Cause cause = Cause::records;
};
template <>
struct KindOf<ChangeOverMatrix> {
  static constexpr std::string_view store = "change_over_matrix", plural = "change-overs", word = "change-over matrix";
  static constexpr Cause cause = Cause::records;
};
template <>
struct KindOf<MaintenanceWindow> {
  static constexpr std::string_view store = "maintenance_window", plural = "maintenance", word = "maintenance window";
  static constexpr Cause cause = Cause::records;
};
template <>
struct KindOf<Operator> {
  static constexpr std::string_view store = "operator", plural = "operators", word = "operator";
  static constexpr Cause cause = Cause::people;
};
template <>
struct KindOf<Absence> {
  static constexpr std::string_view store = "absence", plural = "absences", word = "absence";
  static constexpr Cause cause = Cause::people;
};
template <>
struct KindOf<MaterialArrival> {
  static constexpr std::string_view store = "material_arrival", plural = "arrivals", word = "material arrival";
  static constexpr Cause cause = Cause::material;
};
template <>
struct KindOf<TransportNetwork> {
  static constexpr std::string_view store = "transport_network", plural = "transport", word = "transport network";
  static constexpr Cause cause = Cause::fleet;
};
template <>
struct KindOf<EnergyTariff> {
  static constexpr std::string_view store = "energy_tariff", plural = "tariffs", word = "energy tariff";
  static constexpr Cause cause = Cause::price;
};

/// The ledger in the store with its rules. Blocking; safe from many threads.
class Book {
 public:
  static Result<std::unique_ptr<Book>> open(store::Store& store, plant::Plant& plant);
  Book(store::Store& store, plant::Plant& plant);

  std::shared_ptr<const Ledger> ledger() const;
  template <class T>
  const store::Collection<T>& collection() const;
  /// All or none, each checked against the rules and those before it. `expected` applies to each. Returns the version
  /// of the last. Errors: `invalid` with paths, `conflict`.
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, const std::vector<T>& records,
                           std::optional<std::int64_t> expected = {});
  /// Errors: `not_found`; `conflict` when an open order needs it.
  template <class T>
  Result<void> remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected = {});
  /// Reads a CSV file or a JSON list of records, says every row's fate and, unless it is a dry run or a row is wrong,
  /// writes them all. Errors: `invalid` (the file as a whole), `too_large`; of the store.
  template <class T>
  Result<plant::ImportReport> import(const store::Actor& actor, std::string_view body, bool dry_run);

  /// Called after each change, with a sentence that says it. Add before use.
  void listen(std::function<void(const std::string& what, Cause cause)> listener) { listener_ = std::move(listener); }

 private:
  template <class T>
  Result<void> load(Ledger& ledger);
  void publish(std::shared_ptr<const Ledger> ledger);

  store::Store& store_;
  plant::Plant& plant_;
  store::Collection<ProductionOrder> orders_;
  store::Collection<Routing> routings_;
  store::Collection<ChangeOverMatrix> change_overs_;
  store::Collection<MaintenanceWindow> maintenance_;
  store::Collection<Operator> operators_;
  store::Collection<Absence> absences_;
  store::Collection<MaterialArrival> arrivals_;
  store::Collection<TransportNetwork> transport_;
  store::Collection<EnergyTariff> tariffs_;
  std::function<void(const std::string&, Cause)> listener_;
  std::mutex write_mutex_;    ///< Held while rules are checked and written.
  mutable std::mutex mutex_;  ///< Guards the pointer only.
  std::shared_ptr<const Ledger> ledger_ = std::make_shared<const Ledger>();
};

}  // namespace hanse::apps::scheduling
