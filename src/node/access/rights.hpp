#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "node/access/records.hpp"

namespace hanse::node {

/// What somebody may do: permissions that hold everywhere, and those that hold at some sites only.
struct Rights {
  std::vector<std::string> everywhere;                       ///< Sorted.
  std::map<std::string, std::vector<std::string>> at_sites;  ///< Never what `everywhere` has; sites sorted.

  bool holds(std::string_view permission) const;
  /// Everywhere or somewhere, sorted: what a page offers.
  std::vector<std::string> all() const;
  /// Does this hold all that `wanted` holds? Nobody gives away, or changes, what they don't hold themselves.
  bool covers(const Rights& wanted) const;
};

Rights rights_of(const User& user);
/// Of a token: what both its scopes and its owner allow.
Rights limited_to(Rights rights, std::span<const std::string> scopes);

}  // namespace hanse::node
