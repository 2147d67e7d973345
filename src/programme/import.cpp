#include "programme/import.hpp"

#include <map>

#include "ecosystem/import_rows.hpp"

namespace hanse::programme {
namespace {

/// Its own rules again, as cells of a CSV file are read one by one; then what it refers to.
template <class T>
std::vector<FieldError> wrong_in(Programme& programme, const T& record) {
  if (auto read = from_json<T>(to_json(record)); !read) return read.error().fields;
  auto wrong = programme.wrong_references(record);
  if (wrong) return *std::move(wrong);
  return {{"id", wrong.error().message}};
}

template <class T>
Result<ecosystem::ImportReport> import_kind(Programme& programme, const store::Actor& actor,
                                            const ImportRequest& request) {
  HANSE_TRY(const auto stored, programme.collection<T>().all());
  std::map<std::string, T, std::less<>> before;
  for (const auto& one : stored) before.emplace(one.record.id, one.record);
  HANSE_TRY(auto decided, ecosystem::decide_rows<T>(
                              request.body,
                              [&](std::string_view id) {
                                const auto found = before.find(id);
                                return found == before.end() ? nullptr : &found->second;
                              },
                              [](T&) {}, [&](const T& record) { return wrong_in(programme, record); }));
  if (!request.dry_run && decided.report.failed == 0) {
    HANSE_CHECK(programme.put_all(actor, decided.changed));
    decided.report.written = true;
  }
  return std::move(decided.report);
}

}  // namespace

Result<ecosystem::ImportReport> import(Programme& programme, const store::Actor& actor, const ImportRequest& request) {
  switch (request.kind) {
    case ImportKind::needs:
      return import_kind<Need>(programme, actor, request);
    case ImportKind::designs:
      return import_kind<Design>(programme, actor, request);
    case ImportKind::approvals:
      return import_kind<Approval>(programme, actor, request);
    case ImportKind::agreements:
      return import_kind<Agreement>(programme, actor, request);
  }
  return fail(ErrorCode::invalid, "nothing of this kind can be imported");
}

}  // namespace hanse::programme
