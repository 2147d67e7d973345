// Twins: values read through the standard's interface, parsing with all checks, and a page wherever it lies among
// 300,000 submodels (fewer with an argument: `twin_bench 30000`).
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "api/router.hpp"
#include "historian/engine.hpp"
#include "store/chunk_store.hpp"
#include "twin/check/check.hpp"
#include "twin/codec/base64.hpp"
#include "twin/service/server.hpp"

namespace {

using namespace hanse;

double seconds_of(const std::function<void()>& work) {
  const SystemClock clock;
  const auto begin = clock.monotonic();
  work();
  return std::chrono::duration<double>(clock.monotonic() - begin).count();
}

void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "twin_bench: %s\n", what);
  std::exit(1);
}

std::string submodel_text(int number, int elements) {
  std::string out = R"({"modelType":"Submodel","id":"urn:example:submodel:)" + std::to_string(number) +
                    R"(","idShort":"OperatingData","submodelElements":[)";
  for (int i = 0; i < elements; ++i) {
    if (i > 0) out += ',';
    out +=
        R"({"modelType":"Property","idShort":"Value_)" + std::to_string(i) + R"(","valueType":"xs:double","value":")" +
        std::to_string(i) +
        R"(.25","semanticId":{"type":"ExternalReference","keys":[{"type":"GlobalReference","value":"0173-1#02-BAA120#008"}]},)"
        R"("description":[{"language":"en","text":"A measured value of the machine"}]})";
  }
  return out + "]}";
}

twin::Node parse(const std::string& text, twin::Class of) {
  twin::Findings findings;
  auto node = twin::read_json(std::string_view{text}, of, {}, findings);
  if (node) twin::check(*node, twin::Edition::v3_1, findings);
  check(node && findings.errors() == 0, "the sample is not valid");
  return *std::move(node);
}

void parsing() {
  std::string text = "{\"submodels\":[";
  for (int i = 0; i < 1000; ++i) text += (i > 0 ? "," : "") + submodel_text(i, 40);
  text += "]}";
  constexpr int kRounds = 5;
  const auto taken = seconds_of([&] {
    for (int i = 0; i < kRounds; ++i) (void)parse(text, twin::Class::Environment);
  });
  std::printf("FIGURE twin.parse_mb_s %.1f MB/s\n", static_cast<double>(text.size()) * kRounds / taken / 1e6);
}

struct Bench {
  SystemClock clock;
  Log log{clock, LogLevel::error, LogFormat::text};
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("hanse-twin-bench-" + std::to_string(::getpid()));
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::ChunkStore> chunks;
  signal::Directory directory;
  std::unique_ptr<plant::Plant> plant;
  std::unique_ptr<historian::Engine> history;
  signal::SignalId signal{};
  std::unique_ptr<twin::Twins> twins;
  std::unique_ptr<api::Router> router;

  Bench() {
    std::filesystem::create_directories(folder);
    const auto address = "sqlite:" + (folder / "store.sqlite").string();
    store = store::open_store(address, clock).value();
    chunks = store::open_chunk_store("sqlite::memory:").value();
    plant = plant::Plant::open(*store, clock, directory).value();
    history = historian::open_historian(
                  {.chunks = *chunks, .clock = clock, .log = log, .folder = (folder / "history").string()}, {})
                  .value();
    check(plant->put<plant::Asset>({"bench"}, plant::Asset{.id = plant::AssetId{"press"}, .name = "Press"}).has_value(),
          "no asset");
    signal = plant->catalogue().create({"bench"}, {{.asset = plant::AssetId{"press"}, .name = "speed"}}).value().at(0);
    twins = std::make_unique<twin::Twins>(
        *store, clock,
        std::make_shared<twin::PlantTwins>(
            twin::PlantTwinParts{.plant = *plant, .directory = directory, .history = *history}, "urn:bench"),
        100);
    router = std::make_unique<api::Router>(twin::standard_routes(*twins));
  }
  ~Bench() {
    router.reset();
    twins.reset();
    history.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  std::string get(const std::string& path) const {
    const auto match = router->find(api::Method::get, path);
    const auto answer = match->route->handle({.parameters = match->parameters,
                                              .body = {},
                                              .content_type = {},
                                              .if_match = {},
                                              .caller = {},
                                              .facts = {.method = api::Method::get, .path = path}});
    check(answer && answer->status == 200, path.c_str());
    return answer->body;
  }
};

/// One property, bound to a signal, by its address: routing, look-up, the historian's last value, the answer's text.
void reading(Bench& bench) {
  const auto path = "/api/v3/submodels/" + twin::encode_base64url("urn:bench:submodel:press:signals") +
                    "/submodel-elements/speed/$value";
  signal::SampleBatch batch;
  batch.add_real(bench.signal, bench.clock.now(), 1480.5);
  check(bench.history->append(batch).has_value(), "no sample");
  constexpr int kReads = 200'000;
  const auto taken = seconds_of([&] {
    for (int i = 0; i < kReads; ++i) check(bench.get(path) == "1480.5", "another value");
  });
  std::printf("FIGURE twin.value_reads_per_s %.0f 1/s\n", kReads / taken);
}

/// Samples made durable one by one, each seen in the twin at once.
void updating(Bench& bench) {
  constexpr int kUpdates = 100'000;
  const auto live = bench.twins->live();
  const auto begin = bench.clock.now();
  const auto taken = seconds_of([&] {
    signal::SampleBatch batch;
    for (int i = 1; i <= kUpdates; ++i) {
      batch.add_real(bench.signal, begin + i * 1ms, i);
      if (i % 100 != 0) continue;
      check(bench.history->append(batch).has_value(), "no sample");
      batch.clear();
      check(live.value_of("press/speed") == std::to_string(i), "an old value");
    }
  });
  std::printf("FIGURE twin.value_updates_per_s %.0f 1/s\n", kUpdates / taken);
}

void paging(Bench& bench, int count) {
  std::vector<twin::Node> nodes;
  auto sample = parse(submodel_text(0, 3), twin::Class::Submodel);
  for (int i = 0; i < count; ++i) {
    sample.set(twin::Name::id, "urn:example:submodel:" + std::to_string(i));
    nodes.push_back(sample);
    if (nodes.size() < 5000 && i + 1 < count) continue;
    twin::Repository writer{*bench.store, bench.clock, 0};
    check(writer.put_all({"bench"}, nodes).has_value(), "can't write");
    nodes.clear();
  }
  std::vector<double> times;
  std::optional<std::string> cursor;
  int seen = 0;
  do {
    times.push_back(seconds_of([&] {
      auto page = bench.twins->list(twin::Class::Submodel, {}, cursor, 100);
      check(page.has_value(), "no page");
      seen += static_cast<int>(page->items.size());
      std::string body;
      for (const auto& each : page->items) twin::append_normal(body, *each, {});
      cursor = page->next;
    }));
  } while (cursor);
  check(seen >= count, "pages don't hold everything");
  const auto mean = [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (auto i = begin; i < end; ++i) sum += times[i];
    return sum / static_cast<double>(end - begin) * 1e3;
  };
  const auto tenth = std::max<std::size_t>(times.size() / 10, 1);
  std::sort(times.begin() + static_cast<std::ptrdiff_t>(tenth), times.end() - static_cast<std::ptrdiff_t>(tenth));
  std::printf("first tenth %.2f ms, last tenth %.2f ms a page, %d submodels\n", mean(0, tenth),
              mean(times.size() - tenth, times.size()), seen);
  std::printf("FIGURE twin.page_ms %.2f ms\n", std::max(mean(0, tenth), mean(times.size() - tenth, times.size())));
}

/// One value of a stored submodel after the other, each durable before the next; with so many versions kept.
double changes_per_s(Bench& bench, std::int64_t versions_kept) {
  constexpr int kChanges = 2000;
  const auto id = "urn:example:changed:" + std::to_string(versions_kept);
  twin::Repository repository{*bench.store, bench.clock, versions_kept};
  auto sample = parse(submodel_text(0, 40), twin::Class::Submodel);
  sample.set(twin::Name::id, id);
  check(repository.create({"bench"}, sample).has_value(), "can't write");
  const auto taken = seconds_of([&] {
    for (int i = 0; i < kChanges; ++i) {
      const auto changed =
          repository.change({"bench"}, twin::Class::Submodel, id, [&](twin::Node& node) -> Result<void> {
            node.set(twin::Name::category, std::to_string(i));
            return {};
          });
      check(changed.has_value(), "can't change");
    }
  });
  return kChanges / taken;
}

void changing(Bench& bench) {
  const auto without = changes_per_s(bench, 0), with = changes_per_s(bench, 100);
  std::printf("without versions %.0f changes/s, with 100 kept %.0f\n", without, with);
  std::printf("FIGURE twin.changes_per_s %.0f 1/s\n", with);
}

}  // namespace

int main(int argc, char** argv) {
  parsing();
  Bench bench;
  reading(bench);
  updating(bench);
  changing(bench);
  paging(bench, argc > 1 ? std::atoi(argv[1]) : 300'000);
  return 0;
}
