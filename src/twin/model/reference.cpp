#include "twin/model/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {

void add_key(Node& reference, std::string_view type, std::string_view value) {
  Node key{Class::Key};
  key.set(Name::type, std::string{type});
  key.set(Name::value, std::string{value});
  reference.add(Name::keys, std::move(key));
}

Node external_reference(std::string_view value) {
  Node reference{Class::Reference};
  reference.set(Name::type, std::string{"ExternalReference"});
  add_key(reference, "GlobalReference", value);
  return reference;
}

Node model_reference(Class of, std::string_view id) {
  Node reference{Class::Reference};
  reference.set(Name::type, std::string{"ModelReference"});
  add_key(reference, info(of).name, id);
  return reference;
}

std::string_view first_key(const Node* reference) {
  if (!reference) return {};
  const auto keys = reference->nodes(Name::keys);
  return keys.empty() ? std::string_view{} : trim(keys.front().text(Name::value));
}

bool same_values(const Node& a, const Node& b) {
  const auto left = a.nodes(Name::keys), right = b.nodes(Name::keys);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Node& x, const Node& y) { return x.text(Name::value) == y.text(Name::value); });
}

std::string canonical_semantic_id(std::string_view value) {
  value = trim(value);
  constexpr std::string_view kEclass = "https://api.eclass-cdp.com/";
  if (!value.starts_with(kEclass)) return std::string{value};
  const auto parts = split(value.substr(kEclass.size()), '-');
  if (parts.size() != 5) return std::string{value};
  return fmt::format("{}-{}#{}-{}#{}", parts[0], parts[1], parts[2], parts[3], parts[4]);
}

}  // namespace hanse::twin
