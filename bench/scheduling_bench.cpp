// The scheduling engine on public instances (the folder in HANSE_INSTANCES), on a million operations, and in a plant's
// day. Short by default: a few instances of each family at 1 and 10 s. HANSE_BENCH_FULL=1 runs all of them, at 60 s
// too; HANSE_BENCH_SECONDS=1,10 and HANSE_BENCH_FAMILIES="ta11-20 la" choose.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/csv.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "optimiser/scheduling/read_instance.hpp"
#include "optimiser/scheduling/reschedule.hpp"
#include "optimiser/scheduling/solve.hpp"
#include "optimiser/scheduling/taillard.hpp"

namespace {

using namespace hanse;
using namespace hanse::optimiser::scheduling;

const SystemClock kClock;

double now_s() { return std::chrono::duration<double>(kClock.monotonic()).count(); }

/// The process's environment, as `main` is given it.
class Environment {
 public:
  explicit Environment(char** variables) {
    for (; variables && *variables; ++variables) {
      const std::string_view text{*variables};
      const auto equals = text.find('=');
      if (equals != std::string_view::npos) values_[std::string{text.substr(0, equals)}] = text.substr(equals + 1);
    }
  }
  std::string setting(const std::string& name, const std::string& otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? otherwise : found->second;
  }

 private:
  std::map<std::string, std::string> values_;
};

struct Family {
  std::string name;
  std::vector<std::string> instances;
  std::size_t sample;  ///< How many of them in the short mode.
  const char* bars;    ///< Of the mean deviation, at 10 s and 60 s.
};

std::vector<std::string> numbered(const std::string& prefix, int first, int last, const std::string& suffix = "") {
  std::vector<std::string> names;
  for (int i = first; i <= last; ++i) {
    char number[16];
    std::snprintf(number, sizeof number, "%02d", i);
    names.push_back(prefix + number + suffix);
  }
  return names;
}

std::vector<Family> families() {
  auto fattahi = numbered("sfjs", 1, 10);
  for (auto& name : numbered("mfjs", 1, 10)) fattahi.push_back(name);
  return {
      {"ft", {"ft06", "ft10", "ft20"}, 3, "0 / 0"},          {"la", numbered("la", 1, 40), 4, "0.08 (la21-40) / 0.03"},
      {"ta01-10", numbered("ta", 1, 10), 2, "0.12 / 0.03"},  {"ta11-20", numbered("ta", 11, 20), 2, "0.60 / 0.40"},
      {"ta21-30", numbered("ta", 21, 30), 2, "0.80 / 0.50"}, {"ta31-40", numbered("ta", 31, 40), 2, "0.75 / 0.50"},
      {"ta41-50", numbered("ta", 41, 50), 2, "2.0 / 1.3"},   {"brandimarte", numbered("mk", 1, 15), 3, "0.35 / 0.2"},
      {"dauzere", numbered("", 1, 18, "a"), 3, "1.0 / 0.7"}, {"fattahi", fattahi, 4, "0 / 0"}};
}

struct Known {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

std::map<std::string, Known> best_known(const std::string& folder) {
  std::map<std::string, Known> known;
  std::ifstream file{folder + "/best-known.csv"};
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = split(line, ',');
    if (cells.size() < 4) continue;
    known[std::string{trim(cells[1])}] = {std::atoll(std::string{cells[2]}.c_str()),
                                          std::atoll(std::string{cells[3]}.c_str())};
  }
  return known;
}

bool read_problem(const std::string& folder, const std::string& name, Problem& problem) {
  for (const char* kind : {"jsp", "fjsp"}) {
    std::ifstream file{folder + "/" + kind + "/" + name + ".txt", std::ios::binary};
    if (!file) continue;
    std::stringstream text;
    text << file.rdbuf();
    auto read = kind[0] == 'j' ? read_job_shop(text.str()) : read_flexible_job_shop(text.str());
    if (!read) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), to_string(read.error()).c_str());
      return false;
    }
    problem = *std::move(read);
    return true;
  }
  return false;
}

void demand(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "scheduling_bench: %s\n", what.c_str());
  std::exit(1);
}

Solution solve_for(const Problem& problem, double seconds) {
  const double begin = now_s();
  SolveOptions options{.threads = 2};
  options.expired = [&] { return now_s() - begin >= seconds; };
  auto solution = solve(problem, options);
  demand(solution.has_value(), "the problem doesn't pass");
  demand(check(problem, solution->schedule).empty(), "the checker refuses a schedule");
  return *std::move(solution);
}

void bench_families(const Environment& environment, bool full) {
  const auto folder = environment.setting("HANSE_INSTANCES", "../shared/data/scheduling");
  const auto known = best_known(folder);
  if (known.empty()) {
    std::printf("SKIP no instances in '%s' (HANSE_INSTANCES)\n", folder.c_str());
    return;
  }
  const std::string wanted = environment.setting("HANSE_BENCH_FAMILIES", "");
  std::vector<double> limits;
  const std::string list = environment.setting("HANSE_BENCH_SECONDS", full ? "1,10,60" : "1,10");
  for (const auto text : split(list, ',')) limits.push_back(std::atof(std::string{text}.c_str()));
  for (const auto& family : families()) {
    if (!wanted.empty() && !(" " + wanted + " ").contains(" " + family.name + " ")) continue;
    std::vector<std::pair<std::string, Problem>> present;
    for (const auto& name : family.instances) {
      Problem problem;
      if (known.contains(name) && read_problem(folder, name, problem)) present.emplace_back(name, std::move(problem));
    }
    const std::size_t step = full ? 1 : std::max<std::size_t>(1, present.size() / family.sample);
    for (const double seconds : limits) {
      double sum = 0;
      std::size_t count = 0, hit = 0;
      for (std::size_t i = step / 2; i < present.size(); i += step) {
        const auto& [name, problem] = present[i];
        const auto& best = known.at(name);
        const auto solution = solve_for(problem, seconds);
        const double gap = 100.0 * (static_cast<double>(solution.value) / static_cast<double>(best.high) - 1);
        demand(solution.bound.value <= best.high, name + ": a bound over the best known");
        std::printf("%s %.0fs %lld (best known %lld) %.2f %% bound %lld by %s\n", name.c_str(), seconds,
                    static_cast<long long>(solution.value), static_cast<long long>(best.high), gap,
                    static_cast<long long>(solution.bound.value), solution.bound.name.c_str());
        std::fflush(stdout);
        sum += gap;
        hit += solution.value <= best.high ? 1 : 0;
        ++count;
      }
      if (count == 0) continue;
      std::printf(
          "FIGURE scheduling.%s.%.0fs_gap_pct %.3f %% over %zu instances, %zu at best known; bars at 10 / 60 s: %s\n",
          family.name.c_str(), seconds, sum / static_cast<double>(count), count, hit, family.bars);
      std::fflush(stdout);
    }
  }
}

void bench_million(double seconds) {
  const auto problem = taillard_shop(1000, 1000, {.times = 1, .machines = 2});
  double begin = now_s();
  const auto first = dispatch(problem);
  const double first_s = now_s() - begin;
  demand(first && check(problem, first->schedule).empty(), "the checker refuses the first schedule");
  std::printf("FIGURE scheduling.million_first_s %.2f s\n", first_s);
  const auto later = solve_for(problem, seconds);
  std::printf("FIGURE scheduling.million_first_over_bound_pct %.2f %% bound %lld\n",
              100 * (static_cast<double>(first->value) / static_cast<double>(first->bound.value) - 1),
              static_cast<long long>(first->bound.value));
  std::printf("FIGURE scheduling.million_%.0fs_better_pct %.2f %% than the first schedule\n", seconds,
              100 * (1 - static_cast<double>(later.value) / static_cast<double>(first->value)));
}

/// A plant's orders: jobs of five to ten steps with alternatives and weights. As studies of dynamic job shops have it,
/// orders come so that machines are busy 85 % of the time, and are due after a multiple of their own work.
Plan plant_of(std::size_t operations, std::uint64_t seed) {
  Random random{seed};
  Plan plan;
  auto& problem = plan.problem;
  const std::size_t machines = 20 + operations / 500;
  problem.machines.resize(machines);
  for (std::size_t m = 0; m < machines; ++m) problem.machines[m].name = "M" + std::to_string(m + 1);
  const double work_per_machine = static_cast<double>(operations) * 1'800.0 / static_cast<double>(machines);
  for (std::size_t count = 0; count < operations;) {
    auto& job = problem.jobs.emplace_back();
    job.name = "O" + std::to_string(problem.jobs.size());
    const auto steps = std::min<std::int64_t>(random.integer(5, 10), static_cast<std::int64_t>(operations - count));
    Seconds work = 0;
    for (std::int64_t k = 0; k < steps; ++k, ++count) {
      auto& operation = job.operations.emplace_back();
      const auto main = static_cast<std::uint32_t>(random.integer(0, static_cast<std::int64_t>(machines) - 1));
      const auto duration = static_cast<Seconds>(random.integer(600, 3'000));
      operation.modes.push_back({MachineIndex{main}, duration});
      if (random.chance(0.5))
        operation.modes.push_back(
            {MachineIndex{static_cast<std::uint32_t>((main + 1) % machines)}, duration + duration / 8});
      work += duration;
    }
    job.release = static_cast<Seconds>(random.uniform(0, work_per_machine / 0.85));
    job.due = job.release + static_cast<Seconds>(random.uniform(2, 5) * work);
    job.weight = static_cast<std::int32_t>(random.integer(1, 5));
  }
  return plan;
}

Event random_event(const Plan& plan, Random& random, Seconds now, int number) {
  const auto& problem = plan.problem;
  Event event{.at = now};
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < plan.schedule.operations.size(); ++i) {
    if (plan.schedule.operations[i] && plan.schedule.operations[i]->start > now) open.push_back(i);
  }
  const auto later = [&] {
    return OperationIndex{
        open[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(open.size()) - 1))]};
  };
  const auto roll = open.empty() ? 0 : random.integer(0, 9);
  if (roll <= 4) {
    event.kind = EventKind::machine_down;
    event.machine = MachineIndex{
        static_cast<std::uint32_t>(random.integer(0, static_cast<std::int64_t>(problem.machines.size()) - 1))};
    event.until = now + static_cast<Seconds>(random.integer(900, 7'200));
  } else if (roll <= 6) {
    event.kind = EventKind::material_late;
    event.operation = later();
    event.until =
        plan.schedule.operations[position(*event.operation)]->start + static_cast<Seconds>(random.integer(600, 7'200));
  } else if (roll <= 8) {
    event.kind = EventKind::rush_order;
    Seconds work = 0;
    auto& job = event.job.emplace(
        problem.jobs[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(problem.jobs.size()) - 1))]);
    job.name = "rush " + std::to_string(number);
    job.release = now;
    job.weight = 10;
    job.cancelled = false;
    for (auto& operation : job.operations) {
      operation.pin.reset();
      operation.release = 0;
      work += operation.modes[0].duration;
    }
    job.due = now + 2 * work;  // The shortest allowance of the plant's orders.
  } else {
    event.kind = EventKind::cancellation;
    event.job_index =
        JobIndex{static_cast<std::uint32_t>(random.integer(0, static_cast<std::int64_t>(problem.jobs.size()) - 1))};
  }
  return event;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

/// What full re-optimisation reaches, for the loss of efficiency: the better of the ladder without tax and zones, and
/// of a search that goes on from what was published without tax.
double free_value(const Plan& plan, const RescheduleOptions& options, const Schedule& published, std::uint64_t steps) {
  auto copy = options;
  copy.change_percent = 0;
  copy.frozen = copy.firm = 0;
  copy.iterations_max = steps;
  const auto ladder = reschedule(plan, copy);
  demand(ladder.has_value(), "rescheduling failed");
  auto before = plan.schedule.operations;
  before.resize(operation_count(plan.problem));
  const auto onwards = solve(plan.problem, {.objective = options.objective,
                                            .iterations_max = steps,
                                            .start = published,
                                            .tax = StabilityTax{.published = std::move(before), .now = options.now}});
  demand(onwards.has_value(), "the search failed");
  return static_cast<double>(std::min(value_of(ladder->measures, options.objective), onwards->value));
}

/// One rung of the ladder over all events.
struct RungFigures {
  Rung highest;
  const char* name;
  std::vector<double> ms, nervousness_pct;
};

struct PlantDay {
  std::size_t operations;
  int events;
  bool in_a_row;             ///< Each event meets what the one before left; else the plan as it was optimised.
  int timed_every;           ///< The lower rungs alone are run and timed for every so many events.
  std::uint64_t steps;       ///< Of the taxed search.
  std::uint64_t free_steps;  ///< Of the search that efficiency is measured against.
};

/// Random events on a published plan, with the zones and tolerance that the app has by default.
void bench_rescheduling(const PlantDay& day, const Plan& published, const Measures& before) {
  auto plan = published;
  const Objective objective{.makespan = 1, .weighted_tardiness = 1};
  Random random{5};
  std::vector<RungFigures> rungs{{Rung::right_shift, "right_shift_alone", {}, {}},
                                 {Rung::repair, "repair", {}, {}},
                                 {Rung::match_up, "match_up", {}, {}}};
  std::vector<double> shift_ms, search_ms, nervousness, loss;
  std::map<std::string, int> published_by;
  const auto span = before.makespan / (day.events * 2);
  for (int k = 1; k <= day.events; ++k) {
    if (!day.in_a_row) plan = published;
    const auto now = static_cast<Seconds>(span * k);
    assume_started(plan, now);
    const auto event = random_event(plan, random, now, k);
    demand(apply(plan, event).has_value(), "an event doesn't fit");
    RescheduleOptions options{.objective = objective,
                              .now = now,
                              .frozen = 3'600,
                              .firm = 28'800,
                              .shift_tolerance = 600,
                              .iterations_max = day.steps,
                              .events = {event}};
    auto prepared = RightShift::prepare(plan);
    demand(prepared.has_value(), "right-shift failed");
    double begin = now_s();
    const auto shifted = prepared->run(now);
    shift_ms.push_back((now_s() - begin) * 1e3);
    demand(!shifted.operations.empty(), "right-shift placed nothing");
    const auto climb = [&](Rung highest, std::vector<double>& ms) {
      options.highest = highest;
      begin = now_s();
      auto made = reschedule(plan, options);
      ms.push_back((now_s() - begin) * 1e3);
      demand(made.has_value(), "rescheduling failed");
      return *std::move(made);
    };
    for (auto& rung : rungs) {
      if (k % day.timed_every == 0) rung.nervousness_pct.push_back(100 * climb(rung.highest, rung.ms).nervousness);
    }
    const auto result = climb(Rung::search, search_ms);
    const auto violations = check(plan.problem, result.schedule);
    demand(violations.empty(), violations.empty() ? "" : violations[0].path + ": " + violations[0].message);
    nervousness.push_back(100 * result.nervousness);
    if (k % day.timed_every == 0) {
      const double free = free_value(plan, options, result.schedule, day.free_steps);
      loss.push_back(100 * std::max(0.0, static_cast<double>(value_of(result.measures, objective)) / free - 1));
    }
    ++published_by[describe::enum_name(result.rung)];
    plan.schedule = result.schedule;
  }
  auto size = day.operations == 1'000 ? std::string{} : "_" + std::to_string(day.operations / 1000) + "k";
  std::printf("%d events%s, %zu operations\n", day.events, day.in_a_row ? " in a row" : "", day.operations);
  if (!day.in_a_row) {
    std::printf("FIGURE scheduling.right_shift%s_ms %.3f ms median of %d events, %zu operations\n", size.c_str(),
                median(shift_ms), day.events, day.operations);
    for (const auto& rung : rungs) {
      if (rung.highest == Rung::right_shift) continue;
      std::printf("FIGURE scheduling.%s%s_ms %.1f ms median\n", rung.name, size.c_str(), median(rung.ms));
    }
    std::printf("FIGURE scheduling.taxed_search%s_ms %.1f ms median\n", size.c_str(), median(search_ms));
  } else {
    size = "_in_a_row" + size;
  }
  for (const auto& rung : rungs) std::printf("up to %s: nervousness %.2f %%\n", rung.name, mean(rung.nervousness_pct));
  std::printf("FIGURE scheduling.nervousness%s_pct %.2f %% mean, %.2f %% median\n", size.c_str(), mean(nervousness),
              median(nervousness));
  std::printf("FIGURE scheduling.efficiency_loss%s_pct %.2f %% mean of %zu, against a search without tax\n",
              size.c_str(), mean(loss), loss.size());
  for (const auto& [rung, count] : published_by) std::printf("published by %s: %d\n", rung.c_str(), count);
  std::fflush(stdout);
}

/// A plant and its plan, well searched: what a search without tax finds in the same plan later isn't the event's.
void bench_plant(std::size_t operations, bool full) {
  auto plan = plant_of(operations, 11);
  const bool small = operations <= 1'000;
  const Objective objective{.makespan = 1, .weighted_tardiness = 1};
  const auto first = solve(plan.problem, {.objective = objective, .iterations_max = small ? 60'000U : 10'000U});
  demand(first.has_value(), "the plant doesn't pass");
  plan.schedule = first->schedule;
  // Until searching on changes little: what a search finds later is then the event's, not the plan's own slack.
  Measures before = first->measures;
  for (std::uint64_t round = 1; round <= 12; ++round) {
    const auto value = value_of(before, objective);
    const auto steps = small ? 40'000U : 4'000U;
    const auto near =
        reschedule(plan, {.objective = objective, .change_percent = 0, .iterations_max = steps, .seed = round});
    demand(near.has_value(), "the plan can't be improved");
    const auto wide =
        solve(plan.problem, {.objective = objective, .seed = round, .iterations_max = steps, .start = near->schedule});
    demand(wide.has_value(), "the plan can't be improved");
    plan.schedule = wide->schedule;
    before = wide->measures;
    if (static_cast<double>(value - wide->value) < 0.003 * static_cast<double>(value)) break;
  }
  std::printf("plan of %zu operations: %lld by search, %lld improved\n", operations,
              static_cast<long long>(first->value), static_cast<long long>(value_of(before, objective)));
  std::fflush(stdout);
  PlantDay day{.operations = operations,
               .events = small || full ? 100 : 20,
               .in_a_row = false,
               .timed_every = full ? 2 : 5,
               .steps = small ? 5'000U : 2'000U,
               .free_steps = small ? 20'000U : 4'000U};
  bench_rescheduling(day, plan, before);
  day.in_a_row = true;
  bench_rescheduling(day, plan, before);
}

}  // namespace

int main(int, char**, char** variables) {
  const Environment environment{variables};
  const bool full = !environment.setting("HANSE_BENCH_FULL", "").empty();
  const std::string parts = environment.setting("HANSE_BENCH_PARTS", "rescheduling million families");
  if (parts.contains("rescheduling")) {
    bench_plant(1'000, full);
    bench_plant(10'000, full);
  }
  if (parts.contains("million")) bench_million(full ? 60 : 10);
  if (parts.contains("families")) bench_families(environment, full);
}
