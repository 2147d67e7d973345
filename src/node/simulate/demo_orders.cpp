#include "node/simulate/demo_orders.hpp"

#include "node/simulate/demo_files.hpp"

namespace hanse::node::simulate {
namespace {

using apps::scheduling::ChangeOverMatrix;
using apps::scheduling::MaintenanceWindow;
using apps::scheduling::ProductionOrder;
using apps::scheduling::Routing;

/// An order with times that count from the first start.
struct DemoOrder {
  std::string id;
  std::string product;
  std::int64_t quantity = 0;
  double due_h = 0;
  std::int64_t weight = 1;
  std::string customer;
  std::vector<std::string> done;
};
HANSE_DESCRIBE(DemoOrder, (id, product, quantity, due_h, weight, customer, done))

struct DemoMaintenance {
  std::string id;
  std::string asset;
  double begin_h = 0, hours = 0;
  std::string reason;
};
HANSE_DESCRIBE(DemoMaintenance, (id, asset, begin_h, hours, reason))

struct DemoScheduling {
  std::vector<Routing> routings;
  std::vector<ChangeOverMatrix> change_overs;
  std::vector<DemoMaintenance> maintenance;
  std::vector<DemoOrder> orders;
};
HANSE_DESCRIBE(DemoScheduling, (routings, change_overs, maintenance, orders))

Duration hours(double h) { return Duration{static_cast<std::int64_t>(h * 3.6e12)}; }

}  // namespace

Result<void> seed_demo_orders(apps::scheduling::Book& book, Timestamp now, const store::Actor& actor) {
  if (!book.ledger()->routings.empty()) return {};
  HANSE_TRY(const auto file, from_json<DemoScheduling>(demo_file("scheduling.json")));
  const Timestamp hour{now.ns / 3'600'000'000'000 * 3'600'000'000'000};
  std::vector<ProductionOrder> orders;
  for (const auto& one : file.orders) {
    orders.push_back({.id = one.id,
                      .product = one.product,
                      .quantity = one.quantity,
                      .release = {},
                      .due = hour + hours(one.due_h),
                      .weight = one.weight,
                      .customer = one.customer,
                      .completed_steps = one.done});
  }
  std::vector<MaintenanceWindow> windows;
  for (const auto& one : file.maintenance) {
    windows.push_back({one.id, plant::AssetId{one.asset}, hour + hours(one.begin_h),
                       hour + hours(one.begin_h + one.hours), one.reason});
  }
  HANSE_CHECK(book.put<Routing>(actor, file.routings));
  HANSE_CHECK(book.put<ChangeOverMatrix>(actor, file.change_overs));
  HANSE_CHECK(book.put<MaintenanceWindow>(actor, windows));
  HANSE_CHECK(book.put<ProductionOrder>(actor, orders));
  return {};
}

}  // namespace hanse::node::simulate
