#pragma once

#include <span>

#include "twin/check/check.hpp"

namespace hanse::twin {

/// Where an object stands.
struct Surroundings {
  const Node* parent = nullptr;    ///< Null for the root of what is checked.
  const Attribute* via = nullptr;  ///< The parent's attribute it is in.
  const Node* submodel = nullptr;  ///< The submodel around it, if that is known.
  Edition edition = Edition::any;
};

struct Constraint {
  std::string_view id;
  std::string_view rule;
  /// Applies to the classes that have this attribute, and are a `base`.
  Name with = Name::id;
  bool any_class = true;
  Class base = Class::Referable;
  Edition only = Edition::any;  ///< `any`: of both editions.
  bool (*holds)(const Node&, const Surroundings&) = nullptr;
};

std::span<const Constraint> constraints();
/// Those of one class, worked out once.
std::span<const Constraint* const> constraints_of(Class of);

}  // namespace hanse::twin
