#include "connectors/opcua/session/active_conditions.hpp"

#include <gtest/gtest.h>

namespace hanse::connectors::opcua {
namespace {

using Change = ActiveConditions::Change;

TEST(ActiveConditions, an_alarm_begins_once_and_ends_once) {
  ActiveConditions conditions;
  EXPECT_EQ(conditions.told({"Press1", "Level"}, true), Change::begins);
  EXPECT_EQ(conditions.told({"Press1", "Level"}, true), Change::none) << "acknowledged, or another severity";
  EXPECT_EQ(conditions.told({"Press2", "Level"}, true), Change::begins);
  EXPECT_EQ(conditions.told({"Press1", "Level"}, false), Change::ends);
  EXPECT_EQ(conditions.told({"Press1", "Level"}, false), Change::none);
}

TEST(ActiveConditions, what_a_refresh_leaves_out_is_over) {
  ActiveConditions conditions;
  conditions.told({"Press1", "Level"}, true);
  conditions.told({"Press1", "Heat"}, true);
  EXPECT_TRUE(conditions.refresh_ends().empty()) << "none was under way";
  conditions.refresh_begins();
  EXPECT_EQ(conditions.told({"Press1", "Heat"}, true), Change::none);
  EXPECT_EQ(conditions.told({"Press1", "Door"}, true), Change::begins);
  const auto over = conditions.refresh_ends();
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].name, "Level");
  EXPECT_EQ(conditions.told({"Press1", "Level"}, true), Change::begins);
}

TEST(ActiveConditions, a_server_with_endless_alarms_takes_no_endless_memory) {
  ActiveConditions conditions;
  for (std::size_t i = 0; i < ActiveConditions::kConditionsMax; ++i)
    ASSERT_EQ(conditions.told({"s", std::to_string(i)}, true), Change::begins);
  EXPECT_EQ(conditions.told({"s", "one more"}, true), Change::none);
}

}  // namespace
}  // namespace hanse::connectors::opcua
