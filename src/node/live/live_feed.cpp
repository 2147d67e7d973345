#include "node/live/live_feed.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "base/json.hpp"

namespace hanse::node {
namespace {

constexpr std::string_view kSamplesPrefix = "samples:";

struct EventNews {
  plant::AssetId asset;
  plant::EventKind kind = plant::EventKind::state;
  Timestamp time;
};
HANSE_DESCRIBE(EventNews, (asset, kind, time))

struct HealthNews {
  std::string id;
  connectors::Health health = connectors::Health::stopped;
  std::string reason;
};
HANSE_DESCRIBE(HealthNews, (id, health, reason))

/// Of the topic `samples:7`.
std::optional<std::uint32_t> signal_of(std::string_view topic) {
  if (!topic.starts_with(kSamplesPrefix)) return std::nullopt;
  const auto digits = topic.substr(kSamplesPrefix.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::string sample_json(const signal::SampleBatch& batch, const signal::Sample& sample) {
  std::string out = R"({"time_ms":)";
  json::append_integer(out, sample.time.ns / 1'000'000);
  out += R"(,"value":)";
  switch (sample.type) {
    case signal::ValueType::null:
      out += "null";
      break;
    case signal::ValueType::real:
      json::append_real(out, sample.real());
      break;
    case signal::ValueType::integer:
      json::append_integer(out, sample.integer());
      break;
    case signal::ValueType::boolean:
      out += sample.boolean() ? "true" : "false";
      break;
    case signal::ValueType::text:
      json::append_string(out, batch.text(sample));
      break;
  }
  out += R"(,"quality":)";
  json::append_string(out, describe::enum_name(sample.quality));
  return out + '}';
}

}  // namespace

void LiveFeed::renew_wanted() {
  const auto version = hub_.wanted_version();
  if (version == wanted_version_) return;
  wanted_version_ = version;
  wanted_.clear();
  const auto topics = hub_.wanted();
  for (auto topic = topics->lower_bound(kSamplesPrefix); topic != topics->end() && topic->starts_with(kSamplesPrefix);
       ++topic) {
    if (const auto number = signal_of(*topic)) wanted_.insert(*number);
  }
}

void LiveFeed::samples(const signal::SampleBatch& batch) {
  const std::lock_guard lock{mutex_};
  renew_wanted();
  if (wanted_.empty()) return;
  // Of each signal the newest only: a page shows one value, and a catching-up source may bring thousands.
  std::unordered_map<std::uint32_t, const signal::Sample*> newest;
  for (const auto& sample : batch.samples) {
    const auto number = static_cast<std::uint32_t>(sample.signal);
    if (!wanted_.contains(number)) continue;
    auto& known = newest[number];
    if (!known || known->time.ns <= sample.time.ns) known = &sample;
  }
  for (const auto& [number, sample] : newest) {
    hub_.publish(std::string{kSamplesPrefix} + std::to_string(number), sample_json(batch, *sample),
                 net::Delivery::latest);
  }
}

void LiveFeed::events(std::span<const plant::ProductionEvent> events) {
  for (const auto& event : events) {
    hub_.publish("states", to_json(EventNews{event.asset, event.kind, event.time}), net::Delivery::every);
  }
}

void LiveFeed::finding(const apps::Finding& finding) {
  hub_.publish("findings", to_json(finding), net::Delivery::every);
}

void LiveFeed::healths(const std::vector<ConnectionHealth>& healths) {
  std::map<std::string, std::pair<connectors::Health, std::string>> now;
  for (const auto& health : healths) {
    const auto& fresh = now[health.id] = {health.health, health.reason};
    const auto before = healths_.find(health.id);
    if (before == healths_.end() || before->second != fresh) {
      hub_.publish("health", to_json(HealthNews{health.id, health.health, health.reason}), net::Delivery::every);
    }
  }
  healths_ = std::move(now);
}

bool may_listen(const api::Caller& caller, std::string_view topic, const AtItsSite& at_its_site) {
  const auto has = [&](std::string_view permission) {
    return std::find(caller.permissions.begin(), caller.permissions.end(), permission) != caller.permissions.end();
  };
  if (topic.starts_with(kSamplesPrefix)) {
    if (has("history.read")) return true;
    const auto number = signal_of(topic);
    return number && at_its_site && at_its_site("history.read", *number);
  }
  if (topic == "states") return has("plant.read");
  if (topic == "findings") return has("apps.read");
  if (topic == "health") return has("connections.read");
  return false;
}

}  // namespace hanse::node
