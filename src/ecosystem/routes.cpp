#include "ecosystem/routes.hpp"

#include <fmt/format.h>

#include "api/common_inputs.hpp"
#include "ecosystem/import.hpp"

namespace hanse::ecosystem {
namespace {

using api::ById;
using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;
using api::Versioned;

constexpr const char* kRead = "ecosystem.read";
constexpr const char* kWrite = "ecosystem.write";
constexpr const char* kBase = "/api/v1/ecosystem/";

store::Actor actor_of(const Context& context) { return {context.caller.id}; }

struct ListInput {
  std::optional<std::string> organisation;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "organisation", .summary = "Records of this organisation only."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(ListInput, (organisation, cursor, limit))

/// List, make, read, change and delete of one kind of record.
template <class T>
void add_record_routes(std::vector<Route>& out, Ecosystem& ecosystem) {
  const auto path = fmt::format("{}{}", kBase, KindOf<T>::plural), one = path + "/{id}";
  const std::string word{KindOf<T>::word};
  out.push_back(api::route<ListInput, Page<T>>(
      {Method::get, path, fmt::format("All {}, by id.", KindOf<T>::plural), kRead},
      [&ecosystem](const ListInput& in, const Context&) -> Result<Page<T>> {
        store::Query query{.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit};
        if (in.organisation) {
          if constexpr (requires(const T& record) { record.organisation; }) {
            query.equal.push_back({"organisation", *in.organisation});
          } else {
            return fail(ErrorCode::invalid, "these records belong to no organisation",
                        {{"organisation", "must be left out"}});
          }
        }
        HANSE_TRY(auto stored, ecosystem.collection<T>().list(std::move(query)));
        return api::page_of<T>(std::move(stored));
      }));
  out.push_back(api::route<T, Versioned<T>>({Method::post, path, "Makes a new " + word + ".", kWrite},
                                            [&ecosystem](const T& in, const Context& context) -> Result<Versioned<T>> {
                                              HANSE_TRY(const auto version, ecosystem.put<T>(actor_of(context), in, 0));
                                              return Versioned<T>{in, version};
                                            }));
  out.push_back(api::route<ById, Versioned<T>>({Method::get, one, "One " + word + ".", kRead},
                                               [&ecosystem](const ById& in, const Context&) -> Result<Versioned<T>> {
                                                 HANSE_TRY(auto stored, ecosystem.collection<T>().get(in.id));
                                                 return Versioned<T>{std::move(stored.record), stored.version};
                                               }));
  out.push_back(api::route<T, Versioned<T>>(
      {Method::put, one, "Changes the " + word + "; If-Match names the version that was seen.", kWrite},
      [&ecosystem](const T& in, const Context& context) -> Result<Versioned<T>> {
        HANSE_TRY(const auto stored, ecosystem.collection<T>().get(in.id));
        HANSE_TRY(const auto version,
                  ecosystem.put<T>(actor_of(context), in, context.if_match.value_or(stored.version)));
        return Versioned<T>{in, version};
      }));
  out.push_back(
      api::route<ById, Nothing>({Method::del, one, "Deletes the " + word + ", unless something refers to it.", kWrite},
                                [&ecosystem](const ById& in, const Context& context) -> Result<Nothing> {
                                  HANSE_CHECK(ecosystem.remove<T>(actor_of(context), in.id, context.if_match));
                                  return Nothing{};
                                }));
}

struct SearchInput {
  std::string words, process, material, country;
  double latitude = 0, longitude = 0, radius_km = 0;
  std::optional<Domain> domain;
  std::int64_t limit = 50;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "words", .summary = "All must occur, each as the beginning of a word.", .length_max = 500},
        FieldNote{.field = "process", .summary = "Process class or trade name; classes below it fit, too."},
        FieldNote{.field = "material", .summary = "Material family; families below it fit, too."},
        FieldNote{.field = "latitude", .min = -90, .max = 90},
        FieldNote{.field = "longitude", .min = -180, .max = 180},
        FieldNote{.field = "radius_km", .summary = "Around the place; 0 for everywhere.", .min = 0, .max = 20'100},
        FieldNote{.field = "limit", .min = 1, .max = 1000}};
  }
};
HANSE_DESCRIBE(SearchInput, (words, process, material, country, latitude, longitude, radius_km, domain, limit))

struct MapInput {
  double south = -90, west = -180, north = 90, east = 180, cell_degrees = 1;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "cell_degrees", .summary = "Width of a cell.", .min = 0.01, .max = 90}};
  }
};
HANSE_DESCRIBE(MapInput, (south, west, north, east, cell_degrees))
struct MapOutput {
  std::vector<MapCell> cells;
  std::int64_t sites = 0;
};
HANSE_DESCRIBE(MapOutput, (cells, sites))

struct GraphInput {
  std::optional<Domain> domain;
};
HANSE_DESCRIBE(GraphInput, (domain))
struct GraphNode {
  std::string id, name;
  std::vector<Role> roles;
  std::int64_t sites = 0;
};
HANSE_DESCRIBE(GraphNode, (id, name, roles, sites))
struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<Relationship> edges;
};
HANSE_DESCRIBE(Graph, (nodes, edges))

Graph graph_of(const Records& records, std::optional<Domain> domain) {
  std::unordered_map<std::string, std::int64_t> sites;
  for (const auto& site : records.sites) ++sites[site->organisation];
  Graph graph;
  for (const auto& organisation : records.organisations) {
    const auto& roles = organisation->roles;
    const bool shown =
        !domain || std::any_of(roles.begin(), roles.end(), [&](const Role& role) { return role.domain == *domain; });
    if (shown) graph.nodes.push_back({organisation->id, organisation->name, roles, sites[organisation->id]});
  }
  for (const auto& relationship : records.relationships) {
    if (!domain || relationship->domain == *domain) graph.edges.push_back(*relationship);
  }
  return graph;
}

void add_views(std::vector<Route>& out, Ecosystem& ecosystem) {
  out.push_back(api::route<SearchInput, SearchAnswer>(
      {Method::get, std::string{kBase} + "search", "Sites by words, capability and place.", kRead},
      [&ecosystem](const SearchInput& in, const Context&) -> Result<SearchAnswer> {
        SearchQuery query{.words = in.words,
                          .process = in.process,
                          .material = in.material,
                          .country = in.country,
                          .latitude = in.latitude,
                          .longitude = in.longitude,
                          .radius_km = in.radius_km,
                          .domain = in.domain,
                          .limit = static_cast<std::size_t>(in.limit)};
        if (!in.process.empty()) {
          const auto process = process_class(in.process);
          if (!process)
            return fail(ErrorCode::invalid, "the search is wrong",
                        {{"process", "is no process class of the vocabulary"}});
          query.process = *process;
        }
        if (!in.material.empty() && !material_number(in.material)) {
          return fail(ErrorCode::invalid, "the search is wrong",
                      {{"material", "is no material family of the vocabulary"}});
        }
        return ecosystem.search().find(query);
      }));
  out.push_back(api::route<MapInput, MapOutput>(
      {Method::get, std::string{kBase} + "map", "Sites gathered in the cells of a grid.", kRead},
      [&ecosystem](const MapInput& in, const Context&) -> Result<MapOutput> {
        MapOutput map{.cells = ecosystem.search().map({in.south, in.west, in.north, in.east, in.cell_degrees})};
        for (const auto& cell : map.cells) map.sites += cell.sites;
        return map;
      }));
  out.push_back(
      api::route<GraphInput, Graph>({Method::get, std::string{kBase} + "graph",
                                     "Organisations and their relationships, of one ecosystem or all.", kRead},
                                    [&ecosystem](const GraphInput& in, const Context&) -> Result<Graph> {
                                      return graph_of(*ecosystem.records(), in.domain);
                                    }));
  out.push_back(api::route<Nothing, Vocabulary>(
      {Method::get, std::string{kBase} + "vocabulary", "Process classes, material families and properties.", kRead},
      [](const Nothing&, const Context&) -> Result<Vocabulary> { return vocabulary(); }));
}

using ImportInput = api::ImportFile<ImportKind>;

}  // namespace

std::vector<api::Route> routes(Ecosystem& ecosystem) {
  std::vector<Route> out;
  for_each_kind([&]<class T>() { add_record_routes<T>(out, ecosystem); });
  add_views(out, ecosystem);
  out.push_back(api::route<ImportInput, ImportReport>(
      {.method = Method::post,
       .path = std::string{kBase} + "import/{kind}",
       .summary = "Imports a CSV or JSON file, or says in a dry run what would become of each row.",
       .permission = kWrite,
       .body_bytes_max = 64u << 20},
      [&ecosystem](const ImportInput& in, const Context& context) {
        return import(ecosystem, actor_of(context), {in.kind, in.body.text, in.dry_run});
      }));
  return out;
}

}  // namespace hanse::ecosystem
