#pragma once

#include <functional>
#include <vector>

#include "dataspace/data_plane.hpp"

namespace hanse::dataspace {

/// Calls a partner and waits for its answer: for what a person looks at. Errors are in the outcome.
using Ask = std::function<Outcome(Outbound)>;

/// What a node at an address says of itself: its version and DID documents, fetched now. Errors: `invalid` for what is
/// no address, `unavailable` when nobody answers there as a node does, `not_found` for other versions of the protocol.
Result<PartnerCard> look_up(const Ask& ask, const std::string& typed);

/// For people: partners, offers, datasets, catalogues of partners, negotiations, transfers, agreements, evidence, below
/// /api/v1/dataspace, with `dataspace.read` and `dataspace.write`. The connector outlives them.
std::vector<api::Route> routes(Connector& connector, Ask ask);

}  // namespace hanse::dataspace
