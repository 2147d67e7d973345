#include "base/text_value.hpp"

#include <fmt/format.h>

namespace hanse {
namespace {

bool is_record_list(const TypeInfo& type) {
  return type.kind == TypeKind::list && type.element->kind == TypeKind::record;
}

/// Whose text is JSON as it stands; the rest is put into quotes first.
bool is_json_itself(const TypeInfo& type) {
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::integer:
    case TypeKind::natural:
    case TypeKind::real:
    case TypeKind::number_enum:
    case TypeKind::raw_json:
    case TypeKind::map:
    case TypeKind::record:
      return true;
    default:
      return is_record_list(type);
  }
}

/// The JSON reader knows bounds, enums, times and their messages: puts the text into its shape.
Result<void> parse_as_json(std::string_view text, const TypeInfo& type, void* out, const FieldNote& note) {
  std::string as_json;
  if (is_json_itself(type)) {
    as_json = trim(text);
  } else {
    json::append_string(as_json, text);
  }
  auto document = JsonDocument::parse(as_json);
  if (!document) {
    json::append_string(as_json = {}, text);  // Not even a number: let the reader say what it wants.
    document = JsonDocument::parse(as_json);
    if (!document) return std::move(document).error();
  }
  JsonReader reader{UnknownMembers::refuse};
  reader.read(document->root(), type, out, note);
  if (auto errors = reader.take_errors(); !errors.empty()) return fail(ErrorCode::invalid, errors.front().message);
  return {};
}

}  // namespace

Result<void> parse_text(std::string_view text, const TypeInfo& type, void* out, const FieldNote& note) {
  if (type.kind == TypeKind::optional) {
    type.container->clear(out);
    if (text.empty()) return {};
    return parse_text(text, *type.element, type.container->add(out, {}), note);
  }
  if (type.kind == TypeKind::list && !is_record_list(type)) {
    type.container->clear(out);
    if (text.empty()) return {};
    const auto parts = split(text, ',');
    if (parts.size() > note.length_max) {
      return fail(ErrorCode::invalid, fmt::format("is too long: {} of at most {}", parts.size(), note.length_max));
    }
    for (const auto part : parts) {
      HANSE_CHECK(parse_text(trim(part), *type.element, type.container->add(out, {})));
    }
    return {};
  }
  return parse_as_json(text, type, out, note);
}

}  // namespace hanse
