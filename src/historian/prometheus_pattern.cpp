#include "historian/prometheus_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.hpp"

namespace hanse::historian {
namespace {

using Step = LabelPattern::Step;
using StepKind = Step::Kind;
using Range = LabelPattern::Range;
/// Steps whose targets are relative, so that pieces are joined by appending.
using Piece = std::vector<Step>;

constexpr std::size_t kPatternBytesMax = 1'000;
constexpr std::size_t kRepeatsMax = 10'000;
constexpr int kPatternDepthMax = 50;
constexpr char32_t kLastCharacter = 0x10FFFF;

/// Precondition: UTF-8.
std::u32string characters(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t j = 1; j < length; ++j) c = (c << 6) | (static_cast<unsigned char>(text[i + j]) & 0x3f);
    out += c;
    i += length;
  }
  return out;
}

void append(Piece& to, Piece more) { std::move(more.begin(), more.end(), std::back_inserter(to)); }
Step go(StepKind kind, std::size_t first, std::ptrdiff_t second = 0) {
  return {.kind = kind, .first = static_cast<std::int32_t>(first), .second = static_cast<std::int32_t>(second)};
}

class Compiler {
 public:
  explicit Compiler(std::u32string text) : text_(std::move(text)) {}

  Result<Piece> compile() {
    HANSE_TRY(auto piece, alternatives(0));
    if (!at_end()) return wrong("has a ) without its (");
    piece.push_back({.kind = StepKind::done});
    return piece;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool take(char32_t c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  Error wrong(std::string_view why) const {
    return fail(ErrorCode::invalid, fmt::format("the pattern {} (at character {})", why, at_ + 1));
  }
  Result<void> check_size(std::size_t steps) const {
    if (steps > kRepeatsMax) return wrong("repeats too much");
    return {};
  }

  Result<Piece> alternatives(int depth) {
    if (depth > kPatternDepthMax) return wrong("is nested too deep");
    HANSE_TRY(auto piece, sequence(depth));
    while (take('|')) {
      HANSE_TRY(auto other, sequence(depth));
      Piece both{go(StepKind::split, 1, std::ssize(piece) + 2)};
      append(both, std::move(piece));
      both.push_back(go(StepKind::jump, other.size() + 1));
      append(both, std::move(other));
      piece = std::move(both);
      HANSE_CHECK(check_size(piece.size()));
    }
    return piece;
  }

  Result<Piece> sequence(int depth) {
    Piece piece;
    while (!at_end() && text_[at_] != '|' && text_[at_] != ')') {
      HANSE_TRY(auto one, repeated(depth));
      append(piece, std::move(one));
      HANSE_CHECK(check_size(piece.size()));
    }
    return piece;
  }

  Result<Piece> repeated(int depth) {
    HANSE_TRY(auto piece, atom(depth));
    for (;;) {
      if (take('*')) {
        piece = repeat(piece, 0, -1);
      } else if (take('+')) {
        piece = repeat(piece, 1, -1);
      } else if (take('?')) {
        piece = repeat(piece, 0, 1);
      } else if (!at_end() && text_[at_] == '{' && at_ + 1 < text_.size() && text_[at_ + 1] >= '0' &&
                 text_[at_ + 1] <= '9') {
        HANSE_TRY(const auto counts, counted());
        HANSE_CHECK(
            check_size((piece.size() + 1) * static_cast<std::size_t>(std::max(counts.first, counts.second) + 1)));
        piece = repeat(piece, counts.first, counts.second);
      } else {
        return piece;
      }
      take('?');  // Lazy or not is the same when the whole text must match.
      HANSE_CHECK(check_size(piece.size()));
    }
  }

  /// `most` -1: without end.
  static Piece repeat(const Piece& piece, int least, int most) {
    Piece out;
    for (int i = 0; i < least; ++i) append(out, piece);
    if (most < 0) {
      out.push_back(go(StepKind::split, 1, std::ssize(piece) + 2));
      append(out, piece);
      out.push_back({.kind = StepKind::jump, .first = -static_cast<std::int32_t>(piece.size()) - 1});
    }
    for (int i = least; i < most; ++i) {
      out.push_back(go(StepKind::split, 1, std::ssize(piece) + 1));
      append(out, piece);
    }
    return out;
  }

  Result<int> count() {
    int value = 0;
    const auto begin = at_;
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9' && value <= 1000; ++at_)
      value = 10 * value + static_cast<int>(text_[at_] - '0');
    if (at_ == begin || value > 1000) return wrong("must count with a number up to 1000");
    return value;
  }
  Result<std::pair<int, int>> counted() {
    ++at_;
    HANSE_TRY(const int least, count());
    int most = least;
    if (take(',')) {
      most = -1;
      if (!at_end() && text_[at_] != '}') {
        HANSE_TRY(most, count());
      }
    }
    if (!take('}') || (most >= 0 && most < least)) return wrong("has a wrong count; {2}, {2,} or {2,5} would be right");
    return std::pair{least, most};
  }

  Result<Piece> atom(int depth) {
    const char32_t c = text_[at_];
    if (take('(')) {
      if (take('?') && !take(':')) return wrong("has a (? that isn't understood; (?: is, and (?i) at the front");
      HANSE_TRY(auto piece, alternatives(depth + 1));
      if (!take(')')) return wrong("has a ( without its )");
      return piece;
    }
    if (take('[')) return set();
    if (take('.')) return Piece{{.kind = StepKind::one_of, .first = 1, .ranges = {{0, kLastCharacter}}}};
    if (take('\\')) return escaped();
    if ((c == '^' && at_ == 0) || (c == '$' && at_ + 1 == text_.size())) {
      ++at_;
      return Piece{};
    }
    if (std::u32string_view{U"*+?^$"}.contains(c))
      return wrong("has a sign without what it belongs to; write \\ before it to mean itself");
    ++at_;
    return Piece{{.kind = StepKind::one_of, .first = 1, .ranges = {{c, c}}}};
  }

  /// The ranges of `\d` and the like; nothing for others.
  static std::vector<Range> known_set(char32_t letter) {
    switch (letter | 0x20) {
      case 'd':
        return {{'0', '9'}};
      case 'w':
        return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
      case 's':
        return {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
      default:
        return {};
    }
  }
  static char32_t control(char32_t letter) {
    return letter == 'n' ? '\n' : letter == 't' ? '\t' : letter == 'r' ? '\r' : 0;
  }
  static bool is_letter_or_digit(char32_t c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  }

  Result<Piece> escaped() {
    if (at_end()) return wrong("ends with a \\");
    const char32_t c = text_[at_++];
    if (auto ranges = known_set(c); !ranges.empty()) {
      return Piece{{.kind = c < 'a' ? StepKind::none_of : StepKind::one_of, .first = 1, .ranges = std::move(ranges)}};
    }
    const char32_t plain = control(c) ? control(c) : c;
    if (plain == c && is_letter_or_digit(c)) return wrong("has an escape that isn't understood");
    return Piece{{.kind = StepKind::one_of, .first = 1, .ranges = {{plain, plain}}}};
  }

  Result<char32_t> set_character() {
    if (!take('\\')) return text_[at_++];
    if (at_end()) return wrong("ends with a \\");
    const char32_t c = text_[at_++];
    if (control(c)) return control(c);
    if (is_letter_or_digit(c)) return wrong("has an escape that isn't understood");
    return c;
  }
  Result<Piece> set() {
    Step step{.kind = take('^') ? StepKind::none_of : StepKind::one_of, .first = 1};
    for (bool first = true; first || at_end() || text_[at_] != ']'; first = false) {
      if (at_end()) return wrong("has a [ without its ]");
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] >= 'a' && !known_set(text_[at_ + 1]).empty()) {
        for (const auto range : known_set(text_[at_ + 1])) step.ranges.push_back(range);
        at_ += 2;
        continue;
      }
      HANSE_TRY(const char32_t begin, set_character());
      char32_t end = begin;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        HANSE_TRY(end, set_character());
        if (end < begin) return wrong("has a range that runs backwards");
      }
      step.ranges.push_back({begin, end});
    }
    ++at_;
    return Piece{std::move(step)};
  }

  std::u32string text_;
  std::size_t at_ = 0;
};

/// The states a text can be in, each once.
class States {
 public:
  explicit States(std::span<const Step> steps) : steps_(steps), seen_(steps.size(), false) {}
  const std::vector<std::size_t>& list() const { return list_; }
  bool done() const { return done_; }
  void clear() {
    list_.clear();
    done_ = false;
    std::fill(seen_.begin(), seen_.end(), false);
  }
  /// Adds `state` and all that follow it without a character.
  void add(std::size_t state) {
    std::vector<std::size_t> open{state};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (seen_[at]) continue;
      seen_[at] = true;
      const Step& step = steps_[at];
      const auto to = [&](std::int32_t offset) {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) + offset);
      };
      if (step.kind == StepKind::split) open.push_back(to(step.second));
      if (step.kind == StepKind::split || step.kind == StepKind::jump) open.push_back(to(step.first));
      if (step.kind == StepKind::done) done_ = true;
      if (step.kind == StepKind::one_of || step.kind == StepKind::none_of) list_.push_back(at);
    }
  }

 private:
  std::span<const Step> steps_;
  std::vector<bool> seen_;
  std::vector<std::size_t> list_;
  bool done_ = false;
};

}  // namespace

Result<LabelPattern> LabelPattern::create(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the pattern is over {} bytes", kPatternBytesMax));
  if (!is_utf8(pattern)) return fail(ErrorCode::invalid, "the pattern is not UTF-8");
  const bool any_case = pattern.starts_with("(?i)");
  std::string text{any_case ? pattern.substr(4) : pattern};
  HANSE_TRY(auto steps, Compiler{characters(text)}.compile());
  return LabelPattern{std::move(steps), any_case};
}

bool LabelPattern::matches(std::string_view text) const {
  if (!is_utf8(text)) return false;
  States now{steps_}, next{steps_};
  now.add(0);
  for (const char32_t c : characters(text)) {
    const char32_t other = any_case_ && (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80 ? c ^ 0x20 : c;
    next.clear();
    for (const auto state : now.list()) {
      const Step& step = steps_[state];
      const bool inside = std::any_of(step.ranges.begin(), step.ranges.end(), [&](const Range& range) {
        return (c >= range.first && c <= range.last) || (other >= range.first && other <= range.last);
      });
      if (inside == (step.kind == StepKind::one_of)) next.add(state + 1);
    }
    std::swap(now, next);
  }
  return now.done();
}

}  // namespace hanse::historian
