#include "optimiser/scheduling/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::optimiser::scheduling {
namespace {

constexpr std::size_t kModesMax = 1'000;  // Of one operation.
constexpr Seconds kPeriodMin = 60;        // Of a repeating calendar: shorter ones only fill memory.
constexpr std::size_t kErrorsMax = 50;    // Nobody reads more; a wrong count makes thousands.

/// Collects what is wrong, with its path.
class Findings {
 public:
  void add(std::string path, std::string message) {
    if (errors_.size() < kErrorsMax) errors_.push_back({std::move(path), std::move(message)});
  }
  bool full() const { return errors_.size() >= kErrorsMax; }
  bool empty() const { return errors_.empty(); }
  std::vector<FieldError> take() { return std::move(errors_); }

 private:
  std::vector<FieldError> errors_;
};

template <class Index>
void check_reference(Findings& findings, Index index, std::size_t count, const std::string& path,
                     std::string_view what) {
  if (position(index) < count) return;
  findings.add(
      path, count == 0 ? fmt::format("there are no {}", what)
                       : fmt::format("there is no {} {}: they are numbered 0 to {}", what, position(index), count - 1));
}

void check_calendar(Findings& findings, const Calendar& calendar, const std::string& path) {
  if (calendar.working.empty()) findings.add(path + ".working", "has no working time");
  if (calendar.repeat_every != 0 && calendar.repeat_every < kPeriodMin) {
    findings.add(path + ".repeat_every", fmt::format("must be 0 (doesn't repeat) or at least {}", kPeriodMin));
  }
  Seconds before = 0;
  for (std::size_t i = 0; i < calendar.working.size(); ++i) {
    const auto& interval = calendar.working[i];
    const auto at = [&] { return fmt::format("{}.working[{}]", path, i); };
    if (interval.start >= interval.end) findings.add(at(), "must end after it starts");
    if (interval.start < before) findings.add(at(), "must not start before the one before it ends, nor before 0");
    if (interval.end > kHorizonMax) findings.add(at(), fmt::format("must end by {}", kHorizonMax));
    before = std::max(before, interval.end);
  }
  if (calendar.repeat_every > 0 && before > calendar.repeat_every) {
    findings.add(path + ".repeat_every", fmt::format("must be at least {}, the end of the last interval", before));
  }
}

void check_closures(Findings& findings, const std::vector<Closure>& closures, const std::string& path) {
  for (std::size_t i = 0; i < closures.size(); ++i) {
    if (closures[i].start < 0 || closures[i].start >= closures[i].end || closures[i].end > kHorizonMax) {
      findings.add(fmt::format("{}[{}]", path, i),
                   fmt::format("must start at 0 or later and end after it starts, by {}", kHorizonMax));
    }
  }
}

void check_square(Findings& findings, const std::vector<std::vector<Seconds>>& matrix, std::size_t size,
                  const std::string& path) {
  if (matrix.size() != size) findings.add(path, fmt::format("must have {} rows, has {}", size, matrix.size()));
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    if (matrix[row].size() != size) {
      findings.add(fmt::format("{}[{}]", path, row),
                   fmt::format("must have {} columns, has {}", size, matrix[row].size()));
    }
    for (std::size_t column = 0; column < matrix[row].size(); ++column) {
      if (matrix[row][column] < 0 || matrix[row][column] > kHorizonMax / 10) {
        findings.add(fmt::format("{}[{}][{}]", path, row, column), fmt::format("must be 0 to {}", kHorizonMax / 10));
      }
    }
  }
}

void check_machine(Findings& findings, const Problem& problem, std::size_t index) {
  const auto& machine = problem.machines[index];
  const auto path = fmt::format("machines[{}]", index);
  if (machine.calendar)
    check_reference(findings, *machine.calendar, problem.calendars.size(), path + ".calendar", "calendar");
  check_closures(findings, machine.closures, path + ".closures");
  if (machine.available_from < 0 || machine.available_from > kHorizonMax)
    findings.add(path + ".available_from", "must be >= 0");
  if (machine.capacity < 1) findings.add(path + ".capacity", "must be >= 1");
  if (machine.power_w < 0) findings.add(path + ".power_w", "must be >= 0");
  if (!machine.setups) return;
  check_reference(findings, *machine.setups, problem.setups.size(), path + ".setups", "set-up matrix");
  if (machine.capacity > 1)
    findings.add(path + ".setups", "a machine of capacity over 1 can't have set-ups: give each place its own machine");
  if (machine.family && position(*machine.setups) < problem.setups.size()) {
    check_reference(findings, *machine.family, problem.setups[position(*machine.setups)].seconds.size(),
                    path + ".family", "family");
  }
}

void check_machines(Findings& findings, const Problem& problem) {
  if (problem.machines.empty()) findings.add("machines", "must have at least one");
  for (std::size_t i = 0; i < problem.machines.size(); ++i) check_machine(findings, problem, i);
}

void check_operators(Findings& findings, const Problem& problem) {
  for (std::size_t i = 0; i < problem.operators.size(); ++i) {
    const auto& person = problem.operators[i];
    const auto path = fmt::format("operators[{}]", i);
    for (std::size_t s = 0; s < person.skills.size(); ++s) {
      check_reference(findings, person.skills[s], problem.skills.size(), fmt::format("{}.skills[{}]", path, s),
                      "skill");
    }
    if (person.calendar)
      check_reference(findings, *person.calendar, problem.calendars.size(), path + ".calendar", "calendar");
    check_closures(findings, person.absences, path + ".absences");
  }
}

/// What is asked per operation and known per problem.
struct Shared {
  const Problem& problem;
  std::vector<bool> somebody_can;  ///< By skill.
  std::int64_t work = 0;           ///< Upper bound of all durations, waits, set-ups and ways.
};

void check_modes(Findings& findings, Shared& shared, const Operation& operation, const std::string& path) {
  const auto& machines = shared.problem.machines;
  if (operation.modes.empty()) findings.add(path + ".modes", "must name at least one machine");
  if (operation.modes.size() > kModesMax) {
    findings.add(path + ".modes", fmt::format("has {} modes, over the limit of {}", operation.modes.size(), kModesMax));
    return;
  }
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < operation.modes.size(); ++i) {
    const auto& mode = operation.modes[i];
    const auto at = [&](std::string_view field) { return fmt::format("{}.modes[{}].{}", path, i, field); };
    if (mode.duration < 0 || mode.duration > kHorizonMax)
      findings.add(at("duration"), fmt::format("must be 0 to {}", kHorizonMax));
    longest = std::max<std::int64_t>(longest, mode.duration);
    for (std::size_t other = 0; other < i; ++other) {
      if (operation.modes[other].machine == mode.machine) findings.add(at("machine"), "is named twice");
    }
    if (position(mode.machine) >= machines.size()) {
      check_reference(findings, mode.machine, machines.size(), at("machine"), "machine");
      continue;
    }
    const auto& machine = machines[position(mode.machine)];
    if (operation.size > machine.capacity) {
      findings.add(path + ".size", fmt::format("is {}, over the capacity {} of machine '{}'", operation.size,
                                               machine.capacity, machine.name));
    }
    if (machine.setups && position(*machine.setups) < shared.problem.setups.size()) {
      check_reference(findings, operation.family, shared.problem.setups[position(*machine.setups)].seconds.size(),
                      path + ".family", "family");
    }
  }
  shared.work += longest + std::max<Seconds>(0, operation.lag);
  if (operation.pin) {
    const auto named = [&](const Mode& mode) { return mode.machine == operation.pin->machine; };
    if (std::none_of(operation.modes.begin(), operation.modes.end(), named))
      findings.add(path + ".pin.machine", "is none of its modes' machines");
    if (operation.pin->start < 0 || operation.pin->start > kHorizonMax)
      findings.add(path + ".pin.start", "must be >= 0");
    if (operation.pin->end && (*operation.pin->end < operation.pin->start || *operation.pin->end > kHorizonMax)) {
      findings.add(path + ".pin.end", "must not be before its start");
    }
  }
}

void check_operation(Findings& findings, Shared& shared, const Operation& operation, const std::string& path) {
  if (operation.release < 0 || operation.release > kHorizonMax) findings.add(path + ".release", "must be >= 0");
  if (operation.lag < 0 || operation.lag > kHorizonMax) findings.add(path + ".lag", "must be >= 0");
  if (operation.size < 1) findings.add(path + ".size", "must be >= 1");
  check_modes(findings, shared, operation, path);
  if (operation.skill) {
    if (position(*operation.skill) >= shared.problem.skills.size()) {
      check_reference(findings, *operation.skill, shared.problem.skills.size(), path + ".skill", "skill");
    } else if (!shared.somebody_can[position(*operation.skill)]) {
      findings.add(path + ".skill",
                   fmt::format("no operator has the skill '{}'", shared.problem.skills[position(*operation.skill)]));
    }
  }
}

/// Kahn's pass over one job; false when its routing has a cycle.
bool acyclic(const Job& job) {
  const std::size_t count = job.operations.size();
  std::vector<std::uint32_t> waiting(count, 0);
  std::vector<std::vector<std::uint32_t>> next(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& after = job.operations[i].after;
    if (!after) {
      if (i > 0) {
        next[i - 1].push_back(i);
        ++waiting[i];
      }
      continue;
    }
    for (const auto before : *after) {
      next[before].push_back(i);
      ++waiting[i];
    }
  }
  std::vector<std::uint32_t> ready;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (waiting[i] == 0) ready.push_back(i);
  }
  std::size_t done = 0;
  while (!ready.empty()) {
    const auto operation = ready.back();
    ready.pop_back();
    ++done;
    for (const auto follower : next[operation]) {
      if (--waiting[follower] == 0) ready.push_back(follower);
    }
  }
  return done == count;
}

void check_job(Findings& findings, Shared& shared, std::size_t index) {
  const auto& job = shared.problem.jobs[index];
  const auto path = fmt::format("jobs[{}]", index);
  if (job.release < 0 || job.release > kHorizonMax) findings.add(path + ".release", "must be >= 0");
  if (job.due && *job.due < job.release)
    findings.add(path + ".due", fmt::format("is {}, before its release at {}", *job.due, job.release));
  if (job.due && *job.due > kHorizonMax) findings.add(path + ".due", fmt::format("must be at most {}", kHorizonMax));
  if (job.weight < 0) findings.add(path + ".weight", "must be >= 0");
  bool references_fit = true, has_lists = false;
  for (std::size_t i = 0; i < job.operations.size() && !findings.full(); ++i) {
    const auto& operation = job.operations[i];
    check_operation(findings, shared, operation, fmt::format("{}.operations[{}]", path, i));
    if (!operation.after) continue;
    has_lists = true;
    for (std::size_t a = 0; a < operation.after->size(); ++a) {
      if ((*operation.after)[a] < job.operations.size() && (*operation.after)[a] != i) continue;
      references_fit = false;
      findings.add(fmt::format("{}.operations[{}].after[{}]", path, i, a),
                   "must be the position of another operation of the job");
    }
  }
  if (references_fit && has_lists && !acyclic(job)) findings.add(path + ".operations", "the routing has a cycle");
}

void check_rest(Findings& findings, const Problem& problem) {
  for (std::size_t i = 0; i < problem.setups.size(); ++i) {
    check_square(findings, problem.setups[i].seconds, problem.setups[i].seconds.size(),
                 fmt::format("setups[{}].seconds", i));
  }
  if (problem.transport) {
    check_square(findings, problem.transport->seconds, problem.machines.size(), "transport.seconds");
    if (problem.transport->vehicles < 0) findings.add("transport.vehicles", "must be >= 0");
  }
  for (std::size_t i = 1; i < problem.tariff.size(); ++i) {
    if (problem.tariff[i].start <= problem.tariff[i - 1].start)
      findings.add(fmt::format("tariff[{}].start", i), "must be after the step before");
  }
}

}  // namespace

Result<void> validate(const Problem& problem) {
  Findings findings;
  for (std::size_t i = 0; i < problem.calendars.size(); ++i)
    check_calendar(findings, problem.calendars[i], fmt::format("calendars[{}]", i));
  check_rest(findings, problem);
  check_machines(findings, problem);
  check_operators(findings, problem);
  Shared shared{.problem = problem, .somebody_can = std::vector<bool>(problem.skills.size(), false)};
  for (const auto& person : problem.operators) {
    for (const auto skill : person.skills) {
      if (position(skill) < shared.somebody_can.size()) shared.somebody_can[position(skill)] = true;
    }
  }
  for (std::size_t i = 0; i < problem.jobs.size() && !findings.full(); ++i) check_job(findings, shared, i);
  if (findings.empty() && shared.work > kHorizonMax) {
    findings.add("jobs",
                 fmt::format("all durations together are {} s, over the limit of {}", shared.work, kHorizonMax));
  }
  if (findings.empty()) return {};
  return fail(ErrorCode::invalid, "the scheduling problem has wrong fields", findings.take());
}

std::size_t operation_count(const Problem& problem) {
  std::size_t count = 0;
  for (const auto& job : problem.jobs) count += job.operations.size();
  return count;
}

std::vector<std::uint32_t> first_operations(const Problem& problem) {
  std::vector<std::uint32_t> first(1, 0);
  first.reserve(problem.jobs.size() + 1);
  for (const auto& job : problem.jobs)
    first.push_back(first.back() + static_cast<std::uint32_t>(job.operations.size()));
  return first;
}

}  // namespace hanse::optimiser::scheduling
