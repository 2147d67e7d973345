#include <fmt/format.h>

#include "dataspace/evidence.hpp"
#include "node/archive/backup.hpp"
#include "node/archive/export.hpp"
#include "node/archive/files.hpp"
#include "node/archive/selftest.hpp"
#include "node/command_context.hpp"
#include "node/foundation.hpp"

namespace hanse::node {

Result<void> run_backup(const CommandContext& context) {
  const SystemClock clock;
  const auto& folder = context.line.arguments.front();
  HANSE_TRY(const auto manifest, backup(context.settings, clock, folder, data_folder_sources(context.settings)));
  fmt::print("backed up and checked: {} files in {}\n", manifest.files.size(), folder);
  return {};
}

Result<void> run_restore(const CommandContext& context) {
  const SystemClock clock;
  HANSE_TRY(const auto manifest, restore(context.settings, clock, context.line.arguments.front()));
  fmt::print("restored and checked: {} files in {}\n", manifest.files.size(), context.settings.data_folder);
  return {};
}

Result<void> run_export(const CommandContext& context) {
  const SystemClock clock;
  const Log log{clock, LogLevel::warning, context.settings.log.format};
  HANSE_TRY(const auto base, open_foundation(context.settings, clock, log));
  const auto& folder = context.line.arguments.front();
  const auto signals = base.directory->snapshot();
  HANSE_TRY(const auto manifest,
            export_all({.store = *base.store, .history = *base.history, .signals = *signals, .clock = clock}, folder));
  fmt::print("exported: {} files in {}; README.md there says what is what\n", manifest.files.size(), folder);
  return {};
}

Result<void> run_selftest(const CommandContext& context) {
  const SystemClock clock;
  const Log log{clock, LogLevel::error, context.settings.log.format};
  return selftest(context.settings, clock, log, [](const std::string& line) { fmt::print("{}\n", line); });
}

Result<void> run_journal_verify(const CommandContext& context) {
  const SystemClock clock;
  HANSE_TRY(const auto entries, verify_journal(context.settings, clock));
  fmt::print("the journal is intact: {} entries, each chained to the one before\n", entries);
  return {};
}

Result<void> run_evidence_verify(const CommandContext& context) {
  constexpr std::size_t kBundleBytesMax = 1U << 30;
  HANSE_TRY(const auto text, read_file(context.line.arguments.front(), kBundleBytesMax));
  const auto verdict = dataspace::verify_evidence(text, context.line.option("key"));
  if (!verdict.valid) return fail(ErrorCode::corrupt, "the evidence doesn't hold: " + verdict.finding);
  fmt::print("the evidence holds: {} entries; {}\n", verdict.entries, verdict.finding);
  return {};
}

}  // namespace hanse::node
