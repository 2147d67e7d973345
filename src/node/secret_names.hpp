#pragma once

#include <string_view>

#include "base/text.hpp"

namespace hanse::node {

/// Does a member of such a name hold what mustn't be shown or exported?
inline bool names_a_secret(std::string_view name) {
  const auto lower = to_lower(name);
  return lower.contains("password") || lower.contains("secret") || lower.contains("token");
}

}  // namespace hanse::node
