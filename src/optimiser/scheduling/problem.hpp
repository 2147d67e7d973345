#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

// What is to be scheduled: a flexible job shop with what real plants add to it. Plain described records, so that the
// native JSON (`read_problem_json`) is these structs. Things refer to one another by position in the problem's lists;
// the index types keep a machine's position from being taken for a job's.

namespace hanse::optimiser::scheduling {

/// A duration, or an instant counted from the problem's origin (the caller says which date that is). Whole seconds.
using Seconds = std::int32_t;
inline constexpr Seconds kHorizonMax = 1'000'000'000;  // 31 years; leaves room to add two of them in 32 bits.

enum class MachineIndex : std::uint32_t {};
enum class JobIndex : std::uint32_t {};
enum class OperationIndex : std::uint32_t {};  ///< Over all jobs: job 0's operations first, then job 1's, ...
enum class CalendarIndex : std::uint32_t {};
enum class SetupIndex : std::uint32_t {};
enum class FamilyIndex : std::uint32_t {};  ///< Row and column of a set-up matrix; what may share a batch.
enum class SkillIndex : std::uint32_t {};
enum class OperatorIndex : std::uint32_t {};

template <class Index>
constexpr std::size_t position(Index index) {
  return static_cast<std::size_t>(index);
}

/// From `start` until just before `end`.
struct Interval {
  Seconds start = 0;
  Seconds end = 0;
  friend auto operator<=>(const Interval&, const Interval&) = default;
};
HANSE_DESCRIBE(Interval, (start, end))

/// When somebody or something works. Intervals in increasing order, not overlapping.
struct Calendar {
  std::string name;
  std::vector<Interval> working;
  Seconds repeat_every = 0;  ///< 604800 for a week's shifts; then all intervals lie in [0, repeat_every). 0: as listed.
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "working", .summary = "Working intervals, in order, seconds.", .required = true},
        FieldNote{.field = "repeat_every", .summary = "Period in seconds; 0 doesn't repeat.", .min = 0}};
  }
  friend bool operator==(const Calendar&, const Calendar&) = default;
};
HANSE_DESCRIBE(Calendar, (name, working, repeat_every))

/// Not available: maintenance, a breakdown with its expected end, an absence.
struct Closure {
  Seconds start = 0;
  Seconds end = 0;
  std::string reason;
  friend bool operator==(const Closure&, const Closure&) = default;
};
HANSE_DESCRIBE(Closure, (start, end, reason))

/// Seconds to change from the family of the row to that of the column. Needn't keep the triangle inequality.
struct SetupMatrix {
  std::string name;
  std::vector<std::vector<Seconds>> seconds;
  friend bool operator==(const SetupMatrix&, const SetupMatrix&) = default;
};
HANSE_DESCRIBE(SetupMatrix, (name, seconds))

struct Machine {
  std::string name;
  std::optional<CalendarIndex> calendar;  ///< None: works always.
  std::vector<Closure> closures;
  Seconds available_from = 0;
  std::int32_t capacity = 1;  ///< Sum of the sizes of what may run at once.
  bool batch = false;         ///< What runs at once starts and ends together and is of one family (a furnace).
  std::optional<SetupIndex> setups;
  std::optional<FamilyIndex> family;  ///< What it is set up for at the start; none: the first set-up is free.
  std::int32_t power_w = 0;           ///< While working on an operation.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "available_from", .summary = "Seconds.", .min = 0, .max = kHorizonMax},
                      FieldNote{.field = "capacity", .summary = "Sum of sizes at once.", .min = 1, .max = 1'000'000},
                      FieldNote{.field = "power_w", .summary = "Watts while working.", .min = 0}};
  }
  friend bool operator==(const Machine&, const Machine&) = default;
};
HANSE_DESCRIBE(Machine, (name, calendar, closures, available_from, capacity, batch, setups, family, power_w))

/// One way to do an operation. An operation names a machine at most once.
struct Mode {
  MachineIndex machine{};
  Seconds duration = 0;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "machine", .summary = "Position in machines.", .required = true},
        FieldNote{.field = "duration", .summary = "Seconds.", .min = 0, .max = kHorizonMax, .required = true}};
  }
  friend bool operator==(const Mode&, const Mode&) = default;
};
HANSE_DESCRIBE(Mode, (machine, duration))

/// Started already, or pinned by the planner: stays where it is unless what it needs comes too late.
struct Pin {
  MachineIndex machine{};
  Seconds start = 0;
  std::optional<Seconds> end;  ///< Of a started operation: when it is expected to end. None: by its duration.
  friend bool operator==(const Pin&, const Pin&) = default;
};
HANSE_DESCRIBE(Pin, (machine, start, end))

struct Operation {
  std::string name;
  std::vector<Mode> modes;
  /// Operations of the same job, by position in the job, that must have ended. None given: the one before in the list.
  std::optional<std::vector<std::uint32_t>> after;
  Seconds release = 0;     ///< Its material arrives then.
  Seconds lag = 0;         ///< Wait after its end before a successor may start (cooling, curing).
  bool resumable = false;  ///< May pause while its machine doesn't work.
  std::int32_t size = 1;   ///< Of the machine's capacity.
  FamilyIndex family{};
  std::optional<SkillIndex> skill;  ///< One operator with it attends throughout.
  std::optional<Pin> pin;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "modes", .summary = "Ways to do it.", .required = true},
                      FieldNote{.field = "release", .summary = "Seconds.", .min = 0, .max = kHorizonMax},
                      FieldNote{.field = "lag", .summary = "Seconds.", .min = 0, .max = kHorizonMax},
                      FieldNote{.field = "size", .summary = "Share of the machine's capacity.", .min = 1}};
  }
  friend bool operator==(const Operation&, const Operation&) = default;
};
HANSE_DESCRIBE(Operation, (name, modes, after, release, lag, resumable, size, family, skill, pin))

struct Job {
  std::string name;
  Seconds release = 0;
  std::optional<Seconds> due;
  std::int32_t weight = 1;  ///< Of a second of tardiness.
  std::vector<Operation> operations;
  bool cancelled = false;  ///< Not wanted any more: only what has started (a pin with its end) is placed.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "release", .summary = "Seconds.", .min = 0, .max = kHorizonMax},
                      FieldNote{.field = "weight", .summary = "Of a second of tardiness.", .min = 0, .max = 1'000'000}};
  }
  friend bool operator==(const Job&, const Job&) = default;
};
HANSE_DESCRIBE(Job, (name, release, due, weight, operations, cancelled))

/// Moving a job from machine to machine. `seconds[from][to]`; 0 needs no vehicle.
struct Transport {
  std::vector<std::vector<Seconds>> seconds;
  std::int32_t vehicles =
      0;  ///< 0: as many as needed. They start at machine 0's place and drive empty as slow as loaded.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "vehicles", .summary = "0: as many as needed.", .min = 0, .max = 10'000}};
  }
  friend bool operator==(const Transport&, const Transport&) = default;
};
HANSE_DESCRIBE(Transport, (seconds, vehicles))

struct Operator {
  std::string name;
  std::vector<SkillIndex> skills;
  std::optional<CalendarIndex> calendar;
  std::vector<Closure> absences;
  friend bool operator==(const Operator&, const Operator&) = default;
};
HANSE_DESCRIBE(Operator, (name, skills, calendar, absences))

/// From `start` on energy costs `price_per_mwh`, in the currency's minor units (cents).
struct TariffStep {
  Seconds start = 0;
  std::int64_t price_per_mwh = 0;
  friend bool operator==(const TariffStep&, const TariffStep&) = default;
};
HANSE_DESCRIBE(TariffStep, (start, price_per_mwh))

struct Problem {
  std::string name;
  std::vector<Calendar> calendars;
  std::vector<SetupMatrix> setups;
  std::vector<std::string> skills;
  std::vector<Operator> operators;
  std::vector<Machine> machines;
  std::optional<Transport> transport;
  std::vector<TariffStep> tariff;
  std::vector<Job> jobs;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "machines", .summary = "What works.", .required = true},
                      FieldNote{.field = "jobs", .summary = "What is to be made.", .required = true}};
  }
  friend bool operator==(const Problem&, const Problem&) = default;
};
HANSE_DESCRIBE(Problem, (name, calendars, setups, skills, operators, machines, transport, tariff, jobs))

/// Errors: `invalid` with a path and what would be right per wrong field: unknown machines, cyclic routings, calendars
/// with no working time, due before release, a skill that nobody has, ... Every other function here takes a problem
/// that passed.
Result<void> validate(const Problem& problem);

std::size_t operation_count(const Problem& problem);

/// Where operation numbers begin per job; one more entry than jobs.
std::vector<std::uint32_t> first_operations(const Problem& problem);

}  // namespace hanse::optimiser::scheduling
