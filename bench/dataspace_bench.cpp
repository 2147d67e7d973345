// Two nodes of two companies on this machine, all real: stores on disk, HTTP over loopback, signed tokens, evidence.
// How long a negotiation takes, how many a second, how fast data flow, and a page of a catalogue of 100,000 datasets
// under 3,000 sets of terms.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "node/partners/partners.hpp"

namespace {

using namespace hanse;
using dataspace::State;

constexpr int kOneByOne = 300;
constexpr int kParallel = 32;
constexpr int kTogether = 2000;
constexpr int kTransfers = 300;
constexpr int kDatasets = 100'000;
constexpr int kTerms = 3'000;
constexpr std::size_t kBlockBytes = 16U << 20;
constexpr int kBlocks = 32;
const store::Actor kBench{"system:bench"};

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Blocks final : public dataspace::DataSource {
 public:
  Result<dataspace::DataPiece> read(const dataspace::Dataset&, const dataspace::DataWindow& window) override {
    if (window.length == 1) return dataspace::DataPiece{.content_type = "text/plain", .body = "1"};
    return dataspace::DataPiece{.content_type = "application/octet-stream",
                                .body = std::string(kBlockBytes, 'x'),
                                .offset = window.offset,
                                .total = static_cast<std::int64_t>(kBlockBytes) * kBlocks};
  }
};

class Company {
 public:
  Company(const std::string& name, const std::filesystem::path& folder) {
    store_ = *store::open_store("sqlite:" + (folder / (name + ".db")).string(), clock);
    partners = *node::Partners::open(
        {.store = *store_,
         .clock = clock,
         .log = log_,
         .pool = *pool_,
         .source = source_,
         .key_file = (folder / (name + ".key")).string()},
        {.enabled = true, .port = 0, .public_address = "", .participant = "did:web:" + name}, io_.get_executor());
    partners->connector().on_change([this](const dataspace::Process& process) {
      if (process.state != State::finalized && process.state != State::started && process.state != State::terminated)
        return;
      const std::lock_guard lock{mutex_};
      reached_[process.id] = {process.state, clock.monotonic()};
      changed_.notify_all();
    });
    thread_ = std::jthread{[this] { io_.run(); }};
    address = *partners->start();
  }
  ~Company() {
    // As the node does it: who may still report comes to an end before what it reports to.
    partners->stop();
    work_.reset();
    io_.stop();
    thread_.join();
    pool_.reset();
    partners.reset();
  }
  void know(const Company& other, const std::string& id) {
    const auto& own = other.partners->connector().parts().partners.own();
    (void)partners->connector().parts().partners.put(kBench,
                                                     {.id = id,
                                                      .name = id,
                                                      .participant = own.participant,
                                                      .address = other.address,
                                                      .callback_origins = {},
                                                      .trust = dataspace::Trust::confirmed,
                                                      .identity = dataspace::IdentityMode::signed_key,
                                                      .public_key = own.key.public_key},
                                                     0);
  }
  std::pair<State, Duration> wait(const std::string& pid) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 60s, [&] { return reached_.contains(pid); });
    return reached_[pid];
  }
  std::size_t finished() {
    const std::lock_guard lock{mutex_};
    return reached_.size();
  }
  void wait_for_count(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 120s, [&] { return reached_.size() >= count; });
  }

  SystemClock clock;
  std::unique_ptr<node::Partners> partners;
  std::string address;

 private:
  Log log_{clock, LogLevel::error, LogFormat::text};
  Blocks source_;
  std::unique_ptr<store::Store> store_;
  boost::asio::io_context io_{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_{io_.get_executor()};
  std::optional<WorkPool> pool_{std::in_place, 4, 10'000};
  std::jthread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::pair<State, Duration>> reached_;
};

double ms(Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

double percentile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

std::string begin(Company& consumer) {
  const auto begun = consumer.partners->connector().request_negotiation(
      kBench, {.partner = "provider", .dataset = "set", .offer_id = "open:set", .offer = {}, .address = {}});
  return begun ? begun->id : std::string{};
}

void negotiate(Company& provider, Company& consumer) {
  std::vector<double> times;
  std::string last;
  for (int i = 0; i < kOneByOne; ++i) {
    const auto start = consumer.clock.monotonic();
    last = begin(consumer);
    const auto [state, when] = consumer.wait(last);
    if (state != State::finalized) {
      fmt::print("a negotiation ended as {}\n", dataspace::wire_name(state));
      return;
    }
    times.push_back(ms(when - start));
  }
  fmt::print("FIGURE dataspace.negotiation_p50_ms {:.2f} ms\n", percentile(times, 0.5));
  fmt::print("FIGURE dataspace.negotiation_p99_ms {:.2f} ms\n", percentile(times, 0.99));

  const auto before = consumer.finished();
  const auto start = consumer.clock.monotonic();
  const auto cpu = cpu_s();
  {
    std::vector<std::jthread> askers;
    std::atomic<int> left{kTogether};
    for (int i = 0; i < kParallel; ++i) {
      askers.emplace_back([&] {
        while (left.fetch_sub(1) > 0) consumer.wait(begin(consumer));
      });
    }
  }
  consumer.wait_for_count(before + kTogether);
  const auto seconds = ms(consumer.clock.monotonic() - start) / 1000;
  fmt::print("FIGURE dataspace.negotiations_per_s {:.0f} 1/s\n", kTogether / seconds);
  fmt::print("FIGURE dataspace.negotiation_cpu_ms {:.2f} ms\n", (cpu_s() - cpu) * 1000 / kTogether);

  const auto agreement = consumer.partners->connector().processes().get(last)->record.agreement;
  std::vector<double> set_up;
  dataspace::DataAddress address;
  for (int i = 0; i < kTransfers; ++i) {
    const auto from = consumer.clock.monotonic();
    const auto transfer = consumer.partners->connector().request_transfer(
        kBench, {.agreement = agreement, .format = std::string{dataspace::kPull}, .data_address = {}, .address = {}});
    consumer.wait(transfer->id);
    address = *consumer.partners->connector().processes().get(transfer->id)->record.data_address;
    (void)consumer.partners->ask({.id = "x",
                                  .partner = "provider",
                                  .method = "GET",
                                  .url = address.endpoint + "?length=1",
                                  .authorization = "Bearer " + address.properties.at("authorization"),
                                  .body = {}});
    set_up.push_back(ms(consumer.clock.monotonic() - from));
  }
  fmt::print("FIGURE dataspace.first_byte_p50_ms {:.2f} ms\n", percentile(set_up, 0.5));

  const auto from = consumer.clock.monotonic();
  std::size_t bytes = 0;
  for (int i = 0; i < kBlocks; ++i) {
    const auto url = fmt::format("{}?offset={}", address.endpoint, static_cast<std::size_t>(i) * kBlockBytes);
    bytes += consumer.partners
                 ->ask({.id = "x",
                        .partner = "provider",
                        .method = "GET",
                        .url = url,
                        .authorization = "Bearer " + address.properties.at("authorization"),
                        .body = {}})
                 .body.size();
  }
  fmt::print("FIGURE dataspace.pull_mb_per_s {:.0f} MB/s\n",
             static_cast<double>(bytes) / 1e6 / (ms(consumer.clock.monotonic() - from) / 1000));
  (void)provider;
}

void look_at_catalogue(Company& provider) {
  auto& catalogue = provider.partners->connector().parts().catalogue;
  for (int i = 0; i < kTerms; ++i) {
    (void)catalogue.put(
        kBench, dataspace::OfferTemplate{
                    .id = fmt::format("terms-{}", i),
                    .name = "Terms",
                    .partners = {},
                    .groups = i % 3 == 0 ? std::vector<std::string>{"others"} : std::vector<std::string>{},
                    .terms = {.purposes = {"quality"}, .until = provider.clock.now() + 24h * 365, .count = 100 + i},
                    .rules = {},
                    .text = {}});
  }
  std::vector<dataspace::Dataset> datasets;
  for (int i = 0; i < kDatasets; ++i) {
    datasets.push_back({.id = fmt::format("plant-{}/machine-{}/signal-{}", i % 10, i % 1000, i),
                        .title = fmt::format("Signal {}", i),
                        .description = {},
                        .source = std::to_string(i),
                        .offer = fmt::format("terms-{}", i % kTerms)});
  }
  if (const auto put = catalogue.put_all(kBench, datasets); !put) fmt::print("{}\n", to_string(put.error()));
  const auto partner = *provider.partners->connector().parts().partners.confirmed("consumer");
  std::vector<double> times;
  std::string after;
  for (int i = 0; i < 50; ++i) {
    const auto start = provider.clock.monotonic();
    const auto page =
        catalogue.page(partner, {.text = {}, .kind = {}, .after = after}, provider.address, "did:web:provider");
    times.push_back(ms(provider.clock.monotonic() - start));
    after = page->next;
  }
  fmt::print("FIGURE dataspace.catalogue_ms {:.2f} ms\n", percentile(times, 0.5));
  fmt::print("FIGURE dataspace.catalogue_p99_ms {:.2f} ms\n", percentile(times, 0.99));
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("hanse-dataspace-bench-{}", ::getpid());
  std::filesystem::create_directories(folder);
  {
    Company provider{"provider", folder}, consumer{"consumer", folder};
    provider.know(consumer, "consumer");
    consumer.know(provider, "provider");
    auto& catalogue = provider.partners->connector().parts().catalogue;
    (void)catalogue.put(
        kBench, dataspace::OfferTemplate{
                    .id = "open", .name = "Open", .partners = {}, .groups = {}, .terms = {}, .rules = {}, .text = {}});
    (void)catalogue.put(kBench, dataspace::Dataset{.id = "set",
                                                   .title = "Set",
                                                   .description = {},
                                                   .kind = dataspace::DatasetKind::file,
                                                   .source = "set",
                                                   .offer = "open"});
    negotiate(provider, consumer);
    look_at_catalogue(provider);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
