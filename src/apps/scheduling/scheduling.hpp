#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "apps/app.hpp"
#include "apps/scheduling/book.hpp"
#include "apps/scheduling/life_events.hpp"
#include "apps/scheduling/planner.hpp"
#include "apps/scheduling/promise.hpp"
#include "apps/scheduling/views.hpp"
#include "apps/scheduling/what_if.hpp"
#include "base/log.hpp"

namespace hanse::apps::scheduling {

/// What the app works with. All outlive it.
struct SchedulingContext {
  store::Store& store;
  plant::Plant& plant;
  const Clock& clock;
  const Log* log = nullptr;
  /// Runs work elsewhere; false when it can't. Absent: at once, on the caller's thread, as in tests.
  std::function<bool(std::move_only_function<void()>)> post = {};
  /// Takes what a person should know.
  std::function<void(std::span<const Finding>)> report = {};
};

struct MoveRequest {
  std::string order;
  std::string step;
  AssetId machine;
  Timestamp start;
  bool dry_run = false;
};

/// What a move does, or would do.
struct MoveAnswer {
  AssetId machine;
  Timestamp start, end;
  bool snapped = false;  ///< The checker's rules put it elsewhere than asked.
  std::int64_t moved = 0;
  std::int64_t late_orders_before = 0, late_orders = 0;
  double tardiness_before_h = 0, tardiness_h = 0;
  std::vector<std::string> newly_late;
  std::vector<PlannedChange> changes;
  std::int64_t version = 0;  ///< As published; 0 for a dry run.
};
HANSE_DESCRIBE(MoveAnswer, (machine, start, end, snapped, moved, late_orders_before, late_orders, tardiness_before_h,
                            tardiness_h, newly_late, changes, version))

/// Orders to a published schedule that keeps up with life. Records in the ledger, versions in the store; decisions are
/// pure functions of a situation (planner, late, promise, what_if). Safe from many threads.
class Scheduling {
 public:
  static Result<std::unique_ptr<Scheduling>> open(SchedulingContext context, SchedulingSettings settings);
  Scheduling(SchedulingContext context, SchedulingSettings settings, std::unique_ptr<Book> book);
  ~Scheduling();

  /// Books what happened, notices what differs from the plan, and starts a re-plan when one is due. The node calls it
  /// once a second from its pool, never twice at once.
  void tick(Timestamp now);

  Book& book() { return *book_; }
  const SchedulingSettings& settings() const { return settings_; }
  const SchedulingContext& context() const { return context_; }
  /// Everything that decides, as it is now.
  std::shared_ptr<const Situation> situation() const;
  std::shared_ptr<const ScheduleVersion> current() const;

  /// Searches now and publishes what is better. `afresh`: without regard to the published schedule.
  Result<std::shared_ptr<const ScheduleVersion>> plan(const store::Actor& actor, bool afresh);
  /// Errors: `not_found`, `conflict` (it runs already), `invalid` (the machine can't do it).
  Result<MoveAnswer> move(const store::Actor& actor, const MoveRequest& request);
  /// Keeps the operation where it is published. Errors: `not_found`.
  Result<std::int64_t> lock(const store::Actor& actor, const OperationKey& key);
  Result<std::int64_t> unpin(const store::Actor& actor, const OperationKey& key);
  /// Takes back the last schedule that a person made and that wasn't taken back. Errors: `conflict` when there is none.
  Result<std::int64_t> undo(const store::Actor& actor);
  /// A person says that parts were made, or that the operation is done.
  Result<void> book_parts(const store::Actor& actor, const OperationKey& key, const AssetId& machine, double good,
                          double scrap, bool done);
  /// Somebody says what no machine can: it goes into the records, which re-plan. Errors: `invalid` with the field,
  /// `not_found`.
  Result<TellAnswer> tell(const store::Actor& actor, const TellRequest& request);
  /// A second order takes `quantity` of an open one's parts. Returns its id.
  Result<std::string> split(const store::Actor& actor, const std::string& order, std::int64_t quantity);
  /// When could so many more be had? Nothing is kept.
  Result<OrderPromise> promise_of(const std::string& product, std::int64_t quantity,
                                  std::optional<Timestamp> release) const;
  /// Reliability of the scheduled machines over the last `days`.
  Result<std::map<AssetId, Reliability>> reliabilities(int days) const;
  Result<std::shared_ptr<const ScheduleVersion>> version(std::int64_t number) const;
  const store::Collection<ScheduleVersion>& versions() const { return versions_; }

 private:
  struct Trigger {
    Cause cause = Cause::asked;
    std::string text;
    Timestamp due;  ///< When it is to be answered.
  };
  struct Published {
    Cause cause;
    std::string why;
    std::string by;
    std::int64_t undoes = 0;
    std::vector<Pinning> pins;
  };

  Result<void> load();
  Result<void> catch_up(Timestamp now);
  void take_events(Timestamp now);
  void watch_machines(Timestamp now);
  void watch_drift(Timestamp now);
  void finish_orders();
  void keep_progress(Timestamp now);
  void trigger(Cause cause, std::string text, Timestamp due);
  void replan_if_due(Timestamp now);
  void replan(std::vector<Trigger> triggers);
  Duration expected_repair(const AssetId& machine, Timestamp now) const;
  std::shared_ptr<const Situation> situation_locked(Timestamp now) const;
  PlanRequest request_of(const Situation& situation, const Model& model, bool new_prices = false) const;
  /// Precondition: publish_mutex_ is held.
  Result<std::shared_ptr<const ScheduleVersion>> publish(PlanDraft draft, Published about);
  void trim_versions(std::int64_t newest);
  void report_findings(const Situation& situation);
  void warn(std::string_view message, const Error& error) const;

  SchedulingContext context_;
  const SchedulingSettings settings_;
  std::unique_ptr<Book> book_;
  store::Collection<ScheduleVersion> versions_;
  store::Collection<OperationProgress> progress_store_;
  std::mutex publish_mutex_;  ///< One new version at a time; taken before `mutex_`.
  mutable std::mutex mutex_;  ///< Guards what follows; held shortly.
  Progress progress_;
  std::map<AssetId, Downtime> down_;
  std::shared_ptr<const ScheduleVersion> current_ = std::make_shared<const ScheduleVersion>();
  std::vector<Trigger> triggers_;
  std::set<std::string> open_findings_;
  Timestamp booked_until_ = Timestamp::min();
  Timestamp drift_checked_ = Timestamp::min(), drift_answered_ = Timestamp::min(), kept_at_ = Timestamp::min();
  Timestamp findings_at_ = Timestamp::min();
  std::shared_ptr<const plant::Records> plant_seen_;
  bool planning_ = false;
  std::mutex inbox_mutex_;
  std::vector<plant::ProductionEvent> inbox_;
};

std::vector<api::Route> routes(Scheduling& scheduling);

}  // namespace hanse::apps::scheduling
