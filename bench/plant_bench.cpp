// 100,000 signals at 1 Hz through the engine with every app on: cores and memory. And what declaring that many costs.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "apps/catalogue.hpp"
#include "apps/engine.hpp"

namespace {

using namespace hanse;

constexpr int kMachines = 2000;
constexpr int kSignalsEach = 50;  ///< execution, part count, scrap count, alarm and 46 measurements.
constexpr int kSeconds = 120;

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double rss_mb() {
  std::ifstream file{"/proc/self/statm"};
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

plant::SourceValue value_of(int machine, int place) {
  using signal::Meaning;
  using signal::ValueType;
  constexpr std::array names{"execution", "part_count", "scrap_count", "alarm"};
  constexpr std::array meanings{Meaning::execution, Meaning::part_count, Meaning::scrap_count, Meaning::alarm};
  plant::SourceValue out{.device = "cnc-" + std::to_string(machine)};
  const auto index = static_cast<std::size_t>(place);
  out.name = place < 4 ? names[index] : "measure_" + std::to_string(place);
  out.address = out.device + '/' + out.name;
  out.meaning = place < 4 ? meanings[index] : Meaning::temperature;
  out.type = place == 0 || place == 3 ? ValueType::text : place < 3 ? ValueType::integer : ValueType::real;
  return out;
}

/// One second of the whole plant.
signal::SampleBatch second_of(const std::vector<signal::SignalId>& numbers, Timestamp time, int second) {
  signal::SampleBatch batch;
  batch.samples.reserve(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto machine = static_cast<int>(i) / kSignalsEach, place = static_cast<int>(i) % kSignalsEach;
    switch (place) {
      case 0:
        batch.add_text(numbers[i], time, (second + machine) % 300 < 270 ? "ACTIVE" : "STOPPED");
        break;
      case 1:
        batch.add_integer(numbers[i], time, 1000 + (second + machine) / 12);
        break;
      case 2:
        batch.add_integer(numbers[i], time, (second + machine) / 400);
        break;
      case 3:
        batch.add_text(numbers[i], time, "");
        break;
      default:
        batch.add_real(numbers[i], time, std::round(40 * std::sin((second + place) * 0.01) * 100) / 100);
    }
  }
  return batch;
}

int run(const std::filesystem::path& folder) {
  const SystemClock clock;
  signal::Directory directory;
  const auto store = store::open_store("sqlite:" + (folder / "store.db").string(), clock).value();
  const auto plant = plant::Plant::open(*store, clock, directory).value();
  static_cast<void>(plant->put<plant::Asset>(
      {"system:bench"}, plant::Asset{.id = plant::AssetId{"line"}, .name = "Line", .level = plant::Level::line}));

  std::vector<plant::SourceValue> values;
  for (int machine = 0; machine < kMachines; ++machine) {
    for (int place = 0; place < kSignalsEach; ++place) values.push_back(value_of(machine, place));
  }
  const auto declare_begin = clock.monotonic();
  const auto numbers =
      plant
          ->resolve({.connection = "bench", .protocol = "mqtt", .attach = plant::AssetId{"line"}, .template_id = ""},
                    values)
          .value();
  const auto declare_s = std::chrono::duration<double>(clock.monotonic() - declare_begin).count();
  std::printf("FIGURE plant.declare_100k_s %.2f s\n", declare_s);

  apps::EngineContext context{.plant = *plant, .directory = directory, .history = nullptr};
  const auto manifests = apps::catalogue();
  apps::Engine engine{context, manifests};
  const Timestamp start = clock.now();
  if (const auto started = engine.start(start); !started) return 1;

  const double begin_s = cpu_s();
  double making_s = 0;
  for (int second = 1; second <= kSeconds; ++second) {
    const auto now = start + second * 1s;
    const double before_s = cpu_s();
    const auto batch = second_of(numbers, now, second);
    making_s += cpu_s() - before_s;
    engine.offer(batch);
    engine.step(now);
  }
  const double used_s = cpu_s() - begin_s - making_s;
  std::printf("FIGURE plant.100k_cores %.3f cores\n", used_s / kSeconds);
  std::printf("FIGURE plant.100k_rss_mb %.0f MB\n", rss_mb());
  std::printf("FIGURE plant.100k_apps_cores %.3f cores\n", engine.figures()[0].cpu_s / kSeconds);
  return 0;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("hanse-plant-bench-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const int result = run(folder);
  std::filesystem::remove_all(folder);
  return result;
}
