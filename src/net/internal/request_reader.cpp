#include "net/internal/request_reader.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.hpp"

namespace hanse::net::internal {

namespace http = boost::beast::http;

namespace {

Error parse_error(const boost::beast::error_code& code) {
  if (code == http::error::header_limit) {
    return fail(ErrorCode::too_large, fmt::format("the request's head is over {} kB", kRequestHeadBytesMax / 1024));
  }
  if (code == http::error::body_limit || code == http::error::buffer_overflow) {
    return fail(ErrorCode::too_large, "the request's body is larger than this address takes");
  }
  return fail(ErrorCode::invalid, fmt::format("this is not HTTP/1.1: {}", code.message()));
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestReader::State {
  std::optional<http::request_parser<http::string_body>> parser;
  bool limited = false;
};

RequestReader::RequestReader() : state_(std::make_unique<State>()) { next(); }
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;

void RequestReader::next() {
  state_->limited = false;
  auto& parser = state_->parser.emplace();
  parser.header_limit(kRequestHeadBytesMax);
  parser.body_limit(boost::none);  // Decided by `limit_body`, once the route is known.
}

Result<std::size_t> RequestReader::feed(std::string_view bytes) {
  auto& parser = *state_->parser;
  std::size_t used = 0;
  while (used < bytes.size() && !parser.is_done() && (!parser.is_header_done() || state_->limited)) {
    boost::beast::error_code code;
    const bool had_head = parser.is_header_done();
    const std::size_t count = parser.put(boost::asio::buffer(bytes.data() + used, bytes.size() - used), code);
    used += count;
    if (code && code != http::error::need_more) return parse_error(code);
    if (!had_head && parser.is_header_done()) HANSE_CHECK(check_head());
    if (code == http::error::need_more && count == 0) break;
  }
  // Beast looks at its limit only once it has a whole line.
  if (!parser.is_header_done() && bytes.size() - used > kRequestHeadBytesMax)
    return parse_error(http::error::header_limit);
  return used;
}

Result<void> RequestReader::check_head() const {
  const auto& head = state_->parser->get();
  if (head.count(http::field::host) > 1 || (head.count(http::field::host) == 0 && head.version() >= 11)) {
    return fail(ErrorCode::invalid, "the request must have one Host header");
  }
  if (head.version() != 11 && head.version() != 10) return fail(ErrorCode::invalid, "send HTTP/1.1");
  const auto coding = view(head[http::field::transfer_encoding]);
  if (!coding.empty() && to_lower(coding) != "chunked") {
    return fail(ErrorCode::invalid, "the only transfer coding taken is chunked");
  }
  if (!coding.empty() && head.count(http::field::content_length) > 0) {
    return fail(ErrorCode::invalid, "the request has a length and a transfer coding");
  }
  return {};
}

bool RequestReader::has_head() const { return state_->parser->is_header_done(); }
bool RequestReader::done() const { return state_->parser->is_done(); }

Result<void> RequestReader::limit_body(std::size_t bytes_max) {
  auto& parser = *state_->parser;
  state_->limited = true;
  parser.body_limit(bytes_max);
  if (const auto length = parser.content_length(); length && *length > bytes_max) {
    return fail(ErrorCode::too_large, fmt::format("the body is over the {} bytes that this address takes", bytes_max));
  }
  return {};
}

std::string_view RequestReader::method() const { return view(state_->parser->get().method_string()); }
std::string_view RequestReader::target() const { return view(state_->parser->get().target()); }
std::string_view RequestReader::header(std::string_view name) const {
  return view(state_->parser->get()[boost::beast::string_view{name.data(), name.size()}]);
}
bool RequestReader::keeps_alive() const { return state_->parser->keep_alive(); }
bool RequestReader::has_body() const {
  const auto& parser = *state_->parser;
  return parser.chunked() || parser.content_length().value_or(0) > 0;
}
const std::string& RequestReader::body() const { return state_->parser->get().body(); }

}  // namespace hanse::net::internal
