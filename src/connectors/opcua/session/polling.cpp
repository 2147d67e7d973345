#include "connectors/opcua/session/polling.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/codec/server_services.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kPollingCallLimit = 10s;
constexpr std::size_t kRegisterAtOnce = 500, kListed = 10, kTimeoutsMax = 3;

}  // namespace

void Polling::start(PollingOptions options, Started started) {
  ++generation_;
  options_ = options;
  options_.values_per_read = std::max<std::size_t>(options_.values_per_read, 1);
  if (options_.nodes_per_register == 0) options_.nodes_per_register = kRegisterAtOnce;
  options_.nodes_per_register = std::min(options_.nodes_per_register, kRegisterAtOnce);
  started_ = std::move(started);
  items_.clear();
  outcome_ = {};
  registered_ = timeouts_ = 0;
  active_ = first_round_ = true;
  reading_ = false;
  next_round_ = Duration::max();
  for (std::size_t point = 0; point < points_.size(); ++point) {
    const auto address = parse_node(points_.address(point));
    auto node = address ? resolve(*address, session_.facts().namespaces) : Result<NodeId>{address.error()};
    Item item{.point = point, .node = node.value_or(NodeId{}), .value = {}, .status = {}};
    if (points_.deadband(point) > 0) points_.filter_locally(point);
    items_.push_back(std::move(item));
  }
  register_from(0);
}

void Polling::register_from(std::size_t first) {
  if (first >= items_.size()) return begin_round();
  RegisterNodesRequest request;
  const std::size_t last = std::min(first + options_.nodes_per_register, items_.size());
  for (std::size_t i = first; i < last; ++i) request.nodes.push_back(items_[i].node);
  session_.call(std::move(request), kPollingCallLimit,
                [this, first, last, generation = generation_](Reply<RegisterNodesResponse> reply) {
                  if (generation != generation_) return;
                  if (asks_for_less(reply.status) && last - first > 1) {
                    options_.nodes_per_register = (last - first) / 2;
                    return register_from(first);
                  }
                  // A server without this service, or without room, is read by the nodes' own names.
                  if (!reply.ok() || reply.value.nodes.size() != last - first) return begin_round();
                  registered(first, reply.value);
                });
}

void Polling::registered(std::size_t first, const RegisterNodesResponse& response) {
  for (std::size_t i = 0; i < response.nodes.size(); ++i) {
    if (!response.nodes[i].is_null()) items_[first + i].node = response.nodes[i];
  }
  registered_ = first + response.nodes.size();
  register_from(registered_);
}

void Polling::begin_round() {
  next_round_ = session_.now().monotonic + options_.interval;
  reading_ = true;
  read_from(0);
}

void Polling::read_from(std::size_t first) {
  if (first >= items_.size()) return end_round();
  ReadRequest request;
  const std::size_t count = std::min(options_.values_per_read, items_.size() - first);
  for (std::size_t i = first; i < first + count; ++i) request.nodes.push_back({.node = items_[i].node});
  session_.call(std::move(request), kPollingCallLimit,
                [this, first, count, generation = generation_](Reply<ReadResponse> reply) {
                  if (generation != generation_) return;
                  if (!reply.ok() || reply.value.results.size() != count) return read_failed(first, reply.status);
                  timeouts_ = 0;
                  take(first, count, reply.value.results);
                  read_from(first + count);
                });
}

void Polling::take(std::size_t first, std::size_t count, const std::vector<DataValue>& values) {
  for (std::size_t i = 0; i < count; ++i) {
    auto& item = items_[first + i];
    const auto& value = values[i];
    const auto status = value.status_or_good();
    if (first_round_ && status.is_bad() && !value.has_value) {
      ++outcome_.refused_count;
      if (outcome_.refused.size() < kListed)
        outcome_.refused.push_back(fmt::format("{} ({})", points_.address(item.point), to_string(status)));
    }
    const bool same = item.told && item.status == status && item.value == value.value;
    if (same && !points_.is_stale(item.point)) continue;
    item.told = true;
    item.status = status;
    item.value = value.value;
    points_.apply_current(item.point, value, session_.now().time);
  }
  points_.deliver();
}

void Polling::read_failed(std::size_t first, StatusCode status) {
  if (asks_for_less(status) && options_.values_per_read > 1) {
    options_.values_per_read /= 2;
    return read_from(first);
  }
  const bool late = status == status::kBadTimeout;
  if (late && ++timeouts_ < kTimeoutsMax) return end_round();
  session_.fail_with(
      late ? fail(ErrorCode::timeout, "the server answered three reads in a row too late")
           : fail(ErrorCode::unavailable, fmt::format("the server lets nothing be read: {}", to_string(status))));
}

void Polling::end_round() {
  reading_ = false;
  if (!std::exchange(first_round_, false)) return;
  outcome_.followed = items_.size() - outcome_.refused_count;
  outcome_.registered = registered_;
  if (started_) started_(outcome_);
}

void Polling::resume() {
  ++generation_;
  timeouts_ = 0;
  begin_round();
}

void Polling::lost() {
  ++generation_;
  reading_ = false;
  next_round_ = Duration::max();
}

void Polling::stop() {
  lost();
  active_ = false;
  registered_ = 0;
  items_.clear();
}

void Polling::unregister() {
  if (!active_ || registered_ == 0) return;
  for (std::size_t first = 0; first < registered_; first += options_.nodes_per_register) {
    UnregisterNodesRequest request;
    const std::size_t last = std::min(first + options_.nodes_per_register, registered_);
    for (std::size_t i = first; i < last; ++i) request.nodes.push_back(items_[i].node);
    session_.call(std::move(request), kPollingCallLimit, [](Reply<UnregisterNodesResponse>) {});
  }
  registered_ = 0;
}

void Polling::tick() {
  if (active_ && !reading_ && session_.now().monotonic >= next_round_) begin_round();
}

Duration Polling::next_tick() const { return active_ && !reading_ ? next_round_ : Duration::max(); }

}  // namespace hanse::connectors::opcua
