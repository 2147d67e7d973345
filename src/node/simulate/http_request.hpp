#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/stream.hpp"

namespace hanse::node::simulate {

/// A request as the simulated devices' small servers need it.
struct HttpRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string, std::less<>> headers;  ///< Names in lower case.
  std::string body;
  bool keep_alive = true;
};

/// Head and body of one HTTP/1.x request at the front of `bytes`, which then loses them; nothing while more must come.
/// Errors: `invalid` (not HTTP), `too_large` (head over 16 KiB, body over 64 KiB).
Result<std::optional<HttpRequest>> take_http_request(std::string& bytes);

/// Reads one request; `buffer` keeps what came after it. Nothing at the end of the stream.
boost::asio::awaitable<Result<std::optional<HttpRequest>>> read_http_request(net::Stream& stream, std::string& buffer);

/// Status line, headers and body.
std::string http_answer(int status, std::string_view content_type, std::string_view body);

}  // namespace hanse::node::simulate
