#include "twin/service/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/problem.hpp"
#include "api/router.hpp"
#include "base/text.hpp"
#include "twin/codec/base64.hpp"

namespace hanse::twin {
namespace {

constexpr std::int64_t kPageMax = 1000;
constexpr std::size_t kParametersMax = 200;

Error wrong(std::string_view name, std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("the parameter '{}' {}", name, what));
}

/// The value of `name="..."` in a header's parameters.
std::string header_parameter(std::string_view header, std::string_view name) {
  for (const auto part : split(header, ';')) {
    const auto text = trim(part);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || to_lower(trim(text.substr(0, equals))) != name) continue;
    auto value = trim(text.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return std::string{value};
  }
  return {};
}

}  // namespace

Result<QueryParameters> QueryParameters::parse(std::string_view query) {
  QueryParameters out;
  if (query.empty()) return out;
  for (const auto part : split(query, '&')) {
    if (part.empty()) continue;
    if (out.items_.size() == kParametersMax) return fail(ErrorCode::invalid, "the query has over 200 parameters");
    const auto equals = std::min(part.find('='), part.size());
    std::string raw{part.substr(std::min(equals + 1, part.size()))};
    std::replace(raw.begin(), raw.end(), '+', ' ');
    HANSE_TRY(auto name, api::percent_decode(part.substr(0, equals)));
    HANSE_TRY(auto value, api::percent_decode(raw));
    out.items_.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

Result<std::optional<std::string>> QueryParameters::one(std::string_view name) const {
  const auto values = all(name);
  if (values.size() > 1) return wrong(name, "must be given once");
  return values.empty() ? std::optional<std::string>{} : std::optional{values.front()};
}

std::vector<std::string> QueryParameters::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : items_) {
    if (key == name) out.push_back(value);
  }
  return out;
}

Result<std::string> decode_identifier(std::string_view name, std::string_view text) {
  auto decoded = decode_base64url(text);
  if (!decoded || decoded->empty() || !is_utf8(*decoded) || decoded->find('\0') != std::string::npos)
    return fail(ErrorCode::invalid, fmt::format("{} must be base64url of an identifier, without padding", name));
  return *std::move(decoded);
}

Result<PageWish> page_wish(const QueryParameters& query) {
  PageWish out;
  HANSE_TRY(const auto limit, query.one("limit"));
  if (limit) {
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), out.limit);
    if (error != std::errc{} || end != limit->data() + limit->size() || out.limit < 1)
      return wrong("limit", "must be a whole number of 1 and more");
    out.limit = std::min(out.limit, kPageMax);
  }
  HANSE_TRY(out.cursor, query.one("cursor"));
  if (out.cursor && out.cursor->empty()) return wrong("cursor", "must not be empty");
  return out;
}

Result<Shape> shape_wish(const QueryParameters& query) {
  Shape out;
  HANSE_TRY(const auto level, query.one("level"));
  HANSE_TRY(const auto extent, query.one("extent"));
  if (level && *level != "deep" && *level != "core") return wrong("level", "must be deep or core");
  if (extent && *extent != "withBlobValue" && *extent != "withoutBlobValue")
    return wrong("extent", "must be withBlobValue or withoutBlobValue");
  if (level == "core") out.level = Level::core;
  if (extent == "withBlobValue") out.extent = Extent::with_blob_value;
  return out;
}

Result<bool> boolean_wish(const QueryParameters& query, std::string_view name, bool otherwise) {
  HANSE_TRY(const auto text, query.one(name));
  if (!text) return otherwise;
  const auto lowered = to_lower(*text);
  if (lowered != "true" && lowered != "false") return wrong(name, "must be true or false");
  return lowered == "true";
}

std::string& PagedBody::next_item() {
  if (!items_.empty()) items_ += ',';
  return items_;
}

std::string PagedBody::finish(const std::optional<std::string>& cursor, std::string_view result_type) && {
  std::string out = "{\"paging_metadata\":{";
  if (cursor) {
    out += "\"cursor\":";
    json::append_string(out, *cursor);
  }
  if (!result_type.empty()) out += fmt::format("{}\"resultType\":\"{}\"", cursor ? "," : "", result_type);
  out += "},\"result\":[";
  out += items_;
  out += "]}";
  return out;
}

int status_of_error(const Error& error) {
  const int status = api::status_of(error);
  return status == 422 ? 400 : status;  // The standard has no 422.
}

namespace {
std::string messages(std::string_view type, std::span<const std::string> texts, int status, Timestamp now) {
  std::string body = "{\"messages\":[";
  for (const auto& text : texts) {
    if (!body.ends_with('[')) body += ',';
    body += fmt::format(R"({{"code":"{}","messageType":"{}","timestamp":"{}","text":)", status, type, to_string(now));
    json::append_string(body, text);
    body += '}';
  }
  return body + "]}";
}
}  // namespace

api::Response message_response(std::string_view type, std::string_view text, int status, Timestamp now) {
  const std::string texts[] = {std::string{text}};
  return {.status = status, .body = messages(type, texts, status, now), .version = {}};
}

api::Response error_response(const Error& error, int status, Timestamp now) {
  std::vector<std::string> texts{error.message};
  for (const auto& field : error.fields)
    texts.push_back(field.path.empty() ? field.message : fmt::format("{}: {}", field.path, field.message));
  return {.status = status, .body = messages("Error", texts, status, now), .version = {}};
}

Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view content_type) {
  const auto boundary = header_parameter(content_type, "boundary");
  if (!to_lower(content_type).starts_with("multipart/form-data") || boundary.empty() || boundary.size() > 200)
    return fail(ErrorCode::invalid, "send multipart/form-data with a boundary");
  const auto separator = "--" + boundary;
  std::vector<FormPart> parts;
  auto at = body.find(separator);
  while (at != std::string_view::npos) {
    at += separator.size();
    if (body.substr(at).starts_with("--")) return parts;
    const auto head_begin = body.find("\r\n", at);
    const auto head_end = head_begin == std::string_view::npos ? head_begin : body.find("\r\n\r\n", head_begin);
    if (head_end == std::string_view::npos) break;
    const auto next = body.find("\r\n" + separator, head_end + 2);
    if (next == std::string_view::npos || parts.size() == 100) break;
    FormPart part{.name = {}, .file_name = {}, .content_type = {}, .content = {}};
    if (next >= head_end + 4) part.content = body.substr(head_end + 4, next - head_end - 4);
    for (auto line : split(body.substr(head_begin + 2, head_end - head_begin - 2), '\n')) {
      line = trim(line);
      const auto colon = std::min(line.find(':'), line.size());
      const auto name = to_lower(line.substr(0, colon));
      const auto value = trim(line.substr(std::min(colon + 1, line.size())));
      if (name == "content-disposition") {
        part.name = header_parameter(value, "name");
        part.file_name = header_parameter(value, "filename");
      } else if (name == "content-type") {
        part.content_type = std::string{value};
      }
    }
    parts.push_back(std::move(part));
    at = next + 2;
  }
  return fail(ErrorCode::invalid, "the form is broken or has no end");
}

}  // namespace hanse::twin
