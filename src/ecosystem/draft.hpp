#pragma once

#include <unordered_map>

#include "base/result.hpp"
#include "ecosystem/records.hpp"

namespace hanse::ecosystem {

/// Changes to a snapshot that are being decided: each is checked in the light of the snapshot and of the changes before
/// it. Pure, so that an import's dry run decides exactly what the import does.
class Draft {
 public:
  /// `base` outlives the draft.
  explicit Draft(const Records& base) : base_(base) {}

  template <class T>
  const T* find(std::string_view id) const;
  /// What is wrong with the record; empty when nothing.
  std::vector<FieldError> check(const Organisation& record);
  std::vector<FieldError> check(const Site& record);
  std::vector<FieldError> check(const Capability& record);
  std::vector<FieldError> check(const Certificate& record);
  std::vector<FieldError> check(const CapacityCalendar& record);
  std::vector<FieldError> check(const Person& record);
  std::vector<FieldError> check(const Relationship& record);
  template <class T>
  void apply(const T& record);
  /// The snapshot with the changes.
  Records finish() &&;
  template <class T>
  const std::vector<std::shared_ptr<const T>>& changed() const {
    return std::get<Changes<T>>(changes_).order;
  }

 private:
  template <class T>
  struct Changes {
    std::vector<std::shared_ptr<const T>> order;
    std::unordered_map<std::string, std::shared_ptr<const T>> by_id;
  };
  void check_place(const Site& site, std::vector<FieldError>& errors);
  void check_owner(const std::string& organisation, const std::string& site, std::vector<FieldError>& errors) const;

  const Records& base_;
  std::tuple<Changes<Organisation>, Changes<Site>, Changes<Capability>, Changes<Certificate>, Changes<CapacityCalendar>,
             Changes<Person>, Changes<Relationship>>
      changes_;
  std::unordered_map<std::string, std::string> places_;  ///< Place to the site there; filled at the first site's check.
  bool places_known_ = false;
};

template <class T>
const T* Draft::find(std::string_view id) const {
  const auto& changes = std::get<Changes<T>>(changes_);
  if (!changes.by_id.empty()) {
    if (const auto found = changes.by_id.find(std::string{id}); found != changes.by_id.end())
      return found->second.get();
  }
  return base_.book<T>().find(id);
}

/// Puts what a person writes into the one form that is stored: trade names of processes become classes, unordered lists
/// are sorted, a week's maximum is at least its actual where none is given.
void normalise(Capability& record);
void normalise(Certificate& record);
void normalise(CapacityCalendar& record);
template <class T>
void normalise(T&) {}

}  // namespace hanse::ecosystem
