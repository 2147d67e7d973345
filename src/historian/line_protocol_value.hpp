#pragma once

#include <cstdint>
#include <string>

#include "signal/signal.hpp"

namespace hanse::historian {

/// One field's value. A text goes to `text`; else `bits` is as in `signal::Sample`.
struct LineValue {
  signal::ValueType type = signal::ValueType::null;
  std::uint64_t bits = 0;
};

/// Reads the value at `at` and moves `at` behind it. Returns null, or what would be right. Numbers of up to 19 digits
/// that a double holds exactly are computed directly (Clinger, PLDI 1990); others go through `from_chars`.
const char* read_line_value(const char*& at, const char* end, LineValue& out, std::string& text);

}  // namespace hanse::historian
