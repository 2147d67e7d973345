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

template <class T>
std::map<std::string, T>& records_of(Ledger& ledger);
template <>
std::map<std::string, ProductionOrder>& records_of(Ledger& ledger) {
  return ledger.orders;
}
template <>
std::map<std::string, Routing>& records_of(Ledger& ledger) {
  return ledger.routings;
}
template <>
std::map<std::string, ChangeOverMatrix>& records_of(Ledger& ledger) {
  return ledger.change_overs;
}
template <>
std::map<std::string, MaintenanceWindow>& records_of(Ledger& ledger) {
  return ledger.maintenance;
}

template <class T>
std::vector<FieldError> check_with_id(const plant::Records& plant, const Ledger& ledger, const T& record) {
  auto errors = check(plant, ledger, record);
  if (!is_id(record.id))
    errors.insert(errors.begin(), {"id", "must be letters, digits, dots, hyphens and underscores"});
  return errors;
}

/// Which open order needs the record; empty for none.
template <class T>
std::string needed_by(const Ledger& ledger, const std::string& id) {
  if constexpr (std::is_same_v<T, Routing>) {
    for (const auto& [key, order] : ledger.orders) {
      if (order.status == OrderStatus::open && order.routing == id) return key;
    }
  }
  return {};
}

struct Candidate {
  ProductionOrder order;
  plant::ImportRow row;
};

void note(plant::ImportRow& row, const std::vector<FieldError>& errors) {
  for (const auto& error : errors) row.errors.push_back({error.path, error.message});
}

Result<std::vector<Candidate>> read_json_orders(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto list = document.root();
  if (list.kind() != JsonRef::Kind::array) return fail(ErrorCode::invalid, "the file must be a JSON list of orders");
  if (list.size() > kRowsMax)
    return fail(ErrorCode::too_large, fmt::format("a file may have at most {} rows", kRowsMax));
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Candidate candidate{.order = {}, .row = {.line = static_cast<std::int64_t>(i) + 1}};
    auto record = from_json<ProductionOrder>(list.element(i));
    if (record) {
      candidate.order = *std::move(record);
    } else {
      note(candidate.row, record.error().fields);
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

Result<void> check_columns(const CsvTable& table) {
  std::vector<std::string_view> known;
  describe::for_each_member(ProductionOrder{}, [&](std::string_view name, const auto&) { known.push_back(name); });
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
Result<std::vector<Candidate>> read_csv_orders(const Ledger& ledger, std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kRowsMax));
  HANSE_CHECK(check_columns(table));
  const auto id_column = std::find(table.header.begin(), table.header.end(), "id") - table.header.begin();
  std::vector<Candidate> out;
  for (const auto& line : table.rows) {
    Candidate candidate{.order = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    if (static_cast<std::size_t>(id_column) < line.cells.size()) {
      const auto known = ledger.orders.find(line.cells[static_cast<std::size_t>(id_column)]);
      if (known != ledger.orders.end()) candidate.order = known->second;
    }
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      if (line.cells[i].empty()) continue;
      describe::for_each_member(candidate.order, [&](std::string_view name, auto& member) {
        if (name != table.header[i]) return;
        const auto set = parse_text(line.cells[i], member, describe::note_of<ProductionOrder>(name));
        if (!set) candidate.row.errors.push_back({std::string{name}, set.error().message});
      });
    }
    if (candidate.row.errors.empty()) {
      if (const auto checked = from_json<ProductionOrder>(to_json(candidate.order)); !checked)
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
      maintenance_(store, std::string{KindOf<MaintenanceWindow>::store}) {}

Result<std::unique_ptr<Book>> Book::open(store::Store& store, plant::Plant& plant) {
  auto book = std::make_unique<Book>(store, plant);
  Ledger ledger;
  HANSE_CHECK(book->load<ProductionOrder>(ledger));
  HANSE_CHECK(book->load<Routing>(ledger));
  HANSE_CHECK(book->load<ChangeOverMatrix>(ledger));
  HANSE_CHECK(book->load<MaintenanceWindow>(ledger));
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
    const auto what = records.size() == 1 ? fmt::format("{} {} changed", KindOf<T>::word, records.front().id)
                                          : fmt::format("{} {} changed", records.size(), KindOf<T>::plural);
    listener_(what, std::is_same_v<T, ProductionOrder>);
    return version;
  }
}

template <class T>
Result<void> Book::remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected) {
  const std::lock_guard lock{write_mutex_};
  auto next = std::make_shared<Ledger>(*ledger());
  if (const auto order = needed_by<T>(*next, id); !order.empty()) {
    return fail(ErrorCode::conflict, fmt::format("the open order '{}' needs the {} '{}'", order, KindOf<T>::word, id));
  }
  HANSE_CHECK(collection<T>().remove(actor, id, expected));
  records_of<T>(*next).erase(id);
  publish(std::move(next));
  if (listener_) listener_(fmt::format("{} {} is gone", KindOf<T>::word, id), std::is_same_v<T, ProductionOrder>);
  return {};
}

Result<plant::ImportReport> Book::import_orders(const store::Actor& actor, std::string_view body, bool dry_run) {
  const auto before = ledger();
  const auto text = trim(body);
  const bool json = !text.empty() && (text.front() == '[' || text.front() == '{');
  HANSE_TRY(auto candidates, json ? read_json_orders(body) : read_csv_orders(*before, body));
  const auto plant = plant_.records();
  Ledger after = *before;
  std::map<std::string, std::int64_t> seen;
  std::vector<ProductionOrder> changed;
  plant::ImportReport report;
  for (auto& [order, row] : candidates) {
    row.id = order.id;
    const auto [first, fresh] = seen.emplace(order.id, row.line);
    if (!fresh && row.errors.empty())
      row.errors.push_back({"id", fmt::format("stands in line {} already", first->second)});
    if (row.errors.empty()) note(row, check_with_id(*plant, after, order));
    if (row.errors.empty()) {
      const auto old = before->orders.find(order.id);
      row.fate = old == before->orders.end() ? plant::Fate::create
                 : old->second == order      ? plant::Fate::unchanged
                                             : plant::Fate::update;
      apply(after, order);
      if (row.fate != plant::Fate::unchanged) changed.push_back(order);
    }
    report.rows.push_back(row);
  }
  count(report);
  if (dry_run || report.failed > 0) return report;
  HANSE_CHECK(put<ProductionOrder>(actor, changed));
  report.written = true;
  return report;
}

template Result<std::int64_t> Book::put(const store::Actor&, const std::vector<ProductionOrder>&,
                                        std::optional<std::int64_t>);
template Result<std::int64_t> Book::put(const store::Actor&, const std::vector<Routing>&, std::optional<std::int64_t>);
template Result<std::int64_t> Book::put(const store::Actor&, const std::vector<ChangeOverMatrix>&,
                                        std::optional<std::int64_t>);
template Result<std::int64_t> Book::put(const store::Actor&, const std::vector<MaintenanceWindow>&,
                                        std::optional<std::int64_t>);
template Result<void> Book::remove<ProductionOrder>(const store::Actor&, const std::string&,
                                                    std::optional<std::int64_t>);
template Result<void> Book::remove<Routing>(const store::Actor&, const std::string&, std::optional<std::int64_t>);
template Result<void> Book::remove<ChangeOverMatrix>(const store::Actor&, const std::string&,
                                                     std::optional<std::int64_t>);
template Result<void> Book::remove<MaintenanceWindow>(const store::Actor&, const std::string&,
                                                      std::optional<std::int64_t>);

}  // namespace hanse::apps::scheduling
