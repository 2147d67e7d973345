#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "twin/codec/forms.hpp"

// What a request of IDTA 01002 is made of: identifiers in base64url, modifiers, pages; and what answers are.

namespace hanse::twin {

/// Query parameters as they came; the standard has some more than once.
class QueryParameters {
 public:
  /// Errors: `invalid` for a broken escape.
  static Result<QueryParameters> parse(std::string_view query);
  /// Errors: `invalid` when it is there twice.
  Result<std::optional<std::string>> one(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

/// Errors: `invalid`, saying that `name` isn't base64url of UTF-8.
Result<std::string> decode_identifier(std::string_view name, std::string_view text);

struct PageWish {
  std::int64_t limit = 100;
  std::optional<std::string> cursor;
};
/// Errors: `invalid`. A limit over 1,000 is answered with 1,000.
Result<PageWish> page_wish(const QueryParameters& query);
/// `level` and `extent`. Errors: `invalid` for unknown ones.
Result<Shape> shape_wish(const QueryParameters& query);
/// Any letter case. Errors: `invalid`.
Result<bool> boolean_wish(const QueryParameters& query, std::string_view name, bool otherwise);

/// `{"paging_metadata":{...},"result":[...]}`, begun and ended around items that the caller appends. Answers to queries
/// say what kind of thing their items are.
class PagedBody {
 public:
  std::string& next_item();
  std::string finish(const std::optional<std::string>& cursor, std::string_view result_type = {}) &&;

 private:
  std::string items_;
};

/// One message in the standard's body; `type` is `Info`, `Warning`, `Error` or `Exception`.
api::Response message_response(std::string_view type, std::string_view text, int status, Timestamp now);
/// The standard's body of everything that is wrong: one member `messages`.
api::Response error_response(const Error& error, int status, Timestamp now);
int status_of_error(const Error& error);

/// A form of `multipart/form-data`: its parts by name.
struct FormPart {
  std::string name, file_name, content_type;
  std::string_view content;
};
/// Errors: `invalid`. Source: RFC 7578.
Result<std::vector<FormPart>> parse_form(std::string_view body, std::string_view content_type);

}  // namespace hanse::twin
