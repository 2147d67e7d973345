#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/opcua/codec/services.hpp"
#include "connectors/opcua/server/monitored_item.hpp"

namespace hanse::connectors::opcua {

/// How a subscription publishes, after what was asked for was brought within bounds.
struct SubscriptionTerms {
  Duration publishing_interval{};
  std::uint32_t lifetime_count = 0, keep_alive_count = 0;
  std::size_t notifications_max = 0;
  std::uint8_t priority = 0;
  static SubscriptionTerms revise(double interval_ms, std::uint32_t lifetime, std::uint32_t keep_alive,
                                  std::uint32_t notifications, std::uint8_t priority);
};

/// A subscription's items, its cycle and the notifications it sent until they are acknowledged. Outlives sessions.
/// Source: OPC 10000-4, 5.14.1.2.
class Subscription {
 public:
  static constexpr std::size_t kSentMax = 100;            ///< Messages kept for Republish,
  static constexpr std::size_t kSentValuesMax = 100'000;  ///< and values in them.
  static constexpr std::size_t kQueuedMax = 1'000'000;    ///< Values waiting in all items.

  Subscription(std::uint32_t id, SubscriptionTerms terms, bool enabled, Duration now);

  std::uint32_t id() const { return id_; }
  const SubscriptionTerms& terms() const { return terms_; }
  void modify(SubscriptionTerms terms) { terms_ = terms; }
  void enable(bool enabled) { enabled_ = enabled; }
  /// The client is alive: any of its requests about this subscription says so.
  void heard() { silent_cycles_ = 0; }

  // Items.
  MonitoredItem& add(MonitoredItem item);
  MonitoredItem* find(std::uint32_t item);
  bool remove(std::uint32_t item);
  std::size_t size() const { return items_.size(); }
  template <class F>
  void for_each_item(F&& f) {
    for (auto& [number, item] : items_) f(*item);
  }
  void offer(MonitoredItem& item, DataValue value, Duration now);
  /// After a mode changed: the item may have something to publish, or no more.
  void renew(MonitoredItem& item);
  StatusCode modify(MonitoredItem& item, const MonitoringParameters& wanted);
  /// Queues the last value once more, for a client that took the subscription over.
  void repeat(MonitoredItem& item);

  // The cycle.
  void tick(Duration now);
  /// When `tick` is wanted next.
  Duration next_tick() const;
  /// True when it has something to say and a publish request should be answered with it.
  bool wants_to_publish() const { return wants_; }
  /// No client took anything for its whole life.
  bool has_expired() const { return silent_cycles_ >= terms_.lifetime_count; }
  struct Taken {
    NotificationMessage message;
    bool more = false;
  };
  /// The next message: values, or a sign of life. Precondition: `wants_to_publish`.
  Taken take(Timestamp time);
  StatusCode acknowledge(std::uint32_t sequence_number);
  const NotificationMessage* sent(std::uint32_t sequence_number) const;
  Array<std::uint32_t> available() const;
  /// A message of its own with its own number; not kept.
  NotificationMessage status_change(StatusCode status, Timestamp time);

 private:
  bool may_grow() const { return queued_ < kQueuedMax; }
  bool has_values() const { return !ready_.empty(); }
  void ready(MonitoredItem& item);
  std::uint32_t next_number();
  void keep(const NotificationMessage& message, std::size_t values);

  std::uint32_t id_;
  SubscriptionTerms terms_;
  bool enabled_;
  std::map<std::uint32_t, std::unique_ptr<MonitoredItem>> items_;
  std::vector<MonitoredItem*> ready_;   ///< Reporting, with a queue that isn't empty; in order of first arrival.
  std::vector<std::uint32_t> holding_;  ///< Items that may hold a value for later.
  std::size_t queued_ = 0;
  Duration next_publish_;
  std::uint32_t quiet_cycles_ = 0, silent_cycles_ = 0;
  bool wants_ = false, ever_sent_ = false;
  std::uint32_t next_sequence_ = 1;
  struct Sent {
    NotificationMessage message;
    std::size_t values = 0;
  };
  std::deque<Sent> sent_;
  std::size_t sent_values_ = 0;
};

}  // namespace hanse::connectors::opcua
