#include "node/history/recording.hpp"

#include <algorithm>
#include <optional>

#include "apps/catalogue.hpp"
#include "apps/engine.hpp"
#include "node/connections/source_value.hpp"

namespace hanse::node {
namespace {

/// Apps are stepped by the recorded clock this often.
constexpr Duration kAppStep = 60s;

class RecordingSink final : public connectors::Sink {
 public:
  RecordingSink(const Foundation& base, const Log& log, const RecordingPlace& place)
      : base_(base),
        place_(place),
        engine_({.plant = *base.plant,
                 .directory = *base.directory,
                 .history = base.history.get(),
                 .log = &log,
                 .write = [this](signal::SampleBatch batch) { keep(batch); }},
                apps::catalogue()) {}

  std::vector<signal::SignalId> declare(std::span<const connectors::Declaration> declarations) override {
    std::vector<plant::SourceValue> values;
    for (const auto& declaration : declarations) values.push_back(source_value(declaration));
    auto signals = base_.plant->resolve({.connection = place_.connection,
                                         .protocol = "replay",
                                         .attach = plant::AssetId{place_.asset},
                                         .template_id = place_.template_id},
                                        values);
    if (signals) return *std::move(signals);
    remember(std::move(signals).error());
    return std::vector<signal::SignalId>(declarations.size(), signal::kNoSignal);
  }

  void deliver(signal::SampleBatch batch) override {
    std::erase_if(batch.samples, [](const signal::Sample& sample) { return sample.signal == signal::kNoSignal; });
    if (batch.empty()) return;
    const auto [first, last] = std::minmax_element(batch.samples.begin(), batch.samples.end(),
                                                   [](const auto& a, const auto& b) { return a.time < b.time; });
    const auto begin = first->time, end = last->time;
    if (!stepped_) start(begin);
    keep(batch);
    engine_.offer(batch);
    latest_ = std::max(latest_, end);
    if (latest_ - *stepped_ >= kAppStep) step();
  }

  void notice(connectors::Notice) override {}

  /// The last step, and what went wrong first, if anything did.
  Result<void> finish() {
    if (stepped_) step();
    if (error_) return *error_;
    return base_.history->flush();
  }

 private:
  void start(Timestamp first) {
    stepped_ = latest_ = first;
    if (auto started = engine_.start(first); !started) remember(std::move(started).error());
  }
  void step() {
    engine_.step(latest_);
    stepped_ = latest_;
  }
  void keep(const signal::SampleBatch& batch) {
    if (auto kept = base_.history->append(batch); !kept) remember(std::move(kept).error());
  }
  void remember(Error error) {
    if (!error_) error_ = std::move(error);
  }

  const Foundation& base_;
  const RecordingPlace& place_;
  apps::Engine engine_;
  std::optional<Timestamp> stepped_;  ///< By the recorded clock; nothing before the first sample.
  Timestamp latest_ = Timestamp::min();
  std::optional<Error> error_;
};

}  // namespace

Result<replay::ReplayReport> record(const Foundation& base, const Log& log, const replay::ReplaySettings& settings,
                                    const RecordingPlace& place, const replay::Waiting& wait) {
  RecordingSink sink{base, log, place};
  HANSE_TRY(const auto report, replay::replay(settings, sink, wait));
  HANSE_CHECK(sink.finish());
  return report;
}

}  // namespace hanse::node
