#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "ecosystem/draft.hpp"
#include "ecosystem/search.hpp"
#include "store/collection.hpp"

namespace hanse::ecosystem {

/// The ecosystem's records with their rules and a search over them. Blocking; safe from many threads.
class Ecosystem {
 public:
  /// Reads all records. Errors: of the store; `corrupt`.
  static Result<std::unique_ptr<Ecosystem>> open(store::Store& store);

  std::shared_ptr<const Records> records() const;
  const Search& search() const { return search_; }
  store::Store& store() { return store_; }
  template <class T>
  const store::Collection<T>& collection() const {
    return std::get<store::Collection<T>>(collections_);
  }

  /// Writes records of one kind, all or none, after checking each against the rules and against the ones before it.
  /// `expected` applies to each. Returns the version of the last. Errors: `invalid` with paths, `conflict`.
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, std::vector<T> records,
                           std::optional<std::int64_t> expected = {});
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, const T& record, std::optional<std::int64_t> expected = {}) {
    return put<T>(actor, std::vector<T>{record}, expected);
  }
  /// Errors: `not_found`; `conflict` when another record still refers to it, naming that one.
  template <class T>
  Result<void> remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected = {});

  /// Reads everything again, as after a restore.
  Result<void> reload();

 private:
  struct Token {};

 public:
  Ecosystem(Token token, store::Store& store);

 private:
  void publish(Records records);

  store::Store& store_;
  std::tuple<store::Collection<Organisation>, store::Collection<Site>, store::Collection<Capability>,
             store::Collection<Certificate>, store::Collection<CapacityCalendar>, store::Collection<Person>,
             store::Collection<Relationship>>
      collections_;
  Search search_;
  std::mutex write_mutex_;    ///< Held while rules are checked and written, so that they still hold after.
  mutable std::mutex mutex_;  ///< Guards the pointer only.
  std::shared_ptr<const Records> records_ = std::make_shared<const Records>();
};

}  // namespace hanse::ecosystem
