#include "node/simulate/speaking_plant.hpp"

namespace hanse::node::simulate {
namespace {

Duration scaled(Duration duration, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor)};
}

}  // namespace

Timestamp Pace::simulated_at(Timestamp wall) const { return simulated_begin + scaled(wall - wall_begin, factor); }
Timestamp Pace::wall_at(Timestamp simulated) const {
  return wall_begin + scaled(simulated - simulated_begin, 1 / factor);
}

SpeakingPlant::SpeakingPlant(simulation::Factory& factory, Pace pace)
    : factory_(factory), pace_(pace), voices_(factory.scenario().lines.size()) {
  factory_.run_until(pace_.simulated_begin);
  for (std::size_t i = 0; i < factory_.machine_count(); ++i)
    latest_.push_back(simulation::speak(factory_.read(i), pace_.factor));
  factory_.watch([this](const simulation::Factory& at, const simulation::Happening& happening) {
    tell(happening.machine, pace_.wall_at(at.now()));
  });
}

void SpeakingPlant::advance(Timestamp wall) {
  factory_.run_until(std::max(factory_.now(), pace_.simulated_at(wall)));
  for (std::size_t i = 0; i < factory_.machine_count(); ++i) tell(i, wall);
}

void SpeakingPlant::tell(std::size_t machine, Timestamp wall) {
  auto now = simulation::speak(factory_.read(machine), pace_.factor);
  auto& before = latest_[machine];
  std::vector<std::size_t> changed;
  for (std::size_t word = 0; word < now.size(); ++word) {
    if (!simulation::differs(simulation::vocabulary()[word], before[word], now[word], pace_.factor)) continue;
    changed.push_back(word);
    before[word] = std::move(now[word]);
  }
  if (changed.empty()) return;
  for (auto* voice : voices_[factory_.machine(machine).line]) voice->said(machine, changed, wall);
}

std::vector<std::size_t> SpeakingPlant::machines_of(std::size_t line) const {
  std::vector<std::size_t> machines;
  for (std::size_t i = 0; i < factory_.machine_count(); ++i) {
    if (factory_.machine(i).line == line) machines.push_back(i);
  }
  return machines;
}

}  // namespace hanse::node::simulate
