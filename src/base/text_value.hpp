#pragma once

#include "base/json.hpp"
#include "base/text.hpp"

namespace hanse {

namespace internal {
template <class T>
constexpr bool is_record_list() {
  if constexpr (json::is_vector<T>::value) return DescribedRecord<typename T::value_type>;
  return false;
}
}  // namespace internal

/// Reads one field from plain text: a query parameter, an environment variable, a flag, a CSV cell. Lists are
/// comma-separated; a record, a list of records or a map is JSON. Errors: `invalid`, saying what would be right.
template <class T>
Result<void> parse_text(std::string_view text, T& out, const FieldNote& note = {}) {
  if constexpr (json::is_optional<T>::value) {
    if (text.empty()) {
      out.reset();
      return {};
    }
    return parse_text(text, out.emplace(), note);
  } else if constexpr (json::is_vector<T>::value && !internal::is_record_list<T>()) {
    out.clear();
    if (text.empty()) return {};
    for (const auto part : split(text, ',')) {
      typename T::value_type element{};
      HANSE_CHECK(parse_text(trim(part), element));
      out.push_back(std::move(element));
    }
    return {};
  } else {
    // The JSON reader knows bounds, enums, times and their messages: put the text into its shape.
    std::string as_json;
    constexpr bool plain = (std::is_arithmetic_v<T> || (std::is_enum_v<T> && !DescribedEnum<T>)) ||
                           std::is_same_v<T, RawJson> || json::is_map<T>::value || DescribedRecord<T> ||
                           internal::is_record_list<T>();
    if constexpr (plain) {
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
    reader.read(document->root(), out, note);
    if (auto errors = reader.take_errors(); !errors.empty()) return fail(ErrorCode::invalid, errors.front().message);
    return {};
  }
}

}  // namespace hanse
