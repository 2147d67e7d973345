#pragma once

#include <optional>
#include <vector>

#include "connectors/opcua/codec/structures.hpp"
#include "connectors/opcua/server/address_space.hpp"

namespace hanse::connectors::opcua {

/// One value that a subscription watches: lets pass what the client asked for and keeps it until it is published.
class MonitoredItem {
 public:
  static constexpr std::uint32_t kQueueMax = 1000;
  static constexpr Duration kSamplingMax = 1h;

  std::uint32_t id = 0, subscription = 0;
  ReadValueId what;
  TimestampsToReturn timestamps = TimestampsToReturn::both;
  MonitoringMode mode = MonitoringMode::reporting;
  std::optional<LiveKey> live;  ///< Empty: doesn't change, or is read at each sampling.
  bool is_ready = false;        ///< In its subscription's list of those with something to publish.

  /// Takes what the client wants, within bounds. Returns a bad status when the filter can't be had.
  StatusCode apply(const MonitoringParameters& wanted, Duration publishing_interval);
  const MonitoringParameters& parameters() const { return parameters_; }
  Duration sampling() const { return sampling_; }

  /// A value of now. It is queued when its turn and its filter say so; else kept for `release` where it came too soon.
  /// True when the queue has something to publish. `may_grow` false: the newest takes the last one's place.
  bool offer(DataValue value, Duration now, bool may_grow = true);
  /// What came too soon, once its time is there. True as `offer`.
  bool release(Duration now, bool may_grow = true);
  /// Queues the last value that passed once more. True as `offer`.
  bool repeat();
  bool holds() const { return held_.has_value(); }

  std::size_t queued() const { return queue_.size(); }
  /// Moves at most `most` values to `out`. Returns how many.
  std::size_t take(Array<MonitoredItemNotification>& out, std::size_t most);
  void clear() {
    queue_.clear();
    held_.reset();
  }

 private:
  bool passes(const DataValue& value) const;
  void queue(DataValue value, bool may_grow);

  MonitoringParameters parameters_;
  DataChangeFilter filter_;
  Duration sampling_{};
  Duration next_sample_{};
  std::optional<DataValue> held_;
  std::optional<DataValue> last_;  ///< The last that passed.
  std::vector<DataValue> queue_;
};

}  // namespace hanse::connectors::opcua
