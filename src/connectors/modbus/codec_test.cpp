#include "connectors/modbus/codec.hpp"

#include <gtest/gtest.h>

namespace hanse::connectors::modbus {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

ReadAnswer answer_to(const Read& read, const std::string& stream) {
  FrameReader reader;
  reader.feed(stream);
  const auto frame = reader.next();
  EXPECT_TRUE(frame && *frame);
  const auto answer = parse_answer(**frame, read);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
  return answer ? *answer : ReadAnswer{};
}

TEST(ModbusCodec, WritesARequestAsTheSpecificationShowsIt) {
  // V1.1b3, 6.3: read registers 108 to 110.
  EXPECT_EQ(encode({.transaction = 0x1501, .unit = 0xFF, .read = {Table::holding, 107, 3}}),
            bytes({0x15, 0x01, 0, 0, 0, 6, 0xFF, 3, 0, 0x6B, 0, 3}));
  EXPECT_EQ(encode({.transaction = 1, .unit = 1, .read = {Table::discrete, 196, 22}})[7], 2);
}

TEST(ModbusCodec, ReadsRegistersOfTheSpecificationsExample) {
  const auto answer = answer_to({Table::holding, 107, 3}, bytes({0, 1, 0, 0, 0, 9, 1, 3, 6, 2, 0x2B, 0, 0, 0, 0x64}));
  EXPECT_EQ(answer.words, (std::vector<std::uint16_t>{555, 0, 100}));
}

TEST(ModbusCodec, ReadsBitsLeastSignificantFirst) {
  // V1.1b3, 6.1: coils 20 to 38 are CD 6B 05.
  const auto answer = answer_to({Table::coil, 19, 19}, bytes({0, 1, 0, 0, 0, 6, 1, 1, 3, 0xCD, 0x6B, 0x05}));
  EXPECT_EQ(answer.words, (std::vector<std::uint16_t>{1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1}));
}

TEST(ModbusCodec, WaitsForTheOtherHalfOfAFrameAndCutsTwoInOneSegment) {
  const auto one = bytes({0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7}), two = bytes({0, 2, 0, 0, 0, 5, 1, 3, 2, 0, 8});
  FrameReader reader;
  for (std::size_t i = 0; i + 1 < one.size(); ++i) {
    reader.feed(std::string_view{one}.substr(i, 1));
    const auto none = reader.next();
    ASSERT_TRUE(none && !*none) << "after " << i + 1 << " bytes";
  }
  reader.feed(one.substr(one.size() - 1) + two);

  const auto first = reader.next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->transaction, 1);
  const auto second = reader.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->transaction, 2);
  EXPECT_FALSE(*reader.next());
}

TEST(ModbusCodec, RefusesWhatIsNotModbus) {
  FrameReader http;
  http.feed(std::string_view{"HTTP/1.1 400 Bad Request"});
  EXPECT_EQ(http.next().error().code, ErrorCode::corrupt);
  FrameReader long_frame;
  long_frame.feed(bytes({0, 1, 0, 0, 1, 0, 1, 3}));
  EXPECT_EQ(long_frame.next().error().message, "the answer isn't Modbus: its length is 256");
}

TEST(ModbusCodec, ToldWhatDoesNotFitTheQuestion) {
  FrameReader reader;
  reader.feed(bytes({0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7}));
  const auto frame = reader.next();
  EXPECT_EQ(parse_answer(**frame, {Table::holding, 0, 2}).error().code, ErrorCode::not_found);
  EXPECT_EQ(parse_answer(**frame, {Table::input, 0, 1}).error().message, "asked with function 4, the answer has 3");
}

TEST(ModbusCodec, KnowsExceptions) {
  EXPECT_EQ(answer_to({Table::holding, 0, 1}, bytes({0, 1, 0, 0, 0, 3, 1, 0x83, 2})).exception, 2);
  EXPECT_EQ(exception_text(2), "illegal data address");
}

}  // namespace
}  // namespace hanse::connectors::modbus
