#include "node/programme_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace hanse::node {
namespace {

using apps::scheduling::OrderStatus;
using apps::scheduling::ProductionOrder;

constexpr Duration kWeek = 7 * 24h, kLookEvery = 30s;

bool is_wanted(programme::OrderState state) {
  return state == programme::OrderState::accepted || state == programme::OrderState::in_production;
}

/// The plant's product that stands for the part; empty for none.
std::string product_for(const programme::LiveLine& line, const plant::Records& plant) {
  for (const auto& product : line.products) {
    if (plant.products.contains(product)) return product;
  }
  return plant.products.contains(line.part) ? line.part : std::string{};
}

/// Ids of the ledger are letters, digits, dots, hyphens and underscores.
std::string ledger_id(const programme::Order& order, std::int64_t week) {
  std::string id = order.id;
  for (char& c : id) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    if (!plain) c = '-';
  }
  return fmt::format("{}.w{}", id, week);
}

/// Parts that a planner gave to second orders, which are named after the first.
std::int64_t split_off(const apps::scheduling::Ledger& ledger, const std::string& id) {
  std::int64_t parts = 0;
  for (auto at = ledger.orders.upper_bound(id + "~"); at != ledger.orders.end() && at->first.starts_with(id + "~");
       ++at) {
    if (at->second.status != OrderStatus::cancelled) parts += at->second.quantity;
  }
  return parts;
}

}  // namespace

TakenOrders production_orders(const std::vector<LineOrder>& orders, const apps::scheduling::Ledger& ledger,
                              const plant::Records& plant, Timestamp now) {
  TakenOrders out;
  std::set<std::string> wanted;
  for (const auto& [order, line, need_name, start] : orders) {
    if (!is_wanted(order.state)) continue;
    const auto product = product_for(line, plant);
    if (product.empty()) {
      out.refused.push_back(
          fmt::format("order '{}' of '{}' has no place in the schedule: the line '{}' names no product of this plant "
                      "for the part '{}'",
                      order.id, need_name, line.id, order.part));
      continue;
    }
    for (const auto& week : order.weeks) {
      auto quantity = static_cast<std::int64_t>(std::ceil(week.quantity - 1e-6));
      const auto due = start + (week.week + 1) * kWeek;
      const auto id = ledger_id(order, week.week);
      const auto known = ledger.orders.find(id);
      quantity -= split_off(ledger, id);
      // A week that was over before anybody looked is the programme's past, not work to plan.
      if (quantity < 1 || (known == ledger.orders.end() && due <= now)) continue;
      wanted.insert(id);
      auto made = known == ledger.orders.end() ? ProductionOrder{.id = id, .release = {}, .due = {}} : known->second;
      if (made.status == OrderStatus::completed) continue;
      made.product = product;
      made.quantity = quantity;
      made.due = due;
      made.status = OrderStatus::open;
      made.customer = need_name;
      made.programme_order = order.id;
      if (known != ledger.orders.end() && known->second == made) continue;
      // What the ledger couldn't read again must not get in.
      if (const auto checked = from_json<ProductionOrder>(to_json(made)); !checked) {
        out.refused.push_back(fmt::format("week {} of order '{}' of '{}' has no place in the schedule: {}", week.week,
                                          order.id, need_name, to_string(checked.error())));
        continue;
      }
      out.changed.push_back(std::move(made));
    }
  }
  for (const auto& [id, order] : ledger.orders) {
    if (order.programme_order.empty() || order.status != OrderStatus::open) continue;
    if (wanted.contains(id.substr(0, id.find('~')))) continue;  // Also what a planner split off.
    out.changed.push_back(order);
    out.changed.back().status = OrderStatus::cancelled;
  }
  return out;
}

Result<std::vector<LineOrder>> ProgrammeOrders::line_orders() const {
  HANSE_TRY(const auto lines, parts_.programme.collection<programme::LiveLine>().all());
  std::vector<LineOrder> out;
  std::map<std::string, std::optional<programme::Need>> needs;
  for (const auto& stored : lines) {
    const auto& line = stored.record;
    store::Query query{.kind = {}, .equal = {{"organisation", line.organisation}}, .limit = 1000};
    for (;;) {
      HANSE_TRY(auto page, parts_.programme.collection<programme::Order>().list(query));
      for (auto& item : page.items) {
        auto& order = item.record;
        if (order.part != line.part || order.calendar != line.calendar) continue;
        auto need = needs.find(order.need);
        if (need == needs.end()) {
          HANSE_TRY(auto found, parts_.programme.collection<programme::Need>().find(order.need));
          need = needs.emplace(order.need, found ? std::optional{std::move(found->record)} : std::nullopt).first;
        }
        if (need->second) out.push_back({std::move(order), line, need->second->name, need->second->start});
      }
      if (!page.next) break;
      query.cursor = std::move(page.next);
    }
  }
  return out;
}

Result<void> ProgrammeOrders::tick(Timestamp now) {
  if (looked_ != Timestamp::min() && now - looked_ < kLookEvery) return {};
  looked_ = now;
  HANSE_TRY(const auto orders, line_orders());
  const auto taken = production_orders(orders, *parts_.book.ledger(), *parts_.plant.records(), now);
  for (const auto& sentence : taken.refused) {
    if (told_.insert(sentence).second) parts_.log.warning("scheduling", sentence);
  }
  HANSE_CHECK(parts_.book.put<ProductionOrder>({"system:programme"}, taken.changed));
  return {};
}

}  // namespace hanse::node
