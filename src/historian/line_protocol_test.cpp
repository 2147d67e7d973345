#include "historian/line_protocol.hpp"

#include <algorithm>
#include <atomic>

#include "historian/line_protocol_body.hpp"
#include "historian/line_protocol_intake.hpp"

namespace hanse::historian {
namespace {

using signal::kNoSignal;
using signal::ValueType;

constexpr Timestamp kNow{1'000};

/// Reads and gives every unknown field the next number from 1 on.
LineResult read(LineReader& reader, std::string_view text, LinePrecision precision = LinePrecision::ns) {
  auto result = reader.read(text, precision, kNow);
  std::vector<SignalId> signals;
  for (std::size_t i = 0; i < result.unknown.size(); ++i)
    signals.push_back(SignalId{static_cast<std::uint32_t>(i + 1)});
  reader.settle(result, signals, std::vector<std::string>(signals.size()));
  return result;
}

LineResult read(std::string_view text, LinePrecision precision = LinePrecision::ns) {
  LineReader reader;
  return read(reader, text, precision);
}

double number_of(std::string_view value) {
  const auto result = read("m f=" + std::string{value});
  EXPECT_TRUE(result.errors.empty()) << value << ": " << (result.errors.empty() ? "" : result.errors[0].message);
  return result.batch.samples.empty() ? std::nan("") : result.batch.samples[0].number();
}

std::string wrong(std::string_view line) {
  const auto result = read(line);
  EXPECT_TRUE(result.batch.empty()) << line;
  return result.errors.empty() ? "" : result.errors[0].message;
}

TEST(LineProtocol, ReadsEachTypeOfValue) {
  const auto result = read("press,asset=p1 real=1.5,whole=-3i,unsigned=7u,on=t,off=FALSE,text=\"a \\\"b\\\" \\\\\" 42");

  ASSERT_EQ(result.errors, std::vector<LineError>{});
  const auto& samples = result.batch.samples;
  ASSERT_EQ(samples.size(), 6u);
  EXPECT_EQ(samples[0].real(), 1.5);
  EXPECT_EQ(samples[1].integer(), -3);
  EXPECT_EQ(samples[2].integer(), 7);
  EXPECT_TRUE(samples[3].type == ValueType::boolean && samples[3].boolean());
  EXPECT_TRUE(samples[4].type == ValueType::boolean && !samples[4].boolean());
  EXPECT_EQ(result.batch.text(samples[5]), "a \"b\" \\");
  for (const auto& sample : samples) EXPECT_EQ(sample.time.ns, 42);
}

TEST(LineProtocol, ReadsNumbersAsTheNearestDouble) {
  for (const auto* text : {"0", "-0", "1", "0.1", "-17.25", "58.1317132304976170", "1e22", "1e23", "9007199254740993",
                           "4.9e-324", "1.7976931348623157e308", "123456789012345678901234567890",
                           "0.000000000000000000000000000001", "1E+5", "2.5e-3", ".5", "5."}) {
    const double expected = std::strtod(text, nullptr);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(number_of(text)), std::bit_cast<std::uint64_t>(expected)) << text;
  }
  EXPECT_EQ(number_of("1e-999"), 0.0);
}

TEST(LineProtocol, KeepsWhatTheSeriesIsCalled) {
  LineReader reader;
  const auto result = reader.read("cpu\\ load,host=a\\,b,core=0 usage\\ idle=1,x=2\ncpu\\ load,host=a\\,b,core=0 x=3",
                                  LinePrecision::ns, kNow);

  ASSERT_EQ(result.unknown.size(), 2u);
  EXPECT_EQ(result.unknown[0].series, "cpu\\ load,host=a\\,b,core=0");
  EXPECT_EQ(result.unknown[0].field, "usage idle");
  EXPECT_EQ(result.unknown[1].line, 1);
  EXPECT_EQ(result.waiting.size(), 3u);
}

TEST(LineProtocol, AsksForASeriesOnce) {
  LineReader reader;
  EXPECT_EQ(read(reader, "m,a=1 f=1,g=2\n").unknown.size(), 2u);

  const auto again = read(reader, "m,a=1 g=3,f=4\nm,a=2 f=5\n");

  EXPECT_EQ(again.unknown.size(), 1u);
  EXPECT_EQ(again.batch.samples[0].signal, SignalId{2});
  EXPECT_EQ(again.batch.samples[1].signal, SignalId{1});
}

TEST(LineProtocol, ScalesTimesByPrecision) {
  EXPECT_EQ(read("m f=1 5", LinePrecision::s).batch.samples[0].time.ns, 5'000'000'000);
  EXPECT_EQ(read("m f=1 -5", LinePrecision::ms).batch.samples[0].time.ns, -5'000'000);
  EXPECT_EQ(read("m f=1").batch.samples[0].time, kNow);
  EXPECT_EQ(*parse_line_precision("u"), LinePrecision::us);
  EXPECT_EQ(parse_line_precision("d").error().fields[0].message, "must be one of ns, us, ms, s, m, h");
}

TEST(LineProtocol, LeavesOutAWrongLineAndKeepsTheOthers) {
  const auto result = read("m f=1 1\n\n# a comment\nm f=2,g=oops 2\r\nm f=\"two\nlines\" 3\nm f=4 4\r\n");

  EXPECT_EQ(result.lines, 4);
  EXPECT_EQ(result.failed, 1);
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].line, 4);
  EXPECT_EQ(result.unknown.size(), 1u) << "a wrong line makes no series";
  ASSERT_EQ(result.batch.samples.size(), 3u);
  EXPECT_EQ(result.batch.text(result.batch.samples[1]), "two\nlines");
  EXPECT_EQ(result.batch.samples[2].time.ns, 4);
}

TEST(LineProtocol, CountsLinesThatAQuotedTextSpans) {
  const auto result = read("m f=\"a\nb\"\nm oops\n");
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_EQ(result.errors[0].line, 3);
}

TEST(LineProtocol, SaysWhatIsWrong) {
  EXPECT_EQ(wrong("m"), "has no fields; it must be: measurement,tag=value field=value time");
  EXPECT_EQ(wrong(",a=1 f=1"), "begins without a measurement");
  EXPECT_EQ(wrong("m,a f=1"), "tag 'a' must be a name, = and a value");
  EXPECT_EQ(wrong("m f=1 x"), "time must be a whole number at the end of the line");
  EXPECT_EQ(wrong("m f=1 99999999999999999999"), "time is outside the years 1677 to 2262; is the precision right?");
  EXPECT_EQ(wrong("m f=1;g=2"), "has text after a value; fields are divided by commas");
  EXPECT_EQ(wrong("m f=1e999"), "field 'f' is a number too large for 64 bits");
  EXPECT_EQ(wrong("m f=9223372036854775808i"), "field 'f' is a whole number outside 64 bits");
  EXPECT_EQ(wrong("m f=-1u"), "field 'f' is unsigned and below zero");
  EXPECT_EQ(wrong("m f=\"open"), "field 'f' is a text whose quote is never closed");
  EXPECT_EQ(wrong("m f=NaN"),
            "field 'f' must be a number, a whole number ending in i, a text in double quotes, true or false");
  EXPECT_EQ(wrong("m f"), "field 1 must be a name, = and a value");
}

TEST(LineProtocol, TakesOutWhatIsRefused) {
  LineReader reader;
  auto result = reader.read("m f=1,g=2 1\nm f=3 2\n", LinePrecision::ns, kNow);

  reader.settle(result, std::vector{kNoSignal, SignalId{9}}, std::vector<std::string>{"not here", ""});

  ASSERT_EQ(result.batch.samples.size(), 1u);
  EXPECT_EQ(result.batch.samples[0].signal, SignalId{9});
  EXPECT_EQ(result.errors, (std::vector<LineError>{{1, "not here"}}));
  EXPECT_EQ(reader.read("m f=1", LinePrecision::ns, kNow).unknown.size(), 1u) << "a refusal is not for ever";
}

TEST(LineProtocolSeries, NamesAssetAndSignalByTheRule) {
  const auto series = series_of_line("cpu,cpu=cpu0,host=web\\ 1,unit=%", "usage_idle", ValueType::real);
  EXPECT_EQ(series.asset.value, "web 1");
  EXPECT_EQ(series.name, "cpu_usage_idle_cpu0");
  EXPECT_EQ(series.unit, "%");
  EXPECT_EQ(series_of_line("temperature,asset=oven-1", "value", ValueType::real).name, "temperature");
  const auto bare = series_of_line("press-4", "power", ValueType::real);
  EXPECT_EQ(bare.asset.value, "press-4");
  EXPECT_EQ(bare.name, "power");
  EXPECT_EQ(series_of_line("press-4", "value", ValueType::real).name, "value");
}

signal::Signal some_signal(std::uint32_t number, std::string asset, std::string name) {
  signal::Signal made;
  made.number = SignalId{number};
  made.asset = signal::AssetId{std::move(asset)};
  made.name = std::move(name);
  return made;
}

TEST(LineIntake, WritesKnownSeriesAndAsksForOthersInOneCall) {
  signal::Directory directory;
  directory.put({some_signal(4, "p1", "press_power")});
  SimulatedClock clock{kNow};
  SampleBatch written;
  std::vector<ForeignSeries> asked;
  LineIntake intake{
      {.directory = directory,
       .clock = clock,
       .append = [&](const SampleBatch& batch) -> Result<AppendCounts> {
         written = batch;
         return AppendCounts{.stored = std::ssize(batch.samples)};
       },
       .resolve = [&](const api::Caller&, std::span<const ForeignSeries> series) -> Result<std::vector<SignalId>> {
         asked.assign(series.begin(), series.end());
         return std::vector<SignalId>{SignalId{5}, kNoSignal};
       }}};

  const auto report =
      intake.write({}, "press,asset=p1 power=1 1\npress,asset=p2 power=2,heat=3 1\n", LinePrecision::ns);

  ASSERT_TRUE(report);
  EXPECT_EQ(asked.size(), 2u);
  EXPECT_EQ(report->values, 2);
  ASSERT_EQ(report->errors.size(), 1u);
  EXPECT_EQ(report->errors[0].message, "there is no signal 'press_heat' of asset 'p2', and it isn't made here");
  EXPECT_EQ(written.samples[1].signal, SignalId{5});
}

TEST(LineIntake, LearnsAnewWhenTheSignalsChange) {
  signal::Directory directory;
  directory.put({some_signal(4, "p1", "power")});
  SimulatedClock clock{kNow};
  SampleBatch written;
  LineIntake intake{
      {.directory = directory, .clock = clock, .append = [&](const SampleBatch& batch) -> Result<AppendCounts> {
         written = batch;
         return AppendCounts{};
       }}};
  ASSERT_TRUE(intake.write({}, "p1 power=1", LinePrecision::ns));
  directory.remove({SignalId{4}});
  directory.put({some_signal(8, "p1", "power")});

  ASSERT_TRUE(intake.write({}, "p1 power=1", LinePrecision::ns));

  EXPECT_EQ(written.samples[0].signal, SignalId{8});
}

TEST(LineIntake, AsksForOneBatchAtATime) {
  signal::Directory directory;
  SimulatedClock clock{kNow};
  std::atomic<int> asking = 0, most = 0, rounds = 0;
  LineIntake intake{
      {.directory = directory,
       .clock = clock,
       .append = [](const SampleBatch&) -> Result<AppendCounts> { return AppendCounts{}; },
       .resolve = [&](const api::Caller&, std::span<const ForeignSeries> series) -> Result<std::vector<SignalId>> {
         most = std::max(most.load(), ++asking);
         std::this_thread::yield();
         --asking;
         ++rounds;
         return std::vector<SignalId>(series.size(), SignalId{1});
       }}};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&intake, i] {
        for (int j = 0; j < 200; ++j) (void)intake.write({}, fmt::format("m{}_{} f=1", i, j), LinePrecision::ns);
      });
    }
  }
  EXPECT_EQ(rounds, 800);
  EXPECT_EQ(most, 1);
}

TEST(LineBody, UnpacksGzipAndRefusesWhatIsBroken) {
  const std::string packed{
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x55\x48\xb3\x35\x54\x30\xe4\x02\x00\x67\xf4\x3f\x30\x08\x00\x00"
      "\x00",
      28};  // of "m f=1 1\n"
  EXPECT_EQ(*plain_line_body("m f=1"), "m f=1");
  EXPECT_EQ(*plain_line_body(packed), "m f=1 1\n");
  EXPECT_EQ(plain_line_body("\x1f\x8brubbish").error().message, "the body is broken gzip");
  EXPECT_EQ(plain_line_body(packed.substr(0, 15)).error().message, "the body is broken gzip");
}

}  // namespace
}  // namespace hanse::historian
