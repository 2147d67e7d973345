#include "simulation/factory.hpp"

#include "base/assert.hpp"
#include "simulation/internal/model.hpp"

namespace hanse::simulation {

plant::MachineState machine_state(Condition condition) {
  switch (condition) {
    case Condition::producing:
      return plant::MachineState::producing;
    case Condition::setup:
    case Condition::tool_change:
      return plant::MachineState::setup;
    case Condition::micro_stop:
    case Condition::down:
      return plant::MachineState::down;
    case Condition::starved:
    case Condition::blocked:
    case Condition::no_order:
      return plant::MachineState::idle;
    case Condition::on_break:
    case Condition::no_shift:
      return plant::MachineState::planned_stop;
  }
  return plant::MachineState::offline;
}

Factory::Factory(Scenario scenario, std::uint64_t seed, Timestamp start)
    : model_(std::make_unique<Model>(std::move(scenario), seed, start)) {
  model_->owner = this;
}
Factory::~Factory() = default;

void Factory::watch(Watcher watcher) { model_->watcher = std::move(watcher); }
void Factory::run_until(Timestamp time) { model_->run_until(time); }
Timestamp Factory::now() const { return model_->now; }
Timestamp Factory::began() const { return model_->began; }
const Scenario& Factory::scenario() const { return model_->scenario; }
std::size_t Factory::machine_count() const { return model_->machines.size(); }

MachineView Factory::machine(std::size_t machine) const {
  const auto& found = model_->machines[machine];
  return {.id = found.spec->id,
          .name = found.spec->name,
          .line = found.line,
          .stage = found.stage,
          .spec = found.spec,
          .profile = found.profile};
}

std::optional<std::size_t> Factory::find_machine(std::string_view id) const {
  const auto found = model_->find_machine(id);
  return found == internal::kNone ? std::nullopt : std::optional{found};
}

std::optional<std::size_t> Factory::find_line(std::string_view id) const {
  const auto found = model_->find_line(id);
  return found == internal::kNone ? std::nullopt : std::optional{found};
}

MachineReading Factory::read(std::size_t machine) const { return model_->read(model_->machines[machine]); }
MachineTally Factory::tally(std::size_t machine) const { return model_->tally(model_->machines[machine]); }
LineTally Factory::line_tally(std::size_t line) const { return model_->lines[line].tally; }
bool Factory::network_lost(std::size_t line) const { return model_->lines[line].network_lost; }

LineReading Factory::read_line(std::size_t line) const {
  LineReading reading;
  for (const auto& machine : model_->machines) {
    if (machine.line != line) continue;
    reading.power_kw += model_->power_kw(machine);
    reading.energy_kwh += model_->energy_kwh(machine);
  }
  return reading;
}

std::int64_t Factory::stored(std::string_view product) const {
  for (const auto& [number, count] : model_->stored) {
    if (model_->scenario.products[number].id == product) return count;
  }
  return 0;
}

Result<Trouble> Factory::start_trouble(TroubleKind kind, std::string_view asset, std::optional<Duration> duration) {
  return model_->start_trouble(kind, asset, duration);
}
Result<void> Factory::end_trouble(std::string_view id) { return model_->end_trouble(id); }
std::vector<Trouble> Factory::troubles() const { return model_->troubles; }

plant::ProductionEvent production_event(const Factory& factory, const Happening& happening) {
  using Kind = Happening::Kind;
  const auto reading = factory.read(happening.machine);
  plant::ProductionEvent event{.time = factory.now(),
                               .asset = signal::AssetId{std::string{factory.machine(happening.machine).id}},
                               .reason = std::string{happening.reason},
                               .order = reading.order,
                               .product = std::string{reading.product},
                               .source = "simulation"};
  switch (happening.kind) {
    case Kind::condition:
      event.kind = plant::EventKind::state;
      event.state = machine_state(reading.condition);
      break;
    case Kind::good:
      event.kind = plant::EventKind::good;
      event.quantity = 1;
      break;
    case Kind::scrap:
      event.kind = plant::EventKind::scrap;
      event.quantity = 1;
      break;
    case Kind::order:
      event.kind = plant::EventKind::order;
      break;
    case Kind::alarm:
      event.kind = plant::EventKind::alarm;
      break;
    case Kind::alarm_end:
      event.kind = plant::EventKind::alarm_end;
      break;
  }
  return event;
}

}  // namespace hanse::simulation
