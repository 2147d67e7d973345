#include "optimiser/scheduling/schedule_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "optimiser/scheduling/read_instance.hpp"

namespace hanse::optimiser::scheduling {
namespace {

/// One row of the written solution, with names for people and positions for programs.
struct ScheduledOperation {
  std::string job;
  std::string operation;
  std::uint32_t job_index = 0;
  std::uint32_t operation_index = 0;  ///< In its job.
  std::string machine;
  std::uint32_t machine_index = 0;
  Seconds start = 0;
  Seconds end = 0;
  std::string attended_by;
};
HANSE_DESCRIBE(ScheduledOperation,
               (job, operation, job_index, operation_index, machine, machine_index, start, end, attended_by))

struct ScheduleReport {
  std::string instance;
  SolveStatus status{};
  std::int64_t value = 0;
  Bound bound;
  double gap = 0;
  Measures measures;
  std::uint64_t iterations = 0;
  std::vector<ScheduledOperation> operations;
  std::vector<Carriage> carriages;
  std::vector<Unplaced> unplaced;
};
HANSE_DESCRIBE(ScheduleReport,
               (instance, status, value, bound, gap, measures, iterations, operations, carriages, unplaced))

Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(ErrorCode::not_found, fmt::format("the file '{}' can't be read", path));
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return fail(ErrorCode::unavailable, fmt::format("reading '{}' failed", path));
  return std::move(text).str();
}

ScheduleReport report_of(const std::string& path, const Problem& problem, const Solution& solution) {
  ScheduleReport report{.instance = problem.name.empty() ? path : problem.name,
                        .status = solution.status,
                        .value = solution.value,
                        .bound = solution.bound,
                        .gap = solution.gap,
                        .measures = solution.measures,
                        .iterations = solution.iterations,
                        .operations = {},
                        .carriages = solution.schedule.carriages,
                        .unplaced = solution.schedule.unplaced};
  std::size_t index = 0;
  for (std::uint32_t j = 0; j < problem.jobs.size(); ++j) {
    for (std::uint32_t i = 0; i < problem.jobs[j].operations.size(); ++i) {
      const auto& at = solution.schedule.operations[index++];
      if (!at) continue;
      const auto machine = position(at->machine);
      report.operations.push_back(
          {.job = problem.jobs[j].name,
           .operation = problem.jobs[j].operations[i].name,
           .job_index = j,
           .operation_index = i,
           .machine = problem.machines[machine].name,
           .machine_index = static_cast<std::uint32_t>(machine),
           .start = at->start,
           .end = at->end,
           .attended_by = at->attended_by ? problem.operators[position(*at->attended_by)].name : ""});
    }
  }
  return report;
}

std::string summary_of(const Problem& problem, const ScheduleReport& report, double seconds) {
  auto text = fmt::format("{}: {} jobs, {} operations, {} machines\n", report.instance, problem.jobs.size(),
                          operation_count(problem), problem.machines.size());
  text += fmt::format("{}: makespan {}", describe::enum_name(report.status), report.measures.makespan);
  if (report.measures.late_jobs > 0)
    text += fmt::format(", {} jobs late, weighted tardiness {}", report.measures.late_jobs,
                        report.measures.weighted_tardiness);
  if (report.measures.setup_seconds > 0) text += fmt::format(", set-ups {} s", report.measures.setup_seconds);
  text += fmt::format("\nbound {} ({}), gap {:.2f} %, {} steps in {:.1f} s\n", report.bound.value, report.bound.name,
                      100 * report.gap, report.iterations, seconds);
  for (const auto& entry : report.unplaced)
    text += fmt::format("not placed: {}: {}\n", problem.jobs[position(entry.job)].name, entry.reason);
  return text;
}

}  // namespace

Result<ScheduleFileResult> schedule_file(const std::string& path, const ScheduleFileOptions& options,
                                         const Clock& clock) {
  HANSE_TRY(const auto text, read_file(path));
  HANSE_TRY(const auto problem, read_instance(text));
  const auto begin = clock.monotonic();
  const auto seconds_since = [&] { return std::chrono::duration<double>(clock.monotonic() - begin).count(); };
  SolveOptions solving{.objective = options.objective, .seed = options.seed, .threads = options.threads};
  solving.expired = [&] { return seconds_since() >= options.seconds; };
  HANSE_TRY(const auto solution, solve(problem, solving));
  const double seconds = seconds_since();
  if (const auto violations = check(problem, solution.schedule); !violations.empty()) {
    return fail(ErrorCode::corrupt, fmt::format("the schedule breaks a rule, which is a bug: {}: {}",
                                                violations[0].path, violations[0].message));
  }
  const auto report = report_of(path, problem, solution);
  ScheduleFileResult result{.summary = summary_of(problem, report, seconds), .json = to_json(report)};
  if (!options.write.empty()) {
    std::ofstream file{options.write, std::ios::binary | std::ios::trunc};
    file << result.json << '\n';
    if (!file.flush())
      return fail(ErrorCode::unavailable, fmt::format("the file '{}' can't be written", options.write));
  }
  return result;
}

}  // namespace hanse::optimiser::scheduling
