#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse {

/// A TOML 1.0 document as JSON, so that one reader serves both; dates become their text.
/// Errors: `invalid`, with line and column.
Result<std::string> toml_to_json(std::string_view text);

}  // namespace hanse
