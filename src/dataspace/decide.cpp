#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dataspace/internal/operands.hpp"
#include "dataspace/policy.hpp"

namespace hanse::dataspace {
namespace {

/// Does a condition hold, and the sentence that says why.
struct Finding {
  bool holds = false;
  std::string sentence;
};

Finding yes(std::string sentence) { return {true, std::move(sentence)}; }
Finding no(std::string sentence) { return {false, std::move(sentence)}; }

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

/// A time with its zone, or without one as UTC.
std::optional<Timestamp> time_of(const std::string& text) {
  if (const auto time = parse_timestamp(text)) return *time;
  if (const auto time = parse_timestamp(text + 'Z')) return *time;
  return std::nullopt;
}

template <class T>
bool ordered(std::string_view comparison, const T& left, const T& right) {
  if (comparison == "lt") return left < right;
  if (comparison == "lteq" || comparison == "term-lteq") return left <= right;
  if (comparison == "gt") return left > right;
  if (comparison == "gteq") return left >= right;
  if (comparison == "eq") return left == right;
  return comparison == "neq" && left != right;
}

/// Compares a set of values (of one, mostly) with the right side.
bool matches(const Constraint& c, const std::vector<std::string>& values) {
  const auto listed = [&](const std::string& value) { return std::ranges::find(c.right, value) != c.right.end(); };
  if (c.comparison == "eq" || c.comparison == "isA" || c.comparison == "isAnyOf" || c.comparison == "isPartOf") {
    return std::ranges::any_of(values, listed);
  }
  if (c.comparison == "neq" || c.comparison == "isNoneOf") return std::ranges::none_of(values, listed);
  if (c.comparison == "isAllOf" || c.comparison == "hasPart") {
    return std::ranges::all_of(c.right,
                               [&](const auto& wanted) { return std::ranges::find(values, wanted) != values.end(); });
  }
  return false;
}

/// What the partner promises by agreeing, and is held to when it names something else.
Finding promise(const Constraint& c, std::string_view what, const std::string& named) {
  const auto list = fmt::format("{}", fmt::join(c.right, ", "));
  if (named.empty()) return yes(fmt::format("{} is promised: {}", what, list));
  return matches(c, {named}) ? yes(fmt::format("{} {} is allowed", what, named))
                             : no(fmt::format("{} {} is not allowed; allowed: {}", what, named, list));
}

Finding count_outcome(const Constraint& c, const PolicyFacts& facts) {
  if (facts.moment == Moment::offer || facts.moment == Moment::agreement) return yes("uses are counted later");
  const auto limit = number(c.right.front());
  if (!limit) return no(fmt::format("'{}' is no number of uses", c.right.front()));
  const auto sentence = fmt::format("{} of {} uses", facts.uses, c.right.front());
  return ordered(c.comparison, static_cast<double>(facts.uses), *limit) ? yes(sentence) : no(sentence);
}

Finding time_outcome(const Constraint& c, const PolicyFacts& facts) {
  const auto limit = time_of(c.right.front());
  if (!limit) return no(fmt::format("'{}' is no time", c.right.front()));
  // The profile writes an end date as `eq`: it means the last moment.
  const bool end_date = operand_of(c.operand) == Operand::usage_end_date;
  const auto comparison = end_date && c.comparison == "eq" ? std::string_view{"lteq"} : std::string_view{c.comparison};
  const auto sentence =
      fmt::format("it is {}, the limit is {} {}", to_string(facts.now), comparison, to_string(*limit));
  return ordered(comparison, facts.now, *limit) ? yes(sentence) : no(sentence);
}

Finding days_outcome(const Constraint& c, const PolicyFacts& facts) {
  const auto days = number(c.right.front());
  if (!days || *days < 0 || *days > 36'500) return no(fmt::format("'{}' is no number of days", c.right.front()));
  if (facts.moment == Moment::offer || facts.moment == Moment::agreement)
    return yes("days are counted from the agreement");
  const auto end =
      facts.agreed_at + std::chrono::duration_cast<Duration>(std::chrono::duration<double>{*days * 86'400.0});
  const auto sentence = fmt::format("use ends at {}, {} days after the agreement", to_string(end), c.right.front());
  return facts.now <= end ? yes(sentence) : no(sentence);
}

Finding frequency_outcome(const Constraint& c, const PolicyFacts& facts) {
  const bool once = c.right.front().find("once") != std::string::npos;
  if (!once || facts.moment == Moment::offer || facts.moment == Moment::agreement) return yes("any number of uses");
  return facts.uses <= 1 ? yes("the one use") : no(fmt::format("{} of 1 uses", facts.uses));
}

Finding membership_outcome(const Constraint& c, const PolicyFacts& facts) {
  const bool holds = matches(c, {facts.member ? std::string{"active"} : std::string{"none"}});
  return holds ? yes("the partner is a member") : no("the partner's membership is not confirmed");
}

Finding set_outcome(const Constraint& c, std::string_view what, const std::vector<std::string>& values) {
  const auto sentence = fmt::format("the partner's {} ({}) must be {} {}", what, fmt::join(values, ", "), c.comparison,
                                    fmt::join(c.right, ", "));
  return matches(c, values) ? yes(sentence) : no(sentence);
}

std::vector<std::string> one(const std::string& value) {
  return value.empty() ? std::vector<std::string>{} : std::vector<std::string>{value};
}

Finding check(const Constraint& c, const PolicyFacts& facts);

Finding check_joined(const Constraint& c, const PolicyFacts& facts) {
  std::size_t held = 0;
  std::string sentences;
  for (const auto& part : c.parts) {
    auto outcome = check(part, facts);
    held += outcome.holds ? 1 : 0;
    // Of `and` only what failed is worth saying, if anything did.
    if (c.join == Constraint::Join::all && outcome.holds) continue;
    sentences += (sentences.empty() ? "" : "; ") + outcome.sentence;
  }
  const bool holds = c.join == Constraint::Join::all   ? held == c.parts.size()
                     : c.join == Constraint::Join::any ? held > 0
                                                       : held == 1;
  if (sentences.empty()) sentences = fmt::format("all {} conditions hold", c.parts.size());
  return {holds, sentences};
}

Finding check(const Constraint& c, const PolicyFacts& facts) {
  if (c.join != Constraint::Join::none) return check_joined(c, facts);
  const auto operand = operand_of(c.operand);
  if (!operand) return no(fmt::format("the condition '{}' isn't known here", c.operand));
  switch (*operand) {
    case Operand::count:
      return count_outcome(c, facts);
    case Operand::date_time:
    case Operand::usage_end_date:
      return time_outcome(c, facts);
    case Operand::usage_end_days:
      return days_outcome(c, facts);
    case Operand::data_frequency:
      return frequency_outcome(c, facts);
    case Operand::purpose:
      return promise(c, "the purpose", facts.purpose);
    case Operand::spatial:
      return promise(c, "the place", facts.region);
    case Operand::machine:
      return promise(c, "the machine", facts.machine);
    case Operand::recipient:
      return set_outcome(c, "identity", one(facts.participant));
    case Operand::aggregation:
      return yes(fmt::format("handed out as means over {} s", c.right.front()));
    case Operand::masked:
      return yes(fmt::format("handed out without {}", fmt::join(c.right, ", ")));
    case Operand::membership:
      return membership_outcome(c, facts);
    case Operand::framework:
      return set_outcome(c, "framework agreements", facts.frameworks);
    case Operand::business_number:
      return set_outcome(c, "business number", one(facts.business_number));
    case Operand::business_group:
      return set_outcome(c, "groups", facts.groups);
    case Operand::statement:
      return yes(fmt::format("{} is accepted by agreeing", operand_word(c.operand)));
  }
  return no("the condition isn't known here");
}

struct RuleOutcome {
  bool holds = true;
  std::vector<std::string> failed, held;
};

RuleOutcome check_rule(const Rule& rule, const PolicyFacts& facts) {
  RuleOutcome out;
  for (const auto& c : rule.constraints) {
    auto outcome = check(c, facts);
    out.holds = out.holds && outcome.holds;
    (outcome.holds ? out.held : out.failed).push_back(std::move(outcome.sentence));
  }
  return out;
}

bool is_use(const Rule& rule) {
  return rule.action == "use" || rule.action == "access" ||
         (rule.action.starts_with(kCatenaX) && operand_word(rule.action) == "access");
}

}  // namespace

Decision decide(const Policy& policy, const PolicyFacts& facts) {
  for (const auto& rule : policy.prohibitions) {
    if (!is_use(rule) || rule.constraints.empty()) continue;
    // Statements in a prohibition are what the partner undertakes; only a condition that can be met here refuses.
    const bool legal = std::ranges::all_of(rule.constraints, [](const Constraint& c) {
      return operand_of(c.operand).value_or(Operand::statement) == Operand::statement &&
             c.join == Constraint::Join::none;
    });
    if (legal) continue;
    if (auto outcome = check_rule(rule, facts); outcome.holds) {
      outcome.held.emplace_back("it is prohibited");
      return {false, std::move(outcome.held)};
    }
  }
  Decision refused{.allowed = false, .because = {}};
  for (const auto& rule : policy.permissions) {
    if (!is_use(rule)) continue;
    auto outcome = check_rule(rule, facts);
    if (outcome.holds) {
      if (outcome.held.empty()) outcome.held.emplace_back("there are no conditions");
      return {true, std::move(outcome.held)};
    }
    refused.because.insert(refused.because.end(), outcome.failed.begin(), outcome.failed.end());
  }
  if (refused.because.empty()) refused.because.emplace_back("nothing permits the use");
  return refused;
}

}  // namespace hanse::dataspace
