#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/csv.hpp"
#include "base/text_value.hpp"
#include "plant/import.hpp"

namespace hanse::plant::internal {

/// A record with its row, while an import is being decided.
template <class T>
struct Candidate {
  T record;
  ImportRow row;
};

inline void note_errors(ImportRow& row, const std::vector<FieldError>& errors) {
  for (const auto& error : errors) row.errors.push_back({error.path, error.message});
  if (!row.errors.empty()) row.fate = Fate::error;
}

/// `cnc=42 press-4=12.5`, in seconds.
inline bool parse_cycles(std::string_view text, std::map<std::string, double>& out) {
  std::map<std::string, double> read;
  for (auto part : split(text, ' ')) {
    part = trim(part);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return false;
    const auto number = part.substr(equals + 1);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size()) return false;
    read[std::string{part.substr(0, equals)}] = value;
  }
  out = std::move(read);
  return true;
}

/// Sets the member that the column names; an empty cell leaves it as it is.
template <class T>
void set_column(T& record, std::string_view column, const std::string& cell, ImportRow& row) {
  if (cell.empty()) return;
  describe::for_each_member(record, [&](std::string_view name, auto& member) {
    if (name != column) return;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, std::map<std::string, double>>) {
      if (!parse_cycles(cell, member)) row.errors.push_back({std::string{name}, "must be like 'cnc=42 press-4=12.5'"});
    } else {
      const auto set = parse_text(cell, member, describe::note_of<T>(name));
      if (!set) row.errors.push_back({std::string{name}, set.error().message});
    }
  });
}

template <class T>
std::vector<std::string_view> column_names() {
  std::vector<std::string_view> names;
  T record{};
  describe::for_each_member(record, [&](std::string_view name, auto&) { names.push_back(name); });
  return names;
}

/// Errors: `invalid`, naming each column that nobody knows.
inline Result<void> check_columns(const CsvTable& table, const std::vector<std::string_view>& known) {
  std::vector<FieldError> errors;
  for (const auto& column : table.header) {
    if (std::find(known.begin(), known.end(), column) == known.end()) {
      errors.push_back({column, unknown_name("column", column, known)});
    }
  }
  if (errors.empty()) return {};
  return fail(ErrorCode::invalid, "the file has columns that aren't known", std::move(errors));
}

/// The elements of a JSON list as candidates; a wrong element is a wrong row, not a wrong file.
template <class T>
Result<std::vector<Candidate<T>>> read_json(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto list = document.root();
  if (list.kind() != JsonRef::Kind::array) return fail(ErrorCode::invalid, "the file must be a JSON list");
  if (list.size() > kImportRowsMax) {
    return fail(ErrorCode::too_large, "a file may have at most " + std::to_string(kImportRowsMax) + " rows");
  }
  std::vector<Candidate<T>> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(i) + 1}};
    auto record = from_json<T>(list.element(i));
    if (record) {
      candidate.record = *std::move(record);
    } else {
      note_errors(candidate.row, record.error().fields);
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

/// Runs the record's own checks (required fields, lengths, `validate`) over one that came from cells.
template <class T>
void check_record(const T& record, ImportRow& row) {
  if (!row.errors.empty()) return;
  if (const auto checked = from_json<T>(to_json(record)); !checked) note_errors(row, checked.error().fields);
}

inline void count(ImportReport& report) {
  for (auto& row : report.rows) {
    if (!row.errors.empty()) row.fate = Fate::error;
    switch (row.fate) {
      case Fate::create:
        ++report.created;
        break;
      case Fate::update:
        ++report.updated;
        break;
      case Fate::unchanged:
        ++report.unchanged;
        break;
      case Fate::error:
        ++report.failed;
        break;
    }
  }
  std::stable_sort(report.rows.begin(), report.rows.end(),
                   [](const ImportRow& a, const ImportRow& b) { return a.line < b.line; });
}

/// The asset that a cell means: by id, else by its name when only one has it.
const Asset* find_asset(const Records& records, const std::string& text);

Result<ImportReport> import_machines(Plant& plant, const store::Actor& actor, const ImportRequest& request,
                                     const MachineConnector& connect);
Result<ImportReport> import_signals(Plant& plant, const store::Actor& actor, const ImportRequest& request);

}  // namespace hanse::plant::internal
