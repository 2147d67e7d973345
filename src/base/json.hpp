#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/describe.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

// JSON of described records: `to_json(record)` and `from_json<Record>(text)`.
//
// Shapes: struct <-> object, vector <-> array, map<string, T> <-> object, optional <-> null or absent, described enum
// <-> its enumerator's name, TextId <-> string, Timestamp <-> RFC 3339 string, Duration <-> "90s", other enum <->
// integer, non-finite double -> null. A missing member keeps the struct's default unless its note says `required`.

namespace hanse {

/// JSON passed through unread: settings of a plug-in, a standard's own document. Well-formed by construction when it
/// came in through `from_json`; an empty text is written as null.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

/// A look at one value of a parsed document, which must outlive it.
class JsonRef {
 public:
  enum class Kind { null, boolean, integer, real, string, array, object };
  explicit JsonRef(const void* value) : value_(value) {}

  Kind kind() const;
  bool boolean() const;  ///< Precondition of these: the kind fits.
  std::int64_t integer() const;
  double real() const;  ///< Also of an integer.
  std::string_view string() const;
  std::size_t size() const;  ///< Of an array or object.
  JsonRef element(std::size_t index) const;
  std::pair<std::string_view, JsonRef> member(std::size_t index) const;
  std::optional<JsonRef> find(std::string_view key) const;  ///< Nothing when it isn't an object, too.
  std::string text() const;                                 ///< As JSON.

 private:
  const void* value_;
};

/// A parsed document. Depth is limited to 64, as nobody nests deeper in good faith.
class JsonDocument {
 public:
  /// Errors: `invalid`, with line and column of the first character that doesn't fit.
  static Result<JsonDocument> parse(std::string_view text);
  JsonRef root() const;
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

 private:
  struct Value;
  explicit JsonDocument(std::unique_ptr<Value> value);
  std::unique_ptr<Value> value_;
};

enum class UnknownMembers { refuse, ignore };

/// Reads values into records and collects what is wrong, each with its path, instead of stopping at the first.
class JsonReader {
 public:
  explicit JsonReader(UnknownMembers unknown) : unknown_(unknown) {}
  template <class T>
  void read(JsonRef in, T& out, const FieldNote& note = {});
  void error(std::string message) { errors_.push_back({path_, std::move(message)}); }
  void error_at(std::string_view member, std::string message);
  std::vector<FieldError> take_errors() { return std::move(errors_); }

 private:
  template <class T>
  void read_record(JsonRef in, T& out);
  template <class T>
  void read_number(JsonRef in, T& out, const FieldNote& note);
  void unknown_member(std::string_view name, const std::vector<std::string_view>& known);
  bool check_text(std::string_view text, const FieldNote& note);
  bool check_size(std::size_t size, const FieldNote& note);
  bool check_bounds(double value, const FieldNote& note);
  void wrong_kind(JsonRef in, std::string_view expected);

  UnknownMembers unknown_;
  std::string path_;
  std::vector<FieldError> errors_;
};

/// A record may check what no single field's note can say: `void validate(JsonReader& reader) const`, which calls
/// `reader.error_at("end", "must be after start")`.
template <class T>
concept HasValidate = requires(const T& record, JsonReader& reader) { record.validate(reader); };

template <class T>
Result<T> from_json(JsonRef in, UnknownMembers unknown = UnknownMembers::refuse) {
  T out{};
  JsonReader reader{unknown};
  reader.read(in, out);
  if (auto errors = reader.take_errors(); !errors.empty()) {
    return fail(ErrorCode::invalid, "the input has wrong fields", std::move(errors));
  }
  return out;
}

/// Errors: `invalid` with a path and a sentence per wrong field. Source of paths: `sites[2].capacity`.
template <class T>
Result<T> from_json(std::string_view text, UnknownMembers unknown = UnknownMembers::refuse) {
  HANSE_TRY(const JsonDocument document, JsonDocument::parse(text));
  return from_json<T>(document.root(), unknown);
}

namespace json {

void append_string(std::string& out, std::string_view text);
void append_real(std::string& out, double value);
void append_integer(std::string& out, std::int64_t value);
void append_unsigned(std::string& out, std::uint64_t value);

template <class T>
struct is_vector : std::false_type {};
template <class T, class A>
struct is_vector<std::vector<T, A>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T, class C, class A>
struct is_map<std::map<std::string, T, C, A>> : std::true_type {};
template <class T, class H, class E, class A>
struct is_map<std::unordered_map<std::string, T, H, E, A>> : std::true_type {};
template <class T>
struct is_text_id : std::false_type {};
template <class Tag>
struct is_text_id<TextId<Tag>> : std::true_type {};

/// Appends `value` as JSON to `out`: straight to text, without a document in between.
template <class T>
void append(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (DescribedEnum<T>) {
    append_string(out, describe::enum_name(value));
  } else if constexpr (std::is_enum_v<T>) {
    append_integer(out, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    append_unsigned(out, value);
  } else if constexpr (std::is_integral_v<T>) {
    append_integer(out, value);
  } else if constexpr (std::is_floating_point_v<T>) {
    append_real(out, value);
  } else if constexpr (is_text_id<T>::value) {
    append_string(out, value.value);
  } else if constexpr (std::is_same_v<T, Timestamp> || std::is_same_v<T, Duration>) {
    append_string(out, to_string(value));
  } else if constexpr (std::is_same_v<T, RawJson>) {
    out += value.text.empty() ? std::string_view{"null"} : std::string_view{value.text};
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    append_string(out, value);
  } else if constexpr (is_optional<T>::value) {
    if (value) {
      append(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (is_vector<T>::value) {
    out += '[';
    bool first = true;
    for (const auto& element : value) {
      if (!std::exchange(first, false)) out += ',';
      append<typename T::value_type>(out, element);
    }
    out += ']';
  } else if constexpr (is_map<T>::value) {
    out += '{';
    bool first = true;
    for (const auto& [key, element] : value) {
      if (!std::exchange(first, false)) out += ',';
      append_string(out, key);
      out += ':';
      append(out, element);
    }
    out += '}';
  } else {
    static_assert(DescribedRecord<T>, "describe this type with HANSE_DESCRIBE");
    out += '{';
    bool first = true;
    describe::for_each_member(value, [&](std::string_view name, const auto& member) {
      if (!std::exchange(first, false)) out += ',';
      out += '"';
      out += name;
      out += "\":";
      append(out, member);
    });
    out += '}';
  }
}

}  // namespace json

template <class T>
std::string to_json(const T& value) {
  std::string out;
  json::append(out, value);
  return out;
}

template <class T>
void JsonReader::read_number(JsonRef in, T& out, const FieldNote& note) {
  if constexpr (std::is_floating_point_v<T>) {
    if (in.kind() != JsonRef::Kind::real && in.kind() != JsonRef::Kind::integer) return wrong_kind(in, "a number");
    if (check_bounds(in.real(), note)) out = static_cast<T>(in.real());
  } else {
    if (in.kind() != JsonRef::Kind::integer) return wrong_kind(in, "a whole number");
    if (!std::in_range<T>(in.integer())) return error("is out of range");
    if (check_bounds(static_cast<double>(in.integer()), note)) out = static_cast<T>(in.integer());
  }
}

template <class T>
void JsonReader::read_record(JsonRef in, T& out) {
  if (in.kind() != JsonRef::Kind::object) return wrong_kind(in, "an object");
  const std::size_t errors_before = errors_.size();
  std::vector<std::string_view> known;
  describe::for_each_member(out, [&](std::string_view name, auto& member) {
    known.push_back(name);
    const auto note = describe::note_of<T>(name);
    const auto value = in.find(name);
    if (!value || (value->kind() == JsonRef::Kind::null && note.required)) {
      if (note.required) error_at(name, "is required");
      return;
    }
    const auto length = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += name;
    read(*value, member, note);
    path_.resize(length);
  });
  if (unknown_ == UnknownMembers::refuse) {
    for (std::size_t i = 0; i < in.size(); ++i) unknown_member(in.member(i).first, known);
  }
  if constexpr (HasValidate<T>) {
    if (errors_.size() == errors_before) out.validate(*this);
  }
}

template <class T>
void JsonReader::read(JsonRef in, T& out, const FieldNote& note) {
  using Kind = JsonRef::Kind;
  if constexpr (std::is_same_v<T, RawJson>) {
    out.text = in.text();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (in.kind() != Kind::boolean) return wrong_kind(in, "true or false");
    out = in.boolean();
  } else if constexpr (DescribedEnum<T>) {
    if (in.kind() != Kind::string) return wrong_kind(in, "one of " + describe::enum_names<T>());
    if (!describe::enum_value(in.string(), out)) error("must be one of " + describe::enum_names<T>());
  } else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> number{};
    const auto errors_before = errors_.size();
    read_number(in, number, note);
    if (errors_.size() == errors_before) out = static_cast<T>(number);
  } else if constexpr (std::is_arithmetic_v<T>) {
    read_number(in, out, note);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (in.kind() != Kind::string) return wrong_kind(in, "a text");
    if (check_text(in.string(), note)) out = std::string{in.string()};
  } else if constexpr (json::is_text_id<T>::value) {
    if (in.kind() != Kind::string) return wrong_kind(in, "an id (text)");
    if (check_text(in.string(), note)) out = T{std::string{in.string()}};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    if (in.kind() != Kind::string) return wrong_kind(in, "a time like 2026-03-01T06:00:00Z");
    auto time = parse_timestamp(in.string());
    if (!time) return error(time.error().message);
    out = *time;
  } else if constexpr (std::is_same_v<T, Duration>) {
    if (in.kind() != Kind::string) return wrong_kind(in, "a duration like 90s");
    auto duration = parse_duration(in.string());
    if (!duration) return error(duration.error().message);
    out = *duration;
  } else if constexpr (json::is_optional<T>::value) {
    if (in.kind() == Kind::null) {
      out.reset();
    } else {
      read(in, out.emplace(), note);
    }
  } else if constexpr (json::is_vector<T>::value) {
    if (in.kind() != Kind::array) return wrong_kind(in, "a list");
    if (!check_size(in.size(), note)) return;
    out.clear();
    const auto length = path_.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
      path_ += '[' + std::to_string(i) + ']';
      typename T::value_type element{};
      read(in.element(i), element);
      out.push_back(std::move(element));
      path_.resize(length);
    }
  } else if constexpr (json::is_map<T>::value) {
    if (in.kind() != Kind::object) return wrong_kind(in, "an object");
    if (!check_size(in.size(), note)) return;
    out.clear();
    const auto length = path_.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto [key, value] = in.member(i);
      if (!path_.empty()) path_ += '.';
      path_ += key;
      read(value, out[std::string{key}]);
      path_.resize(length);
    }
  } else {
    static_assert(DescribedRecord<T>, "describe this type with HANSE_DESCRIBE");
    read_record(in, out);
  }
}

}  // namespace hanse
