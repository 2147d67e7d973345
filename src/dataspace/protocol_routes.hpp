#pragma once

#include <vector>

#include "dataspace/data_plane.hpp"

namespace hanse::dataspace {

/// Permission of the routes for partners' nodes.
inline constexpr std::string_view kPartnerPermission = "partner";
inline constexpr std::string_view kProtocolPath = "/dsp/2025-1";

/// All that partners' nodes call: version and DID documents (public), catalogue, negotiations, transfers, data, and our
/// extensions beside the protocol. Their callers are those that `partner_caller` makes. All outlive the routes.
std::vector<api::Route> protocol_routes(Connector& connector, DataPlane& data);

/// For the node's authoriser: the caller of a request below `/dsp/`, by its Authorization header; nothing for other
/// paths, which are none of this room's business. Errors: `unauthenticated`.
std::optional<Result<api::Caller>> partner_caller(PartnerBook& partners, const api::RequestFacts& facts);

}  // namespace hanse::dataspace
