#include "base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace hanse {
namespace {

const boost::json::value& as_value(const void* value) { return *static_cast<const boost::json::value*>(value); }
std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

constexpr std::size_t kDepthMax = 64;

}  // namespace

JsonRef::Kind JsonRef::kind() const {
  switch (as_value(value_).kind()) {
    case boost::json::kind::null:
      return Kind::null;
    case boost::json::kind::bool_:
      return Kind::boolean;
    case boost::json::kind::int64:
      return Kind::integer;
    case boost::json::kind::uint64:
      return Kind::real;  // Past 2^63: only a double has room for it here.
    case boost::json::kind::double_:
      return Kind::real;
    case boost::json::kind::string:
      return Kind::string;
    case boost::json::kind::array:
      return Kind::array;
    case boost::json::kind::object:
      return Kind::object;
  }
  return Kind::null;
}

bool JsonRef::boolean() const { return as_value(value_).get_bool(); }
std::int64_t JsonRef::integer() const { return as_value(value_).get_int64(); }

double JsonRef::real() const {
  const auto& value = as_value(value_);
  if (const auto* integer = value.if_int64()) return static_cast<double>(*integer);
  if (const auto* natural = value.if_uint64()) return static_cast<double>(*natural);
  return value.get_double();
}

std::string_view JsonRef::string() const {
  const auto& text = as_value(value_).get_string();
  return {text.data(), text.size()};
}

std::size_t JsonRef::size() const {
  const auto& value = as_value(value_);
  if (const auto* object = value.if_object()) return object->size();
  return value.get_array().size();
}

JsonRef JsonRef::element(std::size_t index) const { return JsonRef{&as_value(value_).get_array()[index]}; }

std::pair<std::string_view, JsonRef> JsonRef::member(std::size_t index) const {
  const auto& member = *(as_value(value_).get_object().begin() + static_cast<std::ptrdiff_t>(index));
  return {view(member.key()), JsonRef{&member.value()}};
}

std::optional<JsonRef> JsonRef::find(std::string_view key) const {
  const auto* object = as_value(value_).if_object();
  if (!object) return std::nullopt;
  const auto* value = object->if_contains({key.data(), key.size()});
  if (!value) return std::nullopt;
  return JsonRef{value};
}

std::string JsonRef::text() const { return boost::json::serialize(as_value(value_)); }

struct JsonDocument::Value {
  boost::json::monotonic_resource memory;
  boost::json::value root;
};

JsonDocument::JsonDocument(std::unique_ptr<Value> value) : value_(std::move(value)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;
JsonRef JsonDocument::root() const { return JsonRef{&value_->root}; }

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  auto value = std::make_unique<Value>();
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::json::stream_parser parser{&value->memory, options};
  boost::json::error_code status;
  std::size_t read = parser.write_some(text.data(), text.size(), status);
  if (!status) {
    parser.finish(status);
    if (!status && read < text.size() && !trim(text.substr(read)).empty()) status = boost::json::error::extra_data;
  }
  if (status) {
    const auto before = text.substr(0, std::min(read, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto column = before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
    return fail(ErrorCode::invalid,
                fmt::format("this is not JSON: {} at line {}, column {}", status.message(), line, column));
  }
  value->root = parser.release();
  return JsonDocument{std::move(value)};
}

void JsonReader::error_at(std::string_view member, std::string message) {
  errors_.push_back({path_.empty() ? std::string{member} : fmt::format("{}.{}", path_, member), std::move(message)});
}

bool JsonReader::check_text(std::string_view text, const FieldNote& note) {
  if (note.required && trim(text).empty()) {
    error("must not be empty");
    return false;
  }
  return check_size(text.size(), note);
}

bool JsonReader::check_size(std::size_t size, const FieldNote& note) {
  if (size <= note.length_max) return true;
  error(fmt::format("is too long: {} of at most {}", size, note.length_max));
  return false;
}

bool JsonReader::check_bounds(double value, const FieldNote& note) {
  if (value < note.min) {
    error(fmt::format("must be at least {}", note.min));
    return false;
  }
  if (value > note.max) {
    error(fmt::format("must be at most {}", note.max));
    return false;
  }
  return true;
}

void JsonReader::wrong_kind(JsonRef in, std::string_view expected) {
  constexpr std::array<std::string_view, 7> kFound = {"null",   "true or false", "a whole number", "a number",
                                                      "a text", "a list",        "an object"};
  error(fmt::format("must be {}, not {}", expected, kFound[static_cast<std::size_t>(in.kind())]));
}

void JsonReader::read_text(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  if (in.kind() != JsonRef::Kind::string) return wrong_kind(in, type.kind == TypeKind::id ? "an id (text)" : "a text");
  HANSE_ASSERT(type.assign);  // a view can't own what was read
  if (check_text(in.string(), note)) type.assign(out, in.string());
}

void JsonReader::read_enum(JsonRef in, const TypeInfo& type, void* out) {
  if (in.kind() != JsonRef::Kind::string) return wrong_kind(in, "one of " + describe::enum_names(type.names));
  const auto* entry = describe::enum_entry(type.names, in.string());
  if (!entry) return error("must be one of " + describe::enum_names(type.names));
  store_integer(type, out, entry->value);
}

void JsonReader::read_integer(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  if (in.kind() != JsonRef::Kind::integer) return wrong_kind(in, "a whole number");
  const auto number = in.integer();
  const auto bits = static_cast<int>(type.size * 8);
  const bool fits = type.is_signed ? bits == 64 || (number >= -(1LL << (bits - 1)) && number < (1LL << (bits - 1)))
                                   : number >= 0 && (bits == 64 || number < (1LL << bits));
  if (!fits) return error("is out of range");
  if (check_bounds(static_cast<double>(number), note)) store_integer(type, out, number);
}

void JsonReader::read_real(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  if (in.kind() != JsonRef::Kind::real && in.kind() != JsonRef::Kind::integer) return wrong_kind(in, "a number");
  const double number = in.real();
  if (!check_bounds(number, note)) return;
  if (type.size == sizeof(double)) {
    *static_cast<double*>(out) = number;
  } else {
    *static_cast<float*>(out) = static_cast<float>(number);
  }
}

void JsonReader::read_list(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  if (in.kind() != JsonRef::Kind::array) return wrong_kind(in, "a list");
  if (!check_size(in.size(), note)) return;
  type.container->clear(out);
  const auto length = path_.size();
  for (std::size_t i = 0; i < in.size(); ++i) {
    path_ += '[' + std::to_string(i) + ']';
    read(in.element(i), *type.element, type.container->add(out, {}));
    path_.resize(length);
  }
}

void JsonReader::read_map(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  if (in.kind() != JsonRef::Kind::object) return wrong_kind(in, "an object");
  if (!check_size(in.size(), note)) return;
  type.container->clear(out);
  const auto length = path_.size();
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto [key, value] = in.member(i);
    if (!path_.empty()) path_ += '.';
    path_ += key;
    read(value, *type.element, type.container->add(out, key));
    path_.resize(length);
  }
}

void JsonReader::refuse_unknown(JsonRef in, const RecordInfo& record) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto name = in.member(i).first;
    if (std::ranges::find(record.fields, name, &FieldInfo::name) != record.fields.end()) continue;
    std::vector<std::string_view> known;
    for (const auto& field : record.fields) known.push_back(field.name);
    error_at(name, unknown_name("field", name, known));
  }
}

void JsonReader::read_record(JsonRef in, const RecordInfo& record, void* out) {
  if (in.kind() != JsonRef::Kind::object) return wrong_kind(in, "an object");
  const std::size_t errors_before = errors_.size();
  for (const auto& field : record.fields) {
    const auto value = in.find(field.name);
    if (!value || (value->kind() == JsonRef::Kind::null && field.note.required)) {
      if (field.note.required) error_at(field.name, "is required");
      continue;
    }
    const auto length = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += field.name;
    read(*value, *field.type, field.of(out), field.note);
    path_.resize(length);
  }
  if (unknown_ == UnknownMembers::refuse) refuse_unknown(in, record);
  if (record.validate && errors_.size() == errors_before) record.validate(out, *this);
}

void JsonReader::read(JsonRef in, const TypeInfo& type, void* out, const FieldNote& note) {
  using Kind = JsonRef::Kind;
  switch (type.kind) {
    case TypeKind::boolean:
      if (in.kind() != Kind::boolean) return wrong_kind(in, "true or false");
      *static_cast<bool*>(out) = in.boolean();
      return;
    case TypeKind::integer:
    case TypeKind::natural:
    case TypeKind::number_enum:
      return read_integer(in, type, out, note);
    case TypeKind::real:
      return read_real(in, type, out, note);
    case TypeKind::text:
    case TypeKind::id:
      return read_text(in, type, out, note);
    case TypeKind::timestamp: {
      if (in.kind() != Kind::string) return wrong_kind(in, "a time like 2026-03-01T06:00:00Z");
      const auto time = parse_timestamp(in.string());
      if (!time) return error(time.error().message);
      *static_cast<Timestamp*>(out) = *time;
      return;
    }
    case TypeKind::duration: {
      if (in.kind() != Kind::string) return wrong_kind(in, "a duration like 90s");
      const auto duration = parse_duration(in.string());
      if (!duration) return error(duration.error().message);
      *static_cast<Duration*>(out) = *duration;
      return;
    }
    case TypeKind::raw_json:
      static_cast<RawJson*>(out)->text = in.text();
      return;
    case TypeKind::named_enum:
      return read_enum(in, type, out);
    case TypeKind::optional:
      if (in.kind() == Kind::null) return type.container->clear(out);
      return read(in, *type.element, type.container->add(out, {}), note);
    case TypeKind::list:
      return read_list(in, type, out, note);
    case TypeKind::map:
      return read_map(in, type, out, note);
    case TypeKind::record:
      return read_record(in, *type.record, out);
    case TypeKind::opaque:
      return error("can't be given as JSON");
  }
}

namespace json {

Result<void> read(JsonRef in, const TypeInfo& type, void* out, UnknownMembers unknown) {
  JsonReader reader{unknown};
  reader.read(in, type, out);
  if (auto errors = reader.take_errors(); !errors.empty()) {
    return fail(ErrorCode::invalid, "the input has wrong fields", std::move(errors));
  }
  return {};
}

void append_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, clean, i - clean);
    clean = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, clean, text.size() - clean);
  out += '"';
}

void append_real(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[32];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end);
}

void append_integer(std::string& out, std::int64_t value) {
  char buffer[24];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end);
}

void append_unsigned(std::string& out, std::uint64_t value) {
  char buffer[24];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end);
}

namespace {

void append_list(std::string& out, const TypeInfo& type, const void* list) {
  out += '[';
  const auto count = type.container->size(list);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    append(out, *type.element, type.container->at(list, i));
  }
  out += ']';
}

void append_map(std::string& out, const TypeInfo& type, const void* map) {
  struct Walk {
    std::string& out;
    const TypeInfo& element;
    bool first = true;
  } walk{out, *type.element};
  out += '{';
  type.container->each(map, &walk, [](void* context, std::string_view key, const void* value) {
    auto& at = *static_cast<Walk*>(context);
    if (!std::exchange(at.first, false)) at.out += ',';
    append_string(at.out, key);
    at.out += ':';
    append(at.out, at.element, value);
  });
  out += '}';
}

void append_record(std::string& out, const RecordInfo& record, const void* value) {
  out += '{';
  bool first = true;
  for (const auto& field : record.fields) {
    out += std::exchange(first, false) ? "\"" : ",\"";
    out += field.name;
    out += "\":";
    append(out, *field.type, field.of(const_cast<void*>(value)));  // NOLINT: only read below
  }
  out += '}';
}

}  // namespace

void append(std::string& out, const TypeInfo& type, const void* value) {
  switch (type.kind) {
    case TypeKind::boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      return;
    case TypeKind::integer:
    case TypeKind::number_enum:
      return append_integer(out, load_integer(type, value));
    case TypeKind::natural:
      return append_unsigned(out, static_cast<std::uint64_t>(load_integer(type, value)));
    case TypeKind::real:
      return append_real(out, type.size == sizeof(double) ? *static_cast<const double*>(value)
                                                          : static_cast<double>(*static_cast<const float*>(value)));
    case TypeKind::text:
    case TypeKind::id:
      return append_string(out, type.text(value));
    case TypeKind::timestamp:
      return append_string(out, to_string(*static_cast<const Timestamp*>(value)));
    case TypeKind::duration:
      return append_string(out, to_string(*static_cast<const Duration*>(value)));
    case TypeKind::raw_json: {
      const std::string_view text = static_cast<const RawJson*>(value)->text;
      out += text.empty() ? "null" : text;
      return;
    }
    case TypeKind::named_enum:
      return append_string(out, describe::enum_name(type.names, load_integer(type, value)));
    case TypeKind::optional:
      if (type.container->size(value) == 0) {
        out += "null";
        return;
      }
      return append(out, *type.element, type.container->at(value, 0));
    case TypeKind::list:
      return append_list(out, type, value);
    case TypeKind::map:
      return append_map(out, type, value);
    case TypeKind::record:
      return append_record(out, *type.record, value);
    case TypeKind::opaque:
      out += "null";
      return;
  }
}

}  // namespace json
}  // namespace hanse
