#include "dataspace/internal/loose.hpp"

#include <array>

namespace hanse::dataspace::loose {
namespace {

constexpr std::array<std::string_view, 9> kPrefixes{"dspace:",
                                                    "odrl:",
                                                    "dcat:",
                                                    "dct:",
                                                    "https://w3id.org/dspace/2025/1/",
                                                    "http://www.w3.org/ns/odrl/2/",
                                                    "http://www.w3.org/ns/dcat#",
                                                    "http://purl.org/dc/terms/",
                                                    "https://w3id.org/dspace/v0.8/"};

}  // namespace

std::string_view short_name(std::string_view name) {
  for (const auto prefix : kPrefixes) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return name;
}

std::optional<std::string> text(JsonRef value) {
  switch (value.kind()) {
    case JsonRef::Kind::string:
      return std::string{value.string()};
    case JsonRef::Kind::integer:
    case JsonRef::Kind::real:
    case JsonRef::Kind::boolean:
      return value.text();
    case JsonRef::Kind::array:
      return value.size() == 1 ? text(value.element(0)) : std::nullopt;
    case JsonRef::Kind::object:
      if (const auto id = value.find("@id")) return text(*id);
      if (const auto inner = value.find("@value")) return text(*inner);
      return std::nullopt;
    case JsonRef::Kind::null:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> text(JsonRef object, std::string_view name) {
  const auto found = member(object, name);
  return found ? text(*found) : std::nullopt;
}

std::vector<JsonRef> list(std::optional<JsonRef> value) {
  std::vector<JsonRef> out;
  if (!value || value->kind() == JsonRef::Kind::null) return out;
  if (value->kind() != JsonRef::Kind::array) return {*value};
  for (std::size_t i = 0; i < value->size(); ++i) out.push_back(value->element(i));
  return out;
}

std::optional<JsonRef> member(JsonRef object, std::string_view name) {
  if (object.kind() != JsonRef::Kind::object) return std::nullopt;
  if (const auto found = object.find(name)) return found;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const auto [key, value] = object.member(i);
    if (short_name(key) == name) return value;
  }
  return std::nullopt;
}

}  // namespace hanse::dataspace::loose
