#include "api/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hanse::api {

int status_of(const Error& error, bool had_if_match) {
  switch (error.code) {
    case ErrorCode::invalid:
      return error.fields.empty() ? 400 : 422;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return had_if_match ? 412 : 409;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::timeout:
      return 504;
    case ErrorCode::corrupt:
      return 500;
  }
  return 500;
}

std::string_view status_phrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

namespace {

// What is wrong with a request may be as long as the request; the answer isn't.
constexpr std::size_t kFieldsMax = 100, kPathMax = 300, kMessageMax = 2000;

void append_field(std::string& body, std::string_view path, std::string_view message) {
  body += body.ends_with('[') ? R"({"path":)" : R"(,{"path":)";
  json::append_string(body, clip(path, kPathMax));
  body += R"(,"message":)";
  json::append_string(body, clip(message, kMessageMax));
  body += '}';
}

}  // namespace

Response problem(const Error& error, int status) {
  Response response{.status = status, .content_type = "application/problem+json", .body = {}, .version = {}};
  std::string& body = response.body;
  body = fmt::format(R"({{"type":"about:blank","title":"{}","status":{},"detail":)", status_phrase(status), status);
  json::append_string(body, clip(error.message, kMessageMax));
  body += fmt::format(R"(,"code":"{}","fields":[)", to_string(error.code));
  const auto shown = std::min(error.fields.size(), kFieldsMax);
  for (std::size_t i = 0; i < shown; ++i) append_field(body, error.fields[i].path, error.fields[i].message);
  if (shown < error.fields.size()) append_field(body, "", fmt::format("and {} more", error.fields.size() - shown));
  body += "]}";
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace hanse::api
