#include "twin/query/text_pattern.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace hanse::twin {
namespace {

constexpr std::size_t kPatternBytesMax = 500;

/// What stands between the outermost `|`.
std::vector<std::string_view> alternatives_of(std::string_view pattern) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  int depth = 0;
  bool in_set = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_set) {
      in_set = c != ']';
    } else if (c == '[') {
      in_set = true;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;  // The first ] of a set means itself.
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      out.push_back(pattern.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  out.push_back(pattern.substr(begin));
  return out;
}

bool ends_with_anchor(std::string_view text) {
  if (!text.ends_with('$')) return false;
  std::size_t slashes = 0;
  while (slashes + 1 < text.size() && text[text.size() - 2 - slashes] == '\\') ++slashes;
  return slashes % 2 == 0;
}

/// Balanced, so that it can be put into a group.
Result<void> stands_alone(std::string_view pattern) {
  auto whole = historian::LabelPattern::create(pattern);
  if (!whole) return std::move(whole).error();
  return {};
}

}  // namespace

Result<TextPattern> TextPattern::create(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the pattern is over {} bytes", kPatternBytesMax));
  const std::string_view flags = pattern.starts_with("(?i)") ? pattern.substr(0, 4) : std::string_view{};
  std::string whole{flags};
  bool first = true;
  for (auto each : alternatives_of(pattern.substr(flags.size()))) {
    const bool from_begin = each.starts_with('^');
    if (from_begin) each.remove_prefix(1);
    const bool to_end = ends_with_anchor(each);
    if (to_end) each.remove_suffix(1);
    HANSE_CHECK(stands_alone(each));
    if (!first) whole += '|';
    first = false;
    whole += fmt::format("{}(?:{}){}", from_begin ? "" : ".*", each, to_end ? "" : ".*");
  }
  HANSE_TRY(auto compiled, historian::LabelPattern::create(whole));
  return TextPattern{std::move(compiled), pattern.size()};
}

}  // namespace hanse::twin
