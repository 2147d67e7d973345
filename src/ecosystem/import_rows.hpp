#pragma once

#include <algorithm>
#include <unordered_map>

#include "base/csv.hpp"
#include "base/text_value.hpp"
#include "ecosystem/import.hpp"

// How a file of records becomes rows with a fate each; the same for every kind of record, here and in other rooms.

namespace hanse::ecosystem {

/// A spreadsheet runs what begins so, unless it is a number.
bool is_formula(std::string_view cell);
/// Counts fates; rows with errors come first, and at most `kImportRowsShown` stay.
void finish(ImportReport& report);

template <class T>
struct DecidedRows {
  ImportReport report;
  std::vector<T> changed;  ///< To be created or updated.
};

namespace rows {

template <class T>
struct Candidate {
  T record;
  ImportedRow row;
};

template <class T>
Result<void> check_columns(const CsvTable& table) {
  std::vector<std::string_view> known;
  describe::for_each_member(T{}, [&](std::string_view name, const auto&) { known.push_back(name); });
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const auto& name = table.header[i];
    if (std::find(known.begin(), known.end(), name) == known.end())
      errors.push_back({name, unknown_name("column", name, known)});
    const auto here = table.header.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(table.header.begin(), here, name) != here) errors.push_back({name, "stands in the header twice"});
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
    return fail(ErrorCode::invalid, "must have at most " + std::to_string(note.length_max) + " entries");
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
    row.errors.push_back({std::string{column}, std::string{"begins with '"} + cell.front() +
                                                   "', which a spreadsheet would run as a formula"});
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
Result<std::vector<Candidate<T>>> read_csv(std::string_view body, const auto& find) {
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  HANSE_CHECK(check_columns<T>(table));
  const auto id_column =
      static_cast<std::size_t>(std::find(table.header.begin(), table.header.end(), "id") - table.header.begin());
  std::vector<Candidate<T>> out;
  out.reserve(table.rows.size());
  for (const auto& line : table.rows) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    if (id_column < line.cells.size()) {
      if (const T* old = find(line.cells[id_column])) candidate.record = *old;
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
  if (root.size() > kImportRowsMax) {
    return fail(ErrorCode::too_large, "at most " + std::to_string(kImportRowsMax) + " records go into one file");
  }
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

}  // namespace rows

/// What would become of each row. `find(id)` is the record as it stands, or null; `prepare(record)` brings it into its
/// one form; `check(record)` gives what is wrong with it and, when nothing is, may note it for the rows after it.
/// Errors: `invalid` when the file as a whole can't be read; `too_large`.
template <class T>
Result<DecidedRows<T>> decide_rows(std::string_view body, const auto& find, const auto& prepare, const auto& check) {
  const auto text = trim(body);
  std::vector<rows::Candidate<T>> candidates;
  if (text.starts_with('[') || text.starts_with('{')) {
    HANSE_TRY(candidates, rows::read_json<T>(text));
  } else {
    HANSE_TRY(candidates, rows::read_csv<T>(body, find));
  }
  std::unordered_map<std::string, std::int64_t> seen;
  DecidedRows<T> out;
  for (auto& [record, row] : candidates) {
    prepare(record);
    row.id = record.id;
    if (const auto [first, fresh] = seen.emplace(row.id, row.line); !fresh)
      row.errors.push_back({"id", "stands in line " + std::to_string(first->second) + " already"});
    if (row.errors.empty()) {
      for (auto& error : check(record)) row.errors.push_back({std::move(error.path), std::move(error.message)});
    }
    if (!row.errors.empty()) {
      row.fate = RowFate::error;
    } else {
      const T* old = find(record.id);
      row.fate = !old ? RowFate::create : *old == record ? RowFate::unchanged : RowFate::update;
      if (row.fate != RowFate::unchanged) out.changed.push_back(std::move(record));
    }
    out.report.rows.push_back(std::move(row));
  }
  finish(out.report);
  return out;
}

}  // namespace hanse::ecosystem
