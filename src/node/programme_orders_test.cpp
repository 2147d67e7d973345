#include "node/programme_orders.hpp"

#include <gtest/gtest.h>

#include "ecosystem/ecosystem.hpp"

namespace hanse::node {
namespace {

using apps::scheduling::OrderStatus;
using apps::scheduling::ProductionOrder;

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

/// A plant that makes brackets, and a line of it that makes the part `b-7` of a need that began on Monday, 2 March
/// 2026.
class JoinedOrders : public testing::Test {
 protected:
  void SetUp() override {
    plant.products["bracket"] = {.id = "bracket", .name = "Bracket"};
    joined.line = {
        .id = "line-1", .organisation = "acme", .calendar = "acme-week", .part = "b-7", .products = {"bracket"}};
    joined.order = {.id = "need-1.acme-milling.b-7",
                    .need = "need-1",
                    .organisation = "acme",
                    .calendar = "acme-week",
                    .part = "b-7",
                    .state = programme::OrderState::accepted,
                    .weeks = {{0, 80.4, 10}, {1, 100, 12}}};
    joined.need_name = "Ventilators";
    joined.start = at("2026-03-02T00:00:00Z");
  }
  TakenOrders taken() { return production_orders({joined}, ledger, plant, now); }
  void keep(const TakenOrders& orders) {
    for (const auto& order : orders.changed) apply(ledger, order);
  }

  plant::Records plant;
  apps::scheduling::Ledger ledger;
  LineOrder joined;
  Timestamp now = at("2026-03-03T08:00:00Z");
};

TEST_F(JoinedOrders, EachWeekOfAnAcceptedOrderIsDueAtItsEnd) {
  const auto orders = taken();

  ASSERT_EQ(orders.changed.size(), 2u);
  EXPECT_EQ(orders.changed[0].id, "need-1.acme-milling.b-7.w0");
  EXPECT_EQ(orders.changed[0].product, "bracket");
  EXPECT_EQ(orders.changed[0].quantity, 81) << "no part of a part is made";
  EXPECT_EQ(orders.changed[0].due, at("2026-03-09T00:00:00Z"));
  EXPECT_EQ(orders.changed[1].due, at("2026-03-16T00:00:00Z"));
  EXPECT_EQ(orders.changed[1].programme_order, joined.order.id);
  keep(orders);
  EXPECT_TRUE(taken().changed.empty()) << "once is enough";
}

TEST_F(JoinedOrders, WhatAPlannerSaidStaysAndWhatTheProgrammeChangesFollows) {
  keep(taken());
  auto& first = ledger.orders.at("need-1.acme-milling.b-7.w0");
  first.weight = 7;
  auto second = first;  // As a split makes it.
  second.id += "~2";
  second.quantity = 31;
  first.quantity = 50;
  apply(ledger, second);
  EXPECT_TRUE(taken().changed.empty()) << "both together are what was ordered";

  joined.order.weeks = {{0, 90, 11}};
  keep(taken());

  EXPECT_EQ(ledger.orders.at("need-1.acme-milling.b-7.w0").quantity, 59);
  EXPECT_EQ(ledger.orders.at("need-1.acme-milling.b-7.w0").weight, 7);
  EXPECT_EQ(ledger.orders.at("need-1.acme-milling.b-7.w1").status, OrderStatus::cancelled);
  ledger.orders.at("need-1.acme-milling.b-7.w0").status = OrderStatus::completed;
  joined.order.state = programme::OrderState::cancelled;
  const auto orders = taken();
  ASSERT_EQ(orders.changed.size(), 1u) << "what is done stays done";
  EXPECT_EQ(orders.changed[0].id, "need-1.acme-milling.b-7.w0~2");
  EXPECT_EQ(orders.changed[0].status, OrderStatus::cancelled);
}

TEST_F(JoinedOrders, OffersAndThePastAreNoWorkAndAPartNobodyKnowsIsSaid) {
  joined.order.state = programme::OrderState::offered;
  EXPECT_TRUE(taken().changed.empty());
  joined.order.state = programme::OrderState::in_production;
  now = at("2026-03-12T08:00:00Z");
  ASSERT_EQ(taken().changed.size(), 1u);
  EXPECT_TRUE(taken().changed[0].id.ends_with(".w1"));

  joined.line.products = {"nothing"};
  EXPECT_TRUE(taken().changed.empty());
  ASSERT_EQ(taken().refused.size(), 1u);
  EXPECT_NE(taken().refused[0].find("names no product"), std::string::npos);
}

TEST_F(JoinedOrders, WhatTheLedgerCouldNotReadAgainIsRefusedAndTheRestIsTaken) {
  joined.order.weeks[0].quantity = 1e9;
  const auto orders = taken();
  ASSERT_EQ(orders.changed.size(), 1u);
  EXPECT_EQ(orders.changed[0].quantity, 100);
  ASSERT_EQ(orders.refused.size(), 1u);
  EXPECT_NE(orders.refused[0].find("quantity"), std::string::npos) << orders.refused[0];
}

}  // namespace
}  // namespace hanse::node
