#include "node/archive/selftest.hpp"

#include "node/archive/archive_fixture.hpp"

namespace hanse::node {
namespace {

class SelfTestTest : public ArchiveFixture {
 protected:
  std::string failures(const Clock& clock_used) {
    std::string names;
    for (const auto& line : run_selftest(settings, clock_used, log)) {
      if (!line.good) names += line.name + ": " + line.message + '\n';
    }
    return names;
  }
  SystemClock real;
  Log log{real, LogLevel::error, LogFormat::text};
};

TEST_F(SelfTestTest, IsContentWithASoundMachineAndLeavesNothingBehind) {
  std::vector<std::string> lines;
  const auto done = selftest(settings, real, log, [&](const std::string& line) { lines.push_back(line); });

  EXPECT_TRUE(done) << fmt::format("{}", fmt::join(lines, "\n"));
  EXPECT_EQ(lines.size(), 7u);
  EXPECT_TRUE(lines.front().starts_with("ok      crypto      known answers are right")) << lines.front();
  EXPECT_FALSE(std::filesystem::exists(settings.data_folder));
}

TEST_F(SelfTestTest, RunsBesideANodesData) {
  fill_data();
  EXPECT_EQ(failures(real), "");
  EXPECT_EQ(*verify_journal(settings, clock), 51);
  EXPECT_EQ(list_files(settings.data_folder)->size(), 4u);
}

TEST_F(SelfTestTest, SaysThatTheClockIsWrong) {
  const SimulatedClock stopped{Timestamp{0}};
  const auto found = failures(stopped);
  EXPECT_TRUE(found.starts_with("clock: ") && found.contains("1970-01-01T00:00:00Z")) << found;

  const SimulatedClock other{Timestamp{4'000'000'000'000'000'000}};
  EXPECT_TRUE(failures(other).starts_with("clock: the disk's clock and this machine's differ"));
}

TEST_F(SelfTestTest, SaysWhichFolderCanNotBeMade) {
  ASSERT_TRUE(write_file(root + "/file", "x"));
  settings.data_folder = root + "/file/data";

  const auto done = selftest(settings, real, log, [](const std::string&) {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "1 of 1 checks failed");
  EXPECT_TRUE(failures(real).contains(root + "/file/data"));
}

TEST_F(SelfTestTest, SaysThatACertificateOfTheSettingsIsMissing) {
  settings.server.tls = TlsMode::files;
  settings.server.certificate_file = root + "/none.pem";
  settings.server.key_file = root + "/none.key";
  const auto found = failures(real);
  EXPECT_TRUE(found.starts_with("tls: ") && found.contains("none.pem")) << found;
}

}  // namespace
}  // namespace hanse::node
