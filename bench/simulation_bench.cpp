// How much faster than life the demo plant runs: 14 weeks of 20 machines, alone and watched.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "simulation/factory.hpp"

int main(int argc, char** argv) {
  using namespace hanse;
  std::ifstream file{argc > 1 ? argv[1] : "scenarios/ventilator-plant.json"};
  std::stringstream text;
  text << file.rdbuf();
  auto scenario = simulation::read_scenario(text.str());
  if (!scenario) {
    std::fprintf(stderr, "%s\n", to_string(scenario.error()).c_str());
    return 1;
  }
  constexpr auto kSpan = std::chrono::hours{14 * 7 * 24};
  const Timestamp start{1'772'323'200'000'000'000};
  simulation::Factory factory{*std::move(scenario), 1, start};
  std::size_t happenings = 0;
  factory.watch([&](const simulation::Factory&, const simulation::Happening&) { ++happenings; });
  const std::clock_t before = std::clock();
  factory.run_until(start + kSpan);
  const double cpu_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("FIGURE simulation.factor %.0f x\n", std::chrono::duration<double>(kSpan).count() / cpu_s);
  std::printf("FIGURE simulation.weeks14_s %.2f s\n", cpu_s);
  std::printf("FIGURE simulation.happenings_per_cpu_s %.0f 1/s\n", static_cast<double>(happenings) / cpu_s);
}
