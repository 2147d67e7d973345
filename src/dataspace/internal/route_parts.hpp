#pragma once

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// A route whose answers the protocol defines, errors too; with and without a slash at its end.
void add_route(std::vector<api::Route>& out, api::Method method, std::string path, std::string_view summary,
               std::string_view permission, std::function<Result<api::Response>(const api::Request&)> handle);
/// The partner that sent the request. Errors: `unauthenticated`.
Result<Partner> calling_partner(Connector& connector, const api::Request& request);
/// Without `Bearer`, which many clients leave out.
std::string bare_token(std::string_view authorization);
std::string encode_query(std::string_view text);

}  // namespace hanse::dataspace
