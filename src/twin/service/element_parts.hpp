#pragma once

#include "twin/model/element_path.hpp"
#include "twin/service/operations.hpp"

namespace hanse::twin {

/// An element the path of a request leads to.
struct FoundElement {
  Repository::Entry submodel;  ///< Keeps the element alive.
  const Node* element = nullptr;
  ElementPath path;
};
/// Errors: `invalid` for a path that is none, `not_found`.
Result<FoundElement> element_of(Call& call);
Error no_element(const Call& call);
/// As `Twins::change`, of one element.
Result<void> change_element(Call& call, const ElementPath& path, const std::function<Result<void>(Node&)>& work);

/// Below the address of an element.
std::vector<Action> attachment_operations(const std::string& element);
std::vector<Action> invocation_operations(const std::string& element);

/// For requests that a kind of element doesn't know: 405.
api::Response not_allowed(const Call& call, std::string message);

}  // namespace hanse::twin
