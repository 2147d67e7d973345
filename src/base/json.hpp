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

#include "base/result.hpp"
#include "base/type_info.hpp"

// JSON of described records: `to_json(record)` and `from_json<Record>(text)`.
//
// Shapes: struct <-> object, vector <-> array, map<string, T> <-> object, optional <-> null or absent, described enum
// <-> its enumerator's name, TextId <-> string, Timestamp <-> RFC 3339 string, Duration <-> "90s", other enum <->
// integer, non-finite double -> null. A missing member keeps the struct's default unless its note says `required`.

namespace hanse {

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
  void read(JsonRef in, T& out, const FieldNote& note = {}) {
    read(in, type_info<T>(), &out, note);
  }
  void read(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note = {});
  void error(std::string message) { errors_.push_back({path_, std::move(message)}); }
  void error_at(std::string_view member, std::string message);
  std::vector<FieldError> take_errors() { return std::move(errors_); }

 private:
  void read_record(JsonRef in, const RecordInfo& record, void* out);
  void read_text(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note);
  void read_enum(JsonRef in, const TypeInfo& type, void* out);
  void read_integer(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note);
  void read_real(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note);
  void read_list(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note);
  void read_map(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note);
  void refuse_unknown(JsonRef in, const RecordInfo& record);
  bool check_text(std::string_view text, const FieldNote& note);
  bool check_size(std::size_t size, const FieldNote& note);
  bool check_bounds(double value, const FieldNote& note);
  void wrong_kind(JsonRef in, std::string_view expected);

  UnknownMembers unknown_;
  std::string path_;
  std::vector<FieldError> errors_;
};

namespace json {
Result<void> read(JsonRef in, const TypeInfo& type, void* out, UnknownMembers unknown);
}

template <class T>
Result<T> from_json(JsonRef in, UnknownMembers unknown = UnknownMembers::refuse) {
  T out{};
  HANSE_CHECK(json::read(in, type_info<T>(), &out, unknown));
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

using describe::is_map;
using describe::is_optional;
using describe::is_vector;

/// Appends `value` as JSON to `out`: straight to text, without a document in between.
void append(std::string& out, const TypeInfo& type, const void* value);
template <class T>
void append(std::string& out, const T& value) {
  append(out, type_info<T>(), &value);
}

}  // namespace json

template <class T>
std::string to_json(const T& value) {
  std::string out;
  json::append(out, value);
  return out;
}

}  // namespace hanse
