#include "historian/sample_import.hpp"

#include "historian/routes_testing.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kImportStart{1'764'000'000'000'000'000};  // 2025-11-24T16:00:00Z

class SampleImport : public testing::Test {
 protected:
  std::string run(std::string_view csv, bool dry_run = true) {
    const auto report = import_samples(test_.history(), *test_.directory.snapshot(), csv, dry_run,
                                       [this](const SampleBatch& batch) { return test_.history().append(batch); });
    if (!report) return to_string(report.error());
    std::string out = report->written ? "written" : "not written";
    for (const auto& row : report->rows) {
      out += fmt::format("; {} {}", row.line, describe::enum_name(row.fate));
      for (const auto& error : row.errors) out += fmt::format(" {}: {}", error.path, error.message);
    }
    return out;
  }
  std::size_t samples(SignalId signal) {
    return test_.history().raw(signal, {Timestamp::min(), Timestamp::max()}, 1000).value().samples.size();
  }

  HistoryUnderTest test_;
};

TEST_F(SampleImport, SaysEveryRowsFateAndWritesNothingInADryRun) {
  test_.append(HistoryUnderTest::kPower, kImportStart, {1, 2});
  const std::string_view csv =
      "signal,time,value\n1,2025-11-24T16:00:00Z,1\n1,2025-11-24T16:00:01Z,2.5\n1,1764000002,3\n1,2025-11-24 "
      "16:00:02,4\n1,1764000003000,null\n";

  EXPECT_EQ(run(csv), "not written; 2 unchanged; 3 replace; 4 repeated; 5 create; 6 create");
  EXPECT_EQ(samples(HistoryUnderTest::kPower), 2u);

  EXPECT_TRUE(run(csv, false).starts_with("written"));
  EXPECT_EQ(samples(HistoryUnderTest::kPower), 4u);
  EXPECT_EQ(run(csv), "not written; 2 unchanged; 3 unchanged; 4 repeated; 5 unchanged; 6 unchanged");
}

TEST_F(SampleImport, WritesNothingWhenARowIsWrong) {
  EXPECT_EQ(run("asset;name;time;value;quality\npress-1;power;2025-11-24T16:00:00Z;3,5;good\npress-1;pover;2025-11-24;"
                "1;good\n"
                "press-1;parts;2025-11-24;1.5;\npress-1;power;yesterday;;perfect\n",
                false),
            "not written; 2 create; 3 error name: there is no signal 'pover' of asset 'press-1'; 4 error value: must "
            "be a whole number, or null; "
            "5 error quality: must be good, uncertain or bad value: is required; null says that there was none "
            "time: 'yesterday' is not a time like 2026-03-01 or 2026-03-01T06:00:00Z");
  EXPECT_EQ(samples(HistoryUnderTest::kPower), 0u);
}

TEST_F(SampleImport, ReadsWideFiles) {
  EXPECT_EQ(run("time,press-1/power,2,press-1/state\n1764000000000,1.5,,RUN\n1764000001000,,7,\n1764000002000,x,8,\n"),
            "not written; 2 create; 2 create; 3 create; 4 error press-1/power: must be a number, or null; 4 create");
  EXPECT_TRUE(run("time,press-1/power,2\n1764000000000,1.5,7\n", false).starts_with("written"));
  EXPECT_EQ(samples(HistoryUnderTest::kParts), 1u);
}

TEST_F(SampleImport, SaysWhatIsWrongWithTheColumns) {
  EXPECT_EQ(run("signal,tiem,value\n"),
            "the file has wrong columns: tiem: unknown column 'tiem'; did you mean 'time'?; time: is required");
  EXPECT_EQ(run("time,value\n"), "the file has wrong columns: signal: is required, or asset and name");
  EXPECT_EQ(
      run("time,press-9/power\n"),
      "the file has wrong columns: press-9/power: is no signal; head a column by a signal's number or asset/name");
  EXPECT_EQ(run(""), "the file is empty; the first line names the columns");
}

TEST_F(SampleImport, ComparesWithAHistoryOfManyPages) {
  test_.append(HistoryUnderTest::kPower, kImportStart, std::vector<double>(5000, 1));
  std::string csv = "signal,time,value\n";
  for (const int second : {4999, 0, 2500, 6000}) csv += fmt::format("1,{},1\n", 1'764'000'000 + second);
  EXPECT_EQ(run(csv), "not written; 2 unchanged; 3 unchanged; 4 unchanged; 5 create");
}

TEST_F(SampleImport, AnswersThroughItsRoute) {
  const auto routes = sample_import_routes(test_.history(), test_.directory,
                                           [this](const SampleBatch& batch) { return test_.history().append(batch); });
  const auto answer = HistoryUnderTest::call(routes, "POST /api/v1/history/import?dry_run=false",
                                             "signal,time,value\n2,1764000000,5\n", "text/csv");
  EXPECT_EQ(answer, R"({"rows":[{"line":2,"fate":"create","signal":2,"time":"2025-11-24T16:00:00Z","errors":[]}],)"
                    R"("created":1,"replaced":0,"unchanged":0,"repeated":0,"failed":0,"written":true})");
}

}  // namespace
}  // namespace hanse::historian
