#include "node/twin/interface_settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/modbus/settings.hpp"
#include "twin/check/check.hpp"
#include "twin/codec/json_codec.hpp"

namespace hanse::node {
namespace {

FilledSignal filled(const std::string& address, const std::string& name, std::uint32_t number,
                    signal::ValueType type = signal::ValueType::real) {
  return {address,
          {.number = static_cast<signal::SignalId>(number),
           .asset = signal::AssetId{"press"},
           .name = name,
           .type = type,
           .unit = type == signal::ValueType::real ? "kW" : ""}};
}

/// What comes back of a connection that was written as a submodel, by the standard's own documents.
std::optional<connectors::ConnectionRecord> there_and_back(const connectors::ConnectionRecord& record,
                                                           const std::vector<FilledSignal>& signals,
                                                           twin::Findings& findings) {
  const auto interface = interface_of(record, signals);
  if (!interface) return std::nullopt;
  const auto submodel = twin::interfaces_submodel("urn:i", {*interface});
  twin::Findings wrong;
  check(submodel, twin::Edition::any, wrong);
  EXPECT_EQ(wrong.errors(), 0u) << to_json(wrong.items());
  const auto read = twin::read_interfaces(submodel, findings);
  EXPECT_EQ(read.size(), 1u);
  return read.empty() ? std::nullopt : connection_of(read.front(), findings);
}

connectors::ConnectionRecord connection(std::string protocol, std::string settings) {
  return {.id = "meter-1",
          .name = "Meter 1",
          .protocol = std::move(protocol),
          .enabled = true,
          .asset = "press",
          .template_id = {},
          .settings = {std::move(settings)}};
}

TEST(InterfaceSettings, a_modbus_connection_comes_back_with_all_of_its_registers) {
  const auto record = connection("modbus", R"({"host":"10.0.0.7","port":1502,"unit":3,"map":"","interval":"250ms",
    "points":[{"name":"power","number":"40011","type":"f32","order":"cdab","scale":0.001,"unit":"kW"},
              {"name":"on","table":"coil","address":4,"type":"bit"}],
    "more_units":[{"unit":9,"name":"pump","map":"","points":[{"name":"state","address":7,"texts":{"1":"RUN"}}]}]})");
  twin::Findings findings;
  const auto back = there_and_back(record,
                                   {filled("power", "power", 1), filled("on", "on", 2, signal::ValueType::boolean),
                                    filled("pump/state", "state", 3, signal::ValueType::text)},
                                   findings);
  ASSERT_TRUE(back) << to_json(findings.items());
  EXPECT_EQ(findings.items().size(), 0u) << to_json(findings.items());
  EXPECT_EQ(back->protocol, "modbus");
  EXPECT_TRUE(back->enabled);
  const auto settings = from_json<connectors::modbus::ModbusSettings>(back->settings.text);
  ASSERT_TRUE(settings) << to_string(settings.error());
  EXPECT_EQ(settings->host, "10.0.0.7");
  EXPECT_EQ(settings->port, 1502);
  EXPECT_EQ(settings->interval, Duration{250ms});
  EXPECT_EQ(settings->unit, 3);
  ASSERT_EQ(settings->points.size(), 2u);
  const auto power = std::ranges::find(settings->points, "power", &connectors::modbus::RegisterPoint::name);
  ASSERT_NE(power, settings->points.end());
  EXPECT_EQ(power->address, 10);
  EXPECT_EQ(power->scale, 0.001);
  EXPECT_EQ(power->order, connectors::modbus::WordOrder::cdab);
  ASSERT_EQ(settings->more_units.size(), 1u);
  EXPECT_EQ(settings->more_units[0].unit, 9);
  EXPECT_EQ(settings->more_units[0].points.at(0).texts.at("1"), "RUN");
}

TEST(InterfaceSettings, no_password_leaves_and_a_connection_that_wants_one_waits_for_it) {
  const auto record = connection("opcua", R"({"url":"opc.tcp://10.0.0.7:4840","user":"op","password":"hunter2"})");
  twin::Findings findings;
  const std::vector<FilledSignal> signals{filled("nsu=urn:press;s=Press 1.Temp", "temp", 1)};
  const auto submodel = twin::interfaces_submodel("urn:i", {interface_of(record, signals).value()});
  EXPECT_EQ(twin::write_json(submodel).find("hunter2"), std::string::npos);
  EXPECT_EQ(twin::write_json(submodel).find("\"op\""), std::string::npos);
  const auto back = there_and_back(record, signals, findings);
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->enabled);
  ASSERT_EQ(findings.items().size(), 1u);
  EXPECT_EQ(findings.items()[0].path, "meter_1.EndpointMetadata.security");
  EXPECT_NE(back->settings.text.find(R"("node":"nsu=urn:press;s=Press 1.Temp")"), std::string::npos)
      << back->settings.text;
}

TEST(InterfaceSettings, topics_come_back_as_what_is_listened_to) {
  const auto record = connection("sparkplug", R"({"host":"broker","tls":true,"port":8883,"groups":["Plant1"],
    "topics":["hall/+/state","raw/#"]})");
  twin::Findings findings;
  const auto back = there_and_back(record,
                                   {filled("hall/press/state/speed", "speed", 1), filled("raw/a/b", "b", 2),
                                    filled("Plant1/Edge3/Press4/Temp", "temp", 3)},
                                   findings);
  ASSERT_TRUE(back);
  EXPECT_EQ(findings.items().size(), 0u) << to_json(findings.items());
  EXPECT_NE(back->settings.text.find(R"("topics":["hall/press/state","raw/#"])"), std::string::npos)
      << back->settings.text;
  EXPECT_NE(back->settings.text.find(R"("groups":["Plant1"])"), std::string::npos) << back->settings.text;
  EXPECT_NE(back->settings.text.find(R"("tls":true)"), std::string::npos);
  EXPECT_NE(back->settings.text.find(R"("role":"active")"), std::string::npos) << "it may ask for births";
}

TEST(InterfaceSettings, an_agent_comes_back_and_other_web_services_are_named) {
  twin::Findings findings;
  const auto back = there_and_back(connection("mtconnect", R"({"url":"http://10.0.0.7:5000"})"),
                                   {filled("Xload", "load", 1)}, findings);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->protocol, "mtconnect");
  EXPECT_FALSE(interface_of(connection("mtconnect", R"({"url":"shdr://10.0.0.7:7878"})"), {}));
  EXPECT_FALSE(interface_of(connection("simulated", "{}"), {}));

  const twin::AssetInterface service{.id_short = "Rest",
                                     .title = "Rest",
                                     .kind = twin::InterfaceKind::http,
                                     .base = "http://10.0.0.7/api",
                                     .content_type = "application/json",
                                     .endpoint = {},
                                     .note = {},
                                     .properties = {{.id_short = "t", .form = {{"href", "/t"}}, .path = "Rest.t"}},
                                     .path = "Rest"};
  EXPECT_FALSE(connection_of(service, findings));
  ASSERT_EQ(findings.items().size(), 1u);
  EXPECT_EQ(findings.items()[0].path, "Rest.EndpointMetadata.contentType");
}

TEST(InterfaceSettings, what_cannot_be_read_is_told_by_path_and_the_rest_is_connected) {
  const auto form = [](std::string name, std::vector<twin::InterfaceMember> members) {
    return twin::InterfaceProperty{.id_short = name, .key = name, .form = std::move(members), .path = "M." + name};
  };
  const twin::AssetInterface of{.id_short = "M",
                                .title = "M",
                                .kind = twin::InterfaceKind::modbus,
                                .base = "modbus+tcp://10.0.0.7:502",
                                .content_type = {},
                                .endpoint = {},
                                .note = {},
                                .properties = {form("good", {{"href", "/1/40002?quantity=2"},
                                                             {"modv_function", "readInputRegisters"},
                                                             {"modv_type", "xs:float"},
                                                             {"modv_zeroBasedAddressing", "false"},
                                                             {"modv_mostSignificantWord", "false"}}),
                                               form("place", {{"href", "somewhere"}}),
                                               form("write", {{"href", "1/2"}, {"modv_function", "writeSingleCoil"}}),
                                               form("type", {{"href", "1/2"}, {"modv_type", "xsd:duration"}})},
                                .path = "M"};
  twin::Findings findings;
  const auto record = connection_of(of, findings);
  ASSERT_TRUE(record);
  const auto settings = from_json<connectors::modbus::ModbusSettings>(record->settings.text);
  ASSERT_TRUE(settings) << to_string(settings.error());
  ASSERT_EQ(settings->points.size(), 1u);
  EXPECT_EQ(settings->points[0].address, 40001);
  EXPECT_EQ(settings->points[0].table, connectors::modbus::Table::input);
  EXPECT_EQ(settings->points[0].type, connectors::modbus::PointType::f32);
  EXPECT_EQ(settings->points[0].order, connectors::modbus::WordOrder::cdab);
  std::vector<std::string> paths;
  for (const auto& each : findings.items()) paths.push_back(each.path);
  EXPECT_EQ(paths,
            (std::vector<std::string>{"M.place.forms.href", "M.write.forms.modv_function", "M.type.forms.modv_type"}));
}

TEST(InterfaceSettings, hostile_texts_become_findings_or_settings_that_are_checked) {
  const std::vector<std::string> texts{"",
                                       "/",
                                       "?",
                                       "//",
                                       "1/",
                                       "/1",
                                       "1/99999999999999999999",
                                       "-1/-1",
                                       "1/0?quantity=",
                                       "%",
                                       "%zz",
                                       "spBv1.0/",
                                       "#",
                                       "/?id=",
                                       "1/-9223372036854775808",
                                       std::string(5000, 'a'),
                                       "1/2?quantity=-9"};
  for (const auto kind : {twin::InterfaceKind::http, twin::InterfaceKind::modbus, twin::InterfaceKind::mqtt,
                          twin::InterfaceKind::opcua}) {
    for (const auto& text : texts) {
      const twin::AssetInterface of{.id_short = "H",
                                    .title = text,
                                    .kind = kind,
                                    .base = "x://h:" + text,
                                    .content_type = "text/xml" + text,
                                    .endpoint = {{"modv_pollingTime", "9223372036854775807"}},
                                    .note = {},
                                    .properties = {{.id_short = "p",
                                                    .key = text,
                                                    .form = {{"href", text}, {"modv_zeroBasedAddressing", "false"}},
                                                    .own = text,
                                                    .path = "H.p"}},
                                    .path = "H"};
      twin::Findings findings;
      const auto record = connection_of(of, findings);
      EXPECT_TRUE(record || findings.errors() > 0) << text.substr(0, 50);
      if (!record) continue;
      EXPECT_TRUE(JsonDocument::parse(record->settings.text)) << record->settings.text.substr(0, 200);
    }
  }
}

}  // namespace
}  // namespace hanse::node
