#include <fmt/format.h>

#include "twin/codec/base64.hpp"
#include "twin/service/element_parts.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;

bool is_file(const Node& element) { return element.of() == Class::File || element.of() == Class::Blob; }

Response no_file(const Call& call) { return not_allowed(call, "only a File or a Blob has an attachment"); }

Response content_of(std::string content, std::string_view type, std::string_view name) {
  Response response{.content_type = type.empty() ? "application/octet-stream" : std::string{type},
                    .body = std::move(content),
                    .version = {}};
  std::string shown;
  for (const char c : name) shown += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", shown));
  return response;
}

/// What an address outside has is never fetched here.
Result<Response> get_attachment(Call& call) {
  HANSE_TRY(const auto found, element_of(call));
  const auto& element = *found.element;
  if (!is_file(element)) return no_file(call);
  const auto missing = fail(ErrorCode::not_found, "there is no file here");
  if (element.of() == Class::Blob) {
    auto content = decode_base64(element.text(Name::value));
    if (!content || !element.has(Name::value)) return missing;
    return content_of(*std::move(content), element.text(Name::contentType), element.text(Name::idShort));
  }
  HANSE_TRY(const auto file, call.twins.files().find(file_id(call.name("sm"), element.text(Name::value))));
  if (!file) return missing;
  auto content = decode_base64(file->record.content);
  if (!content) return missing;
  return content_of(*std::move(content), file->record.content_type, file->record.name);
}

/// Where a file of this element is kept: its name alone unless that may be another element's.
std::string path_for(std::string_view element, std::string_view name) {
  std::string out = "/aasx/files/";
  for (const char c : element) out += c == '[' || c == ']' ? '_' : c;
  out += '/';
  for (const char c : name) {
    const bool plain = static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '/' &&
                       c != '\\' && c != '%' && c != '#' && c != '?' && c != '"' && c != '<' && c != '>' && c != '^' &&
                       c != '`' && c != '{' && c != '}' && c != '|' && c != '[' && c != ']';
    out += plain ? c : '_';
  }
  return out;
}

Result<Response> put_attachment(Call& call) {
  HANSE_TRY(const auto found, element_of(call));
  if (!is_file(*found.element)) return no_file(call);
  HANSE_TRY(const auto form, parse_form(call.request.body, call.request.content_type));
  std::string name, type;
  const FormPart* file = nullptr;
  for (const auto& part : form) {
    if (part.name == "fileName") name = std::string{part.content};
    if (part.name == "contentType") type = std::string{part.content};
    if (part.name == "file") file = &part;
  }
  if (!file) return fail(ErrorCode::invalid, "the form must have a part 'file'");
  if (name.empty()) name = file->file_name.empty() ? "file" : file->file_name;
  if (type.empty()) type = file->content_type.empty() ? "application/octet-stream" : file->content_type;
  const auto path = path_for(call.name("path"), name);
  const bool blob = found.element->of() == Class::Blob;
  HANSE_CHECK(change_element(call, found.path, [&](Node& element) -> Result<void> {
    element.set(Name::contentType, type);
    element.set(Name::value, blob ? encode_base64(file->content) : path);
    return {};
  }));
  if (blob) return no_content();
  HANSE_CHECK(call.twins.files().put(call.actor(), StoredFile{.id = file_id(call.name("sm"), path),
                                                              .owner = call.name("sm"),
                                                              .path = path,
                                                              .name = name,
                                                              .content_type = type,
                                                              .content = encode_base64(file->content)}));
  return no_content();
}

Result<Response> delete_attachment(Call& call) {
  HANSE_TRY(const auto found, element_of(call));
  if (!is_file(*found.element)) return no_file(call);
  if (!found.element->has(Name::value)) return fail(ErrorCode::not_found, "there is no file here");
  const std::string path{found.element->text(Name::value)};
  HANSE_CHECK(change_element(call, found.path, [](Node& element) -> Result<void> {
    element.erase(Name::value);
    return {};
  }));
  const auto removed = call.twins.files().remove(call.actor(), file_id(call.name("sm"), path));
  if (!removed && removed.error().code != ErrorCode::not_found) return removed.error();
  return Response{.content_type = "", .body = "", .version = {}};
}

}  // namespace

Response not_allowed(const Call& call, std::string message) {
  return error_response(fail(ErrorCode::invalid, std::move(message)), 405, call.twins.clock().now());
}

std::vector<Action> attachment_operations(const std::string& element) {
  return {{Method::get, element + "/attachment", get_attachment},
          {Method::put, element + "/attachment", put_attachment},
          {Method::del, element + "/attachment", delete_attachment}};
}

}  // namespace hanse::twin
