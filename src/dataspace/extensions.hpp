#pragma once

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// What two Hanse nodes tell each other beside the protocol, never within its messages: signatures of agreements and
/// revocations. A node without them answers 404 and notices nothing else.
void add_extension_routes(std::vector<api::Route>& out, Connector& connector);

/// The partner's signature over an agreement that both hold. Errors: `not_found`, `forbidden` when it doesn't fit.
Result<void> take_signature(Connector& connector, const Partner& partner, const std::string& agreement,
                            std::string_view signature);
/// The partner's signed notice that it ends the agreement. Errors as above.
Result<void> take_revocation(Connector& connector, const Partner& partner, const std::string& agreement,
                             std::string_view notice);

}  // namespace hanse::dataspace
