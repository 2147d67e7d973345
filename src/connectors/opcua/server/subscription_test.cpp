#include "connectors/opcua/server/subscription.hpp"

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/status.hpp"

namespace hanse::connectors::opcua {
namespace {

/// One subscription of 100 ms with an item, told values and time.
class Subscribing : public testing::Test {
 protected:
  MonitoredItem& add(MonitoringParameters wanted) {
    MonitoredItem item;
    item.id = ++items_;
    item.subscription = 1;
    EXPECT_FALSE(item.apply(wanted, 100ms).is_bad());
    return subscription_.add(std::move(item));
  }
  void offer(MonitoredItem& item, double value, StatusCode status = {}) {
    auto given = data_value(value);
    if (status.code != 0) given.status = status;
    given.source_time = DateTime{time_ / 100ns + 1};
    subscription_.offer(item, std::move(given), time_);
  }
  /// What one message holds, as values; more than one cycle passes before.
  std::vector<double> take() {
    time_ += 100ms;
    subscription_.tick(time_);
    if (!subscription_.wants_to_publish()) return {};
    last_ = subscription_.take({});
    std::vector<double> out;
    for (const auto& object : last_.message.notification_data) {
      const auto data = unwrap<DataChangeNotification>(object);
      for (const auto& item : data->monitored_items) {
        out.push_back(std::get<double>(item.value.value.value));
        statuses_.push_back(item.value.status_or_good().code);
      }
    }
    return out;
  }

  std::uint32_t items_ = 0;
  Duration time_{};
  Subscription subscription_{1, SubscriptionTerms::revise(100, 30, 3, 0, 0), true, Duration{}};
  Subscription::Taken last_;
  std::vector<std::uint32_t> statuses_;
};

using Values = std::vector<double>;

TEST_F(Subscribing, changes_queue_and_come_in_order) {
  auto& item = add({.queue_size = 10});
  for (const double value : {1.0, 2.0, 2.0, 3.0}) offer(item, value);
  EXPECT_EQ(take(), (Values{1, 2, 3})) << "an unchanged value is no news";
  EXPECT_EQ(last_.message.sequence_number, 1u);
  EXPECT_EQ(take(), Values{});
}

TEST_F(Subscribing, a_full_queue_drops_the_oldest_and_says_so) {
  auto& item = add({.queue_size = 2, .discard_oldest = true});
  for (const double value : {1.0, 2.0, 3.0}) offer(item, value);
  EXPECT_EQ(take(), (Values{2, 3}));
  EXPECT_EQ(statuses_, (std::vector<std::uint32_t>{0x480, 0}));
}

TEST_F(Subscribing, or_the_newest_where_the_client_wants_that) {
  auto& item = add({.queue_size = 2, .discard_oldest = false});
  for (const double value : {1.0, 2.0, 3.0}) offer(item, value);
  EXPECT_EQ(take(), (Values{1, 3}));
  EXPECT_EQ(statuses_.back(), 0x480u);
}

TEST_F(Subscribing, sampling_lets_the_last_value_of_each_interval_pass) {
  auto& item = add({.sampling_interval_ms = 1000, .queue_size = 10});
  offer(item, 1);
  EXPECT_EQ(take(), Values{1});
  for (int i = 0; i < 5; ++i) {
    offer(item, 10 + i);
    EXPECT_EQ(take(), Values{}) << i;
  }
  time_ += 500ms;
  EXPECT_EQ(take(), Values{14});
}

TEST_F(Subscribing, a_deadband_holds_small_changes_back_but_no_bad_status) {
  auto& item = add({.filter = wrap(DataChangeFilter{.deadband_type = DeadbandType::absolute, .deadband_value = 0.5}),
                    .queue_size = 10});
  for (const double value : {1.0, 1.4, 1.5, 1.6, 2.0}) offer(item, value);
  offer(item, 2.0, status::kBadNoCommunication);
  offer(item, 2.0);
  EXPECT_EQ(take(), (Values{1, 1.6, 2, 2}));
}

TEST_F(Subscribing, triggers_choose_what_is_a_change) {
  auto& status = add({.filter = wrap(DataChangeFilter{.trigger = DataChangeTrigger::status}), .queue_size = 10});
  auto& stamped =
      add({.filter = wrap(DataChangeFilter{.trigger = DataChangeTrigger::status_value_timestamp}), .queue_size = 10});
  for (int i = 0; i < 3; ++i) {
    offer(status, i);
    offer(stamped, 7);
    time_ += 10ms;
  }
  EXPECT_EQ(take(), (Values{0, 7, 7, 7}));
}

TEST_F(Subscribing, filters_that_cannot_be_had_are_refused) {
  MonitoredItem item;
  item.what.attribute = 13;
  const auto apply = [&](ExtensionObject filter) { return item.apply({.filter = std::move(filter)}, 1s); };
  EXPECT_EQ(apply(wrap(DataChangeFilter{.deadband_type = DeadbandType::percent, .deadband_value = 1})),
            status::kBadMonitoredItemFilterUnsupported);
  EXPECT_EQ(apply(wrap(DataChangeFilter{.deadband_type = DeadbandType::absolute, .deadband_value = -1})),
            status::kBadDeadbandFilterInvalid);
  EXPECT_EQ(apply(wrap(EventFilter{})), status::kBadMonitoredItemFilterUnsupported);
  item.what.attribute = 4;
  EXPECT_EQ(apply(wrap(DataChangeFilter{})), status::kBadFilterNotAllowed);
}

TEST_F(Subscribing, silence_is_broken_by_signs_of_life_that_use_no_number_up) {
  (void)take();
  EXPECT_TRUE(last_.message.notification_data.empty()) << "the first cycle says that it lives";
  int signs = 0;
  for (int i = 0; i < 30; ++i) {
    time_ += 100ms;
    subscription_.tick(time_);
    if (!subscription_.wants_to_publish()) continue;
    ++signs;
    EXPECT_EQ(subscription_.take({}).message.sequence_number, 1u);
  }
  EXPECT_EQ(signs, 10) << "every third cycle";
}

TEST_F(Subscribing, sent_messages_stay_until_acknowledged) {
  auto& item = add({.queue_size = 1});
  for (int i = 0; i < 3; ++i) {
    offer(item, i);
    (void)take();
  }
  EXPECT_EQ(subscription_.available(), (Array<std::uint32_t>{1, 2, 3}));
  EXPECT_FALSE(subscription_.acknowledge(2).is_bad());
  EXPECT_TRUE(subscription_.acknowledge(2).is_bad());
  EXPECT_EQ(subscription_.sent(2), nullptr);
  ASSERT_NE(subscription_.sent(3), nullptr);
  EXPECT_EQ(subscription_.sent(3)->sequence_number, 3u);
  for (int i = 10; i < 500; ++i) {
    offer(item, i);
    (void)take();
  }
  EXPECT_LE(subscription_.available().size(), Subscription::kSentMax);
}

TEST_F(Subscribing, a_client_that_takes_nothing_ends_it) {
  auto& item = add({.queue_size = 5});
  for (int i = 0; i < 40 && !subscription_.has_expired(); ++i) {
    offer(item, i);
    time_ += 100ms;
    subscription_.tick(time_);
  }
  EXPECT_TRUE(subscription_.has_expired());
  EXPECT_LE(item.queued(), 5u);
  subscription_.heard();
  EXPECT_FALSE(subscription_.has_expired());
}

TEST_F(Subscribing, long_news_come_in_several_messages) {
  Subscription small{2, SubscriptionTerms::revise(100, 30, 3, 4, 0), true, Duration{}};
  MonitoredItem made;
  made.id = 1;
  EXPECT_FALSE(made.apply({.queue_size = 100}, 100ms).is_bad());
  auto& item = small.add(std::move(made));
  for (int i = 0; i < 10; ++i) small.offer(item, data_value(static_cast<double>(i)), Duration{i * 1ms});
  small.tick(100ms);
  std::vector<bool> more;
  while (small.wants_to_publish()) more.push_back(small.take({}).more);
  EXPECT_EQ(more, (std::vector<bool>{true, true, false}));
}

TEST_F(Subscribing, a_disabled_item_forgets_and_a_sampling_one_waits) {
  auto& item = add({.queue_size = 5});
  offer(item, 1);
  item.mode = MonitoringMode::sampling;
  subscription_.renew(item);
  EXPECT_EQ(take(), Values{});
  offer(item, 2);
  item.mode = MonitoringMode::reporting;
  subscription_.renew(item);
  EXPECT_EQ(take(), (Values{1, 2}));
  offer(item, 3);
  item.mode = MonitoringMode::disabled;
  subscription_.renew(item);
  offer(item, 4);
  EXPECT_EQ(take(), Values{});
  EXPECT_TRUE(subscription_.remove(item.id));
  EXPECT_FALSE(subscription_.remove(1));
}

TEST(Terms, are_brought_within_bounds) {
  const auto least = SubscriptionTerms::revise(0, 0, 0, 0, 0);
  EXPECT_EQ(least.publishing_interval, 50ms);
  EXPECT_EQ(least.keep_alive_count, 10u);
  EXPECT_EQ(least.lifetime_count, 30u);
  const auto most = SubscriptionTerms::revise(1e300, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 255);
  EXPECT_EQ(most.publishing_interval, 1h);
  EXPECT_EQ(most.keep_alive_count, 10'000u);
  EXPECT_EQ(most.lifetime_count, 100'000u);
  const auto odd = SubscriptionTerms::revise(std::numeric_limits<double>::quiet_NaN(), 1, 1, 1, 0);
  EXPECT_EQ(odd.publishing_interval, 1s);
}

}  // namespace
}  // namespace hanse::connectors::opcua
