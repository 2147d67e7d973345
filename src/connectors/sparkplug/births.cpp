// What births define and what data says of it: the second half of HostSession.
#include "base/text.hpp"
#include "connectors/sparkplug/host_session.hpp"
#include "connectors/sparkplug/internal/edge_node.hpp"
#include "connectors/sparkplug/naming.hpp"

namespace hanse::connectors::sparkplug {
namespace {

/// The session's own metrics: no signals of a machine.
bool is_control(std::string_view name) {
  return name == "bdSeq" || name.starts_with("Node Control/") || name.starts_with("Device Control/");
}

std::optional<std::uint64_t> bd_seq_of(const Payload& payload) {
  for (const auto& metric : payload.metrics) {
    // Int64 by the standard; some libraries send UInt64 or narrower.
    if (metric.name == "bdSeq" && !metric.is_null) return metric.value.bits;
  }
  return {};
}

/// A birth without datatype: what the field on the wire can only be.
DataType type_of(const Metric& metric) {
  if (metric.datatype != DataType::unknown) return metric.datatype;
  switch (metric.value.field) {
    case ValueField::int_value:
      return DataType::int32;
    case ValueField::long_value:
      return DataType::int64;
    case ValueField::float_value:
      return DataType::float32;
    case ValueField::double_value:
      return DataType::float64;
    case ValueField::boolean_value:
      return DataType::boolean;
    case ValueField::string_value:
      return DataType::string;
    case ValueField::data_set:
      return DataType::data_set;
    case ValueField::template_:
      return DataType::template_;
    default:
      return DataType::unknown;
  }
}

bool moves_steadily(signal::Meaning meaning) {
  using enum signal::Meaning;
  switch (meaning) {
    case power:
    case current:
    case voltage:
    case temperature:
    case vibration:
    case pressure:
    case humidity:
    case speed:
    case load:
    case position:
    case flow:
    case level:
    case force:
    case torque:
    case tool_wear:
      return true;
    default:
      return false;
  }
}

void describe(const Metric& metric, Declaration& out) {
  if (!metric.properties.empty()) {
    if (const auto properties = decode_properties(metric.properties)) {
      for (const auto& property : *properties) {
        if (property.is_null || property.value.field != ValueField::string_value || !is_utf8(property.value.bytes))
          continue;
        const auto key = to_lower(property.key);
        if (key == "engunit" || key == "unit" || key == "units") out.unit = ucum(property.value.bytes);
        if (key == "documentation" || key == "description") out.description = property.value.bytes;
      }
    }
  }
  out.meaning = guess_meaning(out.name, out.unit);
  if (out.type == signal::ValueType::real && moves_steadily(out.meaning))
    out.interpolation = signal::Interpolation::linear;
}

signal::Quality metric_quality(const Metric& metric) {
  if (metric.properties.empty()) return signal::Quality::good;
  const auto properties = decode_properties(metric.properties);
  if (!properties) return signal::Quality::uncertain;
  for (const auto& property : *properties) {
    if (property.key == "Quality" && !property.is_null) {
      return quality_of(integer_of(DataType::int32, property.value.bits));
    }
  }
  return signal::Quality::good;
}

}  // namespace

void HostSession::node_birth(EdgeNode& edge, Moment now) {
  const bool was_online = edge.self.online;
  edge.bd_seq = bd_seq_of(payload_);
  edge.next_seq = static_cast<std::uint8_t>(payload_.seq.value_or(0) + 1);  // any start is accepted
  edge.old_in_a_row = 0;
  edge.waiting.clear();
  waiting_.erase(&edge);
  edge.aliases.clear();
  edge.born_at = now.monotonic;
  edge.died_at.reset();
  edge.rebirth_queued = false;
  // Devices are offline until their own births, which follow at once: a moment's grace spares every rebirth a hole in
  // the history.
  bool any_device = false;
  for (auto& [id, device] : edge.devices) {
    any_device = any_device || device.online;
    device.online = false;
  }
  if (any_device) {
    edge.devices_due = now.monotonic + kDeviceGrace;
    graced_.insert(&edge);
  }
  born(edge, {}, now);
  if (!was_online) {
    sink_.notice({.kind = NoticeKind::device_online,
                  .time = now.utc,
                  .device = edge.self.address,
                  .message = "edge node " + edge.self.address + " is online"});
  }
}

void HostSession::device_birth(EdgeNode& edge, const Topic& topic, Moment now) {
  const auto known = edge.devices.find(topic.device);
  if (known == edge.devices.end() && edge.devices.size() >= kDevicesMax) {
    return reject(edge.self.address, "edge node " + edge.self.address + " has too many devices", topic.device, now);
  }
  const bool was_there =
      known != edge.devices.end() && !known->second.definitions.empty() && (known->second.online || edge.devices_due);
  born(edge, topic.device, now);
  if (was_there) return;
  const std::string address = edge.self.address + '/' + std::string{topic.device};
  sink_.notice({.kind = NoticeKind::device_online,
                .time = now.utc,
                .device = address,
                .message = "device " + address + " is online"});
}

/// Takes the definitions of a birth in `payload_` and delivers its values.
void HostSession::born(EdgeNode& edge, std::string_view device, Moment now) {
  Owner& owner = device.empty() ? edge.self : edge.devices[std::string{device}];
  std::deque<Definition> before = std::move(owner.definitions);
  if (!device.empty() && !before.empty()) {
    std::set<const Definition*> gone;
    for (const auto& definition : before) gone.insert(&definition);
    std::erase_if(edge.aliases, [&](const auto& alias) { return gone.contains(alias.second); });
  }
  owner.definitions.clear();
  owner.by_name.clear();
  owner.device = device;
  owner.address = device.empty() ? edge.self.address : edge.self.address + '/' + std::string{device};
  owner.online = true;

  Birth birth{.edge = edge, .owner = owner, .now = now};
  for (const auto& metric : payload_.metrics) define(birth, metric, "", 0);
  const auto signals = sink_.declare(birth.declarations);
  for (std::size_t i = 0; i < birth.declared.size(); ++i) {
    birth.declared[i]->signal = i < signals.size() ? signals[i] : signal::kNoSignal;
  }
  // A signal goes on where its definition before stood; one that is told no more is stale.
  std::unordered_map<std::string_view, Definition*> old;
  for (auto& definition : before) old.emplace(definition.name, &definition);
  for (auto& definition : owner.definitions) {
    const auto same = old.find(definition.name);
    if (same == old.end() || same->second->signal != definition.signal) continue;
    definition.stale = same->second->stale;
    definition.last = same->second->last;
    same->second->stale = true;
  }
  for (auto& definition : before) {
    if (definition.stale || definition.signal == signal::kNoSignal) continue;
    batch_.add_null(definition.signal, std::max(now.utc, definition.last + 1ms));
  }
  in_birth_ = true;
  for (const auto& [definition, metric] : birth.values) value(edge, *definition, metric, now);
  in_birth_ = false;
}

void HostSession::define(Birth& birth, const Metric& metric, const std::string& prefix, int depth) {
  if (metric.name.empty() || metric.name.size() > kNameBytesMax || !is_utf8(metric.name) ||
      birth.owner.definitions.size() >= kDefinitionsMax) {
    return reject(birth.owner.address, "a birth of " + birth.owner.address + " has a metric without a usable name",
                  metric.name, birth.now);
  }
  auto& owner = birth.owner;
  std::string name = prefix + std::string{metric.name};
  if (owner.find(name)) {
    return reject(owner.address, "a birth of " + owner.address + " has the metric '" + name + "' twice", name,
                  birth.now);
  }
  auto& definition = owner.definitions.emplace_back();
  definition.name = std::move(name);
  definition.type = type_of(metric);
  owner.by_name.emplace(definition.name, &definition);
  if (metric.alias && depth == 0) birth.edge.aliases[*metric.alias] = &definition;
  if (is_control(definition.name)) return;

  if (definition.type == DataType::template_) {
    if (metric.is_null || metric.value.field != ValueField::template_) return;
    const auto instance = decode_template(metric.value.bytes);
    if (!instance || depth >= kTemplateDepthMax) {
      return reject(owner.address, "the template '" + definition.name + "' of " + owner.address + " can't be read",
                    metric.value.bytes, birth.now);
    }
    if (instance->is_definition) return;  // instances carry all that is needed
    for (auto member : instance->metrics) {
      if (!member.timestamp_ms) member.timestamp_ms = metric.timestamp_ms;
      define(birth, member, definition.name + '/', depth + 1);
    }
    return;
  }
  const auto type = value_type(definition.type);
  if (!type) return;
  Declaration declaration{.address = owner.address + '/' + definition.name,
                          .device = owner.address,
                          .name = definition.name,
                          .type = *type};
  describe(metric, declaration);
  birth.declarations.push_back(std::move(declaration));
  birth.declared.push_back(&definition);
  birth.values.emplace_back(&definition, metric);
}

void HostSession::data(EdgeNode& edge, const Topic& topic, Moment now) {
  Owner* owner = &edge.self;
  if (!topic.device.empty()) {
    const auto found = edge.devices.find(topic.device);
    if (found == edge.devices.end() || !found->second.online) {
      counters_.unresolved += payload_.metrics.size();
      return want_rebirth(edge, now, "sent data of a device whose birth was not seen");
    }
    owner = &found->second;
  }
  bool resolved = true;
  for (const auto& metric : payload_.metrics) {
    Definition* definition = nullptr;
    if (metric.alias) {
      const auto found = edge.aliases.find(*metric.alias);
      if (found != edge.aliases.end()) definition = found->second;
    }
    if (!definition && !metric.name.empty()) definition = owner->find(metric.name);
    if (definition) {
      value(edge, *definition, metric, now);
    } else if (!is_control(metric.name)) {
      ++counters_.unresolved;
      resolved = false;
    }
  }
  if (!resolved) want_rebirth(edge, now, "sent a metric that its birth had not told");
}

void HostSession::value(EdgeNode& edge, Definition& definition, const Metric& metric, Moment now) {
  ++counters_.metrics;
  if (definition.type == DataType::template_) return members(edge, definition, metric, now);
  if (definition.signal == signal::kNoSignal || metric.is_transient) return;
  const auto time = time_of(metric.timestamp_ms).value_or(time_of(payload_.timestamp_ms).value_or(now.utc));
  const bool no_value = metric.is_null || metric.value.field == ValueField::none;
  if (time == definition.last && !definition.stale && in_birth_) return;  // a rebirth repeats what is known
  const SampleHead head{definition.signal, time, metric_quality(metric)};
  if (no_value) {
    batch_.add_null(head.signal, head.time, head.quality);
  } else if (!append_sample(batch_, head, definition.type, metric.value)) {
    return reject(edge.self.address,
                  "the value of '" + definition.name + "' of " + edge.self.address + " doesn't fit its type " +
                      describe::enum_name(definition.type),
                  metric.value.bytes, now);
  }
  if (metric.is_historical) return;
  definition.stale = false;
  definition.last = std::max(definition.last, time);
}

/// DATA of a template instance holds any of its members.
void HostSession::members(EdgeNode& edge, const Definition& definition, const Metric& metric, Moment now) {
  if (metric.is_null || metric.value.field != ValueField::template_) return;
  const auto instance = decode_template(metric.value.bytes);
  if (!instance) {
    return reject(edge.self.address, "the template '" + definition.name + "' can't be read", metric.value.bytes, now);
  }
  Owner* owner = edge.self.find(definition.name) == &definition ? &edge.self : nullptr;
  for (auto& [id, device] : edge.devices) {
    if (!owner && device.find(definition.name) == &definition) owner = &device;
  }
  if (!owner) return;
  for (auto member : instance->metrics) {
    if (!member.timestamp_ms) member.timestamp_ms = metric.timestamp_ms;
    member.is_historical = member.is_historical || metric.is_historical;
    auto* known = owner->find(definition.name + '/' + std::string{member.name});
    if (known) {
      value(edge, *known, member, now);
    } else {
      ++counters_.unresolved;
      want_rebirth(edge, now, "sent a metric that its birth had not told");
    }
  }
}

void HostSession::node_death(EdgeNode& edge, Moment now) {
  if (!edge.self.online) return;
  const auto bd_seq = bd_seq_of(payload_);
  if (bd_seq && edge.bd_seq && *bd_seq != *edge.bd_seq) {
    ++counters_.late_deaths;  // the will of an older session, delivered late
    return;
  }
  edge.self.online = false;
  edge.died_at = now.monotonic;
  edge.waiting.clear();
  waiting_.erase(&edge);
  edge.devices_due.reset();
  graced_.erase(&edge);
  // By our clock: the will's own time is that of its connect.
  stale(edge.self, now.utc);
  for (auto& [id, device] : edge.devices) {
    device.online = false;
    stale(device, now.utc);
  }
  sink_.notice({.kind = NoticeKind::device_offline,
                .time = now.utc,
                .device = edge.self.address,
                .message = "edge node " + edge.self.address + " is offline"});
}

void HostSession::device_death(EdgeNode& edge, const Topic& topic, Moment now) {
  const auto found = edge.devices.find(topic.device);
  if (found == edge.devices.end() || !found->second.online) return;
  found->second.online = false;
  stale(found->second, time_of(payload_.timestamp_ms).value_or(now.utc));
  sink_.notice({.kind = NoticeKind::device_offline,
                .time = now.utc,
                .device = found->second.address,
                .message = "device " + found->second.address + " is offline"});
}

/// The edge node was born again, and devices of it were not.
void HostSession::miss_devices(EdgeNode& edge, Moment now) {
  edge.devices_due.reset();
  graced_.erase(&edge);
  for (auto& [id, device] : edge.devices) {
    if (device.online) continue;
    stale(device, now.utc);
    sink_.notice({.kind = NoticeKind::device_offline,
                  .time = now.utc,
                  .device = device.address,
                  .message = "device " + device.address + " was not born again with its edge node"});
  }
}

/// One sample per value and outage says that it is unknown now. Never before the last known value, whatever the clocks.
void HostSession::stale(Owner& owner, Timestamp time) {
  for (auto& definition : owner.definitions) {
    if (definition.stale || definition.signal == signal::kNoSignal) continue;
    definition.stale = true;
    batch_.add_null(definition.signal, std::max(time, definition.last + 1ms));
  }
}

}  // namespace hanse::connectors::sparkplug
