#include "plant/internal/import_rows.hpp"

namespace hanse::plant::internal {
namespace {

/// A signal with the address that fills it, when one does.
struct SignalRow {
  AssetId asset;
  std::string name;
  signal::Meaning meaning = signal::Meaning::other;
  signal::ValueType type = signal::ValueType::real;
  std::string unit;
  signal::Interpolation interpolation = signal::Interpolation::step;
  std::optional<double> low, high;
  std::string description;
  std::string connection, address;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "asset", .summary = "The asset it belongs to.", .required = true},
        FieldNote{.field = "name", .summary = "Unique within its asset.", .length_max = 200, .required = true}};
  }
};
HANSE_DESCRIBE(SignalRow,
               (asset, name, meaning, type, unit, interpolation, low, high, description, connection, address))

SignalRow row_of(const Signal& known) {
  return {.asset = known.asset,
          .name = known.name,
          .meaning = known.meaning,
          .type = known.type,
          .unit = known.unit,
          .interpolation = known.interpolation,
          .low = known.low,
          .high = known.high,
          .description = known.description,
          .connection = {},
          .address = {}};
}

Signal signal_of(const SignalRow& row, SignalId number) {
  return {.number = number,
          .asset = row.asset,
          .name = row.name,
          .meaning = row.meaning,
          .type = row.type,
          .unit = row.unit,
          .interpolation = row.interpolation,
          .low = row.low,
          .high = row.high,
          .description = row.description};
}

Result<std::vector<Candidate<SignalRow>>> read_csv(const signal::Signals& known, std::string_view body) {
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  HANSE_CHECK(check_columns(table, column_names<SignalRow>()));
  std::vector<Candidate<SignalRow>> out;
  for (const auto& line : table.rows) {
    Candidate<SignalRow> candidate{.record = {}, .row = {.line = static_cast<std::int64_t>(line.line)}};
    const auto set = [&](bool names) {
      for (std::size_t i = 0; i < line.cells.size(); ++i) {
        const auto& column = table.header[i];
        if ((column == "asset" || column == "name") == names)
          set_column(candidate.record, column, line.cells[i], candidate.row);
      }
    };
    set(true);
    if (const auto* old = known.find(candidate.record.asset, candidate.record.name)) candidate.record = row_of(*old);
    set(false);
    check_record(candidate.record, candidate.row);
    out.push_back(std::move(candidate));
  }
  return out;
}

struct Changes {
  std::vector<Signal> made, changed;
  std::vector<SignalRow> addressed;
};

Result<void> write(Plant& plant, const store::Actor& actor, const Changes& changes) {
  if (!changes.made.empty()) HANSE_CHECK(plant.catalogue().create(actor, changes.made));
  for (const auto& changed : changes.changed) HANSE_CHECK(plant.catalogue().update(actor, changed));
  std::vector<Mapping> mappings;
  const auto known = plant.catalogue().snapshot();
  for (const auto& row : changes.addressed) {
    if (const auto* found = known->find(row.asset, row.name))
      mappings.push_back({row.connection, row.address, found->number});
  }
  if (mappings.empty()) return {};
  return plant.catalogue().map(actor, mappings);
}

}  // namespace

Result<ImportReport> import_signals(Plant& plant, const store::Actor& actor, const ImportRequest& request) {
  const auto known = plant.catalogue().snapshot();
  const auto records = plant.records();
  const bool json = trim(request.body).starts_with('[');
  auto read = json ? read_json<SignalRow>(request.body) : read_csv(*known, request.body);
  HANSE_TRY(auto candidates, std::move(read));
  ImportReport report;
  Changes changes;
  std::map<std::string, std::int64_t> seen;
  for (auto& [record, row] : candidates) {
    row.id = record.asset.value + '/' + record.name;
    const auto [first, fresh] = seen.emplace(row.id, row.line);
    if (!fresh) row.errors.push_back({"name", "stands in line " + std::to_string(first->second) + " already"});
    if (row.errors.empty() && !records->asset(record.asset)) {
      row.errors.push_back({"asset", "there is no asset '" + record.asset.value + "'"});
    }
    if (record.connection.empty() != record.address.empty()) {
      row.errors.push_back({"address", "a connection and its address belong together"});
    }
    const auto* old = known->find(record.asset, record.name);
    const auto wanted = signal_of(record, old ? old->number : signal::kNoSignal);
    const auto mapped =
        record.address.empty() ? std::nullopt : plant.catalogue().find(record.connection, record.address);
    const bool moves = !record.address.empty() && (!old || mapped != old->number);
    row.fate = !old ? Fate::create : *old == wanted && !moves ? Fate::unchanged : Fate::update;
    if (row.errors.empty()) {
      if (!old) changes.made.push_back(wanted);
      if (old && *old != wanted) changes.changed.push_back(wanted);
      if (moves) changes.addressed.push_back(record);
    }
    report.rows.push_back(row);
  }
  count(report);
  if (!request.dry_run && report.failed == 0) {
    HANSE_CHECK(write(plant, actor, changes));
    report.written = true;
  }
  return report;
}

}  // namespace hanse::plant::internal
