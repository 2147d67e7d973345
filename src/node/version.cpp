#include "node/version.hpp"

namespace hanse::node {

std::string_view version() { return HANSE_VERSION; }

}  // namespace hanse::node
