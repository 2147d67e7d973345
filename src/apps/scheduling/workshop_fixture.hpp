#pragma once

#include <gtest/gtest.h>

#include <list>
#include <memory>

#include "apps/scheduling/scheduling.hpp"

namespace hanse::apps::scheduling {

inline Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

/// Two saws that do the same, one mill, one press with change-overs; around the clock. Sunday, 1 March 2026, 06:00.
class Workshop : public testing::Test {
 protected:
  void SetUp() override {
    store = store::open_store("sqlite::memory:", clock).value();
    plant = plant::Plant::open(*store, clock, directory).value();
    const auto machine = [](const char* id, const char* name) {
      return plant::Asset{.id = AssetId{id}, .name = name, .parent = AssetId{"line-1"}, .kind = "machine"};
    };
    ASSERT_TRUE(
        plant->put<plant::Asset>(actor, {{.id = AssetId{"line-1"}, .name = "Line 1", .level = plant::Level::line},
                                         machine("saw-1", "Saw 1"),
                                         machine("saw-2", "Saw 2"),
                                         machine("mill", "Mill"),
                                         machine("press", "Press")}));
    ASSERT_TRUE(plant->put<plant::Product>(actor, {{.id = "bracket", .name = "Bracket", .ideal_cycle_s = 60},
                                                   {.id = "plate", .name = "Plate", .ideal_cycle_s = 30}}));
    reopen();
    ASSERT_TRUE(app->book().put<Routing>(
        actor,
        {{.id = "bracket-1",
          .product = "bracket",
          .steps =
              {{.id = "saw", .name = "Sawing", .machines = {{AssetId{"saw-1"}, 0}, {AssetId{"saw-2"}, 0}}, .after = {}},
               {.id = "mill", .name = "Milling", .machines = {{AssetId{"mill"}, 90}}, .after = {}}}},
         {.id = "plate-1",
          .product = "plate",
          .steps = {{.id = "press", .name = "Pressing", .machines = {{AssetId{"press"}, 0}}, .after = {}}}}}));
  }

  void reopen() {
    app.reset();
    SchedulingContext context{.store = *store, .plant = *plant, .clock = clock};
    context.report = [this](std::span<const Finding> all) { findings.insert(findings.end(), all.begin(), all.end()); };
    auto made = Scheduling::open(std::move(context), settings);
    ASSERT_TRUE(made) << to_string(made.error());
    app = *std::move(made);
  }

  void order(const std::string& id, std::int64_t quantity, const char* due, const std::string& product = "bracket") {
    ProductionOrder made{.id = id, .product = product, .quantity = quantity, .release = {}, .due = {}};
    if (due) made.due = at(due);
    const auto kept = app->book().put<ProductionOrder>(actor, {made});
    ASSERT_TRUE(kept) << to_string(kept.error());
  }

  /// Time passes, with the node's beat.
  void pass(Duration time, Duration step = 30s) {
    for (const Timestamp end = clock.now() + time; clock.now() < end;) {
      clock.advance(std::min(step, end - clock.now()));
      app->tick(clock.now());
    }
  }

  void state(const char* machine, plant::MachineState is, const std::string& reason = "") {
    tell({.kind = plant::EventKind::state, .state = is, .reason = reason}, machine);
  }
  void good(const char* machine, double parts, const std::string& product, const std::string& id = "") {
    tell({.kind = plant::EventKind::good, .state = {}, .quantity = parts, .order = id, .product = product}, machine);
  }
  void tell(plant::ProductionEvent event, const char* machine) {
    event.asset = AssetId{machine};
    event.time = clock.now();
    ASSERT_TRUE(plant->events().append(actor, {&event, 1}));
  }

  const PlannedOperation* planned(const std::string& order, const std::string& step) const {
    for (const auto& one : app->current()->operations) {
      if (one.order == order && one.step == step) held.push_back(one);
    }
    return held.empty() || held.back().order != order || held.back().step != step ? nullptr : &held.back();
  }

  store::Actor actor{"user:anna"};
  SimulatedClock clock{at("2026-03-01T06:00:00Z")};
  std::unique_ptr<store::Store> store;
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant;
  SchedulingSettings settings;
  std::unique_ptr<Scheduling> app;
  std::vector<Finding> findings;
  mutable std::list<PlannedOperation> held;
};

}  // namespace hanse::apps::scheduling
