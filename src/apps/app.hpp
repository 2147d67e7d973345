#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "historian/historian.hpp"
#include "plant/event_log.hpp"
#include "plant/machine_template.hpp"
#include "plant/records.hpp"
#include "signal/directory.hpp"
#include "signal/sample.hpp"

namespace hanse::apps {

/// What happened since the last step, in order of time as far as the sources allow. `now` never runs backwards.
struct Inputs {
  Timestamp now;
  std::shared_ptr<const signal::Signals> signals;  ///< What the numbers in `batch` mean.
  std::shared_ptr<const plant::Records> records;   ///< Assets, products, calendars, reasons.
  signal::SampleBatch batch;                       ///< Only of meanings the manifest reads.
  std::vector<plant::ProductionEvent> events;      ///< New ones of others; at the first step those of the past.
  bool replaying = false;                          ///< Catching up: findings are kept, nobody is called.
};

/// A computed value of an asset; the engine makes the signal at first use.
struct ComputedSample {
  plant::AssetId asset;
  std::string name;  ///< `oee`
  std::string unit;  ///< UCUM
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
  std::string title;  ///< A sentence: "Press 4 stands: hydraulic pressure, 14 min".
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

/// What an app is made with. `step` uses nothing of it that can change; the rest is for its routes' reading.
struct AppContext {
  RawJson settings;  ///< The app's own described record.
  const plant::TemplateBook& templates;
  plant::EventLog& events;
  historian::Historian* history = nullptr;  ///< Null where nothing is kept, as in a test.
};

/// What an app is, as a line of the catalogue.
struct Manifest {
  std::string_view id;  ///< Folder, URL, settings table and page.
  std::string_view title;
  std::string_view summary;             ///< One sentence.
  std::vector<signal::Selector> reads;  ///< By meaning and unit, never by device or topic.
  Duration warm_up{};                   ///< History to replay at start instead of saved state.
  Duration event_memory{};              ///< Events before that which the first step gets.
  std::string (*settings_schema)(SchemaBook& book) = nullptr;
  Result<std::unique_ptr<App>> (*make)(const AppContext& context) = nullptr;
};

}  // namespace hanse::apps
