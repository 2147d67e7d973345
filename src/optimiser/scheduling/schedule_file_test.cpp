#include "optimiser/scheduling/schedule_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.hpp"

namespace hanse::optimiser::scheduling {
namespace {

/// Each look at it takes a millisecond: a search under it ends after as many looks.
class TickingClock final : public Clock {
 public:
  Timestamp now() const override { return {}; }
  Duration monotonic() const override { return Duration{++looks_ * 1'000'000}; }

 private:
  mutable std::atomic<std::int64_t> looks_{0};
};

class ScheduleFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("hanse-schedule-file-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream{folder / name} << text;
    return folder / name;
  }

  std::filesystem::path folder;
  TickingClock clock;
};

TEST_F(ScheduleFile, SolvesAnInstanceAndWritesWhatItSays) {
  // Two jobs on two machines in opposite order: 3 + 4 on machine 0 at least, and no better than 8.
  const auto path = file("two.txt", "2 2\n0 3 1 5\n1 2 0 4\n");
  ScheduleFileOptions options{.seconds = 0.2, .threads = 1};
  options.write = folder / "out.json";
  const auto result = schedule_file(path, options, clock);
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_NE(result->summary.find("2 jobs, 4 operations, 2 machines"), std::string::npos) << result->summary;
  EXPECT_NE(result->summary.find("optimal: makespan 8"), std::string::npos) << result->summary;
  std::ifstream written{options.write};
  std::ostringstream text;
  text << written.rdbuf();
  EXPECT_EQ(text.str(), result->json + "\n");
  const auto document = JsonDocument::parse(result->json);
  ASSERT_TRUE(document);
  const auto operations = document->root().find("operations");
  ASSERT_TRUE(operations);
  ASSERT_EQ(operations->size(), 4u);
  std::int64_t last = 0;
  for (std::size_t i = 0; i < 4; ++i) last = std::max(last, operations->element(i).find("end")->integer());
  EXPECT_EQ(last, 8);
}

TEST_F(ScheduleFile, NamesTheFileAndTheLineThatIsWrong) {
  const auto missing = schedule_file(folder / "none.txt", {.seconds = 0.1}, clock);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("none.txt"), std::string::npos);
  const auto wrong = schedule_file(file("wrong.txt", "2 2\n0 3 1 5\n1 2\n"), {.seconds = 0.1}, clock);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::invalid);
}

TEST_F(ScheduleFile, SaysWhenTheSolutionCannotBeWritten) {
  const auto path = file("one.txt", "1 1\n0 3\n");
  ScheduleFileOptions options{.seconds = 0.1, .threads = 1};
  options.write = folder / "no" / "such" / "folder.json";
  const auto result = schedule_file(path, options, clock);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace hanse::optimiser::scheduling
