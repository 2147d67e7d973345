#include "node/archive/backup.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <limits>

#include "node/access/records.hpp"
#include "node/foundation.hpp"
#include "node/system/data_folder.hpp"
#include "node/version.hpp"
#include "store/backup_check.hpp"

namespace hanse::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDatabaseName = "store.sqlite";
constexpr std::string_view kSqlitePrefix = "sqlite:";

/// Opening would make an empty database where there is none, and call that a node.
Result<std::unique_ptr<store::Store>> open_existing(const Settings& settings, const Clock& clock) {
  const auto address = store_address(settings);
  const std::string_view text{address};
  std::error_code error;
  if (text.starts_with(kSqlitePrefix) && !fs::exists(text.substr(kSqlitePrefix.size()), error)) {
    return fail(ErrorCode::not_found, fmt::format("there is no node's data at '{}'; name its folder with --data_folder",
                                                  text.substr(kSqlitePrefix.size())));
  }
  return store::open_store(address, clock);
}

/// The files of the archive that belong to the database are checked by it, too.
Result<store::BackupFacts> check_database(const std::string& folder) {
  return store::check_backup(path_in(folder, kDatabaseName));
}

Result<Manifest> write_backup(const Settings& settings, const Clock& clock, const std::string& folder,
                              std::span<const BackupSource> sources) {
  HANSE_TRY(const auto store, open_existing(settings, clock));
  for (const auto& source : sources) {
    const auto place = path_in(folder, source.name);
    HANSE_CHECK(make_empty_folder(place));
    HANSE_CHECK(source.write(place));
  }
  const auto database = path_in(folder, kDatabaseName);
  HANSE_CHECK(store->backup(database));
  HANSE_CHECK(sync_path(database));
  HANSE_TRY(const auto facts, check_database(folder));
  return write_manifest(folder, {.program = std::string{version()},
                                 .made = clock.now(),
                                 .journal_entries = facts.entries,
                                 .journal_hash = facts.last_hash,
                                 .files = {},
                                 .digest = {}});
}

void empty_folder(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder, ignored}) fs::remove_all(entry.path(), ignored);
}

Result<void> check_target(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  for (const auto& entry : fs::directory_iterator{folder, error}) {
    const auto name = entry.path().filename().string();
    if (name == kLockName) continue;
    return fail(ErrorCode::conflict,
                fmt::format("the data folder '{}' holds '{}' already; a restore never mixes two nodes: name "
                            "another with --data_folder",
                            folder, name));
  }
  if (error) return fail(ErrorCode::unavailable, fmt::format("can't look into '{}': {}", folder, error.message()));
  return {};
}

/// Sessions that were signed out since the backup must not come to life again.
Result<void> note_restore(store::Store& store, const Manifest& manifest) {
  return store.write({"system:restore"}, [&](store::Transaction& transaction) -> Result<void> {
    for (;;) {
      HANSE_TRY(const auto page, transaction.list({.kind = kSessionKind, .limit = 1000}));
      for (const auto& session : page.items) HANSE_CHECK(transaction.remove(kSessionKind, session.id, {}));
      if (!page.next) break;
    }
    return transaction.note("restore", "node", "", fmt::format(R"({{"backup_made":"{}"}})", to_string(manifest.made)));
  });
}

Result<void> fill(const Settings& settings, const Clock& clock, const std::string& folder, const Manifest& manifest) {
  for (const auto& file : manifest.files) {
    if (file.path == kDatabaseName) continue;
    HANSE_CHECK(copy_file(path_in(folder, file.path), path_in(settings.data_folder, file.path)));
  }
  HANSE_CHECK(store::restore_backup(path_in(folder, kDatabaseName), store_address(settings)));
  HANSE_TRY(const auto store, store::open_store(store_address(settings), clock));
  HANSE_TRY(const auto entries, store->verify_journal());
  HANSE_TRY(const auto last, store->journal(std::numeric_limits<std::int64_t>::max(), 1, true));
  if (entries != manifest.journal_entries || (!last.empty() && last.front().hash != manifest.journal_hash)) {
    return fail(ErrorCode::corrupt, "the journal that was restored doesn't end as the backup's manifest says");
  }
  return note_restore(*store, manifest);
}

}  // namespace

BackupSource folder_source(std::string name, std::string path) {
  return {.name = std::move(name), .write = [path = std::move(path)](const std::string& folder) -> Result<void> {
            HANSE_TRY(const auto files, list_files(path));
            for (const auto& file : files) {
              const auto copied = copy_file(path_in(path, file), path_in(folder, file));
              if (!copied && copied.error().code != ErrorCode::not_found) return Error{copied.error()};
            }
            return {};
          }};
}

std::vector<BackupSource> data_folder_sources(const Settings& settings) {
  std::vector<BackupSource> sources;
  // Without the signing key no partner would know the restored node; without the files its offers would be empty.
  for (const auto* name : {"history", "tls", "opcua", "partners", "shared"})
    sources.push_back(folder_source(name, path_in(settings.data_folder, name)));
  return sources;
}

Result<Manifest> backup(const Settings& settings, const Clock& clock, const std::string& folder,
                        std::span<const BackupSource> sources) {
  HANSE_CHECK(make_empty_folder(folder));
  auto written = write_backup(settings, clock, folder, sources);
  if (!written) empty_folder(folder);
  return written;
}

Result<Manifest> check_backup_folder(const std::string& folder) {
  HANSE_TRY(auto manifest, check_archive(folder));
  HANSE_TRY(const auto facts, check_database(folder));
  if (facts.entries != manifest.journal_entries || facts.last_hash != manifest.journal_hash) {
    return fail(ErrorCode::corrupt, fmt::format("the journal in '{}' doesn't end as its manifest says", folder));
  }
  return manifest;
}

Result<Manifest> restore(const Settings& settings, const Clock& clock, const std::string& folder) {
  HANSE_CHECK(check_target(settings.data_folder));
  HANSE_TRY(auto manifest, check_backup_folder(folder));
  HANSE_TRY(const auto data, DataFolder::open(settings.data_folder));
  HANSE_CHECK(check_target(settings.data_folder));  // Again, now that nobody else can fill it.
  if (auto filled = fill(settings, clock, folder, manifest); !filled) {
    empty_folder(settings.data_folder);
    return std::move(filled).error();
  }
  return manifest;
}

Result<std::int64_t> verify_journal(const Settings& settings, const Clock& clock) {
  HANSE_TRY(const auto store, open_existing(settings, clock));
  return store->verify_journal();
}

}  // namespace hanse::node
