#include "optimiser/scheduling/solve.hpp"

#include <algorithm>
#include <numeric>

#include "base/assert.hpp"
#include "optimiser/scheduling/internal/evolution.hpp"
#include "optimiser/scheduling/internal/flexible_core.hpp"
#include "optimiser/scheduling/internal/general_search.hpp"
#include "optimiser/scheduling/internal/job_shop_core.hpp"
#include "optimiser/scheduling/internal/large_search.hpp"

namespace hanse::optimiser::scheduling {
namespace {

using namespace internal;

/// Over this the tabu search's passes over the whole graph are too slow; windows take over.
constexpr std::size_t kTabuOperationsMax = 20'000;

/// Entries of the tabu table: pairs of operations on one machine. Few machines with many operations would need
/// gigabytes.
bool fits_tabu(const JobShop& shop) {
  constexpr std::size_t kPairsMax = 20'000'000;
  std::size_t pairs = 0;
  for (const auto& nodes : shop.on_machine) pairs += nodes.size() * nodes.size();
  return shop.operations() <= kTabuOperationsMax && pairs <= kPairsMax;
}

bool only_makespan(const Objective& objective) {
  return objective.makespan > 0 && objective.weighted_tardiness == 0 && objective.setup_seconds == 0 &&
         objective.energy_cost == 0 && objective.change == 0;
}

/// Operations of a complete schedule in an order that agrees with it.
std::vector<std::uint32_t> order_of(const Schedule& schedule) {
  std::vector<std::uint32_t> order(schedule.operations.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto &pa = *schedule.operations[a], &pb = *schedule.operations[b];
    return std::pair{pa.start, pa.end} < std::pair{pb.start, pb.end};
  });
  return order;
}

bool complete(const Schedule& schedule) {
  return std::all_of(schedule.operations.begin(), schedule.operations.end(),
                     [](const auto& at) { return at.has_value(); });
}

template <class Core, class Shop>
Evolution<Core> evolution_for(const Shop& shop, const SolveOptions& options, const Bound& bound, Budget& budget) {
  EvolutionLimits limits{.target = bound.value, .threads = std::clamp(options.threads, 1U, 64U)};
  if constexpr (std::is_same_v<Core, FlexibleCore>)
    limits.members = 8;  // Its steps are dearer, so fewer fit into the time.
  std::vector<std::unique_ptr<Core>> cores;
  for (unsigned i = 0; i < limits.threads; ++i) cores.push_back(std::make_unique<Core>(shop));
  return Evolution<Core>{std::move(cores), limits, options.seed, budget};
}

Schedule search_job_shop(const JobShop& shop, const SolveOptions& options, const Bound& bound, Budget& budget) {
  auto evolution = evolution_for<JobShopCore>(shop, options, bound, budget);
  if (options.start && complete(*options.start)) {
    std::vector<Node> node_of(shop.operations());
    for (const Node w : shop.real) node_of[position(shop.operation[static_cast<std::size_t>(w)])] = w;
    JobShopMember member;
    for (const auto index : order_of(*options.start)) member.order.push_back(node_of[index]);
    member.makespan = JobShopTabu{shop}.makespan_of(member.order);
    evolution.add_start(std::move(member));
  }
  return shop.timed(evolution.run().order);
}

Schedule search_flexible_shop(const FlexibleShop& shop, const SolveOptions& options, const Bound& bound,
                              Budget& budget) {
  auto evolution = evolution_for<FlexibleCore>(shop, options, bound, budget);
  if (options.start && complete(*options.start)) {
    std::vector<Node> node_of(shop.operations());
    for (const Node w : shop.real) node_of[position(shop.operation[static_cast<std::size_t>(w)])] = w;
    FlexibleMember member;
    member.choice.assign(shop.nodes(), 0);
    for (const auto index : order_of(*options.start)) {
      const Node w = node_of[index];
      member.order.push_back(w);
      for (std::uint32_t c = 0; c < shop.choices_of(w); ++c) {
        if (static_cast<std::size_t>(shop.choice(w, c).machine) ==
            position(options.start->operations[index]->machine)) {
          member.choice[static_cast<std::size_t>(w)] = static_cast<std::uint16_t>(c);
        }
      }
    }
    member.makespan = FlexibleTabu{shop}.makespan_of(member);
    evolution.add_start(std::move(member));
  }
  return timed(shop, evolution.run());
}

/// A valid lower bound of the objective's value.
Bound value_bound(const Problem& problem, const Objective& objective, const Bound& makespan) {
  if (objective.makespan > 0 && makespan.value > 0) return {makespan.value * objective.makespan, makespan.name};
  (void)problem;
  return {0, "none"};
}

Solution report(const Problem& problem, const SolveOptions& options, Schedule schedule, const Bound& makespan,
                const Budget& budget) {
  Solution solution;
  solution.schedule = std::move(schedule);
  solution.measures = measure(problem, solution.schedule);
  if (options.tax) solution.measures.change = change_of(*options.tax, solution.schedule);
  solution.value = value_of(solution.measures, options.objective);
  solution.bound = value_bound(problem, options.objective, makespan);
  solution.iterations = budget.iterations();
  if (!solution.schedule.unplaced.empty()) {
    solution.status = SolveStatus::partial;
    solution.gap = 1;
    return solution;
  }
  if (solution.value <= solution.bound.value) {
    solution.status = SolveStatus::optimal;
  } else {
    solution.gap = static_cast<double>(solution.value - solution.bound.value) / static_cast<double>(solution.value);
  }
  return solution;
}

bool bounded(const SolveOptions& options) {
  return options.iterations_max > 0 || options.expired || options.stop.stop_possible();
}

Schedule search(const Problem& problem, const SolveOptions& options, const Bound& bound, Budget& budget) {
  if (only_makespan(options.objective)) {
    if (const auto shop = JobShop::from(problem)) {
      return fits_tabu(*shop) ? search_job_shop(*shop, options, bound, budget)
                              : search_large(*shop, options, bound, budget);
    }
    if (operation_count(problem) <= kTabuOperationsMax) {
      if (const auto shop = FlexibleShop::from(problem)) return search_flexible_shop(*shop, options, bound, budget);
    }
  }
  return search_general(problem, options, bound, budget);
}

}  // namespace

Result<Solution> solve(const Problem& problem, const SolveOptions& options) {
  HANSE_CHECK(validate(problem));
  const std::size_t count = operation_count(problem);
  if (options.start && options.start->operations.size() != count) {
    return fail(ErrorCode::invalid, "the start schedule is of another problem: it has another number of operations");
  }
  if (options.tax && options.tax->published.size() != count) {
    return fail(ErrorCode::invalid, "the published plan is of another problem: it has another number of operations");
  }
  SolveOptions mine = options;
  if (!bounded(options)) mine.iterations_max = 200'000 + 100 * count;
  Budget budget{mine};
  const Bound bound = makespan_bound(problem);
  if (count == 0) return report(problem, mine, Schedule{}, bound, budget);
  auto solution = report(problem, mine, search(problem, mine, bound, budget), bound, budget);
  if (!mine.start || !check(problem, *mine.start).empty()) return solution;
  // Not every search can take every start up exactly, so the promise is kept here.
  auto start = report(problem, mine, *mine.start, bound, budget);
  return start.value < solution.value ? start : solution;
}

Result<Solution> dispatch(const Problem& problem, const Objective& objective) {
  HANSE_CHECK(validate(problem));
  const SolveOptions options{.objective = objective};
  Budget budget{options};
  const Bound bound = makespan_bound(problem);
  if (const auto shop = JobShop::from(problem))
    return report(problem, options, shop->timed(dispatch_large(*shop, {}).order), bound, budget);
  return report(problem, options, dispatch_general(problem, options), bound, budget);
}

}  // namespace hanse::optimiser::scheduling
