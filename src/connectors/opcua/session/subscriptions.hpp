#pragma once

#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "connectors/opcua/session/points.hpp"
#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// How to ask a server for its values.
struct SubscriptionOptions {
  Duration publishing_interval = 1s;
  Duration sampling_interval{};  ///< 0: as the publishing interval.
  std::uint32_t queue_size = 10;
  std::size_t items_per_call = 50;
  std::size_t values_per_read = 1000;
  bool data_change_filter = true;  ///< The server can filter by deadband.
  bool events = false;
  bool service_level = false;  ///< Follow what the server says about its own service.
  std::size_t subscriptions_max = 0, items_per_subscription = 0;  ///< As the server limits them; 0: it doesn't say.
};

/// Follows all points of a session by subscriptions: creates them in batches that the server bears, keeps publish
/// requests waiting, acknowledges, asks again for what was missed, transfers or rebuilds after an outage, and watches
/// that the server gives signs of life. No socket, no clock.
class Subscriptions {
 public:
  /// What became of the points; told when all have been asked for.
  struct Outcome {
    std::size_t followed = 0;
    std::vector<std::string> refused;  ///< Address and the server's reason of each; at most ten.
    std::size_t refused_count = 0;
    Duration publishing_interval{};  ///< As revised by the server.
    Duration sampling_fastest{}, sampling_slowest{};
    std::size_t filtered_there = 0, filtered_here = 0;  ///< By a deadband: by the server, by us.
  };
  struct Listener {
    std::function<void(const Outcome& outcome)> created;
    std::function<void(const std::string& what, std::optional<Timestamp> begin)> gap;
    std::function<void(const EventFieldList& event)> event;
    std::function<void(int level)> service_level;
    std::function<void()> rebuilding;                 ///< The server lost our subscriptions; before new ones are made.
    std::function<void(StatusCode why)> unavailable;  ///< The server makes no subscription at all.
  };
  Subscriptions(Session& session, Points& points, Listener listener)
      : session_(session), points_(points), listener_(std::move(listener)) {}

  void configure(SubscriptionOptions options) { options_ = options; }
  /// Makes all anew.
  void start();
  /// Goes on after the session was taken up again on a new channel.
  void resume();
  /// Takes the old session's over to the new one, or makes all anew.
  void transfer();
  /// Makes all anew, as on a server that never heard of the ones there were.
  void rebuild();
  /// The connection is gone; ids and numbers stay for what comes.
  void lost();
  void tick();
  Duration next_tick() const;

  std::size_t count() const { return subscriptions_.size(); }
  std::size_t publish_outstanding() const { return outstanding_; }
  /// Fields of the events asked for, in their order in `EventFieldList::fields`.
  enum EventField {
    kEventType,
    kSourceName,
    kTime,
    kMessage,
    kSeverity,
    kConditionName,
    kActive,
    kAcknowledged,
    kRetain,
    kConditionId
  };

 private:
  struct Subscription {
    std::uint32_t id = 0;
    std::uint32_t expected = 1;       ///< Number of the next notification.
    std::size_t first = 0, last = 0;  ///< Its points.
    Duration keep_alive{};
    bool may_skip = false;  ///< After a transfer one number may be missing.
  };
  struct WantedItem {
    std::uint32_t point = 0;
    std::uint32_t subscription = 0;  ///< Position, not id.
    bool filter = true;
  };
  std::size_t points_per_subscription() const;
  void create(std::size_t first);
  void create_failed(std::size_t first, StatusCode status);
  void follow_with(std::size_t subscription, std::size_t first, std::size_t last);
  void created(std::size_t first, std::size_t last, const CreateSubscriptionResponse& response);
  void create_items();
  void items_created(const std::vector<WantedItem>& batch, const CreateMonitoredItemsResponse& response);
  void items_failed(std::vector<WantedItem> batch, StatusCode status);
  void refuse(const WantedItem& item, StatusCode status);
  void create_event_item(std::uint32_t subscription_id);
  void refresh_conditions(std::uint32_t subscription_id);
  void create_service_level_item(std::uint32_t subscription_id);
  bool is_filtered(const WantedItem& item) const;
  MonitoredItemCreateRequest item_request(const WantedItem& item) const;
  void all_created();
  void pump();
  void published(Reply<PublishResponse> reply);
  void publish_failed(StatusCode status);
  void take(Subscription& subscription, const NotificationMessage& message);
  void take_data(const NotificationMessage& message);
  void ask_again(std::uint32_t subscription_id, std::uint32_t from, std::uint32_t to);
  void republish(std::size_t position);
  void resumed();
  enum class Refresh { stale, all };
  void refresh(Refresh which);
  void refresh_from(Refresh which, std::size_t first);
  Subscription* find(std::uint32_t id);

  Session& session_;
  Points& points_;
  Listener listener_;
  SubscriptionOptions options_;
  std::vector<Subscription> subscriptions_;
  std::deque<WantedItem> wanted_;
  std::vector<WantedItem> later_;  ///< Refused ones, tried again slowly.
  std::vector<SubscriptionAcknowledgement> acknowledgements_;
  Outcome outcome_;
  std::size_t batch_size_ = 50;
  std::size_t outstanding_ = 0, outstanding_max_ = 5, failures_ = 0, resuming_ = 0;
  std::uint64_t generation_ = 0;  ///< Answers to what was asked before a rebuild are passed over.
  bool creating_ = false, running_ = false, told_ = false;
  Duration heard_at_{}, retry_at_ = Duration::max();
};

}  // namespace hanse::connectors::opcua
