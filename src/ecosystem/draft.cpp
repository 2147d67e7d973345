#include "ecosystem/draft.hpp"

#include <fmt/format.h>
#include <cctype>
#include <cmath>

#include "base/text.hpp"

namespace hanse::ecosystem {
namespace {

bool is_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '-' || c == '_' || c == '.';
  });
}
void check_id(std::string_view id, std::vector<FieldError>& errors) {
  if (!is_id(id)) errors.push_back({"id", "must be lower-case letters, digits and hyphens"});
}
void check_country(std::string_view country, std::vector<FieldError>& errors) {
  const bool fits = country.empty() || (country.size() == 2 && std::isupper(static_cast<unsigned char>(country[0])) &&
                                        std::isupper(static_cast<unsigned char>(country[1])));
  if (!fits) errors.push_back({"country", "must be two capital letters, as DE"});
}

/// About eleven metres: nearer than two gates of one works.
std::string place_of(const Site& site) {
  if (site.latitude == 0 && site.longitude == 0) return {};
  return fmt::format("{:.4f},{:.4f}", site.latitude, site.longitude);
}

void check_process(std::string_view path, std::string_view process, std::vector<FieldError>& errors) {
  if (!process_number(process)) {
    errors.push_back(
        {std::string{path}, fmt::format("'{}' is no process class of the vocabulary, as proc:din8580/3.2.1", process)});
  }
}

/// Bounds that no real offer passes: a typing error, or a unit mistaken.
constexpr double kPropertyMax = 1e6;

void check_range(std::size_t i, const PropertyRange& range, std::vector<FieldError>& errors) {
  const auto path = fmt::format("envelope[{}]", i);
  if (property_unit(range.property).empty()) {
    errors.push_back({path + ".property", "there is no property '" + range.property + "' in the vocabulary"});
  }
  if (!range.min && !range.max) errors.push_back({path, "needs a min or a max"});
  if (range.min && range.max && *range.min > *range.max) errors.push_back({path + ".max", "must be at least min"});
  for (const auto& bound : {range.min, range.max}) {
    if (bound && !(std::abs(*bound) <= kPropertyMax)) errors.push_back({path, "must be within a million of its unit"});
  }
}

bool is_monday(std::string_view text) {
  const auto time = parse_timestamp(std::string{text} + "T00:00:00Z");
  if (!time) return false;
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_time<Duration>{Duration{time->ns}});
  return std::chrono::weekday{day} == std::chrono::Monday;
}

}  // namespace

template <class T>
void Draft::apply(const T& record) {
  auto& changes = std::get<Changes<T>>(changes_);
  auto entry = std::make_shared<const T>(record);
  if constexpr (std::is_same_v<T, Site>) {
    if (places_known_ && !place_of(record).empty()) places_[place_of(record)] = record.id;
  }
  changes.by_id[record.id] = entry;
  changes.order.push_back(std::move(entry));
}
template void Draft::apply(const Organisation&);
template void Draft::apply(const Site&);
template void Draft::apply(const Capability&);
template void Draft::apply(const Certificate&);
template void Draft::apply(const CapacityCalendar&);
template void Draft::apply(const Person&);
template void Draft::apply(const Relationship&);

Records Draft::finish() && {
  Records out = base_;
  for_each_kind([&]<class T>() { out.book<T>().merge(std::move(std::get<Changes<T>>(changes_).order)); });
  return out;
}

void Draft::check_owner(const std::string& organisation, const std::string& site,
                        std::vector<FieldError>& errors) const {
  if (!find<Organisation>(organisation)) {
    errors.push_back({"organisation", "there is no organisation '" + organisation + "'"});
  }
  if (site.empty()) return;
  const auto* place = find<Site>(site);
  if (!place) {
    errors.push_back({"site", "there is no site '" + site + "'"});
  } else if (place->organisation != organisation) {
    errors.push_back({"site", fmt::format("belongs to '{}', not to '{}'", place->organisation, organisation)});
  }
}

void Draft::check_place(const Site& site, std::vector<FieldError>& errors) {
  if (!places_known_) {
    for (const auto& other : base_.sites) {
      if (auto place = place_of(*other); !place.empty()) places_.emplace(std::move(place), other->id);
    }
    for (const auto& other : changed<Site>()) {
      if (auto place = place_of(*other); !place.empty()) places_.emplace(std::move(place), other->id);
    }
    places_known_ = true;
  }
  const auto found = places_.find(place_of(site));
  if (found == places_.end() || found->second == site.id) return;
  const auto* other = find<Site>(found->second);
  if (!other || other->organisation == site.organisation || (other->shared && site.shared) ||
      place_of(*other) != place_of(site))
    return;
  errors.push_back(
      {"latitude", fmt::format("'{}' of '{}' claims the same place; if it is shared, both sites must say so", other->id,
                               other->organisation)});
}

std::vector<FieldError> Draft::check(const Organisation& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_country(record.country, errors);
  return errors;
}

std::vector<FieldError> Draft::check(const Site& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_country(record.country, errors);
  check_owner(record.organisation, {}, errors);
  if (const auto* before = find<Site>(record.id); before && before->organisation != record.organisation) {
    errors.push_back({"organisation", fmt::format("the site belongs to '{}' already", before->organisation)});
  }
  check_place(record, errors);
  return errors;
}

std::vector<FieldError> Draft::check(const Capability& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_owner(record.organisation, record.site, errors);
  check_process("process", record.process, errors);
  for (std::size_t i = 0; i < record.materials.size(); ++i) {
    if (!material_number(record.materials[i])) {
      errors.push_back({fmt::format("materials[{}]", i),
                        "there is no material family '" + record.materials[i] + "' in the vocabulary"});
    }
  }
  for (std::size_t i = 0; i < record.envelope.size(); ++i) check_range(i, record.envelope[i], errors);
  if (!record.calendar.empty()) {
    const auto* calendar = find<CapacityCalendar>(record.calendar);
    if (!calendar) {
      errors.push_back({"calendar", "there is no capacity calendar '" + record.calendar + "'"});
    } else if (calendar->organisation != record.organisation) {
      errors.push_back({"calendar", "belongs to '" + calendar->organisation + "'"});
    }
  }
  return errors;
}

std::vector<FieldError> Draft::check(const Certificate& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_owner(record.organisation, record.site, errors);
  for (std::size_t i = 0; i < record.processes.size(); ++i) {
    check_process(fmt::format("processes[{}]", i), record.processes[i], errors);
  }
  if (record.valid_to <= record.valid_from) errors.push_back({"valid_to", "must be after valid_from"});
  return errors;
}

std::vector<FieldError> Draft::check(const CapacityCalendar& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_owner(record.organisation, record.site, errors);
  if (record.usual_maximum != 0 && record.usual_maximum < record.usual_hours) {
    errors.push_back({"usual_maximum", "must be at least usual_hours, or 0 for the same"});
  }
  for (std::size_t i = 0; i < record.weeks.size(); ++i) {
    const auto& week = record.weeks[i];
    const auto path = fmt::format("weeks[{}]", i);
    if (!is_monday(week.monday)) errors.push_back({path + ".monday", "must be a Monday, as 2026-03-02"});
    if (week.maximum < week.actual) errors.push_back({path + ".maximum", "must be at least actual"});
    if (i > 0 && record.weeks[i - 1].monday == week.monday)
      errors.push_back({path + ".monday", "stands in the calendar twice"});
  }
  return errors;
}

std::vector<FieldError> Draft::check(const Person& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  check_owner(record.organisation, record.site, errors);
  return errors;
}

std::vector<FieldError> Draft::check(const Relationship& record) {
  std::vector<FieldError> errors;
  check_id(record.id, errors);
  if (!find<Organisation>(record.from)) errors.push_back({"from", "there is no organisation '" + record.from + "'"});
  if (!find<Organisation>(record.to)) errors.push_back({"to", "there is no organisation '" + record.to + "'"});
  if (record.from == record.to) errors.push_back({"to", "must be another organisation"});
  return errors;
}

void normalise(Capability& record) {
  if (const auto process = process_class(record.process)) record.process = *process;
}
void normalise(Certificate& record) {
  for (auto& text : record.processes) {
    if (const auto process = process_class(text)) text = *process;
  }
}
void normalise(CapacityCalendar& record) {
  for (auto& week : record.weeks) {
    if (week.maximum == 0) week.maximum = week.actual;
  }
  std::stable_sort(record.weeks.begin(), record.weeks.end(),
                   [](const auto& a, const auto& b) { return a.monday < b.monday; });
}

}  // namespace hanse::ecosystem
