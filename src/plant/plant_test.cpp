#include "plant/plant.hpp"

#include <gtest/gtest.h>
#include <fstream>
#include <sstream>

#include "plant/import.hpp"

namespace hanse::plant {
namespace {

const store::Actor kAnna{"user:anna"};
Timestamp moment(std::string_view text) { return parse_timestamp(text).value(); }

class PlantTest : public testing::Test {
 protected:
  void SetUp() override {
    store = store::open_store("sqlite::memory:", clock).value();
    plant = Plant::open(*store, clock, directory).value();
    ASSERT_TRUE(plant->put<Asset>(kAnna, {node("site", Level::site, ""), node("line-1", Level::line, "site"),
                                          node("press-4", Level::asset, "line-1")}));
  }

  static Asset node(std::string id, Level level, std::string parent) {
    Asset out{.id = AssetId{id}, .name = "Node " + id, .level = level, .parent = AssetId{std::move(parent)}};
    return out;
  }
  std::vector<std::string> wrong_paths(const Asset& asset) {
    std::vector<std::string> paths;
    const auto result = plant->put<Asset>(kAnna, asset);
    if (!result) {
      for (const auto& field : result.error().fields) paths.push_back(field.path);
    }
    return paths;
  }
  ImportReport import_text(ImportKind kind, std::string_view text, bool dry_run, const MachineConnector& connect = {}) {
    auto report = import(*plant, kAnna, {kind, text, dry_run}, connect);
    EXPECT_TRUE(report) << to_string(report.error());
    return report ? *std::move(report) : ImportReport{};
  }
  static SourceValue value(std::string address, std::string device, std::string name) {
    return {.address = std::move(address), .device = std::move(device), .name = std::move(name)};
  }

  SimulatedClock clock{moment("2026-03-02T06:00:00Z")};
  std::unique_ptr<store::Store> store;
  signal::Directory directory;
  std::unique_ptr<Plant> plant;
};

using Paths = std::vector<std::string>;

TEST_F(PlantTest, RefusesATreeThatIsNone) {
  EXPECT_EQ(wrong_paths(node("x", Level::asset, "nowhere")), Paths{"parent"});
  EXPECT_EQ(wrong_paths(node("x", Level::site, "line-1")), Paths{"parent"}) << "a site below a line";
  EXPECT_EQ(wrong_paths(node("X y", Level::asset, "line-1")), Paths{"id"});
  EXPECT_FALSE(wrong_paths(node("site", Level::asset, "press-4")).empty()) << "a node below itself";
  EXPECT_FALSE(wrong_paths(node("line-1", Level::asset, "site")).empty() &&
               !wrong_paths(node("site", Level::line, "")).empty());
}

TEST_F(PlantTest, RefusesTwoAssetsThatAreEachOthersParent) {
  ASSERT_TRUE(plant->put<Asset>(kAnna, node("robot", Level::asset, "press-4")));
  EXPECT_EQ(wrong_paths(node("press-4", Level::asset, "robot")), Paths{"parent"});
}

TEST_F(PlantTest, DeletesOnlyWhatNothingRefersTo) {
  const auto refused = plant->remove<Asset>(kAnna, "line-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().message, "the asset 'line-1' can't be deleted: the node 'press-4' stands below it");
  ASSERT_TRUE(plant->catalogue().create(kAnna, {{.asset = AssetId{"press-4"}, .name = "force"}}));
  EXPECT_EQ(plant->remove<Asset>(kAnna, "press-4").error().code, ErrorCode::conflict) << "it has a signal";
}

TEST_F(PlantTest, RefusesAChangeOfWhatSomebodyElseChanged) {
  const auto version = plant->put<Asset>(kAnna, node("press-4", Level::asset, "line-1"), 1);
  ASSERT_TRUE(version);
  EXPECT_EQ(plant->put<Asset>(kAnna, node("press-4", Level::asset, "line-1"), 1).error().code, ErrorCode::conflict);
}

TEST_F(PlantTest, ReadsItselfBackFromTheStore) {
  ASSERT_TRUE(plant->catalogue().create(kAnna, {{.asset = AssetId{"press-4"}, .name = "force"}}));
  ASSERT_TRUE(plant->put<Calendar>(kAnna, Calendar{.id = "day", .name = "Day", .time_zone = "Europe/Berlin"}));

  signal::Directory other;
  const auto again = Plant::open(*store, clock, other).value();

  EXPECT_EQ(again->records()->assets, plant->records()->assets);
  EXPECT_EQ(again->records()->calendars, plant->records()->calendars);
  EXPECT_NE(other.snapshot()->find(AssetId{"press-4"}, "force"), nullptr);
}

TEST_F(PlantTest, AddressesBecomeSignalsOnce) {
  const Intake intake{
      .connection = "c1", .protocol = "sparkplug", .attach = AssetId{"press-4"}, .template_id = "press"};
  const std::vector<SourceValue> values{value("P1/Edge/Press/force", "Press", "force"),
                                        value("P1/Edge/Press/State", "Press", "State"),
                                        value("P1/Edge/Press/force", "Press", "force")};

  const auto first = plant->resolve(intake, values).value();
  const auto second = plant->resolve(intake, values).value();

  EXPECT_EQ(first, second);
  EXPECT_EQ(first[0], first[2]) << "told twice in one birth";
  EXPECT_EQ(directory.snapshot()->size(), 2u);
  const auto* execution = directory.snapshot()->find(first[1]);
  EXPECT_EQ(execution->name, "execution") << "by the template";
  EXPECT_EQ(execution->meaning, signal::Meaning::execution);
  EXPECT_EQ(directory.snapshot()->find(first[0])->unit, "kN");
}

TEST_F(PlantTest, DevicesBelowALineBecomeAssets) {
  const Intake intake{.connection = "c1", .protocol = "sparkplug", .attach = AssetId{"line-1"}, .template_id = ""};
  const std::vector<SourceValue> values{value("d1/temp", "Robot 7", "Temp (C)"),
                                        value("d2/temp", "Robot 8", "Temp (C)"),
                                        value("d2/temp2", "Robot 8", "temp c")};

  ASSERT_TRUE(plant->resolve(intake, values));

  ASSERT_NE(plant->records()->asset(AssetId{"robot-7"}), nullptr);
  EXPECT_EQ(plant->records()->asset(AssetId{"robot-8"})->parent.value, "line-1");
  EXPECT_NE(directory.snapshot()->find(AssetId{"robot-8"}, "temp_c"), nullptr);
  EXPECT_NE(directory.snapshot()->find(AssetId{"robot-8"}, "temp_c_2"), nullptr) << "two names that read the same";
}

TEST_F(PlantTest, ADeviceNamedByItsPathIsTheMachineThatStandsThere) {
  const Intake intake{.connection = "c1", .protocol = "sparkplug", .attach = AssetId{"line-1"}, .template_id = ""};

  const auto numbers =
      plant->resolve(intake, std::vector{value("g/edge/press-4/temp", "g/edge/press-4", "temp")}).value();

  EXPECT_EQ(directory.snapshot()->find(numbers[0])->asset.value, "press-4");
}

TEST_F(PlantTest, AnotherPlantsMachineOfTheSameNameStaysAnother) {
  const auto connect = [&](const std::string& connection) {
    const Intake intake{.connection = connection, .protocol = "mtconnect", .attach = {}, .template_id = ""};
    return plant->resolve(intake, std::vector{value("temp", "press-4", "temp")}).value()[0];
  };
  const auto asset_of = [&](SignalId number) { return directory.snapshot()->find(number)->asset.value; };

  const auto north = connect("north"), south = connect("south");

  EXPECT_EQ(asset_of(north), "north-press-4") << "press-4 stands in line-1";
  EXPECT_EQ(asset_of(south), "south-press-4");
  const Intake again{.connection = "north", .protocol = "mtconnect", .attach = {}, .template_id = ""};
  const auto more = plant->resolve(again, std::vector{value("force", "press-4", "force")}).value()[0];
  EXPECT_EQ(asset_of(more), "north-press-4") << "what comes later of the same device goes to the same machine";
}

TEST_F(PlantTest, MappingMovesAnAddressAndIgnoresAnother) {
  const Intake intake{.connection = "c1", .protocol = "mqtt", .attach = AssetId{"press-4"}, .template_id = ""};
  const auto numbers = plant->resolve(intake, std::vector{value("a", "", "a"), value("b", "", "b")}).value();

  ASSERT_TRUE(plant->catalogue().map(kAnna, {{"c1", "a", numbers[1]}, {"c1", "b", signal::kNoSignal}}));

  EXPECT_EQ(plant->catalogue().find("c1", "a"), numbers[1]);
  EXPECT_EQ(plant->resolve(intake, std::vector{value("b", "", "b")}).value()[0], signal::kNoSignal);
  ASSERT_TRUE(plant->reload());
  EXPECT_EQ(plant->catalogue().find("c1", "a"), numbers[1]);
  EXPECT_EQ(plant->catalogue().find("c1", "b"), signal::kNoSignal);
}

TEST_F(PlantTest, EventsComeBackInOrderByPagesAndOnce) {
  std::vector<ProductionEvent> events;
  for (int i = 0; i < 250; ++i) {
    events.push_back({.id = "e" + std::to_string(i),
                      .time = moment("2026-03-02T06:00:00Z") + (i * 7919 % 250) * 1s,
                      .asset = AssetId{i % 2 == 0 ? "press-4" : "line-1"},
                      .kind = EventKind::state,
                      .state = MachineState::down});
  }
  EXPECT_EQ(plant->events().append(kAnna, events).value(), 250u);
  EXPECT_EQ(plant->events().append(kAnna, events).value(), 0u) << "the same once more";

  std::vector<ProductionEvent> read;
  EventQuery query{.asset = AssetId{"press-4"},
                   .range = {moment("2026-03-02T06:00:00Z"), moment("2026-03-02T07:00:00Z")},
                   .kind = {},
                   .cursor = {},
                   .limit = 40};
  for (;;) {
    auto page = plant->events().list(query).value();
    for (auto& event : page.items) read.push_back(std::move(event));
    if (!page.next) break;
    query.cursor = page.next;
  }

  EXPECT_EQ(read.size(), 125u);
  EXPECT_TRUE(std::is_sorted(read.begin(), read.end(), [](const auto& a, const auto& b) { return a.time < b.time; }));
  const auto last = plant->events().last(AssetId{"press-4"}, EventKind::state, moment("2026-03-02T06:02:00Z")).value();
  ASSERT_TRUE(last);
  EXPECT_LE(last->time, moment("2026-03-02T06:02:00Z"));
}

TEST_F(PlantTest, ADryRunSaysEveryRowsFateAndWritesNothing) {
  const std::string_view csv =
      "id;name;level;parent;kind\r\n"
      "press-5;Press 5;asset;line-2;press\r\n"
      "line-2;Line 2;line;site;\r\n"
      "press-4;Node press-4;asset;line-1;\r\n"
      "line-1;Renamed;line;site;\r\n"
      "press-6;Press 6;asset;line-9;press\r\n"
      ";No id;asset;line-1;\r\n"
      "press-5;Again;asset;line-1;\r\n";
  const auto before = plant->records()->assets;

  const auto report = import_text(ImportKind::assets, csv, true);

  std::vector<Fate> fates;
  for (const auto& row : report.rows) fates.push_back(row.fate);
  EXPECT_EQ(fates, (std::vector{Fate::create, Fate::create, Fate::unchanged, Fate::update, Fate::error, Fate::error,
                                Fate::error}));
  EXPECT_EQ(report.rows[4].errors[0].message, "there is no asset 'line-9'");
  EXPECT_EQ(report.rows[6].line, 8);
  EXPECT_EQ(plant->records()->assets, before);
  EXPECT_FALSE(import_text(ImportKind::assets, csv, false).written) << "a wrong row stops the file";
}

TEST_F(PlantTest, AnImportDoesWhatTheDryRunSaid) {
  const std::string_view csv = "id,name,level,parent,kind\npress-5,Press 5,asset,line-1,press\n";
  EXPECT_EQ(import_text(ImportKind::assets, csv, true).created, 1);
  EXPECT_TRUE(import_text(ImportKind::assets, csv, false).written);
  EXPECT_EQ(import_text(ImportKind::assets, csv, true).unchanged, 1);
}

TEST_F(PlantTest, AnUnknownColumnIsRefusedWithTheNearestName) {
  const auto refused = import(*plant, kAnna, {ImportKind::assets, "id,nane\nx,y\n", true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields[0].message, "unknown column 'nane'; did you mean 'name'?");
}

TEST_F(PlantTest, ImportsCalendarsProductsReasonsAndSignals) {
  EXPECT_TRUE(
      import_text(ImportKind::calendars,
                  "id,name,time_zone,shift,days,begin,end,breaks,date\n"
                  "two,Two shifts,Europe/Berlin,early,mon tue wed thu fri,06:00,14:00,09:00-09:15 12:00-12:30,\n"
                  "two,,,late,mon tue wed thu fri,14:00,22:00,18:00-18:30,\n"
                  "two,,,Christmas,,,,,2026-12-24\n",
                  false)
          .written);
  const auto& calendar = plant->records()->calendars.at("two");
  EXPECT_EQ(calendar.shifts.size(), 2u);
  EXPECT_EQ(calendar.shifts[0].breaks.size(), 2u);
  EXPECT_TRUE(calendar.exceptions.at(0).shifts.empty());
  EXPECT_TRUE(
      import_text(ImportKind::products, "id,name,ideal_cycle_s,cycles_s\nb1,Bracket,12.5,press=10 cnc-07=42\n", false)
          .written);
  EXPECT_EQ(plant->records()->products.at("b1").cycles_s.at("cnc-07"), 42);
  EXPECT_TRUE(import_text(ImportKind::reasons, R"([{"id":"jam","name":"Jam","loss":"breakdown"}])", false).written);
  EXPECT_TRUE(import_text(ImportKind::signals,
                          "asset,name,meaning,unit,connection,address\npress-4,force,force,kN,c1,Press/F\n", false)
                  .written);
  EXPECT_NE(plant->catalogue().find("c1", "Press/F"), std::nullopt);
}

TEST_F(PlantTest, OnboardsFiveHundredMachinesFromOneFile) {
  std::string csv = "name,line,template,protocol,host,port\n";
  for (int i = 1; i <= 500; ++i)
    csv += "CNC " + std::to_string(i) + ",Node line-1,cnc-machining-centre,mtconnect,10.0.0.7," +
           std::to_string(5000 + i) + "\n";
  std::vector<MachineConnection> made;
  const MachineConnector connect = [&](const MachineConnection& connection, const store::Actor&,
                                       bool dry_run) -> Result<Fate> {
    if (!dry_run) made.push_back(connection);
    return Fate::create;
  };

  const auto dry = import_text(ImportKind::machines, csv, true, connect);
  EXPECT_EQ(dry.created, 500);
  EXPECT_TRUE(made.empty());
  EXPECT_TRUE(import_text(ImportKind::machines, csv, false, connect).written);

  ASSERT_EQ(made.size(), 500u);
  EXPECT_EQ(made[41].asset.value, "cnc-42");
  EXPECT_NE(made[41].settings.text.find("5042"), std::string::npos);
  EXPECT_EQ(plant->records()->asset(AssetId{"cnc-500"})->parent.value, "line-1");
}

TEST_F(PlantTest, SaysWhatIsWrongWithAMachinesRow) {
  const auto report = import_text(ImportKind::machines,
                                  "name,line,template,protocol,host,port\n"
                                  "A,line-1,cnc,mtconnect,h,1\n"
                                  "B,line-1,cnc-machining-centre,modbus,h,1\n"
                                  "C,line-1,cnc-machining-centre,mtconnect,,1\n"
                                  "D,nowhere,cnc-machining-centre,,,\n",
                                  true);
  std::vector<std::string> paths;
  for (const auto& row : report.rows) paths.push_back(row.errors.empty() ? "" : row.errors[0].path);
  EXPECT_EQ(paths, (std::vector<std::string>{"template", "protocol", "host", "line"}));
}

TEST_F(PlantTest, TheSampleFilesAreRight) {
  const MachineConnector connect = [](const MachineConnection&, const store::Actor&, bool) -> Result<Fate> {
    return Fate::create;
  };
  for (const auto kind : {ImportKind::calendars, ImportKind::assets, ImportKind::products, ImportKind::reasons,
                          ImportKind::machines, ImportKind::signals}) {
    const auto name = describe::enum_name(kind);
    std::ifstream file{std::string{HANSE_ROOM_DIR} + "/../../scenarios/import/" + name + ".csv"};
    std::stringstream text;
    text << file.rdbuf();

    const auto report = import_text(kind, text.str(), false, connect);

    EXPECT_TRUE(report.written) << name;
    EXPECT_GT(report.created, 0) << name;
    for (const auto& row : report.rows) {
      for (const auto& error : row.errors)
        ADD_FAILURE() << name << ':' << row.line << ' ' << error.path << ' ' << error.message;
    }
  }
  EXPECT_EQ(plant->records()->calendars.at("two-shifts").exceptions.size(), 2u);
  EXPECT_EQ(plant->records()->asset(AssetId{"press-1"})->parent.value, "pressing");
}

TEST_F(PlantTest, RoutesAnswerAndPageBySignalNumber) {
  const auto all = routes(*plant);
  const auto call = [&](std::string_view path, std::map<std::string, std::string, std::less<>> parameters) {
    for (const auto& route : all) {
      if (route.method != api::Method::get || route.path != path) continue;
      return route.handle({.parameters = std::move(parameters), .body = {}, .content_type = {}, .caller = {}})
          .value()
          .body;
    }
    return std::string{};
  };
  std::vector<Signal> signals;
  for (int i = 0; i < 5; ++i) signals.push_back({.asset = AssetId{"press-4"}, .name = "s" + std::to_string(i)});
  ASSERT_TRUE(plant->catalogue().create(kAnna, signals));

  const auto first = JsonDocument::parse(call("/api/v1/signals", {{"limit", "2"}})).value();
  const std::string cursor{first.root().find("next")->string()};
  const auto second = JsonDocument::parse(call("/api/v1/signals", {{"limit", "2"}, {"cursor", cursor}})).value();

  EXPECT_EQ(second.root().find("items")->element(0).find("name")->string(), "s2");
  EXPECT_NE(call("/api/v1/assets", {{"parent", "line-1"}}).find("press-4"), std::string::npos);
  EXPECT_EQ(call("/api/v1/assets/{id}", {{"id", "press-4"}}).find("\"parent\":\"line-1\"") == std::string::npos, false);
  EXPECT_NE(call("/api/v1/templates", {}).find("cnc-machining-centre"), std::string::npos);
}

TEST(Template, PatternsMatchAnywhereAndWithoutCase) {
  EXPECT_TRUE(matches("*statecurrent", "Status/StateCurrent"));
  EXPECT_TRUE(matches("*Prod*Count*", "Admin/ProdProcessedCount[0]"));
  EXPECT_FALSE(matches("state", "status/state2"));
  EXPECT_TRUE(matches("**", ""));
}

}  // namespace
}  // namespace hanse::plant
