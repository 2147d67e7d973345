#include "node/system/settings_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/common_inputs.hpp"

namespace hanse::node {
namespace {

using api::NoInput;

constexpr std::size_t kVersionsMax = 100;

struct SettingsView {
  std::vector<SettingView> items;
};
HANSE_DESCRIBE(SettingsView, (items))
struct SettingsVersions {
  std::vector<SettingsVersionView> items;
};
HANSE_DESCRIBE(SettingsVersions, (items))
struct SettingsRollback {
  std::string id;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "The version to take back.", .required = true}};
  }
};
HANSE_DESCRIBE(SettingsRollback, (id))

Result<Settings> settings_of(const std::string& text) {
  return load_settings<Settings>({.toml = text, .environment = {}, .flags = {}});
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(ErrorCode::unavailable, fmt::format("can't read '{}'", path));
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

Result<void> write_text(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file{fresh, std::ios::binary | std::ios::trunc};
    file << text;
    if (!file.flush()) return fail(ErrorCode::unavailable, fmt::format("can't write '{}'", fresh));
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) return fail(ErrorCode::unavailable, fmt::format("can't replace '{}': {}", path, error.message()));
  return {};
}

}  // namespace

std::vector<SettingChange> diff_settings(const Settings& before, const Settings& after) {
  const auto old_list = list_settings(before);
  const auto new_list = list_settings(after);
  std::vector<SettingChange> changes;
  for (std::size_t i = 0; i < new_list.size(); ++i) {
    if (old_list[i].value != new_list[i].value) {
      changes.push_back({new_list[i].path, old_list[i].value, new_list[i].value});
    }
  }
  return changes;
}

SettingsHistory::SettingsHistory(store::Store& store, const Clock& clock, std::string file_path)
    : store_(store), clock_(clock), file_path_(std::move(file_path)), versions_(store, "settings_version") {}

Result<void> SettingsHistory::record() {
  if (file_path_.empty()) return {};
  HANSE_TRY(const auto text, read_text(file_path_));
  HANSE_TRY(const auto kept, versions_.all());
  if (!kept.empty() && kept.back().record.text == text) return {};
  return store_.write({"system:settings"}, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(versions_.put(transaction, {.id = new_id(clock_), .time = clock_.now(), .text = text}, 0));
    for (std::size_t i = 0; i + kVersionsMax <= kept.size(); ++i) {
      HANSE_CHECK(versions_.remove(transaction, kept[i].record.id));
    }
    return {};
  });
}

Result<std::vector<SettingsVersionView>> SettingsHistory::versions() const {
  HANSE_TRY(const auto kept, versions_.all());
  std::vector<SettingsVersionView> views;
  Settings before;
  for (const auto& version : kept) {
    SettingsVersionView view{.id = version.record.id, .time = version.record.time, .current = false, .changes = {}};
    // A version that an older Hanse accepted may hold names that this one doesn't know: shown without its changes.
    if (const auto settings = settings_of(version.record.text)) {
      view.changes = diff_settings(before, *settings);
      before = *settings;
    }
    views.push_back(std::move(view));
  }
  if (!views.empty()) views.back().current = true;
  std::reverse(views.begin(), views.end());
  return views;
}

Result<void> SettingsHistory::take_back(const store::Actor& actor, const std::string& id) {
  if (file_path_.empty()) {
    return fail(ErrorCode::invalid, "this node runs without a settings file; start it with --settings FILE");
  }
  HANSE_TRY(const auto version, versions_.get(id));
  if (const auto settings = settings_of(version.record.text); !settings) {
    return fail(ErrorCode::invalid, "this version doesn't fit this Hanse", settings.error().fields);
  }
  HANSE_CHECK(write_text(file_path_, version.record.text));
  return store_.write(
      actor, [&](store::Transaction& transaction) { return transaction.note("rollback", versions_.kind(), id, "{}"); });
}

std::vector<api::Route> settings_routes(const Settings& current, SettingsHistory& history) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<NoInput, SettingsView>(
      {.path = "/api/v1/config", .summary = "The settings in force, secrets masked.", .permission = "node.read"},
      [&current](const NoInput&, const api::Context&) -> Result<SettingsView> {
        SettingsView view;
        for (auto& setting : list_settings(current)) {
          view.items.push_back({setting.path, setting.variable, setting.value, setting.summary});
        }
        return view;
      }));
  routes.push_back(api::route<NoInput, SettingsVersions>(
      {.path = "/api/v1/config/versions",
       .summary = "What the settings file was at earlier starts, newest first, with what changed.",
       .permission = "node.read"},
      [&history](const NoInput&, const api::Context&) -> Result<SettingsVersions> {
        HANSE_TRY(auto versions, history.versions());
        return SettingsVersions{std::move(versions)};
      }));
  routes.push_back(api::route<SettingsRollback, api::Nothing>(
      {.method = api::Method::post,
       .path = "/api/v1/config/rollback",
       .summary = "Writes an earlier version over the settings file; acts at the next start.",
       .permission = "node.write"},
      [&history](const SettingsRollback& in, const api::Context& context) -> Result<api::Nothing> {
        HANSE_CHECK(history.take_back({context.caller.id}, in.id));
        return api::Nothing{};
      }));
  return routes;
}

}  // namespace hanse::node
