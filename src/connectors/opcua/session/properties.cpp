#include "connectors/opcua/session/properties.hpp"

#include <algorithm>

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kPropertiesLimit = 30s;
constexpr std::uint32_t kPropertyReference = 46;
constexpr std::size_t kPathsMax = 500;

/// What is looked for, and how far it came.
struct Search {
  std::vector<NodeId> nodes;
  std::vector<std::string> names;
  PropertiesFound done;
  std::size_t batch = kPathsMax;
  std::vector<NodeId> found;

  std::size_t wanted() const { return nodes.size() * names.size(); }
  BrowsePath path(std::size_t position) const {
    BrowsePath out{.starting_node = nodes[position / names.size()], .elements = {}};
    out.elements.push_back(
        {.reference_type = kPropertyReference, .target_name = {.space = 0, .name = names[position % names.size()]}});
    return out;
  }
};

NodeId target_of(const BrowsePathResult& result) {
  if (result.status.is_bad() || result.targets.empty()) return {};
  const auto& target = result.targets.front();
  const bool here = target.remaining_path_index == BrowsePathTarget::kComplete && target.target.server_index == 0;
  return here ? target.target.node : NodeId{};
}

void go_on(Session& session, std::shared_ptr<Search> search) {
  const std::size_t first = search->found.size();
  if (first >= search->wanted()) return std::exchange(search->done, nullptr)(std::move(search->found));
  TranslateBrowsePathsRequest request;
  for (std::size_t i = first; i < search->wanted() && request.paths.size() < search->batch; ++i)
    request.paths.push_back(search->path(i));
  const std::size_t count = request.paths.size();
  session.call(std::move(request), kPropertiesLimit,
               [&session, search = std::move(search), count](Reply<TranslateBrowsePathsResponse> reply) mutable {
                 const auto& results = reply.value.results;
                 if (asks_for_less(reply.status) && search->batch > 1) {
                   search->batch = std::max<std::size_t>(count / 2, 1);
                 } else {
                   // A server without this service has no properties to tell: what needs them does without.
                   for (std::size_t i = 0; i < count; ++i)
                     search->found.push_back(i < results.size() ? target_of(results[i]) : NodeId{});
                 }
                 go_on(session, std::move(search));
               });
}

}  // namespace

void find_properties(Session& session, std::vector<NodeId> nodes, std::vector<std::string> names,
                     PropertiesFound done) {
  auto search = std::make_shared<Search>();
  search->nodes = std::move(nodes);
  search->names = std::move(names);
  search->done = std::move(done);
  if (const auto limit = session.facts().nodes_per_translate; limit != 0)
    search->batch = std::min<std::size_t>(limit, kPathsMax);
  go_on(session, std::move(search));
}

}  // namespace hanse::connectors::opcua
