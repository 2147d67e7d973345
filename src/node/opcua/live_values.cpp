#include "node/opcua/live_values.hpp"

#include "connectors/opcua/codec/status.hpp"

namespace hanse::node {

namespace ua = connectors::opcua;

namespace {

ua::Variant::Value content_of(const signal::Sample& sample, std::string_view text, signal::ValueType type) {
  using signal::ValueType;
  // What was declared a real stays one, also where a sample came as an integer: clients go by the data type.
  if (type == ValueType::real && sample.is_number()) return sample.number();
  switch (sample.type) {
    case ValueType::real:
      return sample.real();
    case ValueType::integer:
      return sample.integer();
    case ValueType::boolean:
      return sample.boolean();
    case ValueType::text:
      return ua::String{text};
    case ValueType::null:
      break;
  }
  return std::monostate{};
}

}  // namespace

ua::DataValue opcua_value(const signal::Sample& sample, std::string_view text, signal::ValueType type) {
  constexpr ua::StatusCode kUncertain{0x40000000}, kBad{0x80000000};
  ua::DataValue out;
  out.source_time = ua::DateTime::from(sample.time);
  out.value.value = content_of(sample, text, type);
  out.has_value = sample.type != signal::ValueType::null;
  if (!out.has_value) {
    out.status = ua::status::kBadNoCommunication;  // The source had none.
  } else if (sample.quality == signal::Quality::uncertain) {
    out.status = kUncertain;
  } else if (sample.quality == signal::Quality::bad) {
    out.status = kBad;
  }
  return out;
}

void LiveValues::put(LiveKey key, ua::DataValue value) {
  const std::lock_guard lock{mutex_};
  put_locked(key, std::move(value));
}

void LiveValues::put(std::span<const Change> changes) {
  const std::lock_guard lock{mutex_};
  for (const auto& [key, value] : changes) put_locked(key, value);
}

void LiveValues::put_locked(LiveKey key, ua::DataValue value) {
  auto& known = values_[key];
  if (known.source_time && value.source_time < known.source_time) return;
  if (watched_ && !flooded_) {
    changes_.emplace_back(key, value);
    flooded_ = changes_.size() >= kChangesMax;
  }
  known = std::move(value);
}

bool LiveValues::has(LiveKey key) const {
  const std::lock_guard lock{mutex_};
  return values_.contains(key);
}

ua::DataValue LiveValues::get(LiveKey key) const {
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = values_.find(key); found != values_.end()) return found->second;
  }
  ua::DataValue none;
  none.status = ua::status::kBadWaitingForInitialData;
  return none;
}

std::vector<LiveValues::Change> LiveValues::take_changes() {
  const std::lock_guard lock{mutex_};
  if (!flooded_) return std::exchange(changes_, {});
  flooded_ = false;
  changes_.clear();
  return {values_.begin(), values_.end()};
}

}  // namespace hanse::node
