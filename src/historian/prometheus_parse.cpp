#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.hpp"
#include "historian/prometheus_functions.hpp"
#include "historian/prometheus_lexer.hpp"
#include "historian/prometheus_syntax.hpp"

namespace hanse::historian {
namespace {

using NodeKind = PromExpr::Kind;
using Type = PromExpr::Type;
using Token = PromToken;

constexpr int kQueryDepthMax = 60;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kDurationMaxNs = 30LL * 365 * 86'400 * kNsPerSecond;  // Far from where times run over 64 bits.

constexpr std::array<std::string_view, 5> kAggregations = {"sum", "avg", "min", "max", "count"};
/// What PromQL has and this hasn't: named, so that nobody looks for a typing error.
constexpr std::array<std::string_view, 10> kOtherAggregations = {
    "topk", "bottomk", "quantile", "stddev", "stdvar", "count_values", "group", "and", "or", "unless"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
/// How tightly an operator binds; 0 for what is none.
int strength_of(const Token& token) {
  if (token.kind != Token::Kind::sign) return 0;
  if (is_comparison(token.text)) return 1;
  if (token.text == "+" || token.text == "-") return 2;
  if (token.text == "*" || token.text == "/" || token.text == "%") return 3;
  return token.text == "^" ? 4 : 0;
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<PromExpr> whole() {
    HANSE_TRY(auto expr, binary(1, 0));
    if (now().kind != Token::Kind::end) return unexpected("an operator or the end");
    return expr;
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  bool is_sign(std::string_view sign) const { return now().kind == Token::Kind::sign && now().text == sign; }
  bool is_word(std::string_view word) const { return now().kind == Token::Kind::name && to_lower(now().text) == word; }
  bool take_sign(std::string_view sign) {
    if (!is_sign(sign)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    ++at_;
    return true;
  }
  Error wrong(std::size_t at, std::string_view why) const {
    return fail(ErrorCode::invalid, fmt::format("character {}: {}", at + 1, why));
  }
  Error unexpected(std::string_view wanted) const {
    if (now().kind == Token::Kind::end)
      return wrong(now().at, fmt::format("the query ends where {} is expected", wanted));
    if (now().kind == Token::Kind::name && contains(kOtherAggregations, to_lower(now().text)))
      return unsupported(now().text);
    return wrong(now().at, fmt::format("'{}' stands where {} is expected", now().text.substr(0, 60), wanted));
  }
  Error unsupported(std::string_view what) const {
    return wrong(now().at, fmt::format("'{}' is not supported here; docs/reference/history.md lists what is", what));
  }
  Result<void> expect(std::string_view sign) {
    if (take_sign(sign)) return {};
    return unexpected(fmt::format("'{}'", sign));
  }

  Result<PromExpr> binary(int least, int depth) {
    if (depth > kQueryDepthMax) return wrong(now().at, "the query is nested too deep");
    HANSE_TRY(auto left, unary(depth));
    for (;;) {
      const Token sign = now();
      const int strength = strength_of(sign);
      if (strength == 0 || strength < least) return left;
      ++at_;
      PromExpr made{.kind = NodeKind::binary, .name = sign.text};
      HANSE_CHECK(binary_modifiers(made));
      HANSE_TRY(auto right,
                binary(strength == 4 ? strength : strength + 1, depth + 1));  // Only ^ groups from the right.
      HANSE_CHECK(check_binary(made, left, right, sign.at));
      made.parts.push_back(std::move(left));
      made.parts.push_back(std::move(right));
      left = std::move(made);
    }
  }

  Result<void> binary_modifiers(PromExpr& made) {
    if (take_word("bool")) {
      made.as_bool = true;
      if (!is_comparison(made.name)) return wrong(now().at, "bool belongs to a comparison");
    }
    if (is_word("on") || is_word("ignoring")) {
      made.keep_labels = is_word("on");
      ++at_;
      HANSE_TRY(made.labels, label_list());
    }
    if (is_word("group_left") || is_word("group_right")) return unsupported(now().text);
    return {};
  }

  Result<void> check_binary(PromExpr& made, const PromExpr& left, const PromExpr& right, std::size_t at) const {
    if (left.type == Type::range || right.type == Type::range)
      return wrong(at, "an operator takes no range like [5m]; put it into a function like rate");
    const bool scalars = left.type == Type::scalar && right.type == Type::scalar;
    made.type = scalars ? Type::scalar : Type::vector;
    if (scalars && is_comparison(made.name) && !made.as_bool)
      return wrong(at, "two numbers are compared with bool, as in 1 > bool 2");
    return {};
  }

  Result<PromExpr> unary(int depth) {
    if (depth > kQueryDepthMax) return wrong(now().at, "the query is nested too deep");
    const auto at = now().at;
    if (take_sign("+")) return unary(depth + 1);
    if (!take_sign("-")) return primary(depth + 1);
    HANSE_TRY(auto operand, binary(4, depth + 1));  // -2^2 is -(2^2).
    if (operand.type == Type::range) return wrong(at, "a range like [5m] has no opposite");
    PromExpr made{.kind = NodeKind::negate, .type = operand.type};
    made.parts.push_back(std::move(operand));
    return made;
  }

  Result<PromExpr> primary(int depth) {
    const Token token = now();
    if (take_sign("(")) {
      HANSE_TRY(auto inner, binary(1, depth));
      HANSE_CHECK(expect(")"));
      if (is_sign("[")) return unsupported("subqueries");
      return inner;
    }
    if (is_sign("{")) return selector();
    if (token.kind == Token::Kind::number) return number();
    if (token.kind != Token::Kind::name) return unexpected("a metric, a function or a number");
    const bool called = tokens_[at_ + 1].kind == Token::Kind::sign && tokens_[at_ + 1].text == "(";
    const std::string lower = to_lower(token.text);
    const bool grouped = at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == Token::Kind::name &&
                         (to_lower(tokens_[at_ + 1].text) == "by" || to_lower(tokens_[at_ + 1].text) == "without");
    if (contains(kAggregations, lower) && (called || grouped)) return aggregation(depth);
    if (contains(kOtherAggregations, lower) && (called || grouped)) return unsupported(token.text);
    if (called) return call(depth);
    if (lower == "inf" || lower == "nan") {
      ++at_;
      return PromExpr{.kind = NodeKind::number,
                      .number = lower == "inf" ? std::numeric_limits<double>::infinity() : std::nan("")};
    }
    return selector();
  }

  Result<PromExpr> number() {
    const auto& text = now().text;
    PromExpr made{.kind = NodeKind::number};
    if (text.starts_with("0x") || text.starts_with("0X")) {
      std::uint64_t value = 0;
      const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
      if (error != std::errc{} || end != text.data() + text.size()) return unexpected("a number");
      made.number = static_cast<double>(value);
    } else {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), made.number);
      if (error != std::errc{} || end != text.data() + text.size()) return unexpected("a number of 64 bits");
    }
    ++at_;
    return made;
  }

  Result<std::vector<std::string>> label_list() {
    std::vector<std::string> labels;
    HANSE_CHECK(expect("("));
    while (!is_sign(")")) {
      if (now().kind != Token::Kind::name) return unexpected("a label's name");
      labels.push_back(now().text);
      ++at_;
      if (!take_sign(",") && !is_sign(")")) return unexpected("',' or ')'");
    }
    ++at_;
    return labels;
  }

  Result<PromExpr> aggregation(int depth) {
    PromExpr made{.kind = NodeKind::aggregate, .type = Type::vector, .name = to_lower(now().text), .keep_labels = true};
    const auto at = now().at;
    ++at_;
    HANSE_TRY(const bool before, grouping(made));
    HANSE_CHECK(expect("("));
    HANSE_TRY(auto operand, binary(1, depth));
    HANSE_CHECK(expect(")"));
    if (!before) {
      HANSE_TRY(const bool after, grouping(made));
      (void)after;
    }
    if (operand.type != Type::vector)
      return wrong(
          at, fmt::format("{} adds up over signals; for one signal's samples take {}_over_time", made.name, made.name));
    made.parts.push_back(std::move(operand));
    return made;
  }

  Result<bool> grouping(PromExpr& made) {
    if (!is_word("by") && !is_word("without")) return false;
    made.keep_labels = is_word("by");
    ++at_;
    HANSE_TRY(made.labels, label_list());
    return true;
  }

  Result<PromExpr> call(int depth) {
    const Token name = now();
    const auto* function = find_prom_function(name.text);
    if (!function)
      return wrong(name.at,
                   fmt::format("the function '{}' is not supported here; docs/reference/history.md lists what is",
                               name.text.substr(0, 60)));
    at_ += 2;
    PromExpr made{.kind = NodeKind::call, .type = function->result, .name = name.text};
    while (!is_sign(")")) {
      HANSE_TRY(auto argument, binary(1, depth));
      made.parts.push_back(std::move(argument));
      if (!take_sign(",") && !is_sign(")")) return unexpected("',' or ')'");
    }
    ++at_;
    const auto& wanted = function->arguments;
    const auto least = wanted.size() - function->optional;
    if (made.parts.size() < least || made.parts.size() > wanted.size()) {
      return wrong(name.at, fmt::format("{} takes {} argument{}", name.text, least, least == 1 ? "" : "s"));
    }
    for (std::size_t i = 0; i < made.parts.size(); ++i) {
      if (made.parts[i].type == wanted[i]) continue;
      constexpr std::array<const char*, 3> kWanted = {"a number", "a metric", "a metric with a range, as in power[5m]"};
      return wrong(name.at, fmt::format("{} takes {} as argument {}", name.text,
                                        kWanted[static_cast<std::size_t>(wanted[i])], i + 1));
    }
    return made;
  }

  Result<PromExpr> selector() {
    const auto at = now().at;
    PromExpr made{.kind = NodeKind::selector, .type = Type::vector};
    auto& matchers = made.selector.matchers;
    if (now().kind == Token::Kind::name) {
      matchers.push_back({.label = "__name__", .value = now().text});
      ++at_;
    }
    if (take_sign("{")) {
      while (!take_sign("}")) {
        HANSE_TRY(auto matcher, this->matcher());
        matchers.push_back(std::move(matcher));
        if (!take_sign(",") && !is_sign("}")) return unexpected("',' or '}'");
      }
    }
    if (std::all_of(matchers.begin(), matchers.end(),
                    [](const LabelMatcher& matcher) { return matcher.matches(""); })) {
      return wrong(at, "a selector must name a metric or a label's value; {asset!=\"\"} takes all");
    }
    if (take_sign("[")) {
      HANSE_TRY(made.selector.range, duration());
      made.type = Type::range;
      if (is_sign(":")) return unsupported("subqueries");
      HANSE_CHECK(expect("]"));
      if (made.selector.range <= Duration::zero()) return wrong(at, "a range must be longer than nothing");
    }
    if (take_word("offset")) {
      const bool back = take_sign("-");
      HANSE_TRY(made.selector.offset, duration());
      if (back) made.selector.offset = -made.selector.offset;
    }
    if (is_sign("@")) return unsupported("@");
    return made;
  }

  Result<LabelMatcher> matcher() {
    LabelMatcher made;
    if (now().kind != Token::Kind::name) return unexpected("a label's name");
    made.label = now().text;
    ++at_;
    using Match = LabelMatcher::Kind;
    if (take_sign("="))
      made.kind = Match::equal;
    else if (take_sign("!="))
      made.kind = Match::not_equal;
    else if (take_sign("=~"))
      made.kind = Match::like;
    else if (take_sign("!~"))
      made.kind = Match::not_like;
    else
      return unexpected("= != =~ or !~");
    if (now().kind != Token::Kind::text) return unexpected("a text in quotes");
    made.value = now().text;
    if (made.kind == Match::like || made.kind == Match::not_like) {
      auto pattern = LabelPattern::create(made.value);
      if (!pattern) return wrong(now().at, pattern.error().message);
      made.pattern = std::move(*pattern);
    }
    ++at_;
    return made;
  }

  Result<Duration> duration() {
    if (now().kind != Token::Kind::duration) return unexpected("a duration like 5m");
    auto read = parse_prom_duration(now().text);
    if (!read) return wrong(now().at, read.error().message);
    ++at_;
    return *read;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_comparison(std::string_view sign) {
  return sign == "==" || sign == "!=" || sign == "<" || sign == ">" || sign == "<=" || sign == ">=";
}

bool LabelMatcher::matches(std::string_view text) const {
  switch (kind) {
    case Kind::equal:
      return text == value;
    case Kind::not_equal:
      return text != value;
    case Kind::like:
      return pattern->matches(text);
    case Kind::not_like:
      return !pattern->matches(text);
  }
  return false;
}

Result<PromExpr> parse_prom_query(std::string_view text) {
  if (text.size() > kPromQueryBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the query is over {} bytes", kPromQueryBytesMax));
  HANSE_TRY(auto tokens, prom_tokens(text));
  return Parser{std::move(tokens)}.whole();
}

Result<Selector> parse_prom_selector(std::string_view text) {
  HANSE_TRY(auto expr, parse_prom_query(text));
  if (expr.kind != NodeKind::selector || expr.type != Type::vector)
    return fail(ErrorCode::invalid, "must be a selector like power{asset=\"press-1\"}");
  return std::move(expr.selector);
}

Result<Duration> parse_prom_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t ns;
  };
  constexpr std::array kUnits = {Unit{"y", 365 * 86'400 * kNsPerSecond},
                                 Unit{"w", 7 * 86'400 * kNsPerSecond},
                                 Unit{"d", 86'400 * kNsPerSecond},
                                 Unit{"h", 3'600 * kNsPerSecond},
                                 Unit{"ms", 1'000'000},
                                 Unit{"m", 60 * kNsPerSecond},
                                 Unit{"s", kNsPerSecond}};
  const auto refused = [&] {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a duration like 5m or 1h30m", text.substr(0, 60)));
  };
  std::int64_t total = 0;
  std::string_view left = text;
  if (left.empty()) return refused();
  while (!left.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(left.data(), left.data() + left.size(), count);
    if (error != std::errc{} || count < 0 || left.front() == '-') return refused();
    left.remove_prefix(static_cast<std::size_t>(end - left.data()));
    const auto unit =
        std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) { return left.starts_with(one.name); });
    std::int64_t part = 0;
    if (unit == kUnits.end() || __builtin_mul_overflow(count, unit->ns, &part) ||
        __builtin_add_overflow(total, part, &total))
      return refused();
    left.remove_prefix(unit->name.size());
  }
  if (total > kDurationMaxNs) return refused();
  return Duration{total};
}

}  // namespace hanse::historian
