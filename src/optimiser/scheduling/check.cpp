#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "optimiser/scheduling/schedule.hpp"

// The independent checker. It is slow and plain on purpose: nothing here is shared with what makes schedules.

namespace hanse::optimiser::scheduling {
namespace {

constexpr std::size_t kViolationsMax = 100;

struct Flat {
  const Operation* operation;
  const Job* job;
  std::size_t job_index;
  std::size_t index_in_job;
};

/// Intervals in which somebody with this calendar and these closures works, up to `until`.
std::vector<Interval> working_until(const Calendar* calendar, const std::vector<Closure>& closures,
                                    std::int64_t until) {
  std::vector<Interval> open;
  if (!calendar) {
    open.push_back({0, static_cast<Seconds>(until)});
  } else {
    for (std::int64_t base = 0; base < until; base += calendar->repeat_every) {
      for (const auto& interval : calendar->working) {
        if (base + interval.start >= until) break;
        open.push_back(
            {static_cast<Seconds>(base + interval.start), static_cast<Seconds>(std::min(until, base + interval.end))});
      }
      if (calendar->repeat_every == 0) break;
    }
  }
  for (const auto& closure : closures) {
    std::vector<Interval> left;
    for (const auto& interval : open) {
      if (closure.end <= interval.start || closure.start >= interval.end) {
        left.push_back(interval);
        continue;
      }
      if (interval.start < closure.start) left.push_back({interval.start, closure.start});
      if (closure.end < interval.end) left.push_back({closure.end, interval.end});
    }
    open = std::move(left);
  }
  std::vector<Interval> merged;  // Shifts that touch are one stretch of work.
  for (const auto& interval : open) {
    if (!merged.empty() && merged.back().end >= interval.start) {
      merged.back().end = std::max(merged.back().end, interval.end);
    } else {
      merged.push_back(interval);
    }
  }
  return merged;
}

std::int64_t overlap(const std::vector<Interval>& working, Seconds from, Seconds to) {
  std::int64_t sum = 0;
  auto it =
      std::lower_bound(working.begin(), working.end(), from, [](const Interval& w, Seconds t) { return w.end <= t; });
  for (; it != working.end() && it->start < to; ++it)
    sum += std::max(0, std::min(to, it->end) - std::max(from, it->start));
  return sum;
}

std::vector<Interval> common(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> both;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Seconds start = std::max(a[i].start, b[j].start), end = std::min(a[i].end, b[j].end);
    if (start < end) both.push_back({start, end});
    (a[i].end < b[j].end ? i : j)++;
  }
  return both;
}

class Checker {
 public:
  Checker(const Problem& problem, const Schedule& schedule) : problem_(problem), schedule_(schedule) {
    for (std::size_t j = 0; j < problem.jobs.size(); ++j) {
      for (std::size_t i = 0; i < problem.jobs[j].operations.size(); ++i) {
        flat_.push_back({&problem.jobs[j].operations[i], &problem.jobs[j], j, i});
      }
    }
  }

  std::vector<Violation> run() {
    if (schedule_.operations.size() != flat_.size()) {
      return {
          {"operations", fmt::format("has {} entries for {} operations", schedule_.operations.size(), flat_.size())}};
    }
    check_unplaced();
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      if (schedule_.operations[i]) check_place(i);
    }
    if (!violations_.empty()) return std::move(violations_);  // The rest reads machines and times without looking.
    prepare_calendars();
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      if (schedule_.operations[i]) check_one(i);
    }
    check_precedences();
    check_machines();
    check_operators();
    check_carriages();
    return std::move(violations_);
  }

 private:
  void report(std::size_t operation, std::string message) {
    report_at(fmt::format("jobs[{}].operations[{}]", flat_[operation].job_index, flat_[operation].index_in_job),
              std::move(message));
  }
  void report_at(std::string path, std::string message) {
    if (violations_.size() < kViolationsMax) violations_.push_back({std::move(path), std::move(message)});
  }
  const Placement& place(std::size_t operation) const { return *schedule_.operations[operation]; }
  const Mode& mode(std::size_t operation) const {
    const auto& modes = flat_[operation].operation->modes;
    return *std::find_if(modes.begin(), modes.end(),
                         [&](const Mode& m) { return m.machine == place(operation).machine; });
  }
  /// Started already, with a known end: a fact that no rule can change.
  bool is_fact(std::size_t operation) const {
    const auto& pin = flat_[operation].operation->pin;
    return pin && pin->end && pin->start == place(operation).start;
  }

  void check_unplaced() {
    std::vector<bool> unplaced(problem_.jobs.size(), false);
    for (std::size_t i = 0; i < schedule_.unplaced.size(); ++i) {
      const auto& entry = schedule_.unplaced[i];
      if (position(entry.job) >= problem_.jobs.size()) {
        report_at(fmt::format("unplaced[{}]", i), "there is no such job");
        continue;
      }
      if (entry.reason.empty()) report_at(fmt::format("unplaced[{}]", i), "has no reason");
      unplaced[position(entry.job)] = true;
    }
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      const bool placed = schedule_.operations[i].has_value();
      if (!placed && !unplaced[flat_[i].job_index]) report(i, "has no place, and its job isn't listed as unplaced");
      if (placed && unplaced[flat_[i].job_index] && !flat_[i].operation->pin)
        report(i, "has a place, though its job is listed as unplaced");
    }
  }

  void check_place(std::size_t i) {
    const auto& operation = *flat_[i].operation;
    const auto& at = place(i);
    const bool named = std::any_of(operation.modes.begin(), operation.modes.end(),
                                   [&](const Mode& m) { return m.machine == at.machine; });
    if (!named) report(i, fmt::format("is on machine {}, which isn't among its modes", position(at.machine)));
    if (at.start < 0 || at.end < at.start) report(i, fmt::format("runs from {} to {}", at.start, at.end));
    if (operation.skill.has_value() != at.attended_by.has_value())
      report(i, operation.skill ? "has no operator" : "has an operator and needs none");
    if (at.attended_by && position(*at.attended_by) >= problem_.operators.size())
      report(i, "has an operator who doesn't exist");
  }

  void prepare_calendars() {
    std::int64_t until = 1;
    for (const auto& at : schedule_.operations) {
      if (at) until = std::max<std::int64_t>(until, std::int64_t{at->end} + 1);
    }
    const auto calendar = [&](const std::optional<CalendarIndex>& index) {
      return index ? &problem_.calendars[position(*index)] : nullptr;
    };
    for (const auto& machine : problem_.machines)
      machine_works_.push_back(working_until(calendar(machine.calendar), machine.closures, until));
    for (const auto& person : problem_.operators)
      person_works_.push_back(working_until(calendar(person.calendar), person.absences, until));
  }

  void check_one(std::size_t i) {
    const auto& operation = *flat_[i].operation;
    const auto& at = place(i);
    if (operation.pin) {
      if (at.machine != operation.pin->machine) report(i, "is pinned to another machine");
      if (at.start < operation.pin->start)
        report(i, fmt::format("starts at {}, before its pin at {}", at.start, operation.pin->start));
    }
    if (is_fact(i)) {
      if (at.end != *operation.pin->end)
        report(i, fmt::format("ends at {}, but its pin says {}", at.end, *operation.pin->end));
      return;
    }
    const Seconds release =
        std::max({flat_[i].job->release, operation.release, problem_.machines[position(at.machine)].available_from});
    if (at.start < release) report(i, fmt::format("starts at {}, before its release at {}", at.start, release));
    check_duration(i);
  }

  void check_duration(std::size_t i) {
    const auto& at = place(i);
    const auto& machine = problem_.machines[position(at.machine)];
    const auto& operation = *flat_[i].operation;
    auto working = machine_works_[position(at.machine)];
    if (at.attended_by) working = common(working, person_works_[position(*at.attended_by)]);
    const std::int64_t worked = overlap(working, at.start, at.end), span = std::int64_t{at.end} - at.start;
    const Seconds duration = mode(i).duration;
    if (!operation.resumable && worked != span) {
      report(i, fmt::format("runs from {} to {}, while its machine or operator doesn't work", at.start, at.end));
    }
    if (machine.batch ? worked < duration : worked != duration) {
      report(i, fmt::format("works {} s, but takes {} s on machine '{}'", worked, duration, machine.name));
    }
  }

  void check_precedences() {
    std::size_t first = 0;
    for (const auto& job : problem_.jobs) {
      for (std::size_t i = 0; i < job.operations.size(); ++i) {
        if (!schedule_.operations[first + i] || is_fact(first + i)) continue;
        if (job.operations[i].after) {
          for (const auto before : *job.operations[i].after) check_arc(first + before, first + i);
        } else if (i > 0) {
          check_arc(first + i - 1, first + i);
        }
      }
      first += job.operations.size();
    }
  }

  void check_arc(std::size_t before, std::size_t after) {
    if (!schedule_.operations[before]) return;
    const std::int64_t ready = std::int64_t{place(before).end} + flat_[before].operation->lag;
    std::int64_t way = 0;
    if (problem_.transport)
      way = problem_.transport->seconds[position(place(before).machine)][position(place(after).machine)];
    if (way > 0 && problem_.transport->vehicles > 0) {
      const auto carries = [&](const Carriage& c) {
        return position(c.before) == before && position(c.after) == after;
      };
      const auto found = std::find_if(schedule_.carriages.begin(), schedule_.carriages.end(), carries);
      if (found == schedule_.carriages.end()) return report(after, "nobody carries its part to it");
      if (found->start < ready)
        report(after, fmt::format("its part leaves at {}, but is ready at {}", found->start, ready));
      if (std::int64_t{found->end} - found->start != way)
        report(after, fmt::format("the way of its part takes {} s", way));
      if (place(after).start < found->end)
        report(after, fmt::format("starts at {}, but its part comes at {}", place(after).start, found->end));
      return;
    }
    if (place(after).start < ready + way) {
      report(after, fmt::format("starts at {}, but its part is there at {}", place(after).start, ready + way));
    }
  }

  void check_machines() {
    std::vector<std::vector<std::size_t>> on(problem_.machines.size());
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      if (schedule_.operations[i]) on[position(place(i).machine)].push_back(i);
    }
    for (std::size_t m = 0; m < on.size(); ++m) {
      std::stable_sort(on[m].begin(), on[m].end(), [&](std::size_t a, std::size_t b) {
        return std::pair{place(a).start, place(a).end} < std::pair{place(b).start, place(b).end};
      });
      if (problem_.machines[m].capacity == 1) {
        check_sequence(m, on[m]);
      } else {
        check_capacity(m, on[m]);
      }
    }
  }

  Seconds setup(const Machine& machine, std::size_t before, std::size_t after) const {
    if (!machine.setups) return 0;
    return problem_.setups[position(*machine.setups)]
        .seconds[position(flat_[before].operation->family)][position(flat_[after].operation->family)];
  }

  void check_sequence(std::size_t m, const std::vector<std::size_t>& sequence) {
    const auto& machine = problem_.machines[m];
    if (!sequence.empty() && machine.setups && machine.family && !is_fact(sequence[0])) {
      const Seconds needed = problem_.setups[position(*machine.setups)]
                                 .seconds[position(*machine.family)][position(flat_[sequence[0]].operation->family)];
      if (overlap(machine_works_[m], machine.available_from, place(sequence[0]).start) < needed) {
        report(sequence[0], fmt::format("the first set-up of machine '{}' takes {} s", machine.name, needed));
      }
    }
    for (std::size_t k = 1; k < sequence.size(); ++k) {
      const auto a = sequence[k - 1], b = sequence[k];
      if (place(b).start < place(a).end) {
        report(b, fmt::format("starts at {}, while jobs[{}].operations[{}] has machine '{}' until {}", place(b).start,
                              flat_[a].job_index, flat_[a].index_in_job, machine.name, place(a).end));
      } else if (const auto needed = setup(machine, a, b);
                 needed > 0 && !is_fact(b) && overlap(machine_works_[m], place(a).end, place(b).start) < needed) {
        report(b,
               fmt::format("starts at {}, but the set-up after {} takes {} s", place(b).start, place(a).end, needed));
      }
    }
  }

  void check_capacity(std::size_t m, const std::vector<std::size_t>& operations) {
    const auto& machine = problem_.machines[m];
    std::vector<std::pair<Seconds, std::size_t>> ends;  // Running now, by end.
    std::int64_t used = 0;
    for (const auto i : operations) {
      const auto& at = place(i);
      std::erase_if(ends, [&](const auto& entry) {
        if (entry.first > at.start) return false;
        used -= flat_[entry.second].operation->size;
        return true;
      });
      if (at.end == at.start) continue;
      used += flat_[i].operation->size;
      ends.emplace_back(at.end, i);
      if (used > machine.capacity)
        report(i, fmt::format("starts at {}, when machine '{}' has no room left", at.start, machine.name));
      if (!machine.batch) continue;
      for (const auto& [end, other] : ends) {
        if (place(other).start != at.start || end != at.end) report(i, "runs beside another batch");
        if (flat_[other].operation->family != flat_[i].operation->family)
          report(i, "shares a batch with another family");
      }
    }
    if (machine.batch) check_batch_lengths(operations);
  }

  void check_batch_lengths(const std::vector<std::size_t>& operations) {
    std::map<std::pair<Seconds, Seconds>, Seconds> longest;
    for (const auto i : operations) {
      if (is_fact(i)) continue;
      auto& duration = longest[{place(i).start, place(i).end}];
      duration = std::max(duration, mode(i).duration);
    }
    for (const auto i : operations) {
      if (is_fact(i) || flat_[i].operation->resumable) continue;
      const auto duration = longest[{place(i).start, place(i).end}];
      if (place(i).end - place(i).start > duration) report(i, fmt::format("its batch runs longer than {} s", duration));
    }
  }

  void check_operators() {
    std::vector<std::vector<std::size_t>> of(problem_.operators.size());
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      if (!schedule_.operations[i] || !place(i).attended_by) continue;
      const auto person = position(*place(i).attended_by);
      of[person].push_back(i);
      const auto& skills = problem_.operators[person].skills;
      if (std::find(skills.begin(), skills.end(), *flat_[i].operation->skill) == skills.end())
        report(i, "its operator lacks the skill");
    }
    for (auto& work : of) {
      std::stable_sort(work.begin(), work.end(), [&](std::size_t a, std::size_t b) {
        return std::pair{place(a).start, place(a).end} < std::pair{place(b).start, place(b).end};
      });
      std::size_t latest = 0;  // Ends last of those before.
      for (std::size_t k = 1; k < work.size(); ++k) {
        const bool facts = is_fact(work[k]) && is_fact(work[latest]);  // It was so, whoever was to attend.
        if (!facts && place(work[k]).start < place(work[latest]).end)
          report(work[k], "its operator is busy until " + std::to_string(place(work[latest]).end));
        if (place(work[k]).end > place(work[latest]).end) latest = k;
      }
    }
  }

  void check_carriages() {
    if (!problem_.transport || problem_.transport->vehicles == 0) return;
    auto carriages = schedule_.carriages;
    std::stable_sort(carriages.begin(), carriages.end(),
                     [](const Carriage& a, const Carriage& b) { return a.start < b.start; });
    struct Vehicle {
      std::size_t at = 0;
      std::int64_t free = 0;
    };
    std::map<std::uint32_t, Vehicle> fleet;
    for (const auto& carriage : carriages) {
      const auto before = position(carriage.before), after = position(carriage.after);
      if (carriage.vehicle >= static_cast<std::uint32_t>(problem_.transport->vehicles) || before >= flat_.size() ||
          after >= flat_.size() || !schedule_.operations[before] || !schedule_.operations[after]) {
        report_at("carriages", "a carriage names what isn't there");
        continue;
      }
      auto& vehicle = fleet[carriage.vehicle];
      const auto from = position(place(before).machine), to = position(place(after).machine);
      if (carriage.start < vehicle.free + problem_.transport->seconds[vehicle.at][from]) {
        report(after, fmt::format("vehicle {} can't be there at {}", carriage.vehicle, carriage.start));
      }
      vehicle = {to, carriage.end};
    }
  }

  const Problem& problem_;
  const Schedule& schedule_;
  std::vector<Flat> flat_;
  std::vector<std::vector<Interval>> machine_works_, person_works_;
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> check(const Problem& problem, const Schedule& schedule) {
  return Checker{problem, schedule}.run();
}

}  // namespace hanse::optimiser::scheduling
