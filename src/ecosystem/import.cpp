#include "ecosystem/import.hpp"

#include <charconv>

#include "ecosystem/import_rows.hpp"

namespace hanse::ecosystem {
namespace {

bool is_number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

template <class T>
Result<ImportReport> import_kind(Ecosystem& ecosystem, const store::Actor& actor, const ImportRequest& request) {
  const auto before = ecosystem.records();
  Draft draft{*before};
  HANSE_TRY(auto decided, decide_rows<T>(
                              request.body, [&](std::string_view id) { return before->book<T>().find(id); },
                              [](T& record) { normalise(record); },
                              [&](const T& record) {
                                auto errors = draft.check(record);
                                if (errors.empty()) draft.apply(record);
                                return errors;
                              }));
  auto& report = decided.report;
  if (!request.dry_run && report.failed == 0) {
    HANSE_CHECK(ecosystem.put<T>(actor, std::move(decided.changed)));
    report.written = true;
  }
  return report;
}

}  // namespace

bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view{"=+-@\t\r"}.contains(cell.front()) && !is_number(cell);
}

void finish(ImportReport& report) {
  for (const auto& row : report.rows) {
    switch (row.fate) {
      case RowFate::create:
        ++report.created;
        break;
      case RowFate::update:
        ++report.updated;
        break;
      case RowFate::unchanged:
        ++report.unchanged;
        break;
      case RowFate::error:
        ++report.failed;
        break;
    }
  }
  std::stable_partition(report.rows.begin(), report.rows.end(),
                        [](const auto& row) { return row.fate == RowFate::error; });
  if (report.rows.size() > kImportRowsShown) report.rows.resize(kImportRowsShown);
}

Result<ImportReport> import(Ecosystem& ecosystem, const store::Actor& actor, const ImportRequest& request) {
  switch (request.kind) {
    case ImportKind::organisations:
      return import_kind<Organisation>(ecosystem, actor, request);
    case ImportKind::sites:
      return import_kind<Site>(ecosystem, actor, request);
    case ImportKind::capabilities:
      return import_kind<Capability>(ecosystem, actor, request);
    case ImportKind::certificates:
      return import_kind<Certificate>(ecosystem, actor, request);
    case ImportKind::capacities:
      return import_kind<CapacityCalendar>(ecosystem, actor, request);
    case ImportKind::people:
      return import_kind<Person>(ecosystem, actor, request);
    case ImportKind::relationships:
      return import_kind<Relationship>(ecosystem, actor, request);
  }
  return fail(ErrorCode::invalid, "nothing of this kind can be imported");
}

}  // namespace hanse::ecosystem
