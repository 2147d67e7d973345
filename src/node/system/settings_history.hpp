#pragma once

#include <string>
#include <vector>

#include "api/route.hpp"
#include "node/settings.hpp"
#include "store/collection.hpp"

namespace hanse::node {

/// The settings file as it was at a start of the node, kept so that a person can see what changed and go back.
struct SettingsVersion {
  std::string id;  ///< Sorts by time.
  Timestamp time;
  std::string text;  ///< The file, whole; it may hold secrets and is never sent.
};
HANSE_DESCRIBE(SettingsVersion, (id, time, text))

/// One setting as a page shows it. Secrets are masked.
struct SettingView {
  std::string path, variable, value, summary;
};
HANSE_DESCRIBE(SettingView, (path, variable, value, summary))

/// What differs between a version and the one before it.
struct SettingChange {
  std::string path, before, after;
  friend bool operator==(const SettingChange&, const SettingChange&) = default;
};
HANSE_DESCRIBE(SettingChange, (path, before, after))

struct SettingsVersionView {
  std::string id;
  Timestamp time;
  bool current = false;
  std::vector<SettingChange> changes;
};
HANSE_DESCRIBE(SettingsVersionView, (id, time, current, changes))

/// The settings that differ, masked where secret. Source: the described record, so new settings need nothing here.
std::vector<SettingChange> diff_settings(const Settings& before, const Settings& after);

/// Keeps the last 100 versions of the settings file and takes one back on request.
class SettingsHistory {
 public:
  /// `file_path` is empty when the node runs without a settings file: then there is nothing to take back.
  SettingsHistory(store::Store& store, const Clock& clock, std::string file_path);
  /// Called at start: keeps the file's text when it differs from the last one kept.
  Result<void> record();
  Result<std::vector<SettingsVersionView>> versions() const;
  /// Writes the version's text over the settings file (through a temporary file). The node must be started again for
  /// it to act. Errors: `not_found`, `invalid` (no file, or the version no longer fits this Hanse).
  Result<void> take_back(const store::Actor& actor, const std::string& id);

 private:
  store::Store& store_;
  const Clock& clock_;
  std::string file_path_;
  store::Collection<SettingsVersion> versions_;
};

/// GET /config, GET /config/versions, POST /config/rollback.
std::vector<api::Route> settings_routes(const Settings& current, SettingsHistory& history);

}  // namespace hanse::node
