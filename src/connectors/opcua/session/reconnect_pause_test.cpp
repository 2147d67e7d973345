#include "connectors/opcua/session/reconnect_pause.hpp"

#include <gtest/gtest.h>

namespace hanse::connectors::opcua {
namespace {

void expect_about(Duration pause, Duration wanted) {
  EXPECT_GE(pause, wanted * 4 / 5);
  EXPECT_LE(pause, wanted * 6 / 5);
}

TEST(ReconnectPause, a_server_out_of_reach_is_tried_at_least_once_a_second) {
  ReconnectPause pause{1};
  expect_about(pause.unreachable(0s), 100ms);
  expect_about(pause.unreachable(1s), 100ms);
  expect_about(pause.unreachable(8s), 400ms);
  expect_about(pause.unreachable(1h), 1s);
}

TEST(ReconnectPause, one_that_answers_and_refuses_is_tried_ever_more_seldom) {
  ReconnectPause pause{1};
  for (const Duration wanted : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms})
    expect_about(pause.refused(), wanted);
  pause.start_over();
  expect_about(pause.refused(), 100ms);
  expect_about(pause.refused(), 200ms);
  expect_about(pause.unreachable(1s), 100ms);
  expect_about(pause.refused(), 100ms);
}

TEST(ReconnectPause, connections_do_not_come_in_step) {
  ReconnectPause one{1}, other{2};
  int same = 0;
  for (int i = 0; i < 20; ++i) same += one.unreachable(1h) == other.unreachable(1h);
  EXPECT_LT(same, 3);
}

}  // namespace
}  // namespace hanse::connectors::opcua
