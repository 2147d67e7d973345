#pragma once

#include <vector>

#include "api/route.hpp"
#include "connectors/opcua/security/certificate_store.hpp"
#include "store/store.hpp"

namespace hanse::node {

/// /api/v1/opcua/certificates: our own certificate, the trusted and the rejected ones; accept, reject, remove. Each act
/// is in the journal. The store, for connectors and our server alike, outlives the routes.
std::vector<api::Route> trust_routes(connectors::opcua::CertificateStore& certificates, store::Store& store,
                                     const Clock& clock);

}  // namespace hanse::node
