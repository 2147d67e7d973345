#include "connectors/simulated/session.hpp"

#include <cmath>

namespace hanse::connectors::simulated {
namespace {

using signal::Meaning;
using signal::ValueType;
using simulation::Condition;
using simulation::MachineReading;

constexpr Timestamp kBegin{
    1'767'592'800'000'000'000};             // 2026-01-05T06:00:00Z, a Monday: the same for all who simulate.
constexpr Duration kWarmUp = 2h;            // Until the machines are in full swing.
constexpr Duration kReadingInterval = 10s;  // Of the factory's own time.

/// MTConnect's words, which the state rules know.
std::string_view execution(Condition condition) {
  switch (condition) {
    case Condition::producing:
      return "ACTIVE";
    case Condition::micro_stop:
      return "FEED_HOLD";
    case Condition::down:
      return "INTERRUPTED";
    case Condition::on_break:
    case Condition::no_shift:
      return "STOPPED";
    default:
      return "READY";
  }
}

std::string_view mode(Condition condition) {
  return condition == Condition::setup || condition == Condition::tool_change ? "MANUAL" : "AUTOMATIC";
}

}  // namespace

/// One value that each machine offers. Exactly one of the three readers is set.
struct Session::Word {
  std::string_view name;
  Meaning meaning;
  std::string_view unit = "";
  double step = 0;       ///< Of a real value: what the machine can tell apart.
  bool of_time = false;  ///< A duration, or summed over time: shrinks as time runs faster, or cycles won't fit counts.
  double (*real)(const MachineReading&) = nullptr;
  std::int64_t (*integer)(const MachineReading&) = nullptr;
  std::string (*text)(const MachineReading&) = nullptr;

  ValueType type() const { return real ? ValueType::real : integer ? ValueType::integer : ValueType::text; }
};

std::span<const Session::Word> Session::words() {
  using R = const MachineReading&;
  static constexpr Word kWords[] = {
      {.name = "execution",
       .meaning = Meaning::execution,
       .text = [](R r) { return std::string{execution(r.condition)}; }},
      {.name = "mode", .meaning = Meaning::mode, .text = [](R r) { return std::string{mode(r.condition)}; }},
      {.name = "program", .meaning = Meaning::program, .text = [](R r) { return r.program; }},
      {.name = "part_count",
       .meaning = Meaning::part_count,
       .unit = "{part}",
       .integer = [](R r) { return r.part_count; }},
      {.name = "good_count",
       .meaning = Meaning::good_count,
       .unit = "{part}",
       .integer = [](R r) { return r.good_count; }},
      {.name = "scrap_count",
       .meaning = Meaning::scrap_count,
       .unit = "{part}",
       .integer = [](R r) { return r.scrap_count; }},
      {.name = "scrap_reason",
       .meaning = Meaning::scrap_reason,
       .text = [](R r) { return std::string{r.scrap_reason}; }},
      {.name = "stop_reason", .meaning = Meaning::stop_reason, .text = [](R r) { return std::string{r.stop_reason}; }},
      {.name = "alarm", .meaning = Meaning::alarm, .text = [](R r) { return std::string{r.alarm}; }},
      {.name = "product", .meaning = Meaning::product, .text = [](R r) { return std::string{r.product}; }},
      {.name = "order", .meaning = Meaning::order, .text = [](R r) { return r.order; }},
      {.name = "cycle_time",
       .meaning = Meaning::cycle_time,
       .unit = "s",
       .step = 0.01,
       .of_time = true,
       .real = [](R r) { return r.cycle_time_s; }},
      {.name = "ideal_cycle_time",
       .meaning = Meaning::ideal_cycle_time,
       .unit = "s",
       .step = 0.01,
       .of_time = true,
       .real = [](R r) { return r.ideal_cycle_s; }},
      {.name = "power", .meaning = Meaning::power, .unit = "kW", .step = 0.1, .real = [](R r) { return r.power_kw; }},
      {.name = "energy",
       .meaning = Meaning::energy,
       .unit = "kW.h",
       .step = 0.01,
       .of_time = true,
       .real = [](R r) { return r.energy_kwh; }},
      {.name = "vibration",
       .meaning = Meaning::vibration,
       .unit = "mm/s",
       .step = 0.05,
       .real = [](R r) { return r.vibration_mm_s; }},
      {.name = "temperature",
       .meaning = Meaning::temperature,
       .unit = "Cel",
       .step = 0.2,
       .real = [](R r) { return r.temperature_cel; }},
      {.name = "tool_wear",
       .meaning = Meaning::tool_wear,
       .unit = "%",
       .step = 0.1,
       .real = [](R r) { return r.tool_wear * 100; }},
      {.name = "buffer_level", .meaning = Meaning::buffer_level, .unit = "{part}", .integer = [](R r) {
         return r.buffer_level;
       }}};
  return kWords;
}

Result<std::unique_ptr<Session>> Session::make(const SimulatedSettings& settings, Sink& sink) {
  HANSE_TRY(auto scenario, scenario_of(settings));
  struct Made : Session {
    Made(simulation::Scenario scenario, const SimulatedSettings& settings, Sink& sink)
        : Session(std::move(scenario), settings, sink) {}
  };
  std::unique_ptr<Session> session = std::make_unique<Made>(std::move(scenario), settings, sink);
  return session;
}

Session::Session(simulation::Scenario scenario, const SimulatedSettings& settings, Sink& sink)
    : factory_(std::move(scenario), static_cast<std::uint64_t>(settings.seed), kBegin),
      factor_(settings.factor),
      sink_(sink) {
  factory_.run_until(kBegin + kWarmUp);
  next_reading_ = factory_.now() + kReadingInterval;
  factory_.watch([this](const simulation::Factory&, const simulation::Happening& happening) {
    if (looking_) tell(happening.machine, false);
  });
}

Timestamp Session::wall_at(Timestamp simulated) const {
  return wall_begin_ +
         Duration{static_cast<std::int64_t>(static_cast<double>((simulated - simulated_begin_).count()) / factor_)};
}
Timestamp Session::simulated_at(Timestamp wall) const {
  return simulated_begin_ +
         Duration{static_cast<std::int64_t>(static_cast<double>((wall - wall_begin_).count()) * factor_)};
}

void Session::declare() {
  std::vector<Declaration> declarations;
  for (std::size_t machine = 0; machine < factory_.machine_count(); ++machine) {
    // The only machine is the asset that the connection was made for; several become assets below it.
    const std::string device =
        factory_.machine_count() == 1 ? std::string{} : std::string{factory_.machine(machine).id};
    for (const auto& word : words()) {
      const bool measured = word.type() == ValueType::real && word.meaning != Meaning::cycle_time &&
                            word.meaning != Meaning::ideal_cycle_time;
      declarations.push_back(
          {.address = device.empty() ? std::string{word.name} : fmt::format("{}/{}", device, word.name),
           .device = device,
           .name = std::string{word.name},
           .type = word.type(),
           .unit = std::string{word.unit},
           .meaning = word.meaning,
           .interpolation = measured ? signal::Interpolation::linear : signal::Interpolation::step,
           .description = fmt::format("Simulated: {}", factory_.machine(machine).name)});
    }
  }
  signals_ = sink_.declare(declarations);
  told_.resize(signals_.size());
}

void Session::begin(Timestamp now) {
  declare();
  wall_begin_ = now;
  simulated_begin_ = factory_.now();
  looking_ = true;
  for (std::size_t machine = 0; machine < factory_.machine_count(); ++machine) tell(machine, true);
  sink_.deliver(std::exchange(batch_, {}));
}

Duration Session::step(Timestamp now) {
  const auto until = simulated_at(now);
  while (next_reading_ <= until) {
    factory_.run_until(next_reading_);
    for (std::size_t machine = 0; machine < factory_.machine_count(); ++machine) tell(machine, false);
    next_reading_ += kReadingInterval;
  }
  if (until > factory_.now()) factory_.run_until(until);
  if (!batch_.empty()) sink_.deliver(std::exchange(batch_, {}));
  return std::clamp<Duration>(wall_at(next_reading_) - now, 10ms, 1s);
}

void Session::tell(std::size_t machine, bool all) {
  const auto reading = factory_.read(machine);
  const auto time = wall_at(factory_.now());
  for (std::size_t i = 0; i < words().size(); ++i) {
    const auto& word = words()[i];
    const auto index = machine * words().size() + i;
    auto& told = told_[index];
    if (word.real) {
      const double value = std::round(word.real(reading) / word.step) * word.step;
      if (!all && std::abs(value - told.real) < word.step / 2) continue;
      told.real = value;
      batch_.add_real(signals_[index], time, word.of_time ? value / factor_ : value);
    } else if (word.integer) {
      const auto value = word.integer(reading);
      if (!all && value == told.integer) continue;
      told.integer = value;
      batch_.add_integer(signals_[index], time, value);
    } else {
      auto value = word.text(reading);
      if (!all && value == told.text) continue;
      told.text = value;
      batch_.add_text(signals_[index], time, std::move(value));
    }
  }
}

void Session::on_lost(Timestamp now) {
  if (!std::exchange(looking_, false)) return;
  signal::SampleBatch batch;
  for (const auto signal : signals_) batch.add_null(signal, now);
  sink_.deliver(std::move(batch));
}

}  // namespace hanse::connectors::simulated
