#include "base/json.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

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

void JsonReader::unknown_member(std::string_view name, const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), name) == known.end()) error_at(name, unknown_name("field", name, known));
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

namespace json {

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

}  // namespace json
}  // namespace hanse
