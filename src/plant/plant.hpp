#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plant/catalogue.hpp"
#include "plant/event_log.hpp"
#include "plant/machine_template.hpp"
#include "plant/records.hpp"
#include "signal/directory.hpp"
#include "store/collection.hpp"

namespace hanse::plant {

/// A kind of record of the plant: how it is named in the store and in messages.
template <class T>
struct KindOf;
template <>
struct KindOf<Asset> {
  static constexpr std::string_view name = "asset";
};
template <>
struct KindOf<Product> {
  static constexpr std::string_view name = "product";
};
template <>
struct KindOf<Calendar> {
  static constexpr std::string_view name = "calendar";
};
template <>
struct KindOf<ReasonCode> {
  static constexpr std::string_view name = "reason";
};

/// The plant's records with their rules, its signals and its events. Blocking; safe from many threads.
class Plant {
 public:
  /// Reads all records and signals; fills `directory`. Errors: of the store; `corrupt`.
  static Result<std::unique_ptr<Plant>> open(store::Store& store, const Clock& clock, signal::Directory& directory);

  std::shared_ptr<const Records> records() const;
  const store::Collection<Asset>& assets() const { return assets_; }
  const store::Collection<Product>& products() const { return products_; }
  const store::Collection<Calendar>& calendars() const { return calendars_; }
  const store::Collection<ReasonCode>& reasons() const { return reasons_; }
  template <class T>
  const store::Collection<T>& collection() const;

  /// Writes records of one kind, all or none, after checking each against the rules and against the ones before it.
  /// `expected` applies to each. Returns the version of the last. Errors: `invalid` with paths, `conflict`.
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, const std::vector<T>& records,
                           std::optional<std::int64_t> expected = {});
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, const T& record, std::optional<std::int64_t> expected = {}) {
    return put<T>(actor, std::vector<T>{record}, expected);
  }
  /// Errors: `not_found`; `conflict` when another record still refers to it, naming that one.
  template <class T>
  Result<void> remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected = {});

  /// What a connector's `declare` needs: the signal of each value, made with its asset where it is new.
  Result<std::vector<SignalId>> resolve(const Intake& intake, std::span<const SourceValue> values);

  Catalogue& catalogue() { return *catalogue_; }
  const Catalogue& catalogue() const { return *catalogue_; }
  EventLog& events() { return events_; }
  const TemplateBook& templates() const { return templates_; }
  store::Store& store() { return store_; }

  /// Reads everything again, as after a restore or when another program wrote to the store.
  Result<void> reload();

 private:
  struct Token {};  ///< Keeps the constructor to `open`.

 public:
  Plant(Token token, store::Store& store, const Clock& clock);

 private:
  void publish(std::shared_ptr<const Records> records);

  store::Store& store_;
  store::Collection<Asset> assets_;
  store::Collection<Product> products_;
  store::Collection<Calendar> calendars_;
  store::Collection<ReasonCode> reasons_;
  EventLog events_;
  TemplateBook templates_;
  std::unique_ptr<Catalogue> catalogue_;
  mutable std::mutex write_mutex_;  ///< Held while rules are checked and written, so that they still hold after.
  mutable std::mutex mutex_;        ///< Guards the pointer only.
  std::shared_ptr<const Records> records_ = std::make_shared<const Records>();
};

/// What is wrong with a record in the light of the others; empty when nothing. Pure: imports use it for dry runs.
std::vector<FieldError> check(const Records& records, const Asset& asset);
std::vector<FieldError> check(const Records& records, const Product& product);
std::vector<FieldError> check(const Records& records, const Calendar& calendar);
std::vector<FieldError> check(const Records& records, const ReasonCode& reason);
/// Puts the record into the snapshot, replacing one of the same id.
void apply(Records& records, const Asset& asset);
void apply(Records& records, const Product& product);
void apply(Records& records, const Calendar& calendar);
void apply(Records& records, const ReasonCode& reason);

}  // namespace hanse::plant
