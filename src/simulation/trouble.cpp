#include "simulation/trouble.hpp"

#include "base/text.hpp"

namespace hanse::simulation {
namespace {

constexpr std::array<std::pair<std::string_view, TroubleKind>, 4> kKinds{{{"break", TroubleKind::breakdown},
                                                                          {"drift", TroubleKind::drift},
                                                                          {"lose_network", TroubleKind::lose_network},
                                                                          {"jam", TroubleKind::jam}}};

}  // namespace

std::string_view name_of(TroubleKind kind) {
  for (const auto& [name, value] : kKinds) {
    if (value == kind) return name;
  }
  return "";
}

Result<TroubleKind> parse_trouble_kind(std::string_view name) {
  for (const auto& [known, value] : kKinds) {
    if (name == known) return value;
  }
  return fail(ErrorCode::invalid, "there is no such trouble",
              {{"kind", "must be one of break, drift, lose_network, jam"}});
}

}  // namespace hanse::simulation
