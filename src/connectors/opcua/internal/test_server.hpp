#pragma once

#include <functional>
#include <map>
#include <set>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/server_services.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/security/secure_channel.hpp"

namespace hanse::connectors::opcua::internal {

/// A server in memory for tests and benchmarks, without security, on the same codec and channel as the client: told the
/// client's bytes, answers its own. Sessions and subscriptions outlive a connection, as real ones do. What tests bend
/// are public members.
class TestServer {
 public:
  struct Node {
    NodeId id;
    NodeId parent;
    std::string name;
    NodeClass node_class = NodeClass::variable;
    DataValue value;
  };

  /// A reference other than those from `parent` to node, for who asks for its type.
  struct Reference {
    NodeId from, to;
    std::uint32_t type = 0;
  };

  std::vector<Node> nodes;
  std::vector<Reference> references_beside;
  struct Structure {
    NodeId data_type;
    StructureDefinition definition;
  };
  std::map<std::string, std::vector<DataValue>> history;  ///< Of variables whose history it keeps, by their name.
  std::optional<Timestamp> clock;                         ///< As it tells the time; nothing: it doesn't.
  std::map<NodeId, Structure> structures;                 ///< Of values that have one, by their node.
  std::vector<std::string> namespaces{"http://opcfoundation.org/UA/", "urn:test:server", "urn:press"};
  std::uint32_t items_per_call_reported = 0, items_per_call_borne = 1'000'000, references_max = 0;
  bool publishes = true;  ///< False: keeps silent, as a hung server does.
  bool forgets_notifications = false;
  bool refuses_filters = false;
  bool makes_subscriptions = true;
  std::map<std::uint32_t, std::uint32_t> limits;  ///< What it says of itself, by the standard's node.
  std::size_t endpoints_told = 0;
  std::size_t registers_max = 0;  ///< 0: without a limit.
  std::size_t nodes_registered = 0, nodes_unregistered = 0, reads_by_alias = 0;
  StatusCode answer_to_change{};  ///< To writes and calls.
  bool garbles_changes = false;   ///< Does them and answers what nobody can read.
  std::size_t writes = 0;
  std::vector<CallMethodRequest> calls;
  ExtensionObject last_filter;  ///< Of an item that was asked for.
  std::uint8_t service_level = 255;
  std::int32_t redundancy_support = 0;
  std::vector<std::string> redundant_uris;
  std::vector<ApplicationDescription> known_servers;
  std::uint32_t lifetime_ms = 3'600'000;
  std::size_t sessions_created = 0, subscriptions_created = 0, items_created = 0, renewals = 0, continuation_points = 0;

  /// A new connection: the old one is gone.
  void connected() {
    channel_.emplace(ChannelRole::server, ChannelSecurity{}, ChannelLimits{});
    splitter_ = ChunkSplitter{65'536};
    publish_requests_.clear();
    output_.clear();
    sequence_tokens_ = 0;
  }
  /// As after a restart: nothing of before is known.
  void restart() {
    session_.reset();
    subscription_ = {};
    kept_.clear();
    aliases_.clear();
  }
  void drop_session() {
    session_.reset();
    aliases_.clear();
  }

  std::string answer(std::string_view bytes) {
    splitter_.feed(bytes);
    while (true) {
      const auto chunk = splitter_.next();
      if (!chunk || !*chunk) break;
      take(**chunk);
    }
    return std::exchange(output_, {});
  }
  std::string take_output() { return std::exchange(output_, {}); }

  /// A change of a value; sent when a publish request waits, else kept.
  void change(std::size_t node, DataValue value) {
    nodes[node].value = std::move(value);
    const auto item = subscription_.handles.find(node);
    if (item == subscription_.handles.end()) return;
    waiting_.push_back({.client_handle = item->second, .value = nodes[node].value});
  }
  /// Says by the item that watches it how well this server serves.
  void change_service_level(std::uint8_t level) {
    service_level = level;
    if (level_handle_) waiting_.push_back({.client_handle = *level_handle_, .value = data_value(level)});
  }
  bool is_level_watched() const { return level_handle_.has_value(); }
  bool has_session() const { return session_.has_value(); }
  /// Sends what waits as one notification; `lose`: numbers it and doesn't send it. False without a publish request.
  bool publish(bool lose = false) {
    if (subscription_.id == 0 || !publishes) return false;
    NotificationMessage message{.sequence_number = subscription_.next, .publish_time = {}, .notification_data = {}};
    if (!waiting_.empty()) {
      DataChangeNotification data;
      data.monitored_items = std::exchange(waiting_, {});
      message.notification_data.push_back(wrap(data));
      ++subscription_.next;
      kept_[message.sequence_number] = message;
    }
    if (lose) return true;
    if (publish_requests_.empty()) return false;
    PublishResponse response;
    response.subscription_id = subscription_.id;
    response.message = std::move(message);
    send(publish_requests_.front(), std::move(response));
    publish_requests_.erase(publish_requests_.begin());
    return true;
  }
  void fail_publish(StatusCode status) {
    if (publish_requests_.empty()) return;
    fault(publish_requests_.front(), status);
    publish_requests_.erase(publish_requests_.begin());
  }
  std::size_t publish_requests() const { return publish_requests_.size(); }
  std::size_t kept() const { return kept_.size(); }
  std::vector<std::uint32_t> batches;  ///< Sizes of the CreateMonitoredItems calls.

 private:
  struct Subscription {
    std::uint32_t id = 0, next = 1;
    std::map<std::size_t, std::uint32_t> handles;
  };

  void take(std::string_view chunk) {
    const auto header = read_chunk_header(chunk);
    if (header->type == MessageType::hello) {
      output_ += encode_plain(MessageType::acknowledge,
                              Acknowledge{.receive_buffer_size = 65'536, .send_buffer_size = 65'536});
      return;
    }
    if (header->type == MessageType::open) {
      const auto message = channel_->unseal_open(chunk);
      const auto request = decode_message<OpenSecureChannelRequest>(message->body);
      if (request->request_type == SecurityTokenRequestType::renew) ++renewals;
      OpenSecureChannelResponse response;
      response.security_token = {
          .channel_id = 1, .token_id = ++sequence_tokens_, .created_at = {}, .revised_lifetime_ms = lifetime_ms};
      output_ += *channel_->seal_open(message->request_id, encode_message(response));
      channel_->install(response.security_token, {}, {});
      return;
    }
    if (header->type != MessageType::message) return;
    const auto message = channel_->unseal(chunk);
    if (message && *message) serve(**message);
  }
  template <class Response>
  void send(std::uint32_t id, Response response) {
    output_ += *channel_->seal(MessageType::message, id, encode_message(response));
  }
  void fault(std::uint32_t id, StatusCode status) {
    ServiceFault out;
    out.header.service_result = status;
    send(id, std::move(out));
  }
  template <class Request>
  bool is(const IncomingMessage& message, Request& out) {
    if (message_id(message.body) != Request::kBinaryId) return false;
    out = *decode_message<Request>(message.body);
    return true;
  }

  void serve(const IncomingMessage& message) {
    const auto id = message.request_id;
    if (GetEndpointsRequest get; is(message, get)) return endpoints(id);
    if (CreateSessionRequest create; is(message, create)) {
      session_ = NodeId{1, static_cast<std::uint32_t>(++sessions_created)};
      CreateSessionResponse response;
      response.authentication_token = *session_;
      response.revised_session_timeout_ms = create.requested_session_timeout_ms;
      return send(id, std::move(response));
    }
    if (ActivateSessionRequest activate; is(message, activate)) {
      if (!session_ || activate.header.authentication_token != *session_)
        return fault(id, status::kBadSessionIdInvalid);
      return send(id, ActivateSessionResponse{});
    }
    if (!session_) return fault(id, status::kBadSessionIdInvalid);
    if (ReadRequest read; is(message, read)) return reads(id, read);
    if (BrowseRequest browse; is(message, browse)) return browses(id, browse);
    if (BrowseNextRequest next; is(message, next)) return browses_next(id, next);
    if (TranslateBrowsePathsRequest paths; is(message, paths)) return translates(id, paths);
    if (HistoryReadRequest past; is(message, past)) return reads_history(id, past);
    if (WriteRequest write; is(message, write)) return changes_values(id, write);
    if (CallRequest call; is(message, call)) return is_called(id, call);
    if (FindServersRequest find; is(message, find)) {
      FindServersResponse response;
      for (const auto& server : known_servers) response.servers.push_back(server);
      return send(id, std::move(response));
    }
    if (RegisterNodesRequest wanted; is(message, wanted)) return registers(id, wanted);
    if (UnregisterNodesRequest wanted; is(message, wanted)) {
      for (const auto& alias : wanted.nodes) nodes_unregistered += aliases_.erase(alias);
      return send(id, UnregisterNodesResponse{});
    }
    if (CreateSubscriptionRequest create; is(message, create)) {
      if (!makes_subscriptions) return fault(id, status::kBadServiceUnsupported);
      subscription_ = {.id = static_cast<std::uint32_t>(100 + ++subscriptions_created), .next = 1, .handles = {}};
      CreateSubscriptionResponse response;
      response.subscription_id = subscription_.id;
      response.revised_publishing_interval_ms = create.publishing_interval_ms;
      response.revised_max_keep_alive_count = create.max_keep_alive_count;
      response.revised_lifetime_count = create.lifetime_count;
      return send(id, std::move(response));
    }
    if (CreateMonitoredItemsRequest create; is(message, create)) return creates_items(id, create);
    if (PublishRequest publish; is(message, publish)) {
      for (const auto& acknowledged : publish.acknowledgements) kept_.erase(acknowledged.sequence_number);
      if (subscription_.id == 0) return fault(id, status::kBadNoSubscription);
      publish_requests_.push_back(id);
      return;
    }
    if (RepublishRequest again; is(message, again)) return republishes(id, again);
    if (TransferSubscriptionsRequest transfer; is(message, transfer)) {
      TransferSubscriptionsResponse response;
      for (const auto wanted : transfer.subscription_ids) {
        response.results.push_back(
            {.status = wanted == subscription_.id ? StatusCode{} : status::kBadSubscriptionIdInvalid,
             .available_sequence_numbers = {}});
      }
      return send(id, std::move(response));
    }
    if (CloseSessionRequest close; is(message, close)) {
      session_.reset();
      return send(id, CloseSessionResponse{});
    }
    fault(id, status::kBadServiceUnsupported);
  }

  void registers(std::uint32_t id, const RegisterNodesRequest& request) {
    if (registers_max != 0 && request.nodes.size() > registers_max) return fault(id, status::kBadTooManyOperations);
    RegisterNodesResponse response;
    for (const auto& node : request.nodes) {
      const NodeId alias{7, static_cast<std::uint32_t>(++nodes_registered)};
      aliases_[alias] = node;
      response.nodes.push_back(alias);
    }
    send(id, std::move(response));
  }

  void endpoints(std::uint32_t id) {
    ++endpoints_told;
    GetEndpointsResponse response;
    EndpointDescription endpoint;
    endpoint.endpoint_url = "opc.tcp://a-name-nobody-resolves:4840";
    endpoint.security_mode = MessageSecurityMode::none;
    endpoint.security_policy_uri = kNonePolicy.uri;
    endpoint.user_identity_tokens.push_back({.policy_id = "anonymous"});
    response.endpoints.push_back(std::move(endpoint));
    send(id, std::move(response));
  }

  Node* find(const NodeId& node) {
    if (index_.size() != nodes.size()) {
      index_.clear();
      for (std::size_t i = 0; i < nodes.size(); ++i) index_[nodes[i].id] = i;
      children_.clear();
      for (std::size_t i = 0; i < nodes.size(); ++i) children_[nodes[i].parent].push_back(i);
    }
    const auto found = index_.find(node);
    return found == index_.end() ? nullptr : &nodes[found->second];
  }

  DataValue read(const ReadValueId& wanted) {
    auto what = wanted;
    if (const auto alias = aliases_.find(what.node); alias != aliases_.end()) {
      what.node = alias->second;
      ++reads_by_alias;
    }
    if (what.node.is(2255)) {
      Array<String> names;
      for (const auto& name : namespaces) names.emplace_back(name);
      return data_value(std::move(names));
    }
    for (const auto& [number, limit] : limits) {
      if (what.node.is(number)) return data_value(limit);
    }
    if (what.node.is(2256) && clock) {
      ServerStatus status;
      status.current_time = DateTime::from(*clock);
      return data_value(Box<ExtensionObject>{wrap(status)});
    }
    if (what.node.is(11714)) return data_value(items_per_call_reported);
    if (what.node.is(2267)) return data_value(service_level);
    if (what.node.is(3709)) return data_value(redundancy_support);
    if (what.node.is(11314)) {
      Array<String> uris;
      for (const auto& uri : redundant_uris) uris.emplace_back(uri);
      return data_value(std::move(uris));
    }
    DataValue none;
    none.status = status::kBadNodeIdUnknown;
    for (const auto& [id, structure] : structures) {
      if (what.attribute == 14 && what.node == id) return data_value(structure.data_type);
      if (what.attribute == 23 && what.node == structure.data_type)
        return data_value(Box<ExtensionObject>{wrap(structure.definition)});
    }
    const auto* node = find(what.node);
    if (!node) return none;
    if (what.attribute == 13) return node->value;
    if (what.attribute == 14) return data_value(NodeId{11});
    if (what.attribute == 20) return data_value(history.contains(node->name));
    if (what.attribute == 18) return data_value(std::uint8_t{1});
    none.status = StatusCode{0x80350000};
    return none;
  }
  void reads(std::uint32_t id, const ReadRequest& request) {
    ReadResponse response;
    for (const auto& what : request.nodes) response.results.push_back(read(what));
    send(id, std::move(response));
  }

  void reads_history(std::uint32_t id, const HistoryReadRequest& request) {
    const auto details = unwrap<ReadRawModifiedDetails>(request.details);
    HistoryReadResponse response;
    for (const auto& wanted : request.nodes) {
      HistoryReadResult result;
      HistoryData data;
      const auto* node = find(wanted.node);
      const auto kept = node ? history.find(node->name) : history.end();
      if (!details || kept == history.end()) {
        result.status = status::kBadNodeIdUnknown;
      } else {
        for (const auto& value : kept->second) {
          if (*value.source_time >= details->start_time && *value.source_time <= details->end_time)
            data.values.push_back(value);
        }
        result.history_data = wrap(data);
      }
      response.results.push_back(std::move(result));
    }
    send(id, std::move(response));
  }

  void translates(std::uint32_t id, const TranslateBrowsePathsRequest& request) {
    TranslateBrowsePathsResponse response;
    for (const auto& path : request.paths) {
      BrowsePathResult result;
      result.status = StatusCode{0x806F0000};  // BadNoMatch
      for (const auto& node : nodes) {
        if (node.parent != path.starting_node || node.name != path.elements.back().target_name.name) continue;
        result.status = {};
        result.targets.push_back({.target = {.node = node.id, .namespace_uri = {}}});
      }
      response.results.push_back(std::move(result));
    }
    send(id, std::move(response));
  }
  void changes_values(std::uint32_t id, const WriteRequest& request) {
    WriteResponse response;
    for (const auto& write : request.nodes) {
      ++writes;
      auto* node = find(write.node);
      response.results.push_back(node ? answer_to_change : status::kBadNodeIdUnknown);
      if (node && !answer_to_change.is_bad()) node->value = write.value;
    }
    if (garbles_changes) return send(id, CallResponse{});
    send(id, std::move(response));
  }
  void is_called(std::uint32_t id, const CallRequest& request) {
    CallResponse response;
    for (const auto& call : request.methods) {
      calls.push_back(call);
      CallMethodResult result;
      result.status = answer_to_change;
      result.output_arguments = call.input_arguments;
      response.results.push_back(std::move(result));
    }
    send(id, std::move(response));
  }

  BrowseResult references(const NodeId& parent, std::size_t from, std::uint32_t asked_max) {
    BrowseResult result;
    (void)find(parent);
    const auto& children = children_[parent];
    std::size_t most = children.size();
    if (asked_max != 0) most = asked_max;
    if (references_max != 0) most = std::min<std::size_t>(most, references_max);
    std::size_t at = from;
    for (; at < children.size() && at - from < most; ++at) {
      const auto& child = nodes[children[at]];
      ReferenceDescription reference;
      reference.reference_type = 47;
      reference.node.node = child.id;
      reference.browse_name = {.space = child.id.space, .name = child.name};
      reference.node_class = child.node_class;
      result.references.push_back(std::move(reference));
    }
    if (at < children.size()) {
      ++continuation_points;
      BinaryWriter writer{result.continuation_point};
      writer.write(parent);
      writer.write(static_cast<std::uint32_t>(at));
    }
    return result;
  }
  BrowseResult beside(const BrowseDescription& what) const {
    BrowseResult result;
    const bool forward = what.direction == BrowseDirection::forward;
    for (const auto& reference : references_beside) {
      if (!what.reference_type.is(reference.type) || (forward ? reference.from : reference.to) != what.node) continue;
      ReferenceDescription out;
      out.node.node = forward ? reference.to : reference.from;
      result.references.push_back(std::move(out));
    }
    return result;
  }
  void browses(std::uint32_t id, const BrowseRequest& request) {
    BrowseResponse response;
    for (const auto& what : request.nodes) {
      response.results.push_back(what.reference_type.is(39) || what.direction == BrowseDirection::inverse
                                     ? beside(what)
                                     : references(what.node, 0, request.max_references_per_node));
    }
    send(id, std::move(response));
  }
  void browses_next(std::uint32_t id, const BrowseNextRequest& request) {
    BrowseNextResponse response;
    for (const auto& point : request.continuation_points) {
      --continuation_points;
      if (request.release) {
        response.results.push_back({});
        continue;
      }
      BinaryReader reader{point};
      const auto parent = reader.take<NodeId>();
      response.results.push_back(references(parent, reader.take<std::uint32_t>(), 0));
    }
    send(id, std::move(response));
  }

  void creates_items(std::uint32_t id, const CreateMonitoredItemsRequest& request) {
    if (request.items.size() > items_per_call_borne) return fault(id, status::kBadTooManyOperations);
    batches.push_back(static_cast<std::uint32_t>(request.items.size()));
    CreateMonitoredItemsResponse response;
    for (const auto& item : request.items) {
      MonitoredItemCreateResult result;
      if (item.item.attribute == 13 && !item.parameters.filter.type_id.is_null()) last_filter = item.parameters.filter;
      const auto* node = find(item.item.node);
      if (item.item.node.is(2267)) {
        level_handle_ = item.parameters.client_handle;
        waiting_.push_back({.client_handle = *level_handle_, .value = data_value(service_level)});
      } else if (!node) {
        result.status = item.item.attribute == 12 ? StatusCode{0x80350000} : status::kBadNodeIdUnknown;
      } else if (refuses_filters && !item.parameters.filter.type_id.is_null()) {
        result.status = status::kBadMonitoredItemFilterUnsupported;
      } else {
        const auto position = static_cast<std::size_t>(node - nodes.data());
        result.monitored_item_id = static_cast<std::uint32_t>(++items_created);
        result.revised_sampling_interval_ms = item.parameters.sampling_interval_ms;
        subscription_.handles[position] = item.parameters.client_handle;
        waiting_.push_back({.client_handle = item.parameters.client_handle, .value = node->value});
      }
      response.results.push_back(std::move(result));
    }
    send(id, std::move(response));
  }
  void republishes(std::uint32_t id, const RepublishRequest& request) {
    if (request.subscription_id != subscription_.id) return fault(id, status::kBadSubscriptionIdInvalid);
    const auto found = kept_.find(request.retransmit_sequence_number);
    if (found == kept_.end() || forgets_notifications) return fault(id, status::kBadMessageNotAvailable);
    RepublishResponse response;
    response.message = found->second;
    send(id, std::move(response));
  }

  std::optional<SecureChannel> channel_;
  ChunkSplitter splitter_{65'536};
  std::string output_;
  std::optional<NodeId> session_;
  Subscription subscription_;
  std::map<std::uint32_t, NotificationMessage> kept_;
  std::vector<std::uint32_t> publish_requests_;
  Array<MonitoredItemNotification> waiting_;
  std::optional<std::uint32_t> level_handle_;
  std::map<NodeId, NodeId> aliases_;  ///< Of registered nodes, in this session.
  std::map<NodeId, std::size_t> index_;
  std::map<NodeId, std::vector<std::size_t>> children_;
  std::uint32_t sequence_tokens_ = 0;
};

}  // namespace hanse::connectors::opcua::internal
