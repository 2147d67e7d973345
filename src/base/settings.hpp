#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text_value.hpp"
#include "base/toml.hpp"

// Settings are described records. One description gives the file (TOML), the environment variable, the flag, the
// reference page and the masked view in the page: `[server] port` = `HANSE_SERVER_PORT` = `--server.port`.

namespace hanse {

/// Where values come from, weakest first. An absent file is an empty text.
struct SettingsSources {
  std::string toml;
  std::vector<std::pair<std::string, std::string>> environment;  ///< Only names that begin with HANSE_.
  std::vector<std::pair<std::string, std::string>> flags;        ///< Path and value: `server.port`, `8080`.
};

/// One setting, for the reference and the command line.
struct SettingInfo {
  std::string path;      ///< `server.port`
  std::string variable;  ///< `HANSE_SERVER_PORT`
  std::string value;     ///< As JSON; secrets masked.
  std::string summary;
};

namespace settings {

std::string variable_of(std::string_view path);
std::string join(std::string_view prefix, std::string_view name);

/// Calls `f(path, field, note)` for every leaf: what isn't a record itself.
template <class T, class F>
void for_each_leaf(T& record, std::string_view prefix, F&& f) {
  describe::for_each_member(record, [&](std::string_view name, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    const std::string path = join(prefix, name);
    if constexpr (DescribedRecord<Member>) {
      for_each_leaf(member, path, f);
    } else {
      f(std::string_view{path}, member, describe::note_of<std::remove_cvref_t<T>>(name));
    }
  });
}

/// What is set by `values`, whose names `name_of` derives from paths; unknown names are refused with the nearest one.
template <class T, class NameOf>
void apply(T& out, std::span<const std::pair<std::string, std::string>> values, std::string_view what, NameOf name_of,
           std::vector<FieldError>& errors) {
  std::vector<std::string> names;
  for_each_leaf(out, "", [&](std::string_view path, auto&, const FieldNote&) { names.push_back(name_of(path)); });
  const std::vector<std::string_view> known{names.begin(), names.end()};
  for (const auto& [name, value] : values) {
    bool found = false;
    for_each_leaf(out, "", [&](std::string_view path, auto& field, const FieldNote& note) {
      if (name_of(path) != name) return;
      found = true;
      if (auto read = parse_text(value, field, note); !read) errors.push_back({name, read.error().message});
    });
    if (!found) errors.push_back({name, unknown_name(what, name, known)});
  }
}

}  // namespace settings

/// Settings from the file, then the environment, then the flags; each wins over the one before.
/// Errors: `invalid`, with every wrong or unknown name and what would be right.
template <class T>
Result<T> load_settings(const SettingsSources& sources) {
  HANSE_TRY(const std::string text, toml_to_json(sources.toml));
  HANSE_TRY(T out, from_json<T>(text));
  std::vector<FieldError> errors;
  settings::apply(out, sources.environment, "environment variable", settings::variable_of, errors);
  settings::apply(out, sources.flags, "option", [](std::string_view path) { return std::string{path}; }, errors);
  if (errors.empty()) {  // What a record checks as a whole, now that all sources have had their say.
    if (auto whole = from_json<T>(to_json(out)); !whole) errors = std::move(whole).error().fields;
  }
  if (!errors.empty()) return fail(ErrorCode::invalid, "the settings are wrong", std::move(errors));
  return out;
}

/// Every setting with its value in `current`, in declared order.
template <class T>
std::vector<SettingInfo> list_settings(const T& current) {
  std::vector<SettingInfo> out;
  settings::for_each_leaf(current, "", [&](std::string_view path, const auto& field, const FieldNote& note) {
    const bool masked = note.secret && to_json(field) != "\"\"";
    out.push_back({std::string{path}, settings::variable_of(path), masked ? "\"********\"" : to_json(field),
                   std::string{note.summary}});
  });
  return out;
}

}  // namespace hanse
