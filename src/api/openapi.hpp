#pragma once

#include <span>

#include "api/route.hpp"

namespace hanse::api {

/// The OpenAPI 3.1 document of these routes, paths sorted, ready to be served and committed.
std::string openapi_document(std::span<const Route> routes, std::string_view version);

}  // namespace hanse::api
