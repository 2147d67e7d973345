#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

#include "base/clock.hpp"

namespace hanse {

/// A text id of one kind of thing. Different things get different tags, so an asset's id is never taken for an
/// order's: `using AssetId = TextId<struct AssetTag>;`. In JSON and URLs it is plain text.
template <class Tag>
struct TextId {
  std::string value;

  TextId() = default;
  explicit TextId(std::string text) : value(std::move(text)) {}
  bool empty() const { return value.empty(); }
  friend auto operator<=>(const TextId&, const TextId&) = default;
};

/// A new id that sorts by time of creation: 48 bits of milliseconds and 80 random bits, Crockford base 32 in lower case
/// (a ULID). Example: `01jd9x8c7n5q0m2w4v6t8s0ra1`.
std::string new_id(const Clock& clock);

}  // namespace hanse

template <class Tag>
struct std::hash<hanse::TextId<Tag>> {
  std::size_t operator()(const hanse::TextId<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
