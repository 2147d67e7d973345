#include "apps/scheduling/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;
using solver::Seconds;

constexpr Duration kPast = 24h;
constexpr std::size_t kFamiliesMax = 2'000;  // A matrix of all of them is laid out.

Seconds ceil_seconds(double seconds) {
  return static_cast<Seconds>(std::clamp(std::ceil(seconds - 1e-6), 0.0, double{solver::kHorizonMax}));
}

/// Builds the problem order by order; machines, calendars and families come in when something needs them.
class Builder {
 public:
  explicit Builder(const ModelInput& input) : in_(input) {
    model_.origin = Timestamp{(input.now - kPast).ns / 3'600'000'000'000 * 3'600'000'000'000};
    model_.now = model_.seconds(input.now);
    model_.problem.name = "plant";
    for (const auto& pin : input.pins) pins_[{pin.order, pin.step}] = &pin;
    for (const auto& [id, life] : input.progress.machines()) {
      if (life.running) running_[*life.running] = id;
    }
  }

  Model build() {
    collect_families();
    add_people();
    for (const auto& [id, arrival] : in_.ledger.arrivals) arrivals_[arrival.order].push_back(&arrival);
    for (const auto& [id, order] : in_.ledger.orders) {
      if (order.status == OrderStatus::open) add_order(order);
    }
    add_transport();
    add_energy();
    return std::move(model_);
  }

 private:
  void leave_out(const ProductionOrder& order, std::string reason) {
    model_.left_out.push_back({order.id, std::move(reason)});
  }

  void collect_families() {
    for (const auto& [id, matrix] : in_.ledger.change_overs) {
      for (const auto& machine : matrix.machines) matrix_of_[machine] = &matrix;
      for (const auto& change : matrix.changes) {
        family(change.from);
        family(change.to);
      }
    }
    for (const auto& [id, order] : in_.ledger.orders) {
      const auto* routing = order.status == OrderStatus::open ? in_.ledger.routing_of(order) : nullptr;
      if (!routing) continue;
      for (const auto& step : routing->steps) family(step.family.empty() ? order.product : step.family);
    }
    for (const auto& [id, life] : in_.progress.machines()) {
      if (!life.product.empty()) family(life.product);
    }
  }

  /// Everybody who works within the horizon, one by one: a crew of three is three people with the same skills.
  void add_people() {
    for (const auto& [id, crew] : in_.ledger.operators) {
      solver::Operator person;
      if (!crew.calendar.empty()) {
        const auto calendar = in_.plant.calendars.find(crew.calendar);
        if (calendar == in_.plant.calendars.end()) continue;
        person.calendar = calendar_index(calendar->second);
        if (!person.calendar) continue;
      }
      for (const auto& skill : crew.skills) {
        const auto [known, fresh] = skills_.try_emplace(skill, static_cast<std::uint32_t>(skills_.size()));
        if (fresh) model_.problem.skills.push_back(skill);
        person.skills.push_back(solver::SkillIndex{known->second});
      }
      for (std::int64_t member = 0; member < crew.count; ++member) {
        person.name = person_name(crew, member);
        person.absences = absences_of(crew, member);
        model_.people.push_back(person.name);
        model_.problem.operators.push_back(person);
      }
    }
  }

  std::vector<solver::Closure> absences_of(const Operator& crew, std::int64_t member) const {
    std::vector<solver::Closure> out;
    for (const auto& [key, absence] : in_.ledger.absences) {
      if (absence.person != crew.id || absence.end <= model_.origin) continue;
      if (absence.count > 0 && member >= absence.count) continue;
      const Seconds begin = std::max(0, model_.seconds(absence.begin)), end = model_.seconds(absence.end);
      if (begin < end) out.push_back({begin, end, absence.reason.empty() ? "absent" : absence.reason});
    }
    return out;
  }

  /// Places of the problem's machines that are this asset or below it.
  std::vector<std::size_t> machines_below(const AssetId& asset) const {
    std::vector<std::size_t> out;
    for (std::size_t m = 0; m < model_.machines.size(); ++m) {
      if (is_below(model_.machines[m], asset)) out.push_back(m);
    }
    return out;
  }

  void add_transport() {
    if (in_.ledger.transport.empty()) return;
    const auto& network = in_.ledger.transport.begin()->second;
    struct Pair {
      std::vector<std::size_t> from, to;
      Seconds seconds;
      bool back;
    };
    std::vector<Pair> pairs;
    for (const auto& way : network.ways) {
      auto from = machines_below(way.from), to = machines_below(way.to);
      pairs.push_back({to, from, ceil_seconds(way.seconds), true});
      pairs.push_back({std::move(from), std::move(to), ceil_seconds(way.seconds), false});
    }
    // The wide ones first, so that the narrow ones have the last word; a way's own direction after the way back.
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
      return std::pair{b.from.size() * b.to.size(), !a.back} < std::pair{a.from.size() * a.to.size(), !b.back};
    });
    const auto count = model_.machines.size();
    std::vector ways(count, std::vector<Seconds>(count, ceil_seconds(network.default_s)));
    for (const auto& pair : pairs) {
      for (const auto from : pair.from) {
        for (const auto to : pair.to) ways[from][to] = pair.seconds;
      }
    }
    for (std::size_t m = 0; m < count; ++m) ways[m][m] = 0;
    add_last_ways(ways);
    model_.problem.transport = solver::Transport{
        .seconds = std::move(ways),
        .vehicles = static_cast<std::int32_t>(
            network.vehicles == 0 ? 0 : std::max<std::int64_t>(1, network.vehicles - network.out_of_service))};
  }

  /// What was finished just now is still to be brought to the next step, wherever that will be.
  void add_last_ways(const std::vector<std::vector<Seconds>>& ways) {
    for (const auto& one : brought_) {
      auto& operation = model_.problem.jobs[one.job].operations[one.operation];
      const auto from = machines_.find(one.from);
      if (from == machines_.end() || !from->second) continue;
      Seconds longest = 0;
      for (const auto& mode : operation.modes)
        longest = std::max(longest, ways[position(*from->second)][position(mode.machine)]);
      operation.release = std::max(operation.release, one.ready + longest);
    }
  }

  void add_energy() {
    if (in_.ledger.tariffs.empty()) return;
    const auto& tariff = in_.ledger.tariffs.begin()->second;
    for (const auto& price : tariff.prices) {
      const Seconds start = std::max(0, model_.seconds(price.from));
      auto& steps = model_.problem.tariff;
      if (!steps.empty() && steps.back().start == start) steps.pop_back();  // Of those past, the last one holds.
      steps.push_back({start, std::llround(price.per_mwh * 100)});
    }
    auto powers = tariff.machines;
    std::stable_sort(powers.begin(), powers.end(), [&](const MachinePower& a, const MachinePower& b) {
      return machines_below(a.machine).size() > machines_below(b.machine).size();
    });
    for (const auto& power : powers) {
      for (const auto m : machines_below(power.machine))
        model_.problem.machines[m].power_w = static_cast<std::int32_t>(std::lround(power.kw * 1000));
    }
  }

  std::uint32_t family(const std::string& name) {
    return families_.try_emplace(name, static_cast<std::uint32_t>(families_.size())).first->second;
  }

  /// Index of the machine in the problem; nothing when it has no working time.
  std::optional<solver::MachineIndex> machine(const AssetId& id) {
    const auto known = machines_.find(id);
    if (known != machines_.end()) return known->second;
    std::optional<solver::MachineIndex> made;
    if (solver::Machine machine{.name = id.value}; lay_out(id, machine)) {
      made = solver::MachineIndex{static_cast<std::uint32_t>(model_.problem.machines.size())};
      model_.problem.machines.push_back(std::move(machine));
      model_.machines.push_back(id);
    }
    machines_[id] = made;
    return made;
  }

  bool lay_out(const AssetId& id, solver::Machine& machine) {
    if (!in_.plant.asset(id)) return false;
    if (const auto* calendar = in_.plant.calendar_of(id)) {
      machine.calendar = calendar_index(*calendar);
      if (!machine.calendar) return false;
    }
    add_closures(id, machine);
    const auto matrix = matrix_of_.find(id);
    if (matrix == matrix_of_.end() || families_.size() > kFamiliesMax) return true;
    machine.setups = setups_index(*matrix->second);
    const auto* life = in_.progress.machine(id);
    if (life && !life->product.empty()) machine.family = solver::FamilyIndex{family(life->product)};
    return true;
  }

  std::optional<solver::CalendarIndex> calendar_index(const plant::Calendar& calendar) {
    const auto known = calendars_.find(calendar.id);
    if (known != calendars_.end()) return known->second;
    solver::Calendar laid{.name = calendar.id, .working = {}, .repeat_every = 0};
    const auto found = in_.plant.zones.find(calendar.time_zone);
    const auto zone = found == in_.plant.zones.end() ? std::make_shared<const plant::TimeZone>() : found->second;
    for (const auto& span : working_spans(calendar, *zone, {model_.origin, in_.now + in_.settings.horizon})) {
      const Seconds begin = std::max(0, model_.seconds(span.begin)), end = model_.seconds(span.end);
      if (end <= begin) continue;
      if (!laid.working.empty() && laid.working.back().end >= begin) {
        laid.working.back().end = std::max(laid.working.back().end, end);
      } else {
        laid.working.push_back({begin, end});
      }
    }
    std::optional<solver::CalendarIndex> made;
    if (!laid.working.empty() && laid.working.back().end > model_.now) {
      made = solver::CalendarIndex{static_cast<std::uint32_t>(model_.problem.calendars.size())};
      model_.problem.calendars.push_back(std::move(laid));
    }
    calendars_[calendar.id] = made;
    return made;
  }

  void add_closures(const AssetId& id, solver::Machine& machine) {
    for (const auto& [key, window] : in_.ledger.maintenance) {
      if (!is_below(id, window.asset) || window.end <= model_.origin) continue;
      machine.closures.push_back({std::max(0, model_.seconds(window.begin)), model_.seconds(window.end),
                                  window.reason.empty() ? "maintenance" : window.reason});
    }
    if (const auto down = in_.down.find(id); down != in_.down.end()) {
      machine.closures.push_back({std::max(0, model_.seconds(down->second.since)),
                                  std::max(model_.now + 1, model_.seconds(down->second.until)), down->second.reason});
    }
    std::erase_if(machine.closures, [](const solver::Closure& closure) { return closure.start >= closure.end; });
  }

  bool is_below(AssetId id, const AssetId& above) const {
    for (int depth = 0; depth < 50 && !id.empty(); ++depth) {
      if (id == above) return true;
      const auto* asset = in_.plant.asset(id);
      if (!asset) return false;
      id = asset->parent;
    }
    return false;
  }

  solver::SetupIndex setups_index(const ChangeOverMatrix& matrix) {
    const auto known = setups_.find(matrix.id);
    if (known != setups_.end()) return known->second;
    const auto count = families_.size();
    const Seconds usual = ceil_seconds(matrix.default_s);
    solver::SetupMatrix laid{.name = matrix.id, .seconds = std::vector(count, std::vector<Seconds>(count, usual))};
    for (std::size_t i = 0; i < count; ++i) laid.seconds[i][i] = 0;
    for (const auto& change : matrix.changes) {
      laid.seconds[family(change.from)][family(change.to)] = ceil_seconds(change.seconds);
    }
    const solver::SetupIndex made{static_cast<std::uint32_t>(model_.problem.setups.size())};
    model_.problem.setups.push_back(std::move(laid));
    setups_[matrix.id] = made;
    return made;
  }

  void add_order(const ProductionOrder& order) {
    if (!in_.plant.products.contains(order.product)) {
      return leave_out(order, fmt::format("there is no product '{}'", order.product));
    }
    const auto* routing = in_.ledger.routing_of(order);
    if (!routing) {
      return leave_out(order,
                       order.routing.empty()
                           ? fmt::format("product '{}' has no routing, or several and none is named", order.product)
                           : fmt::format("there is no routing '{}'", order.routing));
    }
    solver::Job job{.name = order.id};
    // What is overdue already is due at zero: the solver only needs to know that every second counts.
    if (order.due) job.due = std::max(0, model_.seconds(*order.due));
    job.weight = static_cast<std::int32_t>(order.weight);
    const auto brought = brought_.size();
    const auto unwanted = [&](std::string why) {
      brought_.resize(brought);
      leave_out(order, std::move(why));
    };
    std::vector<std::optional<std::uint32_t>> place(routing->steps.size());
    std::vector<OperationKey> keys;
    std::vector<bool> running;
    for (std::size_t i = 0; i < routing->steps.size(); ++i) {
      if (in_.progress.is_done(order, routing->steps[i].id)) continue;
      place[i] = static_cast<std::uint32_t>(keys.size());
      keys.push_back({order.id, routing->steps[i].id});
      running.push_back(false);
    }
    if (keys.empty()) return;
    for (std::size_t i = 0; i < routing->steps.size(); ++i) {
      if (!place[i]) continue;
      solver::Operation operation{.name = routing->steps[i].id};
      if (auto wrong = add_modes(order, routing->steps[i], operation); !wrong.empty()) {
        return unwanted(std::move(wrong));
      }
      const auto& skill = routing->steps[i].skill;
      if (const auto known = skills_.find(skill); known != skills_.end()) {
        operation.skill = solver::SkillIndex{known->second};
      } else if (!skill.empty()) {
        return unwanted(
            fmt::format("step '{}' needs the skill '{}', which no operator at work has", routing->steps[i].id, skill));
      }
      running[*place[i]] = set_pin(order, routing->steps[i], operation);
      set_before(order, *routing, i, place, operation);
      if (running[*place[i]]) operation.after.emplace();  // It has begun: what should have come before is past.
      job.operations.push_back(std::move(operation));
    }
    model_.problem.jobs.push_back(std::move(job));
    model_.orders.push_back(order.id);
    model_.keys.insert(model_.keys.end(), keys.begin(), keys.end());
    model_.running.insert(model_.running.end(), running.begin(), running.end());
  }

  /// Why no machine can do the step; empty when one can.
  std::string add_modes(const ProductionOrder& order, const RoutingStep& step, solver::Operation& operation) {
    const auto* done = in_.progress.find({order.id, step.id});
    const double left = std::max(1.0, static_cast<double>(order.quantity) - (done ? done->good : 0));
    std::string why = fmt::format("step '{}' has no machine", step.id);
    for (const auto& [id, own_cycle_s] : step.machines) {
      const double cycle_s = own_cycle_s > 0 ? own_cycle_s : in_.plant.ideal_cycle_s(order.product, id);
      const double fixed_s = done && done->good > 0 ? 0 : step.fixed_s;
      if (cycle_s <= 0 && fixed_s <= 0) {
        why = fmt::format("step '{}' has no cycle time on '{}'", step.id, id.value);
        continue;
      }
      const double seconds = fixed_s + cycle_s * left;
      if (seconds > in_.settings.horizon.count() / 1e9) {
        why =
            fmt::format("step '{}' takes {:.0f} h on '{}', longer than the horizon", step.id, seconds / 3600, id.value);
        continue;
      }
      const auto index = machine(id);
      if (!index) {
        why = fmt::format("machine '{}' isn't there or its calendar has no working time", id.value);
        continue;
      }
      operation.modes.push_back({*index, ceil_seconds(seconds)});
    }
    operation.lag = ceil_seconds(step.lag_s);
    operation.resumable = step.resumable;
    operation.family = solver::FamilyIndex{family(step.family.empty() ? order.product : step.family)};
    return operation.modes.empty() ? why : std::string{};
  }

  /// True when it runs: then its pin is a fact with an expected end.
  bool set_pin(const ProductionOrder& order, const RoutingStep& step, solver::Operation& operation) {
    const OperationKey key{order.id, step.id};
    const auto mode_on = [&](const AssetId& id) -> const solver::Mode* {
      const auto index = machine(id);
      for (const auto& mode : operation.modes) {
        if (index && mode.machine == *index) return &mode;
      }
      return nullptr;
    };
    if (const auto at = running_.find(key); at != running_.end()) {
      const auto* entry = in_.progress.find(key);
      const auto* mode = mode_on(at->second);
      if (entry && entry->started && mode) {
        const Seconds start = std::clamp(model_.seconds(*entry->started), 0, model_.now);
        operation.pin = solver::Pin{mode->machine, start, expected_end(at->second, *mode)};
        return true;
      }
    }
    const auto pin = pins_.find(key);
    if (pin == pins_.end()) return false;
    if (const auto* mode = mode_on(pin->second->machine)) {
      operation.pin = solver::Pin{mode->machine, std::max(0, model_.seconds(pin->second->start)), {}};
    } else {
      model_.remarks.push_back({order.id, fmt::format("step '{}' can't be done on '{}', to which it is pinned", step.id,
                                                      pin->second->machine.value)});
    }
    return false;
  }

  /// From now, through breaks and what keeps the machine from working.
  Seconds expected_end(const AssetId& id, const solver::Mode& mode) const {
    const auto& machine = model_.problem.machines[position(mode.machine)];
    Timestamp from = in_.now;
    for (const auto& closure : machine.closures) {
      if (closure.start <= model_.now && closure.end > model_.now) from = std::max(from, model_.time(closure.end));
    }
    double left_s = mode.duration;
    Timestamp end = from;
    for (const auto& span : working_spans(in_.plant, id, {from, from + in_.settings.horizon})) {
      const Timestamp begin = std::max(span.begin, from);
      const double length_s = static_cast<double>((span.end - begin).count()) / 1e9;
      if (length_s <= 0) continue;
      if (length_s >= left_s) {
        end = begin + Duration{static_cast<std::int64_t>(left_s * 1e9)};
        left_s = 0;
        break;
      }
      left_s -= length_s;
      end = span.end;
    }
    end += Duration{static_cast<std::int64_t>(left_s * 1e9)};
    return std::max(model_.now + 1, model_.seconds(end));
  }

  void set_before(const ProductionOrder& order, const Routing& routing, std::size_t step,
                  const std::vector<std::optional<std::uint32_t>>& place, solver::Operation& operation) {
    operation.after.emplace();
    Seconds release = order.release ? model_.seconds(*order.release) : 0;
    for (const auto before : steps_before(routing, step)) {
      if (place[before]) {
        operation.after->push_back(*place[before]);
        continue;
      }
      const auto* done = in_.progress.find({order.id, routing.steps[before].id});
      if (done && done->finished) {
        const Seconds ready = model_.seconds(*done->finished) + ceil_seconds(routing.steps[before].lag_s);
        release = std::max(release, ready);
        brought_.push_back({model_.problem.jobs.size(), *place[step], done->machine, ready});
      }
    }
    if (const auto arrivals = arrivals_.find(order.id); arrivals != arrivals_.end()) {
      for (const auto* arrival : arrivals->second) {
        if (arrival->step.empty() || arrival->step == routing.steps[step].id)
          release = std::max(release, model_.seconds(arrival->at));
      }
    }
    // A search that knows no now must not begin in the past either.
    operation.release = std::max(model_.now, release);
  }

  /// A part whose step before is done and no longer in the problem.
  struct Brought {
    std::size_t job, operation;
    AssetId from;
    Seconds ready;
  };

  const ModelInput& in_;
  Model model_;
  std::map<std::string, std::uint32_t> skills_;
  std::map<std::string, std::vector<const MaterialArrival*>> arrivals_;
  std::vector<Brought> brought_;
  std::map<OperationKey, const Pinning*> pins_;
  std::map<OperationKey, AssetId> running_;
  std::map<AssetId, const ChangeOverMatrix*> matrix_of_;
  std::map<std::string, std::uint32_t> families_;
  std::map<AssetId, std::optional<solver::MachineIndex>> machines_;
  std::map<std::string, std::optional<solver::CalendarIndex>> calendars_;
  std::map<std::string, solver::SetupIndex> setups_;
};

}  // namespace

Seconds Model::seconds(Timestamp time) const {
  const auto whole = (time.ns / 1'000'000'000) - (origin.ns / 1'000'000'000);
  return static_cast<Seconds>(std::clamp<std::int64_t>(whole, -solver::kHorizonMax, solver::kHorizonMax));
}

std::map<OperationKey, std::size_t> Model::places() const {
  std::map<OperationKey, std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) places[keys[i]] = i;
  return places;
}

Model build_model(const ModelInput& input) { return Builder{input}.build(); }

std::string person_name(const Operator& crew, std::int64_t member) {
  return crew.count == 1 ? crew.id : fmt::format("{} {}", crew.id, member + 1);
}

std::vector<plant::Span> working_spans(const plant::Records& plant, const AssetId& asset, plant::Span range) {
  const auto* calendar = plant.calendar_of(asset);
  if (!calendar) return {range};
  return working_spans(*calendar, *plant.zone_of(asset), range);
}

std::vector<plant::Span> working_spans(const plant::Calendar& calendar, const plant::TimeZone& zone,
                                       plant::Span range) {
  std::vector<plant::Span> out;
  for (const auto& shift : plant::shifts_between(calendar, zone, range)) {
    Timestamp from = shift.span.begin;
    auto breaks = shift.breaks;
    std::sort(breaks.begin(), breaks.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    for (const auto& pause : breaks) {
      if (pause.begin > from) out.push_back({from, pause.begin});
      from = std::max(from, pause.end);
    }
    if (shift.span.end > from) out.push_back({from, shift.span.end});
  }
  std::vector<plant::Span> clipped;
  for (const auto& span : out) {
    const plant::Span part{std::max(span.begin, range.begin), std::min(span.end, range.end)};
    if (part.begin >= part.end) continue;
    if (!clipped.empty() && clipped.back().end >= part.begin) {
      clipped.back().end = std::max(clipped.back().end, part.end);
    } else {
      clipped.push_back(part);
    }
  }
  return clipped;
}

solver::Schedule as_schedule(const Model& model, std::span<const PlannedOperation> operations) {
  solver::Schedule schedule;
  schedule.operations.resize(model.keys.size());
  const auto places = model.places();
  std::map<AssetId, std::uint32_t> machines;
  for (std::uint32_t i = 0; i < model.machines.size(); ++i) machines[model.machines[i]] = i;
  std::map<std::string, std::uint32_t> people;
  for (std::uint32_t i = 0; i < model.people.size(); ++i) people[model.people[i]] = i;
  std::vector<const solver::Operation*> flat;
  for (const auto& job : model.problem.jobs) {
    for (const auto& operation : job.operations) flat.push_back(&operation);
  }
  for (const auto& planned : operations) {
    const auto place = places.find({planned.order, planned.step});
    const auto machine = machines.find(planned.machine);
    if (place == places.end() || machine == machines.end()) continue;
    auto& at = schedule.operations[place->second].emplace();
    at.machine = solver::MachineIndex{machine->second};
    at.start = std::max(0, model.seconds(planned.start));
    at.end = std::max(0, model.seconds(planned.end));
    const auto& skill = flat[place->second]->skill;
    const auto person = people.find(planned.attended_by);
    if (!skill || person == people.end()) continue;
    const auto& skills = model.problem.operators[person->second].skills;
    if (std::find(skills.begin(), skills.end(), *skill) != skills.end())
      at.attended_by = solver::OperatorIndex{person->second};
  }
  return schedule;
}

std::vector<PlannedOperation> as_operations(const Model& model, const solver::Schedule& schedule) {
  std::vector<PlannedOperation> out;
  std::vector<const solver::Operation*> flat;
  for (const auto& job : model.problem.jobs) {
    for (const auto& operation : job.operations) flat.push_back(&operation);
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < schedule.operations.size(); ++i) {
    if (schedule.operations[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto &pa = *schedule.operations[a], &pb = *schedule.operations[b];
    return std::tuple{pa.start, pa.end, a} < std::tuple{pb.start, pb.end, b};
  });
  std::vector<std::optional<solver::FamilyIndex>> family;
  for (const auto& machine : model.problem.machines) family.push_back(machine.family);
  for (const auto i : order) {
    const auto& at = *schedule.operations[i];
    const auto m = position(at.machine);
    double setup_s = 0;
    if (const auto& setups = model.problem.machines[m].setups; setups && family[m] && !model.running[i]) {
      setup_s = model.problem.setups[position(*setups)].seconds[position(*family[m])][position(flat[i]->family)];
    }
    family[m] = flat[i]->family;
    out.push_back({.order = model.keys[i].order,
                   .step = model.keys[i].step,
                   .machine = model.machines[m],
                   .start = model.time(at.start),
                   .end = model.time(at.end),
                   .setup_s = setup_s,
                   .running = model.running[i],
                   .attended_by = at.attended_by ? model.people[position(*at.attended_by)] : std::string{}});
  }
  return out;
}

}  // namespace hanse::apps::scheduling
