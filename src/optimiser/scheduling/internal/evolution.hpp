#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "optimiser/scheduling/internal/budget.hpp"
#include "optimiser/scheduling/internal/quick_random.hpp"

namespace hanse::optimiser::scheduling::internal {

struct EvolutionLimits {
  std::size_t members = 15;         ///< At first; more when the search goes on for long.
  std::uint64_t idle_max = 10'000;  ///< Steps of one local search without improvement.
  std::int64_t target = 0;          ///< A proven bound: stop there.
  unsigned threads = 1;
  int candidates = 6;              ///< Children looked at per pair; the best after a short search is improved.
  std::uint64_t probe_idle = 500;  ///< Of that short search.
};

/// A population of local optima; children of two are improved by local search and replace the worst. `Core` is what
/// differs from problem to problem, one object per thread:
///   using Member;  static std::int64_t value(const Member&);
///   Member fresh(QuickRandom&);                                   a first member, not improved
///   Member child(const Member& a, const Member& b, QuickRandom&); feasible, between the two
///   std::uint64_t improve(Member&, std::uint64_t idle_max, std::uint64_t steps_max, std::int64_t target, QuickRandom&,
///   Budget&); double distance(const Member& a, const Member& b);            0 to 1
template <class Core>
class Evolution {
 public:
  using Member = typename Core::Member;

  Evolution(std::vector<std::unique_ptr<Core>> cores, EvolutionLimits limits, std::uint64_t seed, Budget& budget)
      : cores_(std::move(cores)), limits_(limits), random_(seed), budget_(budget) {}

  /// Takes part from the beginning; the result is never worse.
  void add_start(Member member) { insert(std::move(member), *cores_[0]); }

  Member run() {
    budget_.deterministic() ? run_in_rounds() : run_freely();
    return best_;
  }

 private:
  struct Task {
    Member member;
    std::uint64_t seed = 0;
    std::uint64_t steps_max = ~std::uint64_t{0};
    bool first = false;
    Member mother, father;
    bool fresh = false;
  };

  bool done() const { return budget_.stopped() || (has_best_ && Core::value(best_) <= limits_.target); }

  /// What to do next: fill the population, then children. Under the lock.
  Task next_task() {
    Task task;
    task.seed = random_.fork();
    if (started_ < members_wanted()) {
      ++started_;
      task.fresh = true;
      return task;
    }
    if (renew_ > 0) {
      --renew_;
      task.fresh = true;
      return task;
    }
    if (members_.size() < 2) {
      task.fresh = true;
      return task;
    }
    const auto a = random_.below(static_cast<std::uint32_t>(members_.size()));
    auto b = random_.below(static_cast<std::uint32_t>(members_.size() - 1));
    if (b >= a) ++b;
    task.mother = members_[a];
    task.father = members_[b];
    return task;
  }

  void perform(Task& task, Core& core) {
    QuickRandom random{task.seed};
    task.member = task.fresh ? core.fresh(random) : core.child(task.mother, task.father, random);
    for (int k = 0; k < limits_.candidates && !task.fresh && limits_.candidates > 1 && !budget_.stopped(); ++k) {
      auto candidate = k == 0 ? task.member : core.child(task.mother, task.father, random);
      const auto spent = core.improve(candidate, limits_.probe_idle, task.steps_max, limits_.target, random, budget_);
      task.steps_max -= std::min(task.steps_max, spent);
      if (k == 0 || Core::value(candidate) < Core::value(task.member)) task.member = std::move(candidate);
    }
    core.improve(task.member, limits_.idle_max, task.steps_max, limits_.target, random, budget_);
  }

  std::size_t members_wanted() const {
    return limits_.members + std::min<std::size_t>(limits_.members, inserted_ / kTasksPerMember);
  }

  void insert(Member member, Core& core) {
    ++inserted_;
    const auto value = Core::value(member);
    if (!has_best_ || value < Core::value(best_)) {
      best_ = member;
      has_best_ = true;
      budget_.improved(value, limits_.target);
    }
    if (has_best_ && Core::value(best_) <= limits_.target) budget_.finish();
    std::size_t worst = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (Core::value(members_[i]) > Core::value(members_[worst])) worst = i;
      if (core.distance(members_[i], member) < kTwinDistance) {
        // A twin: keep the better of the two, and now and then bring in fresh blood.
        if (value < Core::value(members_[i])) members_[i] = std::move(member);
        if (members_.size() >= members_wanted() && random_.below(4) == 0 && renew_ == 0) {
          evict_worst();
          ++renew_;
        }
        return;
      }
    }
    if (members_.size() < members_wanted()) {
      members_.push_back(std::move(member));
    } else if (value <= Core::value(members_[worst])) {
      members_[worst] = std::move(member);
    }
  }

  void evict_worst() {
    std::size_t worst = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (Core::value(members_[i]) > Core::value(members_[worst])) worst = i;
    }
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(worst));
  }

  void run_freely() {
    const auto work = [&](Core& core) {
      while (true) {
        Task task;
        {
          const std::lock_guard lock{mutex_};
          if (done()) return;
          task = next_task();
        }
        perform(task, core);
        const std::lock_guard lock{mutex_};
        insert(std::move(task.member), core);
      }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < cores_.size(); ++i) threads.emplace_back([&, i] { work(*cores_[i]); });
    work(*cores_[0]);
  }

  /// Rounds of one task per thread, inserted in order: the result doesn't depend on which thread was quicker.
  void run_in_rounds() {
    while (!done()) {
      const std::uint64_t used = budget_.iterations();
      if (used >= budget_.iterations_max()) return;
      const std::uint64_t share = std::max<std::uint64_t>(1, (budget_.iterations_max() - used) / cores_.size());
      std::vector<Task> tasks;
      for (std::size_t i = 0; i < cores_.size(); ++i) {
        tasks.push_back(next_task());
        tasks.back().steps_max = share;
      }
      {
        std::vector<std::jthread> threads;
        for (std::size_t i = 1; i < cores_.size(); ++i) threads.emplace_back([&, i] { perform(tasks[i], *cores_[i]); });
        perform(tasks[0], *cores_[0]);
      }
      for (auto& task : tasks) insert(std::move(task.member), *cores_[0]);
    }
  }

  static constexpr double kTwinDistance = 0.02;
  static constexpr std::size_t kTasksPerMember = 200;  // So the population has doubled after about a minute.

  std::vector<std::unique_ptr<Core>> cores_;
  const EvolutionLimits limits_;
  QuickRandom random_;
  Budget& budget_;
  std::mutex mutex_;
  std::vector<Member> members_;
  Member best_;
  bool has_best_ = false;
  std::size_t started_ = 0, inserted_ = 0;
  std::size_t renew_ = 0;
};

}  // namespace hanse::optimiser::scheduling::internal
