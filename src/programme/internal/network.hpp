#pragma once

#include <fmt/format.h>

#include "ecosystem/ecosystem.hpp"

namespace hanse::programme::internal {

/// Records of a made-up network, while a scenario makes them; written in the order in which they refer to one another.
struct Network {
  std::vector<ecosystem::Organisation> organisations;
  std::vector<ecosystem::Site> sites;
  std::vector<ecosystem::CapacityCalendar> calendars;
  std::vector<ecosystem::Certificate> certificates;
  std::vector<ecosystem::Capability> capabilities;
  std::vector<ecosystem::Relationship> relationships;

  void add_site(const std::string& organisation, std::string id, std::string_view zone, double latitude,
                double longitude) {
    sites.push_back({.id = std::move(id), .organisation = organisation, .name = "works"});
    sites.back().zone = std::string{zone};
    sites.back().latitude = latitude;
    sites.back().longitude = longitude;
  }

  /// At the site that was added last, with hours of its own.
  ecosystem::Capability& offer(std::string_view process, std::string_view material, double weekly_hours) {
    const auto& site = sites.back();
    const auto id = fmt::format("{}-{}", site.id, capabilities.size());
    calendars.push_back({.id = id + "-hours",
                         .organisation = site.organisation,
                         .site = site.id,
                         .name = "shifts",
                         .usual_hours = weekly_hours,
                         .usual_maximum = weekly_hours * 1.25,
                         .overtime_cost = 20});
    capabilities.push_back(
        {.id = id, .organisation = site.organisation, .site = site.id, .process = std::string{process}});
    if (!material.empty()) capabilities.back().materials = {std::string{material}};
    capabilities.back().calendar = id + "-hours";
    return capabilities.back();
  }

  Result<void> write(ecosystem::Ecosystem& into, const store::Actor& actor) const {
    HANSE_CHECK(into.put<ecosystem::Organisation>(actor, organisations));
    HANSE_CHECK(into.put<ecosystem::Site>(actor, sites));
    HANSE_CHECK(into.put<ecosystem::CapacityCalendar>(actor, calendars));
    HANSE_CHECK(into.put<ecosystem::Certificate>(actor, certificates));
    HANSE_CHECK(into.put<ecosystem::Capability>(actor, capabilities));
    HANSE_CHECK(into.put<ecosystem::Relationship>(actor, relationships));
    return {};
  }
};

}  // namespace hanse::programme::internal
