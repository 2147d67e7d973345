#include "connectors/opcua/names.hpp"
#include "connectors/opcua/server/call.hpp"
#include "connectors/opcua/server/view.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr StatusCode kBadContinuationPointInvalid{0x804A0000}, kBadViewIdUnknown{0x806B0000},
    kBadMaxAgeInvalid{0x80700000};

}  // namespace

bool Server::serve_view(Call& call) {
  return in_session(call, &Server::browse_nodes) || in_session(call, &Server::browse_next) ||
         in_session(call, &Server::translate) || in_session(call, &Server::register_nodes) ||
         in_session(call, &Server::unregister_nodes) || in_session(call, &Server::read_nodes);
}

BrowseResult Server::browse_part(ServerSession& session, BrowseCursor cursor) {
  auto part = browse(*space_, std::move(cursor));
  if (!part.rest) return std::move(part.result);
  if (session.browses.size() >= kBrowsesPerSession) {
    BrowseResult out;
    out.status = status::kBadNoContinuationPoints;
    return out;
  }
  const std::uint64_t number = ++session.browses_made;
  part.result.continuation_point = to_binary(number);
  session.browses.emplace(part.result.continuation_point, std::move(*part.rest));
  return std::move(part.result);
}

BrowseResponse Server::browse_nodes(ServerSession& session, const BrowseRequest& request) {
  BrowseResponse response;
  response.header.service_result = check_count(request.nodes);
  if (!request.view.view_id.is_null()) response.header.service_result = kBadViewIdUnknown;
  if (response.header.service_result.is_bad()) return response;
  for (const auto& what : request.nodes) {
    response.results.push_back(
        browse_part(session, {.what = what, .references_max = request.max_references_per_node, .next = 0}));
  }
  return response;
}

BrowseNextResponse Server::browse_next(ServerSession& session, const BrowseNextRequest& request) {
  BrowseNextResponse response;
  response.header.service_result = check_count(request.continuation_points);
  if (response.header.service_result.is_bad()) return response;
  for (const auto& point : request.continuation_points) {
    auto found = session.browses.extract(point);
    BrowseResult result;
    if (!found) {
      result.status = kBadContinuationPointInvalid;
    } else if (!request.release) {
      result = browse_part(session, std::move(found.mapped()));
    }
    response.results.push_back(std::move(result));
  }
  return response;
}

TranslateBrowsePathsResponse Server::translate(ServerSession&, const TranslateBrowsePathsRequest& request) {
  TranslateBrowsePathsResponse response;
  response.header.service_result = check_count(request.paths);
  if (response.header.service_result.is_bad()) return response;
  for (const auto& path : request.paths) response.results.push_back(follow_path(*space_, path));
  return response;
}

/// Nodes are as quick under their own id: it is given back.
RegisterNodesResponse Server::register_nodes(ServerSession&, const RegisterNodesRequest& request) {
  RegisterNodesResponse response;
  response.header.service_result = check_count(request.nodes);
  response.nodes = request.nodes;
  return response;
}

UnregisterNodesResponse Server::unregister_nodes(ServerSession&, const UnregisterNodesRequest& request) {
  UnregisterNodesResponse response;
  response.header.service_result = check_count(request.nodes);
  return response;
}

DataValue Server::value_of(const SpaceNode& node) const {
  if (node.live) return host_.read(*node.live);
  DataValue out;
  out.has_value = true;
  out.source_time = DateTime::from(now_.time);
  if (node.id.is(ids::kCurrentTime)) {
    out.value.value = DateTime::from(now_.time);
  } else if (node.id.is(ids::kServerStatus)) {
    ServerStatus status;
    if (const auto* started = std::get_if<DateTime>(&space_->find(ids::kStartTime)->value.value)) {
      status.start_time = *started;
    }
    status.current_time = DateTime::from(now_.time);
    status.state = ServerState::running;
    if (const auto* build = std::get_if<Box<ExtensionObject>>(&space_->find(2260)->value.value); build && *build) {
      status.build_info = unwrap<BuildInfo>(**build).value_or(BuildInfo{});
    }
    out.value.value = Box{wrap(status)};
  } else {
    out.value = node.value;
  }
  return out;
}

DataValue Server::read_one(const ReadValueId& what) const {
  DataValue out;
  const auto* node = space_->find(what.node);
  if (!node) {
    out.status = status::kBadNodeIdUnknown;
    return out;
  }
  if (what.attribute != kValueAttribute) {
    out = read_attribute(*node, what.attribute);
    if (!what.index_range.empty()) out = DataValue{.status = check_read(what)};
    return out;
  }
  if (node->node_class != NodeClass::variable) {
    out.status = StatusCode{0x80350000};  // BadAttributeIdInvalid
    return out;
  }
  if (const auto wrong = check_read(what); wrong.is_bad()) {
    out.status = wrong;
    return out;
  }
  out = value_of(*node);
  out.server_time = DateTime::from(now_.time);
  return out;
}

ReadResponse Server::read_nodes(ServerSession&, const ReadRequest& request) {
  ReadResponse response;
  response.header.service_result = check_count(request.nodes);
  if (static_cast<std::uint32_t>(request.timestamps) > 3) response.header.service_result = kBadTimestampsInvalid;
  if (!(request.max_age_ms >= 0)) response.header.service_result = kBadMaxAgeInvalid;
  if (response.header.service_result.is_bad()) return response;
  const bool source =
      request.timestamps == TimestampsToReturn::source || request.timestamps == TimestampsToReturn::both;
  const bool server =
      request.timestamps == TimestampsToReturn::server || request.timestamps == TimestampsToReturn::both;
  for (const auto& what : request.nodes) {
    auto value = read_one(what);
    if (!source) value.source_time.reset();
    if (!server) value.server_time.reset();
    response.results.push_back(std::move(value));
  }
  return response;
}

}  // namespace hanse::connectors::opcua
