#include "base/toml.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>

#include <toml++/toml.h>
#include <sstream>

#include "base/json.hpp"

namespace hanse {
namespace {

// Tables and arrays nest; toml++ limits how deep.
void append(std::string& out, const toml::node& node) {
  if (const auto* table = node.as_table()) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : *table) {
      if (!std::exchange(first, false)) out += ',';
      json::append_string(out, key.str());
      out += ':';
      append(out, value);
    }
    out += '}';
  } else if (const auto* array = node.as_array()) {
    out += '[';
    bool first = true;
    for (const auto& value : *array) {
      if (!std::exchange(first, false)) out += ',';
      append(out, value);
    }
    out += ']';
  } else if (const auto* text = node.as_string()) {
    json::append_string(out, text->get());
  } else if (const auto* integer = node.as_integer()) {
    json::append_integer(out, integer->get());
  } else if (const auto* real = node.as_floating_point()) {
    json::append_real(out, real->get());
  } else if (const auto* boolean = node.as_boolean()) {
    out += boolean->get() ? "true" : "false";
  } else {
    std::ostringstream date;
    node.visit([&date](const auto& value) {
      if constexpr (toml::is_date<decltype(value)> || toml::is_time<decltype(value)> ||
                    toml::is_date_time<decltype(value)>) {
        date << value;
      }
    });
    json::append_string(out, date.str());
  }
}

}  // namespace

Result<std::string> toml_to_json(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(ErrorCode::invalid, fmt::format("this is not TOML: {} at line {}, column {}", error.description(),
                                                error.source().begin.line, error.source().begin.column));
  }
  std::string out;
  append(out, parsed.table());
  return out;
}

}  // namespace hanse
