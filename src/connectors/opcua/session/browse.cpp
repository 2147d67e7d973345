#include "connectors/opcua/session/browse.hpp"

#include <fmt/format.h>

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kCallLimit = 30s;
constexpr std::uint32_t kHierarchical = 33, kHasProperty = 46, kObjects = 85, kServer = 2253;
constexpr std::size_t kWaitingMax = 500'000;

std::size_t hash_of(const NodeId& node) { return std::hash<std::string>{}(to_binary(node)); }

}  // namespace

void Browse::start(const NodeId& root, Done done) {
  done_ = std::move(done);
  if (session_.facts().nodes_per_browse != 0) {
    options_.nodes_per_request = std::min<std::size_t>(options_.nodes_per_request, session_.facts().nodes_per_browse);
  }
  seen_.insert(hash_of(root));
  waiting_.push_back({.node = root, .path = {}});
  pump();
}

void Browse::pump() {
  while (done_ && !is_full() && !waiting_.empty() && under_way_ < options_.parallel) {
    std::vector<Waiting> batch;
    while (!waiting_.empty() && batch.size() < options_.nodes_per_request) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    send(std::move(batch));
  }
  finish_if_done();
}

void Browse::send(std::vector<Waiting> batch) {
  BrowseRequest request;
  request.max_references_per_node = options_.references_max;
  for (const auto& parent : batch) {
    request.nodes.push_back({.node = parent.node,
                             .reference_type = kHierarchical,
                             .node_class_mask = std::uint32_t(NodeClass::object) | std::uint32_t(NodeClass::variable),
                             .result_mask = 1 | 4 | 8});  // reference type, node class, browse name
  }
  result_.nodes += batch.size();
  ++under_way_;
  session_.call(std::move(request), kCallLimit, [this, batch = std::move(batch)](Reply<BrowseResponse> reply) mutable {
    --under_way_;
    answered(std::move(batch), std::move(reply));
    pump();
  });
}

void Browse::answered(std::vector<Waiting> batch, Reply<BrowseResponse> reply) {
  if (!reply.ok() || reply.value.results.size() != batch.size()) {
    if (batch.size() == 1 || !(asks_for_less(reply.status) || reply.status == status::kBadTimeout))
      return fail_with(reply.status);
    options_.nodes_per_request = std::max<std::size_t>(batch.size() / 2, 1);
    for (auto& parent : batch) waiting_.push_front(std::move(parent));
    return;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& result = reply.value.results[i];
    if (result.status.kind() == status::kBadNoContinuationPoints.code) {
      // The server has too many places open: fewer nodes at once, this one again.
      options_.nodes_per_request = std::max<std::size_t>(options_.nodes_per_request / 2, 1);
      options_.parallel = 1;
      waiting_.push_back(std::move(batch[i]));
      continue;
    }
    take(batch[i], result);
  }
}

void Browse::take(const Waiting& parent, BrowseResult& result) {
  for (const auto& reference : result.references) take_reference(parent, reference);
  if (result.continuation_point.empty()) return;
  if (is_full() || !done_) return release(std::move(result.continuation_point));
  go_on(parent, std::move(result.continuation_point));
}

void Browse::take_reference(const Waiting& parent, const ReferenceDescription& reference) {
  const auto& child = reference.node;
  if (child.server_index != 0 || !child.namespace_uri.empty()) return;  // Of another server.
  if (reference.reference_type.is(kHasProperty)) {
    if (parent.variable >= 0 && reference.browse_name.name == "EngineeringUnits") {
      result_.variables[static_cast<std::size_t>(parent.variable)].units = child.node;
    }
    return;
  }
  if (parent.node.is(kObjects) && child.node.space == 0) return;  // The server about itself.
  if (child.node.is(kServer) || !seen_.insert(hash_of(child.node)).second) return;
  Waiting next{.node = child.node,
               .path = parent.path.empty() ? std::string{reference.browse_name.name}
                                           : parent.path + "/" + reference.browse_name.name,
               .space = reference.browse_name.space,
               .depth = static_cast<std::uint8_t>(parent.depth + 1)};
  if (reference.node_class == NodeClass::variable) {
    if (is_full()) {
      result_.complete = false;
      return;
    }
    next.variable = static_cast<std::int32_t>(result_.variables.size());
    result_.variables.push_back(
        {.node = child.node, .path = next.path, .space = next.space, .parent_space = parent.space, .units = {}});
  }
  if (next.depth > options_.depth_max || waiting_.size() >= kWaitingMax) {
    result_.complete = false;
    return;
  }
  waiting_.push_back(std::move(next));
}

void Browse::go_on(Waiting parent, ByteString continuation_point) {
  BrowseNextRequest request;
  request.continuation_points.push_back(std::move(continuation_point));
  ++under_way_;
  session_.call(std::move(request), kCallLimit, [this, parent = std::move(parent)](Reply<BrowseNextResponse> reply) {
    --under_way_;
    if (!reply.ok() || reply.value.results.size() != 1)
      fail_with(reply.status);
    else if (reply.value.results[0].status.is_bad())
      result_.complete = false;
    else
      take(parent, reply.value.results[0]);
    pump();
  });
}

void Browse::release(ByteString continuation_point) {
  result_.complete = false;
  BrowseNextRequest request;
  request.release = true;
  request.continuation_points.push_back(std::move(continuation_point));
  session_.call(std::move(request), kCallLimit, [](Reply<BrowseNextResponse>) {});
}

void Browse::finish_if_done() {
  if (!done_ || under_way_ > 0) return;
  if (!waiting_.empty() && !is_full()) return;
  result_.complete = result_.complete && waiting_.empty();
  auto done = std::exchange(done_, nullptr);
  waiting_.clear();
  seen_.clear();
  done(std::move(result_));
}

void Browse::fail_with(StatusCode status) {
  if (!done_) return;
  auto done = std::exchange(done_, nullptr);
  done(fail(ErrorCode::unavailable, fmt::format("browsing the server failed: {}", to_string(status))));
}

}  // namespace hanse::connectors::opcua
