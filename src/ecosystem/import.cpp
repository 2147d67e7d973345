#include "ecosystem/import.hpp"

#include <fmt/format.h>
#include <charconv>

#include "base/csv.hpp"
#include "base/text_value.hpp"

namespace hanse::ecosystem {
namespace {

template <class T>
struct Candidate {
  T record;
  ImportedRow row;
};

bool is_number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// A spreadsheet runs what begins so.
bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view{"=+-@\t\r"}.contains(cell.front()) && !is_number(cell);
}

template <class T>
std::vector<std::string_view> columns_of() {
  std::vector<std::string_view> names;
  T record{};
  describe::for_each_member(record, [&](std::string_view name, const auto&) { names.push_back(name); });
  return names;
}

template <class T>
Result<void> check_columns(const CsvTable& table) {
  const auto known = columns_of<T>();
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const auto& name = table.header[i];
    if (std::find(known.begin(), known.end(), name) == known.end())
      errors.push_back({name, unknown_name("column", name, known)});
    if (std::find(table.header.begin(), table.header.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        table.header.begin() + static_cast<std::ptrdiff_t>(i)) {
      errors.push_back({name, "stands in the header twice"});
    }
  }
  if (std::find(table.header.begin(), table.header.end(), "id") == table.header.end())
    errors.push_back({"id", "is required as a column"});
  if (!errors.empty()) return fail(ErrorCode::invalid, "the header line is wrong", std::move(errors));
  return {};
}

template <class Member>
Result<void> set_json(Member& member, const std::string& cell, const FieldNote& note) {
  HANSE_TRY(const auto document, JsonDocument::parse(cell));
  HANSE_TRY(member, from_json<Member>(document.root()));
  if (member.size() > note.length_max)
    return fail(ErrorCode::invalid, fmt::format("must have at most {} entries", note.length_max));
  return {};
}

/// Lists of records are JSON in their cell; everything else is as in a query parameter.
template <class Member>
Result<void> set_cell(Member& member, const std::string& cell, const FieldNote& note) {
  if constexpr (!json::is_vector<Member>::value) {
    return parse_text(cell, member, note);
  } else if constexpr (DescribedRecord<typename Member::value_type>) {
    return set_json(member, cell, note);
  } else {
    return cell.starts_with('[') ? set_json(member, cell, note) : parse_text(cell, member, note);
  }
}

template <class T>
void set_column(T& record, std::string_view column, const std::string& cell, ImportedRow& row) {
  if (cell.empty()) return;
  if (is_formula(cell)) {
    row.errors.push_back({std::string{column},
                          fmt::format("begins with '{}', which a spreadsheet would run as a formula", cell.front())});
    return;
  }
  describe::for_each_member(record, [&](std::string_view name, auto& member) {
    if (name != column) return;
    if (const auto set = set_cell(member, cell, describe::note_of<T>(name)); !set) {
      std::string message = set.error().message;
      for (const auto& field : set.error().fields) message += "; " + field.path + " " + field.message;
      row.errors.push_back({std::string{name}, std::move(message)});
    }
  });
}

template <class T>
void check_required(const T& record, ImportedRow& row) {
  describe::for_each_member(record, [&](std::string_view name, const auto& member) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::string>) {
      if (!describe::note_of<T>(name).required || !member.empty()) return;
      row.errors.push_back({std::string{name}, "is required"});
    }
  });
}

template <class T>
Result<std::vector<Candidate<T>>> read_csv(const Records& records, std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  HANSE_CHECK(check_columns<T>(table));
  const auto id_column =
      static_cast<std::size_t>(std::find(table.header.begin(), table.header.end(), "id") - table.header.begin());
  std::vector<Candidate<T>> out;
  out.reserve(table.rows.size());
  for (const auto& line : table.rows) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    if (id_column < line.cells.size()) {
      if (const auto* old = records.book<T>().find(line.cells[id_column])) candidate.record = *old;
    }
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      set_column(candidate.record, table.header[i], line.cells[i], candidate.row);
    check_required(candidate.record, candidate.row);
    out.push_back(std::move(candidate));
  }
  return out;
}

template <class T>
Result<std::vector<Candidate<T>>> read_json(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto root = document.root();
  if (root.kind() != JsonRef::Kind::array) return fail(ErrorCode::invalid, "the file must be a JSON list of records");
  if (root.size() > kImportRowsMax)
    return fail(ErrorCode::too_large, fmt::format("at most {} records go into one file", kImportRowsMax));
  std::vector<Candidate<T>> out;
  for (std::size_t i = 0; i < root.size(); ++i) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(i) + 1}};
    JsonReader reader{UnknownMembers::refuse};
    reader.read(root.element(i), candidate.record);
    for (auto& error : reader.take_errors())
      candidate.row.errors.push_back({std::move(error.path), std::move(error.message)});
    out.push_back(std::move(candidate));
  }
  return out;
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

template <class T>
Result<ImportReport> import_kind(Ecosystem& ecosystem, const store::Actor& actor, const ImportRequest& request) {
  const auto before = ecosystem.records();
  const auto body = trim(request.body);
  std::vector<Candidate<T>> candidates;
  if (body.starts_with('[') || body.starts_with('{')) {
    HANSE_TRY(candidates, read_json<T>(body));
  } else {
    HANSE_TRY(candidates, read_csv<T>(*before, request.body));
  }
  Draft draft{*before};
  std::unordered_map<std::string, std::int64_t> seen;
  std::vector<T> changed;
  ImportReport report;
  for (auto& [record, row] : candidates) {
    normalise(record);
    row.id = record.id;
    if (const auto [first, fresh] = seen.emplace(row.id, row.line); !fresh) {
      row.errors.push_back({"id", fmt::format("stands in line {} already", first->second)});
    }
    if (row.errors.empty()) {
      for (auto& error : draft.check(record)) row.errors.push_back({std::move(error.path), std::move(error.message)});
    }
    if (!row.errors.empty()) {
      row.fate = RowFate::error;
    } else {
      const auto* old = before->book<T>().find(record.id);
      row.fate = !old ? RowFate::create : *old == record ? RowFate::unchanged : RowFate::update;
      draft.apply(record);
      if (row.fate != RowFate::unchanged) changed.push_back(record);
    }
    report.rows.push_back(std::move(row));
  }
  finish(report);
  if (!request.dry_run && report.failed == 0) {
    HANSE_CHECK(ecosystem.put<T>(actor, std::move(changed)));
    report.written = true;
  }
  return report;
}

}  // namespace

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
