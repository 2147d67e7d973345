#include <fmt/format.h>
#include <set>

#include "plant/internal/import_rows.hpp"

namespace hanse::plant::internal {
namespace {

/// Columns with a place of their own; all others fill the template's settings.
constexpr std::array<std::string_view, 9> kColumns{"name",         "id",    "line",   "template", "protocol",
                                                   "manufacturer", "model", "serial", "calendar"};

using Cells = std::map<std::string, std::string>;

/// Names in `${...}` of any template's settings: the columns that a file may have besides the fixed ones.
std::set<std::string> placeholders(const TemplateBook& templates) {
  std::set<std::string> names;
  for (const auto& [id, machine] : templates.all()) {
    for (const auto& [protocol, settings] : machine.settings) {
      for (auto at = settings.text.find("${"); at != std::string::npos; at = settings.text.find("${", at + 2)) {
        names.insert(settings.text.substr(at + 2, settings.text.find_first_of(":}", at) - at - 2));
      }
    }
  }
  return names;
}

struct Machine {
  Asset asset;
  MachineConnection connection;
};

class MachineReader {
 public:
  MachineReader(const Records& records, const TemplateBook& templates) : records_(records), templates_(templates) {}

  Machine read(const Cells& cells, ImportRow& row) const {
    const auto cell = [&](const std::string& name) {
      const auto found = cells.find(name);
      return found == cells.end() ? std::string{} : found->second;
    };
    Machine out;
    const auto wrong = [&](std::string path, std::string message) {
      row.errors.push_back({std::move(path), std::move(message)});
    };
    const auto id = cell("id").empty() ? asset_id(cell("name")) : cell("id");
    row.id = id;
    if (const auto* old = records_.asset(AssetId{id})) out.asset = *old;
    out.asset.id = AssetId{id};
    out.asset.level = Level::asset;
    if (cell("name").empty()) wrong("name", "is required");
    out.asset.name = cell("name");
    if (!cell("line").empty()) {
      const auto* line = find_asset(records_, cell("line"));
      if (!line) wrong("line", "there is no node '" + cell("line") + "', by id or by a name that only one has");
      if (line) out.asset.parent = line->id;
    }
    for (auto [column, member] :
         {std::pair{"manufacturer", &out.asset.manufacturer}, std::pair{"model", &out.asset.model},
          std::pair{"serial", &out.asset.serial}, std::pair{"calendar", &out.asset.calendar}}) {
      if (!cell(column).empty()) *member = cell(column);
    }
    read_template(cells, out, wrong);
    return out;
  }

 private:
  template <class Wrong>
  void read_template(const Cells& cells, Machine& out, const Wrong& wrong) const {
    const auto id = cells.contains("template") ? cells.at("template") : "";
    const auto* machine = templates_.find(id);
    if (!machine) {
      std::vector<std::string_view> known;
      for (const auto& [name, entry] : templates_.all()) known.push_back(name);
      return wrong("template", id.empty() ? "is required" : unknown_name("template", id, known));
    }
    out.asset.template_id = machine->id;
    out.asset.kind = machine->kind;
    const auto protocol = cells.contains("protocol") ? cells.at("protocol") : "";
    if (protocol.empty()) return;  // An asset without a connection: someone connects it later.
    const auto settings = machine->settings.find(protocol);
    if (settings == machine->settings.end()) {
      std::string offered;
      for (const auto& [name, text] : machine->settings) offered += (offered.empty() ? "" : ", ") + name;
      return wrong("protocol", fmt::format("the template '{}' speaks {}", machine->id, offered));
    }
    auto filled = fill_settings(settings->second, cells);
    if (!filled) {
      for (const auto& field : filled.error().fields) wrong(field.path, field.message);
      if (filled.error().fields.empty()) wrong("template", filled.error().message);
      return;
    }
    out.connection = {.id = out.asset.id.value,
                      .name = out.asset.name,
                      .asset = out.asset.id,
                      .protocol = protocol,
                      .template_id = machine->id,
                      .settings = {*std::move(filled)}};
  }

  const Records& records_;
  const TemplateBook& templates_;
};

Result<std::vector<std::pair<std::int64_t, Cells>>> read_rows(const Plant& plant, std::string_view body) {
  std::vector<std::pair<std::int64_t, Cells>> out;
  if (trim(body).starts_with('[')) {
    HANSE_TRY(const auto rows, from_json<std::vector<Cells>>(body));
    for (const auto& cells : rows) out.emplace_back(static_cast<std::int64_t>(out.size()) + 1, cells);
    return out;
  }
  HANSE_TRY(const auto table, parse_csv(body, kImportRowsMax));
  const auto free = placeholders(plant.templates());
  std::vector<std::string_view> known{kColumns.begin(), kColumns.end()};
  known.insert(known.end(), free.begin(), free.end());
  HANSE_CHECK(check_columns(table, known));
  for (const auto& line : table.rows) {
    Cells cells;
    for (std::size_t i = 0; i < line.cells.size(); ++i) cells[table.header[i]] = std::string{trim(line.cells[i])};
    out.emplace_back(static_cast<std::int64_t>(line.line), std::move(cells));
  }
  return out;
}

/// The connection's fate joins the asset's: a row is unchanged only when both are.
void ask_connector(const MachineConnector& connect, const store::Actor& actor, const Machine& machine, bool dry_run,
                   ImportRow& row) {
  if (!connect || machine.connection.protocol.empty() || !row.errors.empty()) return;
  const auto fate = connect(machine.connection, actor, dry_run);
  if (!fate) {
    note_errors(row, fate.error().fields);
    if (fate.error().fields.empty()) row.errors.push_back({"protocol", fate.error().message});
    return;
  }
  if (row.fate == Fate::unchanged && *fate != Fate::unchanged) row.fate = Fate::update;
}

}  // namespace

Result<ImportReport> import_machines(Plant& plant, const store::Actor& actor, const ImportRequest& request,
                                     const MachineConnector& connect) {
  HANSE_TRY(const auto rows, read_rows(plant, request.body));
  const auto records = plant.records();
  Records after = *records;
  const MachineReader reader{*records, plant.templates()};
  ImportReport report;
  std::vector<Machine> machines;
  std::vector<Asset> changed;
  std::map<std::string, std::int64_t> seen;
  for (const auto& [line, cells] : rows) {
    ImportRow row{.line = line};
    auto machine = reader.read(cells, row);
    const auto [first, fresh] = seen.emplace(row.id, line);
    if (!fresh) row.errors.push_back({"id", "stands in line " + std::to_string(first->second) + " already"});
    if (row.errors.empty()) note_errors(row, check(after, machine.asset));
    if (row.errors.empty()) {
      const auto* old = records->asset(machine.asset.id);
      row.fate = !old ? Fate::create : *old == machine.asset ? Fate::unchanged : Fate::update;
      apply(after, machine.asset);
      if (row.fate != Fate::unchanged) changed.push_back(machine.asset);
    }
    ask_connector(connect, actor, machine, true, row);
    report.rows.push_back(std::move(row));
    machines.push_back(std::move(machine));
  }
  const bool all_right =
      std::all_of(report.rows.begin(), report.rows.end(), [](const ImportRow& row) { return row.errors.empty(); });
  if (!request.dry_run && all_right) {
    HANSE_CHECK(plant.put<Asset>(actor, changed));
    for (std::size_t i = 0; i < machines.size(); ++i) ask_connector(connect, actor, machines[i], false, report.rows[i]);
    report.written = true;
  }
  count(report);
  return report;
}

}  // namespace hanse::plant::internal
