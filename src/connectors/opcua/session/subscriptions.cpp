#include "connectors/opcua/session/subscriptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "connectors/opcua/codec/node_text.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kPointsPerSubscription = 5000;  // Some servers stand still above 10,000 in one.
constexpr Duration kSubscribeLimit = 30s;
constexpr Duration kKeepAlive = 5s;
constexpr Duration kSubscriptionLifetime = 5min;  // Long enough for a switch to be replaced.
constexpr Duration kRetryRefused = 60s;
// node-opcua answers items of handle 0xFFFFFFFF under handle 0: ours begin at 1, and those for events and
// the service level stay below.
constexpr std::uint32_t kFirstHandle = 1, kEventHandle = 0x7FFF'FFFF, kServiceLevelHandle = 0x7FFF'FFFE;
constexpr std::size_t kRefusedShown = 10;
constexpr std::size_t kFailuresMax = 5;
constexpr std::size_t kPublishMin = 2;
constexpr std::size_t kFirstRead = 50;

bool refuses_filter(StatusCode status) {
  const auto kind = status.kind();
  return kind == status::kBadMonitoredItemFilterUnsupported.code || kind == status::kBadFilterNotAllowed.code ||
         kind == status::kBadDeadbandFilterInvalid.code;
}

/// Small controllers have no subscriptions, or all of theirs are taken.
bool has_no_subscription(StatusCode status) {
  constexpr std::array kNone{status::kBadServiceUnsupported, StatusCode{0x80770000},  // BadTooManySubscriptions
                             StatusCode{0x80400000}, StatusCode{0x803D0000}};         // BadNotImplemented, -Supported
  return std::ranges::any_of(kNone, [&](StatusCode none) { return none.kind() == status.kind(); });
}

bool is_session_lost(StatusCode status) {
  const auto kind = status.kind();
  return kind == status::kBadSessionIdInvalid.code || kind == status::kBadSessionClosed.code ||
         kind == status::kBadSessionNotActivated.code;
}

Duration milliseconds_of(double value) {
  constexpr double kMax = 1e12;
  return std::isfinite(value) && value > 0 ? Duration{static_cast<std::int64_t>(std::min(value, kMax) * 1e6)}
                                           : Duration{};
}

SimpleAttributeOperand operand(std::uint32_t type, std::initializer_list<const char*> path) {
  SimpleAttributeOperand out;
  out.type_definition = type;
  for (const auto* name : path) out.browse_path.push_back({.space = 0, .name = name});
  return out;
}

}  // namespace

Subscriptions::Subscription* Subscriptions::find(std::uint32_t id) {
  const auto found = std::ranges::find(subscriptions_, id, &Subscription::id);
  return found == subscriptions_.end() ? nullptr : &*found;
}

void Subscriptions::start() {
  ++generation_;
  subscriptions_.clear();
  wanted_.clear();
  later_.clear();
  acknowledgements_.clear();
  outcome_ = {};
  outstanding_ = failures_ = resuming_ = 0;
  outstanding_max_ = 5;
  batch_size_ = std::max<std::size_t>(options_.items_per_call, 1);
  creating_ = told_ = false;
  running_ = true;
  heard_at_ = session_.now().monotonic;
  retry_at_ = Duration::max();
  create(0);
}

void Subscriptions::rebuild() {
  if (listener_.rebuilding) listener_.rebuilding();
  start();
  // What holds now is known before all is followed again.
  refresh(Refresh::stale);
}

/// As many as one bears, and no more subscriptions than the server gives.
std::size_t Subscriptions::points_per_subscription() const {
  std::size_t most = kPointsPerSubscription;
  if (options_.subscriptions_max != 0)
    most = std::max(most, (points_.size() + options_.subscriptions_max - 1) / options_.subscriptions_max);
  const std::size_t beside = (options_.events ? 1U : 0U) + (options_.service_level ? 1U : 0U);
  if (options_.items_per_subscription > beside) most = std::min(most, options_.items_per_subscription - beside);
  return most;
}

void Subscriptions::create(std::size_t first) {
  CreateSubscriptionRequest request;
  request.publishing_interval_ms = std::chrono::duration<double, std::milli>(options_.publishing_interval).count();
  request.max_keep_alive_count =
      static_cast<std::uint32_t>(std::max<std::int64_t>(kKeepAlive / options_.publishing_interval, 1));
  request.lifetime_count = std::max(static_cast<std::uint32_t>(kSubscriptionLifetime / options_.publishing_interval),
                                    3 * request.max_keep_alive_count);
  const std::size_t last = std::min(first + points_per_subscription(), points_.size());
  session_.call(std::move(request), kSubscribeLimit,
                [this, first, last, generation = generation_](Reply<CreateSubscriptionResponse> reply) {
                  if (generation != generation_) return;
                  if (!reply.ok()) return create_failed(first, reply.status);
                  created(first, last, reply.value);
                });
}

void Subscriptions::create_failed(std::size_t first, StatusCode status) {
  if (!subscriptions_.empty()) {  // It gives no more than these: they take the rest.
    follow_with(subscriptions_.size() - 1, first, points_.size());
    return create_items();
  }
  if (has_no_subscription(status) && listener_.unavailable) {
    running_ = false;
    return listener_.unavailable(status);
  }
  session_.fail_with(
      fail(ErrorCode::unavailable, fmt::format("the server makes no subscription: {}", to_string(status))));
}

void Subscriptions::follow_with(std::size_t subscription, std::size_t first, std::size_t last) {
  subscriptions_[subscription].last = last;
  for (std::size_t point = first; point < last; ++point) {
    wanted_.push_back({.point = static_cast<std::uint32_t>(point),
                       .subscription = static_cast<std::uint32_t>(subscription),
                       .filter = true});
  }
}

void Subscriptions::created(std::size_t first, std::size_t last, const CreateSubscriptionResponse& response) {
  // A server that promises centuries is not waited for: the watchdog computes with these.
  const Duration interval = std::clamp<Duration>(milliseconds_of(response.revised_publishing_interval_ms), 1ms, 1h);
  const std::size_t position = subscriptions_.size();
  subscriptions_.push_back(
      {.id = response.subscription_id,
       .first = first,
       .last = last,
       .keep_alive = interval * std::clamp<std::int64_t>(response.revised_max_keep_alive_count, 1, 10'000)});
  outcome_.publishing_interval = std::max(outcome_.publishing_interval, interval);
  follow_with(position, first, last);
  if (position == 0 && options_.events) create_event_item(response.subscription_id);
  if (position == 0 && options_.service_level) create_service_level_item(response.subscription_id);
  pump();
  const bool is_full = options_.subscriptions_max != 0 && subscriptions_.size() >= options_.subscriptions_max;
  if (last < points_.size() && is_full)
    follow_with(position, last, points_.size());
  else if (last < points_.size())
    create(last);
  create_items();
}

MonitoredItemCreateRequest Subscriptions::item_request(const WantedItem& item) const {
  MonitoredItemCreateRequest request;
  const auto address = parse_node(points_.address(item.point));
  if (address) request.item.node = resolve(*address, session_.facts().namespaces).value_or(NodeId{});
  const Duration sampling =
      options_.sampling_interval > Duration{} ? options_.sampling_interval : options_.publishing_interval;
  request.parameters.client_handle = item.point + kFirstHandle;
  request.parameters.sampling_interval_ms = std::chrono::duration<double, std::milli>(sampling).count();
  request.parameters.queue_size = options_.queue_size;
  if (is_filtered(item)) {
    const double percent = points_.deadband_percent(item.point);
    request.parameters.filter =
        wrap(percent > 0 ? DataChangeFilter{.deadband_type = DeadbandType::percent, .deadband_value = percent}
                         : DataChangeFilter{.deadband_type = DeadbandType::absolute,
                                            .deadband_value = points_.deadband(item.point)});
  }
  return request;
}

bool Subscriptions::is_filtered(const WantedItem& item) const {
  return item.filter && options_.data_change_filter &&
         (points_.deadband(item.point) > 0 || points_.deadband_percent(item.point) > 0);
}

void Subscriptions::create_items() {
  if (creating_) return;
  if (wanted_.empty()) return all_created();
  CreateMonitoredItemsRequest request;
  std::vector<WantedItem> batch;
  const auto subscription = wanted_.front().subscription;
  while (!wanted_.empty() && batch.size() < batch_size_ && wanted_.front().subscription == subscription) {
    batch.push_back(wanted_.front());
    wanted_.pop_front();
  }
  request.subscription_id = subscriptions_[subscription].id;
  for (const auto& item : batch) {
    request.items.push_back(item_request(item));
    if (is_filtered(item) || points_.deadband(item.point) <= 0) continue;
    points_.filter_locally(item.point);
    ++outcome_.filtered_here;
  }
  creating_ = true;
  session_.call(
      std::move(request), kSubscribeLimit,
      [this, batch = std::move(batch), generation = generation_](Reply<CreateMonitoredItemsResponse> reply) mutable {
        if (generation != generation_) return;
        creating_ = false;
        if (!reply.ok() || reply.value.results.size() != batch.size())
          items_failed(std::move(batch), reply.status);
        else
          items_created(batch, reply.value);
        create_items();
      });
}

void Subscriptions::items_created(const std::vector<WantedItem>& batch, const CreateMonitoredItemsResponse& response) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& result = response.results[i];
    if (!result.status.is_bad()) {
      ++outcome_.followed;
      if (is_filtered(batch[i])) ++outcome_.filtered_there;
      const Duration sampling = milliseconds_of(result.revised_sampling_interval_ms);
      outcome_.sampling_fastest = outcome_.followed == 1 ? sampling : std::min(outcome_.sampling_fastest, sampling);
      outcome_.sampling_slowest = std::max(outcome_.sampling_slowest, sampling);
    } else if (batch[i].filter && refuses_filter(result.status)) {
      wanted_.push_back({.point = batch[i].point, .subscription = batch[i].subscription, .filter = false});
    } else {
      refuse(batch[i], result.status);
    }
  }
  points_.deliver();
}

void Subscriptions::items_failed(std::vector<WantedItem> batch, StatusCode status) {
  if (is_session_lost(status)) {
    session_.forget();
    return session_.fail_with(
        fail(ErrorCode::unavailable, fmt::format("the server ended our session: {}", to_string(status))));
  }
  if (batch.size() > 1 && (asks_for_less(status) || status == status::kBadTimeout)) {
    batch_size_ = std::max<std::size_t>(batch.size() / 2, 1);
    wanted_.insert(wanted_.begin(), batch.begin(), batch.end());
    return;
  }
  for (const auto& item : batch) refuse(item, status);
  points_.deliver();
}

void Subscriptions::refuse(const WantedItem& item, StatusCode status) {
  points_.refuse(item.point, status, session_.now().time);
  ++outcome_.refused_count;
  if (outcome_.refused.size() < kRefusedShown) {
    outcome_.refused.push_back(fmt::format("{} ({})", points_.address(item.point), to_string(status)));
  }
  later_.push_back(item);
}

void Subscriptions::create_event_item(std::uint32_t subscription_id) {
  constexpr std::uint32_t kBaseEvent = 2041, kCondition = 2782, kAcknowledgeable = 2881, kAlarm = 2915, kServer = 2253;
  EventFilter filter;
  filter.select_clauses = std::vector<SimpleAttributeOperand>{
      operand(kBaseEvent, {"EventType"}),     operand(kBaseEvent, {"SourceName"}),
      operand(kBaseEvent, {"Time"}),          operand(kBaseEvent, {"Message"}),
      operand(kBaseEvent, {"Severity"}),      operand(kCondition, {"ConditionName"}),
      operand(kAlarm, {"ActiveState", "Id"}), operand(kAcknowledgeable, {"AckedState", "Id"}),
      operand(kCondition, {"Retain"}),        operand(kCondition, {})};
  constexpr std::uint32_t kNodeIdAttribute = 1;  // Of the condition itself, which has no other name. OPC 10000-9, 5.5.2
  filter.select_clauses.back().attribute = kNodeIdAttribute;
  CreateMonitoredItemsRequest request;
  request.subscription_id = subscription_id;
  MonitoredItemCreateRequest item;
  item.item = {.node = kServer, .attribute = 12};
  item.parameters.client_handle = kEventHandle;
  item.parameters.queue_size = 1000;
  item.parameters.filter = wrap(filter);
  request.items.push_back(std::move(item));
  // Many small servers have no events: a refusal is no news.
  session_.call(std::move(request), kSubscribeLimit,
                [this, subscription_id, generation = generation_](Reply<CreateMonitoredItemsResponse> reply) {
                  const bool there = reply.value.results.size() == 1 && !reply.value.results[0].status.is_bad();
                  if (there && generation == generation_) refresh_conditions(subscription_id);
                });
}

/// Asks for the alarms that are active already (ConditionRefresh). Source: OPC 10000-9, 5.5.7.
void Subscriptions::refresh_conditions(std::uint32_t subscription_id) {
  constexpr std::uint32_t kConditionType = 2782, kConditionRefresh = 3875;
  CallMethodRequest method{.object = kConditionType, .method = kConditionRefresh, .input_arguments = {}};
  Variant subscription;
  subscription.value = subscription_id;
  method.input_arguments.push_back(std::move(subscription));
  CallRequest request;
  request.methods.push_back(std::move(method));
  // A server without alarms has no such method.
  session_.call(std::move(request), kSubscribeLimit, [](Reply<CallResponse>) {});
}

void Subscriptions::create_service_level_item(std::uint32_t subscription_id) {
  constexpr std::uint32_t kServiceLevelNode = 2267;
  CreateMonitoredItemsRequest request;
  request.subscription_id = subscription_id;
  MonitoredItemCreateRequest item;
  item.item = {.node = kServiceLevelNode};
  item.parameters.client_handle = kServiceLevelHandle;
  item.parameters.sampling_interval_ms =
      std::chrono::duration<double, std::milli>(options_.publishing_interval).count();
  item.parameters.queue_size = 1;
  request.items.push_back(std::move(item));
  // A server without one says all that it has to say at the next session.
  session_.call(std::move(request), kSubscribeLimit, [](Reply<CreateMonitoredItemsResponse>) {});
}

void Subscriptions::all_created() {
  const bool complete = !subscriptions_.empty() && subscriptions_.back().last >= points_.size();
  if (!complete || std::exchange(told_, true)) return;
  if (!later_.empty()) retry_at_ = session_.now().monotonic + kRetryRefused;
  if (listener_.created) listener_.created(outcome_);
  refresh(Refresh::stale);
}

void Subscriptions::pump() {
  const std::size_t wanted = std::min(outstanding_max_, kPublishMin + subscriptions_.size());
  while (running_ && resuming_ == 0 && !subscriptions_.empty() && outstanding_ < wanted) {
    PublishRequest request;
    request.acknowledgements = std::exchange(acknowledgements_, {});
    ++outstanding_;
    Duration limit = 30s;
    for (const auto& subscription : subscriptions_) limit = std::max(limit, subscription.keep_alive * 4);
    session_.call(std::move(request), limit, [this, generation = generation_](Reply<PublishResponse> reply) {
      if (generation != generation_) return;
      --outstanding_;
      published(std::move(reply));
    });
  }
}

void Subscriptions::published(Reply<PublishResponse> reply) {
  if (!reply.ok()) return publish_failed(reply.status);
  // Any answer is a sign of life, data and keep-alives alike.
  heard_at_ = session_.now().monotonic;
  failures_ = 0;
  auto* subscription = find(reply.value.subscription_id);
  if (subscription) take(*subscription, reply.value.message);
  pump();
}

void Subscriptions::publish_failed(StatusCode status) {
  const auto kind = status.kind();
  if (is_session_lost(status)) {
    session_.forget();
    return session_.fail_with(
        fail(ErrorCode::unavailable, fmt::format("the server ended our session: {}", to_string(status))));
  }
  if (kind == status::kBadNoSubscription.code) {
    if (!creating_ && told_) rebuild();
    return;
  }
  if (kind == status::kBadTooManyPublishRequests.code) {
    outstanding_max_ = std::max<std::size_t>(outstanding_, 1);
    return;
  }
  if (kind == status::kBadTimeout.code) return pump();  // The watchdog judges silence.
  if (++failures_ > kFailuresMax) {
    return session_.fail_with(
        fail(ErrorCode::unavailable, fmt::format("the server publishes nothing: {}", to_string(status))));
  }
  pump();
}

void Subscriptions::take(Subscription& subscription, const NotificationMessage& message) {
  const bool keep_alive = message.notification_data.empty();
  const auto next = [](std::uint32_t number) { return number == 0xFFFF'FFFF ? 1 : number + 1; };
  const std::uint32_t number = message.sequence_number;
  // A keep-alive names the number to come without using it up.
  const auto ahead = static_cast<std::int32_t>(number - subscription.expected);
  if (ahead < 0 && !keep_alive) {
    acknowledgements_.push_back({.subscription_id = subscription.id, .sequence_number = number});
    return;
  }
  const std::uint32_t missing_from = subscription.expected;
  const bool skipped = ahead > 0 && !(subscription.may_skip && ahead == 1);
  subscription.may_skip = false;
  if (ahead >= 0) subscription.expected = keep_alive ? number : next(number);
  if (!keep_alive) acknowledgements_.push_back({.subscription_id = subscription.id, .sequence_number = number});
  const std::uint32_t id = subscription.id;  // What follows may rebuild all.
  if (skipped) ask_again(id, missing_from, number);
  if (!keep_alive) take_data(message);
}

void Subscriptions::take_data(const NotificationMessage& message) {
  const Timestamp now = session_.now().time;
  for (const auto& object : message.notification_data) {
    if (object.type_id.is(DataChangeNotification::kBinaryId)) {
      const auto data = unwrap<DataChangeNotification>(object);
      if (!data) continue;
      for (const auto& item : data->monitored_items) {
        if (item.client_handle == kServiceLevelHandle) {
          const auto* level = std::get_if<std::uint8_t>(&item.value.value.value);
          if (level && listener_.service_level) listener_.service_level(*level);
          continue;
        }
        const std::size_t point = std::size_t{item.client_handle} - kFirstHandle;  // 0 becomes too large to be one.
        if (point < points_.size()) points_.apply(point, item.value, now);
      }
    } else if (object.type_id.is(EventNotificationList::kBinaryId)) {
      const auto list = unwrap<EventNotificationList>(object);
      if (!list || !listener_.event) continue;
      for (const auto& event : list->events) listener_.event(event);
    } else if (object.type_id.is(StatusChangeNotification::kBinaryId)) {
      const auto change = unwrap<StatusChangeNotification>(object);
      if (change && change->status.is_bad()) {
        points_.deliver();
        return rebuild();
      }
    }
  }
  points_.deliver();
}

void Subscriptions::ask_again(std::uint32_t subscription_id, std::uint32_t from, std::uint32_t to) {
  constexpr std::uint32_t kAskedMax = 1000;
  if (to - from > kAskedMax) from = to - kAskedMax;
  RepublishRequest request{.header = {}, .subscription_id = subscription_id, .retransmit_sequence_number = from};
  session_.call(std::move(request), kSubscribeLimit,
                [this, subscription_id, from, to, generation = generation_](Reply<RepublishResponse> reply) {
                  if (generation != generation_) return;
                  if (!reply.ok()) {
                    if (listener_.gap)
                      listener_.gap(
                          fmt::format("notifications {} to {} are lost: {}", from, to - 1, to_string(reply.status)),
                          std::nullopt);
                    return refresh(Refresh::all);
                  }
                  acknowledgements_.push_back({.subscription_id = subscription_id, .sequence_number = from});
                  take_data(reply.value.message);
                  if (from + 1 != to) ask_again(subscription_id, from + 1, to);
                });
}

void Subscriptions::resume() {
  ++generation_;
  if (subscriptions_.empty() || !told_) return rebuild();
  running_ = true;
  creating_ = false;
  outstanding_ = failures_ = 0;
  acknowledgements_.clear();
  heard_at_ = session_.now().monotonic;
  resuming_ = subscriptions_.size();
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) republish(i);
}

void Subscriptions::republish(std::size_t position) {
  const auto& subscription = subscriptions_[position];
  RepublishRequest request{
      .header = {}, .subscription_id = subscription.id, .retransmit_sequence_number = subscription.expected};
  session_.call(std::move(request), kSubscribeLimit,
                [this, position, generation = generation_](Reply<RepublishResponse> reply) {
                  if (generation != generation_) return;
                  auto& mine = subscriptions_[position];
                  if (reply.ok()) {
                    acknowledgements_.push_back({.subscription_id = mine.id, .sequence_number = mine.expected});
                    mine.expected = mine.expected == 0xFFFF'FFFF ? 1 : mine.expected + 1;
                    take_data(reply.value.message);
                    return generation == generation_ ? republish(position) : void();
                  }
                  if (reply.status.kind() != status::kBadMessageNotAvailable.code) return rebuild();
                  if (--resuming_ == 0) resumed();
                });
}

void Subscriptions::resumed() {
  pump();
  refresh(Refresh::stale);
}

void Subscriptions::transfer() {
  ++generation_;
  if (subscriptions_.empty() || !told_) return rebuild();
  TransferSubscriptionsRequest request;
  for (const auto& subscription : subscriptions_) request.subscription_ids.push_back(subscription.id);
  session_.call(std::move(request), kSubscribeLimit,
                [this, generation = generation_](Reply<TransferSubscriptionsResponse> reply) {
                  if (generation != generation_) return;
                  const auto& results = reply.value.results;
                  const bool all = reply.ok() && results.size() == subscriptions_.size() &&
                                   std::ranges::none_of(
                                       results, [](const TransferResult& result) { return result.status.is_bad(); });
                  if (!all) return rebuild();
                  for (auto& subscription : subscriptions_) subscription.may_skip = true;
                  resume();
                });
}

void Subscriptions::lost() {
  ++generation_;
  running_ = false;
  outstanding_ = 0;
}

void Subscriptions::refresh(Refresh which) { refresh_from(which, 0); }

void Subscriptions::refresh_from(Refresh which, std::size_t first) {
  ReadRequest request;
  std::vector<std::size_t> asked;
  // A few first: a server that has just started is slow, and somebody waits to see that it is back.
  std::size_t most = std::max<std::size_t>(options_.values_per_read, 1);
  if (first == 0) most = std::min(most, kFirstRead);
  for (; first < points_.size() && asked.size() < most; ++first) {
    if (which == Refresh::stale && !points_.is_stale(first)) continue;
    const auto address = parse_node(points_.address(first));
    const auto node = address ? resolve(*address, session_.facts().namespaces) : Result<NodeId>{address.error()};
    if (!node) continue;
    request.nodes.push_back({.node = *node});
    asked.push_back(first);
  }
  if (asked.empty()) return;
  session_.call(std::move(request), kSubscribeLimit,
                [this, which, asked = std::move(asked), first, generation = generation_](Reply<ReadResponse> reply) {
                  if (generation != generation_) return;
                  if (reply.ok() && reply.value.results.size() == asked.size()) {
                    for (std::size_t i = 0; i < asked.size(); ++i) {
                      // What was told by a notification in the meantime is newer than this.
                      const auto& value = reply.value.results[i];
                      const auto last = points_.last_time(asked[i]);
                      const bool newer = value.source_time && (!last || value.source_time->time() > *last);
                      if (points_.is_stale(asked[i]) || newer)
                        points_.apply_current(asked[i], value, session_.now().time);
                    }
                    points_.deliver();
                  } else if (asks_for_less(reply.status) && options_.values_per_read > 1) {
                    options_.values_per_read /= 2;
                    return refresh_from(which, asked.front());
                  }
                  refresh_from(which, first);
                });
}

void Subscriptions::tick() {
  if (!running_ || subscriptions_.empty() || !session_.is_ready()) return;
  const Duration now = session_.now().monotonic;
  Duration keep_alive{};
  for (const auto& subscription : subscriptions_) keep_alive = std::max(keep_alive, subscription.keep_alive);
  if (now - heard_at_ > keep_alive * 2 + 5s) {
    return session_.fail_with(
        fail(ErrorCode::timeout, "the server gave no sign of life within two keep-alive intervals"));
  }
  if (now < retry_at_ || !told_) return;
  retry_at_ = Duration::max();
  wanted_.insert(wanted_.end(), later_.begin(), later_.end());
  later_.clear();
  outcome_.refused.clear();
  outcome_.refused_count = 0;
  told_ = false;
  create_items();
}

Duration Subscriptions::next_tick() const {
  if (!running_ || subscriptions_.empty()) return Duration::max();
  Duration keep_alive{};
  for (const auto& subscription : subscriptions_) keep_alive = std::max(keep_alive, subscription.keep_alive);
  return std::min(heard_at_ + keep_alive * 2 + 5s + 1ms, retry_at_);
}

}  // namespace hanse::connectors::opcua
