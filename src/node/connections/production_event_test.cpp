#include "node/connections/production_event.hpp"

#include <gtest/gtest.h>

namespace hanse::node {
namespace {

using connectors::NoticeKind;

connectors::Notice notice(NoticeKind kind, std::optional<Timestamp> begin, std::optional<Timestamp> end) {
  return {.kind = kind,
          .time = Timestamp{5},
          .device = "Press1",
          .message = "Level: too high (severity 700, active)",
          .sample = {},
          .begin = begin,
          .end = end};
}

TEST(ProductionEvent, an_alarm_begins_and_ends_on_its_machine) {
  const auto begun = production_event(notice(NoticeKind::condition, Timestamp{5}, {}), plant::AssetId{"press-1"}, "c");
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->kind, plant::EventKind::alarm);
  EXPECT_EQ(begun->asset.value, "press-1");
  EXPECT_EQ(begun->time, Timestamp{5});
  EXPECT_EQ(begun->reason, "Level: too high (severity 700, active)");
  const auto over = production_event(notice(NoticeKind::condition, {}, Timestamp{9}), plant::AssetId{"press-1"}, "c");
  ASSERT_TRUE(over);
  EXPECT_EQ(over->kind, plant::EventKind::alarm_end);
  EXPECT_EQ(over->time, Timestamp{9});
}

TEST(ProductionEvent, a_gap_has_its_span_and_other_notices_are_none) {
  const auto gap = production_event(notice(NoticeKind::gap, Timestamp{5}, Timestamp{9}), plant::AssetId{"a"}, "c");
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->kind, plant::EventKind::gap);
  EXPECT_EQ(gap->duration_ns, 4);
  EXPECT_FALSE(production_event(notice(NoticeKind::gap, Timestamp{5}, {}), plant::AssetId{"a"}, "c"));
  EXPECT_FALSE(production_event(notice(NoticeKind::condition, {}, {}), plant::AssetId{"a"}, "c")) << "acknowledged";
  EXPECT_FALSE(production_event(notice(NoticeKind::connected, Timestamp{5}, {}), plant::AssetId{"a"}, "c"));
  EXPECT_FALSE(production_event(notice(NoticeKind::condition, Timestamp{5}, {}), plant::AssetId{}, "c"));
}

}  // namespace
}  // namespace hanse::node
