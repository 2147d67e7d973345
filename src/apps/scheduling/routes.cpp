#include <fmt/format.h>

#include <algorithm>

#include "api/common_inputs.hpp"
#include "apps/scheduling/capacity.hpp"
#include "apps/scheduling/icalendar.hpp"
#include "apps/scheduling/scheduling.hpp"

namespace hanse::apps::scheduling {
namespace {

using api::ById;
using api::Context;
using api::Method;
using api::NoInput;
using api::Nothing;
using api::Page;
using api::PageInput;
using api::Route;
using api::Versioned;

constexpr const char* kRead = "scheduling.read";
constexpr const char* kWrite = "scheduling.write";
constexpr const char* kBook = "events.write";
constexpr std::size_t kImportBytesMax = 64u << 20;

store::Actor actor_of(const Context& context) { return {context.caller.id}; }
std::string path_of(std::string_view rest) { return fmt::format("/api/v1/apps/scheduling/{}", rest); }

struct OrderListInput {
  std::optional<OrderStatus> status;
  std::optional<std::string> product;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "status", .summary = "Orders of this status only."},
                      FieldNote{.field = "product", .summary = "Orders of this product only."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(OrderListInput, (status, product, cursor, limit))

template <class T>
Result<Page<T>> list_page(const store::Collection<T>& collection, store::Query query) {
  HANSE_TRY(auto stored, collection.list(std::move(query)));
  return api::page_of<T>(std::move(stored));
}

struct ImportInput {
  bool dry_run = true;
  api::RawBody body;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "dry_run", .summary = "True, the default, says what would happen and writes nothing."}};
  }
};
HANSE_DESCRIBE(ImportInput, (dry_run, body))

/// List, make, read, change, delete and import of one kind of record.
template <class T>
void add_record_routes(std::vector<Route>& out, Book& book) {
  const auto plural = std::string{KindOf<T>::plural}, word = std::string{KindOf<T>::word};
  const auto path = path_of(plural), one = path + "/{id}";
  if constexpr (!std::is_same_v<T, ProductionOrder>) {
    out.push_back(api::route<PageInput, Page<T>>(
        {Method::get, path, "All of kind " + word + ", by id.", kRead}, [&book](const PageInput& in, const Context&) {
          return list_page(book.collection<T>(), {.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit});
        }));
  }
  out.push_back(api::route<T, Versioned<T>>({Method::post, path, "Makes a new " + word + ".", kWrite},
                                            [&book](const T& in, const Context& context) -> Result<Versioned<T>> {
                                              HANSE_TRY(const auto version, book.put<T>(actor_of(context), {in}, 0));
                                              return Versioned<T>{in, version};
                                            }));
  out.push_back(api::route<ById, Versioned<T>>({Method::get, one, "One " + word + ".", kRead},
                                               [&book](const ById& in, const Context&) -> Result<Versioned<T>> {
                                                 HANSE_TRY(auto stored, book.collection<T>().get(in.id));
                                                 return Versioned<T>{std::move(stored.record), stored.version};
                                               }));
  out.push_back(api::route<T, Versioned<T>>(
      {Method::put, one, "Changes the " + word + "; If-Match names the version that was seen.", kWrite},
      [&book](const T& in, const Context& context) -> Result<Versioned<T>> {
        HANSE_TRY(const auto stored, book.collection<T>().get(in.id));
        HANSE_TRY(const auto version, book.put<T>(actor_of(context), {in}, context.if_match.value_or(stored.version)));
        return Versioned<T>{in, version};
      }));
  out.push_back(api::route<ById, Nothing>({Method::del, one, "Deletes the " + word + ".", kWrite},
                                          [&book](const ById& in, const Context& context) -> Result<Nothing> {
                                            HANSE_CHECK(book.remove<T>(actor_of(context), in.id, context.if_match));
                                            return Nothing{};
                                          }));
  out.push_back(api::route<ImportInput, plant::ImportReport>(
      {.method = Method::post,
       .path = path_of("import/" + plural),
       .summary =
           "Imports records of kind " + word + " from CSV or JSON; a dry run says what would become of each row.",
       .permission = kWrite,
       .body_bytes_max = kImportBytesMax},
      [&book](const ImportInput& in, const Context& context) {
        return book.import <T>(actor_of(context), in.body.text, in.dry_run);
      }));
}

struct SplitInput {
  std::string id;
  std::int64_t quantity = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "quantity", .summary = "Parts of the second order.", .min = 1}};
  }
};
HANSE_DESCRIBE(SplitInput, (id, quantity))
struct SplitAnswer {
  std::string order;  ///< The second one's id.
};
HANSE_DESCRIBE(SplitAnswer, (order))

void add_order_routes(std::vector<Route>& out, Scheduling& scheduling) {
  auto& book = scheduling.book();
  out.push_back(api::route<OrderListInput, Page<ProductionOrder>>(
      {Method::get, path_of("orders"), "Production orders by id.", kRead},
      [&book](const OrderListInput& in, const Context&) {
        store::Query query{.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit};
        if (in.status) query.equal.push_back({"status", describe::enum_name(*in.status)});
        if (in.product) query.equal.push_back({"product", *in.product});
        return list_page(book.collection<ProductionOrder>(), std::move(query));
      }));
  add_record_routes<ProductionOrder>(out, book);
  add_record_routes<Routing>(out, book);
  add_record_routes<ChangeOverMatrix>(out, book);
  add_record_routes<MaintenanceWindow>(out, book);
  add_record_routes<Operator>(out, book);
  add_record_routes<Absence>(out, book);
  add_record_routes<MaterialArrival>(out, book);
  add_record_routes<TransportNetwork>(out, book);
  add_record_routes<EnergyTariff>(out, book);
  out.push_back(api::route<TellRequest, TellAnswer>(
      {Method::post, path_of("tell"),
       "Says what no machine can: material is late, somebody is absent, a vehicle is lost, energy costs something "
       "else.",
       kWrite},
      [&scheduling](const TellRequest& in, const Context& context) { return scheduling.tell(actor_of(context), in); }));
  out.push_back(api::route<SplitInput, SplitAnswer>(
      {Method::post, path_of("orders/{id}/split"), "Gives some of an open order's parts to a second one.", kWrite},
      [&scheduling](const SplitInput& in, const Context& context) -> Result<SplitAnswer> {
        HANSE_TRY(auto second, scheduling.split(actor_of(context), in.id, in.quantity));
        return SplitAnswer{std::move(second)};
      }));
}

struct GanttInput {
  std::optional<Timestamp> from, to;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "First time; absent for twelve hours ago."},
                      FieldNote{.field = "to", .summary = "Last time; absent for the schedule's end."}};
  }
};
HANSE_DESCRIBE(GanttInput, (from, to))
struct MachineInput {
  AssetId machine;
};
HANSE_DESCRIBE(MachineInput, (machine))

struct LoadInput {
  std::optional<Timestamp> from;
  std::int64_t days = 7;
  std::int64_t cell_h = 24;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "First time; absent for now."},
                      FieldNote{.field = "days", .summary = "How far.", .min = 1, .max = 92},
                      FieldNote{.field = "cell_h", .summary = "Hours of one cell.", .min = 1, .max = 744}};
  }
};
HANSE_DESCRIBE(LoadInput, (from, days, cell_h))

struct WeeksInput {
  std::int64_t weeks = 14;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "weeks", .summary = "How many, this one included.", .min = 1, .max = 104}};
  }
};
HANSE_DESCRIBE(WeeksInput, (weeks))

void add_view_routes(std::vector<Route>& out, Scheduling& scheduling) {
  out.push_back(api::route<GanttInput, Gantt>(
      {Method::get, path_of("gantt"), "The board: machines, what is planned on them, what was done.", kRead},
      [&scheduling](const GanttInput& in, const Context&) -> Result<Gantt> {
        if (in.from && in.to && *in.to <= *in.from)
          return fail(ErrorCode::invalid, "the times are wrong", {{"to", "must be after from"}});
        return gantt_of(*scheduling.situation(), in.from, in.to);
      }));
  out.push_back(api::route<MachineInput, Page<DispatchRow>>(
      {Method::get, path_of("dispatch"), "What a machine does next, in order.", kRead},
      [&scheduling](const MachineInput& in, const Context&) -> Result<Page<DispatchRow>> {
        const auto seen = scheduling.situation();
        if (!seen->plant->asset(in.machine))
          return fail(ErrorCode::not_found, "there is no asset '" + in.machine.value + "'");
        return Page<DispatchRow>{dispatch_list(*seen, in.machine), {}};
      }));
  out.push_back(api::route<NoInput, Page<LateOrder>>(
      {Method::get, path_of("late"), "Orders that the schedule finishes late, with the chain of causes.", kRead},
      [&scheduling](const NoInput&, const Context&) -> Result<Page<LateOrder>> {
        const auto seen = scheduling.situation();
        return Page<LateOrder>{late_orders(seen->input(), seen->current->operations), {}};
      }));
  out.push_back(api::route<NoInput, Page<SchedulingException>>(
      {Method::get, path_of("exceptions"), "What needs a planner.", kRead},
      [&scheduling](const NoInput&, const Context&) -> Result<Page<SchedulingException>> {
        return Page<SchedulingException>{exceptions_of(*scheduling.situation()), {}};
      }));
  out.push_back(api::route<LoadInput, Page<MachineLoad>>(
      {Method::get, path_of("load"), "Working and planned hours of each machine.", kRead},
      [&scheduling](const LoadInput& in, const Context&) -> Result<Page<MachineLoad>> {
        const auto seen = scheduling.situation();
        const auto from = in.from.value_or(seen->now);
        return Page<MachineLoad>{
            machine_loads(seen->input(), seen->current->operations, scheduled_machines(*seen->ledger),
                          {from, from + in.days * 24h}, in.cell_h * 1h),
            {}};
      }));
  out.push_back(api::route<WeeksInput, Page<FreeCapacity>>(
      {Method::get, path_of("free-capacity"), "Hours that each machine has left per week, for programmes.", kRead},
      [&scheduling](const WeeksInput& in, const Context&) -> Result<Page<FreeCapacity>> {
        const auto seen = scheduling.situation();
        return Page<FreeCapacity>{free_capacity(seen->input(), seen->current->operations,
                                                scheduled_machines(*seen->ledger), static_cast<int>(in.weeks)),
                                  {}};
      }));
}

struct PlanInput {
  bool afresh = false;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "afresh", .summary = "Without regard to the published schedule."}};
  }
};
HANSE_DESCRIBE(PlanInput, (afresh))

struct MoveInput {
  std::string order, step;
  AssetId machine;
  Timestamp start;
  bool dry_run = false;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "order", .summary = "Its id.", .required = true},
                      FieldNote{.field = "step", .summary = "Id of the step.", .required = true},
                      FieldNote{.field = "machine", .summary = "Where to.", .required = true},
                      FieldNote{.field = "start", .summary = "When to.", .required = true},
                      FieldNote{.field = "dry_run", .summary = "Say what would happen and change nothing."}};
  }
};
HANSE_DESCRIBE(MoveInput, (order, step, machine, start, dry_run))

struct StepInput {
  std::string order, step;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "order", .summary = "Its id.", .required = true},
                      FieldNote{.field = "step", .summary = "Id of the step.", .required = true}};
  }
};
HANSE_DESCRIBE(StepInput, (order, step))

struct VersionAnswer {
  std::int64_t version = 0;
};
HANSE_DESCRIBE(VersionAnswer, (version))

struct BookInput {
  std::string order, step;
  AssetId machine;
  double good = 0, scrap = 0;
  bool done = false;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "order", .summary = "Its id.", .required = true},
                      FieldNote{.field = "step", .summary = "Id of the step.", .required = true},
                      FieldNote{.field = "machine", .summary = "Where it was made.", .required = true},
                      FieldNote{.field = "good", .summary = "Good parts.", .min = 0, .max = 1e7},
                      FieldNote{.field = "scrap", .summary = "Rejected parts.", .min = 0, .max = 1e7},
                      FieldNote{.field = "done", .summary = "The step is done, whatever was counted."}};
  }
};
HANSE_DESCRIBE(BookInput, (order, step, machine, good, scrap, done))

/// A version without its operations and changes, as a line of a list.
struct VersionLine {
  std::int64_t version = 0;
  Timestamp at;
  std::string by;
  Cause cause{};
  std::string why;
  std::int64_t undoes = 0;
  optimiser::scheduling::Rung rung{};
  ScheduleFigures figures;
  std::int64_t changes = 0;
};
HANSE_DESCRIBE(VersionLine, (version, at, by, cause, why, undoes, rung, figures, changes))

struct VersionInput {
  std::int64_t version = 0;
};
HANSE_DESCRIBE(VersionInput, (version))

Result<Page<VersionLine>> list_versions(const Scheduling& scheduling, const PageInput& in) {
  HANSE_TRY(auto stored, scheduling.versions().list(
                             {.kind = {}, .equal = {}, .descending = true, .cursor = in.cursor, .limit = in.limit}));
  Page<VersionLine> page{.items = {}, .next = std::move(stored.next)};
  for (const auto& item : stored.items) {
    const auto& one = item.record;
    page.items.push_back(
        {one.version, one.at, one.by, one.cause, one.why, one.undoes, one.rung, one.figures, std::ssize(one.changes)});
  }
  return page;
}

void add_plan_routes(std::vector<Route>& out, Scheduling& scheduling) {
  out.push_back(api::route<PlanInput, VersionAnswer>(
      {Method::post, path_of("plan"), "Searches for a better schedule and publishes it.", kWrite},
      [&scheduling](const PlanInput& in, const Context& context) -> Result<VersionAnswer> {
        HANSE_TRY(const auto made, scheduling.plan(actor_of(context), in.afresh));
        return VersionAnswer{made->version};
      }));
  out.push_back(api::route<MoveInput, MoveAnswer>(
      {Method::post, path_of("move"), "Moves an operation; the rest makes way. A dry run says what would happen.",
       kWrite},
      [&scheduling](const MoveInput& in, const Context& context) {
        return scheduling.move(actor_of(context), {in.order, in.step, in.machine, in.start, in.dry_run});
      }));
  out.push_back(api::route<StepInput, VersionAnswer>(
      {Method::post, path_of("lock"), "Keeps an operation where it is published.", kWrite},
      [&scheduling](const StepInput& in, const Context& context) -> Result<VersionAnswer> {
        HANSE_TRY(const auto made, scheduling.lock(actor_of(context), {in.order, in.step}));
        return VersionAnswer{made};
      }));
  out.push_back(api::route<StepInput, VersionAnswer>(
      {Method::post, path_of("unpin"), "Takes a pin or lock off an operation.", kWrite},
      [&scheduling](const StepInput& in, const Context& context) -> Result<VersionAnswer> {
        HANSE_TRY(const auto made, scheduling.unpin(actor_of(context), {in.order, in.step}));
        return VersionAnswer{made};
      }));
  out.push_back(api::route<NoInput, VersionAnswer>(
      {Method::post, path_of("undo"), "Takes back the last schedule that a person made.", kWrite},
      [&scheduling](const NoInput&, const Context& context) -> Result<VersionAnswer> {
        HANSE_TRY(const auto made, scheduling.undo(actor_of(context)));
        return VersionAnswer{made};
      }));
  out.push_back(api::route<BookInput, Nothing>(
      {Method::post, path_of("book"), "Books parts of an operation by hand, or that it is done.", kBook},
      [&scheduling](const BookInput& in, const Context& context) -> Result<Nothing> {
        HANSE_CHECK(
            scheduling.book_parts(actor_of(context), {in.order, in.step}, in.machine, in.good, in.scrap, in.done));
        return Nothing{};
      }));
  out.push_back(api::route<PageInput, Page<VersionLine>>(
      {Method::get, path_of("versions"), "Published schedules, the newest first: who, when, why.", kRead},
      [&scheduling](const PageInput& in, const Context&) { return list_versions(scheduling, in); }));
  out.push_back(api::route<VersionInput, ScheduleVersion>(
      {Method::get, path_of("versions/{version}"), "One published schedule with its changes and their reasons.", kRead},
      [&scheduling](const VersionInput& in, const Context&) -> Result<ScheduleVersion> {
        HANSE_TRY(const auto found, scheduling.version(in.version));
        return *found;
      }));
}

struct PromiseInput {
  std::string product;
  std::int64_t quantity = 1;
  std::optional<Timestamp> release;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "product", .summary = "Id of a product.", .required = true},
                      FieldNote{.field = "quantity", .summary = "Parts.", .min = 1, .max = 10'000'000},
                      FieldNote{.field = "release", .summary = "Not to be begun before; absent for now."}};
  }
};
HANSE_DESCRIBE(PromiseInput, (product, quantity, release))

struct OutlookInput {
  std::int64_t version = 0;
  std::int64_t runs = 200;
  std::uint64_t seed = 1;
  std::int64_t days = 30;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "version", .summary = "Which schedule; 0 for the one in force.", .min = 0},
        FieldNote{.field = "runs", .summary = "How often it is carried out.", .min = 1, .max = 2000},
        FieldNote{.field = "days", .summary = "Past that breakdowns are learned from.", .min = 1, .max = 366}};
  }
};
HANSE_DESCRIBE(OutlookInput, (version, runs, seed, days))

struct OutlookAnswer {
  Outlook outlook;
  std::vector<Reliability> reliability;
};
HANSE_DESCRIBE(OutlookAnswer, (outlook, reliability))

Result<OutlookAnswer> look_out(const Scheduling& scheduling, const OutlookInput& in) {
  constexpr Duration kTimeMax = 5s;
  const auto seen = scheduling.situation();
  auto version = seen->current;
  if (in.version > 0) {
    HANSE_TRY(version, scheduling.version(in.version));
    if (!version->complete) return fail(ErrorCode::not_found, "this version's operations are no longer kept");
  }
  HANSE_TRY(const auto known, scheduling.reliabilities(static_cast<int>(in.days)));
  auto input = seen->input();
  input.pins = version->pins;
  const auto& clock = scheduling.context().clock;
  const auto begin = clock.monotonic();
  OutlookAnswer answer;
  HANSE_TRY(answer.outlook, outlook({.input = input,
                                     .published = version->operations,
                                     .reliability = known,
                                     .runs = in.runs,
                                     .seed = in.seed,
                                     .expired = [&] { return clock.monotonic() - begin > kTimeMax; }}));
  answer.outlook.version = version->version;
  for (const auto& [machine, one] : known) answer.reliability.push_back(one);
  return answer;
}

struct CalendarInput {
  std::optional<AssetId> machine;
  std::optional<std::string> order;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "machine", .summary = "Of this machine only."},
                      FieldNote{.field = "order", .summary = "Of this order only."}};
  }
};
HANSE_DESCRIBE(CalendarInput, (machine, order))

api::Raw schedule_calendar(const Situation& seen, const CalendarInput& in) {
  std::vector<CalendarEntry> entries;
  const auto name = [&](const AssetId& id) {
    const auto* asset = seen.plant->asset(id);
    return asset ? asset->name : id.value;
  };
  for (const auto& one : seen.current->operations) {
    if ((in.machine && one.machine != *in.machine) || (in.order && one.order != *in.order)) continue;
    const auto order = seen.ledger->orders.find(one.order);
    const auto what = order == seen.ledger->orders.end()
                          ? one.order
                          : fmt::format("{}: {} × {}", one.order, order->second.quantity, order->second.product);
    entries.push_back(
        {one.order + "." + one.step + "@hanse", what + ", " + one.step, name(one.machine), one.start, one.end});
  }
  for (const auto& [id, window] : seen.ledger->maintenance) {
    if (in.order || (in.machine && window.asset != *in.machine)) continue;
    entries.push_back({id + "@hanse", window.reason.empty() ? "Maintenance" : window.reason, name(window.asset),
                       window.begin, window.end});
  }
  return {.content_type = "text/calendar; charset=utf-8",
          .body = write_icalendar(entries, seen.now),
          .file_name = "schedule.ics"};
}

struct CalendarImportInput {
  AssetId machine;
  bool dry_run = true;
  api::RawBody body;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "machine", .summary = "A machine, or a node for all below it."},
        FieldNote{.field = "dry_run", .summary = "True, the default, says what would happen and writes nothing."}};
  }
};
HANSE_DESCRIBE(CalendarImportInput, (machine, dry_run, body))

/// A file's events become maintenance windows; the same UID, the same window.
Result<plant::ImportReport> import_calendar(Scheduling& scheduling, const CalendarImportInput& in,
                                            const Context& context) {
  HANSE_TRY(const auto entries, read_icalendar(in.body.text));
  const auto ledger = scheduling.book().ledger();
  const auto plant = scheduling.context().plant.records();
  plant::ImportReport report;
  std::vector<MaintenanceWindow> changed;
  for (const auto& entry : entries) {
    auto id = entry.uid.empty() ? fmt::format("{}-{}", in.machine.value, entry.begin.ns / 1'000'000'000) : entry.uid;
    for (char& c : id) {
      const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!plain && c != '-' && c != '_' && c != '.') c = '-';
    }
    const MaintenanceWindow window{id, in.machine, entry.begin, entry.end, entry.summary.substr(0, 200)};
    plant::ImportRow row{
        .line = static_cast<std::int64_t>(entry.line), .fate = plant::Fate::create, .id = id, .errors = {}};
    for (const auto& error : check(*plant, *ledger, window)) row.errors.push_back({error.path, error.message});
    const auto old = ledger->maintenance.find(id);
    if (!row.errors.empty()) {
      row.fate = plant::Fate::error;
      ++report.failed;
    } else if (old == ledger->maintenance.end()) {
      ++report.created;
    } else {
      row.fate = old->second == window ? plant::Fate::unchanged : plant::Fate::update;
      ++(old->second == window ? report.unchanged : report.updated);
    }
    if (row.fate == plant::Fate::create || row.fate == plant::Fate::update) changed.push_back(window);
    report.rows.push_back(std::move(row));
  }
  if (in.dry_run || report.failed > 0) return report;
  HANSE_CHECK(scheduling.book().put<MaintenanceWindow>(actor_of(context), changed));
  report.written = true;
  return report;
}

/// The published schedule as the solver's own JSON: what `hanse schedule` reads, and what it would write.
struct NativeSchedule {
  Timestamp origin;  ///< Second zero.
  optimiser::scheduling::Seconds now = 0;
  optimiser::scheduling::Problem problem;
  optimiser::scheduling::Schedule schedule;
  std::vector<UnplacedOrder> left_out;
};
HANSE_DESCRIBE(NativeSchedule, (origin, now, problem, schedule, left_out))

struct SolveInput {
  optimiser::scheduling::Problem problem;
  optimiser::scheduling::Objective objective;
  double seconds = 2;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "problem", .summary = "As GET native gives it.", .required = true},
                      FieldNote{.field = "seconds", .summary = "Wall time of the search, s.", .min = 0, .max = 30}};
  }
};
HANSE_DESCRIBE(SolveInput, (problem, objective, seconds))

void add_question_routes(std::vector<Route>& out, Scheduling& scheduling) {
  out.push_back(api::route<PromiseInput, OrderPromise>(
      {Method::post, path_of("promise"), "When could so many more be had without moving anything?", kRead},
      [&scheduling](const PromiseInput& in, const Context&) {
        return scheduling.promise_of(in.product, in.quantity, in.release);
      }));
  out.push_back(api::route<OutlookInput, OutlookAnswer>(
      {Method::post, path_of("outlook"),
       "Carries a schedule out many times with breakdowns as the machines have them: when orders end, P50 and P90.",
       kRead},
      [&scheduling](const OutlookInput& in, const Context&) { return look_out(scheduling, in); }));
  out.push_back(api::route<CalendarInput, api::Raw>(
      {Method::get, path_of("calendar"), "The schedule as iCalendar, for a calendar program.", kRead},
      [&scheduling](const CalendarInput& in, const Context&) -> Result<api::Raw> {
        return schedule_calendar(*scheduling.situation(), in);
      }));
  out.push_back(api::route<CalendarImportInput, plant::ImportReport>(
      {.method = Method::post,
       .path = path_of("import/calendar"),
       .summary = "Imports maintenance windows from iCalendar.",
       .permission = kWrite,
       .body_bytes_max = 4u << 20},
      [&scheduling](const CalendarImportInput& in, const Context& context) {
        return import_calendar(scheduling, in, context);
      }));
  out.push_back(api::route<NoInput, NativeSchedule>(
      {Method::get, path_of("native"), "What is to be scheduled and what is published, as the solver sees it.", kRead},
      [&scheduling](const NoInput&, const Context&) -> Result<NativeSchedule> {
        const auto seen = scheduling.situation();
        auto model = build_model(seen->input());
        auto schedule = as_schedule(model, seen->current->operations);
        return NativeSchedule{model.origin, model.now, std::move(model.problem), std::move(schedule), model.left_out};
      }));
  out.push_back(api::route<SolveInput, optimiser::scheduling::Solution>(
      {.method = Method::post,
       .path = path_of("solve"),
       .summary = "Solves a problem in native JSON; nothing is kept.",
       .permission = kWrite,
       .body_bytes_max = 16u << 20},
      [&scheduling](const SolveInput& in, const Context&) {
        const auto& clock = scheduling.context().clock;
        const auto end = clock.monotonic() + Duration{static_cast<std::int64_t>(in.seconds * 1e9)};
        optimiser::scheduling::SolveOptions options{.objective = in.objective};
        options.expired = [&clock, end] { return clock.monotonic() >= end; };
        return optimiser::scheduling::solve(in.problem, options);
      }));
}

}  // namespace

std::vector<api::Route> routes(Scheduling& scheduling) {
  std::vector<Route> out;
  add_view_routes(out, scheduling);
  add_order_routes(out, scheduling);
  add_plan_routes(out, scheduling);
  add_question_routes(out, scheduling);
  return out;
}

}  // namespace hanse::apps::scheduling
