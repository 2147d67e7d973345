#pragma once

#include <optional>
#include <vector>

#include "dataspace/policy.hpp"

namespace hanse::dataspace {

/// One difference between two versions of terms, in parts that a page says in its reader's language.
struct TermChange {
  RuleKind kind = RuleKind::may;
  std::string action;
  std::optional<Clause> before, after;  ///< The condition that differs; neither when the whole rule came or went.
  bool added = false;                   ///< Of a whole rule.
};
HANSE_DESCRIBE(TermChange, (kind, action, before, after, added))

/// What one has to read to know the new terms when one knows the old: nothing for the same rules in another order.
std::vector<TermChange> term_changes(const std::vector<PlainRule>& before, const std::vector<PlainRule>& after);

}  // namespace hanse::dataspace
