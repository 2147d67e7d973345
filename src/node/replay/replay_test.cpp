#include "node/replay/replay.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "connectors/recording_sink.hpp"

namespace hanse::node::replay {
namespace {

namespace fs = std::filesystem;

const std::string kRecordings = std::string{HANSE_ROOM_DIR} + "/replay/testdata/";
const std::string kMachines = std::string{HANSE_ROOM_DIR} + "/../connectors/mtconnect/testdata/";

class Replay : public ::testing::Test {
 protected:
  ReplayReport play(ReplaySettings settings) {
    const auto report = replay(settings, sink, [this](Duration pause) {
      waited += pause;
      return true;
    });
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : ReplayReport{};
  }
  std::string error_of(const std::string& text) {
    const auto path = fs::path{::testing::TempDir()} / "recording";
    std::ofstream{path, std::ios::binary} << text;
    const auto report = replay({.file = path}, sink, [](Duration) { return true; });
    return report ? "none" : report.error().message;
  }
  connectors::RecordingSink sink;
  Duration waited{};
};

/// Counts of `|key|` and its last value, from the text alone.
std::pair<std::size_t, std::string> by_hand(const std::string& text, const std::string& key) {
  std::size_t count = 0;
  std::string last;
  for (const auto line : split(text, '\n')) {
    const auto at = line.find('|' + key + '|');
    if (at == std::string_view::npos) continue;
    ++count;
    const auto value = line.substr(at + key.size() + 2);
    last = trim(value.substr(0, value.find('|')));
  }
  return {count, last};
}

std::string file_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_F(Replay, ADayOfARealMachineGivesEveryValueOfItsLines) {
  const auto path = kMachines + "nist-Mazak01-20170627.shdr.txt";
  const auto text = file_text(path);
  const auto report = play({.file = path});
  EXPECT_EQ(report.kind, RecordingKind::shdr);
  EXPECT_EQ(report.messages, std::count(text.begin(), text.end(), '\n') + (text.ends_with('\n') ? 0 : 1));
  EXPECT_EQ(report.rejected, 0);
  for (const auto* key : {"execution", "Xload", "mode", "Fovr"}) {
    const auto [count, last] = by_hand(text, key);
    if (count == 0) continue;
    EXPECT_EQ(sink.of(key).size(), count) << key;
    EXPECT_EQ(sink.last(key), last == "UNAVAILABLE" ? "null" : last) << key;
  }
  EXPECT_GT(by_hand(text, "execution").first, 0u);
}

TEST_F(Replay, TheDevicesFileTellsUnitsAndMeanings) {
  play({.file = kMachines + "nist-Mazak01-20170627.shdr.txt", .devices_file = kMachines + "nist-testbed-Devices.xml"});
  bool execution = false;
  for (const auto& [address, declaration] : sink.declared) {
    execution = execution || (declaration.meaning == signal::Meaning::execution && !sink.of(address).empty());
  }
  EXPECT_TRUE(execution);
}

TEST_F(Replay, KeepsThePaceOfTheRecordingByItsFactorAndMovesItsTimes) {
  const auto path = fs::path{::testing::TempDir()} / "paced.txt";
  std::ofstream{path} << "2026-01-01T00:00:00Z|x|1\n2026-01-01T00:01:00Z|x|2\n2026-01-01T00:02:00Z|x|3\n";
  const auto begin = *parse_timestamp("2027-05-05T12:00:00Z");
  const auto report = play({.file = path, .factor = 60, .begin = begin});
  EXPECT_EQ(waited, 2s);
  EXPECT_EQ(report.first, begin);
  EXPECT_EQ(report.last, begin + 2min);
  EXPECT_EQ(sink.of("x")[1].time, begin + 1min);
}

TEST_F(Replay, StopsWhenToldTo) {
  int turns = 0;
  const auto report =
      replay({.file = kMachines + "nist-Mazak01-20170627.shdr.txt"}, sink, [&](Duration) { return ++turns < 10; });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->messages, 9);
}

TEST_F(Replay, AnAgentsAnswersGoThroughItsSession) {
  const auto folder = fs::path{::testing::TempDir()} / "answers";
  fs::create_directories(folder);
  for (const auto* name : {"probe.http", "current.http", "sample-stream.http"}) {
    fs::copy_file(kMachines + name, folder / name, fs::copy_options::overwrite_existing);
  }
  const auto report = play({.file = folder});
  EXPECT_EQ(report.kind, RecordingKind::mtconnect);
  EXPECT_GT(report.samples, 100);
  EXPECT_EQ(report.gaps, 0);
  EXPECT_EQ(report.rejected, 0) << "the recording is cut in the middle of a part, which is no fault";
}

TEST_F(Replay, ASparkplugSessionIsBornTellsAndDies) {
  const auto report = play({.file = kRecordings + "sparkplug-client-session.jsonl"});
  EXPECT_EQ(report.kind, RecordingKind::mqtt);
  EXPECT_EQ(report.messages, 17);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(sink.notices_of(connectors::NoticeKind::device_online), 2u);
  EXPECT_EQ(sink.notices_of(connectors::NoticeKind::device_offline), 1u);
  for (const auto& [address, declaration] : sink.declared)
    EXPECT_EQ(sink.last(address), "null") << address << " after the death";
}

TEST_F(Replay, ModbusFramesBecomeTheirPointsAtTheTimesOfTheAnswers) {
  const auto report = play({.file = kRecordings + "modbus-pymodbus.jsonl"});
  EXPECT_EQ(report.kind, RecordingKind::modbus);
  EXPECT_EQ(report.messages, 6);
  ASSERT_EQ(sink.of("count").size(), 3u);
  for (std::size_t round = 0; round < 3; ++round) {
    EXPECT_EQ(sink.of("count")[round].text, std::to_string(17 + round));
    EXPECT_EQ(sink.of("temperature")[round].text, "12.5");
  }
  EXPECT_EQ(sink.of("counter")[1].text, "1000");
  EXPECT_EQ(sink.of("counter")[2].text, "2000");
  EXPECT_EQ(sink.of("counter")[1].time, Timestamp::from_ms(1'795'781'844'188));
  EXPECT_EQ(sink.last("label"), "ABC");
  EXPECT_EQ(sink.last("offset"), "-2.25");
}

TEST_F(Replay, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("hello").substr(0, 37), "the recording is of no known kind: SH");
  EXPECT_EQ(error_of("{\"topic\":\"a\",\"hex\":\"0g\"}\n"),
            "line 1: 'hex' has a character that is no hexadecimal digit");
  EXPECT_EQ(error_of("{\"t\":1,\"dir\":\"client\",\"hex\":\"\"}\n"), "line 1: a frame is shorter than its head");
  EXPECT_EQ(error_of("{\"dir\":\"up\",\"hex\":\"\"}\n"), "line 1: 'dir' must be client or server");
  EXPECT_EQ(error_of("<MTConnectStreams/>"), "the recording has no answer to probe, which tells what the values are");
  const auto missing = replay({.file = "/nowhere"}, sink, [](Duration) { return true; });
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace hanse::node::replay
