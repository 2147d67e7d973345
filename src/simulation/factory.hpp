#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plant/equipment.hpp"
#include "simulation/scenario.hpp"
#include "simulation/trouble.hpp"

namespace hanse::simulation {

/// What a machine does, finer than the plant's states: why it waits is known here.
enum class Condition {
  producing,
  setup,
  tool_change,
  micro_stop,
  down,
  starved,
  blocked,
  no_order,
  on_break,
  no_shift
};
HANSE_DESCRIBE_ENUM(Condition, producing, setup, tool_change, micro_stop, down, starved, blocked, no_order, on_break,
                    no_shift)
inline constexpr std::size_t kConditionCount = 10;

/// The plant's state that counts this time.
plant::MachineState machine_state(Condition condition);

/// What a machine tells about itself at one moment. Texts are empty where there is nothing to say.
struct MachineReading {
  Condition condition = Condition::no_order;
  std::int64_t part_count = 0;  ///< All finished parts, good or not, since the factory began.
  std::int64_t good_count = 0;
  std::int64_t scrap_count = 0;
  std::string_view scrap_reason;  ///< Of the last rejected part.
  std::string_view stop_reason;   ///< Why it doesn't produce: a code.
  std::string_view alarm;         ///< The failure's sentence while it is down.
  std::string_view product;       ///< What it is set up for.
  std::string order;              ///< Of the part in work, or of the last one.
  std::string program;
  double cycle_time_s = 0;   ///< Of the last part.
  double ideal_cycle_s = 0;  ///< Of the product in work.
  double power_kw = 0;
  double energy_kwh = 0;  ///< Counter since the factory began.
  double vibration_mm_s = 0;
  double temperature_cel = 0;
  double tool_wear = 0;           ///< 0 fresh, 1 due for change.
  double failure_wear = 0;        ///< 0 sound, 1 about to break; not measurable on a real machine: for tests.
  std::int64_t buffer_level = 0;  ///< Parts that wait in front of its stage.
};

/// One machine's place in the factory.
struct MachineView {
  std::string_view id, name;
  std::size_t line = 0;
  std::size_t stage = 0;
  const MachineSpec* spec = nullptr;
  const MachineProfile* profile = nullptr;
};

/// Counted since the factory began. Times are of all that passed, also of no shift.
struct MachineTally {
  std::array<Duration, kConditionCount> time{};
  std::int64_t good = 0;
  std::int64_t scrap = 0;
  std::int64_t failures = 0;
  std::int64_t micro_stops = 0;
  double ideal_s = 0;  ///< Sum over parts of their ideal cycle.
  double ideal_good_s = 0;
  std::map<std::string, std::int64_t> scrap_by_reason;
};

/// Parts of one line. Always: released == good + scrap + in_work.
struct LineTally {
  std::int64_t released = 0;
  std::int64_t good = 0;
  std::int64_t scrap = 0;
  std::int64_t in_work = 0;  ///< In buffers and machines.
  std::map<std::string, std::int64_t> good_by_product;
};

struct LineReading {
  double power_kw = 0;
  double energy_kwh = 0;
};

/// Something that just happened on a machine, at the factory's `now()`.
struct Happening {
  enum class Kind { condition, good, scrap, order, alarm, alarm_end };
  Kind kind = Kind::condition;
  std::size_t machine = 0;
  std::string_view reason;  ///< Of a stop, a scrapped part or an alarm.
};

/// A discrete-event factory: same scenario, seed and start give the same events on every machine, whoever looks on and
/// however often. It has no clock: `run_until` moves its time, as fast as the processor can.
class Factory {
 public:
  /// `scenario` comes from `read_scenario`, or is as if it did.
  Factory(Scenario scenario, std::uint64_t seed, Timestamp start);
  ~Factory();
  Factory(const Factory&) = delete;
  Factory& operator=(const Factory&) = delete;

  /// Called at each happening, in order of time; it may read, but not change the factory.
  using Watcher = std::function<void(const Factory&, const Happening&)>;
  void watch(Watcher watcher);

  void run_until(Timestamp time);
  Timestamp now() const;
  Timestamp began() const;

  const Scenario& scenario() const;
  std::size_t machine_count() const;
  MachineView machine(std::size_t machine) const;
  std::optional<std::size_t> find_machine(std::string_view id) const;
  std::optional<std::size_t> find_line(std::string_view id) const;  ///< Also of one of its machines.

  /// Precondition of these: the index is below the count.
  MachineReading read(std::size_t machine) const;
  MachineTally tally(std::size_t machine) const;
  LineTally line_tally(std::size_t line) const;
  LineReading read_line(std::size_t line) const;
  bool network_lost(std::size_t line) const;
  /// Finished parts of `product` that wait for the lines that use it.
  std::int64_t stored(std::string_view product) const;

  /// Begins a trouble now; without `duration` it lasts until ended.
  /// Errors: `not_found` (no such asset), `invalid` (the asset can't have this trouble), `conflict` (it has it
  /// already).
  Result<Trouble> start_trouble(TroubleKind kind, std::string_view asset, std::optional<Duration> duration);
  /// Errors: `not_found`.
  Result<void> end_trouble(std::string_view id);
  std::vector<Trouble> troubles() const;

 private:
  class Model;
  std::unique_ptr<Model> model_;
};

/// The production event that a perfect observer would write down.
plant::ProductionEvent production_event(const Factory& factory, const Happening& happening);

}  // namespace hanse::simulation
