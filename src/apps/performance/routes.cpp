#include "apps/performance/performance.hpp"

namespace hanse::apps::performance {
namespace {

using api::Context;
using api::Method;
using api::Page;

const std::string kPath = "/api/v1/apps/performance/";
const std::string kAsset = kPath + "assets/{id}/";

struct BoardInput {};
HANSE_DESCRIBE(BoardInput, ())

struct TimesInput {
  AssetId id;
  Timestamp from;
  std::optional<Timestamp> to;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "First time, included.", .required = true},
                      FieldNote{.field = "to", .summary = "Last time, not included; absent for now."}};
  }
};
HANSE_DESCRIBE(TimesInput, (id, from, to))

struct ReportInput {
  AssetId id;
  Timestamp from;
  std::optional<Timestamp> to;
  ReportBy by = ReportBy::shift;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "First time, included.", .required = true},
                      FieldNote{.field = "to", .summary = "Last time, not included; absent for now."},
                      FieldNote{.field = "by", .summary = "What a row of the report is."}};
  }
};
HANSE_DESCRIBE(ReportInput, (id, from, to, by))

/// One stretch of a machine's timeline.
struct StateSpan {
  Timestamp begin, end;
  MachineState state = MachineState::offline;
  std::string reason, reason_name;
  std::string order, product;
  Bucket element = Bucket::no_data;
};
HANSE_DESCRIBE(StateSpan, (begin, end, state, reason, reason_name, order, product, element))
struct StateTimeline {
  AssetId asset;
  Timestamp from, to;
  std::vector<StateSpan> items;
};
HANSE_DESCRIBE(StateTimeline, (asset, from, to, items))

struct StopReasonInput {
  AssetId id;
  Timestamp begin;
  std::string reason;
  std::string comment;
  static constexpr auto notes() {
    return std::array{
        FieldNote{
            .field = "begin", .summary = "When the stop began, or from when in it the reason holds.", .required = true},
        FieldNote{.field = "reason", .summary = "Id of a reason code.", .required = true},
        FieldNote{.field = "comment", .summary = "In the person's words.", .length_max = 500}};
  }
};
HANSE_DESCRIBE(StopReasonInput, (id, begin, reason, comment))

struct EventsInput {
  AssetId id;
  Timestamp from;
  std::optional<Timestamp> to;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "First time, included.", .required = true},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(EventsInput, (id, from, to, cursor, limit))

/// Asked for a time that isn't over, figures end now.
Span span_of(const Performance& app, Timestamp from, const std::optional<Timestamp>& to) {
  return {from, std::min(to.value_or(app.now()), std::max(app.now(), from + 1ns))};
}

Result<StateTimeline> states(const Performance& app, const TimesInput& in) {
  const auto span = span_of(app, in.from, in.to);
  HANSE_TRY(const auto machines, app.machine_times(in.id, span));
  StateTimeline out{.asset = in.id, .from = span.begin, .to = span.end, .items = {}};
  for (const auto& machine : machines) {
    if (machine.judgement.machine != in.id) continue;
    const auto plan = plan_of(app.records(), in.id, span);
    for (const auto& [stretch, kind, bucket] : judge(machine.timeline, plan, machine.judgement)) {
      out.items.push_back({stretch.span.begin, stretch.span.end, stretch.state, stretch.reason,
                           reason_name(app.records(), stretch.reason), stretch.order, stretch.product, bucket});
    }
  }
  return out;
}

Result<ProductionEvent> give_reason(const Performance& app, const StopReasonInput& in, const Context& context) {
  const auto& records = app.records();
  if (!records.asset(in.id)) return fail(ErrorCode::not_found, "there is no asset '" + in.id.value + "'");
  if (!records.reasons.contains(in.reason)) {
    return fail(ErrorCode::invalid, "the reason is wrong", {{"reason", "there is no reason '" + in.reason + "'"}});
  }
  auto& log = app.context().events;
  HANSE_TRY(const auto before, log.last(in.id, plant::EventKind::state, in.begin));
  if (!before || before->state == MachineState::producing) {
    return fail(ErrorCode::invalid, "there is no stop at this time", {{"begin", "the machine doesn't stand then"}});
  }
  ProductionEvent event{.id = log.next_id(),
                        .time = in.begin,
                        .asset = in.id,
                        .kind = plant::EventKind::reason,
                        .state = {},
                        .reason = in.reason,
                        .source = "person",
                        .actor = context.caller.id};
  event.comment = in.comment;
  HANSE_CHECK(log.append(store::Actor{context.caller.id}, {&event, 1}));
  return event;
}

}  // namespace

std::vector<api::Route> Performance::routes() {
  std::vector<api::Route> out;
  out.push_back(api::route<BoardInput, Board>(
      {Method::get, kPath + "board", "All lines and machines now: state, reason, figures of the shift.",
       "performance.read"},
      [this](const BoardInput&, const Context&) -> Result<Board> { return board(); }));
  out.push_back(api::route<ReportInput, PerformanceReport>(
      {Method::get, kAsset + "report", "Figures and losses of a machine, or of all below a node.", "performance.read"},
      [this](const ReportInput& in, const Context&) -> Result<PerformanceReport> {
        const auto span = span_of(*this, in.from, in.to);
        HANSE_TRY(const auto machines, machine_times(in.id, span));
        return make_report(*records_->asset(in.id), span, in.by, machines);
      }));
  out.push_back(api::route<TimesInput, StateTimeline>(
      {Method::get, kAsset + "states", "What a machine did, stretch by stretch.", "performance.read"},
      [this](const TimesInput& in, const Context&) { return states(*this, in); }));
  out.push_back(api::route<TimesInput, DowntimeReport>(
      {Method::get, kAsset + "downtimes", "Stops and their Pareto by reason.", "performance.read"},
      [this](const TimesInput& in, const Context&) -> Result<DowntimeReport> {
        const auto span = span_of(*this, in.from, in.to);
        HANSE_TRY(const auto machines, machine_times(in.id, span));
        return make_downtimes(in.id, span, machines);
      }));
  out.push_back(api::route<StopReasonInput, ProductionEvent>(
      {Method::post, kAsset + "reason", "Says why a machine stood.", "performance.write"},
      [this](const StopReasonInput& in, const Context& context) { return give_reason(*this, in, context); }));
  out.push_back(api::route<EventsInput, Page<ProductionEvent>>(
      {Method::get, kAsset + "events", "The events that a figure was made of.", "performance.read"},
      [this](const EventsInput& in, const Context&) -> Result<Page<ProductionEvent>> {
        const auto span = span_of(*this, in.from, in.to);
        HANSE_TRY(auto page, context_.events.list({in.id, span, {}, in.cursor, in.limit}));
        return Page<ProductionEvent>{std::move(page.items), std::move(page.next)};
      }));
  return out;
}

}  // namespace hanse::apps::performance
