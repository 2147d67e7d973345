#include <gtest/gtest.h>

#include "programme/import.hpp"
#include "programme/scenarios.hpp"

namespace hanse::programme {
namespace {

const store::Actor kAnna{"user:anna"};

class ConveningTest : public testing::Test {
 protected:
  void SetUp() override {
    store = store::open_store("sqlite::memory:", clock).value();
    ecosystem = ecosystem::Ecosystem::open(*store).value();
    programme = Programme::open(*store, *ecosystem, clock).value();
  }
  ecosystem::ImportReport imported(ImportKind kind, std::string_view body, bool dry_run) {
    auto report = import(*programme, kAnna, {kind, body, dry_run});
    EXPECT_TRUE(report) << to_string(report.error());
    return report ? *std::move(report) : ecosystem::ImportReport{};
  }
  SimulatedClock clock{parse_timestamp("2026-03-02T06:00:00Z").value()};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<ecosystem::Ecosystem> ecosystem;
  std::unique_ptr<Programme> programme;
};

std::vector<std::string> paths_of(const BoardProblem& problem) {
  std::vector<std::string> paths;
  if (const auto read = from_json<BoardProblem>(to_json(problem)); !read) {
    for (const auto& field : read.error().fields) paths.push_back(field.path);
  }
  return paths;
}

constexpr std::string_view kDesigns = R"([{"id": "shield-a", "name": "Shield", "finished": "shield",
  "parts": [{"id": "shield", "requirement": {"process": "proc:hx/assy"}, "inputs": [{"part": "frame"}]},
            {"id": "frame", "requirement": {"process": "proc:am/MEX"}}]}])";

TEST_F(ConveningTest, EachStageAsksForWhatTheOneBeforeLeftToSay) {
  BoardProblem problem{.id = "p", .title = "Scrap", .owner = "a"};
  EXPECT_TRUE(paths_of(problem).empty());
  problem.stage = Stage::cohort;
  EXPECT_EQ(paths_of(problem), std::vector<std::string>{"cohort"});
  problem.cohort = {"a", "b"};
  EXPECT_TRUE(paths_of(problem).empty());
  problem.desk = Desk::analytics;
  EXPECT_EQ(paths_of(problem), (std::vector<std::string>{"data", "triage"}));
  problem.desk = Desk::club;
  problem.stage = Stage::result;
  EXPECT_EQ(paths_of(problem), (std::vector<std::string>{"agreement", "success_measure", "result"}));
  problem.stage = Stage::pitched;
  problem.votes = {"b", "b"};
  EXPECT_EQ(paths_of(problem), std::vector<std::string>{"votes[1]"});
}

TEST_F(ConveningTest, AMemberVotesOnceAndMayTakeItBack) {
  ASSERT_TRUE(seed_problem_club(*ecosystem, *programme, kAnna, {}));
  ASSERT_TRUE(programme->vote(kAnna, "certificates", "club-07", true));
  const auto twice = programme->vote(kAnna, "certificates", "club-07", true);
  ASSERT_TRUE(twice) << to_string(twice.error());
  EXPECT_EQ(std::count(twice->votes.begin(), twice->votes.end(), "club-07"), 1);
  const auto back = programme->vote(kAnna, "certificates", "club-07", false);
  ASSERT_TRUE(back);
  EXPECT_EQ(std::count(back->votes.begin(), back->votes.end(), "club-07"), 0);
  const auto nobody = programme->vote(kAnna, "certificates", "nobody", true);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().fields[0].path, "organisation") << "as the person sent it";
  EXPECT_EQ(nobody.error().code, ErrorCode::invalid);
}

TEST_F(ConveningTest, WhatARecordNamesMustBeThere) {
  const auto put = programme->put(kAnna, Milestone{.id = "m", .need = "nothing", .title = "First", .owner = "nobody"});
  ASSERT_FALSE(put);
  ASSERT_EQ(put.error().fields.size(), 2u);
  EXPECT_EQ(put.error().fields[0].path, "need");
  EXPECT_EQ(put.error().fields[1].path, "owner");
}

TEST_F(ConveningTest, AnInvestmentIsForANeedOrAProblem) {
  EXPECT_FALSE(from_json<Investment>(to_json(Investment{.id = "i", .organisation = "a"})));
  EXPECT_FALSE(from_json<Investment>(to_json(Investment{.id = "i", .need = "n", .problem = "p", .organisation = "a"})));
  EXPECT_TRUE(from_json<Investment>(to_json(Investment{.id = "i", .problem = "p", .organisation = "a"})));
}

TEST_F(ConveningTest, ADryRunSaysEveryRowsFateAndWritesNothing) {
  const auto dry = imported(ImportKind::designs, kDesigns, true);
  EXPECT_EQ(dry.created, 1);
  EXPECT_FALSE(dry.written);
  EXPECT_FALSE(programme->collection<Design>().find("shield-a").value());
  EXPECT_TRUE(imported(ImportKind::designs, kDesigns, false).written);
  EXPECT_EQ(imported(ImportKind::designs, kDesigns, true).unchanged, 1);
}

TEST_F(ConveningTest, NeedsComeFromACsvFileRowByRow) {
  ASSERT_TRUE(imported(ImportKind::designs, kDesigns, false).written);
  const auto report = imported(ImportKind::needs,
                               "id,name,designs,start,weeks,due\n"
                               "good,Shields,shield-a,2026-03-02T00:00:00Z,8,\"[{\"\"week\"\":7,\"\"zone\"\":"
                               "\"\"north\"\",\"\"quantity\"\":9}]\"\n"
                               "late,Shields,shield-a,2026-03-02T00:00:00Z,4,\"[{\"\"week\"\":7,\"\"zone\"\":"
                               "\"\"north\"\",\"\"quantity\"\":9}]\"\n"
                               "other,=1+1,shield-b,2026-03-02T00:00:00Z,8,\n",
                               false);
  EXPECT_EQ(report.created, 1);
  EXPECT_EQ(report.failed, 2);
  EXPECT_FALSE(report.written) << "one wrong row: no row is written";
  ASSERT_EQ(report.rows.size(), 3u);
  EXPECT_EQ(report.rows[0].id, "late");
  EXPECT_EQ(report.rows[0].errors.at(0).path, "due[0].week");
  EXPECT_EQ(report.rows[1].id, "other");
  EXPECT_EQ(report.rows[1].errors.at(0).path, "name") << "a spreadsheet would run it";
  EXPECT_FALSE(programme->collection<Need>().find("good").value());
}

TEST_F(ConveningTest, ACircleInAnImportedDesignIsNamed) {
  const auto report = imported(ImportKind::designs, R"([{"id": "d", "name": "D", "finished": "a",
      "parts": [{"id": "a", "requirement": {"process": "proc:hx/assy"}, "inputs": [{"part": "b"}]},
                {"id": "b", "requirement": {"process": "proc:hx/assy"}, "inputs": [{"part": "a"}]}]}])",
                               true);
  ASSERT_EQ(report.failed, 1);
  EXPECT_EQ(report.rows[0].errors.at(0).path, "parts");
}

TEST_F(ConveningTest, ThePortalsNeedIsPlannedFromItsRecords) {
  ASSERT_TRUE(seed_ppe_portal(*ecosystem, *programme, kAnna,
                              {.start = parse_timestamp("2026-03-02T00:00:00Z").value(),
                               .units = 2'000,
                               .shops = 60,
                               .moulders = 4,
                               .hospitals = 12,
                               .zones = 4}));
  const auto model = programme->match("ppe-portal");
  ASSERT_TRUE(model) << to_string(model.error());
  EXPECT_TRUE(model->blockers.empty()) << model->blockers.front().reason;
  for (const auto& maker : model->makers) {
    if (maker.part.ends_with("-frame")) {
      const auto* allowed = maker.part == "shield-printed-frame" ? "shop-" : "moulder-";
      EXPECT_TRUE(maker.organisation.starts_with(allowed)) << maker.organisation << " makes " << maker.part;
    }
  }
  const auto plan = programme->plan(kAnna, "ppe-portal", {.seconds = 1e9, .iterations_max = 300, .bottlenecks = 0});
  ASSERT_TRUE(plan) << to_string(plan.error());
  EXPECT_GT(plan->measures.units_delivered, 1'500);
}

TEST_F(ConveningTest, TheSurgesPartsAllHaveMakers) {
  ASSERT_TRUE(seed_surge(*ecosystem, *programme, kAnna,
                         {.start = parse_timestamp("2026-03-02T00:00:00Z").value(),
                          .units = 2'000,
                          .suppliers = 40,
                          .locations = 700,
                          .items = 60,
                          .weeks = 20}));
  const auto model = programme->match("surge-200k");
  ASSERT_TRUE(model) << to_string(model.error());
  EXPECT_TRUE(model->blockers.empty()) << model->blockers.front().subject << " " << model->blockers.front().reason;
  EXPECT_EQ(model->items.size(), 60u);
}

}  // namespace
}  // namespace hanse::programme
