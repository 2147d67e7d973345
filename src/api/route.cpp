#include "api/route.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::api::internal {

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    auto name = path.substr(open + 1, path.find('}', open) - open - 1);
    if (name.ends_with("...")) name.remove_suffix(3);
    names.push_back(name);
  }
  return names;
}

namespace {

bool has_body(Method method) { return method == Method::post || method == Method::put || method == Method::patch; }

bool is_path_name(std::string_view path, std::string_view name) {
  const auto names = path_names(path);
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The member that takes the body as it came, if the record has one.
const FieldInfo* raw_body_field(const RecordInfo& record) {
  const auto found =
      std::ranges::find(record.fields, TypeKind::opaque, [](const FieldInfo& field) { return field.type->kind; });
  return found == record.fields.end() ? nullptr : &*found;
}

Result<JsonDocument> parse_body(const Request& request) {
  if (!request.content_type.empty() && !request.content_type.starts_with("application/json")) {
    return fail(ErrorCode::invalid,
                fmt::format("send application/json, not '{}'", request.content_type.substr(0, 100)));
  }
  return JsonDocument::parse(request.body);
}

std::string parameter_json(std::string_view name, bool in_path, bool required, const std::string& schema,
                           std::string_view summary) {
  std::string out = R"({"name":)";
  json::append_string(out, name);
  out += fmt::format(R"(,"in":"{}","required":{},"schema":{})", in_path ? "path" : "query", required, schema);
  if (!summary.empty()) {
    out += R"(,"description":)";
    json::append_string(out, summary);
  }
  return out + "}";
}

std::string operation_json(const Route& route, std::string_view parameters, std::string_view request_body,
                           std::string_view response) {
  std::string out = R"({"summary":)";
  json::append_string(out, route.summary);
  out += R"(,"x-permission":)";
  json::append_string(out, route.permission);
  if (!parameters.empty()) out += fmt::format(R"(,"parameters":[{}])", parameters);
  if (!request_body.empty()) out += fmt::format(R"(,"requestBody":{})", request_body);
  out += R"(,"responses":{)";
  if (response.empty()) {
    out += R"("200":{"description":"Done; a file or text where the summary says so."})";
  } else {
    out += fmt::format(R"("200":{{"description":"Done.","content":{{"application/json":{{"schema":{}}}}}}})", response);
  }
  out += R"(,"default":{"description":"What went wrong (RFC 9457).","content":{"application/problem+json":{"schema":)"
         R"({"$ref":"#/components/schemas/Problem"}}}}}})";
  return out;
}

/// Reads path and query parameters into the members they name.
Result<void> read_parameters(const Shape& shape, const Request& request, void* in) {
  std::vector<FieldError> errors;
  std::vector<std::string_view> known;
  for (const auto& field : shape.input->fields) {
    if (field.type->kind == TypeKind::opaque) continue;
    known.push_back(field.name);
    const auto text = request.parameters.find(field.name);
    if (text == request.parameters.end()) {
      const bool from_body = has_body(shape.method) && !is_path_name(shape.path, field.name);
      if (field.note.required && !from_body) errors.push_back({std::string{field.name}, "is required"});
    } else if (auto read = parse_text(text->second, *field.type, field.of(in), field.note); !read) {
      errors.push_back({std::string{field.name}, read.error().message});
    }
  }
  for (const auto& [name, value] : request.parameters) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      errors.push_back({name, unknown_name("parameter", name, known)});
    }
  }
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong parameters", std::move(errors));
  return {};
}

/// Reads the body's members; those that the path gave may be absent there.
Result<void> read_body(const Shape& shape, const Request& request, void* in) {
  HANSE_TRY(const auto document, parse_body(request));
  JsonReader reader{UnknownMembers::refuse};
  reader.read(document.root(), TypeInfo{.kind = TypeKind::record, .record = shape.input}, in);
  std::vector<FieldError> errors;
  for (auto& error : reader.take_errors()) {
    if (error.message == "is required" && is_path_name(shape.path, error.path)) continue;
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong fields", std::move(errors));
  return {};
}

std::string describe_parameters(const Shape& shape, SchemaBook& book) {
  std::string parameters;
  const bool raw = raw_body_field(*shape.input);
  for (const auto& field : shape.input->fields) {
    if (field.type->kind == TypeKind::opaque) continue;
    const bool in_path = is_path_name(shape.path, field.name);
    if (!in_path && has_body(shape.method) && !raw) continue;
    parameters += parameters.empty() ? "" : ",";
    parameters += parameter_json(field.name, in_path, in_path || field.note.required,
                                 book.schema(*field.type, SchemaBook::Use::input), field.note.summary);
  }
  return parameters;
}

std::string describe_body(const Shape& shape, SchemaBook& book) {
  if (raw_body_field(*shape.input)) return R"({"content":{"*/*":{"schema":{"type":"string"}}}})";
  if (!has_body(shape.method) || shape.input->fields.empty()) return "";
  return R"({"required":true,"content":{"application/json":{"schema":)" +
         book.schema(TypeInfo{.kind = TypeKind::record, .record = shape.input}, SchemaBook::Use::input) + "}}}";
}

}  // namespace

Result<void> read_input(const Shape& shape, const Request& request, void* in) {
  HANSE_CHECK(read_parameters(shape, request, in));
  if (const auto* raw = raw_body_field(*shape.input)) {
    *static_cast<RawBody*>(raw->of(in)) = RawBody{std::string{request.body}, std::string{request.content_type}};
    return {};
  }
  if (!has_body(shape.method) || shape.input->fields.empty()) return {};
  HANSE_CHECK(read_body(shape, request, in));
  return read_parameters(shape, request, in);  // Where both name a member, the path wins.
}

std::string describe_operation(const Route& route, const Shape& shape, SchemaBook& book) {
  const auto body = describe_body(shape, book);
  const auto response = shape.output ? book.schema(*shape.output, SchemaBook::Use::output) : std::string{};
  return operation_json(route, describe_parameters(shape, book), body, response);
}

Response write_raw(Raw raw) {
  Response response{.content_type = std::move(raw.content_type), .body = std::move(raw.body), .version = {}};
  if (!raw.file_name.empty()) {
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + raw.file_name + '"');
  }
  return response;
}

Response write_json(const TypeInfo& type, const void* value, std::optional<std::int64_t> version) {
  Response response{.version = version};
  json::append(response.body, type, value);
  return response;
}

}  // namespace hanse::api::internal
