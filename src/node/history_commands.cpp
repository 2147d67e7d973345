#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "historian/sql.hpp"
#include "node/command_context.hpp"
#include "node/foundation.hpp"
#include "node/history/recording.hpp"
#include "node/history/sql_tables.hpp"

namespace hanse::node {
namespace {

Result<replay::ReplaySettings> replay_settings(const CommandLine& line) {
  replay::ReplaySettings settings{.file = line.arguments.front(), .devices_file = line.option("devices")};
  HANSE_CHECK(take_number(line, "factor", settings.factor));
  HANSE_CHECK(take_number(line, "begin", settings.begin));
  return settings;
}

bool wait_on_the_wall(Duration duration) {
  std::this_thread::sleep_for(duration);
  return true;
}

void tell(const replay::ReplayReport& report) {
  fmt::print("{}: {} messages, {} samples of {} values", describe::enum_name(report.kind), report.messages,
             report.samples, report.addresses);
  if (report.first && report.last) fmt::print(", from {} to {}", to_string(*report.first), to_string(*report.last));
  fmt::print("; {} rejected, {} gaps\n", report.rejected, report.gaps);
}

}  // namespace

Result<void> run_replay(const CommandContext& context) {
  HANSE_TRY(const auto settings, replay_settings(context.line));
  if (const auto file = context.line.option("to"); !file.empty()) {
    HANSE_TRY(const auto report, replay::replay_to_file(settings, file));
    if (file != "-") tell(report);
    return {};
  }
  const SystemClock clock;
  const Log log{clock, context.settings.log.level, context.settings.log.format};
  HANSE_TRY(const auto base, open_foundation(context.settings, clock, log));
  const RecordingPlace place{.connection = "replay:" + std::filesystem::path{settings.file}.filename().string(),
                             .asset = context.line.option("asset"),
                             .template_id = context.line.option("template")};
  HANSE_TRY(const auto report, record(base, log, settings, place, wait_on_the_wall));
  tell(report);
  return {};
}

Result<void> run_sql(const CommandContext& context) {
  const auto format = context.line.option("format", "text");
  if (format != "text" && format != "csv" && format != "json") {
    return fail(ErrorCode::invalid, fmt::format("--format: '{}' is not text, csv or json", format));
  }
  const SystemClock clock;
  const Log log{clock, LogLevel::warning, context.settings.log.format};
  HANSE_TRY(const auto base, open_foundation(context.settings, clock, log));
  historian::SqlQuery query{.sql = context.line.arguments.front()};
  HANSE_CHECK(take_number(context.line, "rows", query.rows_max));
  HANSE_TRY(const auto result, historian::SqlReader(sql_tables(base, clock), clock).run(query));
  fmt::print("{}\n", format == "csv" ? sql_csv(result) : format == "json" ? sql_json(result) : sql_text(result));
  if (result.truncated) fmt::print(stderr, "hanse: there are more rows; --rows takes more\n");
  return {};
}

}  // namespace hanse::node
