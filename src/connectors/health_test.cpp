#include "connectors/health.hpp"

namespace hanse::connectors {
namespace {

class HealthOfAConnection : public testing::Test {
 protected:
  void tell(NoticeKind kind, std::string device = "", std::string message = "") {
    tracker.notice({.kind = kind, .time = now, .device = device, .message = message});
  }
  Health health() { return tracker.report(now).health; }
  std::string reason() { return tracker.report(now).reason; }
  void connect_with_data() {
    tracker.starting(now);
    tell(NoticeKind::connected);
    tracker.data(now, 1);
  }
  Timestamp now = Timestamp::from_ms(1'700'000'000'000);
  HealthTracker tracker{now};
};

TEST_F(HealthOfAConnection, StartsThenIsActiveWithData) {
  EXPECT_EQ(health(), Health::stopped);
  tracker.starting(now);
  EXPECT_EQ(health(), Health::starting);
  tell(NoticeKind::connected);
  EXPECT_EQ(health(), Health::starting);
  tracker.data(now, 7);
  EXPECT_EQ(health(), Health::active);
  EXPECT_EQ(tracker.report(now).samples, 7u);
}

TEST_F(HealthOfAConnection, IsIdleNotBrokenWhenTheSourceHasNothingToSay) {
  connect_with_data();
  now += 61s;
  EXPECT_EQ(health(), Health::idle);
  tracker.data(now, 1);
  EXPECT_EQ(health(), Health::active);
}

TEST_F(HealthOfAConnection, SaysWhichDevicesAreMissing) {
  connect_with_data();
  for (const char* device : {"a", "b", "c", "d", "e"}) tell(NoticeKind::device_offline, device);
  EXPECT_EQ(health(), Health::degraded);
  EXPECT_EQ(reason(), "offline: a, b, c and 2 more");
  for (const char* device : {"a", "b", "c", "d", "e"}) tell(NoticeKind::device_online, device);
  EXPECT_EQ(health(), Health::active);
}

TEST_F(HealthOfAConnection, CountsWrongMessagesAndForgivesThemAfterAWhile) {
  connect_with_data();
  tell(NoticeKind::rejected, "", "a payload was damaged");
  EXPECT_EQ(health(), Health::degraded);
  EXPECT_EQ(reason(), "a payload was damaged");
  now += 59s;
  tracker.data(now, 1);
  EXPECT_EQ(health(), Health::degraded);
  now += 2s;
  EXPECT_EQ(health(), Health::active);
  EXPECT_EQ(tracker.report(now).rejected, 1u);
}

TEST_F(HealthOfAConnection, CallsDropsByTheirNumber) {
  connect_with_data();
  tracker.dropped_total(now, 12);
  EXPECT_EQ(reason(), "12 samples were dropped because the node was too slow");
  EXPECT_EQ(tracker.report(now).dropped, 12u);
}

TEST_F(HealthOfAConnection, TellsWhyItStoppedAndWhenItTriesAgain) {
  connect_with_data();
  tracker.ended(now, "the broker is gone", 1500ms);
  EXPECT_EQ(health(), Health::stopped);
  EXPECT_EQ(reason(), "the broker is gone; next try in 2s");
  tracker.switched_off(now);
  EXPECT_EQ(reason(), "switched off");
}

TEST_F(HealthOfAConnection, IsDegradedWhenItComesAndGoes) {
  for (int i = 0; i < 3; ++i) {
    connect_with_data();
    tracker.ended(now, "lost", 1s);
    now += 10s;
  }
  connect_with_data();
  EXPECT_EQ(health(), Health::degraded);
  now += 11min;
  tracker.data(now, 1);
  EXPECT_EQ(health(), Health::active);
}

TEST_F(HealthOfAConnection, MovesSinceOnlyWhenTheStateChanges) {
  connect_with_data();
  const auto since = tracker.report(now).since;
  now += 5s;
  tracker.data(now, 1);
  EXPECT_EQ(tracker.report(now).since, since);
}

TEST_F(HealthOfAConnection, KeepsTheLastHundredNotices) {
  connect_with_data();
  for (int i = 0; i < 250; ++i) tell(NoticeKind::condition, "", std::to_string(i));
  const auto notices = tracker.report(now).notices;
  EXPECT_EQ(notices.size(), kNoticesKept);
  EXPECT_EQ(notices.back().message, "249");
}

TEST(RestartPause, GrowsToItsCeilingAndStartsOverAfterAHealthyRun) {
  RestartPause pause{1, {}};
  Duration before{};
  for (int i = 0; i < 6; ++i) {
    const auto next = pause.after_run(0s);
    EXPECT_GT(next, before);
    before = next;
  }
  for (int i = 0; i < 20; ++i) {
    const auto next = pause.after_run(1s);
    EXPECT_GE(next, 16s * 0.8);
    EXPECT_LE(next, 36s);
  }
  EXPECT_LE(pause.after_run(2min), 600ms);
}

TEST(RestartPause, DiffersBetweenConnections) {
  RestartPause one{1, {}}, other{2, {}};
  EXPECT_NE(one.after_run(0s), other.after_run(0s));
}

}  // namespace
}  // namespace hanse::connectors
