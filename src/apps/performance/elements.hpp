#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/performance/timeline.hpp"
#include "base/describe.hpp"

namespace hanse::apps::performance {

/// Time and quantity elements of ISO 22400-2, of one machine or a sum over machines and times: sums are added and
/// divided at the end, since the mean of ratios is wrong. Times in ns and whole, so that they add up to the last one.
struct Elements {
  std::int64_t calendar_ns = 0;   ///< All of the time asked for.
  std::int64_t no_shift_ns = 0;   ///< Outside the plan.
  std::int64_t planned_ns = 0;    ///< Planned down time (PDOT): breaks, maintenance, stops with a planned reason.
  std::int64_t no_data_ns = 0;    ///< In the plan, but nobody knows what it did: neither running nor down.
  std::int64_t producing_ns = 0;  ///< Actual production time (APT).
  std::int64_t setup_ns = 0;      ///< Actual set-up time (AUST).
  std::int64_t breakdown_ns = 0;
  std::int64_t waiting_ns = 0;     ///< Starved, blocked, no order.
  std::int64_t minor_stop_ns = 0;  ///< Stops shorter than the limit.
  std::int64_t overtime_ns = 0;    ///< Part of producing: outside the plan or in a break; it extends the busy time.
  std::int64_t delay_ns = 0;       ///< Part of the stops: with an order (ADET).
  std::int64_t down_ns = 0;        ///< Part of the stops: without an order (ADOT).
  std::int64_t failures = 0;       ///< Breakdowns that began (FE).
  std::int64_t minor_stops = 0;
  std::int64_t unexplained_ns = 0;         ///< Part of the stops over the limit: nobody gave a reason.
  double good = 0, scrap = 0, rework = 0;  ///< GQ, SQ, RQ.
  std::int64_t ideal_good_ns = 0;          ///< Sum of PRI over good parts.
  std::int64_t ideal_scrap_ns = 0;
  std::int64_t ideal_rework_ns = 0;
  double parts_without_ideal = 0;  ///< Parts whose ideal cycle nobody knows.

  double produced() const { return good + scrap + rework; }  ///< PQ
  std::int64_t stops_ns() const { return breakdown_ns + waiting_ns + minor_stop_ns; }
  std::int64_t busy_ns() const {
    return producing_ns + setup_ns + stops_ns();
  }  ///< Planned busy time (PBT), as far as known.
  std::int64_t ideal_ns() const { return ideal_good_ns + ideal_scrap_ns + ideal_rework_ns; }
  Elements& operator+=(const Elements& other);
  friend bool operator==(const Elements&, const Elements&) = default;
};
HANSE_DESCRIBE(Elements,
               (calendar_ns, no_shift_ns, planned_ns, no_data_ns, producing_ns, setup_ns, breakdown_ns, waiting_ns,
                minor_stop_ns, overtime_ns, delay_ns, down_ns, failures, minor_stops, unexplained_ns, good, scrap,
                rework, ideal_good_ns, ideal_scrap_ns, ideal_rework_ns, parts_without_ideal))

/// What was meant to be done when.
struct PlanPiece {
  enum class Kind { work, pause, off } kind = Kind::work;
  Span span;
};
/// Pieces that cover `span` without holes. Without a calendar all of it is work.
std::vector<PlanPiece> plan_of(const plant::Records& records, const AssetId& machine, Span span);

/// How time is judged.
struct Judgement {
  const plant::Records& records;
  AssetId machine;
  Duration micro_stop;
  double ideal_cycle_s = 0;  ///< Where neither product nor machine tells one.
};

/// To which element a stretch counts.
enum class Bucket { no_shift, planned, no_data, producing, setup, breakdown, waiting, minor_stop };
HANSE_DESCRIBE_ENUM(Bucket, no_shift, planned, no_data, producing, setup, breakdown, waiting, minor_stop)
Bucket bucket_of(const Stretch& stretch, PlanPiece::Kind plan, Duration run_length, const Judgement& judgement);

/// A stretch, cut at the plan's borders, with its element.
struct Judged {
  Stretch stretch;
  PlanPiece::Kind plan = PlanPiece::Kind::work;
  Bucket bucket = Bucket::no_data;
};
std::vector<Judged> judge(const Timeline& timeline, const std::vector<PlanPiece>& plan, const Judgement& judgement);

/// Ideal time of one part in ns; 0 when nobody knows it.
std::int64_t ideal_of(const Parts& parts, const Judgement& judgement);

/// The elements of a timeline. What they were made of is `judged` and the timeline's parts.
Elements measure(const Timeline& timeline, const std::vector<Judged>& judged, const Judgement& judgement);

}  // namespace hanse::apps::performance
