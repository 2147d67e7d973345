#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "simulation/factory.hpp"
#include "simulation/internal/event_queue.hpp"
#include "simulation/shift_plan.hpp"

namespace hanse::simulation::internal {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);
inline constexpr Duration kNever = Duration::max();

inline Duration seconds(double s) { return Duration{static_cast<std::int64_t>(s * 1e9)}; }

/// A part on its way. Products are numbered as in the scenario.
struct Part {
  std::size_t product = kNone;
  std::size_t order = kNone;  ///< Index into the line's orders.
};

/// People who do one thing at a time, first come, first served.
struct Pool {
  std::int64_t free = 0;
  std::deque<std::size_t> waiting;  ///< Machines.
};

/// What a person does at a machine.
enum class Work : std::uint8_t { none, setup, tool_change, micro_stop, repair };

struct FailureClock {
  Duration life{};  ///< Drawn at the last repair.
  Duration left{};  ///< Producing time until it breaks.
  const FailureMode* mode = nullptr;
};

struct Machine {
  const MachineSpec* spec = nullptr;
  const MachineProfile* profile = nullptr;
  std::size_t line = 0;
  std::size_t stage = 0;
  Random random{0};
  std::uint64_t noise_seed = 0;  ///< Of measuring: apart from what happens, so that reading changes nothing.

  Condition condition = Condition::no_order;
  Timestamp since;  ///< When the condition began.
  std::string_view stop_reason;
  std::string_view alarm;
  std::uint64_t epoch = 0;
  bool wake_planned = false;

  std::optional<Part> part;
  bool part_done = false;  ///< Finished and good, not yet handed on.
  bool in_cycle = false;   ///< Begun and not finished; perhaps interrupted.
  Duration cycle{};        ///< Of the part in work, all of it.
  Duration cycle_left{};
  Timestamp segment_begins;  ///< Of uninterrupted producing.
  std::size_t setup_product = kNone;
  std::size_t last_order = kNone;

  Work work = Work::none;
  bool work_begun = false;  ///< A person is there.
  Duration work_length{};

  std::vector<FailureClock> failures;
  std::size_t failed = kNone;  ///< Index of the mode that broke.
  Duration to_micro_stop = kNever;
  double tool_wear = 0;
  bool drifting = false;

  double energy_kwh = 0;        ///< Until `since`.
  double temperature_cel = 20;  ///< At `since`.
  double cycle_time_s = 0;
  std::string_view scrap_reason;
  MachineTally tally;
};

struct Order {
  std::string id;
  std::size_t product = kNone;
  std::int64_t quantity = 0;
  std::int64_t released = 0;
};

/// The places in front of a stage, and the conveyor into them.
struct Buffer {
  std::deque<Part> parts;
  bool jammed = false;
};

struct Line {
  const LineSpec* spec = nullptr;
  ShiftPlan shifts;
  Pool operators;
  std::vector<Buffer> buffers;                     ///< One per stage; the first is unused.
  std::vector<std::vector<std::size_t>> machines;  ///< By stage.
  std::vector<std::size_t> products;
  std::vector<std::map<std::size_t, double>> cycle_s;  ///< By stage and product.
  std::map<std::pair<std::size_t, std::size_t>, double> setup_min;
  std::vector<Order> orders;  ///< All that ever began.
  std::size_t order = kNone;  ///< Being released.
  std::size_t next_in_turn = 0;
  std::map<std::size_t, std::int64_t> in_work;  ///< Parts by product.
  bool network_lost = false;
  LineTally tally;
};

}  // namespace hanse::simulation::internal

namespace hanse::simulation {

/// The factory's insides. Files: model.cpp what moves parts, machine.cpp a machine's own life, model_trouble.cpp
/// troubles, model_reading.cpp what is measured.
class Factory::Model {
 public:
  using Machine = internal::Machine;
  using Line = internal::Line;

  Model(Scenario scenario, std::uint64_t seed, Timestamp start);
  void run_until(Timestamp time);

  Result<Trouble> start_trouble(TroubleKind kind, std::string_view asset, std::optional<Duration> duration);
  Result<void> end_trouble(std::string_view id);

  MachineReading read(const Machine& machine) const;
  MachineTally tally(const Machine& machine) const;
  double power_kw(const Machine& machine) const;
  double energy_kwh(const Machine& machine) const;
  std::size_t find_machine(std::string_view id) const;
  std::size_t find_line(std::string_view id) const;
  std::string order_of(const Machine& machine) const;

  Scenario scenario;
  Timestamp began, now;
  std::vector<Machine> machines;
  std::vector<Line> lines;
  std::vector<Trouble> troubles;
  std::map<std::size_t, std::int64_t> stored;  ///< Finished parts by product, of lines that keep them.
  Watcher watcher;
  Factory* owner = nullptr;

 private:
  // model.cpp
  void add_line(const LineSpec& spec, Random& random);
  void add_machine(const MachineSpec& spec, std::size_t line, std::size_t stage, Random& random);
  std::size_t product_number(std::string_view id) const;
  void handle(const internal::Event& event);
  void change_shift(std::size_t line);
  void wake(std::size_t machine);
  void wake_stage(Line& line, std::size_t stage, Condition waiting);
  void consider(std::size_t index);
  bool hand_on(Machine& machine);
  bool take_part(Machine& machine);
  bool take_from_buffer(Machine& machine);
  bool worth_change_over(const Machine& machine) const;
  bool release_part(Machine& machine);
  bool open_order(Line& line);
  bool take_components(std::size_t product);
  void wake_suppliers(std::size_t product);
  std::int64_t room_for(const Line& line, std::size_t product) const;
  void finish_part(Machine& machine, bool good);
  void say(Happening::Kind kind, const Machine& machine, std::string_view reason = "");
  std::size_t index_of(const Machine& machine) const { return static_cast<std::size_t>(&machine - machines.data()); }

  // machine.cpp
  void become(Machine& machine, Condition condition, std::string_view reason = "");
  void begin_cycle(Machine& machine);
  void resume_cycle(Machine& machine);
  void account_segment(Machine& machine);
  void step(std::size_t index);
  void complete_cycle(Machine& machine);
  void fail_machine(Machine& machine, std::size_t mode);
  void begin_micro_stop(Machine& machine);
  void ask_for(Machine& machine, internal::Work work, Duration length);
  void begin_work(Machine& machine);
  void complete_work(Machine& machine);
  void drop_work(Machine& machine);
  void free_person(internal::Pool& pool);
  internal::Pool& pool_of(const Machine& machine);
  Duration setup_time(const Machine& machine, std::size_t product) const;
  void renew(Machine& machine, internal::FailureClock& clock);
  double failure_wear(const Machine& machine) const;
  double temperature(const Machine& machine) const;
  double temperature_target(const Machine& machine) const;

  // model_trouble.cpp
  Result<void> apply(TroubleKind kind, std::string_view asset);
  void undo(TroubleKind kind, std::string_view asset);
  Result<std::size_t> jam_place(std::string_view asset, std::size_t& line) const;
  void break_machine(Machine& machine);
  void mend_machine(Machine& machine);

  internal::EventQueue queue_;
  internal::Pool technicians_;
  std::int64_t order_number_ = 0;
  std::int64_t trouble_number_ = 0;
};

}  // namespace hanse::simulation
