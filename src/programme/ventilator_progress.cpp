#include <algorithm>

#include "base/random.hpp"
#include "programme/internal/query.hpp"
#include "programme/ventilator.hpp"

namespace hanse::programme {
namespace {

constexpr double kLateMakers = 0.06;  ///< Share of makers that are a week behind.

/// What was made of an order until `weeks` have gone by: never more than the plan had by then.
void make_up_to(Order& order, std::int64_t weeks, double lag_weeks, Random& random) {
  double planned = 0, made = 0;
  for (std::int64_t t = 0; t < weeks; ++t) {
    double this_week = 0;
    for (const auto& week : order.weeks) this_week += week.week == t ? week.quantity : 0;
    const double before = planned;
    planned += this_week;
    const double reached = lag_weeks > 0 ? before + (1 - lag_weeks) * this_week : before + this_week * 0.99;
    const double good = std::floor(std::max(0.0, reached - made));
    if (good <= 0) continue;
    order.made.push_back({t, good, std::floor(good * random.uniform(0, 0.02))});
    order.scrapped += order.made.back().scrap;
    made += good;
  }
  order.produced = made;
  order.state = made > 0 ? OrderState::in_production : OrderState::accepted;
}

}  // namespace

LiveLine ventilator_line(const VentilatorScenario& scenario, std::int64_t alarm_after_s) {
  LiveLine line{.id = "machining", .name = "Machining", .organisation = scenario.own, .part = scenario.own_part};
  line.calendar = scenario.own + "-0-hours";
  line.products = {"valve-block-a", "valve-block-b"};
  line.counts_at = {"cnc-08"};
  line.stages = {{{"cnc-01", "cnc-02", "cnc-03"}}, {{"cnc-04", "cnc-05", "cnc-06", "cnc-07"}}, {{"cnc-08"}}};
  line.alarm_after_s = alarm_after_s;
  return line;
}

Result<void> seed_progress(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                           const std::string& id, Timestamp now, std::uint64_t seed) {
  HANSE_TRY(const auto need, programme.collection<Need>().get(id));
  HANSE_TRY(auto orders, internal::all_where(programme.collection<Order>(), {{"need", id}}));
  if (std::any_of(orders.begin(), orders.end(), [](const Order& order) { return order.produced > 0; })) return {};
  Random random{seed};
  std::map<std::string, double> lag;  // A maker is late with all that it makes.
  const auto weeks = internal::week_of(need.record, now);
  for (auto& order : orders) {
    const auto [found, fresh] = lag.try_emplace(order.organisation, 0.0);
    if (fresh && random.chance(kLateMakers)) found->second = random.uniform(0.4, 1.0);
    make_up_to(order, weeks, found->second, random);
  }
  return ecosystem.store().write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& order : orders) HANSE_CHECK(programme.collection<Order>().put(transaction, order));
    return {};
  });
}

}  // namespace hanse::programme
