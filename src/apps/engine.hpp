#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "apps/app.hpp"
#include "apps/finding_book.hpp"
#include "base/log.hpp"
#include "plant/plant.hpp"

namespace hanse::apps {

/// What the engine works with. All outlive it.
struct EngineContext {
  plant::Plant& plant;
  signal::Directory& directory;
  historian::Historian* history = nullptr;  ///< Null: nothing to replay, computed samples go to `write` only.
  const Log* log = nullptr;
  /// Takes computed samples, as the sink takes a machine's: to the history and the live feed.
  std::function<void(signal::SampleBatch)> write = {};
  std::map<std::string, RawJson> settings = {};  ///< By app id; absent: the app's defaults.
};

/// What one app did since the start.
struct AppFigures {
  std::string id;
  std::string title;
  std::string summary;
  std::int64_t steps = 0;
  std::int64_t samples_in = 0;
  std::int64_t samples_out = 0;
  std::int64_t events_out = 0;
  std::int64_t findings_open = 0;
  std::int64_t proposals = 0;
  double cpu_s = 0;  ///< Of its steps.
  RawJson settings;  ///< As they are in force.
};
HANSE_DESCRIBE(AppFigures, (id, title, summary, steps, samples_in, samples_out, events_out, findings_open, proposals,
                            cpu_s, settings))

/// Runs the apps: gives each the samples whose meaning it reads, calls `step` one at a time, writes what it computed,
/// and replays history at the start. `offer` may be called from any thread and never waits for an app.
class Engine {
 public:
  Engine(EngineContext context, std::span<const Manifest> manifests);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Makes the apps and replays each one's warm-up up to `now`. Errors: of an app's `make` (its settings), of the
  /// store.
  Result<void> start(Timestamp now);
  /// Samples as they came; those that no app reads cost a look-up. Over the limit the oldest batch is dropped and
  /// counted.
  void offer(const signal::SampleBatch& batch);
  /// One step of all apps with what was offered. The node calls it from its pool, once a second, never twice at once.
  void step(Timestamp now);

  /// GET /apps, GET /apps/findings and the apps' own, all guarded by the engine's lock. Valid after `start`.
  std::vector<api::Route> routes();
  std::vector<AppFigures> figures() const;
  std::int64_t samples_dropped() const { return dropped_.load(); }
  FindingBook& findings() { return findings_; }

 private:
  struct Running;
  /// Which apps read a signal: a bit per app, by number.
  struct Interest {
    std::shared_ptr<const signal::Signals> signals;
    std::vector<std::uint32_t> apps;
  };

  std::shared_ptr<const Interest> interest();
  void run(Running& app, Inputs inputs);
  void write_samples(Running& app, const std::vector<ComputedSample>& samples);
  Result<void> replay(Running& app, Timestamp now);
  Result<signal::SampleBatch> read_history(const Running& app, Timestamp begin, Timestamp end,
                                           signal::SampleBatch& seeds);
  Result<std::vector<plant::ProductionEvent>> past_events(Timestamp begin, Timestamp end) const;
  void warn(std::string_view message, const Error& error) const;

  EngineContext context_;
  std::vector<Manifest> manifests_;
  FindingBook findings_;
  mutable std::mutex apps_mutex_;  ///< One step or one handler at a time.
  std::vector<std::unique_ptr<Running>> running_;
  std::mutex pending_mutex_;  ///< Guards the four below; held for copying only.
  std::shared_ptr<const Interest> interest_;
  std::vector<signal::SampleBatch> pending_;  ///< By app.
  std::vector<plant::ProductionEvent> pending_events_;
  bool started_ = false;
  std::atomic<std::int64_t> dropped_{0};
  std::map<std::pair<plant::AssetId, std::string>, signal::SignalId> kpi_signals_;
};

}  // namespace hanse::apps
