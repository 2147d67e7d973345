#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/sparkplug/payload.hpp"
#include "connectors/sparkplug/settings.hpp"
#include "connectors/sparkplug/topic.hpp"

namespace hanse::connectors::sparkplug {

/// A message to publish.
struct Outgoing {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retained = false;
  friend bool operator==(const Outgoing&, const Outgoing&) = default;
};

/// The two clocks at the moment of an event.
struct Moment {
  Timestamp utc;
  Duration monotonic{};
};

struct HostCounters {
  std::uint64_t messages = 0;
  std::uint64_t metrics = 0;
  std::uint64_t out_of_order = 0;  ///< Waited in the reorder buffer.
  std::uint64_t duplicates = 0;
  std::uint64_t rebirths = 0;     ///< Requests sent.
  std::uint64_t unresolved = 0;   ///< Metrics whose alias or name no birth had told.
  std::uint64_t late_deaths = 0;  ///< Deaths of older sessions, ignored.
};

/// One host application's session with all edge nodes of one broker connection: told messages and time, it fills the
/// sink and says what to publish. No socket, no clock. Source of the rules: Sparkplug 3.0.0, chapters 5 and 6.
class HostSession {
 public:
  HostSession(const SparkplugSettings& settings, Sink& sink);
  ~HostSession();

  /// The will to connect with; its time is also that of `online`.
  std::optional<Outgoing> will(Moment now);
  /// Filters to subscribe before anything is published.
  std::vector<std::string> filters() const;
  /// The subscriptions stand: tells STATE online when primary.
  void online(Moment now);
  /// One message of a Sparkplug topic. What is wrong with it becomes a notice and harms nothing else.
  void message(std::string_view topic, std::string_view payload, Moment now);
  /// Time goes on: ends reorder waits, sends rebirth requests that are due.
  void tick(Moment now);
  /// When `tick` has something to do next; nothing while all is quiet.
  std::optional<Duration> next_tick() const;
  /// The broker is gone: every value of every edge is stale at once.
  void lost(Moment now);
  /// What to publish before leaving on purpose.
  std::optional<Outgoing> farewell(Moment now);

  /// Takes what is to be published.
  std::vector<Outgoing> take_outgoing();
  /// Gives collected samples to the sink: call it after each handful of messages.
  void flush();
  const HostCounters& counters() const { return counters_; }

 private:
  struct Definition;
  struct Owner;
  struct Waiting;
  struct EdgeNode;
  struct Birth;

  void route(const Topic& topic, std::string_view payload, Moment now);
  void host_state(const Topic& topic, std::string_view payload, Moment now);
  EdgeNode& node(std::string_view group, std::string_view edge);
  bool in_order(EdgeNode& edge, const Topic& topic, std::string_view payload, Moment now);
  void apply(EdgeNode& edge, const Topic& topic, Moment now);
  void node_birth(EdgeNode& edge, Moment now);
  void device_birth(EdgeNode& edge, const Topic& topic, Moment now);
  void data(EdgeNode& edge, const Topic& topic, Moment now);
  void node_death(EdgeNode& edge, Moment now);
  void device_death(EdgeNode& edge, const Topic& topic, Moment now);
  void drain(EdgeNode& edge, Moment now);
  void give_up_waiting(EdgeNode& edge, Moment now);
  void born(EdgeNode& edge, std::string_view device, Moment now);
  void define(Birth& birth, const Metric& metric, const std::string& prefix, int depth);
  void value(EdgeNode& edge, Definition& definition, const Metric& metric, Moment now);
  void members(EdgeNode& edge, const Definition& definition, const Metric& metric, Moment now);
  void miss_devices(EdgeNode& edge, Moment now);
  void stale(Owner& owner, Timestamp time);
  void queue_rebirth(EdgeNode& edge, Moment now);
  void want_rebirth(EdgeNode& edge, Moment now, std::string_view why);
  void send_rebirths(Moment now);
  void reject(std::string device, std::string message, std::string_view sample, Moment now);

  SparkplugSettings settings_;
  Sink& sink_;
  HostCounters counters_;
  std::map<std::string, std::unique_ptr<EdgeNode>, std::less<>> nodes_;  ///< By `group/edge`.
  std::set<EdgeNode*> waiting_;                                          ///< With a reorder buffer.
  std::set<EdgeNode*> graced_;                                           ///< With devices that may still be born again.
  std::deque<EdgeNode*> rebirth_queue_;
  Duration next_rebirth_{};
  std::vector<Outgoing> outgoing_;
  signal::SampleBatch batch_;
  Payload payload_;
  std::string inflated_;
  std::uint64_t session_time_ms_ = 0;
  bool online_ = false;
  bool in_birth_ = false;
};

/// Up to 200 bytes of a wrong message, as text when it is printable, else as hex.
std::string sample_of(std::string_view bytes);

}  // namespace hanse::connectors::sparkplug
