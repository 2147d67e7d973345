// Figures of allocation and matching. `programme_bench` is short: a sixth of the network for 20 seconds;
// `programme_bench long` runs the full network for 60 seconds, `programme_bench bars` for 300. `ppe-portal` and
// `surge-200k SECONDS` run one scenario from its records.
//
// Value, bound, gap and seconds are printed together; every plan goes through the checker.
#include <fmt/format.h>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "optimiser/allocation/repair.hpp"
#include "optimiser/allocation/synthetic.hpp"
#include "programme/scenarios.hpp"
#include "programme/ventilator.hpp"

namespace {

using namespace hanse;
using namespace hanse::optimiser::allocation;

const SystemClock kClock;

double now_s() { return std::chrono::duration<double>(kClock.monotonic()).count(); }
/// Of this process, so that what else the machine does isn't counted; for what runs on one thread.
double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
void figure(std::string_view id, double value, std::string_view unit) {
  fmt::print("FIGURE {} {:.4g} {}\n", id, value, unit);
}

struct Case {
  std::string_view name;
  SyntheticSize size;
  double seconds = 20;
  bool whole = true;
};

Solution run(const Problem& problem, const Case& c) {
  const double begin = now_s();
  SolveOptions options{.threads = 2, .iterations_max = 1'000'000};
  options.elapsed_s = [begin] { return now_s() - begin; };
  options.seconds_max = c.seconds;
  options.whole = c.whole;
  options.progress = [&c](const Progress& p) {
    fmt::print("  {} {:7.2f} s {:6} iterations  value {:.5g}  bound {:.5g}  gap {:.2f} %\n", c.name, p.seconds,
               p.iterations, p.value, p.bound, 100 * p.gap);
  };
  auto solution = solve(problem, options).value();
  const auto checked = check(problem, solution.plan);
  fmt::print(
      "{}: {} activities, first plan {:.2f} s, value {:.6g}, bound {:.6g}, gap {:.2f} % after {:.0f} s; delivered "
      "{:.0f} of {:.0f}; {} violations{}\n",
      c.name, problem.activities.size(), solution.first_s, solution.value, solution.bound, 100 * solution.gap,
      solution.seconds, checked.measures.units_delivered, checked.measures.units_due, checked.violations.size(),
      checked.violations.empty() ? "" : ": " + checked.violations.front());
  return solution;
}

/// One member after another leaves, each event on top of those before.
void repairs(const Problem& problem, const Solution& solution) {
  Repairer repairer{problem, solution.plan, solution.prices};
  Random random{3};
  std::vector<double> ms;
  double lost = 0, replaced = 0;
  for (int i = 0; i < 100; ++i) {
    const auto supplier = static_cast<std::uint32_t>(random.integer(0, problem.suppliers - 1));
    const double begin = cpu_s();
    const auto repair = repairer.apply({.from_week = 1, .suppliers_out = {supplier}});
    ms.push_back(1000 * (cpu_s() - begin));
    lost += repair.lost;
    replaced += repair.replaced;
  }
  std::sort(ms.begin(), ms.end());
  fmt::print(
      "repair: 100 members leave one after another; median {:.2f} ms, worst {:.2f} ms; {:.1f} % of what was lost is "
      "replaced\n",
      ms[50], ms.back(), 100 * replaced / std::max(1e-9, lost));
  figure("allocation.repair_p50_ms", ms[50], "ms");
  figure("allocation.repair_p99_ms", ms[98], "ms");
  const Repairer fresh{problem, solution.plan, solution.prices};
  const double begin = cpu_s();
  const auto rows = stress(problem, fresh, solution.plan, 50);
  figure("allocation.stress_50_s", cpu_s() - begin, "s");
  fmt::print("stress: the worst of the 50 largest members costs {:.0f} units\n", rows.front().units_lost);
}

void matching() {
  using namespace hanse::ecosystem;
  Random random{5};
  auto records = std::make_shared<Records>();
  std::vector<std::shared_ptr<const Capability>> offers;
  const auto term = [&] {
    return process_id(static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(process_count()) - 1)));
  };
  const auto materials = vocabulary().materials;
  const auto material = [&] {
    return materials[static_cast<std::size_t>(random.integer(0, std::ssize(materials) - 1))];
  };
  for (int i = 0; i < 100'000; ++i) {
    Capability offer{.id = fmt::format("offer-{:06}", i),
                     .organisation = fmt::format("org-{}", i % 1500),
                     .site = "site",
                     .process = term()};
    offer.materials = {material(), material()};
    offer.envelope = {{"workspace.x", {}, random.uniform(50, 900)},
                      {"workspace.y", {}, random.uniform(50, 900)},
                      {"tolerance.it", random.uniform(3, 9), {}}};
    offers.push_back(std::make_shared<const Capability>(std::move(offer)));
  }
  records->capabilities.merge(std::move(offers));
  std::vector<programme::Requirement> requirements;
  for (int i = 0; i < 150; ++i) {
    requirements.push_back(
        {.process = term(),
         .material = material(),
         .envelope = {
             {"workspace.x", random.uniform(20, 400)}, {"workspace.y", random.uniform(20, 400)}, {"tolerance.it", 8}}});
  }
  const double build = now_s();
  const programme::Offers index{records};
  const double begin = now_s();
  std::size_t fits = 0;
  for (const auto& requirement : requirements) fits += index.match(requirement, {}).fits.size();
  figure("matching.cold_ms", 1000 * (now_s() - begin), "ms");
  figure("matching.index_ms", 1000 * (begin - build), "ms");
  fmt::print("matching: 150 requirements x 100000 offers, {} fit\n", fits);
}

/// A scenario's records become a problem by matching, as for a person that plans.
using Seed = std::function<Result<void>(ecosystem::Ecosystem&, programme::Programme&)>;
Problem problem_of_records(std::string_view need, const Seed& seed) {
  static SimulatedClock clock{parse_timestamp("2026-03-02T06:00:00Z").value()};
  const auto store = store::open_store("sqlite::memory:", clock).value();
  const auto ecosystem = ecosystem::Ecosystem::open(*store).value();
  const auto programme = programme::Programme::open(*store, *ecosystem, clock).value();
  seed(*ecosystem, *programme).value();
  const double begin = cpu_s();
  auto model = programme->match(std::string{need}).value();
  figure(fmt::format("programme.model_{}_ms", need), 1000 * (cpu_s() - begin), "ms");
  for (const auto& blocker : model.blockers) fmt::print("{}: {} {}\n", need, blocker.subject, blocker.reason);
  return std::move(model.problem);
}

const store::Actor kActor{"bench"};
const Timestamp kStart = parse_timestamp("2026-03-02T00:00:00Z").value();

/// The programme that `hanse demo` shows, at its full size: lots of small makers, activations, an open market.
void programme_case(double seconds, int parts) {
  const auto problem = problem_of_records("ventilator", [&](auto& ecosystem, auto& programme) {
    return programme::seed_ventilator(ecosystem, programme, kActor, {.start = kStart, .parts = parts});
  });
  const auto linear = run(problem, {.name = "programme-linear", .size = {}, .seconds = seconds, .whole = false});
  figure(fmt::format("programme.linear_gap_{}", parts), 100 * linear.gap, "%");
  const auto whole = run(problem, {.name = "programme", .size = {}, .seconds = seconds});
  figure(fmt::format("programme.first_{}_s", parts), whole.first_s, "s");
  figure(fmt::format("programme.gap_{}", parts), 100 * whole.gap, "%");
  figure(fmt::format("programme.lines_{}", parts), static_cast<double>(whole.plan.placements.size()), "lines");
  fmt::print(
      "programme: making {:.4g}, overtime {:.4g}, activation {:.4g}, transport {:.4g}, stock {:.4g}, market "
      "{:.4g}, late {:.4g}, shortage {:.4g}\n",
      whole.measures.making, whole.measures.overtime, whole.measures.activation, whole.measures.transport,
      whole.measures.stock, whole.measures.market, whole.measures.late, whole.measures.shortage);
}

void ppe_case() {
  const auto problem = problem_of_records("ppe-portal", [](auto& ecosystem, auto& programme) {
    return programme::seed_ppe_portal(ecosystem, programme, kActor, {.start = kStart});
  });
  const auto solution = run(problem, {.name = "ppe-portal", .size = {}, .seconds = 10, .whole = false});
  figure("allocation.ppe_first_s", solution.first_s, "s");
  figure("allocation.ppe_gap_10s", 100 * solution.gap, "%");
}

void surge_case(double seconds) {
  const auto problem = problem_of_records("surge-200k", [](auto& ecosystem, auto& programme) {
    return programme::seed_surge(ecosystem, programme, kActor, {.start = kStart});
  });
  const auto solution = run(problem, {.name = "surge-200k", .size = {}, .seconds = seconds, .whole = false});
  figure("allocation.surge_first_s", solution.first_s, "s");
  figure(fmt::format("allocation.surge_gap_{:.0f}s", seconds), 100 * solution.gap, "%");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "short";
  if (mode == "programme") {
    programme_case(argc > 2 ? std::atof(argv[2]) : 10, argc > 3 ? std::atoi(argv[3]) : 150);
    return 0;
  }
  if (mode == "ppe-portal") {
    ppe_case();
    return 0;
  }
  if (mode == "surge-200k") {
    surge_case(argc > 2 ? std::atof(argv[2]) : 600);
    return 0;
  }
  const bool full = mode == "long" || mode == "bars";
  Case ventilator{.name = "ventilator", .size = {}, .seconds = mode == "bars" ? 300.0 : full ? 60.0 : 20.0};
  if (!full) {
    ventilator.size.pools = 10'000;
    ventilator.size.suppliers = 250;
  }
  const auto problem = synthetic_problem(ventilator.size, 1);
  const auto solution = run(problem, ventilator);
  figure("allocation.ventilator_first_s", solution.first_s, "s");
  figure(mode == "bars" ? "allocation.ventilator_gap_300s"
         : full         ? "allocation.ventilator_gap_60s"
                        : "allocation.ventilator_small_gap_20s",
         100 * solution.gap, "%");
  repairs(problem, solution);

  ppe_case();
  matching();
  programme_case(10, 60);
}
