#pragma once

#include "dataspace/licence.hpp"
#include "dataspace/routes.hpp"

namespace hanse::dataspace {

/// One part of a licensed design, released: the design itself, for this machine and this serial.
struct MakerJob {
  std::string machine, serial;
  std::int64_t number = 0;  ///< The how manieth part.
  std::int64_t left = 0;
  std::string content;  ///< The design, base64url.
};
HANSE_DESCRIBE(MakerJob, (machine, serial, number, left, content))

/// The maker's side of a licence: asks the designer's node for one part, opens the sealed answer with this node's key,
/// and notes the use here too. The same serial again costs nothing. Errors: `conflict` when the agreement isn't one to
/// use so, `forbidden` with the designer's reason, `unavailable` when its node doesn't answer, `corrupt` for an answer
/// that is for something else.
Result<MakerJob> make_part(Connector& connector, const Ask& ask, const LicenceUse& wanted);

}  // namespace hanse::dataspace
