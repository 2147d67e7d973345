#include "optimiser/scheduling/internal/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hanse::optimiser::scheduling::internal {

Decoder::Decoder(const GeneralShop& shop, const Objective& objective, const StabilityTax* tax)
    : shop_(shop),
      objective_(objective),
      tax_(tax),
      excluded_(shop.problem->jobs.size()),
      start_(shop.items.size(), 0),
      end_(shop.items.size(), 0),
      machine_(shop.items.size(), 0),
      person_(shop.items.size(), -1),
      placed_(shop.items.size(), 0),
      machines_(shop.machines.size()) {}

std::int64_t Decoder::decode(const GeneralMember& member) {
  for (auto& reason : excluded_) reason.clear();
  do {
    newly_excluded_ = false;
    decode_once(member);
  } while (newly_excluded_);
  return value();
}

void Decoder::decode_once(const GeneralMember& member) {
  std::fill(placed_.begin(), placed_.end(), 0);
  for (std::size_t m = 0; m < machines_.size(); ++m) {
    // Set-ups count from when the machine is there, which may be before now.
    machines_[m].free = shop_.machines[m].available_from;
    machines_[m].family = shop_.machines[m].family;
    machines_[m].next_pin = 0;
    machines_[m].running.clear();
  }
  person_free_.assign(shop_.people.size(), 0);
  fleet_.assign(shop_.vehicles, {});
  carriages_.clear();
  sequence_.clear();
  setup_seconds_ = 0;
  for (const auto fact : shop_.facts) place_fact(fact);
  for (const auto item : member.order) place(item, member);
}

void Decoder::place_fact(std::uint32_t i) {
  const auto& item = shop_.items[i];
  auto& machine = machines_[item.pin_machine];
  const auto& about = shop_.machines[item.pin_machine];
  if (about.setups && machine.family >= 0)
    setup_seconds_ += (*about.setups)[static_cast<std::size_t>(machine.family)][item.family];
  machine.family = static_cast<std::int32_t>(item.family);
  machine.free = std::max(machine.free, item.pin_end);
  if (about.capacity > 1)
    machine.running.push_back({item.pin_start, item.pin_end, item.size, item.family, item.pin_end - item.pin_start});
  start_[i] = item.pin_start;
  end_[i] = item.pin_end;
  machine_[i] = item.pin_machine;
  placed_[i] = 1;
  person_[i] = -1;
  if (item.skill >= 0) {
    const auto& people = shop_.people_with[static_cast<std::size_t>(item.skill)];
    auto chosen = people.front();
    for (const auto person : people) {
      if (person_free_[person] <= item.pin_start) {
        chosen = person;
        break;
      }
    }
    const auto preferred = preferred_.empty() ? -1 : preferred_[i];
    if (preferred >= 0 && person_free_[static_cast<std::size_t>(preferred)] <= item.pin_start)
      chosen = static_cast<std::uint32_t>(preferred);
    person_[i] = static_cast<std::int32_t>(chosen);
    person_free_[chosen] = std::max(person_free_[chosen], item.pin_end);
  }
  sequence_.push_back(i);
}

void Decoder::place(std::uint32_t i, const GeneralMember& member) {
  const auto& item = shop_.items[i];
  if (placed_[i] != 0 || item.dropped || !excluded_[item.job].empty()) return;
  for (std::uint32_t b = 0; b < item.befores; ++b) {
    place(shop_.before[item.first_before + b], member);
    if (!excluded_[item.job].empty()) return;
  }
  auto choice = shop_.choice(i, member.choice[i]);
  if (item.pinned) {
    for (std::uint32_t c = 0; c < item.choices; ++c) {
      if (shop_.choice(i, c).machine == item.pin_machine) choice = shop_.choice(i, c);
    }
  }
  while (true) {
    const Seconds from = std::max({ready(i, choice.machine, false), item.release, shop_.now,
                                   floors_.empty() ? 0 : floors_[i], item.pinned ? item.pin_start : 0});
    const Place found = find(i, choice, from);
    if (found.start == kNever) {
      excluded_[item.job] = fmt::format(
          "machine '{}' or an operator has no {} s of working time for operation {} before the calendars end",
          shop_.problem->machines[choice.machine].name, choice.duration, i);
      newly_excluded_ = true;
      return;
    }
    if (!pin_in_the_way(i, choice.machine, found)) {
      // A vehicle may be taken; what it carries arrives when was said before.
      if (shop_.vehicles > 0) ready(i, choice.machine, true);
      commit(i, choice, found);
      return;
    }
    auto& state = machines_[choice.machine];
    const auto pin = shop_.machines[choice.machine].pins[state.next_pin++];
    place(pin, member);
  }
}

/// A pinned operation comes next on this machine, and this one wouldn't be out of its way.
bool Decoder::pin_in_the_way(std::uint32_t i, std::uint32_t m, const Place& place) const {
  const auto& pins = shop_.machines[m].pins;
  const auto& state = machines_[m];
  if (state.next_pin >= pins.size()) return false;
  const auto pin = pins[state.next_pin];
  if (pin == i || placed_[pin] != 0) return false;
  const auto& about = shop_.items[pin];
  if (about.dropped || !excluded_[about.job].empty()) return false;
  if (place.end <= about.pin_start) {
    if (!shop_.machines[m].setups) return false;
    const Seconds setup = (*shop_.machines[m].setups)[shop_.items[i].family][about.family];
    return shop_.machines[m].works.fit_resumable(place.end, setup).end > about.pin_start;
  }
  // Does the pin wait for this very job? Then it can't go first.
  return about.job != shop_.items[i].job;
}

/// When what the operation needs from its job can be at the machine.
Seconds Decoder::ready(std::uint32_t i, std::uint32_t to, bool commit) {
  const auto& item = shop_.items[i];
  Seconds latest = 0;
  std::vector<VehicleState> trial;
  if (shop_.vehicles > 0 && !commit && item.befores > 1) trial = fleet_;  // Two parts may want the same vehicle.
  auto& fleet = trial.empty() ? fleet_ : trial;
  for (std::uint32_t b = 0; b < item.befores; ++b) {
    const auto before = shop_.before[item.first_before + b];
    if (placed_[before] == 0) continue;  // Its job was cancelled or had no place.
    const Seconds there = end_[before] + shop_.items[before].lag;
    const Seconds way = shop_.ways ? (*shop_.ways)[machine_[before]][to] : 0;
    if (way == 0 || shop_.vehicles == 0) {
      latest = std::max(latest, there + way);
      continue;
    }
    Seconds best_leave = kNever;
    std::size_t best = 0;
    for (std::size_t v = 0; v < fleet.size(); ++v) {
      const Seconds leave = std::max(there, fleet[v].free + (*shop_.ways)[fleet[v].at][machine_[before]]);
      if (leave < best_leave) {
        best_leave = leave;
        best = v;
      }
    }
    latest = std::max(latest, best_leave + way);
    if (commit) {
      carriages_.push_back({.vehicle = static_cast<std::uint32_t>(best),
                            .before = OperationIndex{before},
                            .after = OperationIndex{i},
                            .start = best_leave,
                            .end = best_leave + way});
    }
    if (commit || !trial.empty()) fleet[best] = {to, best_leave + way};
  }
  return latest;
}

Decoder::Place Decoder::find(std::uint32_t i, const GeneralShop::Choice& choice, Seconds from) const {
  const auto& machine = shop_.machines[choice.machine];
  if (machine.batch) return find_batch(i, choice, from);
  return machine.capacity == 1 ? find_in_line(i, choice, from) : find_in_parallel(i, choice, from);
}

/// With the operator who can begin soonest.
Decoder::Place Decoder::attend(std::uint32_t i, const GeneralShop::Choice& choice, Seconds from) const {
  const auto& item = shop_.items[i];
  const auto& works = shop_.machines[choice.machine].works;
  if (item.skill < 0) {
    const auto span = item.resumable ? works.fit_resumable(from, choice.duration) : works.fit(from, choice.duration);
    return {.start = span.start, .end = span.end};
  }
  Place best;
  const auto preferred = preferred_.empty() ? -1 : preferred_[i];
  for (const auto person : shop_.people_with[static_cast<std::size_t>(item.skill)]) {
    const auto span =
        fit_both(works, shop_.people[person], std::max(from, person_free_[person]), choice.duration, item.resumable);
    if (span.start == kNever) continue;
    if (span.end < best.end || (span.end == best.end && static_cast<std::int32_t>(person) == preferred)) {
      best = {.start = span.start, .end = span.end, .person = static_cast<std::int32_t>(person)};
    }
  }
  return best;
}

Decoder::Place Decoder::find_in_line(std::uint32_t i, const GeneralShop::Choice& choice, Seconds from) const {
  const auto& machine = shop_.machines[choice.machine];
  const auto& state = machines_[choice.machine];
  Seconds free = state.free, setup = 0;
  if (machine.setups && state.family >= 0) {
    setup = (*machine.setups)[static_cast<std::size_t>(state.family)][shop_.items[i].family];
    if (setup > 0) free = machine.works.fit_resumable(free, setup).end;
    if (free == kNever) return {};
  }
  Place found = attend(i, choice, std::max(free, from));
  found.setup = setup;
  return found;
}

Decoder::Place Decoder::find_in_parallel(std::uint32_t i, const GeneralShop::Choice& choice, Seconds from) const {
  const auto& machine = shop_.machines[choice.machine];
  const auto& running = machines_[choice.machine].running;
  const auto fits = [&](const Place& place) {
    // The load is highest where something starts.
    const auto load_at = [&](Seconds time) {
      std::int64_t load = shop_.items[i].size;
      for (const auto& other : running) load += other.start <= time && time < other.end ? other.size : 0;
      return load;
    };
    if (place.start == place.end) return true;
    if (load_at(place.start) > machine.capacity) return false;
    return std::all_of(running.begin(), running.end(), [&](const Running& other) {
      return other.start <= place.start || other.start >= place.end || load_at(other.start) <= machine.capacity;
    });
  };
  Seconds time = std::max(from, machine.available_from);
  while (time != kNever) {
    const Place place = attend(i, choice, time);
    if (place.start == kNever || fits(place)) return place;
    Seconds next = kNever;
    for (const auto& other : running) {
      if (other.end > place.start) next = std::min(next, other.end);
    }
    time = next;
  }
  return {};
}

Decoder::Place Decoder::find_batch(std::uint32_t i, const GeneralShop::Choice& choice, Seconds from) const {
  const auto& machine = shop_.machines[choice.machine];
  const auto& running = machines_[choice.machine].running;
  const auto& item = shop_.items[i];
  from = std::max(from, machine.available_from);
  Place best;
  if (item.skill < 0) {
    for (const auto& batch : running) {
      if (batch.family != item.family || batch.start < from || batch.length < choice.duration || batch.end >= best.end)
        continue;
      if (!item.resumable && batch.end - batch.start != batch.length) continue;  // It pauses.
      std::int64_t load = item.size;
      for (const auto& other : running) load += other.start == batch.start && other.end == batch.end ? other.size : 0;
      if (load <= machine.capacity) best = {.start = batch.start, .end = batch.end, .joins = true};
    }
  }
  Seconds time = from;
  while (time != kNever) {
    const Place place = attend(i, choice, time);
    if (place.start == kNever || place.end >= best.end) break;
    Seconds blocked_until = 0;
    for (const auto& other : running) {
      if (other.start < place.end && place.start < other.end) blocked_until = std::max(blocked_until, other.end);
    }
    if (blocked_until == 0) return place;
    time = blocked_until;
  }
  return best;
}

void Decoder::commit(std::uint32_t i, const GeneralShop::Choice& choice, const Place& place) {
  auto& state = machines_[choice.machine];
  const auto& item = shop_.items[i];
  if (shop_.machines[choice.machine].capacity > 1 || shop_.machines[choice.machine].batch) {
    if (place.end > place.start)
      state.running.push_back({place.start, place.end, item.size, item.family, choice.duration});
  } else {
    state.free = std::max(state.free, place.end);
    state.family = static_cast<std::int32_t>(item.family);
    setup_seconds_ += place.setup;
  }
  if (place.person >= 0) {
    auto& free = person_free_[static_cast<std::size_t>(place.person)];
    free = std::max(free, place.end);
  }
  start_[i] = place.start;
  end_[i] = place.end;
  machine_[i] = choice.machine;
  person_[i] = place.person;
  placed_[i] = 1;
  sequence_.push_back(i);
}

namespace {

std::int64_t tax_of(const StabilityTax& tax, const Placement& before, std::size_t machine, Seconds start) {
  const double age = static_cast<double>(std::max(0, before.start - tax.now)) / std::max(1, tax.decay);
  double cost = static_cast<double>(std::abs(start - before.start)) / (1 + age);
  if (position(before.machine) != machine) cost += tax.machine_change;
  if (before.start < tax.firm_until) {
    cost *= tax.firm_factor;
    if (position(before.machine) != machine || std::abs(start - before.start) > tax.tolerance) cost += tax.disturbance;
  }
  return std::llround(cost);
}

}  // namespace

std::int64_t Decoder::value() const {
  Measures measures;
  measures.setup_seconds = setup_seconds_;
  const auto& problem = *shop_.problem;
  std::size_t i = 0;
  bool energy = objective_.energy_cost != 0;
  for (std::size_t j = 0; j < problem.jobs.size(); ++j) {
    const auto& job = problem.jobs[j];
    Seconds end = 0;
    for (std::size_t k = 0; k < job.operations.size(); ++k, ++i) {
      if (placed_[i] == 0) continue;
      end = std::max(end, end_[i]);
      if (tax_ && tax_->published[i]) measures.change += tax_of(*tax_, *tax_->published[i], machine_[i], start_[i]);
    }
    measures.makespan = std::max<std::int64_t>(measures.makespan, end);
    if (!excluded_[j].empty()) ++measures.unplaced_jobs;
    if (job.due && end > *job.due && !job.cancelled)
      measures.weighted_tardiness += std::int64_t{end - *job.due} * job.weight;
  }
  if (energy) measures.energy_cost = measure(problem, schedule()).energy_cost;
  return value_of(measures, objective_);
}

Schedule Decoder::schedule() const {
  Schedule schedule;
  schedule.operations.resize(shop_.items.size());
  for (std::size_t i = 0; i < shop_.items.size(); ++i) {
    if (placed_[i] == 0 || (!excluded_[shop_.items[i].job].empty() && !shop_.items[i].fact)) continue;
    auto& at = schedule.operations[i].emplace();
    at = {.machine = MachineIndex{machine_[i]}, .start = start_[i], .end = end_[i], .attended_by = {}};
    if (person_[i] >= 0) at.attended_by = OperatorIndex{static_cast<std::uint32_t>(person_[i])};
  }
  schedule.carriages = carriages_;
  for (std::uint32_t j = 0; j < excluded_.size(); ++j) {
    if (shop_.problem->jobs[j].cancelled) {
      schedule.unplaced.push_back({JobIndex{j}, "cancelled"});
    } else if (!excluded_[j].empty()) {
      schedule.unplaced.push_back({JobIndex{j}, excluded_[j]});
    }
  }
  return schedule;
}

}  // namespace hanse::optimiser::scheduling::internal

namespace hanse::optimiser::scheduling {

std::int64_t change_of(const StabilityTax& tax, const Schedule& schedule) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < schedule.operations.size() && i < tax.published.size(); ++i) {
    if (schedule.operations[i] && tax.published[i]) {
      sum += internal::tax_of(tax, *tax.published[i], position(schedule.operations[i]->machine),
                              schedule.operations[i]->start);
    }
  }
  return sum;
}

}  // namespace hanse::optimiser::scheduling
