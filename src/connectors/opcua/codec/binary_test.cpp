#include "connectors/opcua/codec/binary.hpp"

#include "base/random.hpp"
#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/internal/arbitrary.hpp"
#include "connectors/opcua/internal/hex.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::from_hex;
using internal::to_hex;

TEST(Binary, node_ids_take_the_shortest_form) {
  EXPECT_EQ(to_hex(to_binary(NodeId{84})), "0054");
  EXPECT_EQ(to_hex(to_binary(NodeId{446})), "0100be01");
  EXPECT_EQ(to_hex(to_binary(NodeId{2, 70'000})), "02020070110100");
  EXPECT_EQ(to_hex(to_binary(NodeId{1, "Press1.Temp"})), "0301000b000000" + to_hex("Press1.Temp"));
}

TEST(Binary, values_lie_as_the_wire_samples_show) {
  Variant number;
  number.value = 42.5;
  EXPECT_EQ(to_hex(to_binary(number)), "0b0000000000404540");
  Variant array;
  array.value = Array<float>{1, 2, 3};
  EXPECT_EQ(to_hex(to_binary(array)), "8a030000000000803f0000004000004040");
  EXPECT_EQ(to_hex(to_binary(data_value(42.5))), "010b0000000000404540");
  EXPECT_EQ(to_hex(to_binary(wrap(AnonymousIdentityToken{.policy_id = "anonymous"}))),
            "01004101010d00000009000000" + to_hex("anonymous"));
  const DataChangeFilter deadband{.deadband_type = DeadbandType::absolute, .deadband_value = 0.5};
  EXPECT_EQ(to_hex(to_binary(wrap(deadband))),
            "0100d402011000000001000000"
            "01000000"
            "000000000000e03f");
}

TEST(Binary, times_count_from_1601) {
  const auto time = parse_timestamp("2026-11-22T12:43:46.542Z");
  EXPECT_EQ(DateTime::from(*time).ticks, 134'398'250'265'420'000);
  EXPECT_EQ(to_hex(to_binary(DateTime::from(*time))), "e020811d7f7add01");
  EXPECT_EQ(DateTime::from(*time).time(), *time);
  EXPECT_EQ(DateTime{std::numeric_limits<std::int64_t>::max()}.time(), Timestamp::max());
  EXPECT_LT(DateTime{std::numeric_limits<std::int64_t>::min()}.time(), Timestamp{});
}

TEST(Binary, what_is_decoded_encodes_to_the_same_for_all_built_in_types) {
  constexpr std::uint64_t kSeed = 20261127;
  SCOPED_TRACE(kSeed);
  Random random{kSeed};
  for (int i = 0; i < 3000; ++i) {
    const Variant value = internal::arbitrary_variant(random, 0);
    const auto bytes = to_binary(value);
    const auto again = from_binary<Variant>(bytes);
    ASSERT_TRUE(again) << to_string(again.error()) << " " << to_hex(bytes);
    ASSERT_EQ(*again, value) << to_hex(bytes);
    ASSERT_EQ(to_hex(to_binary(*again)), to_hex(bytes));
  }
}

TEST(Binary, every_cut_of_a_message_is_an_error_and_never_more) {
  Random random{7};
  Variant matrix;
  matrix.value = Array<double>{1, 2, 3, 4, 5, 6};
  matrix.dimensions = {2, 3};
  Array<Variant> all{matrix};
  for (int i = 0; i < 20; ++i) all.push_back(internal::arbitrary_variant(random, 0));
  const auto bytes = to_binary(all);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(from_binary<Array<Variant>>(std::string_view{bytes}.substr(0, size)));
  }
}

TEST(Binary, lengths_are_not_believed) {
  EXPECT_FALSE(from_binary<String>(from_hex("ffffff7f41")));
  EXPECT_FALSE(from_binary<Array<double>>(from_hex("ffffff7f0000000000000000")));
  EXPECT_FALSE(from_binary<Variant>(from_hex("8bffffff7f")));
  EXPECT_FALSE(from_binary<Variant>(from_hex("1a")));          // no such type
  EXPECT_FALSE(from_binary<Variant>(from_hex("180101")));      // a variant in a variant
  EXPECT_FALSE(from_binary<Variant>(from_hex("80")));          // an array of nothing
  EXPECT_FALSE(from_binary<Variant>(from_hex("4601000000")));  // dimensions without an array
  EXPECT_TRUE(from_binary<Array<double>>(from_hex("ffffffff")));
}

TEST(Binary, small_messages_do_not_grow_into_large_ones) {
  // Four million null variants in four megabytes would be half a gigabyte.
  std::string bytes = to_binary(std::int32_t{4'000'000});
  bytes.append(4'000'000, '\0');
  const auto read = from_binary<Array<Variant>>(bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("memory"), std::string::npos);
}

TEST(Binary, nesting_ends_somewhere) {
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) bytes += from_hex("9801000000");  // an array of one variant, and so on
  EXPECT_FALSE(from_binary<Variant>(bytes));
  EXPECT_FALSE(from_binary<DiagnosticInfo>(std::string(10'000, '\x40')));
}

TEST(Binary, empty_is_not_null) {
  EXPECT_EQ(to_hex(to_binary(String{})), "ffffffff");
  const auto empty = from_binary<String>(from_hex("00000000"));
  ASSERT_TRUE(empty);
  EXPECT_EQ(to_hex(to_binary(*empty)), "00000000");
}

}  // namespace
}  // namespace hanse::connectors::opcua
