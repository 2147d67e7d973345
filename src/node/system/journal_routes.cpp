#include "node/system/journal_routes.hpp"

#include <fmt/format.h>

#include <limits>

namespace hanse::node {
namespace {

struct JournalQuery {
  std::string actor;
  std::string kind;
  std::string id;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "actor", .summary = "Only of this actor, as in user:anna."},
                      FieldNote{.field = "kind", .summary = "Only of this kind of record."},
                      FieldNote{.field = "id", .summary = "Only of this record."},
                      FieldNote{.field = "limit", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(JournalQuery, (actor, kind, id, cursor, limit))

struct JournalItem {
  std::int64_t sequence = 0;
  Timestamp time;
  std::string actor, action, kind, id;
  std::int64_t version = 0;
  RawJson detail;
  std::string hash;
};
HANSE_DESCRIBE(JournalItem, (sequence, time, actor, action, kind, id, version, detail, hash))

struct JournalVerdict {
  bool intact = false;
  std::int64_t checked = 0;
  std::string message;
};
HANSE_DESCRIBE(JournalVerdict, (intact, checked, message))
struct VerifyInput {};
HANSE_DESCRIBE(VerifyInput, ())

constexpr std::int64_t kScanBatch = 1000;
// A filter that matches nothing must not walk a journal of years: the page comes back short, with a cursor.
constexpr std::int64_t kScannedMax = 50'000;

bool matches(const store::JournalEntry& entry, const JournalQuery& query) {
  return (query.actor.empty() || entry.actor == query.actor) && (query.kind.empty() || entry.kind == query.kind) &&
         (query.id.empty() || entry.id == query.id);
}

Result<api::Page<JournalItem>> list_journal(store::Store& store, const JournalQuery& query) {
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (query.cursor && !parse_text(*query.cursor, before)) {
    return fail(ErrorCode::invalid, "the request has wrong parameters", {{"cursor", "is not one that a page gave"}});
  }
  api::Page<JournalItem> page;
  for (std::int64_t scanned = 0; scanned < kScannedMax;) {
    HANSE_TRY(const auto entries, store.journal(before, kScanBatch, true));
    for (const auto& entry : entries) {
      before = entry.sequence;
      if (!matches(entry, query)) continue;
      page.items.push_back({entry.sequence, entry.time, entry.actor, entry.action, entry.kind, entry.id, entry.version,
                            RawJson{entry.detail}, entry.hash});
      if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
        page.next = std::to_string(before);
        return page;
      }
    }
    if (static_cast<std::int64_t>(entries.size()) < kScanBatch) return page;
    scanned += static_cast<std::int64_t>(entries.size());
  }
  page.next = std::to_string(before);
  return page;
}

}  // namespace

std::vector<api::Route> journal_routes(store::Store& store) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<JournalQuery, api::Page<JournalItem>>(
      {.path = "/api/v1/journal", .summary = "Who changed what, newest first.", .permission = "journal.read"},
      [&store](const JournalQuery& query, const api::Context&) { return list_journal(store, query); }));
  routes.push_back(api::route<VerifyInput, JournalVerdict>(
      {.path = "/api/v1/journal/verify",
       .summary = "Walks the journal's whole chain and says whether it is intact.",
       .permission = "journal.read"},
      [&store](const VerifyInput&, const api::Context&) -> Result<JournalVerdict> {
        const auto checked = store.verify_journal();
        if (checked)
          return JournalVerdict{true, *checked, fmt::format("{} entries, each fits the one before", *checked)};
        if (checked.error().code != ErrorCode::corrupt) return Error{checked.error()};
        return JournalVerdict{false, 0, checked.error().message};
      }));
  return routes;
}

}  // namespace hanse::node
