#include "optimiser/scheduling/internal/general_shop.hpp"

#include <algorithm>

namespace hanse::optimiser::scheduling::internal {
namespace {

/// Longest stretch of work that calendars are laid out for: everything in a row, stretched by the rarest calendar.
Seconds horizon_of(const Problem& problem) {
  std::int64_t latest = 0, work = 0, setup = 0, way = 0;
  for (const auto& machine : problem.machines) {
    latest = std::max<std::int64_t>(latest, machine.available_from);
    for (const auto& closure : machine.closures) latest = std::max<std::int64_t>(latest, closure.end);
  }
  for (const auto& person : problem.operators) {
    for (const auto& absence : person.absences) latest = std::max<std::int64_t>(latest, absence.end);
  }
  for (const auto& matrix : problem.setups) {
    for (const auto& row : matrix.seconds) {
      for (const auto seconds : row) setup = std::max<std::int64_t>(setup, seconds);
    }
  }
  if (problem.transport) {
    for (const auto& row : problem.transport->seconds) {
      for (const auto seconds : row) way = std::max<std::int64_t>(way, seconds);
    }
  }
  for (const auto& job : problem.jobs) {
    latest = std::max<std::int64_t>(latest, job.release);
    for (const auto& operation : job.operations) {
      std::int64_t longest = 0;
      for (const auto& mode : operation.modes) longest = std::max<std::int64_t>(longest, mode.duration);
      work += longest + operation.lag + setup + 2 * way;
      latest = std::max<std::int64_t>(latest, operation.release);
      if (operation.pin)
        latest = std::max<std::int64_t>({latest, operation.pin->start, operation.pin->end.value_or(0)});
    }
  }
  double stretch = 1;
  std::int64_t cap = kHorizonMax, period = 0;
  constexpr std::int64_t kShopIntervalsMax = 20'000;
  for (const auto& calendar : problem.calendars) {
    if (calendar.repeat_every == 0) continue;
    std::int64_t open = 0;
    for (const auto& interval : calendar.working) open += interval.end - interval.start;
    stretch = std::max(stretch, static_cast<double>(calendar.repeat_every) / static_cast<double>(open));
    period = std::max<std::int64_t>(period, calendar.repeat_every);
    cap = std::min(cap, std::max<std::int64_t>(calendar.repeat_every,
                                               kShopIntervalsMax / static_cast<std::int64_t>(calendar.working.size()) *
                                                   std::int64_t{calendar.repeat_every}));
  }
  const double wanted =
      static_cast<double>(latest) + static_cast<double>(work) * 2 * stretch + 2.0 * static_cast<double>(period);
  return static_cast<Seconds>(std::min(static_cast<double>(std::max(cap, latest)), wanted));
}

GeneralShop::Item item_of(const Job& job, const Operation& operation) {
  GeneralShop::Item item;
  item.release = std::max(job.release, operation.release);
  item.lag = operation.lag;
  item.size = operation.size;
  item.family = static_cast<std::uint32_t>(position(operation.family));
  item.skill = operation.skill ? static_cast<std::int32_t>(position(*operation.skill)) : -1;
  item.resumable = operation.resumable;
  if (operation.pin) {
    item.pinned = true;
    item.fact = operation.pin->end.has_value();
    item.pin_start = operation.pin->start;
    item.pin_end = operation.pin->end.value_or(0);
    item.pin_machine = static_cast<std::uint32_t>(position(operation.pin->machine));
  }
  item.dropped = job.cancelled && !item.fact;
  return item;
}

void add_resources(GeneralShop& shop, const Problem& problem) {
  const Seconds until = shop.until = horizon_of(problem);
  const auto calendar = [&](const std::optional<CalendarIndex>& index) {
    return index ? &problem.calendars[position(*index)] : nullptr;
  };
  for (const auto& machine : problem.machines) {
    auto& item = shop.machines.emplace_back();
    item.works = WorkingTime{calendar(machine.calendar), machine.closures, until};
    item.capacity = machine.capacity;
    item.batch = machine.batch;
    item.available_from = machine.available_from;
    if (machine.setups) item.setups = &problem.setups[position(*machine.setups)].seconds;
    if (machine.family) item.family = static_cast<std::int32_t>(position(*machine.family));
  }
  shop.people_with.resize(problem.skills.size());
  for (std::size_t p = 0; p < problem.operators.size(); ++p) {
    shop.people.emplace_back(calendar(problem.operators[p].calendar), problem.operators[p].absences, until);
    for (const auto skill : problem.operators[p].skills)
      shop.people_with[position(skill)].push_back(static_cast<std::uint32_t>(p));
  }
  // Who can do least comes first, so that the versatile stay free.
  for (auto& people : shop.people_with) {
    std::stable_sort(people.begin(), people.end(), [&](auto a, auto b) {
      return problem.operators[a].skills.size() < problem.operators[b].skills.size();
    });
  }
}

void add_topological(GeneralShop& shop) {
  std::vector<std::vector<std::uint32_t>> next(shop.items.size());
  std::vector<std::uint32_t> waiting(shop.items.size(), 0);
  for (std::uint32_t i = 0; i < shop.items.size(); ++i) {
    const auto& item = shop.items[i];
    for (std::uint32_t b = 0; b < item.befores; ++b) {
      next[shop.before[item.first_before + b]].push_back(i);
      ++waiting[i];
    }
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < shop.items.size(); ++i) {
    if (waiting[i] == 0) order.push_back(i);
  }
  for (std::size_t k = 0; k < order.size(); ++k) {
    for (const auto follower : next[order[k]]) {
      if (--waiting[follower] == 0) order.push_back(follower);
    }
  }
  for (const auto i : order) {
    if (!shop.items[i].dropped) shop.topological.push_back(i);
  }
}

}  // namespace

GeneralShop GeneralShop::from(const Problem& problem, Seconds now) {
  GeneralShop shop;
  shop.problem = &problem;
  shop.now = now;
  add_resources(shop, problem);
  if (problem.transport) {
    shop.ways = &problem.transport->seconds;
    shop.vehicles = static_cast<std::uint32_t>(problem.transport->vehicles);
  }
  shop.items.reserve(operation_count(problem));
  for (std::uint32_t j = 0; j < problem.jobs.size(); ++j) {
    const auto first = static_cast<std::uint32_t>(shop.items.size());
    const auto& job = problem.jobs[j];
    for (std::uint32_t i = 0; i < job.operations.size(); ++i) {
      const auto& operation = job.operations[i];
      auto item = item_of(job, operation);
      item.job = j;
      item.first_choice = static_cast<std::uint32_t>(shop.choices.size());
      item.choices = static_cast<std::uint32_t>(operation.modes.size());
      for (const auto& mode : operation.modes)
        shop.choices.push_back({static_cast<std::uint32_t>(position(mode.machine)), mode.duration});
      item.first_before = static_cast<std::uint32_t>(shop.before.size());
      if (operation.after) {
        for (const auto before : *operation.after) shop.before.push_back(first + before);
      } else if (i > 0) {
        shop.before.push_back(first + i - 1);
      }
      item.befores = static_cast<std::uint32_t>(shop.before.size()) - item.first_before;
      const auto index = static_cast<std::uint32_t>(shop.items.size());
      if (item.fact) shop.facts.push_back(index);
      if (item.pinned && !item.fact && !item.dropped) shop.machines[item.pin_machine].pins.push_back(index);
      shop.items.push_back(item);
    }
  }
  const auto by_start = [&](std::uint32_t a, std::uint32_t b) {
    return shop.items[a].pin_start < shop.items[b].pin_start;
  };
  std::stable_sort(shop.facts.begin(), shop.facts.end(), by_start);
  for (auto& machine : shop.machines) std::stable_sort(machine.pins.begin(), machine.pins.end(), by_start);
  add_topological(shop);
  return shop;
}

}  // namespace hanse::optimiser::scheduling::internal
