#include "connectors/simulated/session.hpp"

#include <cmath>

namespace hanse::connectors::simulated {
namespace {

using signal::Meaning;
using signal::ValueType;
using simulation::vocabulary;

constexpr Timestamp kBegin{
    1'767'592'800'000'000'000};             // 2026-01-05T06:00:00Z, a Monday: the same for all who simulate.
constexpr Duration kWarmUp = 2h;            // Until the machines are in full swing.
constexpr Duration kReadingInterval = 10s;  // Of the factory's own time.

}  // namespace

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
    for (const auto& word : vocabulary()) {
      const bool measured = word.type == ValueType::real && word.meaning != Meaning::cycle_time &&
                            word.meaning != Meaning::ideal_cycle_time;
      declarations.push_back(
          {.address = device.empty() ? std::string{word.name} : fmt::format("{}/{}", device, word.name),
           .device = device,
           .name = std::string{word.name},
           .type = word.type,
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
  const auto spoken = simulation::speak(factory_.read(machine), factor_);
  const auto time = wall_at(factory_.now());
  for (std::size_t i = 0; i < spoken.size(); ++i) {
    const auto index = machine * spoken.size() + i;
    auto& told = told_[index];
    if (!all && !simulation::differs(vocabulary()[i], told, spoken[i], factor_)) continue;
    told = spoken[i];
    switch (told.type) {
      case ValueType::real:
        batch_.add_real(signals_[index], time, told.real);
        break;
      case ValueType::integer:
        batch_.add_integer(signals_[index], time, told.integer);
        break;
      default:
        batch_.add_text(signals_[index], time, told.text);
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
