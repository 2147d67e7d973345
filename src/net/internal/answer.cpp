#include "net/internal/answer.hpp"

#include <fmt/format.h>

#include <charconv>

#include "api/problem.hpp"
#include "base/text.hpp"
#include "net/internal/gzip.hpp"

namespace hanse::net::internal {

namespace {

constexpr std::size_t kCompressBytesMin = 1024;  // Below, the header of a packet weighs more than what is saved.

// No script, style or font from elsewhere, no framing. Inline styles are allowed as charts set them on elements; inline
// scripts are not.
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += "\r\n";
}

}  // namespace

Result<std::optional<std::int64_t>> parse_if_match(std::string_view text) {
  if (text.empty() || text == "*") return std::optional<std::int64_t>{};
  std::string_view tag = text.starts_with("W/") ? text.substr(2) : text;
  std::int64_t version = 0;
  if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
    const auto [end, failed] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (failed == std::errc{} && end == tag.data() + tag.size()) return std::optional{version};
  }
  return fail(ErrorCode::invalid, "If-Match must be the ETag of the record as it was read, as in \"12\"");
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  for (auto part : split(if_none_match, ',')) {
    part = trim(part);
    if (part == "*") return true;
    if (part.starts_with("W/")) part.remove_prefix(2);
    if (!part.empty() && part == etag) return true;
  }
  return false;
}

Answer finish_response(api::Response response, const AnswerWish& wish) {
  Answer answer{.response = std::move(response)};
  auto& made = answer.response;
  answer.cache = "no-store";
  if (made.version) {
    answer.etag = fmt::format("\"{}\"", *made.version);
    answer.cache = "private, no-cache";
    if (made.status == 200 && matches_etag(wish.if_none_match, answer.etag)) {
      made.status = 304;
      made.body.clear();
    }
  }
  if (made.body.size() >= kCompressBytesMin && is_compressible(made.content_type) &&
      accepts_gzip(wish.accept_encoding)) {
    made.body = gzip(made.body);
    answer.encoding = "gzip";
  }
  return answer;
}

Answer file_answer(const PageAsset& asset, const AnswerWish& wish) {
  Answer answer;
  answer.response.content_type = asset.content_type;
  answer.etag = asset.etag;
  answer.is_page = asset.content_type.starts_with("text/html");
  answer.cache = asset.hashed ? "public, max-age=31536000, immutable" : "no-cache";
  answer.file = asset.bytes;
  if (!asset.gzip.empty() && accepts_gzip(wish.accept_encoding)) {
    answer.file = asset.gzip;
    answer.encoding = "gzip";
  }
  if (matches_etag(wish.if_none_match, asset.etag)) {
    answer.response.status = 304;
    answer.file = std::string_view{""};
    answer.encoding = {};
  }
  return answer;
}

std::string answer_head(const Answer& answer, std::string_view date) {
  const auto& response = answer.response;
  std::string out;
  out.reserve(512);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 api::status_phrase(response.status), date);
  const bool bodiless = response.status == 204 || response.status == 304 || response.status == 101;
  if (!bodiless) {
    append_header(out, "Content-Type", response.content_type);
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", answer.body().size());
  }
  if (!answer.encoding.empty()) append_header(out, "Content-Encoding", answer.encoding);
  if (!answer.etag.empty()) append_header(out, "ETag", answer.etag);
  if (!answer.cache.empty()) append_header(out, "Cache-Control", answer.cache);
  out += "Vary: Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n";
  if (answer.is_page) {
    append_header(out, "Content-Security-Policy", kPolicy);
    out += "X-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n";
  }
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (answer.closes) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

std::string http_date(Timestamp time) {
  using namespace std::chrono;
  const sys_seconds seconds_since{seconds{time.ns / 1'000'000'000}};
  const auto day = floor<days>(seconds_since);
  const year_month_day date{day};
  const hh_mm_ss clock{seconds_since - day};
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace hanse::net::internal
