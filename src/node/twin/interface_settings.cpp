#include "node/twin/interface_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/router.hpp"
#include "base/text.hpp"
#include "connectors/modbus/settings.hpp"
#include "connectors/mtconnect/settings.hpp"
#include "connectors/opcua/settings.hpp"
#include "connectors/sparkplug/settings.hpp"
#include "twin/plant/builders.hpp"

namespace hanse::node {
namespace {

using connectors::ConnectionRecord;
using connectors::modbus::ModbusSettings;
using connectors::modbus::PointType;
using connectors::modbus::RegisterPoint;
using connectors::modbus::Table;
using connectors::modbus::WordOrder;
using connectors::mtconnect::MtconnectSettings;
using connectors::opcua::OpcuaSettings;
using connectors::sparkplug::SparkplugSettings;
using twin::AssetInterface;
using twin::Findings;
using twin::InterfaceKind;
using twin::InterfaceProperty;
using twin::member;
using twin::Severity;

void refuse(Findings& findings, const std::string& path, std::string why) {
  findings.add({Severity::error, path, "interface", std::move(why)});
}
void leave_out(Findings& findings, const std::string& path, std::string why) {
  findings.add({Severity::warning, path, "interface", std::move(why)});
}

/// Percent-encoded but for what an address may hold as it is.
std::string encode(std::string_view text) {
  constexpr std::string_view kPlain = "-._~/:;=,@!$*+()";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || kPlain.find(static_cast<char>(c)) != std::string_view::npos) {
      out += static_cast<char>(c);
    } else {
      out += fmt::format("%{:02X}", c);
    }
  }
  return out;
}
std::string decode(std::string_view text) {
  auto out = api::percent_decode(text);
  return out ? *std::move(out) : std::string{text};
}

std::optional<std::int64_t> read_whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

std::string_view type_name(signal::ValueType type) {
  switch (type) {
    case signal::ValueType::real:
      return "number";
    case signal::ValueType::integer:
      return "integer";
    case signal::ValueType::boolean:
      return "boolean";
    default:
      return "string";
  }
}

/// The property of a signal, without its form.
InterfaceProperty property_of(const FilledSignal& of, std::string_view key) {
  return {.id_short = twin::id_short_of(of.signal.name),
          .key = std::string{key},
          .title = of.signal.name,
          .type = std::string{type_name(of.signal.type)},
          .unit = of.signal.unit,
          .form = {},
          .own = {},
          .signal = of.signal.number};
}

std::string people_name(const InterfaceProperty& of) { return (of.title.empty() ? of.key : of.title).substr(0, 100); }

// Modbus.

struct TableEntry {
  Table table;
  std::string_view function, entity;
};
constexpr std::array<TableEntry, 4> kTables{{{Table::coil, "readCoil", "Coil"},
                                             {Table::discrete, "readDiscreteInput", "DiscreteInput"},
                                             {Table::input, "readInputRegisters", "InputRegister"},
                                             {Table::holding, "readHoldingRegisters", "HoldingRegister"}}};
constexpr std::array<std::pair<PointType, std::string_view>, 10> kTypes{{{PointType::i16, "short"},
                                                                         {PointType::u16, "unsignedShort"},
                                                                         {PointType::i32, "int"},
                                                                         {PointType::u32, "unsignedInt"},
                                                                         {PointType::i64, "long"},
                                                                         {PointType::u64, "unsignedLong"},
                                                                         {PointType::f32, "float"},
                                                                         {PointType::f64, "double"},
                                                                         {PointType::bit, "boolean"},
                                                                         {PointType::text, "string"}}};

/// The standard's type of a point; empty for those that only we have.
std::string_view payload_type(PointType type) {
  const auto* found = std::ranges::find(kTypes, type, &std::pair<PointType, std::string_view>::first);
  return found == kTypes.end() ? std::string_view{} : found->second;
}

void add_register_form(InterfaceProperty& out, RegisterPoint point, std::int64_t unit, WordOrder order) {
  const auto span = connectors::modbus::span_of(point);
  // As it is on the wire: how documents print it is another matter.
  point.table = span.table;
  point.address = span.address;
  point.number.clear();
  if (!point.order) point.order = order;
  const auto* table = std::ranges::find(kTables, span.table, &TableEntry::table);
  out.form = {{"href", fmt::format("{}/{}?quantity={}", unit, span.address, span.quantity)},
              {"contentType", "application/octet-stream"},
              {"modv_function", std::string{table->function}},
              {"modv_entity", std::string{table->entity}},
              {"modv_zeroBasedAddressing", "true"}};
  if (const auto type = payload_type(point.type); !type.empty())
    out.form.push_back({"modv_type", fmt::format("xsd:{}", type)});
  const bool word_first = *point.order == WordOrder::abcd || *point.order == WordOrder::badc;
  const bool byte_first = *point.order == WordOrder::abcd || *point.order == WordOrder::cdab;
  out.form.push_back({"modv_mostSignificantByte", byte_first ? "true" : "false"});
  out.form.push_back({"modv_mostSignificantWord", word_first ? "true" : "false"});
  out.own = to_json(point);
}

void add_modbus(AssetInterface& out, const ModbusSettings& settings, const std::vector<FilledSignal>& filled) {
  out.base = fmt::format("modbus+tcp://{}:{}", settings.host, settings.port);
  out.content_type = "application/octet-stream";
  out.endpoint = {{"modv_pollingTime",
                   std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(settings.interval).count())}};
  struct Known {
    RegisterPoint point;
    std::int64_t unit;
    WordOrder order;
  };
  std::map<std::string, Known> known;
  const auto add = [&](std::int64_t unit, const std::string& device, const std::string& map,
                       const std::vector<RegisterPoint>& points) {
    const auto* of_map = connectors::modbus::MapBook::built_in().find(map);
    const auto order = settings.order.value_or(of_map ? of_map->order : WordOrder::abcd);
    const auto take = [&](const RegisterPoint& each) {
      known.insert_or_assign(declaration_of(each, device).address, Known{each, unit, order});
    };
    if (of_map) std::ranges::for_each(of_map->points, take);
    std::ranges::for_each(points, take);
  };
  add(settings.unit, {}, settings.map, settings.points);
  for (const auto& each : settings.more_units) add(each.unit, each.name, each.map, each.points);
  std::size_t left = 0;
  for (const auto& each : filled) {
    const auto found = known.find(each.address);
    if (found == known.end()) {
      ++left;
      continue;
    }
    auto property = property_of(each, each.address);
    add_register_form(property, found->second.point, found->second.unit, found->second.order);
    out.properties.push_back(std::move(property));
  }
  if (left > 0) out.note = fmt::format("{} more values are found by SunSpec, which the device itself describes.", left);
}

/// A register of a form; nothing when the form can't be read.
std::optional<std::pair<std::int64_t, RegisterPoint>> register_of(const InterfaceProperty& of, Findings& findings) {
  RegisterPoint point;
  if (!of.own.empty()) {
    auto own = from_json<RegisterPoint>(of.own);
    if (!own) {
      leave_out(findings, of.path, fmt::format("the extension {}: {}", twin::kOwnExtension, own.error().message));
      return std::nullopt;
    }
    point = *std::move(own);
  } else {
    point.name = people_name(of);
  }
  const auto href = member(of.form, "href");
  const auto query = std::min(href.find('?'), href.size());
  auto path = href.substr(0, query);
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto slash = path.find('/');
  const auto unit = read_whole(path.substr(0, slash));
  const auto address = slash == std::string_view::npos ? std::nullopt : read_whole(path.substr(slash + 1));
  if (!unit || !address || *address < 0 || *address > 65536) {
    leave_out(findings, of.path + ".forms.href", fmt::format("'{}' must be as in 1/40?quantity=2", href));
    return std::nullopt;
  }
  const bool from_one = member(of.form, "modv_zeroBasedAddressing") == "false";
  point.address = *address - (from_one ? 1 : 0);
  point.number.clear();
  point.unit = of.unit;

  const auto function = member(of.form, "modv_function"), entity = member(of.form, "modv_entity");
  if (!function.empty() || !entity.empty()) {
    const auto* table = std::ranges::find_if(kTables, [&](const TableEntry& each) {
      return function.empty() ? each.entity == entity : each.function == function;
    });
    if (table == kTables.end()) {
      leave_out(
          findings, of.path + ".forms.modv_function",
          fmt::format("'{}' doesn't read; connections by Modbus only read", function.empty() ? entity : function));
      return std::nullopt;
    }
    point.table = table->table;
  }
  auto type = member(of.form, "modv_type");
  type.remove_prefix(std::min(type.find(':') + 1, type.size()));  // `xsd:float`, `xs:float`, `float`
  if (!type.empty() && type != payload_type(point.type)) {
    const auto* found = std::ranges::find(kTypes, type, &std::pair<PointType, std::string_view>::second);
    if (found == kTypes.end()) {
      leave_out(findings, of.path + ".forms.modv_type", fmt::format("'{}' is of no type that is read here", type));
      return std::nullopt;
    }
    point.type = found->first;
  }
  if (const auto at = href.find("quantity="); point.type == PointType::text && at != std::string_view::npos)
    point.length = read_whole(href.substr(at + 9)).value_or(0);
  const auto byte_first = member(of.form, "modv_mostSignificantByte"),
             word_first = member(of.form, "modv_mostSignificantWord");
  if (!byte_first.empty() || !word_first.empty()) {
    point.order = byte_first == "false" ? (word_first == "false" ? WordOrder::dcba : WordOrder::badc)
                                        : (word_first == "false" ? WordOrder::cdab : WordOrder::abcd);
  }
  return std::pair{*unit, std::move(point)};
}

/// Host and port of `scheme://host:port/...`.
struct Endpoint {
  std::string scheme, host;
  std::optional<std::int64_t> port;
};
std::optional<Endpoint> endpoint_of(std::string_view base) {
  const auto scheme = base.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  auto rest = base.substr(scheme + 3);
  rest = rest.substr(0, rest.find('/'));
  Endpoint out{.scheme = std::string{base.substr(0, scheme)}, .host = {}, .port = {}};
  const auto colon = rest.rfind(':');
  const bool with_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  out.host = rest.substr(0, with_port ? colon : rest.size());
  if (out.host.empty()) return std::nullopt;
  if (with_port) {
    out.port = read_whole(rest.substr(colon + 1));
    if (!out.port) return std::nullopt;
  }
  return out;
}

std::optional<std::string> modbus_settings(const AssetInterface& of, Findings& findings) {
  const auto endpoint = endpoint_of(of.base);
  if (!endpoint) {
    refuse(findings, of.path + ".EndpointMetadata.base", "must be as in modbus+tcp://10.0.0.7:502");
    return std::nullopt;
  }
  ModbusSettings settings{.host = endpoint->host, .port = endpoint->port.value_or(502), .map = {}, .points = {}};
  std::map<std::int64_t, std::vector<RegisterPoint>> units;
  std::optional<std::int64_t> polling = read_whole(member(of.endpoint, "modv_pollingTime"));
  for (const auto& each : of.properties) {
    auto read = register_of(each, findings);
    if (!read) continue;
    units[read->first].push_back(std::move(read->second));
    if (const auto own = read_whole(member(each.form, "modv_pollingTime")))
      polling = std::min(polling.value_or(*own), *own);
  }
  if (units.empty()) {
    refuse(findings, of.path + ".InteractionMetadata", "has no register that can be read");
    return std::nullopt;
  }
  constexpr std::int64_t kDayMs = 86'400'000;  // What is longer is no polling.
  if (polling && *polling > 0 && *polling <= kDayMs) settings.interval = std::chrono::milliseconds{*polling};
  settings.unit = units.begin()->first;
  settings.points = std::move(units.begin()->second);
  units.erase(units.begin());
  for (auto& [unit, points] : units)
    settings.more_units.push_back(
        {.unit = unit, .name = fmt::format("unit-{}", unit), .map = {}, .points = std::move(points)});
  return to_json(settings);
}

// OPC UA.

void add_opcua(AssetInterface& out, const OpcuaSettings& settings, const std::vector<FilledSignal>& filled) {
  out.base = settings.url;
  out.content_type = "application/octet-stream";
  out.with_password = !settings.user.empty() || !settings.user_certificate_file.empty();
  for (const auto& each : filled) {
    auto property = property_of(each, each.address);
    property.form = {{"href", "/?id=" + encode(each.address)}};
    out.properties.push_back(std::move(property));
  }
}

std::optional<std::string> opcua_settings(const AssetInterface& of, Findings& findings) {
  OpcuaSettings settings{.url = of.base};
  for (const auto& each : of.properties) {
    const auto href = member(each.form, "href");
    const auto at = href.find("id=");
    if (at == std::string_view::npos) {
      leave_out(
          findings, each.path + ".forms.href",
          fmt::format("'{}' names no node by its id, as in /?id=nsu=urn:press;s=Temp; browse paths aren't followed",
                      href));
      continue;
    }
    settings.nodes.push_back({.node = decode(href.substr(at + 3)), .name = people_name(each), .unit = each.unit});
  }
  if (settings.nodes.empty()) {
    refuse(findings, of.path + ".InteractionMetadata", "has no node that can be read");
    return std::nullopt;
  }
  return to_json(settings);
}

// MQTT.

constexpr std::string_view kSparkplug = "spBv1.0/";

/// The topic of an address: that of the configured filter, as deep as that is; a filter that ends with `#` stands for
/// itself, as what comes below may be a topic or a member of its message.
std::string topic_of(const std::string& address, const std::vector<std::string>& filters) {
  const auto levels = split(address, '/');
  for (const auto& filter : filters) {
    const auto wanted = split(filter, '/');
    const bool open = wanted.back() == "#";
    const auto fixed = open ? wanted.size() - 1 : wanted.size();
    if (levels.size() < fixed) continue;
    bool fits = true;
    for (std::size_t i = 0; i < fixed; ++i) fits = fits && (wanted[i] == "+" || wanted[i] == levels[i]);
    if (!fits) continue;
    if (open) return filter;
    std::string topic;
    for (std::size_t i = 0; i < fixed; ++i) topic += (i > 0 ? "/" : "") + std::string{levels[i]};
    return topic;
  }
  // Sparkplug's addresses are group, edge node, perhaps device, and metric.
  return std::string{kSparkplug} + std::string{levels.front()} + "/#";
}

void add_mqtt(AssetInterface& out, const SparkplugSettings& settings, const std::vector<FilledSignal>& filled) {
  out.base = fmt::format("{}://{}:{}", settings.tls ? "mqtts" : "mqtt", settings.host, settings.port);
  out.content_type = "application/json";
  out.with_password = !settings.user.empty();
  for (const auto& each : filled) {
    const auto topic = topic_of(each.address, settings.topics);
    auto property = property_of(each, each.address);
    property.form = {{"href", "/" + encode(topic)}, {"mqv_controlPacket", "subscribe"}};
    if (topic.starts_with(kSparkplug)) property.form.push_back({"contentType", "application/x-protobuf"});
    out.properties.push_back(std::move(property));
  }
}

std::optional<std::string> mqtt_settings(const AssetInterface& of, Findings& findings) {
  const auto endpoint = endpoint_of(of.base);
  if (!endpoint) {
    refuse(findings, of.path + ".EndpointMetadata.base", "must be as in mqtt://broker:1883");
    return std::nullopt;
  }
  const bool tls = endpoint->scheme == "mqtts";
  SparkplugSettings settings{.host = endpoint->host,
                             .port = endpoint->port.value_or(tls ? 8883 : 1883),
                             .tls = tls,
                             .role = connectors::sparkplug::Role::passive};
  std::set<std::string> groups, topics;
  for (const auto& each : of.properties) {
    const auto packet = member(each.form, "mqv_controlPacket");
    if (!packet.empty() && packet != "subscribe") {
      leave_out(findings, each.path + ".forms.mqv_controlPacket",
                fmt::format("'{}' isn't done; connections by MQTT only listen", packet));
      continue;
    }
    auto topic = decode(member(each.form, "href"));
    if (topic.starts_with('/')) topic.erase(0, 1);
    if (topic.starts_with(kSparkplug)) {
      groups.emplace(split(std::string_view{topic}.substr(kSparkplug.size()), '/').front());
    } else {
      topics.insert(std::move(topic));
    }
  }
  if (groups.empty() && topics.empty()) {
    refuse(findings, of.path + ".InteractionMetadata", "has no topic to listen to");
    return std::nullopt;
  }
  // Sparkplug's values have no names before a birth, which one may have to ask for.
  if (!groups.empty()) settings.role = connectors::sparkplug::Role::active;
  if (groups.empty()) groups.insert("-");
  settings.groups.assign(groups.begin(), groups.end());
  settings.topics.assign(topics.begin(), topics.end());
  return to_json(settings);
}

// HTTP: MTConnect agents.

void add_mtconnect(AssetInterface& out, const MtconnectSettings& settings, const std::vector<FilledSignal>& filled) {
  out.base = settings.url;
  out.content_type = "application/xml";
  out.note = "An MTConnect agent; keys are the ids of its data items.";
  for (const auto& each : filled) {
    auto property = property_of(each, each.address);
    property.form = {{"href", encode(fmt::format("/current?path=//DataItem[@id='{}']", each.address))},
                     {"htv_methodName", "GET"}};
    out.properties.push_back(std::move(property));
  }
}

std::optional<std::string> http_settings(const AssetInterface& of, Findings& findings) {
  const auto asks_agent = [](const InterfaceProperty& each) {
    const auto href = member(each.form, "href");
    return href.find("current") != std::string_view::npos || href.find("sample") != std::string_view::npos;
  };
  const bool xml = of.content_type.find("xml") != std::string::npos;
  if (!xml || std::ranges::none_of(of.properties, asks_agent)) {
    refuse(
        findings, of.path + ".EndpointMetadata.contentType",
        fmt::format("'{}': by HTTP only MTConnect agents are read, whose documents are XML at /current; nothing here "
                    "asks other addresses",
                    of.content_type));
    return std::nullopt;
  }
  return to_json(MtconnectSettings{.url = of.base});
}

}  // namespace

std::optional<AssetInterface> interface_of(const ConnectionRecord& connection,
                                           const std::vector<FilledSignal>& filled) {
  AssetInterface out{.id_short = twin::id_short_of(connection.id),
                     .title = connection.name,
                     .base = {},
                     .content_type = {},
                     .endpoint = {},
                     .note = {},
                     .properties = {}};
  const auto& text = connection.settings.text;
  const auto with = [&](InterfaceKind kind, auto settings, auto add) {
    if (!settings) return false;
    out.kind = kind;
    add(out, *settings, filled);
    return true;
  };
  bool known = false;
  if (connection.protocol == "modbus") {
    known = with(InterfaceKind::modbus, from_json<ModbusSettings>(text), add_modbus);
  } else if (connection.protocol == "opcua") {
    known = with(InterfaceKind::opcua, from_json<OpcuaSettings>(text), add_opcua);
  } else if (connection.protocol == "sparkplug") {
    known = with(InterfaceKind::mqtt, from_json<SparkplugSettings>(text), add_mqtt);
  } else if (connection.protocol == "mtconnect") {
    known =
        with(InterfaceKind::http, from_json<MtconnectSettings>(text), add_mtconnect) && out.base.starts_with("http");
  }
  if (!known) return std::nullopt;
  // Two names may become one idShort.
  std::set<std::string> taken;
  for (auto& each : out.properties) {
    const auto wanted = each.id_short;
    for (int n = 2; !taken.insert(each.id_short).second; ++n) each.id_short = fmt::format("{}_{}", wanted, n);
  }
  return out;
}

std::optional<ConnectionRecord> connection_of(const AssetInterface& of, Findings& findings) {
  struct Entry {
    InterfaceKind kind;
    std::string_view protocol;
    std::optional<std::string> (*settings)(const AssetInterface&, Findings&);
  };
  static constexpr std::array kEntries{
      Entry{InterfaceKind::modbus, "modbus", modbus_settings}, Entry{InterfaceKind::opcua, "opcua", opcua_settings},
      Entry{InterfaceKind::mqtt, "sparkplug", mqtt_settings}, Entry{InterfaceKind::http, "mtconnect", http_settings}};
  const auto* entry = std::ranges::find(kEntries, of.kind, &Entry::kind);
  auto settings = entry->settings(of, findings);
  if (!settings) return std::nullopt;
  if (of.with_password)
    leave_out(findings, of.path + ".EndpointMetadata.security",
              "a password is wanted, which no twin holds: enter it in the connection's settings, then switch it on");
  return ConnectionRecord{.id = {},
                          .name = (of.title.empty() ? of.id_short : of.title).substr(0, 200),
                          .protocol = std::string{entry->protocol},
                          .enabled = !of.with_password,
                          .asset = {},
                          .template_id = {},
                          .settings = {*std::move(settings)}};
}

}  // namespace hanse::node
