#include "connectors/sparkplug/payload.hpp"

#include "base/random.hpp"
#include "connectors/sparkplug/convert.hpp"
#include "connectors/sparkplug/topic.hpp"

namespace hanse::connectors::sparkplug {
namespace {

std::string bytes(std::string_view hex) {
  std::string out;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return out;
}

TEST(SparkplugPayload, ReadsADeviceDataMessageFromTheWire) {
  const auto wire = bytes("08 b3f4a29aa034 12 0d 10 0b 18 b3f4a29aa034 20 03 50 00 18 02");
  Payload payload;
  ASSERT_TRUE(decode(wire, payload));
  EXPECT_EQ(payload.seq, 2u);
  ASSERT_EQ(payload.metrics.size(), 1u);
  EXPECT_EQ(payload.metrics[0].alias, 11u);
  EXPECT_EQ(payload.metrics[0].datatype, DataType::int32);
  EXPECT_EQ(payload.metrics[0].value.field, ValueField::int_value);
  EXPECT_EQ(payload.metrics[0].timestamp_ms, payload.timestamp_ms);
  EXPECT_EQ(encode(payload), wire);
}

TEST(SparkplugPayload, SignedNumbersOfAnyWrittenWidthKeepTheirSign) {
  EXPECT_EQ(integer_of(DataType::int8, 0xFF), -1);
  EXPECT_EQ(integer_of(DataType::int8, 0xFFFFFFFF), -1);
  EXPECT_EQ(integer_of(DataType::int16, 0x8AD0), -30000);
  EXPECT_EQ(integer_of(DataType::int32, 4294967284), -12);
  EXPECT_EQ(integer_of(DataType::int64, ~0ull - 6), -7);
  EXPECT_EQ(integer_of(DataType::uint8, 0xFFFFFFFF), 255);
  EXPECT_EQ(integer_of(DataType::uint32, 4'000'000'000), 4'000'000'000);
}

TEST(SparkplugPayload, UInt32MayStandInTheLongField) {
  signal::SampleBatch batch;
  EXPECT_TRUE(append_sample(batch, {}, DataType::uint32, {.field = ValueField::long_value, .bits = 4'000'000'000}));
  EXPECT_EQ(batch.samples[0].integer(), 4'000'000'000);
}

TEST(SparkplugPayload, EveryPlainTypeComesBack) {
  signal::SampleBatch batch;
  EXPECT_TRUE(append_sample(batch, {}, DataType::float32, real_value(DataType::float32, 1.5)));
  EXPECT_TRUE(append_sample(batch, {}, DataType::float64, real_value(DataType::float64, 2.25)));
  EXPECT_TRUE(append_sample(batch, {}, DataType::boolean, boolean_value(true)));
  EXPECT_TRUE(append_sample(batch, {}, DataType::string, text_value("x")));
  EXPECT_TRUE(append_sample(batch, {}, DataType::date_time, integer_value(DataType::date_time, 1700000000000)));
  EXPECT_TRUE(append_sample(batch, {}, DataType::uint64, {.field = ValueField::long_value, .bits = ~0ull}));
  EXPECT_FALSE(append_sample(batch, {}, DataType::int32, text_value("x")));
  EXPECT_FALSE(append_sample(batch, {}, DataType::string, text_value("\xff")));
  EXPECT_EQ(batch.samples[0].real(), 1.5);
  EXPECT_EQ(batch.samples[1].real(), 2.25);
  EXPECT_TRUE(batch.samples[2].boolean());
  EXPECT_EQ(batch.text(batch.samples[3]), "x");
  EXPECT_EQ(batch.samples[4].integer(), 1700000000000);
  EXPECT_EQ(batch.samples[5].type, signal::ValueType::real);
}

TEST(SparkplugArrays, AreLittleEndian) {
  EXPECT_EQ(*array_json(DataType::int16_array, bytes("d08a 3075")), "[-30000,30000]");
  EXPECT_EQ(*array_json(DataType::uint8_array, bytes("23fa")), "[35,250]");
  EXPECT_EQ(*array_json(DataType::float_array, bytes("0000c03f")), "[1.5]");
  EXPECT_EQ(*array_json(DataType::uint64_array, bytes("ffffffffffffffff")), "[18446744073709551615]");
  EXPECT_FALSE(array_json(DataType::int32_array, bytes("010203")));
}

TEST(SparkplugArrays, BooleansAreBitsAfterTheirCount) {
  EXPECT_EQ(*array_json(DataType::boolean_array, bytes("0c000000 34d0")),
            "[false,false,true,true,false,true,false,false,true,true,false,true]");
  EXPECT_FALSE(array_json(DataType::boolean_array, bytes("ffffffff 34")));
}

TEST(SparkplugArrays, StringsEndWithAZero) {
  EXPECT_EQ(*array_json(DataType::string_array, std::string_view{"ABC\0hello\0", 10}), R"(["ABC","hello"])");
  EXPECT_FALSE(array_json(DataType::string_array, "ABC"));
}

TEST(SparkplugDataSets, ComeBackAndAreKeptAsJson) {
  const DataSet set{.columns = {"a", "b"},
                    .types = {DataType::string, DataType::int32},
                    .rows = {{text_value("r1"), integer_value(DataType::int32, -1)},
                             {text_value("r2"), integer_value(DataType::int32, 2)}}};
  const auto wire = encode_data_set(set);
  const auto read = decode_data_set(wire);
  ASSERT_TRUE(read);
  EXPECT_EQ(data_set_json(*read), R"({"columns":["a","b"],"rows":[["r1",-1],["r2",2]]})");
}

TEST(SparkplugDataSets, TypesMayBePacked) {
  const auto read = decode_data_set(bytes("08 02 12 01 61 12 01 62 1a 02 0c 03"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->types, (std::vector{DataType::string, DataType::int32}));
}

TEST(SparkplugDataSets, RowsMustBeAsWideAsTheirColumns) {
  EXPECT_FALSE(decode_data_set(bytes("08 02 12 01 61 12 01 62 18 0c 18 03 22 04 0a 02 08 01")));
  EXPECT_FALSE(decode_data_set(bytes("08 7f 12 01 61 18 0c")));
}

TEST(SparkplugTemplates, ComeBack) {
  const Template instance{
      .version = "1",
      .reference = "Motor",
      .metrics = {{.name = "rpm", .datatype = DataType::int32, .value = integer_value(DataType::int32, 5)}},
      .parameters = {{.name = "p", .type = DataType::string, .value = text_value("x")}}};
  const auto wire = encode_template(instance);
  const auto read = decode_template(wire);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->reference, "Motor");
  EXPECT_EQ(read->metrics.at(0).value.bits, 5u);
  EXPECT_EQ(read->parameters.at(0).value.bytes, "x");
  EXPECT_FALSE(read->is_definition);
}

TEST(SparkplugProperties, ComeBackAndMustPair) {
  const auto wire = encode_properties({{.key = "engUnit", .type = DataType::string, .value = text_value("kW")},
                                       {.key = "engHigh", .type = DataType::float64, .is_null = true}});
  const auto read = decode_properties(wire);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).value.bytes, "kW");
  EXPECT_TRUE(read->at(1).is_null);
  EXPECT_FALSE(decode_properties(bytes("0a 01 61")));
}

TEST(SparkplugCompression, ComesBackInBothAlgorithms) {
  const std::string inner(10'000, 'x');
  for (const auto algorithm : {Compression::deflate, Compression::gzip}) {
    const auto wire = compress(inner, algorithm);
    Payload outer;
    ASSERT_TRUE(decode(wire, outer));
    EXPECT_TRUE(is_compressed(outer));
    EXPECT_EQ(*decompress(outer, 10'000), inner);
  }
}

TEST(SparkplugCompression, BombsAndDamageAreRefused) {
  const auto wire = compress(std::string(10'000'000, 'x'), Compression::deflate);
  Payload outer;
  ASSERT_TRUE(decode(wire, outer));
  EXPECT_EQ(decompress(outer, 1'000'000).error().code, ErrorCode::too_large);
  const std::string cut{outer.body.substr(0, outer.body.size() / 2)};
  outer.body = cut;
  EXPECT_EQ(decompress(outer, 100'000'000).error().code, ErrorCode::invalid);
  outer.metrics[0].value = text_value("LZ4");
  EXPECT_EQ(decompress(outer, 100).error().code, ErrorCode::invalid);
}

TEST(SparkplugPayload, NoCutOrDamageHarms) {
  Payload payload{.timestamp_ms = 1, .seq = 1};
  payload.metrics.push_back(
      {.name = "n", .alias = 7, .datatype = DataType::float64, .value = real_value(DataType::float64, 1)});
  const auto wire = encode(payload);
  Payload out;
  for (std::size_t size = 0; size < wire.size(); ++size)
    static_cast<void>(decode(wire.substr(0, size), out).has_value());
  Random random{4711};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = wire;
    damaged[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(wire.size()) - 1))] =
        static_cast<char>(random.integer(0, 255));
    if (decode(damaged, out)) {
      EXPECT_LE(out.metrics.size(), wire.size());
    }
  }
}

TEST(SparkplugTopics, AreTakenApartAndBack) {
  const auto topic = parse_topic("spBv1.0/G/DDATA/E/D");
  ASSERT_TRUE(topic);
  EXPECT_EQ(topic->type, MessageType::ddata);
  EXPECT_EQ(topic->device, "D");
  EXPECT_EQ(make_topic(topic->group, topic->type, topic->edge, topic->device), "spBv1.0/G/DDATA/E/D");
  EXPECT_EQ(parse_topic("spBv1.0/STATE/H")->host, "H");
  EXPECT_TRUE(parse_topic("STATE/H")->old_state);
}

TEST(SparkplugTopics, WithWrongPartsAreRefused) {
  for (const char* wrong : {"spBv1.0", "spBv1.0/G", "spBv1.0/G/NDATA", "spBv1.0/G/NDATA/E/D", "spBv1.0/G/DDATA/E",
                            "spBv1.0/G/FOO/E", "spBv1.0//NDATA/E", "spBv1.0/G/DDATA/E/", "spBv1.0/G/DDATA/E/D/X",
                            "spBv1.0/STATE/", "spBv1.0/STATE/a/b", "other/G/NDATA/E", ""}) {
    EXPECT_FALSE(parse_topic(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace hanse::connectors::sparkplug
