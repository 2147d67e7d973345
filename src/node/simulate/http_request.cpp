#include "node/simulate/http_request.hpp"

#include <charconv>

#include "base/text.hpp"

namespace hanse::node::simulate {
namespace {

constexpr std::size_t kHeadBytesMax = 16 * 1024;
constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr Duration kIdleMax = 75s;

Result<HttpRequest> parse_head(std::string_view head) {
  const auto lines = split(head, '\n');
  const auto words = split(trim(lines.front()), ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1."))
    return fail(ErrorCode::invalid, "this is not an HTTP request");
  HttpRequest request{.method = std::string{words[0]}, .target = std::string{words[1]}};
  request.keep_alive = words[2] != "HTTP/1.0";
  for (const auto line : std::span{lines}.subspan(1)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers[to_lower(trim(line.substr(0, colon)))] = std::string{trim(line.substr(colon + 1))};
  }
  if (const auto connection = request.headers.find("connection"); connection != request.headers.end()) {
    if (to_lower(connection->second) == "close") request.keep_alive = false;
  }
  return request;
}

std::string_view status_text(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    default:
      return "Error";
  }
}

}  // namespace

Result<std::optional<HttpRequest>> take_http_request(std::string& bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || end > kHeadBytesMax) {
    if (bytes.size() > kHeadBytesMax) return fail(ErrorCode::too_large, "the request's head is over 16 KiB");
    return std::optional<HttpRequest>{};
  }
  HANSE_TRY(auto request, parse_head(std::string_view{bytes}.substr(0, end)));
  std::size_t length = 0;
  if (const auto header = request.headers.find("content-length"); header != request.headers.end()) {
    const auto& text = header->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
      return fail(ErrorCode::invalid, "Content-Length is no number");
    }
  }
  if (length > kBodyBytesMax) return fail(ErrorCode::too_large, "the request's body is over 64 KiB");
  if (bytes.size() < end + 4 + length) return std::optional<HttpRequest>{};
  request.body = bytes.substr(end + 4, length);
  bytes.erase(0, end + 4 + length);
  return std::optional{std::move(request)};
}

boost::asio::awaitable<Result<std::optional<HttpRequest>>> read_http_request(net::Stream& stream, std::string& buffer) {
  for (;;) {
    auto taken = take_http_request(buffer);
    if (!taken || *taken) co_return taken;
    std::array<char, 4096> chunk{};
    auto reading = stream.read(chunk, kIdleMax);
    const auto count = co_await std::move(reading);
    if (!count) co_return count.error();
    if (*count == 0) co_return std::optional<HttpRequest>{};
    buffer.append(chunk.data(), *count);
  }
}

std::string http_answer(int status, std::string_view content_type, std::string_view body) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", status, status_text(status));
  if (!content_type.empty()) head += fmt::format("Content-Type: {}\r\n", content_type);
  if (status != 204) head += fmt::format("Content-Length: {}\r\n", body.size());
  head += "Cache-Control: no-store\r\n\r\n";
  head += body;
  return head;
}

}  // namespace hanse::node::simulate
