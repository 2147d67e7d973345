#include "node/simulate/mtconnect_agent.hpp"

#include <charconv>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace hanse::node::simulate {
namespace {

constexpr std::size_t kCountDefault = 100;
constexpr Duration kHeartbeatDefault = 10s;

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

/// `PART_COUNT` is the element `PartCount`; `x:TOOL_WEAR` is `x:ToolWear`.
std::string element_name(std::string_view type) {
  std::string out;
  if (type.starts_with("x:")) {
    out = "x:";
    type.remove_prefix(2);
  }
  bool upper = true;
  for (const char c : type) {
    if (c == '_') {
      upper = true;
    } else {
      out += upper || c < 'A' || c > 'Z' ? c : static_cast<char>(c + 32);
      upper = false;
    }
  }
  return out;
}

std::string_view category_name(Category category) {
  switch (category) {
    case Category::sample:
      return "SAMPLE";
    case Category::event:
      return "EVENT";
    case Category::condition:
      return "CONDITION";
  }
  return "";
}

std::string_view list_name(Category category) {
  switch (category) {
    case Category::sample:
      return "Samples";
    case Category::event:
      return "Events";
    case Category::condition:
      return "Condition";
  }
  return "";
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string attribute(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, escape(value));
}

std::string document(std::string_view root, std::string_view content) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0} xmlns=\"urn:mtconnect.org:{0}:2.0\" "
      "xmlns:m=\"urn:mtconnect.org:{0}:2.0\" "
      "xmlns:x=\"urn:hanse.example:{0}:2.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{1}</{0}>\n",
      root, content);
}

}  // namespace

MtconnectAgent::MtconnectAgent(std::vector<AgentDevice> devices, std::uint64_t instance_id, std::size_t buffer_max)
    : devices_(std::move(devices)), instance_id_(instance_id), buffer_max_(buffer_max) {
  for (std::size_t d = 0; d < devices_.size(); ++d) latest_.emplace_back(devices_[d].items.size());
}

void MtconnectAgent::observe(std::size_t device, std::size_t item, Timestamp time, std::string value) {
  if (value.empty()) value = "";
  push({.device = static_cast<std::uint32_t>(device),
        .item = static_cast<std::uint32_t>(item),
        .time = time,
        .value = std::move(value)});
}

void MtconnectAgent::observe_condition(std::size_t device, std::size_t item, Timestamp time, std::string level,
                                       std::string code, std::string text) {
  push({.device = static_cast<std::uint32_t>(device),
        .item = static_cast<std::uint32_t>(item),
        .time = time,
        .value = std::move(text),
        .level = std::move(level),
        .code = std::move(code)});
}

void MtconnectAgent::push(Observation observation) {
  HANSE_ASSERT(observation.device < latest_.size() && observation.item < latest_[observation.device].size());
  observation.sequence = next_sequence_++;
  latest_[observation.device][observation.item] = observation;
  ring_.push_back(std::move(observation));
  if (ring_.size() > buffer_max_) ring_.pop_front();
}

bool MtconnectAgent::knows(const std::string& device) const {
  return device.empty() || std::any_of(devices_.begin(), devices_.end(), [&](const AgentDevice& known) {
           return known.name == device || known.uuid == device;
         });
}

AgentAnswer MtconnectAgent::answer(std::string_view target, Timestamp now) const {
  const auto question = target.find('?');
  Query query;
  if (question != std::string_view::npos) {
    for (const auto pair : split(target.substr(question + 1), '&')) {
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos) query.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
  }
  std::vector<std::string_view> words;
  for (const auto word : split(target.substr(0, question), '/')) {
    if (!word.empty()) words.push_back(word);
  }
  std::string device;
  std::string_view request = words.empty() ? std::string_view{"probe"} : words.back();
  if (words.size() == 2) device = words.front();
  const bool known_request = request == "probe" || request == "current" || request == "sample";
  if (words.size() == 1 && !known_request) {
    device = request;
    request = "probe";
  }
  if (words.size() > 2 || (words.size() == 2 && !known_request))
    return error("INVALID_URI", "there is no such request", now);
  if (!knows(device)) return error("NO_DEVICE", "Could not find the device '" + device + "'", now);
  if (query.contains("path")) return error("UNSUPPORTED", "this agent has no path filter; ask per device", now);
  if (request == "probe") return {.document = probe(device, now)};
  return request == "current" ? answer_current(query, device, now) : answer_sample(query, device, now);
}

AgentAnswer MtconnectAgent::answer_current(const Query& query, const std::string& device, Timestamp now) const {
  if (const auto interval = query.find("interval"); interval != query.end()) {
    const auto ms = whole_number(interval->second);
    if (!ms || *ms <= 0) return error("INVALID_REQUEST", "'interval' must be a positive integer", now);
    return {.streaming = AgentAnswer::Streaming{.interval = std::chrono::milliseconds{*ms},
                                                .heartbeat = kHeartbeatDefault,
                                                .current = true,
                                                .device = device}};
  }
  if (query.contains("at")) return error("UNSUPPORTED", "this agent keeps no snapshots of the past", now);
  return {.document = streams(latest(device), next_sequence_, now)};
}

AgentAnswer MtconnectAgent::answer_sample(const Query& query, const std::string& device, Timestamp now) const {
  const auto number = [&](std::string_view name, std::int64_t otherwise) -> std::optional<std::int64_t> {
    const auto found = query.find(name);
    return found == query.end() ? std::optional{otherwise} : whole_number(found->second);
  };
  const auto begin = number("from", static_cast<std::int64_t>(first_sequence()));
  const auto count = number("count", static_cast<std::int64_t>(std::min(kCountDefault, buffer_max_)));
  const auto interval = number("interval", -1);
  const auto heartbeat = number(
      "heartbeat",
      std::chrono::milliseconds{std::chrono::duration_cast<std::chrono::milliseconds>(kHeartbeatDefault)}.count());
  if (!begin || !count || !interval || !heartbeat) return error("QUERY_ERROR", "a parameter isn't a whole number", now);
  if (*count <= 0 || *count > static_cast<std::int64_t>(buffer_max_)) {
    return error("OUT_OF_RANGE", fmt::format("'count' must be between 1 and {}", buffer_max_), now);
  }
  if (*begin < static_cast<std::int64_t>(first_sequence()) || *begin > static_cast<std::int64_t>(next_sequence_)) {
    return error("OUT_OF_RANGE", fmt::format("'from' must be between {} and {}", first_sequence(), next_sequence_),
                 now);
  }
  if (*heartbeat <= 0) return error("OUT_OF_RANGE", "'heartbeat' must be positive", now);
  AgentAnswer::Streaming stream{.from = static_cast<std::uint64_t>(*begin),
                                .count = static_cast<std::size_t>(*count),
                                .interval = std::chrono::milliseconds{std::max<std::int64_t>(0, *interval)},
                                .heartbeat = std::chrono::milliseconds{*heartbeat},
                                .device = device};
  if (*interval >= 0) return {.streaming = stream};
  return {.document = part(stream, now).document};
}

MtconnectAgent::Part MtconnectAgent::part(const AgentAnswer::Streaming& stream, Timestamp now) const {
  if (stream.current) return {.document = streams(latest(stream.device), next_sequence_, now), .empty = false};
  if (!has(stream.from)) {
    return {
        .document =
            error("OUT_OF_RANGE", fmt::format("'from' must be greater than {}", first_sequence() - 1), now).document};
  }
  Part part;
  const auto observations = from(stream.from, stream.count, stream.device, part.next);
  part.empty = observations.empty();
  part.document = streams(observations, part.next, now);
  return part;
}

std::vector<const MtconnectAgent::Observation*> MtconnectAgent::latest(const std::string& device) const {
  std::vector<const Observation*> found;
  for (std::size_t d = 0; d < devices_.size(); ++d) {
    if (!device.empty() && devices_[d].name != device && devices_[d].uuid != device) continue;
    for (const auto& observation : latest_[d]) {
      if (observation.sequence > 0) found.push_back(&observation);
    }
  }
  return found;
}

std::vector<const MtconnectAgent::Observation*> MtconnectAgent::from(std::uint64_t sequence, std::size_t count,
                                                                     const std::string& device,
                                                                     std::uint64_t& next) const {
  std::vector<const Observation*> found;
  next = sequence;
  // Sequences in the ring follow each other without holes.
  for (std::size_t i = sequence - first_sequence(); i < ring_.size() && found.size() < count; ++i) {
    const auto& known = devices_[ring_[i].device];
    if (device.empty() || known.name == device || known.uuid == device) found.push_back(&ring_[i]);
    next = ring_[i].sequence + 1;
  }
  return found;
}

std::string MtconnectAgent::header(std::string_view extra, Timestamp now) const {
  return fmt::format(
      "<Header instanceId=\"{}\" sender=\"hanse-simulate\" creationTime=\"{}\" version=\"2.0.0.12\" "
      "deviceModelChangeTime=\"{}\" bufferSize=\"{}\"{}/>",
      instance_id_, to_string(Timestamp::from_ms(now.ms())),
      to_string(Timestamp{static_cast<std::int64_t>(instance_id_) * 1'000'000'000}), buffer_max_, extra);
}

AgentAnswer MtconnectAgent::error(std::string_view code, std::string_view message, Timestamp now) const {
  const auto body =
      header("", now) + fmt::format("<Errors><Error errorCode=\"{}\">{}</Error></Errors>", code, escape(message));
  return {.status = code == "NO_DEVICE" || code == "INVALID_URI" ? 404 : 400,
          .document = document("MTConnectError", body)};
}

namespace {

/// Positions of the items in the order of their components, each component once.
std::vector<std::pair<std::string, std::vector<std::size_t>>> by_component(const std::vector<AgentDataItem>& items) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> components;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto found = std::find_if(components.begin(), components.end(),
                              [&](const auto& c) { return c.first == items[i].component; });
    if (found == components.end()) found = components.insert(components.end(), {items[i].component, {}});
    found->second.push_back(i);
  }
  return components;
}

std::string data_item_xml(const AgentDataItem& item) {
  return fmt::format("<DataItem category=\"{}\" id=\"{}\"{} type=\"{}\"{}{}/>", category_name(item.category),
                     escape(item.id), attribute("name", item.name), item.type, attribute("subType", item.sub_type),
                     attribute("units", item.units));
}

std::string data_items_xml(const AgentDevice& device, const std::vector<std::size_t>& items) {
  std::string xml = "<DataItems>";
  for (const auto item : items) xml += data_item_xml(device.items[item]);
  return xml + "</DataItems>";
}

/// Where the standard wants a component: a path belongs to a controller, electricity to the systems, an axis to the
/// axes.
std::string component_xml(const AgentDevice& device, const std::string& component,
                          const std::vector<std::size_t>& items) {
  static const std::map<std::string, std::string, std::less<>> parents{
      {"Path", "Controller"}, {"Electric", "Systems"}, {"Rotary", "Axes"}};
  const auto inner = fmt::format("<{0} id=\"{1}_{0}\" name=\"{0}\">{2}</{0}>", component, escape(device.id),
                                 data_items_xml(device, items));
  const auto parent = parents.find(component);
  if (parent == parents.end()) return inner;
  return fmt::format("<{0} id=\"{1}_{0}\"><Components>{2}</Components></{0}>", parent->second, escape(device.id),
                     inner);
}

}  // namespace

std::string MtconnectAgent::probe(const std::string& wanted, Timestamp now) const {
  std::string xml = header(" assetBufferSize=\"0\" assetCount=\"0\"", now) + "<Devices>";
  for (const auto& device : devices_) {
    if (!wanted.empty() && device.name != wanted && device.uuid != wanted) continue;
    xml += fmt::format("<Device id=\"{}\" name=\"{}\" uuid=\"{}\"><Description{}{}{}/>", escape(device.id),
                       escape(device.name), escape(device.uuid), attribute("manufacturer", device.manufacturer),
                       attribute("model", device.model), attribute("serialNumber", device.serial));
    std::string own, components;
    for (const auto& [component, items] : by_component(device.items)) {
      if (component == "Device") {
        own += data_items_xml(device, items);
      } else {
        components += component_xml(device, component, items);
      }
    }
    xml += own + (components.empty() ? "" : "<Components>" + components + "</Components>") + "</Device>";
  }
  return document("MTConnectDevices", xml + "</Devices>");
}

std::string MtconnectAgent::streams(const std::vector<const Observation*>& observations, std::uint64_t next,
                                    Timestamp now) const {
  const auto last = next_sequence_ == 1 ? 1 : next_sequence_ - 1;
  std::string xml = header(fmt::format(" firstSequence=\"{}\" lastSequence=\"{}\" nextSequence=\"{}\"",
                                       std::min(first_sequence(), last), last, next),
                           now) +
                    "<Streams>";
  // By device, component and category, as the standard nests them; sequence only orders within a list.
  std::vector<std::map<std::pair<std::string, Category>, std::string>> lists(devices_.size());
  for (const auto* observation : observations) {
    const auto& item = devices_[observation->device].items[observation->item];
    auto& list = lists[observation->device][{item.component, item.category}];
    const auto common = fmt::format("dataItemId=\"{}\"{}{} sequence=\"{}\" timestamp=\"{}\"", escape(item.id),
                                    attribute("name", item.name), attribute("subType", item.sub_type),
                                    observation->sequence, to_string(observation->time));
    if (item.category == Category::condition) {
      list += fmt::format("<{0} {1} type=\"{2}\"{3}>{4}</{0}>", observation->level, common, item.type,
                          attribute("nativeCode", observation->code), escape(observation->value));
    } else {
      const auto element = element_name(item.type);
      list += fmt::format("<{0} {1}>{2}</{0}>", element, common, escape(observation->value));
    }
  }
  for (std::size_t d = 0; d < devices_.size(); ++d) {
    if (lists[d].empty()) continue;
    xml += fmt::format("<DeviceStream name=\"{}\" uuid=\"{}\">", escape(devices_[d].name), escape(devices_[d].uuid));
    std::string open;
    for (const auto& [key, list] : lists[d]) {
      if (key.first != open) {
        if (!open.empty()) xml += "</ComponentStream>";
        open = key.first;
        const auto id = open == "Device" ? devices_[d].id : devices_[d].id + "_" + open;
        xml += fmt::format("<ComponentStream component=\"{0}\" name=\"{1}\" componentId=\"{2}\">", open,
                           open == "Device" ? devices_[d].name : open, escape(id));
      }
      xml += fmt::format("<{0}>{1}</{0}>", list_name(key.second), list);
    }
    xml += "</ComponentStream></DeviceStream>";
  }
  return document("MTConnectStreams", xml + "</Streams>");
}

}  // namespace hanse::node::simulate
