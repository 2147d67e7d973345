#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "node/archive/manifest.hpp"
#include "node/settings.hpp"

namespace hanse::node {

/// Something besides the database that belongs into a backup. `write` puts its files into the folder it is given; they
/// come back at a restore as `<data folder>/<name>/...`.
struct BackupSource {
  std::string name;
  std::function<Result<void>(const std::string& folder)> write;
};
/// The files below `path` as they are; one that vanishes meanwhile is left out.
BackupSource folder_source(std::string name, std::string path);
/// What a node keeps in its data folder besides the database: `history` (what isn't in chunks yet) and `tls`.
std::vector<BackupSource> data_folder_sources(const Settings& settings);

/// Writes all that this node keeps into the new folder `folder`, reads every byte of it again, walks the journal's
/// chain in it and leaves a manifest. A node may run on the data meanwhile: the backup holds what was acknowledged
/// before it began. Sources are written first, the database last, because what leaves a source goes into the database.
/// What was written is taken away again when it fails. Errors: `conflict` (the folder isn't empty), `not_found` (there
/// is no node's data), `corrupt` (the data themselves), `unavailable`.
Result<Manifest> backup(const Settings& settings, const Clock& clock, const std::string& folder,
                        std::span<const BackupSource> sources);

/// Checks a backup as a restore does, without restoring.
Result<Manifest> check_backup_folder(const std::string& folder);

/// Fills the empty data folder (and the database of the settings) from a backup, after checking all of it, and checks
/// what came out. Ends all sessions that the backup held, and journals the restore. On an error the data folder is as
/// empty as before. Errors: `conflict` (the data folder or the database isn't empty), `corrupt`, `not_found`,
/// `unavailable`.
Result<Manifest> restore(const Settings& settings, const Clock& clock, const std::string& folder);

/// Walks the chain of this node's journal, which may be in use; how many entries it has. Errors: `corrupt`,
/// `not_found`.
Result<std::int64_t> verify_journal(const Settings& settings, const Clock& clock);

}  // namespace hanse::node
