#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "connectors/connector.hpp"

namespace hanse::connectors {

/// What the page shows of a connection.
struct HealthReport {
  Health health = Health::stopped;
  std::string reason;  ///< A sentence; why it isn't active, or what is missing.
  Timestamp since;     ///< In this state.
  std::uint64_t samples = 0;
  std::uint64_t dropped = 0;   ///< Samples that the node was too slow to take.
  std::uint64_t rejected = 0;  ///< Messages that were wrong.
  std::uint64_t restarts = 0;  ///< Runs that ended and were begun anew.
  std::optional<Timestamp> last_data;
  std::vector<Notice> notices;  ///< The newest last, at most `kNoticesKept`.
};
HANSE_DESCRIBE(HealthReport, (health, reason, since, samples, dropped, rejected, restarts, last_data, notices))

inline constexpr std::size_t kNoticesKept = 100;

/// Times after which things are called by another name.
struct HealthLimits {
  Duration idle_after = 60s;     ///< Connected and no sample for so long: idle.
  Duration trouble_shown = 60s;  ///< A gap, a drop, a wrong message or a lost device makes it degraded for so long.
  Duration flapping_window = 10min;
  std::size_t flapping_count = 3;  ///< So many losses within the window: degraded though data flows again.
};

/// The state machine behind `Health`: told what happens, asked what it means. No clock, no thread.
class HealthTracker {
 public:
  explicit HealthTracker(Timestamp now, HealthLimits limits = {});

  void starting(Timestamp now);
  void data(Timestamp now, std::size_t samples);
  void dropped_total(Timestamp now, std::uint64_t total);
  void notice(Notice notice);  ///< At its own time.
  void ended(Timestamp now, const std::string& reason, Duration retry_in);
  void switched_off(Timestamp now);
  /// State and reason at `now`; a change since the last call moves `since`.
  HealthReport report(Timestamp now);

 private:
  enum class Mode { running, waiting, off };
  std::pair<Health, std::string> judge(Timestamp now) const;
  std::string trouble(Timestamp now) const;

  HealthLimits limits_;
  Mode mode_ = Mode::off;
  bool connected_ = false;
  std::string end_reason_;
  std::string trouble_reason_;
  std::optional<Timestamp> trouble_at_;
  std::optional<Timestamp> data_in_run_;
  Timestamp quiet_since_;
  std::deque<Timestamp> losses_;
  std::vector<std::string> offline_devices_;
  HealthReport report_;
};

/// How long to wait before the next try: doubles from `first` to `ceiling`, a fifth more or less by chance so that a
/// hundred connections don't come back in step. A run that lasted `healthy_run` starts it over.
class RestartPause {
 public:
  struct Limits {
    Duration first = 500ms;
    Duration ceiling = 30s;
    Duration healthy_run = 60s;
  };
  RestartPause(std::uint64_t seed, Limits limits) : random_(seed), limits_(limits), next_(limits.first) {}
  Duration after_run(Duration lasted);

 private:
  Random random_;
  Limits limits_;
  Duration next_;
};

}  // namespace hanse::connectors
