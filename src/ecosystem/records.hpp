#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "ecosystem/vocabulary.hpp"
#include "store/store.hpp"

namespace hanse::ecosystem {

/// What an organisation is in one ecosystem; the same company may appear in all four.
struct Role {
  Domain domain = Domain::production;
  Participant participant = Participant::manufacturer;
  friend bool operator==(const Role&, const Role&) = default;
};
HANSE_DESCRIBE(Role, (domain, participant))

struct Organisation {
  std::string id;
  std::string name;
  std::vector<Role> roles;
  std::string country;  ///< ISO 3166-1 alpha-2.
  std::string website, contact, description;
  std::vector<std::string> tags;
  bool member = true;  ///< Of this ecosystem; false for one that is only known of.
  friend bool operator==(const Organisation&, const Organisation&) = default;
  static std::vector<store::IndexField> index(const Organisation& o) { return {{"country", o.country}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "roles", .summary = "What it is in each ecosystem.", .length_max = 30},
        FieldNote{.field = "country", .summary = "Two letters, ISO 3166-1.", .length_max = 2},
        FieldNote{.field = "website", .length_max = 300},
        FieldNote{.field = "contact", .summary = "Whom to call.", .length_max = 300},
        FieldNote{.field = "description", .length_max = 5000},
        FieldNote{.field = "tags", .length_max = 50}};
  }
};
HANSE_DESCRIBE(Organisation, (id, name, roles, country, website, contact, description, tags, member))

/// One location of an organisation.
struct Site {
  std::string id;
  std::string organisation;
  std::string name;
  std::string address, city, country;
  std::string zone;                    ///< Transport zone of plans; empty: by country.
  double latitude = 0, longitude = 0;  ///< Degrees, WGS 84.
  bool shared = false;                 ///< Others may have a site at the same place (a park, a warehouse).
  friend bool operator==(const Site&, const Site&) = default;
  static std::vector<store::IndexField> index(const Site& s) { return {{"organisation", s.organisation}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "organisation", .summary = "Whose site it is.", .length_max = 100, .required = true},
        FieldNote{.field = "name", .length_max = 200, .required = true},
        FieldNote{.field = "address", .length_max = 300},
        FieldNote{.field = "city", .length_max = 100},
        FieldNote{.field = "country", .summary = "Two letters, ISO 3166-1.", .length_max = 2},
        FieldNote{.field = "latitude", .summary = "Degrees north.", .min = -90, .max = 90},
        FieldNote{.field = "longitude", .summary = "Degrees east.", .min = -180, .max = 180}};
  }
};
HANSE_DESCRIBE(Site, (id, organisation, name, address, city, country, zone, latitude, longitude, shared))

/// One property of an envelope: what the offer can do, from `min` to `max` in the vocabulary's unit.
struct PropertyRange {
  std::string property;
  std::optional<double> min, max;
  friend bool operator==(const PropertyRange&, const PropertyRange&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{
        .field = "property", .summary = "As in the vocabulary: workspace.x, tolerance.it, ...", .required = true}};
  }
};
HANSE_DESCRIBE(PropertyRange, (property, min, max))

/// What a site can do and offers to do.
struct Capability {
  std::string id;
  std::string organisation, site;
  std::string process;                  ///< Class of the vocabulary.
  std::vector<std::string> materials;   ///< Families of the vocabulary.
  std::vector<PropertyRange> envelope;  ///< What isn't said is unknown, never yes.
  std::string calendar;                 ///< Whose hours it uses; capabilities with the same one share them.
  double hours_per_unit = 0;            ///< A usual part's; 0 for unknown.
  double units_per_week_max = 0;        ///< At full rate; 0 for what the calendar allows.
  double lead_time_weeks = 1;           ///< From start to the goods being ready.
  double qualification_weeks = 0;       ///< Tooling, first article, certification of a new part.
  double ramp_weeks = 0;                ///< From the first part to the full rate.
  double unit_cost = 0;                 ///< A usual part's, in the network's currency; 0 for unknown.
  double hourly_rate = 0;               ///< Of the calendar's hours; used where no unit cost is said.
  Evidence evidence = Evidence::declared;
  bool offered = true;  ///< To others.
  friend bool operator==(const Capability&, const Capability&) = default;
  static std::vector<store::IndexField> index(const Capability& c) {
    return {{"organisation", c.organisation}, {"site", c.site}, {"process", c.process}};
  }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id",
                  .summary = "Lower-case letters, digits and hyphens; never changes.",
                  .length_max = 100,
                  .required = true},
        FieldNote{.field = "organisation", .length_max = 100, .required = true},
        FieldNote{.field = "site", .length_max = 100, .required = true},
        FieldNote{.field = "process",
                  .summary = "Process class, as proc:din8580/3.2.1 or a trade name such as SLS.",
                  .required = true},
        FieldNote{.field = "materials", .summary = "Material families, as metal/steel/stainless.", .length_max = 40},
        FieldNote{.field = "envelope", .length_max = 40},
        FieldNote{
            .field = "hours_per_unit", .summary = "Hours of the calendar per usual part.", .min = 0, .max = 10'000},
        FieldNote{.field = "units_per_week_max", .min = 0, .max = 1e9},
        FieldNote{.field = "lead_time_weeks", .min = 0, .max = 104},
        FieldNote{.field = "qualification_weeks", .min = 0, .max = 104},
        FieldNote{.field = "ramp_weeks", .min = 0, .max = 104},
        FieldNote{.field = "unit_cost", .min = 0, .max = 1e9},
        FieldNote{.field = "hourly_rate", .min = 0, .max = 1e6}};
  }
};
HANSE_DESCRIBE(Capability,
               (id, organisation, site, process, materials, envelope, calendar, hours_per_unit, units_per_week_max,
                lead_time_weeks, qualification_weeks, ramp_weeks, unit_cost, hourly_rate, evidence, offered))

/// A certificate with what it covers and how long.
struct Certificate {
  std::string id;
  std::string organisation;
  std::string site;                    ///< Empty: all sites of the organisation.
  std::string scheme;                  ///< `ISO 13485`
  std::vector<std::string> processes;  ///< Classes it covers; empty: all.
  Timestamp valid_from, valid_to;      ///< [from, to)
  std::string issuer, number;
  Evidence evidence = Evidence::declared;
  friend bool operator==(const Certificate&, const Certificate&) = default;
  static std::vector<store::IndexField> index(const Certificate& c) { return {{"organisation", c.organisation}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 100, .required = true},
        FieldNote{.field = "organisation", .required = true},
        FieldNote{.field = "scheme", .summary = "As in ISO 13485, IATF 16949.", .length_max = 100, .required = true},
        FieldNote{.field = "processes", .summary = "Process classes it covers; none for all.", .length_max = 100},
        FieldNote{.field = "valid_from", .required = true},
        FieldNote{.field = "valid_to", .required = true}};
  }
};
HANSE_DESCRIBE(Certificate, (id, organisation, site, scheme, processes, valid_from, valid_to, issuer, number, evidence))

/// One week of a capacity calendar (Catena-X week-based capacity: actual, maximum, agreed).
struct CapacityWeek {
  std::string monday;  ///< `2026-03-02`
  double actual = 0;   ///< Hours that are planned and free for this network.
  double maximum = 0;  ///< With overtime.
  friend bool operator==(const CapacityWeek&, const CapacityWeek&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "monday", .summary = "The week's Monday, as 2026-03-02.", .required = true},
                      FieldNote{.field = "actual", .summary = "Hours.", .min = 0, .max = 1e7},
                      FieldNote{.field = "maximum", .summary = "Hours with overtime.", .min = 0, .max = 1e7}};
  }
};
HANSE_DESCRIBE(CapacityWeek, (monday, actual, maximum))

/// Hours a week that a group of machines or people offers to the network.
struct CapacityCalendar {
  std::string id;
  std::string organisation, site;
  std::string name;
  double usual_hours = 0;    ///< Of a week that isn't listed.
  double usual_maximum = 0;  ///< With overtime; 0: the same.
  double overtime_cost = 0;  ///< Extra cost per hour above the usual.
  std::vector<CapacityWeek> weeks;
  friend bool operator==(const CapacityCalendar&, const CapacityCalendar&) = default;
  static std::vector<store::IndexField> index(const CapacityCalendar& c) { return {{"organisation", c.organisation}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 100, .required = true},
        FieldNote{.field = "organisation", .required = true},
        FieldNote{.field = "site", .required = true},
        FieldNote{.field = "usual_hours", .summary = "Hours a week.", .min = 0, .max = 1e7},
        FieldNote{
            .field = "usual_maximum", .summary = "Hours a week with overtime; 0 for the same.", .min = 0, .max = 1e7},
        FieldNote{.field = "overtime_cost", .min = 0, .max = 1e6},
        FieldNote{.field = "weeks", .length_max = 520}};
  }
};
HANSE_DESCRIBE(CapacityCalendar, (id, organisation, site, name, usual_hours, usual_maximum, overtime_cost, weeks))

struct Skill {
  std::string skill;
  std::int64_t level = 1;
  friend bool operator==(const Skill&, const Skill&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "skill", .length_max = 100, .required = true},
                      FieldNote{.field = "level", .summary = "1 learning to 5 teaches others.", .min = 1, .max = 5}};
  }
};
HANSE_DESCRIBE(Skill, (skill, level))

/// A person or a post with skills that are offered or wanted.
struct Person {
  std::string id;
  std::string organisation, site;
  std::string name;  ///< May be a post instead of a name.
  std::vector<Skill> skills;
  bool wanted = false;        ///< True: the organisation looks for these skills.
  double hours_per_week = 0;  ///< Offered to others.
  friend bool operator==(const Person&, const Person&) = default;
  static std::vector<store::IndexField> index(const Person& p) { return {{"organisation", p.organisation}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 100, .required = true},
                      FieldNote{.field = "organisation", .required = true},
                      FieldNote{.field = "name", .length_max = 200, .required = true},
                      FieldNote{.field = "skills", .length_max = 100},
                      FieldNote{.field = "hours_per_week", .min = 0, .max = 168}};
  }
};
HANSE_DESCRIBE(Person, (id, organisation, site, name, skills, wanted, hours_per_week))

struct Relationship {
  std::string id;
  std::string from, to;
  RelationKind kind = RelationKind::supplies;
  Domain domain = Domain::supply_chain;
  std::string note;
  friend bool operator==(const Relationship&, const Relationship&) = default;
  static std::vector<store::IndexField> index(const Relationship& r) { return {{"from", r.from}, {"to", r.to}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 200, .required = true},
                      FieldNote{.field = "from", .required = true}, FieldNote{.field = "to", .required = true},
                      FieldNote{.field = "note", .length_max = 1000}};
  }
};
HANSE_DESCRIBE(Relationship, (id, from, to, kind, domain, note))

/// All records of a kind at one moment, by id. Copying shares the records, so a snapshot of 100,000 costs a
/// millisecond.
template <class T>
class Book {
 public:
  using Entry = std::shared_ptr<const T>;

  const T* find(std::string_view id) const {
    const auto at = lower_bound(id);
    return at == entries_.end() || (*at)->id != id ? nullptr : at->get();
  }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  /// Adds or replaces; `changed` in any order, a later one of the same id wins.
  void merge(std::vector<Entry> changed) {
    std::stable_sort(changed.begin(), changed.end(), by_id);
    std::vector<Entry> merged;
    merged.reserve(entries_.size() + changed.size());
    auto old = entries_.begin();
    for (std::size_t i = 0; i < changed.size(); ++i) {
      if (i + 1 < changed.size() && changed[i + 1]->id == changed[i]->id) continue;
      for (; old != entries_.end() && (*old)->id < changed[i]->id; ++old) merged.push_back(*old);
      if (old != entries_.end() && (*old)->id == changed[i]->id) ++old;
      merged.push_back(changed[i]);
    }
    merged.insert(merged.end(), old, entries_.end());
    entries_ = std::move(merged);
  }
  void erase(std::string_view id) {
    const auto at = lower_bound(id);
    if (at != entries_.end() && (*at)->id == id) entries_.erase(at);
  }

 private:
  static bool by_id(const Entry& a, const Entry& b) { return a->id < b->id; }
  typename std::vector<Entry>::const_iterator lower_bound(std::string_view id) const {
    return std::lower_bound(entries_.begin(), entries_.end(), id,
                            [](const Entry& e, std::string_view wanted) { return e->id < wanted; });
  }

  std::vector<Entry> entries_;
};

/// The ecosystem at one moment, unchanging: what search, matching and imports look things up in.
struct Records {
  Book<Organisation> organisations;
  Book<Site> sites;
  Book<Capability> capabilities;
  Book<Certificate> certificates;
  Book<CapacityCalendar> calendars;
  Book<Person> people;
  Book<Relationship> relationships;

  template <class T>
  const Book<T>& book() const;
  template <class T>
  Book<T>& book() {
    return const_cast<Book<T>&>(std::as_const(*this).template book<T>());
  }
};

template <class T>
const Book<T>& Records::book() const {
  if constexpr (std::is_same_v<T, Organisation>)
    return organisations;
  else if constexpr (std::is_same_v<T, Site>)
    return sites;
  else if constexpr (std::is_same_v<T, Capability>)
    return capabilities;
  else if constexpr (std::is_same_v<T, Certificate>)
    return certificates;
  else if constexpr (std::is_same_v<T, CapacityCalendar>)
    return calendars;
  else if constexpr (std::is_same_v<T, Person>)
    return people;
  else
    return relationships;
}

/// Calls `f.template operator()<T>()` for each kind of record, referred ones first.
template <class F>
void for_each_kind(F&& f) {
  f.template operator()<Organisation>();
  f.template operator()<Site>();
  f.template operator()<CapacityCalendar>();
  f.template operator()<Certificate>();
  f.template operator()<Capability>();
  f.template operator()<Person>();
  f.template operator()<Relationship>();
}

/// How a kind is called in the store, in addresses and in messages.
template <class T>
struct KindOf;
template <>
struct KindOf<Organisation> {
  static constexpr std::string_view store = "organisation", plural = "organisations", word = "organisation";
};
template <>
struct KindOf<Site> {
  static constexpr std::string_view store = "site", plural = "sites", word = "site";
};
template <>
struct KindOf<Capability> {
  static constexpr std::string_view store = "capability", plural = "capabilities", word = "capability";
};
template <>
struct KindOf<Certificate> {
  static constexpr std::string_view store = "certificate", plural = "certificates", word = "certificate";
};
template <>
struct KindOf<CapacityCalendar> {
  static constexpr std::string_view store = "capacity", plural = "capacities", word = "capacity calendar";
};
template <>
struct KindOf<Person> {
  static constexpr std::string_view store = "person", plural = "people", word = "person";
};
template <>
struct KindOf<Relationship> {
  static constexpr std::string_view store = "relationship", plural = "relationships", word = "relationship";
};

}  // namespace hanse::ecosystem
