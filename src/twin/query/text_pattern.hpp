#pragma once

#include <string_view>

#include "base/result.hpp"
#include "historian/prometheus_pattern.hpp"

namespace hanse::twin {

/// The regular expression of `$regex`: found anywhere in the text unless `^` and `$` say otherwise (XPath, fn:matches).
/// Its time grows with text times pattern and no faster, whatever the pattern, as the engine below has it.
class TextPattern {
 public:
  /// Understood is what the engine below understands; `^` and `$` at the ends of the pattern and of what stands between
  /// its outermost `|`. Errors: `invalid` or `too_large`, saying why.
  static Result<TextPattern> create(std::string_view pattern);
  bool found_in(std::string_view text) const { return whole_.matches(text); }
  std::size_t size() const { return size_; }  ///< Of the pattern, in bytes.

 private:
  TextPattern(historian::LabelPattern whole, std::size_t size) : whole_(std::move(whole)), size_(size) {}
  historian::LabelPattern whole_;
  std::size_t size_;
};

}  // namespace hanse::twin
