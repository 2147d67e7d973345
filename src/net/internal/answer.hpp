#pragma once

#include "api/route.hpp"
#include "net/page_assets.hpp"

namespace hanse::net::internal {

/// An answer on its way out: an `api::Response` or a file of the page, with what HTTP needs around it.
struct Answer {
  api::Response response;
  std::string_view file;      ///< Instead of the response's body when not null.
  std::string_view encoding;  ///< `gzip` or empty.
  std::string_view cache;     ///< Cache-Control
  std::string etag;
  bool is_page = false;  ///< Gets the content security policy.
  bool closes = false;   ///< The connection ends with it.

  std::string_view body() const { return file.data() ? file : std::string_view{response.body}; }
};

/// What of a request shapes its answer.
struct AnswerWish {
  std::string_view accept_encoding;
  std::string_view if_none_match;
};

/// Compresses, sets the ETag, turns into 304 what the caller has already. To be run on the work pool.
Answer finish_response(api::Response response, const AnswerWish& wish);
Answer file_answer(const PageAsset& asset, const AnswerWish& wish);

/// `"12"` or `W/"12"`; nothing for `*` and an absent header. Errors: `invalid`.
Result<std::optional<std::int64_t>> parse_if_match(std::string_view text);
/// True when one of the header's tags is `etag`, weakly compared (RFC 9110, 13.1.2).
bool matches_etag(std::string_view if_none_match, std::string_view etag);

/// Status line and header. `date` as in RFC 9110, 5.6.7. Line ends in values that handlers made are removed.
std::string answer_head(const Answer& answer, std::string_view date);
/// `Tue, 24 Nov 2026 08:40:26 GMT`
std::string http_date(Timestamp time);

}  // namespace hanse::net::internal
