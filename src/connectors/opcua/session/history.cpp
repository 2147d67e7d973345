#include "connectors/opcua/session/history.hpp"

#include "connectors/opcua/codec/node_text.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kHistoryLimit = 60s;
constexpr std::size_t kNodesPerRequest = 50;
constexpr std::uint32_t kValuesPerNode = 10'000;  // In one answer; more come by continuation point.

}  // namespace

void HistoryFill::plan(Timestamp until) {
  holes_.clear();
  values_ = 0;
  for (std::size_t point = 0; point < points_.size(); ++point) {
    const auto from = points_.last_time(point);
    if (points_.historizing(point) && from && *from < until) {
      holes_.push_back({.point = point, .from = *from, .until = until, .continuation_point = {}});
    }
  }
}

void HistoryFill::start(std::function<void(std::size_t)> done) {
  if (holes_.empty()) return;
  done_ = std::move(done);
  next();
}

void HistoryFill::next() {
  if (holes_.empty()) {
    points_.deliver();
    if (auto done = std::exchange(done_, nullptr)) done(values_);
    return;
  }
  const auto limit = session_.facts().nodes_per_history;
  const std::size_t count = limit == 0 ? kNodesPerRequest : std::min<std::size_t>(limit, kNodesPerRequest);
  // One request has one span of time; holes of one outage begin at different moments. The earliest serves all, and
  // what was there before is passed over below.
  HistoryReadRequest request;
  ReadRawModifiedDetails details{.end_time = DateTime::from(holes_.front().until), .values_per_node = kValuesPerNode};
  Timestamp from = holes_.front().from;
  std::vector<Hole> batch;
  const bool going_on = !holes_.front().continuation_point.empty();
  while (!holes_.empty() && batch.size() < count && going_on == !holes_.front().continuation_point.empty()) {
    from = std::min(from, holes_.front().from);
    const auto address = parse_node(points_.address(holes_.front().point));
    HistoryReadValueId item;
    if (address) item.node = resolve(*address, session_.facts().namespaces).value_or(NodeId{});
    item.continuation_point = holes_.front().continuation_point;
    request.nodes.push_back(std::move(item));
    batch.push_back(std::move(holes_.front()));
    holes_.pop_front();
  }
  details.start_time = DateTime::from(from);
  request.details = wrap(details);
  session_.call(std::move(request), kHistoryLimit,
                [this, batch = std::move(batch)](Reply<HistoryReadResponse> reply) mutable {
                  for (std::size_t i = 0; i < batch.size() && i < reply.value.results.size(); ++i) {
                    take(std::move(batch[i]), reply.value.results[i]);
                  }
                  points_.deliver();
                  next();
                });
}

void HistoryFill::take(Hole hole, const HistoryReadResult& result) {
  if (result.status.is_bad()) return;
  const auto data = unwrap<HistoryData>(result.history_data);
  if (!data) return;
  for (const auto& value : data->values) {
    if (!value.source_time) continue;
    const Timestamp time = value.source_time->time();
    if (time <= hole.from || time > hole.until) continue;
    points_.apply_past(hole.point, value);
    ++values_;
  }
  if (result.continuation_point.empty()) return;
  hole.continuation_point = result.continuation_point;
  holes_.push_back(std::move(hole));
}

}  // namespace hanse::connectors::opcua
