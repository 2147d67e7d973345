#include <fmt/format.h>
#include <algorithm>
#include <cctype>

#include "plant/plant.hpp"

namespace hanse::plant {
namespace {

/// Ids stand in URLs, CSV files and topics: letters, digits, dots, hyphens, underscores.
bool is_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}
bool is_lower_id(std::string_view id) {
  return is_id(id) && std::none_of(id.begin(), id.end(), [](unsigned char c) { return std::isupper(c); });
}

void check_calendar_name(const Records& records, const std::string& calendar, std::vector<FieldError>& errors) {
  if (!calendar.empty() && !records.calendars.contains(calendar)) {
    errors.push_back({"calendar", "there is no calendar '" + calendar + "'"});
  }
}

/// The parent's level must be above the node's; the levels between may be left out.
void check_parent(const Records& records, const Asset& asset, std::vector<FieldError>& errors) {
  if (asset.parent.empty()) return;
  const auto* parent = records.asset(asset.parent);
  if (asset.parent == asset.id) {
    errors.push_back({"parent", "must be another node"});
  } else if (!parent) {
    errors.push_back({"parent", "there is no asset '" + asset.parent.value + "'"});
  } else if (parent->level >= asset.level && !(parent->level == Level::asset && asset.level == Level::asset)) {
    errors.push_back({"parent", fmt::format("a node of level {} can't stand below one of level {}",
                                            describe::enum_name(asset.level), describe::enum_name(parent->level))});
  }
  const auto* node = parent;
  for (int depth = 0; node && depth < 50; ++depth, node = records.asset(node->parent)) {
    if (node->id != asset.id) continue;
    errors.push_back({"parent", "would make the node its own ancestor"});
    return;
  }
}

}  // namespace

std::vector<FieldError> check(const Records& records, const Asset& asset) {
  std::vector<FieldError> errors;
  if (!is_lower_id(asset.id.value)) errors.push_back({"id", "must be lower-case letters, digits and hyphens"});
  check_parent(records, asset, errors);
  for (const auto& [id, child] : records.assets) {
    if (child.parent != asset.id || child.level > asset.level) continue;
    if (child.level == Level::asset && asset.level == Level::asset) continue;
    errors.push_back(
        {"level", fmt::format("'{}' of level {} stands below it", child.id.value, describe::enum_name(child.level))});
    break;
  }
  check_calendar_name(records, asset.calendar, errors);
  return errors;
}

std::vector<FieldError> check(const Records&, const Product& product) {
  std::vector<FieldError> errors;
  if (!is_id(product.id)) errors.push_back({"id", "must be letters, digits, dots and hyphens"});
  for (const auto& [key, seconds] : product.cycles_s) {
    if (!(seconds > 0)) errors.push_back({"cycles_s." + key, "must be > 0 seconds"});
  }
  return errors;
}

std::vector<FieldError> check(const Records&, const Calendar& calendar) {
  std::vector<FieldError> errors;
  if (!is_lower_id(calendar.id)) errors.push_back({"id", "must be lower-case letters, digits and hyphens"});
  return errors;
}

std::vector<FieldError> check(const Records& records, const ReasonCode& reason) {
  std::vector<FieldError> errors;
  if (!is_lower_id(reason.id)) errors.push_back({"id", "must be lower-case letters, digits and hyphens"});
  if (reason.parent.empty()) return errors;
  auto parent = records.reasons.find(reason.parent);
  if (parent == records.reasons.end()) errors.push_back({"parent", "there is no reason '" + reason.parent + "'"});
  for (int depth = 0; parent != records.reasons.end() && depth < 50; ++depth) {
    if (parent->first == reason.id) {
      errors.push_back({"parent", "would make the reason its own ancestor"});
      break;
    }
    parent = records.reasons.find(parent->second.parent);
  }
  return errors;
}

void apply(Records& records, const Asset& asset) { records.assets[asset.id] = asset; }
void apply(Records& records, const Product& product) { records.products[product.id] = product; }
void apply(Records& records, const Calendar& calendar) {
  records.calendars[calendar.id] = calendar;
  if (!records.zones.contains(calendar.time_zone)) {
    if (auto zone = TimeZone::load(calendar.time_zone)) records.zones[calendar.time_zone] = *std::move(zone);
  }
}
void apply(Records& records, const ReasonCode& reason) { records.reasons[reason.id] = reason; }

}  // namespace hanse::plant
