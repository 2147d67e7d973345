#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataspace/internal/operands.hpp"
#include "dataspace/policy.hpp"

// Policies in words: sentences for people's records, clauses for pages that say them in their reader's language.

namespace hanse::dataspace {
namespace {

std::string words(const Constraint& c) {
  if (c.join != Constraint::Join::none) {
    std::string out;
    const std::string_view link = c.join == Constraint::Join::all   ? " and "
                                  : c.join == Constraint::Join::any ? " or "
                                                                    : " or else ";
    for (const auto& part : c.parts) out += (out.empty() ? "" : std::string{link}) + words(part);
    return out;
  }
  const auto list = fmt::format("{}", fmt::join(c.right, ", "));
  switch (operand_of(c.operand).value_or(Operand::statement)) {
    case Operand::count:
      return fmt::format("at most {} uses", list);
    case Operand::date_time:
    case Operand::usage_end_date:
      return fmt::format("{} {}", c.comparison.starts_with('g') ? "from" : "until", list);
    case Operand::usage_end_days:
      return fmt::format("for {} days after the agreement", list);
    case Operand::data_frequency:
      return list.find("once") != std::string::npos ? "once" : "any number of times";
    case Operand::purpose:
      return "for " + list;
    case Operand::spatial:
      return "in " + list;
    case Operand::machine:
      return "on the machines " + list;
    case Operand::recipient:
      return "by " + list;
    case Operand::aggregation:
      return fmt::format("as means over at least {} s", list);
    case Operand::masked:
      return "without the fields " + list;
    case Operand::membership:
      return "by members only";
    case Operand::framework:
      return "under " + list;
    case Operand::business_number:
    case Operand::business_group:
      return fmt::format("by partners in ({}) {}", c.comparison, list);
    case Operand::statement:
      return fmt::format("{} {} {}", operand_word(c.operand), c.comparison, list);
  }
  return {};
}

ClauseKind kind_of(const Constraint& c) {
  switch (operand_of(c.operand).value_or(Operand::statement)) {
    case Operand::count:
      return ClauseKind::count;
    case Operand::date_time:
    case Operand::usage_end_date:
      return c.comparison.starts_with('g') ? ClauseKind::from : ClauseKind::until;
    case Operand::usage_end_days:
      return ClauseKind::days;
    case Operand::data_frequency:
      return ClauseKind::frequency;
    case Operand::purpose:
      return ClauseKind::purpose;
    case Operand::spatial:
      return ClauseKind::region;
    case Operand::machine:
      return ClauseKind::machine;
    case Operand::recipient:
      return ClauseKind::recipient;
    case Operand::aggregation:
      return ClauseKind::aggregation;
    case Operand::masked:
      return ClauseKind::masked;
    case Operand::membership:
      return ClauseKind::membership;
    case Operand::framework:
      return ClauseKind::framework;
    case Operand::business_number:
    case Operand::business_group:
      return ClauseKind::group;
    case Operand::statement:
      return ClauseKind::other;
  }
  return ClauseKind::other;
}

Clause clause_of(const Constraint& c) {
  // Joined conditions are rare, and said as they stand.
  if (c.join != Constraint::Join::none) return {.kind = ClauseKind::other, .values = {words(c)}};
  const auto kind = kind_of(c);
  if (kind == ClauseKind::other) return {.kind = kind, .values = {words(c)}};
  return {.kind = kind, .values = c.right};
}

PlainRule plain_rule(RuleKind kind, const Rule& rule) {
  PlainRule out{.kind = kind, .action = rule.action, .clauses = {}};
  for (const auto& c : rule.constraints) out.clauses.push_back(clause_of(c));
  return out;
}

}  // namespace

std::vector<std::string> explain(const Policy& policy) {
  std::vector<std::string> out;
  for (const auto& rule : policy.permissions) {
    std::string sentence = "May " + rule.action;
    for (const auto& c : rule.constraints) sentence += ", " + words(c);
    out.push_back(sentence + '.');
  }
  for (const auto& rule : policy.prohibitions) {
    const bool distribute = rule.action == "distribute";
    std::string sentence = distribute ? std::string{"Must not be passed on"} : "Must not " + rule.action;
    for (const auto& c : rule.constraints) sentence += ", " + words(c);
    out.push_back(sentence + '.');
  }
  for (const auto& rule : policy.obligations) {
    std::string sentence = "Must " + rule.action;
    for (const auto& c : rule.constraints) sentence += ", " + words(c);
    out.push_back(sentence + '.');
  }
  return out;
}

std::vector<PlainRule> plain_rules(const Policy& policy) {
  std::vector<PlainRule> out;
  for (const auto& rule : policy.permissions) out.push_back(plain_rule(RuleKind::may, rule));
  for (const auto& rule : policy.prohibitions) out.push_back(plain_rule(RuleKind::must_not, rule));
  for (const auto& rule : policy.obligations) out.push_back(plain_rule(RuleKind::must, rule));
  return out;
}

}  // namespace hanse::dataspace
