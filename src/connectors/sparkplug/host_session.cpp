#include "connectors/sparkplug/host_session.hpp"

#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "connectors/sparkplug/internal/edge_node.hpp"

namespace hanse::connectors::sparkplug {
namespace {

constexpr std::string_view kRebirthMetric = "Node Control/Rebirth";
constexpr std::size_t kSampleBytesMax = 200;

struct HostState {
  bool online = false;
  std::int64_t timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(HostState, (), (online, timestamp))

std::string host_state_json(bool online, std::uint64_t time_ms) {
  return to_json(HostState{.online = online, .timestamp = static_cast<std::int64_t>(time_ms)});
}

std::uint64_t ms_of(Moment now) { return static_cast<std::uint64_t>(std::max<std::int64_t>(now.utc.ms(), 0)); }

bool has_seq(MessageType type) {
  return type == MessageType::dbirth || type == MessageType::ndata || type == MessageType::ddata ||
         type == MessageType::ddeath;
}

}  // namespace

std::string sample_of(std::string_view bytes) {
  const auto head = bytes.substr(0, kSampleBytesMax);
  const bool printable = std::all_of(head.begin(), head.end(), [](char c) { return c >= ' ' && c < 127; });
  if (printable) return std::string{head};
  std::string out;
  for (const char c : head.substr(0, kSampleBytesMax / 2)) out += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
  return out;
}

HostSession::HostSession(const SparkplugSettings& settings, Sink& sink) : settings_(settings), sink_(sink) {}
HostSession::~HostSession() = default;

std::optional<Outgoing> HostSession::will(Moment now) {
  if (settings_.role != Role::primary) return {};
  session_time_ms_ = ms_of(now);  // 5.2: will and birth of a session carry the same time
  return Outgoing{host_state_topic(settings_.host_id), host_state_json(false, session_time_ms_), 1, true};
}

std::vector<std::string> HostSession::filters() const {
  std::vector<std::string> out;
  if (settings_.role == Role::primary) out.push_back(host_state_topic(settings_.host_id));
  if (settings_.groups.size() == 1 && settings_.groups[0] == "-") return out;
  for (const auto& group : settings_.groups) out.push_back(std::string{kNamespace} + '/' + group + "/#");
  if (settings_.groups.empty()) out.push_back(std::string{kNamespace} + "/#");
  return out;
}

void HostSession::online(Moment now) {
  online_ = true;
  if (settings_.role != Role::primary) return;
  if (session_time_ms_ == 0) session_time_ms_ = ms_of(now);
  outgoing_.push_back({host_state_topic(settings_.host_id), host_state_json(true, session_time_ms_), 1, true});
}

std::optional<Outgoing> HostSession::farewell(Moment now) {
  online_ = false;
  if (settings_.role != Role::primary) return {};
  return Outgoing{host_state_topic(settings_.host_id), host_state_json(false, ms_of(now)), 1, true};
}

void HostSession::message(std::string_view topic_text, std::string_view payload, Moment now) {
  ++counters_.messages;
  const auto topic = parse_topic(topic_text);
  if (!topic) return reject("", topic.error().message, topic_text, now);
  if (topic->type == MessageType::host_state) return host_state(*topic, payload, now);
  if (topic->type == MessageType::ncmd || topic->type == MessageType::dcmd) return;  // for edges
  const auto decoded = decode(payload, payload_);
  if (!decoded) {
    const std::string device = std::string{topic->group} + '/' + std::string{topic->edge};
    reject(device, std::string{to_string(topic->type)} + " of " + device + ": " + decoded.error().message, payload,
           now);
    return;
  }
  if (is_compressed(payload_)) {
    // What is outside says nothing: sequence and time stand within.
    auto inner = decompress(payload_, kInflatedBytesMax);
    const auto read = inner ? decode(*inner, payload_) : Result<void>{inner.error()};
    if (!read)
      return reject(std::string{topic->group} + '/' + std::string{topic->edge}, read.error().message, payload, now);
    inflated_ = *std::move(inner);
    HANSE_ASSERT(decode(inflated_, payload_));  // the views must stand on the text that stays
    return route(*topic, inflated_, now);
  }
  route(*topic, payload, now);
}

void HostSession::route(const Topic& topic, std::string_view payload, Moment now) {
  const bool known = nodes_.contains(std::string{topic.group} + '/' + std::string{topic.edge});
  if (!known && nodes_.size() >= kNodesMax) return reject("", "there are too many edge nodes on this broker", "", now);
  EdgeNode& edge = node(topic.group, topic.edge);
  if (topic.type == MessageType::nbirth) return node_birth(edge, now);
  if (topic.type == MessageType::ndeath) return node_death(edge, now);
  if (!edge.self.online) {
    const bool just_died = edge.died_at && now.monotonic - *edge.died_at < kSuspiciousLife;
    // One that was there before us owes no birth: asking for it is no trouble, going without an answer is.
    const bool asked_lately = now.monotonic < edge.rebirth_not_before;
    if ((!std::exchange(edge.met, true) || asked_lately) && !just_died) return queue_rebirth(edge, now);
    return want_rebirth(edge, now,
                        just_died ? "spoke right after its death, whose bdSeq fits: is the id used twice?"
                                  : "sent data before its birth was seen");
  }
  if (!in_order(edge, topic, payload, now)) return;
  apply(edge, topic, now);
  if (!edge.waiting.empty()) drain(edge, now);
}

void HostSession::apply(EdgeNode& edge, const Topic& topic, Moment now) {
  switch (topic.type) {
    case MessageType::dbirth:
      return device_birth(edge, topic, now);
    case MessageType::ddeath:
      return device_death(edge, topic, now);
    default:
      return data(edge, topic, now);
  }
}

void HostSession::host_state(const Topic& topic, std::string_view payload, Moment now) {
  if (topic.host != settings_.host_id || settings_.role != Role::primary || !online_) return;
  bool offline = payload == "OFFLINE";
  if (!topic.old_state) {
    const auto state = from_json<HostState>(payload, UnknownMembers::ignore);
    if (!state)
      return reject("", "a STATE message with our host id is no JSON as Sparkplug 3.0 wants it", payload, now);
    offline = !state->online;
  }
  // The late will of our session before would park every edge that waits for its primary host: contradict it.
  if (offline) online(now);
}

HostSession::EdgeNode& HostSession::node(std::string_view group, std::string_view edge) {
  std::string key = std::string{group} + '/' + std::string{edge};
  auto& place = nodes_[key];
  if (!place) {
    place = std::make_unique<EdgeNode>();
    place->group = group;
    place->edge = edge;
    place->self.address = std::move(key);
    place->rebirth_pause = settings_.rebirth_pause;
  }
  return *place;
}

/// Sequence numbers run over an edge node and all its devices, modulo 256 (6.4.6). True when the message is the next.
bool HostSession::in_order(EdgeNode& edge, const Topic& topic, std::string_view payload, Moment now) {
  if (!has_seq(topic.type) || !payload_.seq) return true;
  if (*payload_.seq > 255) {
    reject(edge.self.address, "a sequence number over 255", payload, now);
    return false;
  }
  const auto seq = static_cast<std::uint8_t>(*payload_.seq);
  const auto ahead = static_cast<std::uint8_t>(seq - edge.next_seq);
  if (ahead == 0) {
    ++edge.next_seq;
    edge.old_in_a_row = 0;
    return true;
  }
  if (ahead >= 128) {
    ++counters_.duplicates;
    if (++edge.old_in_a_row < kOldInARowMax) return false;
    // Nobody repeats so much: over a hundred messages were lost, and this is the stream now.
    edge.old_in_a_row = 0;
    sink_.notice({.kind = NoticeKind::gap,
                  .time = now.utc,
                  .device = edge.self.address,
                  .message = edge.self.address + " lost many messages before sequence number " + std::to_string(seq)});
    edge.next_seq = static_cast<std::uint8_t>(seq + 1);
    want_rebirth(edge, now, "lost messages");
    return true;
  }
  if (edge.waiting.empty()) {
    edge.waiting_until = now.monotonic + settings_.reorder_time;
    edge.waiting_since = now.utc;
    waiting_.insert(&edge);
  }
  ++counters_.out_of_order;
  edge.waiting.try_emplace(
      seq, Waiting{make_topic(topic.group, topic.type, topic.edge, topic.device), std::string{payload}});
  return false;
}

/// Applies what waited for the message that just came.
void HostSession::drain(EdgeNode& edge, Moment now) {
  for (auto next = edge.waiting.find(edge.next_seq); next != edge.waiting.end();
       next = edge.waiting.find(edge.next_seq)) {
    const Waiting message = std::move(next->second);
    edge.waiting.erase(next);
    ++edge.next_seq;
    const auto topic = parse_topic(message.topic);
    if (topic && decode(message.payload, payload_)) apply(edge, *topic, now);
  }
  if (edge.waiting.empty()) waiting_.erase(&edge);
}

/// The missing message didn't come in time (6.4.6, reordering): what waited is taken as it is, in order. Its aliases
/// are still those of the birth, as a restarted edge would have sent a new one.
void HostSession::give_up_waiting(EdgeNode& edge, Moment now) {
  const auto missing = edge.next_seq;
  const auto order = [&](std::uint8_t seq) { return static_cast<std::uint8_t>(seq - missing); };
  while (!edge.waiting.empty()) {
    const auto next = std::min_element(edge.waiting.begin(), edge.waiting.end(),
                                       [&](const auto& a, const auto& b) { return order(a.first) < order(b.first); });
    edge.next_seq = next->first;
    drain(edge, now);
  }
  sink_.notice(
      {.kind = NoticeKind::gap,
       .time = now.utc,
       .device = edge.self.address,
       .message = "messages of " + edge.self.address + " are missing from sequence number " + std::to_string(missing),
       .begin = edge.waiting_since,
       .end = now.utc});
  want_rebirth(edge, now, "lost messages");
}

void HostSession::tick(Moment now) {
  const std::vector<EdgeNode*> waiting(waiting_.begin(), waiting_.end());
  for (auto* edge : waiting) {
    if (edge->waiting_until <= now.monotonic) give_up_waiting(*edge, now);
  }
  const std::vector<EdgeNode*> graced(graced_.begin(), graced_.end());
  for (auto* edge : graced) {
    if (*edge->devices_due <= now.monotonic) miss_devices(*edge, now);
  }
  send_rebirths(now);
  flush();
}

std::optional<Duration> HostSession::next_tick() const {
  std::optional<Duration> next;
  const auto earliest = [&](Duration due) { next = next ? std::min(*next, due) : due; };
  for (const auto* edge : waiting_) earliest(edge->waiting_until);
  for (const auto* edge : rebirth_queue_) earliest(std::max(edge->rebirth_due, next_rebirth_));
  for (const auto* edge : graced_) earliest(*edge->devices_due);
  return next;
}

void HostSession::lost(Moment now) {
  online_ = false;
  session_time_ms_ = 0;
  for (auto& [key, edge] : nodes_) {
    edge->self.online = false;
    stale(edge->self, now.utc);
    for (auto& [id, device] : edge->devices) {
      device.online = false;
      stale(device, now.utc);
    }
    edge->waiting.clear();
    edge->devices_due.reset();
    edge->died_at.reset();
    edge->rebirth_queued = false;
    edge->met = false;
  }
  waiting_.clear();
  graced_.clear();
  rebirth_queue_.clear();
  outgoing_.clear();
  flush();
}

void HostSession::queue_rebirth(EdgeNode& edge, Moment now) {
  if (settings_.role == Role::passive || edge.rebirth_queued) return;
  edge.rebirth_queued = true;
  edge.rebirth_due = std::max(now.monotonic, edge.rebirth_not_before);
  rebirth_queue_.push_back(&edge);
}

void HostSession::want_rebirth(EdgeNode& edge, Moment now, std::string_view why) {
  if (settings_.role == Role::passive || edge.rebirth_queued) return;
  queue_rebirth(edge, now);
  sink_.notice({.kind = NoticeKind::gap,
                .time = now.utc,
                .device = edge.self.address,
                .message = edge.self.address + ' ' + std::string{why} + "; it is asked for a new birth"});
}

/// One request to an edge at a time, with a growing pause, and so many a second over all: after a restart of the host
/// hundreds of edges would else answer at once, and an edge whose births never help would be asked for ever.
void HostSession::send_rebirths(Moment now) {
  const auto spacing = Duration{static_cast<std::int64_t>(1e9 / settings_.rebirths_per_second)};
  std::deque<EdgeNode*> later;
  while (!rebirth_queue_.empty()) {
    auto* edge = rebirth_queue_.front();
    rebirth_queue_.pop_front();
    if (!edge->rebirth_queued) continue;  // born meanwhile
    if (edge->rebirth_due > now.monotonic || next_rebirth_ > now.monotonic) {
      later.push_back(edge);
      continue;
    }
    Payload command{.timestamp_ms = ms_of(now)};
    command.metrics.push_back({.name = kRebirthMetric,
                               .timestamp_ms = ms_of(now),
                               .datatype = DataType::boolean,
                               .value = boolean_value(true)});
    outgoing_.push_back({make_topic(edge->group, MessageType::ncmd, edge->edge), encode(command), 0, false});
    ++counters_.rebirths;
    next_rebirth_ = now.monotonic + spacing;
    if (now.monotonic - edge->born_at > kBirthSettled) edge->rebirth_pause = settings_.rebirth_pause;
    edge->rebirth_not_before = now.monotonic + edge->rebirth_pause;
    edge->rebirth_pause = std::min(edge->rebirth_pause * 2, kRebirthPauseMax);
    edge->rebirth_queued = false;
  }
  rebirth_queue_ = std::move(later);
}

void HostSession::reject(std::string device, std::string message, std::string_view sample, Moment now) {
  sink_.notice({.kind = NoticeKind::rejected,
                .time = now.utc,
                .device = std::move(device),
                .message = std::move(message),
                .sample = sample_of(sample)});
}

std::vector<Outgoing> HostSession::take_outgoing() { return std::exchange(outgoing_, {}); }

void HostSession::flush() {
  if (!batch_.empty()) sink_.deliver(std::exchange(batch_, {}));
}

}  // namespace hanse::connectors::sparkplug
