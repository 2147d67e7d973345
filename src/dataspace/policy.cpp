#include "dataspace/policy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dataspace/canonical_json.hpp"
#include "dataspace/internal/loose.hpp"
#include "dataspace/internal/operands.hpp"

namespace hanse::dataspace {
namespace {

constexpr std::size_t kRulesMax = 100;
constexpr std::size_t kPartsMax = 1000;
constexpr int kDepthMax = 8;
constexpr std::int64_t kDaysMax = 36'500;  // a hundred years
constexpr std::array<std::string_view, 13> kComparisons{"eq",      "neq",      "gt",       "gteq", "lt",
                                                        "lteq",    "hasPart",  "isPartOf", "isA",  "isAllOf",
                                                        "isAnyOf", "isNoneOf", "term-lteq"};
constexpr std::array<std::pair<std::string_view, Constraint::Join>, 4> kJoins{
    {{"and", Constraint::Join::all},
     {"andSequence", Constraint::Join::all},
     {"or", Constraint::Join::any},
     {"xone", Constraint::Join::exactly_one}}};

class PolicyReader {
 public:
  Result<Policy> read(JsonRef root) {
    Policy policy;
    policy.permissions = rules(root, "permission");
    policy.prohibitions = rules(root, "prohibition");
    policy.obligations = rules(root, "obligation");
    if (!errors_.empty()) return fail(ErrorCode::invalid, "the policy has wrong rules", std::move(errors_));
    return policy;
  }

 private:
  void error(std::string path, std::string message) { errors_.push_back({std::move(path), std::move(message)}); }

  std::vector<Rule> rules(JsonRef root, std::string_view name) {
    std::vector<Rule> out;
    const auto found = loose::list(loose::member(root, name));
    if (found.size() > kRulesMax) error(std::string{name}, fmt::format("must have at most {} rules", kRulesMax));
    for (std::size_t i = 0; i < std::min(found.size(), kRulesMax); ++i) {
      const auto path = fmt::format("{}[{}]", name, i);
      Rule rule;
      if (const auto action = loose::text(found[i], "action"); action && !action->empty()) {
        rule.action = loose::short_name(*action);
      } else {
        error(path + ".action", "is required");
      }
      rule.constraints = constraints(loose::member(found[i], "constraint"), path + ".constraint", 0);
      out.push_back(std::move(rule));
    }
    return out;
  }

  std::vector<Constraint> constraints(std::optional<JsonRef> in, const std::string& path, int depth) {
    std::vector<Constraint> out;
    const auto found = loose::list(in);
    if (depth > kDepthMax || (parts_ += found.size()) > kPartsMax) {
      error(path, "has too many conditions, or too deep");
      return out;
    }
    for (std::size_t i = 0; i < found.size(); ++i)
      out.push_back(constraint(found[i], fmt::format("{}[{}]", path, i), depth));
    return out;
  }

  Constraint constraint(JsonRef in, const std::string& path, int depth) {
    for (const auto& [name, join] : kJoins) {
      if (const auto parts = loose::member(in, name)) {
        return {.join = join, .parts = constraints(parts, fmt::format("{}.{}", path, name), depth + 1)};
      }
    }
    Constraint out{.operand = loose::text(in, "leftOperand").value_or("")};
    out.comparison = loose::short_name(loose::text(in, "operator").value_or(""));
    if (out.operand.empty()) error(path + ".leftOperand", "is required");
    if (std::ranges::find(kComparisons, out.comparison) == kComparisons.end()) {
      error(path + ".operator", fmt::format("must be one of {}", fmt::join(kComparisons, ", ")));
    }
    for (const auto value : loose::list(loose::member(in, "rightOperand"))) {
      if (auto text = loose::text(value)) out.right.push_back(*std::move(text));
    }
    if (out.right.empty()) error(path + ".rightOperand", "is required");
    return out;
  }

  std::size_t parts_ = 0;
  std::vector<FieldError> errors_;
};

void condition(std::string& out, std::string_view operand, std::string_view comparison, const std::string& right_json) {
  out += out.empty() ? "" : ",";
  out += fmt::format(R"({{"leftOperand":"{}","operator":"{}","rightOperand":{}}})", operand, comparison, right_json);
}

}  // namespace

Result<Policy> read_policy(const RawJson& policy) {
  HANSE_TRY(const auto document, JsonDocument::parse(policy.text));
  return PolicyReader{}.read(document.root());
}

std::string write_rules(const Terms& terms) {
  std::string conditions;
  const auto own = [](std::string_view prefix, std::string_view name) {
    return std::string{prefix} + std::string{name};
  };
  // Numbers are written as texts: the protocol's schema refuses bare ones.
  if (terms.members_only) condition(conditions, own(kCatenaX, "Membership"), "eq", quoted("active"));
  if (!terms.framework.empty())
    condition(conditions, own(kCatenaX, "FrameworkAgreement"), "eq", quoted(terms.framework));
  if (!terms.purposes.empty()) condition(conditions, own(kOdrl, "purpose"), "isAnyOf", to_json(terms.purposes));
  if (!terms.regions.empty()) condition(conditions, own(kOdrl, "spatial"), "isAnyOf", to_json(terms.regions));
  if (terms.until) condition(conditions, own(kOdrl, "dateTime"), "lteq", quoted(to_string(*terms.until)));
  if (terms.count > 0) condition(conditions, own(kOdrl, "count"), "lteq", quoted(std::to_string(terms.count)));
  if (terms.aggregate_s > 0) {
    condition(conditions, own(kHanse, "aggregationSeconds"), "gteq", quoted(std::to_string(terms.aggregate_s)));
  }
  if (!terms.masked.empty()) condition(conditions, own(kHanse, "maskedFields"), "isAllOf", to_json(terms.masked));
  if (!terms.machines.empty()) condition(conditions, own(kHanse, "machine"), "isAnyOf", to_json(terms.machines));
  std::string out = R"("permission":[{"action":"use")";
  if (!conditions.empty()) out += R"(,"constraint":[)" + conditions + ']';
  out += "}]";
  if (terms.no_sharing) out += fmt::format(R"(,"prohibition":[{{"action":"{}distribute"}}])", kOdrl);
  return out;
}

Result<std::string> rules_of(const RawJson& policy) {
  HANSE_TRY(const auto document, JsonDocument::parse(policy.text));
  std::string out;
  for (const auto name : {"profile", "permission", "prohibition", "obligation"}) {
    const auto found = loose::member(document.root(), name);
    // An empty list fails the schema: a peer that sent one means none.
    if (!found || loose::list(found).empty()) continue;
    out += fmt::format(R"({}"{}":{})", out.empty() ? "" : ",", name, found->text());
  }
  return out;
}

bool same_rules(const RawJson& a, const RawJson& b) {
  const auto rules = [](const RawJson& policy) -> std::optional<std::string> {
    const auto text = rules_of(policy);
    if (!text) return std::nullopt;
    const auto canonical = canonical_json('{' + *text + '}');
    return canonical ? std::optional{*canonical} : std::nullopt;
  };
  const auto left = rules(a);
  return left && left == rules(b);
}

namespace {

template <class F>
void each_condition(const std::vector<Constraint>& constraints, const F& f) {
  for (const auto& constraint : constraints) {
    if (constraint.join == Constraint::Join::none) {
      f(constraint);
    } else {
      each_condition(constraint.parts, f);
    }
  }
}

template <class F>
void each_permission_condition(const Policy& policy, Operand operand, const F& f) {
  for (const auto& rule : policy.permissions) {
    each_condition(rule.constraints, [&](const Constraint& c) {
      if (operand_of(c.operand) == operand) f(c);
    });
  }
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

}  // namespace

Shaping shaping_of(const Policy& policy) {
  Shaping shaping;
  each_permission_condition(policy, Operand::aggregation, [&](const Constraint& c) {
    shaping.aggregate_s = std::max(shaping.aggregate_s, whole_number(c.right.front()).value_or(0));
  });
  each_permission_condition(policy, Operand::masked, [&](const Constraint& c) {
    shaping.masked.insert(shaping.masked.end(), c.right.begin(), c.right.end());
  });
  return shaping;
}

std::optional<std::int64_t> count_of(const Policy& policy) {
  std::optional<std::int64_t> count;
  each_permission_condition(policy, Operand::count, [&](const Constraint& c) {
    if (const auto value = whole_number(c.right.front())) {
      const auto most = c.comparison == "lt" ? *value - 1 : *value;
      count = count ? std::min(*count, most) : most;
    }
  });
  return count;
}

std::optional<Timestamp> until_of(const Policy& policy, Timestamp agreed_at) {
  std::optional<Timestamp> until;
  each_permission_condition(policy, Operand::usage_end_days, [&](const Constraint& c) {
    const auto days = whole_number(c.right.front());
    if (!days || *days < 0 || *days > kDaysMax) return;
    const auto end = agreed_at + 24h * *days;
    until = until ? std::min(*until, end) : end;
  });
  for (const auto operand : {Operand::date_time, Operand::usage_end_date}) {
    each_permission_condition(policy, operand, [&](const Constraint& c) {
      const auto time = parse_timestamp(c.right.front());
      if (time && c.comparison != "gteq" && c.comparison != "gt") until = until ? std::min(*until, *time) : *time;
    });
  }
  return until;
}

std::vector<std::string> machines_of(const Policy& policy) {
  std::vector<std::string> machines;
  each_permission_condition(policy, Operand::machine, [&](const Constraint& c) {
    machines.insert(machines.end(), c.right.begin(), c.right.end());
  });
  return machines;
}

}  // namespace hanse::dataspace
