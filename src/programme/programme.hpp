#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "ecosystem/ecosystem.hpp"
#include "plant/event_log.hpp"
#include "programme/convening.hpp"
#include "programme/line_watch.hpp"
#include "programme/planning.hpp"
#include "programme/rehearsal.hpp"
#include "programme/tower.hpp"
#include "programme/views.hpp"
#include "store/collection.hpp"

namespace hanse::programme {

/// How a kind is called in the store, in addresses and in messages.
template <class T>
struct KindOf;
template <>
struct KindOf<Need> {
  static constexpr std::string_view store = "need", plural = "needs", word = "need";
};
template <>
struct KindOf<Design> {
  static constexpr std::string_view store = "design", plural = "designs", word = "design";
};
template <>
struct KindOf<Approval> {
  static constexpr std::string_view store = "approval", plural = "approvals", word = "approval";
};
template <>
struct KindOf<Agreement> {
  static constexpr std::string_view store = "participation", plural = "agreements", word = "agreement";
};
template <>
struct KindOf<ChangeRequest> {
  static constexpr std::string_view store = "change_request", plural = "change-requests", word = "change request";
};
template <>
struct KindOf<Decision> {
  static constexpr std::string_view store = "decision", plural = "decisions", word = "decision";
};
template <>
struct KindOf<Milestone> {
  static constexpr std::string_view store = "milestone", plural = "milestones", word = "milestone";
};
template <>
struct KindOf<Responsibility> {
  static constexpr std::string_view store = "responsibility", plural = "responsibilities", word = "responsibility";
};
template <>
struct KindOf<Investment> {
  static constexpr std::string_view store = "investment", plural = "investments", word = "investment";
};
template <>
struct KindOf<BoardProblem> {
  static constexpr std::string_view store = "board_problem", plural = "problems", word = "problem";
};
template <>
struct KindOf<Order> {
  static constexpr std::string_view store = "programme_order", plural = "orders", word = "order";
};
template <>
struct KindOf<PlanRecord> {
  static constexpr std::string_view store = "programme_plan", plural = "plans", word = "plan";
};

template <>
struct KindOf<LiveLine> {
  static constexpr std::string_view store = "live_line", plural = "lines", word = "live line";
};
template <>
struct KindOf<Alarm> {
  static constexpr std::string_view store = "programme_alarm", plural = "alarms", word = "alarm";
};

struct PlanBudget {
  double seconds = 5;                    ///< By the clock that was handed in.
  std::uint64_t iterations_max = 5'000;  ///< Ends a search under a clock that stands still.
  std::int64_t bottlenecks = 3;          ///< How many are verified by a second solve.
  std::size_t threads = 1;
  Aim aim = Aim::balanced;
  std::function<bool()> stopped = {};  ///< Asked now and then; true ends planning without a plan.
};

enum class OrderAction { accept, decline, counter, start, ship, receive, hold, release, cancel };
HANSE_DESCRIBE_ENUM(OrderAction, accept, decline, counter, start, ship, receive, hold, release, cancel)

/// Needs, designs, plans, orders and what happens to them. Blocking; safe from many threads.
class Programme {
 public:
  /// All outlive it. Errors: of the store.
  static Result<std::unique_ptr<Programme>> open(store::Store& store, ecosystem::Ecosystem& ecosystem,
                                                 const Clock& clock);

  template <class T>
  const store::Collection<T>& collection() const {
    return std::get<store::Collection<T>>(collections_);
  }
  /// Checks what a record refers to, then writes. Errors: `invalid` with paths, `conflict`.
  template <class T>
  Result<std::int64_t> put(const store::Actor& actor, const T& record, std::optional<std::int64_t> expected = {});
  /// All of them or, when one fails, none; for records that `wrong_references` has nothing against.
  template <class T>
  Result<void> put_all(const store::Actor& actor, const std::vector<T>& records);
  /// What a record refers to and isn't there, with paths.
  template <class T>
  Result<std::vector<FieldError>> wrong_references(const T& record);

  /// Who can make each part, without a plan.
  Result<PlanningModel> match(const std::string& need);
  /// A few offers for a part, those that fit and near misses, with every reason.
  Result<std::vector<MatchedOffer>> match_part(const std::string& need, const std::string& part, std::size_t limit);

  /// Makes a plan and stores it; nobody is told before `publish`. Errors: `not_found`; `invalid`.
  Result<PlanRecord> plan(const store::Actor& actor, const std::string& need, const PlanBudget& budget);
  /// Makes the plan the need's, and orders of it; what the plan before had ordered and nobody has begun is cancelled.
  /// Errors: `conflict` when another need has taken hours that the plan counts on.
  Result<PlanRecord> publish(const store::Actor& actor, const std::string& plan);
  /// Repairs the need's published plan and publishes the repaired one, with the diff and whom to call; `try_only` says
  /// what would happen. Errors: `conflict` when there is no published plan.
  Result<PlanRecord> disrupt(const store::Actor& actor, const DisruptionEvent& event);
  /// The same as a plan that is stored and not published, for somebody to decide; `try_only` stores nothing. Its
  /// `publish` repairs what then stands. Errors: as of `disrupt`.
  Result<PlanRecord> propose(const store::Actor& actor, const DisruptionEvent& event);
  /// What people call the organisations and parts that a need's records name by id.
  Result<Names> names(const std::string& need);
  /// One member's vote for a problem of the board, given or taken back. Errors: `invalid`; `conflict` when it was
  /// changed meanwhile.
  Result<BoardProblem> vote(const store::Actor& actor, const std::string& problem, const std::string& organisation,
                            bool given);
  /// All plans of a need, newest first.
  Result<std::vector<PlanHead>> plans(const std::string& need);
  Result<PlanPicture> picture(const std::string& plan);
  /// Publishes the plan that the published one replaced.
  Result<PlanRecord> revert(const store::Actor& actor, const std::string& need);
  /// The published plan through all its weeks at once, with troubles from a seed and their repairs; nothing changes.
  Result<Rehearsal> rehearse(const std::string& need, const RehearsalOptions& options);
  /// What the loss of each of the largest members would do.
  Result<std::vector<StressLine>> stress(const std::string& need, std::size_t members);

  /// Errors: `conflict` when the order's state doesn't allow it, saying what does.
  Result<Order> act(const store::Actor& actor, const std::string& order, OrderAction action, double quantity,
                    const std::string& note);
  /// Good and scrapped parts of a connected maker, oldest order first; products are parts by their id.
  Result<void> take_production(const store::Actor& actor, const std::string& organisation,
                               std::span<const plant::ProductionEvent> events);
  Result<Tower> tower(const std::string& need);

  /// What this node's plant did since live lines were last booked, and which of their machines are down: once, at the
  /// start, before `take`.
  Result<void> catch_up(const plant::EventLog& log);
  /// Keeps events of this node's plant for `watch`; from any thread, costs a copy.
  void take(std::span<const plant::ProductionEvent> events);
  /// Books what live lines counted, raises alarms with a proposal, and ends them. The node calls it about once a
  /// second, never twice at once.
  Result<void> watch();
  /// A new proposal for an alarm whose old one repairs a plan that is no longer the published one.
  Result<Alarm> propose_again(const store::Actor& actor, const std::string& alarm);

 private:
  struct Token {};

 public:
  Programme(Token token, store::Store& store, ecosystem::Ecosystem& ecosystem, const Clock& clock);

 private:
  /// A plan in numbers, ready for the next event.
  struct Live {
    std::string plan;
    PlanningModel model;
    optimiser::allocation::PriceList prices;
    std::unique_ptr<optimiser::allocation::Repairer> repairer;
  };
  Result<PlanningInput> input_of(const std::string& need);
  Result<std::vector<Order>> orders_of(const std::string& need);
  Result<std::optional<PlanRecord>> published_plan(const std::string& need);
  Result<Live*> live(const std::string& need);
  Result<PlanRecord> store_published(const store::Actor& actor, PlanRecord record, const Need& need);
  Result<void> move_alarms(const store::Actor& actor, const PlanRecord& plan, AlarmState from, AlarmState to);
  Result<void> set_agreements(const store::Actor& actor, const DisruptionEvent& event, bool in_force);
  Result<void> check_hours(const PlanRecord& record, const Need& need);
  std::vector<Order> orders_from(const PlanRecord& record, const std::vector<Order>& before) const;
  Result<std::vector<DisruptionEvent>> events_behind(const PlanRecord& record);
  PlanRecord repaired_from(const PlanRecord& before, DisruptionEvent event) const;
  void write_repair(const Live& now, const Need& need, const optimiser::allocation::Repair& repair,
                    const optimiser::allocation::Plan& plan, PlanRecord& record) const;
  Result<PlanRecord> publish_proposal(const store::Actor& actor, PlanRecord record, const Need& need);
  struct Booking {
    double good = 0, scrap = 0;
    Timestamp time;
  };
  /// `also` is written with the orders or not at all.
  Result<void> book(const store::Actor& actor, const std::string& organisation, std::map<std::string, Booking> made,
                    const std::function<Result<void>(store::Transaction&)>& also);
  Result<void> know_lines();
  Result<void> book_line(LineWatch& line);
  Result<void> look_at(const LineWatch& line, Timestamp now);
  Result<void> raise(Alarm alarm, const DisruptionEvent& event);
  Result<void> alarm_declined(const Order& order);

  store::Store& store_;
  ecosystem::Ecosystem& ecosystem_;
  const Clock& clock_;
  std::tuple<store::Collection<Need>, store::Collection<Design>, store::Collection<Approval>,
             store::Collection<Agreement>, store::Collection<ChangeRequest>, store::Collection<Decision>,
             store::Collection<Milestone>, store::Collection<Responsibility>, store::Collection<Investment>,
             store::Collection<BoardProblem>, store::Collection<Order>, store::Collection<PlanRecord>,
             store::Collection<LiveLine>, store::Collection<Alarm>>
      collections_;
  std::mutex mutex_;  ///< Held while plans are published and repaired: no hour is given twice.
  std::map<std::string, std::unique_ptr<Live>> live_;
  std::mutex watch_mutex_;  ///< Guards what follows, held for copying only; `booked_` is the watcher's alone.
  std::vector<plant::ProductionEvent> events_;
  bool lines_known_ = false;
  std::vector<LineWatch> lines_;
  Timestamp booked_;  ///< When the watcher last booked.
};

}  // namespace hanse::programme
