// historian.line_a, historian.line_b: values a CPU second from line protocol as text to durable in the history, by the
// road that POST /api/v1/history/write takes, in bodies of 1.5 MB. Set A: a walk with 16 digits, every 10 s; set B: two
// decimals, 77 % of the values as the second before. 100 hosts with ten tags and 10 fields each, as TSBS has them.
//
// CPU time is of the whole process, the historian's threads included, less what making the text took.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/random.hpp"
#include "historian/engine.hpp"
#include "historian/line_protocol_intake.hpp"

namespace {

using namespace hanse;
using namespace hanse::historian;

constexpr std::size_t kHosts = 100, kFields = 10, kBodyBytes = 1'500'000;
constexpr std::int64_t kValues = 4'000'000;
constexpr int kRounds = 3;

double cpu_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// The lines of a set, step after step, host after host.
class Lines {
 public:
  explicit Lines(bool plant_like) : plant_like_(plant_like) {
    for (std::size_t host = 0; host < kHosts; ++host) {
      keys_.push_back(fmt::format(
          "cpu,host=host_{},region=eu-central-1,datacenter=eu-central-1a,rack={},os=Ubuntu15.10,arch=x86,team=SF,"
          "service={},service_version=1,service_environment=test ",
          host, host % 40, host % 19));
    }
    for (auto& value : values_) value = random_.uniform() * 100;
  }

  std::string body() {
    std::string out;
    while (out.size() < kBodyBytes) {
      add_line(out);
      if (++host_ == kHosts) {
        host_ = 0;
        ns_ += plant_like_ ? 1'000'000'000 : 10'000'000'000;
      }
    }
    return out;
  }

 private:
  void add_line(std::string& out) {
    constexpr std::array<const char*, kFields> kNames = {
        "usage_user", "usage_system",  "usage_idle",  "usage_nice",  "usage_iowait",
        "usage_irq",  "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice"};
    out += keys_[host_];
    for (std::size_t field = 0; field < kFields; ++field) {
      double& value = values_[host_ * kFields + field];
      if (!plant_like_) {
        value = std::clamp(value + random_.uniform() - 0.5, 0.0, 100.0);
        fmt::format_to(std::back_inserter(out), "{}{}={:.16g}", field ? "," : "", kNames[field], value);
      } else {
        if (!random_.chance(0.77)) value += (random_.uniform() - 0.5) / 5;
        fmt::format_to(std::back_inserter(out), "{}{}={:.2f}", field ? "," : "", kNames[field], value);
      }
    }
    fmt::format_to(std::back_inserter(out), " {}\n", ns_);
  }

  const bool plant_like_;
  Random random_{17};
  std::vector<std::string> keys_;
  std::array<double, kHosts * kFields> values_{};
  std::size_t host_ = 0;
  std::int64_t ns_ = (SystemClock{}.now() - 48h).ns;  ///< Young enough not to be let go meanwhile.
};

ResolveSeries numbers_in_order() {
  return
      [next = 0u](const api::Caller&, std::span<const ForeignSeries> series) mutable -> Result<std::vector<SignalId>> {
        std::vector<SignalId> out;
        for (std::size_t i = 0; i < series.size(); ++i) out.push_back(SignalId{++next});
        return out;
      };
}

struct Rates {
  double whole = 0;  ///< Text to durable.
  double text = 0;   ///< Text to samples only.
};

Rates measure(bool plant_like, const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  const auto chunks = store::open_chunk_store("sqlite:" + (folder / "chunks.sqlite").string()).value();
  const auto history =
      open_historian({.chunks = *chunks, .clock = clock, .log = log, .folder = (folder / "record").string()}, {})
          .value();
  const signal::Directory directory;
  double reading = 0;
  LineIntake intake{{.directory = directory,
                     .clock = clock,
                     .append = [&](const SampleBatch& batch) { return history->append(batch); },
                     .resolve = numbers_in_order()}};
  LineReader reader;  // Reads the same text a second time, for the figure of reading alone.
  Lines lines{plant_like};
  std::int64_t written = 0;
  double making = 0;
  const double begin = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  while (written < kValues) {
    const double making_begin = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    const std::string body = lines.body();
    const double reading_begin = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    auto read = reader.read(body, LinePrecision::ns, {});
    const std::vector<SignalId> any(read.unknown.size(), SignalId{1});
    reader.settle(read, any, std::vector<std::string>(any.size()));
    const double end = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    reading += end - reading_begin;
    making += end - making_begin;
    const auto report = intake.write({}, body, LinePrecision::ns);
    if (!report || report->failed > 0) {
      std::fprintf(stderr, "historian_line_bench: %s\n",
                   report ? "a line was refused" : report.error().message.c_str());
      std::exit(1);
    }
    written += report->values;
  }
  (void)history->flush();
  const double spent = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin - making;
  std::filesystem::remove_all(folder);
  return {static_cast<double>(written) / spent, static_cast<double>(written) / reading};
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "hanse-line-bench";
  std::array<std::vector<double>, 2> whole, text;
  for (int round = 0; round < kRounds; ++round) {
    for (const std::size_t set : {0u, 1u}) {
      const auto rates = measure(set == 1, folder);
      whole[set].push_back(rates.whole);
      text[set].push_back(rates.text);
    }
  }
  for (const std::size_t set : {0u, 1u}) {
    std::sort(whole[set].begin(), whole[set].end());
    std::sort(text[set].begin(), text[set].end());
    std::printf("FIGURE historian.line_%c %.0f values/CPU-s\n", set == 0 ? 'a' : 'b', whole[set][kRounds / 2]);
    std::printf("reading alone, set %c: %.1f M values/CPU-s\n", set == 0 ? 'A' : 'B', text[set][kRounds / 2] / 1e6);
  }
  return 0;
}
