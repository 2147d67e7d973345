#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "plant/plant.hpp"

namespace hanse::node {

/// Where things are, for roles that hold at some sites only.
struct SiteLookup {
  std::function<std::string(std::string_view asset)> site_of;  ///< Empty for what is at no site.
  std::function<std::string(std::uint32_t signal)> asset_of;   ///< Empty for an unknown one.
};
SiteLookup plant_sites(const plant::Plant& plant, const signal::Directory& directory);

/// Is there a rule that tells which site a call of this route is about? Without one it isn't for roles at some sites.
bool has_site_rule(const api::Route& route);

/// May the request be, by somebody whose right to the route holds at `sites`? By the rule's parameters and members of
/// the body. Errors: `forbidden`.
Result<void> check_sites(const api::Route& route, const api::Request& request, const std::vector<std::string>& sites,
                         const SiteLookup& lookup);
/// Takes out of the answer's list what is at none of `sites`, where the rule says that it is such a list.
void keep_sites(const api::Route& route, api::Response& response, const std::vector<std::string>& sites,
                const SiteLookup& lookup);

}  // namespace hanse::node
