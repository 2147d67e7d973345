#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "base/json.hpp"
#include "plant/equipment.hpp"
#include "signal/directory.hpp"
#include "signal/sample.hpp"

namespace hanse::apps {

/// What happened since the last step, in order of time as far as the sources allow. `now` never runs backwards.
struct Inputs {
  Timestamp now;
  std::shared_ptr<const signal::Signals> signals;        ///< What the numbers in `batch` mean.
  signal::SampleBatch batch;                             ///< Only of meanings the manifest reads.
  std::vector<plant::ProductionEvent> events;
  bool replaying = false;                                ///< Catching up: findings are kept, nobody is called.
};

/// A computed value of an asset; the engine makes the signal at first use.
struct ComputedSample {
  plant::AssetId asset;
  std::string name;      ///< `oee`
  std::string unit;      ///< UCUM
  Timestamp time;
  double value = 0;
};

enum class Severity { info, warning, critical };
HANSE_DESCRIBE_ENUM(Severity, info, warning, critical)

/// Something a person should know. Same `key`, same finding: it is updated, not repeated.
struct Finding {
  std::string app;
  std::string key;
  plant::AssetId asset;
  Severity severity = Severity::info;
  std::string title;     ///< A sentence: "Press 4 stands: hydraulic pressure, 14 min".
  std::string detail;
  Timestamp begin;
  std::optional<Timestamp> end;  ///< Set when it is over.
};
HANSE_DESCRIBE(Finding, (app, key, asset, severity, title, detail, begin, end))

/// An act on the world that the node carries out after its own checks, never the app.
struct Proposal {
  std::string kind;
  plant::AssetId asset;
  RawJson detail;
};

struct Outputs {
  std::vector<ComputedSample> samples;
  std::vector<plant::ProductionEvent> events;
  std::vector<Finding> findings;
  std::vector<Proposal> proposals;
};

/// One use case. Deterministic: no clock, no file, no socket; same inputs, same outputs, live or replayed. `step` and
/// the routes' handlers are called one at a time by the engine.
class App {
 public:
  virtual ~App() = default;
  virtual Outputs step(const Inputs& inputs) = 0;
  virtual std::vector<api::Route> routes() = 0;
};

}  // namespace hanse::apps
