#include "connectors/opcua/server/subscription.hpp"

#include <algorithm>
#include <cmath>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/status.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr double kIntervalMinMs = 50, kIntervalMaxMs = 3'600'000, kIntervalDefaultMs = 1000;
constexpr std::uint32_t kKeepAliveMax = 10'000, kKeepAliveDefault = 10, kLifetimeMax = 100'000;
constexpr std::size_t kNotificationsMax = 10'000;
constexpr StatusCode kBadSequenceNumberUnknown{0x807A0000};

}  // namespace

SubscriptionTerms SubscriptionTerms::revise(double interval_ms, std::uint32_t lifetime, std::uint32_t keep_alive,
                                            std::uint32_t notifications, std::uint8_t priority) {
  SubscriptionTerms terms;
  if (!(interval_ms > 0)) interval_ms = std::isnan(interval_ms) ? kIntervalDefaultMs : kIntervalMinMs;
  interval_ms = std::clamp(interval_ms, kIntervalMinMs, kIntervalMaxMs);
  terms.publishing_interval =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{interval_ms});
  terms.keep_alive_count = keep_alive == 0 ? kKeepAliveDefault : std::min(keep_alive, kKeepAliveMax);
  // At least three signs of life long. OPC 10000-4, 5.14.2
  terms.lifetime_count = std::clamp(lifetime, terms.keep_alive_count * 3, kLifetimeMax);
  terms.notifications_max =
      notifications == 0 ? kNotificationsMax : std::min<std::size_t>(notifications, kNotificationsMax);
  terms.priority = priority;
  return terms;
}

Subscription::Subscription(std::uint32_t id, SubscriptionTerms terms, bool enabled, Duration now)
    : id_(id), terms_(terms), enabled_(enabled), next_publish_(now + terms.publishing_interval) {}

MonitoredItem& Subscription::add(MonitoredItem item) {
  auto& kept = items_[item.id];
  kept = std::make_unique<MonitoredItem>(std::move(item));
  return *kept;
}

MonitoredItem* Subscription::find(std::uint32_t item) {
  const auto found = items_.find(item);
  return found == items_.end() ? nullptr : found->second.get();
}

bool Subscription::remove(std::uint32_t item) {
  const auto found = items_.find(item);
  if (found == items_.end()) return false;
  queued_ -= found->second->queued();
  if (found->second->is_ready) std::erase(ready_, found->second.get());
  items_.erase(found);
  return true;
}

void Subscription::ready(MonitoredItem& item) {
  if (item.is_ready) return;
  item.is_ready = true;
  ready_.push_back(&item);
}

void Subscription::offer(MonitoredItem& item, DataValue value, Duration now) {
  const std::size_t before = item.queued();
  const bool held = item.holds();
  const bool publishes = item.offer(std::move(value), now, may_grow());
  queued_ += item.queued() - before;
  if (publishes) ready(item);
  if (item.holds() && !held) holding_.push_back(item.id);
}

void Subscription::renew(MonitoredItem& item) {
  if (item.mode == MonitoringMode::disabled) {
    queued_ -= item.queued();
    item.clear();
  }
  const bool should = item.mode == MonitoringMode::reporting && item.queued() > 0;
  if (should) return ready(item);
  if (item.is_ready) std::erase(ready_, &item);
  item.is_ready = false;
}

StatusCode Subscription::modify(MonitoredItem& item, const MonitoringParameters& wanted) {
  const std::size_t before = item.queued();
  const auto status = item.apply(wanted, terms_.publishing_interval);
  queued_ -= before - item.queued();
  return status;
}

void Subscription::repeat(MonitoredItem& item) {
  const std::size_t before = item.queued();
  if (item.repeat()) ready(item);
  queued_ += item.queued() - before;
}

void Subscription::tick(Duration now) {
  std::erase_if(holding_, [&](std::uint32_t id) {
    auto* item = find(id);
    if (!item || !item->holds()) return true;
    const std::size_t before = item->queued();
    if (item->release(now, may_grow())) ready(*item);
    queued_ += item->queued() - before;
    return !item->holds();
  });
  if (now < next_publish_) return;
  const auto interval = terms_.publishing_interval;
  // More than one when the tick came late.
  const auto cycles =
      static_cast<std::uint32_t>(std::min<std::int64_t>((now - next_publish_) / interval + 1, kLifetimeMax));
  next_publish_ += interval * cycles;
  if (wants_) silent_cycles_ += cycles;  // Nobody took what it had to say.
  const bool has = enabled_ && has_values();
  if (!has) quiet_cycles_ += cycles;
  wants_ = wants_ || has || !ever_sent_ || quiet_cycles_ >= terms_.keep_alive_count;
}

Duration Subscription::next_tick() const { return next_publish_; }

std::uint32_t Subscription::next_number() {
  const std::uint32_t number = next_sequence_;
  next_sequence_ = number == 0xFFFFFFFF ? 1 : number + 1;  // 0 is never used. OPC 10000-4, 7.8
  return number;
}

void Subscription::keep(const NotificationMessage& message, std::size_t values) {
  sent_.push_back({.message = message, .values = values});
  sent_values_ += values;
  while (sent_.size() > 1 && (sent_.size() > kSentMax || sent_values_ > kSentValuesMax)) {
    sent_values_ -= sent_.front().values;
    sent_.pop_front();
  }
}

Subscription::Taken Subscription::take(Timestamp time) {
  Taken out;
  out.message.publish_time = DateTime::from(time);
  ever_sent_ = true;
  quiet_cycles_ = 0;
  silent_cycles_ = 0;
  wants_ = false;
  if (!enabled_ || !has_values()) {
    out.message.sequence_number = next_sequence_;  // The next to come: a sign of life uses none up.
    return out;
  }
  DataChangeNotification data;
  std::size_t done = 0;
  for (auto* item : ready_) {
    const std::size_t room = terms_.notifications_max - data.monitored_items.size();
    if (room == 0) break;
    item->take(data.monitored_items, room);
    if (item->queued() > 0) break;
    item->is_ready = false;
    ++done;
  }
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(done));
  const std::size_t values = data.monitored_items.size();
  queued_ -= values;
  out.message.sequence_number = next_number();
  out.message.notification_data.push_back(wrap(data));
  out.more = has_values();
  wants_ = out.more;
  keep(out.message, values);
  return out;
}

StatusCode Subscription::acknowledge(std::uint32_t sequence_number) {
  const auto found =
      std::ranges::find_if(sent_, [&](const Sent& sent) { return sent.message.sequence_number == sequence_number; });
  if (found == sent_.end()) return kBadSequenceNumberUnknown;
  sent_values_ -= found->values;
  sent_.erase(found);
  return status::kGood;
}

const NotificationMessage* Subscription::sent(std::uint32_t sequence_number) const {
  const auto found =
      std::ranges::find_if(sent_, [&](const Sent& sent) { return sent.message.sequence_number == sequence_number; });
  return found == sent_.end() ? nullptr : &found->message;
}

Array<std::uint32_t> Subscription::available() const {
  Array<std::uint32_t> numbers;
  for (const auto& sent : sent_) numbers.push_back(sent.message.sequence_number);
  return numbers;
}

NotificationMessage Subscription::status_change(StatusCode status, Timestamp time) {
  NotificationMessage message{
      .sequence_number = next_number(), .publish_time = DateTime::from(time), .notification_data = {}};
  message.notification_data.push_back(wrap(StatusChangeNotification{.status = status, .diagnostics = {}}));
  return message;
}

}  // namespace hanse::connectors::opcua
