#include "historian/internal/chunk.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "historian/internal/byte_stream.hpp"
#include "historian/internal/crc32c.hpp"
#include "historian/internal/reals.hpp"
#include "historian/internal/times.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Quality;
using signal::Sample;
using signal::SignalId;
using signal::ValueType;

constexpr auto kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();
constexpr SignalId kSignal{7};

std::size_t integers_round_trip(const std::vector<std::int64_t>& values) {
  std::string bytes;
  ByteWriter out{bytes};
  encode_integers(values, out);
  std::vector<std::int64_t> read(values.size() + kColumnPadding);
  ByteReader in{bytes};
  EXPECT_TRUE(decode_integers(in, read));
  EXPECT_EQ(in.left(), 0U);
  read.resize(values.size());
  EXPECT_EQ(read, values);
  return bytes.size();
}

std::size_t reals_round_trip(const std::vector<double>& values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  std::string bytes;
  ByteWriter out{bytes};
  encode_reals(bits, out);
  std::vector<std::uint64_t> read(values.size() + kColumnPadding);
  ByteReader in{bytes};
  EXPECT_TRUE(decode_reals(in, read));
  EXPECT_EQ(in.left(), 0U);
  read.resize(values.size());
  EXPECT_EQ(read, bits);
  return bytes.size();
}

std::size_t times_round_trip(const std::vector<std::int64_t>& times) {
  std::string bytes;
  ByteWriter out{bytes};
  encode_times(times, 17, out);
  std::vector<std::int64_t> read(times.size() + kColumnPadding);
  ByteReader in{bytes};
  EXPECT_TRUE(decode_times(in, 17, read));
  EXPECT_EQ(in.left(), 0U);
  read.resize(times.size());
  EXPECT_EQ(read, times);
  return bytes.size();
}

void expect_same(const Columns& columns, const std::vector<Sample>& samples, const std::vector<std::string>& texts) {
  ASSERT_EQ(columns.count, samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto read = columns.sample(i, kSignal);
    ASSERT_EQ(read.time, samples[i].time) << i;
    ASSERT_EQ(read.type, samples[i].type) << i;
    ASSERT_EQ(read.quality, samples[i].quality) << i;
    if (read.type == ValueType::text) {
      ASSERT_EQ(columns.texts[read.bits], texts[samples[i].bits]) << i;
    } else if (read.type != ValueType::null) {
      ASSERT_EQ(read.bits, samples[i].bits) << i;
    }
  }
}

TEST(Crc32c, IsTheOneOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U) << "check value of CRC-32C (Castagnoli)";
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU) << "RFC 3720, B.4";
  EXPECT_EQ(crc32c("56789", crc32c("1234")), crc32c("123456789"));
}

TEST(Integers, ComeBackWhateverTheyAre) {
  integers_round_trip({});
  integers_round_trip({0});
  integers_round_trip({kMin});
  integers_round_trip({kMin, kMax, kMin, kMax, 0, -1, 1});
  Random random{11};
  for (int round = 0; round < 300; ++round) {
    const auto count = static_cast<std::size_t>(random.integer(1, 3000));
    const auto bits = static_cast<unsigned>(random.integer(0, 63));
    const double repeat = random.uniform();
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < count; ++i) {
      const auto fresh = static_cast<std::int64_t>(random() >> (63 - bits) >> 1) * (random.chance(0.5) ? 1 : -1);
      values.push_back(!values.empty() && random.chance(repeat) ? values.back() : fresh);
      if (random.chance(0.3) && values.size() > 1) values.back() = wrapping_add(values[values.size() - 2], fresh);
      if (random.chance(0.001)) values.back() = random.chance(0.5) ? kMin : kMax;
    }
    integers_round_trip(values);
  }
  std::vector<std::int64_t> most(kColumnValuesMax);
  for (auto& value : most) value = random.integer(-3, 3);
  integers_round_trip(most);
}

TEST(Integers, RunsAreShort) {
  EXPECT_LT(integers_round_trip(std::vector<std::int64_t>(10'000, 42)), 60U);
  std::vector<std::int64_t> ramp, curve;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    ramp.push_back(i * 37);
    curve.push_back(i * i);
  }
  EXPECT_LT(integers_round_trip(ramp), 100U);
  EXPECT_LT(integers_round_trip(curve), 100U);
}

TEST(Reals, ComeBackBitByBit) {
  const double nan_with_payload = std::bit_cast<double>(std::uint64_t{0x7FF8'0000'DEAD'BEEF});
  const double signalling = std::bit_cast<double>(std::uint64_t{0xFFF0'0000'0000'0001});
  const std::vector special{0.0,
                            -0.0,
                            nan_with_payload,
                            signalling,
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::denorm_min(),
                            -std::numeric_limits<double>::denorm_min(),
                            std::numeric_limits<double>::max(),
                            std::numeric_limits<double>::lowest(),
                            std::numeric_limits<double>::epsilon(),
                            1e300,
                            0.1 + 0.2};
  reals_round_trip(special);
  for (const double one : special) reals_round_trip({one});
  Random random{12};
  for (int round = 0; round < 300; ++round) {
    const auto count = static_cast<std::size_t>(random.integer(1, 2500));
    const int kind = static_cast<int>(random.integer(0, 4));
    const double power = std::pow(10.0, static_cast<double>(random.integer(0, 9)));
    const double odd = random.chance(0.5) ? 0 : random.uniform(0, 0.1);
    std::vector<double> values;
    double walk = random.uniform(-1000, 1000);
    for (std::size_t i = 0; i < count; ++i) {
      walk += random.normal(0, 1);
      switch (kind) {
        case 0:
          values.push_back(std::round(walk * power) / power);
          break;
        case 1:
          values.push_back(walk);
          break;
        case 2:
          values.push_back(std::bit_cast<double>(random()));
          break;
        case 3:
          values.push_back(static_cast<double>(static_cast<float>(std::round(walk * 100) / 100)));
          break;
        default:
          values.push_back(static_cast<double>(static_cast<float>(walk)));
          break;
      }
      if (random.chance(odd)) values.back() = special[static_cast<std::size_t>(random.integer(0, 12))];
    }
    reals_round_trip(values);
  }
}

TEST(Reals, FloatsOfDecimalsAreDecimals) {
  Random random{13};
  std::vector<double> doubles, floats;
  for (int i = 0; i < 4000; ++i) {
    const double value = std::round(random.normal(70, 0.5) * 10) / 10;
    doubles.push_back(value);
    floats.push_back(static_cast<double>(static_cast<float>(value)));
  }
  EXPECT_EQ(reals_round_trip(doubles), reals_round_trip(floats));
}

TEST(Times, ComeBackAndTakeLittle) {
  times_round_trip({});
  times_round_trip({kMin, kMax});
  times_round_trip({kMin, -1, 0, 1, kMax});
  Random random{14};
  std::vector<std::int64_t> regular, jitter, gaps;
  const std::int64_t start = 1'764'000'000'000'000'000;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    regular.push_back(start + i * 1'000'000'000);
    jitter.push_back(start + i * 1'000'000'000 + random.integer(-3, 3) * 1'000'000);
    gaps.push_back((gaps.empty() ? start : gaps.back()) + std::int64_t{random.chance(0.01) ? 60 : 1} * 1'000'000'000);
  }
  EXPECT_LT(times_round_trip(regular), 20U);
  EXPECT_LT(times_round_trip(jitter), 10'000 * 3 / 8 + 200U) << "seven offsets are under three bits";
  EXPECT_LT(times_round_trip(gaps), 300U);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::int64_t> times{random.integer(-1'000, 1'000)};
    const auto unit =
        std::array<std::int64_t, 4>{1, 1'000, 1'000'000, 1'000'000'000}[static_cast<std::size_t>(round % 4)];
    for (auto count = random.integer(1, 500); count > 0; --count)
      times.push_back(times.back() + random.integer(1, 50) * unit);
    times_round_trip(times);
  }
}

TEST(Times, ThatDontIncreaseAreRefused) {
  std::string bytes;
  ByteWriter out{bytes};
  encode_times(std::vector<std::int64_t>{5, 4, 3}, 0, out);
  std::vector<std::int64_t> read(3 + kColumnPadding);
  ByteReader in{bytes};
  EXPECT_FALSE(decode_times(in, 0, read));
}

TEST(Chunk, KeepsEveryTypeAndQualityInOneSeries) {
  Random random{15};
  for (int round = 0; round < 200; ++round) {
    std::vector<Sample> samples;
    std::vector<std::string> texts{"RUNNING", "", "STOPPED", std::string(300, 'x')};
    const int mixed = static_cast<int>(random.integer(0, 3));
    std::int64_t time = random.integer(-1'000'000, 1'000'000);
    for (auto count = random.integer(1, 800); count > 0; --count) {
      time += random.integer(1, 3) * 1'000'000;
      Sample sample{.time = {time}, .signal = kSignal};
      sample.type = static_cast<ValueType>(mixed == 0 ? 1 : mixed == 1 ? random.integer(0, 1) : random.integer(0, 4));
      sample.quality = random.chance(0.01) ? Quality::bad : Quality::good;
      switch (sample.type) {
        case ValueType::text:
          sample.bits = static_cast<std::uint64_t>(random.integer(0, 3));
          break;
        case ValueType::boolean:
          sample.bits = random.chance(0.5) ? 1 : 0;
          break;
        case ValueType::real:
          sample.bits = std::bit_cast<std::uint64_t>(random.normal(0, 1));
          break;
        case ValueType::integer:
          sample.bits = random();
          break;
        case ValueType::null:
          break;
      }
      samples.push_back(sample);
    }
    const auto bytes = encode_chunk(samples, texts);
    Columns columns;
    const auto decoded = decode_chunk(bytes, columns);
    ASSERT_TRUE(decoded) << decoded.error().message;
    expect_same(columns, samples, texts);
    EXPECT_EQ(chunk_summary(bytes).value(), summarise(samples));
  }
}

TEST(Chunk, EveryFlippedBitIsNoticed) {
  std::vector<Sample> samples;
  for (int i = 0; i < 100; ++i) {
    samples.push_back(
        {.time = {i * 10}, .bits = std::bit_cast<std::uint64_t>(i * 0.25), .signal = kSignal, .type = ValueType::real});
  }
  const auto bytes = encode_chunk(samples, {});
  Columns columns;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(decode_chunk(damaged, columns).error().code, ErrorCode::corrupt) << bit;
    EXPECT_FALSE(chunk_summary(damaged)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_chunk(std::string_view{bytes}.substr(0, size), columns)) << size;
  }
}

TEST(Summary, OfTwoHalvesIsThatOfTheWhole) {
  Summary whole, first, second;
  const std::array<Level, 6> levels{Level{true, 2}, Level{true, 4}, Level{}, Level{true, -1}, Level{}, Level{true, 8}};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto time = static_cast<std::int64_t>(i) * 10;
    whole.add(time, levels[i]);
    (i < 2 ? first : second).add(time, levels[i]);
  }
  EXPECT_EQ(whole.samples, 6);
  EXPECT_EQ(whole.count, 4);
  EXPECT_EQ(whole.covered_ns, 30) << "two unknown stretches";
  EXPECT_EQ(whole.integral, 20.0 + 40.0 - 10.0);
  first.append(second);
  EXPECT_EQ(first, whole);
  std::vector<Summary> summaries{whole, second}, read;
  summaries[1].begin_ns += 100;
  summaries[1].end_ns += 100;
  summaries[1].first_ns += 100;
  summaries[1].last_ns += 100;
  ASSERT_TRUE(decode_summaries(encode_summaries(summaries), read));
  EXPECT_EQ(read, summaries);
}

}  // namespace
}  // namespace hanse::historian::internal
