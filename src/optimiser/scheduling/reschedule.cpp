#include "optimiser/scheduling/reschedule.hpp"

#include <algorithm>

#include "optimiser/scheduling/internal/change_reasons.hpp"
#include "optimiser/scheduling/internal/general_search.hpp"

namespace hanse::optimiser::scheduling {
namespace {

using namespace internal;

std::vector<std::optional<Placement>> published_of(const Plan& plan, std::size_t count) {
  auto published = plan.schedule.operations;
  published.resize(count);
  return published;
}

std::vector<Seconds> starts_of(const std::vector<std::optional<Placement>>& published) {
  std::vector<Seconds> starts;
  starts.reserve(published.size());
  for (const auto& at : published) starts.push_back(at ? at->start : 0);
  return starts;
}

std::vector<std::int32_t> people_of(const std::vector<std::optional<Placement>>& published) {
  std::vector<std::int32_t> people;
  for (const auto& at : published)
    people.push_back(at && at->attended_by ? static_cast<std::int32_t>(position(*at->attended_by)) : -1);
  return people;
}

/// The ladder: every rung starts from the best of those below and is kept when its taxed value is better. Repair and
/// match-up start from right-shift: they are to stay close to what was published.
class Ladder {
 public:
  Ladder(const Plan& plan, const RescheduleOptions& options)
      : plan_(plan),
        options_(options),
        count_(operation_count(plan.problem)),
        published_(published_of(plan, count_)),
        shop_(GeneralShop::from(plan.problem, options.now)) {
    search_.objective = options.objective;
    for (auto* weight : {&search_.objective.makespan, &search_.objective.weighted_tardiness,
                         &search_.objective.setup_seconds, &search_.objective.energy_cost}) {
      *weight *= 100;  // So that the tax can be in percent.
    }
    search_.objective.change = options.change_percent;
    search_.tax = StabilityTax{.published = published_,
                               .now = options.now,
                               .firm_until = options.now + std::max(options.firm, options.frozen),
                               .tolerance = options.shift_tolerance};
    search_.expired = options.expired;
    search_.stop = options.stop;
    search_.iterations_max = ~std::uint64_t{0} >> 1;
  }

  Rescheduled run() {
    right_shift();
    if (options_.highest >= Rung::repair && trouble()) repair();
    if (options_.highest >= Rung::match_up && trouble()) match_up();
    if (options_.highest >= Rung::search) search();
    finish();
    return std::move(result_);
  }

 private:
  bool changed(const std::optional<Placement>& before, const std::optional<Placement>& after) const {
    if (before.has_value() != after.has_value()) return true;
    return before &&
           (before->machine != after->machine || std::abs(before->start - after->start) > options_.shift_tolerance);
  }
  bool is_frozen(std::uint32_t i) const {
    return shop_.items[i].fact || (published_[i] && published_[i]->start < options_.now + options_.frozen);
  }
  bool trouble() const { return shift_moved_ > 0; }

  /// Keeps the candidate when it is the best so far; reports the rung.
  void offer(Rung rung, Schedule schedule, const GeneralMember& member) {
    const auto measures = measure(plan_.problem, schedule);
    RungReport report{
        .rung = rung, .value = value_of(measures, options_.objective), .change = change_of(*search_.tax, schedule)};
    for (std::size_t i = 0; i < count_; ++i) report.moved += changed(published_[i], schedule.operations[i]) ? 1 : 0;
    result_.rungs.push_back(report);
    if (rung != Rung::right_shift && member.value >= best_.value) return;
    best_ = member;
    result_.rung = rung;
    result_.schedule = std::move(schedule);
    result_.measures = measures;
    result_.measures.change = report.change;
  }

  /// The published places, and for what is new a place in line by its due date, on the machine with the least to do:
  /// after what is frozen, before what can wait longer. Only the sequence is taken from it.
  std::vector<std::optional<Placement>> with_guesses() const {
    auto places = published_;
    std::vector<std::int64_t> load(shop_.machines.size(), 0);
    for (const auto& at : published_) {
      if (at) load[position(at->machine)] += at->end - at->start;
    }
    std::uint32_t first = 0;
    for (const auto& job : plan_.problem.jobs) {
      const auto end = first + static_cast<std::uint32_t>(job.operations.size());
      std::int64_t left = 0;
      for (auto i = end; i-- > first;) {
        if (published_[i] || shop_.items[i].fact || shop_.items[i].choices == 0) continue;
        std::uint32_t best = 0;
        const auto after = [&](std::uint32_t c) {
          return load[shop_.choice(i, c).machine] + shop_.choice(i, c).duration;
        };
        for (std::uint32_t c = 1; c < shop_.items[i].choices; ++c) best = after(c) < after(best) ? c : best;
        const auto& choice = shop_.choice(i, best);
        load[choice.machine] += choice.duration;
        left += choice.duration + shop_.items[i].lag;
        const auto soonest = std::min<std::int64_t>(std::int64_t{options_.now} + options_.frozen, kHorizonMax);
        const auto latest = std::clamp<std::int64_t>(job.due ? *job.due - left : kHorizonMax / 2, soonest, kHorizonMax);
        const auto start = static_cast<Seconds>(latest);
        places[i] = Placement{MachineIndex{choice.machine}, start, start, {}};
      }
      first = end;
    }
    return places;
  }

  void right_shift() {
    GeneralCore core{shop_, search_};
    core.decoder().set_floors(starts_of(published_));
    core.decoder().set_preferred(people_of(published_));
    shifted_ = core.from_schedule({.operations = with_guesses(), .carriages = {}, .unplaced = {}});
    shift_schedule_ = core.decoder().schedule();
    for (std::uint32_t i = 0; i < count_; ++i) {
      const bool moved = changed(published_[i], shift_schedule_.operations[i]);
      shift_moved_ += moved ? 1 : 0;
      affected_.push_back(moved && !shop_.items[i].dropped ? 1 : 0);
    }
    offer(Rung::right_shift, shift_schedule_, shifted_);
  }

  /// A local search in which only `moving` operations are picked; the others come no earlier than published.
  void search_among(GeneralMember member, const std::vector<std::uint8_t>& moving, std::uint64_t steps, Rung rung) {
    std::vector<std::uint8_t> mask(count_, 0);
    auto floors = starts_of(published_);
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (is_frozen(i)) continue;
      mask[i] = GeneralCore::kIsPassed;
      if (moving[i] == 0) continue;
      mask[i] |= GeneralCore::kMoves;
      floors[i] = 0;
    }
    GeneralCore core{shop_, search_, std::move(mask)};
    core.decoder().set_floors(std::move(floors));
    core.decoder().set_preferred(people_of(published_));
    QuickRandom random{options_.seed};
    Budget budget{search_};
    core.improve(member, steps, steps, 0, random, budget);
    core.decoder().decode(member);
    offer(rung, core.decoder().schedule(), member);
  }

  void repair() {
    const auto steps = std::clamp<std::uint64_t>(400'000 / std::max<std::size_t>(1, count_), 20, 400);  // About 50 ms.
    search_among(shifted_, affected_, steps, Rung::repair);
  }

  /// The shortest horizon after which the published plan holds again.
  void match_up() {
    Seconds last = options_.now;
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (affected_[i] != 0 && published_[i]) last = std::max(last, published_[i]->start);
    }
    const Seconds reach = std::max(1, last - options_.now);
    for (const int eighth : {1, 2, 4, 8}) {
      if (stopped()) return;
      const Seconds until = options_.now + static_cast<Seconds>(std::int64_t{reach} * eighth / 8);
      std::vector<std::uint8_t> moving(count_, 0);
      for (std::uint32_t i = 0; i < count_; ++i) moving[i] = !published_[i] || published_[i]->start <= until ? 1 : 0;
      search_among(shifted_, moving, options_.iterations_max / 16 + 20, Rung::match_up);
      if (result_.rung == Rung::match_up && rejoins(until)) return;
    }
  }

  bool rejoins(Seconds until) const {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (published_[i] && published_[i]->start > until && changed(published_[i], result_.schedule.operations[i]))
        return false;
    }
    return true;
  }

  /// First what nobody prepares for yet, where changes cost little; then everything.
  void search() {
    if (stopped() || options_.iterations_max == 0) return;
    std::vector<std::uint8_t> later(count_, 0);
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
      later[i] = !published_[i] || published_[i]->start >= search_.tax->firm_until ? 1 : 0;
      count += later[i];
    }
    const auto steps = count == 0 || count == count_ ? 0 : options_.iterations_max / 2;
    if (steps > 0) search_among(best_, later, steps, Rung::search);
    if (stopped()) return;
    search_among(best_, std::vector<std::uint8_t>(count_, 1), options_.iterations_max - steps, Rung::search);
  }

  bool stopped() const { return options_.stop.stop_requested() || (options_.expired && options_.expired()); }

  void finish() {
    const Seconds zone = options_.now + std::max(options_.frozen, options_.firm);
    std::size_t inside = 0, moved = 0;
    const ChangeReasons reasons{{.plan = plan_,
                                 .shop = shop_,
                                 .options = options_,
                                 .published = published_,
                                 .shifted = shift_schedule_,
                                 .chosen = result_.schedule}};
    for (std::uint32_t i = 0; i < count_; ++i) {
      const bool differs = changed(published_[i], result_.schedule.operations[i]);
      if (published_[i] && published_[i]->start < zone && !shop_.items[i].fact && !shop_.items[i].dropped) {
        ++inside;
        moved += differs ? 1 : 0;
      }
      if (differs) result_.changes.push_back(reasons.explain(i));
      const auto& pin = shop_.items[i];
      const auto& at = result_.schedule.operations[i];
      if (pin.pinned && !pin.fact && at && at->start > pin.pin_start) {
        result_.missed_pins.push_back(
            {operation_path(plan_.problem, i), "starts after its pin: what it needs comes later"});
      }
    }
    result_.nervousness = inside == 0 ? 0 : static_cast<double>(moved) / static_cast<double>(inside);
    if (result_.changes.empty()) result_.rung = Rung::none;
  }

  const Plan& plan_;
  const RescheduleOptions& options_;
  const std::size_t count_;
  std::vector<std::optional<Placement>> published_;
  GeneralShop shop_;
  SolveOptions search_;
  GeneralMember shifted_;
  Schedule shift_schedule_;
  std::vector<std::uint8_t> affected_;
  std::size_t shift_moved_ = 0;
  GeneralMember best_;
  Rescheduled result_;
};

Result<void> check_plan(const Plan& plan) {
  HANSE_CHECK(validate(plan.problem));
  if (plan.schedule.operations.size() > operation_count(plan.problem)) {
    return fail(ErrorCode::invalid, "the published schedule is of another problem: it has more operations");
  }
  for (std::size_t i = 0; i < plan.schedule.operations.size(); ++i) {
    const auto& at = plan.schedule.operations[i];
    if (!at) continue;
    if (position(at->machine) >= plan.problem.machines.size() ||
        (at->attended_by && position(*at->attended_by) >= plan.problem.operators.size())) {
      return fail(ErrorCode::invalid,
                  "the published schedule is of another problem: it names a machine or operator that isn't there",
                  {{"schedule.operations[" + std::to_string(i) + "]", "names what isn't there"}});
    }
  }
  return {};
}

}  // namespace

Result<Rescheduled> reschedule(const Plan& plan, const RescheduleOptions& options) {
  HANSE_CHECK(check_plan(plan));
  return Ladder{plan, options}.run();
}

struct RightShift::State {
  Plan plan;
  GeneralShop shop;
  SolveOptions options;
  GeneralMember member;
  std::vector<Seconds> floors;
};

RightShift::RightShift(std::unique_ptr<State> state) : state_(std::move(state)) {}
RightShift::RightShift(RightShift&&) noexcept = default;
RightShift& RightShift::operator=(RightShift&&) noexcept = default;
RightShift::~RightShift() = default;

Result<RightShift> RightShift::prepare(const Plan& plan) {
  HANSE_CHECK(check_plan(plan));
  auto state = std::make_unique<State>();
  state->plan = plan;
  const auto published = published_of(plan, operation_count(plan.problem));
  state->shop = GeneralShop::from(state->plan.problem, 0);
  state->floors = starts_of(published);
  state->plan.schedule.operations = published;
  GeneralCore core{state->shop, state->options};
  state->member = core.from_schedule(state->plan.schedule);
  return RightShift{std::move(state)};
}

void RightShift::close(MachineIndex machine, Interval interval) {
  auto& about = state_->plan.problem.machines[position(machine)];
  about.closures.push_back({interval.start, interval.end, "closed"});
  const auto* calendar = about.calendar ? &state_->plan.problem.calendars[position(*about.calendar)] : nullptr;
  state_->shop.machines[position(machine)].works = WorkingTime{calendar, about.closures, state_->shop.until};
}

void RightShift::not_before(OperationIndex operation, Seconds end) {
  const auto i = static_cast<std::uint32_t>(position(operation));
  auto& floor = state_->floors[i];
  floor = std::max(floor, end - state_->shop.choice(i, state_->member.choice[i]).duration);
}

Schedule RightShift::run(Seconds now) const {
  state_->shop.now = now;
  Decoder decoder{state_->shop, state_->options.objective, nullptr};
  decoder.set_floors(state_->floors);
  decoder.set_preferred(people_of(state_->plan.schedule.operations));
  decoder.decode(state_->member);
  return decoder.schedule();
}

Result<Schedule> right_shift(const Plan& plan, Seconds now) {
  HANSE_TRY(const auto prepared, RightShift::prepare(plan));
  return prepared.run(now);
}

}  // namespace hanse::optimiser::scheduling
