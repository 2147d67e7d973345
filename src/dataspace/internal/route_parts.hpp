#pragma once

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// A route whose answers the protocol defines, errors too; with and without a slash at its end.
void add_route(std::vector<api::Route>& out, api::Method method, std::string path, std::string_view summary,
               std::string_view permission, std::function<Result<api::Response>(const api::Request&)> handle,
               std::size_t body_bytes_max = 1 << 20);
/// The partner that sent the request. Errors: `unauthenticated`.
Result<Partner> calling_partner(Connector& connector, const api::Request& request);
/// Without `Bearer`, which many clients leave out.
std::string bare_token(std::string_view authorization);
std::string encode_query(std::string_view text);
/// `bytes=100-` or `bytes=100-199` into the window; other forms and units are left alone, as RFC 9110, 14.2 lets us.
void take_range(std::string_view header, DataWindow& window);
/// Status and headers of a piece of `total` bytes; for a total of 0 nothing is known and nothing changes.
void mark_range(api::Response& response, std::int64_t offset, std::int64_t total);

}  // namespace hanse::dataspace
