#pragma once

#include "api/route.hpp"

namespace hanse::api {

/// The one place that turns codes into HTTP statuses. A conflict is 412 when the caller had sent If-Match (RFC 9110,
/// 13.1.1), else 409; an input with named fields is 422, one that can't be read at all 400.
int status_of(const Error& error, bool had_if_match = false);

/// The standard phrase, as in `Not Found`; for status lines and titles.
std::string_view status_phrase(int status);

/// A problem document: application/problem+json (RFC 9457) with `code` and `fields` of the error.
Response problem(const Error& error, int status);
inline Response problem(const Error& error) { return problem(error, status_of(error)); }

}  // namespace hanse::api
