#include "node/access/site_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/router.hpp"
#include "base/text.hpp"

namespace hanse::node {
namespace {

enum class Subject {
  all_sites,  ///< Belongs to no site: products, calendars, templates.
  asset,      ///< A parameter or member of the body names an asset.
  signal,     ///< A parameter names signals by number, comma-separated.
  list,       ///< The answer's list holds members that name an asset each.
};
struct SiteRule {
  std::string_view route;
  Subject subject;
  std::string_view field = {};
  std::string_view list = "items";
};

/// Several rules of one route all hold. A route that isn't here is refused to roles at some sites.
constexpr std::array kRules = {
    SiteRule{"GET /api/v1/assets", Subject::list, "id"},
    SiteRule{"POST /api/v1/assets", Subject::asset, "parent"},
    SiteRule{"GET /api/v1/assets/{id}", Subject::asset, "id"},
    SiteRule{"PUT /api/v1/assets/{id}", Subject::asset, "id"},
    SiteRule{"PUT /api/v1/assets/{id}", Subject::asset, "parent"},
    SiteRule{"DELETE /api/v1/assets/{id}", Subject::asset, "id"},
    SiteRule{"GET /api/v1/signals", Subject::list, "asset"},
    SiteRule{"POST /api/v1/signals", Subject::asset, "asset"},
    SiteRule{"GET /api/v1/signals/{number}", Subject::signal, "number"},
    SiteRule{"PUT /api/v1/signals/{number}", Subject::signal, "number"},
    SiteRule{"PUT /api/v1/signals/{number}", Subject::asset, "asset"},
    SiteRule{"GET /api/v1/events", Subject::list, "asset"},
    SiteRule{"POST /api/v1/events", Subject::asset, "asset"},
    SiteRule{"GET /api/v1/history/last", Subject::signal, "signals"},
    SiteRule{"GET /api/v1/history/chart", Subject::signal, "signals"},
    SiteRule{"GET /api/v1/history/aggregate", Subject::signal, "signals"},
    SiteRule{"GET /api/v1/history/raw", Subject::signal, "signal"},
    SiteRule{"GET /api/v1/history/states", Subject::signal, "signal"},
    SiteRule{"GET /api/v1/history/joined", Subject::signal, "signals"},
    SiteRule{"GET /api/v1/history/quantiles", Subject::signal, "signals"},
    SiteRule{"GET /api/v1/machine-changes", Subject::list, "asset"},
    SiteRule{"GET /api/v1/apps/findings", Subject::list, "asset"},
    SiteRule{"GET /api/v1/apps/performance/board", Subject::list, "asset", "lines"},
    SiteRule{"GET /api/v1/apps/performance/assets/{id}/report", Subject::asset, "id"},
    SiteRule{"GET /api/v1/apps/performance/assets/{id}/states", Subject::asset, "id"},
    SiteRule{"GET /api/v1/apps/performance/assets/{id}/downtimes", Subject::asset, "id"},
    SiteRule{"POST /api/v1/apps/performance/assets/{id}/reason", Subject::asset, "id"},
    SiteRule{"GET /api/v1/apps/performance/assets/{id}/events", Subject::asset, "id"},
    SiteRule{"GET /api/v1/apps", Subject::all_sites},
    SiteRule{"GET /api/v1/products", Subject::all_sites},
    SiteRule{"GET /api/v1/products/{id}", Subject::all_sites},
    SiteRule{"GET /api/v1/calendars", Subject::all_sites},
    SiteRule{"GET /api/v1/calendars/{id}", Subject::all_sites},
    SiteRule{"GET /api/v1/reasons", Subject::all_sites},
    SiteRule{"GET /api/v1/reasons/{id}", Subject::all_sites},
    SiteRule{"GET /api/v1/templates", Subject::all_sites},
    SiteRule{"GET /api/v1/templates/{id}", Subject::all_sites},
};

std::vector<const SiteRule*> rules_of(const api::Route& route) {
  const auto name = fmt::format("{} {}", api::method_name(route.method), route.path);
  std::vector<const SiteRule*> rules;
  for (const auto& rule : kRules) {
    if (rule.route == name) rules.push_back(&rule);
  }
  return rules;
}

bool is_at(std::string_view asset, const std::vector<std::string>& sites, const SiteLookup& lookup) {
  const auto site = asset.empty() ? std::string{} : lookup.site_of(asset);
  return !site.empty() && std::find(sites.begin(), sites.end(), site) != sites.end();
}

/// All values that the handler could take for the field: it reads the address and the body.
std::vector<std::string> values_of(const api::Request& request, std::string_view field) {
  std::vector<std::string> values;
  if (const auto found = request.parameters.find(field); found != request.parameters.end())
    values.push_back(found->second);
  if (const auto body = JsonDocument::parse(request.body)) {
    const auto member = body->root().find(field);
    if (member) values.emplace_back(member->kind() == JsonRef::Kind::string ? member->string() : std::string_view{});
  }
  if (values.empty()) values.emplace_back();
  return values;
}

bool signals_are_at(std::string_view numbers, const std::vector<std::string>& sites, const SiteLookup& lookup) {
  const auto parts = split(numbers, ',');
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
    const auto text = trim(part);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && is_at(lookup.asset_of(number), sites, lookup);
  });
}

bool holds(const SiteRule& rule, const api::Request& request, const std::vector<std::string>& sites,
           const SiteLookup& lookup) {
  if (rule.subject == Subject::signal) {
    const auto found = request.parameters.find(rule.field);
    return found != request.parameters.end() && signals_are_at(found->second, sites, lookup);
  }
  if (rule.subject != Subject::asset) return true;
  const auto values = values_of(request, rule.field);
  return std::all_of(values.begin(), values.end(),
                     [&](const std::string& asset) { return is_at(asset, sites, lookup); });
}

/// The document with `list` shortened to what is at the sites.
std::string shortened(JsonRef document, const SiteRule& rule, const std::vector<std::string>& sites,
                      const SiteLookup& lookup) {
  std::string out = "{";
  for (std::size_t i = 0; i < document.size(); ++i) {
    const auto [name, value] = document.member(i);
    if (i > 0) out += ',';
    json::append_string(out, name);
    out += ':';
    if (name != rule.list || value.kind() != JsonRef::Kind::array) {
      out += value.text();
      continue;
    }
    out += '[';
    for (std::size_t j = 0; j < value.size(); ++j) {
      const auto asset = value.element(j).find(rule.field);
      if (!asset || asset->kind() != JsonRef::Kind::string || !is_at(asset->string(), sites, lookup)) continue;
      if (out.back() != '[') out += ',';
      out += value.element(j).text();
    }
    out += ']';
  }
  return out + "}";
}

}  // namespace

SiteLookup plant_sites(const plant::Plant& plant, const signal::Directory& directory) {
  return {.site_of = [&plant](std::string_view asset) -> std::string {
            const auto records = plant.records();
            const auto* node = records->asset(plant::AssetId{std::string{asset}});
            for (int depth = 0; node && depth < 20;
                 ++depth) {  // A tree has no loops, but this must end without one, too.
              if (node->level == plant::Level::site) return node->id.value;
              node = records->asset(node->parent);
            }
            return {};
          },
          .asset_of = [&directory](std::uint32_t number) -> std::string {
            const auto signals = directory.snapshot();
            const auto* found = signals->find(signal::SignalId{number});
            return found ? found->asset.value : std::string{};
          }};
}

bool has_site_rule(const api::Route& route) { return !rules_of(route).empty(); }

Result<void> check_sites(const api::Route& route, const api::Request& request, const std::vector<std::string>& sites,
                         const SiteLookup& lookup) {
  const auto rules = rules_of(route);
  const bool may = !rules.empty() && std::all_of(rules.begin(), rules.end(), [&](const SiteRule* rule) {
    return holds(*rule, request, sites, lookup);
  });
  if (may) return {};
  return fail(ErrorCode::forbidden,
              fmt::format("your role '{}' holds at these sites only: {}", route.permission, fmt::join(sites, ", ")));
}

void keep_sites(const api::Route& route, api::Response& response, const std::vector<std::string>& sites,
                const SiteLookup& lookup) {
  for (const auto* rule : rules_of(route)) {
    if (rule->subject != Subject::list) continue;
    const auto document = JsonDocument::parse(response.body);
    const bool is_object = document && document->root().kind() == JsonRef::Kind::object;
    response.body = is_object ? shortened(document->root(), *rule, sites, lookup) : "{}";
  }
}

}  // namespace hanse::node
