// The historian's engine: a year's chart, decoding, 100,000 signals at 1 Hz, and cost as data grows. `historian_bench
// a|b|c` measures appends, bytes and grouping of one set, which bench/historian_peers_bench.py does in turn with the
// peers; `historian_bench --lines a|b|c` writes a set as line protocol for them.
//
// Sets, 10 M values each of 100 hosts x 10 fields, seeded:
//   A  random walk with steps N(0, 1) held in [0, 100], every 10 s; doubles with all their digits, as TSBS's cpu set
//   B  two decimals, 77 % unchanged, else a step of N(0, 0.05) that isn't zero, every second (1.77 bit of entropy a
//   value) C  an hour of a real machine (NIST testbed, Mazak, ../shared/standards/shop-floor-data), its numbers, as 50
//   machines
//      that did the same, so that fixed costs don't hide the data
// Durability: batch (each append returns after fdatasync; batches of 100,000 values, as 1.5 MB of line protocol hold).
// Rates are per CPU-second of the whole process less the generator, from the first append until all is sealed, merged
// and rolled up.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>

#include "base/random.hpp"
#include "historian/engine.hpp"
#include "historian/internal/chunk.hpp"

namespace {

using namespace hanse;
namespace fs = std::filesystem;

constexpr int kHosts = 100, kFields = 10, kSteps = 10'000, kSignals = kHosts * kFields;
constexpr int kStepsABatch = 100;
const Timestamp kStart{1'764'028'800'000'000'000};  // 2025-11-25T00:00:00Z

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}
double cpu_s() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
double own_cpu_s() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_s() { return seconds_of(CLOCK_MONOTONIC); }

double rss_mb() {
  std::ifstream file{"/proc/self/statm"};
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "historian_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Steps of a set, in order of time.
class Walks {
 public:
  explicit Walks(bool decimals) : decimals_(decimals), random_(decimals ? 2 : 1), values_(kSignals) {
    for (auto& value : values_) value = decimals_ ? std::round(random_.uniform(20, 80) * 100) : random_.uniform(0, 100);
  }
  Duration step() const { return decimals_ ? 1s : 10s; }
  void next(signal::SampleBatch& batch) {
    const auto time = kStart + step_++ * step();
    for (int i = 0; i < kSignals; ++i)
      batch.add_real(signal::SignalId{static_cast<std::uint32_t>(i) + 1}, time,
                     advance(values_[static_cast<std::size_t>(i)]));
  }

 private:
  double advance(double& value) {
    if (!decimals_) return value = std::clamp(value + random_.normal(0, 1), 0.0, 100.0);
    if (random_.chance(0.23)) {
      double change = 0;
      while (change == 0) change = std::round(random_.normal(0, 5));
      value += change;
    }
    return value / 100;
  }
  bool decimals_;
  Random random_;
  std::vector<double> values_;
  std::int64_t step_ = 0;
};

/// The recorded machine's numbers, one batch a machine; empty when the recording isn't there.
std::vector<signal::SampleBatch> recorded() {
  std::ifstream in{"../shared/standards/shop-floor-data/mtconnect/nist-Mazak01-20170627.shdr.txt"};
  std::map<std::string, std::uint32_t> names;
  signal::SampleBatch one;
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find('|'), second = line.find('|', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    double value = 0;
    const char* end = line.data() + line.size();
    const auto [stop, error] = std::from_chars(line.data() + second + 1, end, value);
    const auto time = parse_timestamp(line.substr(0, first));
    if (error != std::errc{} || (stop != end && *stop != '\r') || !time) continue;
    const auto name = names.try_emplace(line.substr(first + 1, second - first - 1), names.size() + 1).first->second;
    one.add_real(signal::SignalId{name}, *time, value);
  }
  std::vector<signal::SampleBatch> out;
  for (std::uint32_t machine = 0; machine < 50 && !one.empty(); ++machine) {
    out.push_back(one);
    for (auto& sample : out.back().samples)
      sample.signal = signal::SignalId{static_cast<std::uint32_t>(sample.signal) + machine * 100};
  }
  return out;
}

/// An engine on a database of its own in a folder that is removed at the end.
class Bench {
 public:
  explicit Bench(const fs::path& folder) : folder_(folder) {
    fs::create_directories(folder_);
    open();
    empty_bytes_ = database_bytes();
  }
  ~Bench() {
    close();
    fs::remove_all(folder_);
  }
  void open() {
    chunks_ = must(store::open_chunk_store("sqlite:" + database()));
    engine_ = must(historian::open_historian(
        {.chunks = *chunks_, .clock = clock_, .log = log_, .folder = (folder_ / "record").string()}, settings_));
  }
  void close() {
    engine_.reset();
    chunks_.reset();
  }
  historian::Engine& engine() { return *engine_; }
  store::ChunkStore& chunks() { return *chunks_; }
  /// What the data added to the files.
  double bytes() {
    close();
    const auto grown = static_cast<double>(database_bytes() - empty_bytes_);
    open();
    return grown;
  }

 private:
  std::string database() const { return (folder_ / "history.db").string(); }
  std::int64_t database_bytes() const {
    std::int64_t bytes = 0;
    for (const auto* end : {"", "-wal"}) {
      if (fs::exists(database() + end)) bytes += static_cast<std::int64_t>(fs::file_size(database() + end));
    }
    return bytes;
  }
  fs::path folder_;
  SystemClock clock_;
  Log log_{clock_, LogLevel::warning, LogFormat::text};
  historian::HistorianSettings settings_{.raw_days = 0};
  std::unique_ptr<store::ChunkStore> chunks_;
  std::unique_ptr<historian::Engine> engine_;
  std::int64_t empty_bytes_ = 0;
};

/// CPU-seconds that `engine` used for a set.
double append_set(historian::Engine& engine, bool decimals) {
  Walks walks{decimals};
  signal::SampleBatch batch;
  const double begin = cpu_s();
  double making = 0;
  for (int step = 0; step < kSteps; step += kStepsABatch) {
    const double before = own_cpu_s();
    batch.clear();
    for (int i = 0; i < kStepsABatch; ++i) walks.next(batch);
    making += own_cpu_s() - before;
    must(engine.append(batch));
  }
  must(engine.compact());
  return cpu_s() - begin - making;
}

double median_ms(int times, const std::function<void()>& run) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) {
    const double begin = wall_s();
    run();
    took.push_back((wall_s() - begin) * 1e3);
  }
  std::sort(took.begin(), took.end());
  return took[took.size() / 2];
}

/// One field of all hosts by hour: 1 M values, 28 hours.
void measure_groupby(Bench& bench) {
  const historian::TimeRange range{kStart, kStart + kSteps * 10s};
  const auto group = [&] {
    std::int64_t counted = 0;
    for (std::uint32_t host = 0; host < kHosts; ++host) {
      for (const auto& bucket : must(bench.engine().aggregate(signal::SignalId{host * kFields + 1}, range, 1h)))
        counted += bucket.count;
    }
    if (counted != kHosts * kSteps) std::exit(1);
  };
  std::vector<double> cold;
  for (int i = 0; i < 5; ++i) {
    bench.close();
    bench.open();
    cold.push_back(median_ms(1, group));
  }
  std::sort(cold.begin(), cold.end());
  std::printf("FIGURE historian.groupby_ms %.2f ms\n", median_ms(9, group));
  std::printf("FIGURE historian.groupby_cold_ms %.2f ms\n", cold[cold.size() / 2]);
}

void measure_set(const fs::path& folder, bool decimals) {
  constexpr double kValues = static_cast<double>(kSignals) * kSteps;
  const char* name = decimals ? "b" : "a";
  Bench bench{folder / name};
  const double used = append_set(bench.engine(), decimals);
  std::printf("FIGURE historian.append_%s %.0f values/CPU-s\n", name, kValues / used);
  std::printf("FIGURE historian.bytes_%s %.3f bytes/value\n", name, bench.bytes() / kValues);
  if (!decimals) measure_groupby(bench);
}

void measure_recorded(const fs::path& folder) {
  const auto machines = recorded();
  if (machines.empty()) {
    std::printf("SKIP historian.bytes_c: ../shared/standards/shop-floor-data isn't here\n");
    return;
  }
  Bench bench{folder / "c"};
  double values = 0;
  for (const auto& batch : machines) values += static_cast<double>(must(bench.engine().append(batch)).stored);
  must(bench.engine().compact());
  std::printf("FIGURE historian.bytes_c %.3f bytes/value\n", bench.bytes() / values);
}

/// Decimal steps of one signal at 1 Hz.
void fill_year(historian::Engine& engine, std::int64_t values) {
  constexpr std::int64_t kBatch = 100'000;
  Random random{3};
  double level = 5000;
  signal::SampleBatch batch;
  for (std::int64_t from = 0; from < values; from += kBatch) {
    batch.clear();
    for (std::int64_t i = from; i < std::min(values, from + kBatch); ++i) {
      if (random.chance(0.23)) level += std::round(random.normal(0, 5));
      batch.add_real(signal::SignalId{7}, kStart + i * 1s, level / 100);
    }
    must(engine.append(batch));
  }
  must(engine.compact());
}

void measure_year(const fs::path& folder) {
  constexpr std::int64_t kYear = 31'536'000;
  Bench bench{folder / "year"};
  fill_year(bench.engine(), kYear);
  const historian::TimeRange year{kStart, kStart + kYear * 1s};
  std::int64_t count = 0;
  std::size_t pixels = 0;
  std::vector<double> cold;
  for (int i = 0; i < 5; ++i) {
    bench.close();
    bench.open();
    cold.push_back(median_ms(1, [&] {
      const auto chart = must(bench.engine().downsample(signal::SignalId{7}, year, 2000));
      pixels = chart.size();
      count = 0;
      for (const auto& pixel : chart) count += pixel.count;
    }));
  }
  std::sort(cold.begin(), cold.end());
  if (count != kYear || pixels != 2000) std::exit(1);
  std::printf("FIGURE historian.year_ms %.2f ms\n", cold[2]);
  std::printf("FIGURE historian.year_warm_ms %.2f ms\n",
              median_ms(9, [&] { must(bench.engine().downsample(signal::SignalId{7}, year, 2000)); }));
  const historian::TimeRange days{kStart + 1000s, kStart + 80 * 24h};
  std::printf("FIGURE historian.days80_ms %.2f ms\n",
              median_ms(3, [&] { must(bench.engine().downsample(signal::SignalId{7}, days, 2000)); }));

  // Decoding alone: the year's chunks, all columns.
  std::vector<std::string> chunks;
  must(bench.chunks().scan(7, 0, kStart.ns, year.end.ns, [&](const store::Chunk& chunk) {
    chunks.push_back(chunk.bytes);
    return true;
  }));
  historian::internal::Columns columns;
  double values = 0;
  const double begin = cpu_s();
  for (int round = 0; round < 3; ++round) {
    for (const auto& chunk : chunks) {
      must(historian::internal::decode_chunk(chunk, columns));
      values += static_cast<double>(columns.count);
    }
  }
  std::printf("FIGURE historian.decode_per_s %.0f values/s\n", values / (cpu_s() - begin));
}

/// 100,000 signals at 1 Hz for half an hour, as fast as they go: what they use of a core, and memory every ten minutes.
void measure_many(const fs::path& folder) {
  constexpr int kMany = 100'000, kSeconds = 1800;
  Bench bench{folder / "many"};
  Random random{4};
  std::vector<double> values(kMany, 20);
  signal::SampleBatch batch;
  double making = 0;
  std::vector<double> rss;
  const double begin = cpu_s();
  for (int second = 0; second < kSeconds; ++second) {
    const double before = own_cpu_s();
    batch.clear();
    for (int i = 0; i < kMany; ++i) {
      auto& value = values[static_cast<std::size_t>(i)];
      if (random.chance(0.23)) value += static_cast<double>(random.integer(-10, 10)) / 4;
      batch.add_real(signal::SignalId{static_cast<std::uint32_t>(i) + 1}, kStart + second * 1s, value);
    }
    making += own_cpu_s() - before;
    must(bench.engine().append(batch));
    if ((second + 1) % 600 == 0) rss.push_back(rss_mb());
  }
  const double used = cpu_s() - begin - making;
  std::printf("FIGURE historian.many_cores %.3f cores\n", used / kSeconds);
  std::printf("FIGURE historian.many_rss_mb %.0f MB\n", rss[0]);
  std::printf("FIGURE historian.many_rss_growth_mb %.0f MB\n", rss[2] - rss[1]);
}

void measure_growth(const fs::path& folder) {
  for (const std::int64_t times : {1, 10, 100}) {
    Bench bench{folder / ("growth" + std::to_string(times))};
    const std::int64_t values = 300'000 * times;
    const double begin = cpu_s();
    fill_year(bench.engine(), values);  // the generator's part is the same at each size
    std::printf("FIGURE historian.growth_append_%ldx %.0f values/CPU-s\n", times,
                static_cast<double>(values) / (cpu_s() - begin));
    Random random{5};
    constexpr int kReads = 500;
    const double took = median_ms(1, [&] {
      for (int i = 0; i < kReads; ++i)
        must(bench.engine().at(signal::SignalId{7}, kStart + random.integer(0, values) * 1s));
    });
    std::printf("FIGURE historian.growth_at_%ldx %.1f us\n", times, took * 1e3 / kReads);
  }
}

/// A set as line protocol, times in ns.
int write_lines(const std::string& set) {
  std::string out;
  const auto flush = [&](std::size_t at_least) {
    if (out.size() < at_least) return;
    std::fwrite(out.data(), 1, out.size(), stdout);
    out.clear();
  };
  if (set == "c") {
    std::uint32_t machine = 0;
    for (const auto& batch : recorded()) {
      for (const auto& sample : batch.samples) {
        out += fmt::format("machine,host=m{} f{}={} {}\n", machine, static_cast<std::uint32_t>(sample.signal) % 100,
                           sample.real(), sample.time.ns);
        flush(1 << 20);
      }
      ++machine;
    }
  } else {
    Walks walks{set == "b"};
    signal::SampleBatch batch;
    for (int step = 0; step < kSteps; ++step) {
      batch.clear();
      walks.next(batch);
      for (std::size_t host = 0; host < kHosts; ++host) {
        out += fmt::format("cpu,host=h{} ", host);
        for (std::size_t field = 0; field < kFields; ++field) {
          out += fmt::format("{}f{}={}", field > 0 ? "," : "", field, batch.samples[host * kFields + field].real());
        }
        out += fmt::format(" {}\n", batch.samples[0].time.ns);
        flush(1 << 20);
      }
    }
  }
  flush(0);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "--lines") == 0) return write_lines(arguments[2]);
  const std::string only = count == 2 ? arguments[1] : "";
  const auto wanted = [&](std::string_view name) { return only.empty() || only == name; };
  const auto folder = fs::temp_directory_path() / ("hanse-historian-bench-" + std::to_string(getpid()));
  if (only == "a" || only == "b") measure_set(folder, only == "b");
  if (only == "c") measure_recorded(folder);
  if (wanted("year")) measure_year(folder);
  if (wanted("many")) measure_many(folder);
  if (wanted("growth")) measure_growth(folder);
  fs::remove_all(folder);
  return 0;
}
