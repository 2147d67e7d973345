#pragma once

#include <span>

#include "twin/model/findings.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

/// Checks an object and all below it against the tables (what must be there, lengths, values) and the constraints of
/// the standard. Every finding is an error; the document stays as it is.
void check(const Node& node, Edition edition, Findings& findings);

/// One constraint of the standard, for the list in the documentation.
struct ConstraintInfo {
  std::string_view id;    ///< `AASd-117`
  std::string_view rule;  ///< What must hold.
};
std::vector<ConstraintInfo> constraint_table();

}  // namespace hanse::twin
