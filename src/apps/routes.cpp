#include "apps/running.hpp"

namespace hanse::apps {
namespace {

struct AppListInput {};
HANSE_DESCRIBE(AppListInput, ())

struct FindingListInput {
  std::optional<std::string> app;
  bool open = false;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "open", .summary = "Only those that aren't over, the most severe first."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(FindingListInput, (app, open, cursor, limit))

Result<api::Page<Finding>> list_findings(const FindingBook& book, const FindingListInput& in) {
  api::Page<Finding> page;
  if (in.open) {  // Few, in memory, and with their newest sentence: one page.
    page.items = book.open(in.app.value_or(""));
    return page;
  }
  store::Query query{.kind = {}, .equal = {}, .descending = true, .cursor = in.cursor, .limit = in.limit};
  if (in.app) query.equal.push_back({"app", *in.app});
  HANSE_TRY(auto stored, book.list(std::move(query)));
  for (auto& item : stored.items) page.items.push_back(std::move(item.record.finding));
  page.next = std::move(stored.next);
  return page;
}

}  // namespace

std::vector<api::Route> Engine::routes() {
  std::vector<api::Route> out;
  out.push_back(api::route<AppListInput, api::Page<AppFigures>>(
      {api::Method::get, "/api/v1/apps", "The apps of this node and what they did since the start.", "apps.read"},
      [this](const AppListInput&, const api::Context&) -> Result<api::Page<AppFigures>> {
        return api::Page<AppFigures>{figures(), {}};
      }));
  out.push_back(api::route<FindingListInput, api::Page<Finding>>(
      {api::Method::get, "/api/v1/apps/findings", "What the apps found that a person should know.", "apps.read"},
      [this](const FindingListInput& in, const api::Context&) { return list_findings(findings_, in); }));
  for (auto& app : running_) {
    for (auto& route : app->app->routes()) {
      route.handle = [this, handle = std::move(route.handle)](const api::Request& request) {
        const std::lock_guard lock{apps_mutex_};
        return handle(request);
      };
      out.push_back(std::move(route));
    }
  }
  return out;
}

}  // namespace hanse::apps
