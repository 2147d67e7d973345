#include "connectors/opcua/codec/variant_json.hpp"

namespace hanse::connectors::opcua {
namespace {

Result<Variant> made(Builtin type, std::string_view text, std::size_t rank = 0) {
  const auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document) << text;
  return variant_from_json(type, rank, document->root());
}

TEST(VariantFromJson, has_the_type_that_is_wanted_and_no_other) {
  EXPECT_EQ(std::get<std::uint16_t>(made(Builtin::uint16, "65535")->value), 65535);
  EXPECT_EQ(std::get<float>(made(Builtin::float_, "1.5")->value), 1.5F);
  EXPECT_EQ(std::get<double>(made(Builtin::double_, "3")->value), 3.0);
  EXPECT_EQ(std::get<bool>(made(Builtin::boolean, "true")->value), true);
  EXPECT_EQ(std::get<String>(made(Builtin::string, R"("press")")->value), "press");
  EXPECT_EQ((*std::get<Box<LocalizedText>>(made(Builtin::localized_text, R"("Presse")")->value)).text, "Presse");
  EXPECT_EQ(std::get<DateTime>(made(Builtin::date_time, R"("2026-11-28T00:00:00Z")")->value).time(),
            *parse_timestamp("2026-11-28T00:00:00Z"));
  EXPECT_EQ(std::get<Array<std::int32_t>>(made(Builtin::int32, "[1, -2]", 1)->value).size(), 2u);
  EXPECT_TRUE(std::get<Array<double>>(made(Builtin::double_, "[]", 1)->value).empty());
}

TEST(VariantFromJson, refuses_what_would_be_rounded_or_guessed) {
  for (const auto& [type, text] : {std::pair{Builtin::byte, "256"},
                                   {Builtin::sbyte, "-129"},
                                   {Builtin::uint64, "-1"},
                                   {Builtin::int32, "1.5"},
                                   {Builtin::int32, "\"1\""},
                                   {Builtin::float_, "1e300"},
                                   {Builtin::boolean, "1"},
                                   {Builtin::string, "1"},
                                   {Builtin::date_time, "\"yesterday\""},
                                   {Builtin::int32, "[1]"},
                                   {Builtin::int32, "null"},
                                   {Builtin::extension_object, "{}"},
                                   {Builtin::null, "null"}}) {
    const auto value = made(type, text);
    ASSERT_FALSE(value) << builtin_name(type) << " of " << text;
    EXPECT_EQ(value.error().code, ErrorCode::invalid);
  }
  EXPECT_FALSE(made(Builtin::int32, "1", 1)) << "a list is wanted";
  EXPECT_FALSE(made(Builtin::int32, "[1, \"x\"]", 1));
}

TEST(VariantFromJson, a_matrix_is_the_list_of_its_rows) {
  const auto matrix = made(Builtin::int16, "[[1, 2, 3], [4, 5, 6]]", 2);
  ASSERT_TRUE(matrix) << matrix.error().message;
  EXPECT_EQ(std::get<Array<std::int16_t>>(matrix->value), (Array<std::int16_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(matrix->dimensions, (std::vector<std::int32_t>{2, 3}));
  EXPECT_EQ(made(Builtin::int16, "[]", 2)->dimensions, (std::vector<std::int32_t>{0, 0}));
  EXPECT_EQ(made(Builtin::boolean, "[[[true]], [[false]]]", 3)->dimensions, (std::vector<std::int32_t>{2, 1, 1}));
  for (const auto* wrong : {"[[1, 2], [3]]", "[1, 2]", "[[1], 2]", "[[[1]]]", "1"})
    EXPECT_FALSE(made(Builtin::int16, wrong, 2)) << wrong;
  std::string long_one = "[0";
  for (std::size_t i = 0; i < kWrittenElementsMax; ++i) long_one += ",0";
  EXPECT_FALSE(made(Builtin::int16, long_one + "]", 1)) << "too many";
}

TEST(VariantFromJson, bytes_are_hexadecimal) {
  EXPECT_EQ(std::get<ByteString>(made(Builtin::byte_string, R"("0aFf")")->value), ByteString{"\x0a\xff"});
  for (const auto* wrong : {R"("0")", R"("0g")", R"("-1")", "10"})
    EXPECT_FALSE(made(Builtin::byte_string, wrong)) << wrong;
}

}  // namespace
}  // namespace hanse::connectors::opcua
