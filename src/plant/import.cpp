#include "plant/import.hpp"

#include "plant/internal/import_rows.hpp"

namespace hanse::plant {
namespace {

using internal::Candidate;

const std::string& id_of(const Asset& asset) { return asset.id.value; }
const std::string& id_of(const auto& record) { return record.id; }

const Asset* existing(const Records& records, const Asset& asset) { return records.asset(asset.id); }
template <class T>
const T* look_up(const std::map<std::string, T>& records, const std::string& id) {
  const auto found = records.find(id);
  return found == records.end() ? nullptr : &found->second;
}
const Product* existing(const Records& records, const Product& product) {
  return look_up(records.products, product.id);
}
const Calendar* existing(const Records& records, const Calendar& calendar) {
  return look_up(records.calendars, calendar.id);
}
const ReasonCode* existing(const Records& records, const ReasonCode& reason) {
  return look_up(records.reasons, reason.id);
}

bool is_json(std::string_view body) {
  const auto text = trim(body);
  return !text.empty() && (text.front() == '[' || text.front() == '{');
}

/// One row is one record; cells change what is there already.
template <class T>
Result<std::vector<Candidate<T>>> read_csv(const Records& records, std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  HANSE_CHECK(internal::check_columns(table, internal::column_names<T>()));
  std::vector<Candidate<T>> out;
  for (const auto& line : table.rows) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      if (table.header[i] == "id") internal::set_column(candidate.record, "id", line.cells[i], candidate.row);
    }
    if (const auto* old = existing(records, candidate.record)) candidate.record = *old;
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      internal::set_column(candidate.record, table.header[i], line.cells[i], candidate.row);
    }
    internal::check_record(candidate.record, candidate.row);
    out.push_back(std::move(candidate));
  }
  return out;
}

/// `09:00-09:15 12:00-12:30`
bool parse_pauses(std::string_view text, std::vector<Pause>& out) {
  for (const auto part : split(text, ' ')) {
    if (trim(part).empty()) continue;
    const auto dash = part.find('-');
    if (dash == std::string_view::npos) return false;
    out.push_back({std::string{part.substr(0, dash)}, std::string{part.substr(dash + 1)}});
  }
  return true;
}

/// A row of a calendar file: a shift of the pattern, or (with `date`) a shift or day off of that date.
struct CalendarRow {
  std::string id, name, time_zone, shift, days, begin, end, breaks, date, until;
};
HANSE_DESCRIBE(CalendarRow, (id, name, time_zone, shift, days, begin, end, breaks, date, until))

void add_shift(Calendar& calendar, const CalendarRow& cells, ImportRow& row) {
  ShiftRule shift{.name = cells.shift, .days = {}, .begin = cells.begin, .end = cells.end, .breaks = {}};
  std::string names = cells.days;
  std::replace(names.begin(), names.end(), ' ', ',');
  if (const auto read = parse_text(names, shift.days); !read) row.errors.push_back({"days", read.error().message});
  if (!parse_pauses(cells.breaks, shift.breaks)) {
    row.errors.push_back({"breaks", "must be like '09:00-09:15 12:00-12:30'"});
  }
  if (cells.date.empty()) {
    calendar.shifts.push_back(std::move(shift));
    return;
  }
  auto& exceptions = calendar.exceptions;
  if (exceptions.empty() || exceptions.back().first != cells.date) {
    exceptions.push_back({.name = cells.shift, .first = cells.date, .last = cells.until, .shifts = {}});
  }
  if (!cells.begin.empty()) exceptions.back().shifts.push_back(std::move(shift));
}

/// One row is one shift; rows of one id follow each other or not, and replace the calendar that is there.
Result<std::vector<Candidate<Calendar>>> read_calendar_csv(std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  HANSE_CHECK(internal::check_columns(table, internal::column_names<CalendarRow>()));
  std::vector<Candidate<Calendar>> out;
  std::map<std::string, std::size_t> places;
  for (const auto& line : table.rows) {
    CalendarRow cells;
    ImportRow row{.line = static_cast<std::int64_t>(line.line)};
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      internal::set_column(cells, table.header[i], line.cells[i], row);
    const auto [place, fresh] = places.emplace(cells.id, out.size());
    if (fresh) out.push_back({.record = {.id = cells.id}, .row = row});
    auto& candidate = out[place->second];
    if (!cells.name.empty()) candidate.record.name = cells.name;
    if (!cells.time_zone.empty()) candidate.record.time_zone = cells.time_zone;
    add_shift(candidate.record, cells, candidate.row);
  }
  for (auto& candidate : out) internal::check_record(candidate.record, candidate.row);
  return out;
}

/// Parents first, whatever the order in the file.
template <class T>
void sort_for_writing(std::vector<Candidate<T>>& candidates) {
  if constexpr (std::is_same_v<T, Asset>) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.record.level < b.record.level; });
  }
}

template <class T>
Result<ImportReport> import_records(Plant& plant, const store::Actor& actor, std::vector<Candidate<T>> candidates,
                                    bool dry_run) {
  const auto before = plant.records();
  Records after = *before;
  std::map<std::string, std::int64_t> seen;
  sort_for_writing(candidates);
  ImportReport report;
  std::vector<T> changed;
  for (auto& [record, row] : candidates) {
    row.id = id_of(record);
    const auto [first, fresh] = seen.emplace(row.id, row.line);
    if (!fresh) row.errors.push_back({"id", "stands in line " + std::to_string(first->second) + " already"});
    if (row.errors.empty()) internal::note_errors(row, check(after, record));
    if (row.errors.empty()) {
      const auto* old = existing(*before, record);
      row.fate = !old ? Fate::create : *old == record ? Fate::unchanged : Fate::update;
      apply(after, record);
      if (row.fate != Fate::unchanged) changed.push_back(record);
    }
    report.rows.push_back(row);
  }
  internal::count(report);
  if (!dry_run && report.failed == 0) {
    HANSE_CHECK(plant.put<T>(actor, changed));
    report.written = true;
  }
  return report;
}

template <class T>
Result<ImportReport> import_kind(Plant& plant, const store::Actor& actor, const ImportRequest& request) {
  const auto records = plant.records();
  if (is_json(request.body)) {
    HANSE_TRY(auto candidates, internal::read_json<T>(request.body));
    return import_records<T>(plant, actor, std::move(candidates), request.dry_run);
  }
  if constexpr (std::is_same_v<T, Calendar>) {
    HANSE_TRY(auto candidates, read_calendar_csv(request.body));
    return import_records<T>(plant, actor, std::move(candidates), request.dry_run);
  } else {
    HANSE_TRY(auto candidates, read_csv<T>(*records, request.body));
    return import_records<T>(plant, actor, std::move(candidates), request.dry_run);
  }
}

}  // namespace

namespace internal {

const Asset* find_asset(const Records& records, const std::string& text) {
  if (const auto* by_id = records.asset(AssetId{text})) return by_id;
  const Asset* found = nullptr;
  for (const auto& [id, asset] : records.assets) {
    if (asset.name != text) continue;
    if (found) return nullptr;
    found = &asset;
  }
  return found;
}

}  // namespace internal

Result<ImportReport> import(Plant& plant, const store::Actor& actor, const ImportRequest& request,
                            const MachineConnector& connect) {
  switch (request.kind) {
    case ImportKind::assets:
      return import_kind<Asset>(plant, actor, request);
    case ImportKind::products:
      return import_kind<Product>(plant, actor, request);
    case ImportKind::calendars:
      return import_kind<Calendar>(plant, actor, request);
    case ImportKind::reasons:
      return import_kind<ReasonCode>(plant, actor, request);
    case ImportKind::signals:
      return internal::import_signals(plant, actor, request);
    case ImportKind::machines:
      return internal::import_machines(plant, actor, request, connect);
  }
  return fail(ErrorCode::invalid, "nothing of this kind can be imported");
}

}  // namespace hanse::plant
