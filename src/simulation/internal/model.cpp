#include "simulation/internal/model.hpp"

#include "base/assert.hpp"

namespace hanse::simulation {

using internal::EventType;
using internal::kNone;
using internal::Part;
using internal::seconds;

namespace {

bool waits(Condition condition) {
  return condition == Condition::starved || condition == Condition::blocked || condition == Condition::no_order ||
         condition == Condition::on_break || condition == Condition::no_shift;
}

}  // namespace

Factory::Model::Model(Scenario scenario_in, std::uint64_t seed, Timestamp start)
    : scenario(std::move(scenario_in)), began(start), now(start) {
  Random random{seed};
  technicians_.free = scenario.technicians;
  for (std::size_t i = 0; i < scenario.products.size(); ++i) stored[i] = 0;
  for (const auto& line : scenario.lines) add_line(line, random);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // A quarter of the store is there at the beginning, so that the lines needn't wait for one another.
    if (lines[i].spec->store_max > 0) {
      for (const auto product : lines[i].products) stored[product] = lines[i].spec->store_max / 4;
    }
    change_shift(i);
  }
}

void Factory::Model::add_line(const LineSpec& spec, Random& random) {
  const std::size_t line_index = lines.size();
  lines.push_back(
      Line{.spec = &spec, .shifts = ShiftPlan{scenario.shifts, scenario.utc_offset_min, spec.break_offset_min}});
  Line& line = lines.back();
  line.operators.free = spec.operators;
  line.buffers.resize(spec.stages.size());
  line.machines.resize(spec.stages.size());
  line.cycle_s.resize(spec.stages.size());
  for (const auto& product : spec.products) line.products.push_back(product_number(product));
  for (const auto& setup : spec.setups) {
    line.setup_min[{product_number(setup.from), product_number(setup.to)}] = setup.minutes;
  }
  for (std::size_t stage = 0; stage < spec.stages.size(); ++stage) {
    for (const auto& [product, cycle] : spec.stages[stage].cycle_s) {
      if (const auto number = product_number(product); number != kNone) line.cycle_s[stage][number] = cycle;
    }
    for (const auto& machine : spec.stages[stage].machines) add_machine(machine, line_index, stage, random);
  }
}

void Factory::Model::add_machine(const MachineSpec& spec, std::size_t line, std::size_t stage, Random& random) {
  const auto& profile = scenario.profiles.at(spec.profile);
  Machine machine{.spec = &spec,
                  .profile = &profile,
                  .line = line,
                  .stage = stage,
                  .random = random.fork(),
                  .noise_seed = random(),
                  .condition = Condition::no_shift,
                  .since = now};
  for (const auto& mode : profile.failures) {
    internal::FailureClock clock{.mode = &mode};
    renew(machine, clock);
    // Machines were there before the story begins: they aren't all new.
    clock.left =
        Duration{static_cast<std::int64_t>(static_cast<double>(clock.life.count()) * machine.random.uniform(0.05, 1))};
    machine.failures.push_back(clock);
  }
  if (profile.micro_stops.every_min > 0) {
    machine.to_micro_stop = seconds(machine.random.exponential(profile.micro_stops.every_min * 60));
  }
  if (profile.tool_life_parts > 0) machine.tool_wear = machine.random.uniform(0, 0.9);
  lines[line].machines[stage].push_back(machines.size());
  machines.push_back(std::move(machine));
}

std::size_t Factory::Model::product_number(std::string_view id) const {
  for (std::size_t i = 0; i < scenario.products.size(); ++i) {
    if (scenario.products[i].id == id) return i;
  }
  return kNone;
}

void Factory::Model::run_until(Timestamp time) {
  while (queue_.has_until(time)) {
    const auto event = queue_.pop();
    now = event.time;
    handle(event);
  }
  now = std::max(now, time);
}

void Factory::Model::handle(const internal::Event& event) {
  switch (event.type) {
    case EventType::machine_step:
      if (machines[event.index].epoch == event.epoch) step(event.index);
      break;
    case EventType::machine_wake:
      machines[event.index].wake_planned = false;
      if (waits(machines[event.index].condition)) consider(event.index);
      break;
    case EventType::shift_change:
      change_shift(event.index);
      break;
    case EventType::trouble_end:
      // Ended by hand already: nothing to find.
      if (auto ended = end_trouble(fmt::format("trouble-{}", event.index)); !ended) break;
      break;
  }
}

void Factory::Model::change_shift(std::size_t index) {
  Line& line = lines[index];
  for (const auto& stage : line.machines) {
    for (const auto machine : stage) wake(machine);
  }
  while (line.shifts.at(now) == WorkTime::working && line.operators.free > 0 && !line.operators.waiting.empty()) {
    const auto next = line.operators.waiting.front();
    line.operators.waiting.pop_front();
    --line.operators.free;
    begin_work(machines[next]);
  }
  if (const auto next = line.shifts.next_change(now); next != Timestamp::max()) {
    queue_.plan(next, EventType::shift_change, index);
  }
}

void Factory::Model::wake(std::size_t index) {
  // By way of the queue, so that one machine's step never runs inside another's.
  if (waits(machines[index].condition) && !std::exchange(machines[index].wake_planned, true)) {
    queue_.plan(now, EventType::machine_wake, index);
  }
}

void Factory::Model::wake_stage(Line& line, std::size_t stage, Condition waiting) {
  for (const auto machine : line.machines[stage]) {
    if (machines[machine].condition == waiting) wake(machine);
  }
}

/// A machine that is free decides what to do next.
void Factory::Model::consider(std::size_t index) {
  Machine& machine = machines[index];
  const auto& profile = *machine.profile;
  const WorkTime work_time = lines[machine.line].shifts.at(now);
  if (work_time == WorkTime::no_shift) return become(machine, Condition::no_shift, "no-shift");
  if (work_time == WorkTime::on_break && !profile.unattended) return become(machine, Condition::on_break, "break");
  if (machine.part && machine.part_done && !hand_on(machine)) return become(machine, Condition::blocked, "blocked");
  const bool tool_due = profile.tool_life_parts > 0 && machine.tool_wear >= 1 && !machine.drifting;
  if (tool_due && !machine.in_cycle) {
    return ask_for(machine, internal::Work::tool_change,
                   seconds(profile.tool_change_min * 60 * machine.random.uniform(0.8, 1.2)));
  }
  if (!machine.part && !take_part(machine)) return;
  if (machine.setup_product == kNone) machine.setup_product = machine.part->product;
  if (machine.setup_product != machine.part->product) {
    return ask_for(machine, internal::Work::setup, setup_time(machine, machine.part->product));
  }
  if (!machine.in_cycle) begin_cycle(machine);
  resume_cycle(machine);
}

bool Factory::Model::hand_on(Machine& machine) {
  Line& line = lines[machine.line];
  const std::size_t next = machine.stage + 1;
  if (next == line.buffers.size()) {
    finish_part(machine, true);
    return true;
  }
  auto& buffer = line.buffers[next];
  if (buffer.jammed || std::ssize(buffer.parts) >= line.spec->stages[next].buffer_max) return false;
  buffer.parts.push_back(*machine.part);
  machine.part.reset();
  machine.part_done = false;
  wake_stage(line, next, Condition::starved);
  return true;
}

bool Factory::Model::take_part(Machine& machine) {
  const bool taken = machine.stage == 0 ? release_part(machine) : take_from_buffer(machine);
  if (!taken) return false;
  if (machine.part->order != machine.last_order) {
    machine.last_order = machine.part->order;
    say(Happening::Kind::order, machine);
  }
  return true;
}

bool Factory::Model::take_from_buffer(Machine& machine) {
  Line& line = lines[machine.line];
  auto& buffer = line.buffers[machine.stage];
  if (buffer.jammed || buffer.parts.empty()) {
    become(machine, Condition::starved, "starved");
    return false;
  }
  // What the machine is set up for goes first: operators don't change over for each part of a mixed queue.
  auto chosen = std::find_if(buffer.parts.begin(), buffer.parts.end(),
                             [&](const Part& part) { return part.product == machine.setup_product; });
  if (chosen == buffer.parts.end()) {
    if (!worth_change_over(machine)) {
      become(machine, Condition::starved, "starved");
      return false;
    }
    chosen = buffer.parts.begin();
  }
  machine.part = *chosen;
  buffer.parts.erase(chosen);
  wake_stage(line, machine.stage - 1, Condition::blocked);
  return true;
}

/// Not while parts of the product it is set up for are still to come, unless the others fill half of the buffer.
bool Factory::Model::worth_change_over(const Machine& machine) const {
  if (machine.setup_product == kNone) return true;
  const Line& line = lines[machine.line];
  if (2 * std::ssize(line.buffers[machine.stage].parts) >= line.spec->stages[machine.stage].buffer_max) return true;
  for (std::size_t stage = 0; stage < machine.stage; ++stage) {
    for (const auto& part : line.buffers[stage].parts) {
      if (part.product == machine.setup_product) return false;
    }
    for (const auto other : line.machines[stage]) {
      if (machines[other].part && machines[other].part->product == machine.setup_product) return false;
    }
  }
  return true;
}

bool Factory::Model::release_part(Machine& machine) {
  Line& line = lines[machine.line];
  const bool order_left = line.order != kNone && line.orders[line.order].released < line.orders[line.order].quantity;
  if (!order_left && !open_order(line)) {
    become(machine, Condition::no_order, "no-order");
    return false;
  }
  auto& order = line.orders[line.order];
  if (!take_components(order.product)) {
    become(machine, Condition::starved, "no-material");
    return false;
  }
  ++order.released;
  ++line.tally.released;
  ++line.tally.in_work;
  ++line.in_work[order.product];
  machine.part = Part{.product = order.product, .order = line.order};
  return true;
}

std::int64_t Factory::Model::room_for(const Line& line, std::size_t product) const {
  const auto in_work = line.in_work.find(product);
  return line.spec->store_max - stored.at(product) - (in_work == line.in_work.end() ? 0 : in_work->second);
}

/// The next order: of lines whose parts are stored, the product of which the store has most room for; else in turn.
bool Factory::Model::open_order(Line& line) {
  Random& random = machines[line.machines[0][0]].random;
  std::int64_t quantity = random.integer(line.spec->order_min, line.spec->order_max);
  std::size_t product = line.products[line.next_in_turn % line.products.size()];
  if (line.spec->store_max > 0) {
    for (const auto candidate : line.products) {
      if (room_for(line, candidate) > room_for(line, product)) product = candidate;
    }
    const std::int64_t room = room_for(line, product);
    // An order never exceeds the room: a store that is full of one product would block the others.
    if (room < std::min(line.spec->order_min, line.spec->store_max)) return false;
    quantity = std::min(quantity, room);
  }
  ++line.next_in_turn;
  line.order = line.orders.size();
  line.orders.push_back({.id = fmt::format("ORD-{:05}", ++order_number_), .product = product, .quantity = quantity});
  return true;
}

bool Factory::Model::take_components(std::size_t product) {
  const auto& components = scenario.products[product].components;
  for (const auto& [component, quantity] : components) {
    if (stored.at(product_number(component)) < quantity) return false;
  }
  for (const auto& [component, quantity] : components) {
    stored[product_number(component)] -= quantity;
    wake_suppliers(product_number(component));
  }
  return true;
}

void Factory::Model::wake_suppliers(std::size_t product) {
  for (auto& line : lines) {
    if (std::find(line.products.begin(), line.products.end(), product) != line.products.end()) {
      wake_stage(line, 0, Condition::no_order);
    }
  }
}

/// The machine's part leaves the line: into the store or out of the plant when good, into the bin when not.
void Factory::Model::finish_part(Machine& machine, bool good) {
  Line& line = lines[machine.line];
  const auto product = machine.part->product;
  machine.part.reset();
  machine.part_done = false;
  --line.tally.in_work;
  --line.in_work[product];
  if (!good) {
    ++line.tally.scrap;
    wake_stage(line, 0, Condition::no_order);
    // Who waited for this part rather than change over needn't any longer.
    for (std::size_t stage = machine.stage + 1; stage < line.machines.size(); ++stage) {
      wake_stage(line, stage, Condition::starved);
    }
    return;
  }
  ++line.tally.good;
  ++line.tally.good_by_product[scenario.products[product].id];
  if (line.spec->store_max == 0) return;
  ++stored[product];
  for (auto& user : lines) wake_stage(user, 0, Condition::starved);
}

void Factory::Model::say(Happening::Kind kind, const Machine& machine, std::string_view reason) {
  if (watcher) watcher(*owner, Happening{.kind = kind, .machine = index_of(machine), .reason = reason});
}

}  // namespace hanse::simulation
