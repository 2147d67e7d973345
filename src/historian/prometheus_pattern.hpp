#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hanse::historian {

/// A regular expression as label matchers have them: RE2's syntax without captures, look-around and word borders, and
/// always of the whole text. Matching takes time in proportion to text times pattern, whatever the pattern: all states
/// are walked at once (Thompson, CACM 1968).
class LabelPattern {
 public:
  /// Understood: literals, `.`, `[a-z]`, `[^a-z]`, `\d \w \s` and their opposites, `( )`, `(?: )`, `|`, `* + ?`,
  /// `{2,5}`, and `(?i)` at the front. Errors: `invalid`, saying what of it isn't.
  static Result<LabelPattern> create(std::string_view pattern);
  bool matches(std::string_view text) const;

  struct Range {
    char32_t first, last;
  };
  struct Step {
    enum class Kind : std::uint8_t { one_of, none_of, split, jump, done } kind = Kind::done;
    std::int32_t first = 0;  ///< Where to go, from here; `split` prefers this one.
    std::int32_t second = 0;
    std::vector<Range> ranges = {};
  };

 private:
  explicit LabelPattern(std::vector<Step> steps, bool any_case) : steps_(std::move(steps)), any_case_(any_case) {}

  std::vector<Step> steps_;
  bool any_case_ = false;
};

}  // namespace hanse::historian
