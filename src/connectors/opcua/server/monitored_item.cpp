#include "connectors/opcua/server/monitored_item.hpp"

#include <algorithm>
#include <cmath>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/number_of.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/names.hpp"

namespace hanse::connectors::opcua {
namespace {

// The value is one of a queue that lost others. Source: OPC 10000-4, 7.39, info bits of DataValue.
constexpr std::uint32_t kOverflow = 0x400 | 0x80;

void keep_times(DataValue& value, TimestampsToReturn wanted) {
  if (wanted == TimestampsToReturn::server || wanted == TimestampsToReturn::neither) value.source_time.reset();
  if (wanted == TimestampsToReturn::source || wanted == TimestampsToReturn::neither) value.server_time.reset();
}

}  // namespace

StatusCode MonitoredItem::apply(const MonitoringParameters& wanted, Duration publishing_interval) {
  DataChangeFilter filter;
  if (!wanted.filter.type_id.is_null()) {
    if (what.attribute != kValueAttribute) return status::kBadFilterNotAllowed;
    const auto given = unwrap<DataChangeFilter>(wanted.filter);
    if (!given) return status::kBadMonitoredItemFilterUnsupported;
    // Percent needs a range of each value, which few signals here have.
    if (given->deadband_type == DeadbandType::percent) return status::kBadMonitoredItemFilterUnsupported;
    const bool right = given->deadband_type == DeadbandType::none ||
                       (given->deadband_type == DeadbandType::absolute && std::isfinite(given->deadband_value) &&
                        given->deadband_value >= 0);
    if (!right) return status::kBadDeadbandFilterInvalid;
    filter = *given;
  }
  filter_ = filter;
  parameters_ = wanted;
  const double asked = wanted.sampling_interval_ms;
  // Negative: as often as is published. 0: each change. OPC 10000-4, 7.21
  sampling_ = publishing_interval;
  if (asked >= 0) {
    const double longest = static_cast<double>(kSamplingMax / 1ms);
    sampling_ =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{std::min(asked, longest)});
  }
  parameters_.sampling_interval_ms = static_cast<double>(sampling_ / 1us) / 1000;
  parameters_.queue_size = std::clamp<std::uint32_t>(wanted.queue_size, 1, kQueueMax);
  parameters_.filter = {};
  if (queue_.size() > parameters_.queue_size) {
    queue_.erase(queue_.begin(), queue_.end() - static_cast<std::ptrdiff_t>(parameters_.queue_size));
  }
  return status::kGood;
}

bool MonitoredItem::passes(const DataValue& value) const {
  if (!last_) return true;
  if (value.status_or_good().kind() != last_->status_or_good().kind()) return true;
  if (filter_.trigger == DataChangeTrigger::status) return false;
  if (filter_.trigger == DataChangeTrigger::status_value_timestamp && value.source_time != last_->source_time) {
    return true;
  }
  if (filter_.deadband_type == DeadbandType::absolute) {
    const auto now = number_of(value.value), before = number_of(last_->value);
    if (now && before) return !(std::abs(*now - *before) <= filter_.deadband_value);
  }
  return !(value.value == last_->value);
}

void MonitoredItem::queue(DataValue value, bool may_grow) {
  last_ = value;
  keep_times(value, timestamps);
  const bool full = queue_.size() >= parameters_.queue_size || (!may_grow && !queue_.empty());
  if (!full) {
    queue_.push_back(std::move(value));
    return;
  }
  const auto mark = [](DataValue& marked) { marked.status = StatusCode{marked.status_or_good().code | kOverflow}; };
  if (parameters_.queue_size == 1) {
    queue_.back() = std::move(value);  // A queue of one has no overflow bit. OPC 10000-4, 5.12.1.5
    return;
  }
  if (parameters_.discard_oldest) {
    queue_.erase(queue_.begin());
    queue_.push_back(std::move(value));
    mark(queue_.front());
  } else {
    queue_.back() = std::move(value);
    mark(queue_.back());
  }
}

bool MonitoredItem::offer(DataValue value, Duration now, bool may_grow) {
  if (mode == MonitoringMode::disabled) return false;
  if (now < next_sample_) {
    held_ = std::move(value);
    return false;
  }
  held_.reset();
  if (!passes(value)) return false;
  next_sample_ = now + sampling_;
  queue(std::move(value), may_grow);
  return mode == MonitoringMode::reporting;
}

bool MonitoredItem::release(Duration now, bool may_grow) {
  if (!held_ || now < next_sample_) return false;
  DataValue value = std::move(*held_);
  held_.reset();
  return offer(std::move(value), now, may_grow);
}

bool MonitoredItem::repeat() {
  if (!last_ || mode == MonitoringMode::disabled) return false;
  queue(DataValue{*last_}, true);
  return mode == MonitoringMode::reporting;
}

std::size_t MonitoredItem::take(Array<MonitoredItemNotification>& out, std::size_t most) {
  const std::size_t count = std::min(most, queue_.size());
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back({.client_handle = parameters_.client_handle, .value = std::move(queue_[i])});
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

}  // namespace hanse::connectors::opcua
