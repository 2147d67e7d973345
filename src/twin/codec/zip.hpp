#pragma once

#include <map>
#include <string>
#include <string_view>

#include "twin/codec/aasx.hpp"

namespace hanse::twin {

/// The parts of a package by name, `/aasx/data.xml`. Names differ without regard to case (OPC).
struct LessWithoutCase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Parts = std::map<std::string, std::string, LessWithoutCase>;

/// Errors: `invalid` for what is no zip file, `too_large`.
Result<Parts> read_zip(std::string_view bytes, const PackageLimits& limits, Findings& findings);
/// In the given order. Errors: `unavailable`, in the library's words.
Result<std::string> write_zip(const std::vector<std::pair<std::string, std::string_view>>& parts);

/// A part's name from a reference: percent-decoded, `.` and `..` resolved against the folder of `base`, beginning with
/// a slash. Nothing when it leads out of the package or holds what no part has.
std::optional<std::string> resolve_part(std::string_view base, std::string_view reference);

}  // namespace hanse::twin
