#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "api/router.hpp"
#include "historian/engine.hpp"
#include "store/chunk_store.hpp"
#include "twin/codec/base64.hpp"
#include "twin/service/routes.hpp"
#include "twin/service/server.hpp"

namespace hanse::twin {

using api::Method;
inline const store::Actor kAnna{"user:anna"};

/// The interface on a plant of a line and a press with two signals, all real, in a folder that goes with it.
class TwinServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("hanse-twin-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    store = store::open_store("sqlite::memory:", clock).value();
    chunks = store::open_chunk_store("sqlite::memory:").value();
    plant = plant::Plant::open(*store, clock, directory).value();
    history = historian::open_historian(
                  {.chunks = *chunks, .clock = clock, .log = log, .folder = folder.string(), .background = false}, {})
                  .value();
    ASSERT_TRUE(plant->put<plant::Asset>(
        kAnna, {{.id = plant::AssetId{"line-1"}, .name = "Line 1", .level = plant::Level::line},
                {.id = plant::AssetId{"press-7"},
                 .name = "Press 7",
                 .parent = plant::AssetId{"line-1"},
                 .kind = "press",
                 .manufacturer = "Example",
                 .serial = "SN-4711"}}));
    const auto made = plant->catalogue().create(
        kAnna, {{.asset = plant::AssetId{"press-7"},
                 .name = "spindle_speed",
                 .meaning = signal::Meaning::speed,
                 .unit = "1/min"},
                {.asset = plant::AssetId{"press-7"}, .name = "oee", .meaning = signal::Meaning::kpi}});
    ASSERT_TRUE(made);
    speed = made->at(0);
    append(1480.5, clock.now());
    twins = std::make_unique<Twins>(
        *store, clock,
        std::make_shared<PlantTwins>(PlantTwinParts{.plant = *plant, .directory = directory, .history = *history},
                                     "urn:t"),
        5, &machine);
    auto all = standard_routes(*twins);
    for (auto& each : routes(*twins)) all.push_back(std::move(each));
    router = std::make_unique<api::Router>(std::move(all));
  }
  void TearDown() override {
    history.reset();
    std::filesystem::remove_all(folder);
  }
  void append(double value, Timestamp time) {
    signal::SampleBatch batch;
    batch.add_real(speed, time, value);
    ASSERT_TRUE(history->append(batch));
  }
  api::Response call(Method method, const std::string& target, std::string_view body = {}, std::string accept = {},
                     std::string_view content_type = "application/json") {
    const auto path = target.substr(0, target.find('?'));
    const auto match = router->find(method, path);
    EXPECT_TRUE(match && match->route) << target;
    api::RequestFacts facts{.method = method, .path = path};
    if (path.size() < target.size()) facts.query = target.substr(path.size() + 1);
    facts.host = "node:1";
    facts.accept = std::move(accept);
    auto parameters = match->parameters;
    if (!match->route->reads_query) {
      const auto query = api::parse_query(facts.query);
      for (const auto& [name, value] : *query) parameters.emplace(name, value);
    }
    auto answer = match->route->handle({.parameters = std::move(parameters),
                                        .body = body,
                                        .content_type = content_type,
                                        .if_match = {},
                                        .caller = {.id = "user:anna"},
                                        .facts = std::move(facts)});
    if (!answer) return {.status = 599, .body = to_string(answer.error()), .version = {}};
    return *std::move(answer);
  }
  api::Response get(const std::string& target) { return call(Method::get, target); }
  static std::string at(std::string_view collection, std::string_view id, std::string_view rest = {}) {
    return "/api/v3/" + std::string{collection} + '/' + encode_base64url(id) + std::string{rest};
  }
  static std::string a_submodel(const std::string& id, const std::string& elements = {}) {
    return R"({"modelType":"Submodel","id":")" + id + R"(","idShort":"Data")" +
           (elements.empty() ? "" : ",\"submodelElements\":[" + elements + ']') + '}';
  }
  static constexpr std::string_view kSpeed =
      R"({"modelType":"Property","idShort":"Speed","valueType":"xs:int","value":"7"})";

  /// Stands for the node's way to machines: takes wishes for what may be written.
  struct Machine final : MachineValues {
    Result<std::string> ask(const api::Caller& caller, const MachineWish& wish) override {
      if (!may.contains(wish.signal)) return fail(ErrorCode::forbidden, "it isn't among `writable`");
      wishes.push_back(caller.id + ' ' + std::to_string(static_cast<std::uint32_t>(wish.signal)) + ' ' +
                       wish.value.text);
      return "/api/v1/machine-changes/w1";
    }
    std::set<signal::SignalId> writable(std::span<const signal::SignalId>) const override { return may; }
    std::set<signal::SignalId> may;
    std::vector<std::string> wishes;
  };

  Machine machine;
  SimulatedClock clock{parse_timestamp("2026-03-02T06:00:00Z").value()};
  Log log{clock, LogLevel::error, LogFormat::text};
  std::filesystem::path folder;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::ChunkStore> chunks;
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant;
  std::unique_ptr<historian::Engine> history;
  signal::SignalId speed{};
  std::unique_ptr<Twins> twins;
  std::unique_ptr<api::Router> router;
};

}  // namespace hanse::twin
