#include "node/settings_book.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace hanse::node {
namespace {

constexpr std::string_view kFileVariable = "HANSE_SETTINGS";
constexpr std::string_view kFileDefault = "hanse.toml";
// Set by tests and scripts for peers, not settings of a node.
constexpr std::string_view kTestPrefix = "HANSE_TEST_";

std::vector<std::pair<std::string, std::string>> hanse_variables(const char* const* environment) {
  std::vector<std::pair<std::string, std::string>> found;
  for (; environment && *environment; ++environment) {
    const std::string_view entry{*environment};
    const auto equals = entry.find('=');
    const auto name = entry.substr(0, equals);
    if (!name.starts_with("HANSE_") || name == kFileVariable || name.starts_with(kTestPrefix)) continue;
    found.emplace_back(name, equals == std::string_view::npos ? "" : entry.substr(equals + 1));
  }
  return found;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(ErrorCode::not_found, fmt::format("can't read the settings file '{}'", path));
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::string settings_file_path(const CommandLine& line, const char* const* environment) {
  if (!line.settings_file.empty()) return line.settings_file;
  for (; environment && *environment; ++environment) {
    const std::string_view entry{*environment};
    if (entry.starts_with(kFileVariable) && entry.substr(kFileVariable.size()).starts_with('=')) {
      return std::string{entry.substr(kFileVariable.size() + 1)};
    }
  }
  std::error_code ignored;
  return std::filesystem::exists(kFileDefault, ignored) ? std::string{kFileDefault} : std::string{};
}

Result<Settings> read_settings(const CommandLine& line, const char* const* environment) {
  SettingsSources sources{.toml = {}, .environment = hanse_variables(environment), .flags = line.settings};
  if (const auto path = settings_file_path(line, environment); !path.empty()) {
    HANSE_TRY(sources.toml, read_file(path));
  }
  return load_settings<Settings>(sources);
}

std::string settings_reference_markdown() {
  std::string out =
      "# Settings\n\nIn the settings file (TOML), as environment variable or as flag; each wins over the one before "
      "it.\n"
      "Unknown names are refused. Made by `hanse settings reference`.\n\n"
      "| Setting | Variable | Default | What it does |\n|---|---|---|---|\n";
  for (const auto& setting : list_settings(Settings{})) {
    out += fmt::format("| `{}` | `{}` | `{}` | {} |\n", setting.path, setting.variable, setting.value, setting.summary);
  }
  return out;
}

}  // namespace hanse::node
