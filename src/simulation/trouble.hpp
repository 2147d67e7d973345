#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace hanse::simulation {

/// What can be done to the factory on purpose, to see whether the software notices.
enum class TroubleKind {
  breakdown,     ///< A machine stands with an alarm. Spoken: `break`.
  drift,         ///< A machine's tool wears much quicker and nobody changes it: scrap rises.
  lose_network,  ///< A line's machines work on, but nothing is heard of them.
  jam,           ///< Nothing moves on the conveyor behind a machine's stage (of a line: behind its first).
};

/// `break`, `drift`, `lose_network`, `jam`.
std::string_view name_of(TroubleKind kind);
/// Errors: `invalid`, with the names that there are.
Result<TroubleKind> parse_trouble_kind(std::string_view name);

/// A trouble that lasts.
struct Trouble {
  std::string id;
  std::string kind;   ///< As `name_of` says it.
  std::string asset;  ///< A machine or a line.
  Timestamp begins;
  std::optional<Timestamp> ends;  ///< Nothing: until somebody ends it.
  friend bool operator==(const Trouble&, const Trouble&) = default;
};
HANSE_DESCRIBE(Trouble, (id, kind, asset, begins, ends))

}  // namespace hanse::simulation
