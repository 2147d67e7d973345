#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hanse::historian {

/// One word of a query.
struct PromToken {
  enum class Kind { end, name, number, duration, text, sign } kind = Kind::end;
  std::string text;    ///< A text's without its quotes and escapes.
  std::size_t at = 0;  ///< Byte where it begins, for messages.
};

/// The words of a query, ended by one of kind `end`. Comments (`# ...`) are left out. Errors: `invalid`.
Result<std::vector<PromToken>> prom_tokens(std::string_view query);

}  // namespace hanse::historian
