#include "programme/routes.hpp"

#include <fmt/format.h>

#include "api/common_inputs.hpp"
#include "programme/import.hpp"

namespace hanse::programme {
namespace {

using api::ById;
using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::Route;
using api::Versioned;

constexpr const char* kRead = "programme.read";
constexpr const char* kWrite = "programme.write";
constexpr const char* kBase = "/api/v1/programme/";
constexpr std::size_t kDesignBytesMax = 4u << 20;

store::Actor actor_of(const Context& context) { return {context.caller.id}; }
std::string path_of(std::string_view rest) { return fmt::format("{}{}", kBase, rest); }

struct ListInput {
  std::optional<std::string> need;
  std::optional<std::string> organisation;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "need", .summary = "Of this need only."},
                      FieldNote{.field = "organisation", .summary = "Orders of this member only."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(ListInput, (need, organisation, cursor, limit))

template <class T>
void add_read_routes(std::vector<Route>& out, Programme& programme) {
  const auto path = path_of(KindOf<T>::plural);
  out.push_back(api::route<ListInput, Page<T>>(
      {Method::get, path, fmt::format("All {}, by id.", KindOf<T>::plural), kRead},
      [&programme](const ListInput& in, const Context&) -> Result<Page<T>> {
        store::Query query{.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit};
        constexpr bool of_need = requires(const T& record) { record.need; };
        constexpr bool of_organisation = std::is_same_v<T, Order>;
        if ((in.need && !of_need) || (in.organisation && !of_organisation)) {
          return fail(ErrorCode::invalid, "these records can't be chosen so",
                      {{in.need && !of_need ? "need" : "organisation", "must be left out"}});
        }
        if (in.need) query.equal.push_back({"need", *in.need});
        if (in.organisation) query.equal.push_back({"organisation", *in.organisation});
        HANSE_TRY(auto stored, programme.collection<T>().list(std::move(query)));
        return api::page_of<T>(std::move(stored));
      }));
  out.push_back(
      api::route<ById, Versioned<T>>({Method::get, path + "/{id}", fmt::format("One {}.", KindOf<T>::word), kRead},
                                     [&programme](const ById& in, const Context&) -> Result<Versioned<T>> {
                                       HANSE_TRY(auto stored, programme.collection<T>().get(in.id));
                                       return Versioned<T>{std::move(stored.record), stored.version};
                                     }));
}

template <class T>
void add_write_routes(std::vector<Route>& out, Programme& programme) {
  const auto path = path_of(KindOf<T>::plural);
  const std::string word{KindOf<T>::word};
  out.push_back(api::route<T, Versioned<T>>({Method::post, path, "Makes a new " + word + ".", kWrite, kDesignBytesMax},
                                            [&programme](const T& in, const Context& context) -> Result<Versioned<T>> {
                                              HANSE_TRY(const auto version, programme.put<T>(actor_of(context), in, 0));
                                              return Versioned<T>{in, version};
                                            }));
  out.push_back(api::route<T, Versioned<T>>(
      {Method::put, path + "/{id}", "Changes the " + word + "; If-Match names the version that was seen.", kWrite,
       kDesignBytesMax},
      [&programme](const T& in, const Context& context) -> Result<Versioned<T>> {
        HANSE_TRY(const auto stored, programme.collection<T>().get(in.id));
        HANSE_TRY(const auto version,
                  programme.put<T>(actor_of(context), in, context.if_match.value_or(stored.version)));
        return Versioned<T>{in, version};
      }));
}

struct MatchOutput {
  std::vector<PartMatch> parts;
  std::vector<Blocker> blockers;
};
HANSE_DESCRIBE(MatchOutput, (parts, blockers))
struct PartInput {
  std::string id, part;
  std::int64_t limit = 50;
  static constexpr auto notes() { return std::array{FieldNote{.field = "limit", .min = 1, .max = 500}}; }
};
HANSE_DESCRIBE(PartInput, (id, part, limit))
struct OffersOutput {
  std::vector<MatchedOffer> offers;
};
HANSE_DESCRIBE(OffersOutput, (offers))
struct PlanInput {
  std::string id;
  double seconds = 5;
  std::int64_t bottlenecks = 3;
  Aim aim = Aim::balanced;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "seconds", .summary = "Time to search.", .min = 0.1, .max = 300},
        FieldNote{.field = "bottlenecks", .summary = "How many are verified by a second solve.", .min = 0, .max = 10}};
  }
};
HANSE_DESCRIBE(PlanInput, (id, seconds, bottlenecks, aim))
struct PlansOutput {
  std::vector<PlanHead> plans;
};
HANSE_DESCRIBE(PlansOutput, (plans))
struct StressInput {
  std::string id;
  std::int64_t members = 50;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "members", .summary = "The largest so many.", .min = 1, .max = 200}};
  }
};
HANSE_DESCRIBE(StressInput, (id, members))
struct RehearseInput {
  std::string id;
  std::int64_t seed = 1;
  double troubles_per_week = 0.7;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "seed", .summary = "The same seed gives the same troubles.", .min = 0},
                      FieldNote{.field = "troubles_per_week", .summary = "On average.", .min = 0, .max = 20}};
  }
};
HANSE_DESCRIBE(RehearseInput, (id, seed, troubles_per_week))
struct StressOutput {
  std::vector<StressLine> members;
};
HANSE_DESCRIBE(StressOutput, (members))

void add_need_routes(std::vector<Route>& out, Programme& programme) {
  out.push_back(
      api::route<ById, MatchOutput>({Method::get, path_of("needs/{id}/match"),
                                     "Who can make each part, why others can't, and what blocks the need.", kRead},
                                    [&programme](const ById& in, const Context&) -> Result<MatchOutput> {
                                      HANSE_TRY(auto model, programme.match(in.id));
                                      return MatchOutput{std::move(model.matches), std::move(model.blockers)};
                                    }));
  out.push_back(api::route<PartInput, OffersOutput>(
      {Method::get, path_of("needs/{id}/match/{part}"),
       "Offers for a part with every reason; near misses with their cure.", kRead},
      [&programme](const PartInput& in, const Context&) -> Result<OffersOutput> {
        HANSE_TRY(auto offers, programme.match_part(in.id, in.part, static_cast<std::size_t>(in.limit)));
        return OffersOutput{std::move(offers)};
      }));
  out.push_back(api::route<PlanInput, PlanHead>(
      {Method::post, path_of("needs/{id}/plan"),
       "Makes a plan with value, bound and gap; nobody is told before it is published.", kWrite},
      [&programme](const PlanInput& in, const Context& context) -> Result<PlanHead> {
        const PlanBudget budget{.seconds = in.seconds,
                                .iterations_max = 100'000,
                                .bottlenecks = in.bottlenecks,
                                .threads = 2,
                                .aim = in.aim};
        HANSE_TRY(const auto record, programme.plan(actor_of(context), in.id, budget));
        return head_of(record);
      }));
  out.push_back(api::route<ById, PlansOutput>(
      {Method::get, path_of("needs/{id}/plans"), "All plans of a need in a line each, newest first.", kRead},
      [&programme](const ById& in, const Context&) -> Result<PlansOutput> {
        HANSE_TRY(auto plans, programme.plans(in.id));
        return PlansOutput{std::move(plans)};
      }));
  out.push_back(
      api::route<ById, PlanPicture>({Method::get, path_of("plans/{id}/picture"),
                                     "A plan in sums: flows over tiers, members, ramp, limits, changes.", kRead},
                                    [&programme](const ById& in, const Context&) { return programme.picture(in.id); }));
  out.push_back(api::route<ById, PlanHead>(
      {Method::post, path_of("plans/{id}/publish"), "Makes the plan the need's and sends its orders.", kWrite},
      [&programme](const ById& in, const Context& context) -> Result<PlanHead> {
        HANSE_TRY(const auto record, programme.publish(actor_of(context), in.id));
        return head_of(record);
      }));
  out.push_back(api::route<ById, PlanHead>(
      {Method::post, path_of("needs/{id}/revert"), "Publishes the plan before the published one again.", kWrite},
      [&programme](const ById& in, const Context& context) -> Result<PlanHead> {
        HANSE_TRY(const auto record, programme.revert(actor_of(context), in.id));
        return head_of(record);
      }));
  out.push_back(api::route<DisruptionEvent, PlanRecord>(
      {Method::post, path_of("disruptions"), "Repairs a need's plan after an event, or says what it would do.", kWrite},
      [&programme](const DisruptionEvent& in, const Context& context) {
        return programme.disrupt(actor_of(context), in);
      }));
  out.push_back(api::route<DisruptionEvent, PlanHead>(
      {Method::post, path_of("proposals"), "A repaired plan after an event, stored for somebody to decide.", kWrite},
      [&programme](const DisruptionEvent& in, const Context& context) -> Result<PlanHead> {
        HANSE_TRY(const auto record, programme.propose(actor_of(context), in));
        return head_of(record);
      }));
  out.push_back(api::route<ById, Alarm>({Method::post, path_of("alarms/{id}/propose"),
                                         "A new proposal for an alarm, from the plan that stands now.", kWrite},
                                        [&programme](const ById& in, const Context& context) {
                                          return programme.propose_again(actor_of(context), in.id);
                                        }));
  out.push_back(api::route<StressInput, StressOutput>(
      {Method::get, path_of("needs/{id}/stress"), "What the loss of each of the largest members would do.", kRead},
      [&programme](const StressInput& in, const Context&) -> Result<StressOutput> {
        HANSE_TRY(auto members, programme.stress(in.id, static_cast<std::size_t>(in.members)));
        return StressOutput{std::move(members)};
      }));
  out.push_back(api::route<RehearseInput, Rehearsal>(
      {Method::get, path_of("needs/{id}/rehearsal"),
       "The published plan through all its weeks, with troubles from a seed and their repairs; nothing changes.",
       kRead},
      [&programme](const RehearseInput& in, const Context&) {
        return programme.rehearse(in.id, {static_cast<std::uint64_t>(in.seed), in.troubles_per_week});
      }));
  out.push_back(api::route<ById, Names>(
      {Method::get, path_of("needs/{id}/names"), "What people call the organisations and parts of a need.", kRead},
      [&programme](const ById& in, const Context&) { return programme.names(in.id); }));
  out.push_back(api::route<ById, Tower>(
      {Method::get, path_of("needs/{id}/tower"), "Where the need stands against its plan.", kRead},
      [&programme](const ById& in, const Context&) { return programme.tower(in.id); }));
}

struct ActInput {
  std::string id;
  OrderAction action = OrderAction::accept;
  double quantity = 0;
  std::string note;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "action", .required = true},
        FieldNote{.field = "quantity", .summary = "Shipped; 0 for all that is left.", .min = 0, .max = 1e9},
        FieldNote{.field = "note", .length_max = 2000}};
  }
};
HANSE_DESCRIBE(ActInput, (id, action, quantity, note))
struct ReportInput {
  std::string organisation, part;
  double good = 0, scrap = 0;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "organisation", .required = true},
                      FieldNote{.field = "part", .required = true}, FieldNote{.field = "good", .min = 0, .max = 1e9},
                      FieldNote{.field = "scrap", .min = 0, .max = 1e9}};
  }
};
HANSE_DESCRIBE(ReportInput, (organisation, part, good, scrap))

void add_order_routes(std::vector<Route>& out, Programme& programme) {
  out.push_back(
      api::route<ActInput, Order>({Method::post, path_of("orders/{id}/actions"),
                                   "Accept, decline, counter, start, ship, receive, hold, release or cancel.", kWrite},
                                  [&programme](const ActInput& in, const Context& context) {
                                    return programme.act(actor_of(context), in.id, in.action, in.quantity, in.note);
                                  }));
  out.push_back(api::route<ReportInput, Nothing>(
      {Method::post, path_of("production"), "Reports parts by hand, for makers without connected machines.", kWrite},
      [&programme](const ReportInput& in, const Context& context) -> Result<Nothing> {
        std::vector<plant::ProductionEvent> events(2);
        events[0].kind = plant::EventKind::good;
        events[0].quantity = in.good;
        events[1].kind = plant::EventKind::scrap;
        events[1].quantity = in.scrap;
        for (auto& event : events) event.product = in.part;
        HANSE_CHECK(programme.take_production(actor_of(context), in.organisation, events));
        return Nothing{};
      }));
}

struct VoteInput {
  std::string id, organisation;
  bool given = true;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "organisation", .summary = "Whose vote it is.", .required = true},
                      FieldNote{.field = "given", .summary = "False takes it back."}};
  }
};
HANSE_DESCRIBE(VoteInput, (id, organisation, given))
using ImportInput = api::ImportFile<ImportKind>;

void add_board_routes(std::vector<Route>& out, Programme& programme) {
  out.push_back(
      api::route<VoteInput, BoardProblem>({Method::post, path_of("problems/{id}/votes"),
                                           "A member says that it has the problem, too, or takes it back.", kWrite},
                                          [&programme](const VoteInput& in, const Context& context) {
                                            return programme.vote(actor_of(context), in.id, in.organisation, in.given);
                                          }));
  out.push_back(api::route<ImportInput, ecosystem::ImportReport>(
      {.method = Method::post,
       .path = path_of("import/{kind}"),
       .summary = "Imports a CSV or JSON file, or says in a dry run what would become of each row.",
       .permission = kWrite,
       .body_bytes_max = 64u << 20},
      [&programme](const ImportInput& in, const Context& context) {
        return import(programme, actor_of(context), {in.kind, in.body.text, in.dry_run});
      }));
}

}  // namespace

std::vector<api::Route> routes(Programme& programme) {
  std::vector<Route> out;
  const auto add_records = [&]<class T>() {
    add_read_routes<T>(out, programme);
    add_write_routes<T>(out, programme);
  };
  add_records.operator()<Need>();
  add_records.operator()<Design>();
  add_records.operator()<Approval>();
  add_records.operator()<Agreement>();
  add_records.operator()<ChangeRequest>();
  add_records.operator()<Decision>();
  add_records.operator()<Milestone>();
  add_records.operator()<Responsibility>();
  add_records.operator()<Investment>();
  add_records.operator()<BoardProblem>();
  add_records.operator()<LiveLine>();
  add_read_routes<Alarm>(out, programme);
  add_read_routes<Order>(out, programme);
  add_read_routes<PlanRecord>(out, programme);
  add_need_routes(out, programme);
  add_order_routes(out, programme);
  add_board_routes(out, programme);
  return out;
}

}  // namespace hanse::programme
