#include "connectors/opcua/session/value_summary.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace hanse::connectors::opcua {
namespace {

std::string summary_of(Variant::Value value, std::vector<std::int32_t> dimensions = {}) {
  Variant variant;
  variant.value = std::move(value);
  variant.dimensions = std::move(dimensions);
  return value_summary(variant, TypeBook{});
}

TEST(ValueSummary, lists_and_matrices_read_as_they_are_written) {
  EXPECT_EQ(summary_of(25.5), "25.5");
  EXPECT_EQ(summary_of({}), "nothing");
  EXPECT_EQ(summary_of(Array<std::int32_t>{1, 2, 3}), "[1, 2, 3]");
  EXPECT_EQ(summary_of(Array<std::int32_t>{1, 2, 3, 4}, {2, 2}), "[[1, 2], [3, 4]]");
  EXPECT_EQ(summary_of(Array<bool>{true, false}, {2, 1, 1}), "[[[true]], [[false]]]");
  EXPECT_EQ(summary_of(Box<ExtensionObject>{ExtensionObject{}}), "a structure");
}

TEST(ValueSummary, stays_short_whatever_a_server_claims) {
  constexpr auto kMany = std::numeric_limits<std::int32_t>::max();
  const Array<std::int32_t> one{1};
  const std::vector<std::vector<std::int32_t>> claims{
      {kMany, kMany}, {kMany, 0}, {0, kMany}, {-1, 2}, {2, -1}, std::vector<std::int32_t>(100'000, 1)};
  for (const auto& dimensions : claims) EXPECT_LT(summary_of(one, dimensions).size(), 300u);
  EXPECT_LT(summary_of(Array<std::int32_t>(10'000, 7)).size(), 300u);
  EXPECT_LT(summary_of(Array<String>(50, String{std::string(1000, 'x')})).size(), 500u);
}

}  // namespace
}  // namespace hanse::connectors::opcua
