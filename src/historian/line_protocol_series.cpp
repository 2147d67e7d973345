#include "historian/line_protocol_series.hpp"

#include <fmt/format.h>

#include <map>

namespace hanse::historian {
namespace {

/// The part before the first unescaped `separator`; `text` keeps what follows it.
std::string_view take_until(std::string_view& text, char separator) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != separator || (i > 0 && text[i - 1] == '\\')) continue;
    const auto part = text.substr(0, i);
    text.remove_prefix(i + 1);
    return part;
  }
  return std::exchange(text, std::string_view{});
}

}  // namespace

std::string unescape_line_name(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes = text[i] == '\\' && i + 1 < text.size() && std::string_view{", =\\"}.contains(text[i + 1]);
    out += escapes ? text[++i] : text[i];
  }
  return out;
}

ForeignSeries series_of_line(std::string_view series, std::string_view field, signal::ValueType type) {
  ForeignSeries out{.asset = {}, .name = {}, .type = type, .unit = {}, .source = fmt::format("{} {}", series, field)};
  const std::string measurement = unescape_line_name(take_until(series, ','));
  std::map<std::string, std::string> tags;
  while (!series.empty()) {
    auto tag = take_until(series, ',');
    const auto name = take_until(tag, '=');
    tags[unescape_line_name(name)] = unescape_line_name(tag);
  }
  if (const auto unit = tags.extract("unit")) out.unit = unit.mapped();
  for (const auto* name : {"asset", "machine", "device", "host"}) {
    if (out.asset.empty()) {
      if (const auto asset = tags.extract(name)) out.asset.value = asset.mapped();
    }
  }
  const bool measurement_is_asset = out.asset.empty();
  if (measurement_is_asset) out.asset.value = measurement;
  const auto add = [&](std::string_view word) { out.name += (out.name.empty() ? "" : "_") + std::string{word}; };
  if (!measurement_is_asset) add(measurement);
  if (field != "value" || out.name.empty()) add(field);
  for (const auto& [name, value] : tags) add(value);
  return out;
}

}  // namespace hanse::historian
