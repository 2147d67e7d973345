#include "apps/scheduling/book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"
#include "base/text_value.hpp"

namespace hanse::apps::scheduling {
namespace {

constexpr std::size_t kRowsMax = 200'000;

/// Ids stand in URLs and file cells.
bool is_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
  });
}

/// The ledger's records of one kind, to change where the ledger is.
template <class T, class AnyLedger>
auto& records_of(AnyLedger& ledger) {
  if constexpr (std::is_same_v<T, ProductionOrder>) return (ledger.orders);
  if constexpr (std::is_same_v<T, Routing>) return (ledger.routings);
  if constexpr (std::is_same_v<T, ChangeOverMatrix>) return (ledger.change_overs);
  if constexpr (std::is_same_v<T, MaintenanceWindow>) return (ledger.maintenance);
  if constexpr (std::is_same_v<T, Operator>) return (ledger.operators);
  if constexpr (std::is_same_v<T, Absence>) return (ledger.absences);
  if constexpr (std::is_same_v<T, MaterialArrival>) return (ledger.arrivals);
  if constexpr (std::is_same_v<T, TransportNetwork>) return (ledger.transport);
  if constexpr (std::is_same_v<T, EnergyTariff>) return (ledger.tariffs);
}

template <class T>
std::vector<FieldError> check_with_id(const plant::Records& plant, const Ledger& ledger, const T& record) {
  auto errors = check(plant, ledger, record);
  if (!is_id(record.id))
    errors.insert(errors.begin(), {"id", "must be letters, digits, dots, hyphens and underscores"});
  return errors;
}

/// What needs the record, as in `open order 'A'`; empty for nothing.
template <class T>
std::string needed_by(const Ledger& ledger, const std::string& id) {
  if constexpr (std::is_same_v<T, Routing>) {
    for (const auto& [key, order] : ledger.orders) {
      if (order.status == OrderStatus::open && order.routing == id) return fmt::format("open order '{}'", key);
    }
  } else if constexpr (std::is_same_v<T, Operator>) {
    for (const auto& [key, absence] : ledger.absences) {
      if (absence.person == id) return fmt::format("absence '{}'", key);
    }
  } else if constexpr (std::is_same_v<T, ProductionOrder>) {
    for (const auto& [key, arrival] : ledger.arrivals) {
      if (arrival.order == id) return fmt::format("material arrival '{}'", key);
    }
  }
  return {};
}

/// What a changed record means to the schedule, as its next version will say why it came.
template <class T>
std::string sentence_of(const Ledger& ledger, const T& record) {
  if constexpr (std::is_same_v<T, Absence>) {
    const auto person = ledger.operators.find(record.person);
    const auto& name =
        person == ledger.operators.end() || person->second.name.empty() ? record.person : person->second.name;
    return with_reason(fmt::format("{} is absent until {}", name, to_string(record.end)), record.reason);
  } else if constexpr (std::is_same_v<T, MaterialArrival>) {
    return with_reason(fmt::format("{} of order {} comes at {}", record.material.empty() ? "material" : record.material,
                                   record.order, to_string(record.at)),
                       record.reason);
  } else if constexpr (std::is_same_v<T, TransportNetwork>) {
    if (record.out_of_service > 0) {
      return with_reason(fmt::format("{} of {} vehicles out of service", record.out_of_service, record.vehicles),
                         record.reason);
    }
  } else if constexpr (std::is_same_v<T, EnergyTariff>) {
    return with_reason("energy has other prices", record.reason);
  }
  return fmt::format("{} {} changed", KindOf<T>::word, record.id);
}

template <class T>
struct Candidate {
  T record;
  plant::ImportRow row;
};

void note(plant::ImportRow& row, const std::vector<FieldError>& errors) {
  for (const auto& error : errors) row.errors.push_back({error.path, error.message});
}

template <class T>
Result<std::vector<Candidate<T>>> read_json_records(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto list = document.root();
  if (list.kind() != JsonRef::Kind::array)
    return fail(ErrorCode::invalid, fmt::format("the file must be a JSON list of {}", KindOf<T>::plural));
  if (list.size() > kRowsMax)
    return fail(ErrorCode::too_large, fmt::format("a file may have at most {} rows", kRowsMax));
  std::vector<Candidate<T>> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(i) + 1}};
    auto record = from_json<T>(list.element(i));
    if (record) {
      candidate.record = *std::move(record);
    } else {
      note(candidate.row, record.error().fields);
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

template <class T>
Result<void> check_columns(const CsvTable& table) {
  std::vector<std::string_view> known;
  describe::for_each_member(T{}, [&](std::string_view name, const auto&) { known.push_back(name); });
  std::vector<FieldError> errors;
  for (const auto& column : table.header) {
    if (std::find(known.begin(), known.end(), column) == known.end()) {
      errors.push_back({column, unknown_name("column", column, known)});
    }
  }
  if (errors.empty()) return {};
  return fail(ErrorCode::invalid, "the file has columns that aren't known", std::move(errors));
}

/// Cells change what is there already; an empty cell leaves it.
template <class T>
Result<std::vector<Candidate<T>>> read_csv_records(const Ledger& ledger, std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kRowsMax));
  HANSE_CHECK(check_columns<T>(table));
  const auto id_column = std::find(table.header.begin(), table.header.end(), "id") - table.header.begin();
  const auto& records = records_of<T>(ledger);
  std::vector<Candidate<T>> out;
  for (const auto& line : table.rows) {
    Candidate<T> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    if (static_cast<std::size_t>(id_column) < line.cells.size()) {
      const auto known = records.find(line.cells[static_cast<std::size_t>(id_column)]);
      if (known != records.end()) candidate.record = known->second;
    }
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      if (line.cells[i].empty()) continue;
      describe::for_each_member(candidate.record, [&](std::string_view name, auto& member) {
        if (name != table.header[i]) return;
        const auto set = parse_text(line.cells[i], member, describe::note_of<T>(name));
        if (!set) candidate.row.errors.push_back({std::string{name}, set.error().message});
      });
    }
    if (candidate.row.errors.empty()) {
      if (const auto checked = from_json<T>(to_json(candidate.record)); !checked)
        note(candidate.row, checked.error().fields);
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

void count(plant::ImportReport& report) {
  for (auto& row : report.rows) {
    if (!row.errors.empty()) row.fate = plant::Fate::error;
    report.created += row.fate == plant::Fate::create ? 1 : 0;
    report.updated += row.fate == plant::Fate::update ? 1 : 0;
    report.unchanged += row.fate == plant::Fate::unchanged ? 1 : 0;
    report.failed += row.fate == plant::Fate::error ? 1 : 0;
  }
}

}  // namespace

Book::Book(store::Store& store, plant::Plant& plant)
    : store_(store),
      plant_(plant),
      orders_(store, std::string{KindOf<ProductionOrder>::store}),
      routings_(store, std::string{KindOf<Routing>::store}),
      change_overs_(store, std::string{KindOf<ChangeOverMatrix>::store}),
      maintenance_(store, std::string{KindOf<MaintenanceWindow>::store}),
      operators_(store, std::string{KindOf<Operator>::store}),
      absences_(store, std::string{KindOf<Absence>::store}),
      arrivals_(store, std::string{KindOf<MaterialArrival>::store}),
      transport_(store, std::string{KindOf<TransportNetwork>::store}),
      tariffs_(store, std::string{KindOf<EnergyTariff>::store}) {}

Result<std::unique_ptr<Book>> Book::open(store::Store& store, plant::Plant& plant) {
  auto book = std::make_unique<Book>(store, plant);
  Ledger ledger;
  HANSE_CHECK(book->load<ProductionOrder>(ledger));
  HANSE_CHECK(book->load<Routing>(ledger));
  HANSE_CHECK(book->load<ChangeOverMatrix>(ledger));
  HANSE_CHECK(book->load<MaintenanceWindow>(ledger));
  HANSE_CHECK(book->load<Operator>(ledger));
  HANSE_CHECK(book->load<Absence>(ledger));
  HANSE_CHECK(book->load<MaterialArrival>(ledger));
  HANSE_CHECK(book->load<TransportNetwork>(ledger));
  HANSE_CHECK(book->load<EnergyTariff>(ledger));
  book->publish(std::make_shared<const Ledger>(std::move(ledger)));
  return book;
}

template <>
const store::Collection<ProductionOrder>& Book::collection() const {
  return orders_;
}
template <>
const store::Collection<Routing>& Book::collection() const {
  return routings_;
}
template <>
const store::Collection<ChangeOverMatrix>& Book::collection() const {
  return change_overs_;
}
template <>
const store::Collection<MaintenanceWindow>& Book::collection() const {
  return maintenance_;
}
template <>
const store::Collection<Operator>& Book::collection() const {
  return operators_;
}
template <>
const store::Collection<Absence>& Book::collection() const {
  return absences_;
}
template <>
const store::Collection<MaterialArrival>& Book::collection() const {
  return arrivals_;
}
template <>
const store::Collection<TransportNetwork>& Book::collection() const {
  return transport_;
}
template <>
const store::Collection<EnergyTariff>& Book::collection() const {
  return tariffs_;
}

template <class T>
Result<void> Book::load(Ledger& ledger) {
  HANSE_TRY(auto all, collection<T>().all());
  for (auto& stored : all) apply(ledger, stored.record);
  return {};
}

std::shared_ptr<const Ledger> Book::ledger() const {
  const std::lock_guard lock{mutex_};
  return ledger_;
}

void Book::publish(std::shared_ptr<const Ledger> ledger) {
  const std::lock_guard lock{mutex_};
  ledger_ = std::move(ledger);
}

template <class T>
Result<std::int64_t> Book::put(const store::Actor& actor, const std::vector<T>& records,
                               std::optional<std::int64_t> expected) {
  if (records.empty()) return 0;
  {
    const std::lock_guard lock{write_mutex_};
    auto next = std::make_shared<Ledger>(*ledger());
    const auto plant = plant_.records();
    for (const auto& record : records) {
      auto errors = check_with_id(*plant, *next, record);
      if (!errors.empty()) {
        return fail(ErrorCode::invalid, fmt::format("the {} '{}' is wrong", KindOf<T>::word, record.id),
                    std::move(errors));
      }
      apply(*next, record);
    }
    std::int64_t version = 0;
    HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
      for (const auto& record : records) {
        HANSE_TRY(version, collection<T>().put(transaction, record, expected));
      }
      return {};
    }));
    publish(std::move(next));
    if (!listener_) return version;
    const auto what = records.size() == 1 ? sentence_of(*ledger(), records.front())
                                          : fmt::format("{} {} changed", records.size(), KindOf<T>::plural);
    listener_(what, KindOf<T>::cause);
    return version;
  }
}

template <class T>
Result<void> Book::remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  auto next = std::make_shared<Ledger>(*ledger());
  if (const auto user = needed_by<T>(*next, id); !user.empty()) {
    return fail(ErrorCode::conflict, fmt::format("the {} needs the {} '{}'", user, KindOf<T>::word, id));
  }
  HANSE_CHECK(collection<T>().remove(actor, id, expected));
  records_of<T>(*next).erase(id);
  publish(std::move(next));
  if (listener_) listener_(fmt::format("{} {} is gone", KindOf<T>::word, id), KindOf<T>::cause);
  return {};
}

template <class T>
Result<plant::ImportReport> Book::import(const store::Actor& actor, std::string_view body, bool dry_run) {
  const auto before = ledger();
  const auto text = trim(body);
  const bool json = !text.empty() && (text.front() == '[' || text.front() == '{');
  HANSE_TRY(auto candidates, json ? read_json_records<T>(body) : read_csv_records<T>(*before, body));
  const auto plant = plant_.records();
  Ledger after = *before;
  std::map<std::string, std::int64_t> seen;
  std::vector<T> changed;
  plant::ImportReport report;
  for (auto& [record, row] : candidates) {
    row.id = record.id;
    const auto [first, fresh] = seen.emplace(record.id, row.line);
    if (!fresh && row.errors.empty())
      row.errors.push_back({"id", fmt::format("stands in line {} already", first->second)});
    if (row.errors.empty()) note(row, check_with_id(*plant, after, record));
    if (row.errors.empty()) {
      const auto& known = records_of<T>(*before);
      const auto old = known.find(record.id);
      row.fate = old == known.end()      ? plant::Fate::create
                 : old->second == record ? plant::Fate::unchanged
                                         : plant::Fate::update;
      apply(after, record);
      if (row.fate != plant::Fate::unchanged) changed.push_back(record);
    }
    report.rows.push_back(row);
  }
  count(report);
  if (dry_run || report.failed > 0) return report;
  HANSE_CHECK(put<T>(actor, changed));
  report.written = true;
  return report;
}

// Each kind of record once.
#define HANSE_LEDGER_KIND(T)                                                                                        \
  template Result<std::int64_t> Book::put(const store::Actor&, const std::vector<T>&, std::optional<std::int64_t>); \
  template Result<void> Book::remove<T>(const store::Actor&, const std::string&, std::optional<std::int64_t>);      \
  template Result<plant::ImportReport> Book::import <T>(const store::Actor&, std::string_view, bool);
HANSE_LEDGER_KIND(ProductionOrder)
HANSE_LEDGER_KIND(Routing)
HANSE_LEDGER_KIND(ChangeOverMatrix)
HANSE_LEDGER_KIND(MaintenanceWindow)
HANSE_LEDGER_KIND(Operator)
HANSE_LEDGER_KIND(Absence)
HANSE_LEDGER_KIND(MaterialArrival)
HANSE_LEDGER_KIND(TransportNetwork)
HANSE_LEDGER_KIND(EnergyTariff)
#undef HANSE_LEDGER_KIND

}  // namespace hanse::apps::scheduling
