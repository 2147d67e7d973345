#include "apps/catalogue.hpp"

// An app's folder may include this one, so this one names each app's single function instead of including it.
namespace hanse::apps::performance {
Manifest manifest();
}

namespace hanse::apps {

std::vector<Manifest> catalogue() { return {performance::manifest()}; }

}  // namespace hanse::apps
