#include "connectors/opcua/session/value_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/codec/variant_parts.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kTextMax = 200, kLevelsMax = 8;

/// Elements from `at` on as lists within lists; `at` moves on.
void add_level(std::string& text, const Variant& value, std::size_t level, std::size_t& at, const TypeBook& types) {
  const auto& lengths = value.dimensions;
  const bool flat = lengths.empty() || lengths.size() > kLevelsMax;  // A server may claim any number of dimensions.
  const bool innermost = flat || level + 1 == lengths.size();
  const auto count = flat ? element_count(value) : static_cast<std::size_t>(std::max(lengths[level], 0));
  text += '[';
  for (std::size_t i = 0; i < count && at <= element_count(value); ++i) {
    if (i > 0) text += ", ";
    if (text.size() > kTextMax) {
      text += "…";
      break;
    }
    if (!innermost)
      add_level(text, value, level + 1, at, types);
    else if (at < element_count(value))
      text += value_summary(element_at(value, at++), types);
    else
      break;
  }
  text += ']';
}

std::string structure_text(const ExtensionObject& object, const TypeBook& types) {
  const auto fields = types.flatten(object);
  if (fields.empty()) return "a structure";
  std::string text = "{";
  for (const auto& field : fields) {
    if (text.size() > 1) text += ", ";
    if (text.size() > kTextMax) {
      text += "…";
      break;
    }
    text += fmt::format("{} {}", field.name, value_text(field.value).substr(0, kTextMax));
  }
  return text + "}";
}

}  // namespace

std::string value_summary(const Variant& value, const TypeBook& types) {
  if (value.is_array()) {
    std::string text;
    std::size_t at = 0;
    add_level(text, value, 0, at, types);
    return text;
  }
  if (const auto* object = std::get_if<Box<ExtensionObject>>(&value.value); object && *object)
    return structure_text(**object, types);
  const auto text = value_text(value);
  return text.empty() ? "nothing" : text.substr(0, kTextMax);
}

}  // namespace hanse::connectors::opcua
