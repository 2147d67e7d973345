#include "connectors/mtconnect/document.hpp"

#include <charconv>
#include <pugixml.hpp>

#include "base/text.hpp"
#include "connectors/mtconnect/internal/limits.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr int kComponentDepthMax = 32;  // Real machines nest six deep.

struct ParsedText {
  std::string text;
  pugi::xml_document document;
};

std::string_view local_name(const char* name) {
  const std::string_view whole{name};
  const auto colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  out = number;
  return true;
}

Header read_header(const pugi::xml_node& root) {
  Header header;
  for (const auto& node : root.children()) {
    if (local_name(node.name()) != "Header") continue;
    for (const auto& attribute : node.attributes()) {
      const std::string_view name{attribute.name()}, value{attribute.value()};
      if (name == "instanceId")
        read_number(value, header.instance_id);
      else if (name == "bufferSize")
        read_number(value, header.buffer_size);
      else if (name == "firstSequence")
        read_number(value, header.first_sequence);
      else if (name == "lastSequence")
        read_number(value, header.last_sequence);
      else if (name == "nextSequence")
        read_number(value, header.next_sequence);
      else if (name == "version")
        header.version = value;
      else if (name == "deviceModelChangeTime")
        header.model_change_time = value;
    }
    break;
  }
  return header;
}

Representation representation_of(std::string_view text) {
  if (text == "TIME_SERIES") return Representation::time_series;
  if (text == "DATA_SET") return Representation::data_set;
  if (text == "TABLE") return Representation::table;
  if (text == "DISCRETE") return Representation::discrete;
  return Representation::value;
}

DataItem read_item(const pugi::xml_node& node, const std::string& component) {
  DataItem item{.component = component};
  for (const auto& attribute : node.attributes()) {
    const std::string_view name{attribute.name()}, value{attribute.value()};
    if (name == "id")
      item.id = value;
    else if (name == "name")
      item.name = value;
    else if (name == "type")
      item.type = value;
    else if (name == "subType")
      item.sub_type = value;
    else if (name == "units")
      item.units = value;
    else if (name == "nativeUnits")
      item.native_units = value;
    else if (name == "nativeScale")
      read_number(value, item.native_scale);
    else if (name == "sampleRate")
      read_number(value, item.sample_rate);
    else if (name == "representation")
      item.representation = representation_of(value);
    else if (name == "discrete")
      item.discrete = value == "true";
    else if (name == "category") {
      item.category = value == "SAMPLE"      ? Category::sample
                      : value == "CONDITION" ? Category::condition
                                             : Category::event;
    }
  }
  for (const auto& child : node.children()) {
    if (local_name(child.name()) == "Source") item.source = trim(child.text().get());
  }
  if (!(std::abs(item.native_scale) > 0) || !std::isfinite(item.native_scale)) item.native_scale = 1;
  return item;
}

void read_component(const pugi::xml_node& node, const std::string& path, int depth, Device& device) {
  if (depth > kComponentDepthMax) return;
  for (const auto& child : node.children()) {
    const auto kind = local_name(child.name());
    if (kind == "DataItems") {
      for (const auto& item : child.children()) {
        if (local_name(item.name()) != "DataItem") continue;
        auto read = read_item(item, path);
        if (!read.id.empty()) device.items.push_back(std::move(read));
      }
    } else if (kind == "Components") {
      for (const auto& component : child.children()) {
        const std::string_view name{component.attribute("name").value()};
        const auto part = name.empty() ? local_name(component.name()) : name;
        read_component(component, path.empty() ? std::string{part} : path + '/' + std::string{part}, depth + 1, device);
      }
    } else if (kind == "Description" && depth == 0) {
      device.manufacturer = child.attribute("manufacturer").value();
      device.model = child.attribute("model").value();
      device.serial_number = child.attribute("serialNumber").value();
    }
  }
}

Probe read_probe(const pugi::xml_node& root) {
  Probe probe{.header = read_header(root)};
  for (const auto& list : root.children()) {
    if (local_name(list.name()) != "Devices") continue;
    for (const auto& node : list.children()) {
      if (node.type() != pugi::node_element) continue;
      Device device{.id = node.attribute("id").value(),
                    .name = node.attribute("name").value(),
                    .uuid = node.attribute("uuid").value()};
      if (device.name.empty()) device.name = device.uuid.empty() ? device.id : device.uuid;
      read_component(node, {}, 0, device);
      probe.devices.push_back(std::move(device));
    }
  }
  return probe;
}

Level level_of_element(std::string_view name) {
  if (name == "Normal") return Level::normal;
  if (name == "Warning") return Level::warning;
  if (name == "Fault") return Level::fault;
  return name == "Unavailable" ? Level::unavailable : Level::none;
}

Representation representation_of_element(std::string_view name) {
  if (name.ends_with("TimeSeries")) return Representation::time_series;
  if (name.ends_with("DataSet")) return Representation::data_set;
  return name.ends_with("Table") ? Representation::table : Representation::value;
}

void read_entries(const pugi::xml_node& node, Observation& observation, Streams& streams) {
  observation.entries_begin = static_cast<std::uint32_t>(streams.entries.size());
  for (const auto& child : node.children()) {
    if (local_name(child.name()) != "Entry") continue;
    const std::string_view key{child.attribute("key").value()};
    const bool removed = std::string_view{child.attribute("removed").value()} == "true";
    bool has_cells = false;
    for (const auto& cell : child.children()) {
      if (local_name(cell.name()) != "Cell") continue;
      has_cells = true;
      streams.entries.push_back({key, cell.attribute("key").value(), trim(cell.text().get()), removed});
    }
    if (!has_cells) streams.entries.push_back({key, {}, trim(child.text().get()), removed});
  }
  observation.entries_count = static_cast<std::uint32_t>(streams.entries.size()) - observation.entries_begin;
}

/// One pass over the attributes: looking each up by name costs a third of all decoding.
bool read_observation(const pugi::xml_node& node, bool condition, Streams& streams) {
  Observation observation;
  bool has_time = false, has_sequence = false;
  for (const auto& attribute : node.attributes()) {
    const std::string_view name{attribute.name()}, value{attribute.value()};
    if (name == "dataItemId")
      observation.item = value;
    else if (name == "timestamp")
      has_time = read_time(value, observation.time);
    else if (name == "sequence")
      has_sequence = read_number(value, observation.sequence);
    else if (name == "name" || name == "subType" || name == "type")
      continue;
    else if (name == "nativeCode")
      observation.native_code = value;
    else if (name == "conditionId")
      observation.condition_id = value;
    else if (name == "nativeSeverity")
      observation.severity = value;
    else if (name == "qualifier")
      observation.qualifier = value;
    else if (name == "sampleRate")
      read_number(value, observation.sample_rate);
    else if (name == "resetTriggered")
      observation.reset = true;
  }
  if (observation.item.empty() || !has_time || !has_sequence) return false;
  const auto element = local_name(node.name());
  if (condition) {
    observation.level = level_of_element(element);
    if (observation.level == Level::none) return false;
  } else {
    observation.representation = representation_of_element(element);
    if (observation.representation == Representation::data_set || observation.representation == Representation::table) {
      read_entries(node, observation, streams);
    }
  }
  observation.value = trim(node.text().get());
  streams.observations.push_back(observation);
  return true;
}

void read_category(const pugi::xml_node& list, Streams& streams) {
  const auto kind = local_name(list.name());
  const bool condition = kind == "Condition";
  if (!condition && kind != "Samples" && kind != "Events") return;
  for (const auto& node : list.children()) {
    if (node.type() != pugi::node_element || read_observation(node, condition, streams)) continue;
    ++streams.skipped;
    if (streams.skipped_sample.empty()) streams.skipped_sample = std::string{node.name()} + ' ' + node.text().get();
  }
}

Streams read_streams(const std::shared_ptr<ParsedText>& parsed, const pugi::xml_node& root) {
  Streams streams{.header = read_header(root), .texts = parsed};
  streams.observations.reserve(parsed->text.size() / 150);
  for (const auto& list : root.children()) {
    if (local_name(list.name()) != "Streams") continue;
    for (const auto& device : list.children()) {
      for (const auto& component : device.children()) {
        for (const auto& category : component.children()) read_category(category, streams);
      }
    }
  }
  // Stable: conditions of one snapshot may share a sequence.
  const auto before = [](const Observation& a, const Observation& b) { return a.sequence < b.sequence; };
  if (!std::is_sorted(streams.observations.begin(), streams.observations.end(), before)) {
    std::stable_sort(streams.observations.begin(), streams.observations.end(), before);
  }
  return streams;
}

/// `OutOfRange` of 2.6 and `OUT_OF_RANGE` of before are the same.
std::string error_code(std::string_view element) {
  std::string code;
  for (const char c : element) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !code.empty()) code += '_';
    code += upper || c < 'a' || c > 'z' ? c : static_cast<char>(c - 'a' + 'A');
  }
  return code;
}

AgentError read_error(const pugi::xml_node& node) {
  AgentError error{.code = node.attribute("errorCode").value(), .message = std::string{trim(node.text().get())}};
  if (error.code.empty()) error.code = error_code(local_name(node.name()));
  for (const auto& child : node.children()) {
    if (local_name(child.name()) == "ErrorMessage") error.message = trim(child.text().get());
  }
  return error;
}

Errors read_errors(const pugi::xml_node& root) {
  Errors errors{.header = read_header(root)};
  for (const auto& list : root.children()) {
    const auto name = local_name(list.name());
    if (name == "Error") errors.errors.push_back(read_error(list));  // 1.0 had no list.
    if (name != "Errors") continue;
    for (const auto& node : list.children()) {
      if (node.type() == pugi::node_element) errors.errors.push_back(read_error(node));
    }
  }
  return errors;
}

}  // namespace

Result<Document> parse_document(std::string text) {
  if (text.size() > kDocumentBytesMax) return fail(ErrorCode::too_large, "an MTConnect document has over 64 MiB");
  auto parsed = std::make_shared<ParsedText>();
  parsed->text = std::move(text);
  const auto outcome = parsed->document.load_buffer_inplace(
      parsed->text.data(), parsed->text.size(), pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata);
  if (!outcome) {
    return fail(ErrorCode::corrupt,
                fmt::format("not well-formed XML at byte {}: {}", outcome.offset, outcome.description()));
  }
  const auto root = parsed->document.document_element();
  const auto name = local_name(root.name());
  if (name == "MTConnectStreams") return Document{read_streams(parsed, root)};
  if (name == "MTConnectDevices") return Document{read_probe(root)};
  if (name == "MTConnectError") return Document{read_errors(root)};
  return fail(ErrorCode::corrupt, fmt::format("a document <{}> is not of MTConnect", name.substr(0, 60)));
}

}  // namespace hanse::connectors::mtconnect
