#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace hanse::dataspace {

/// What a person sets when sharing something: a small set that can be said in plain words. Empty means no limit.
struct Terms {
  std::vector<std::string> purposes;  ///< For what it may be used.
  std::optional<Timestamp> until;     ///< Last moment of use.
  std::vector<std::string> regions;   ///< Where.
  std::int64_t aggregate_s = 0;       ///< Series: means over at least so many seconds; 0 for as measured.
  std::vector<std::string> masked;    ///< Records: fields that are left out.
  std::int64_t count = 0;             ///< How many uses; 0 for any number.
  bool no_sharing = false;            ///< Not to be passed on.
  bool members_only = false;          ///< Partners with a confirmed membership.
  std::string framework;              ///< Framework agreement that must be in force, as `DataExchangeGovernance:1.0`.
  std::vector<std::string> machines;  ///< Designs: ids of machines that may make it.
  friend bool operator==(const Terms&, const Terms&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "purposes", .summary = "For what it may be used; none for anything.", .length_max = 50},
        FieldNote{.field = "until", .summary = "Last moment of use."},
        FieldNote{.field = "regions", .summary = "Where it may be used; none for anywhere.", .length_max = 50},
        FieldNote{.field = "aggregate_s",
                  .summary = "Series: means over at least so many seconds; 0 for as measured.",
                  .min = 0,
                  .max = 31'536'000},
        FieldNote{.field = "masked", .summary = "Records: fields that are left out.", .length_max = 100},
        FieldNote{.field = "count", .summary = "How many uses; 0 for any number.", .min = 0},
        FieldNote{.field = "framework", .summary = "Framework agreement that must be in force.", .length_max = 200},
        FieldNote{.field = "machines", .summary = "Designs: ids of machines that may make it.", .length_max = 1000}};
  }
};
HANSE_DESCRIBE(Terms,
               (purposes, until, regions, aggregate_s, masked, count, no_sharing, members_only, framework, machines))

/// A condition of a rule; either one comparison or several joined.
struct Constraint {
  enum class Join { none, all, any, exactly_one };
  Join join = Join::none;
  std::vector<Constraint> parts = {};
  std::string operand = {};     ///< As written: a full IRI or a short name.
  std::string comparison = {};  ///< `lteq`
  std::vector<std::string> right = {};
};
struct Rule {
  std::string action;
  std::vector<Constraint> constraints = {};
};
/// The rules of an offer or agreement. Source: ODRL 2.2 in the subset of the Dataspace Protocol's schemas.
struct Policy {
  std::vector<Rule> permissions, prohibitions, obligations;
};

/// Reads the rules. Errors: `invalid` with the path of what isn't a rule.
Result<Policy> read_policy(const RawJson& policy);
/// `"permission":[...]` and what else the terms need, without braces: the inside of an offer.
std::string write_rules(const Terms& terms);
/// True when both say the same, whatever their ids and the order of their members.
bool same_rules(const RawJson& a, const RawJson& b);
/// Only the rules of `policy`, verbatim: `"permission":[...]`; for an agreement that repeats an offer.
Result<std::string> rules_of(const RawJson& policy);

/// When a policy is asked. Later moments know more, and ask more.
enum class Moment { offer, agreement, transfer, use };
HANSE_DESCRIBE_ENUM(Moment, offer, agreement, transfer, use)

/// What is known when it is asked.
struct PolicyFacts {
  Moment moment = Moment::use;
  Timestamp now;
  Timestamp agreed_at;
  std::string participant;      ///< The partner's participant id.
  std::string business_number;  ///< Catena-X BPNL; empty when not known.
  std::vector<std::string> groups;
  std::vector<std::string> frameworks;
  bool member = false;
  std::int64_t uses = 0;  ///< With this one.
  std::string purpose;    ///< As the partner names it at use; empty when it doesn't.
  std::string region;
  std::string machine;
};

/// Yes or no, and why: one sentence per condition that was looked at, those that failed first.
struct Decision {
  bool allowed = true;
  std::vector<std::string> because;
};
HANSE_DESCRIBE(Decision, (allowed, because))

/// Any permission whose conditions hold allows; a prohibition that is met refuses. A condition that isn't known here
/// is not fulfilled, except the profile's legal statements, which a partner accepts by agreeing.
Decision decide(const Policy& policy, const PolicyFacts& facts);

/// What the node itself must do to data before it hands them out, the strictest of all rules.
struct Shaping {
  std::int64_t aggregate_s = 0;
  std::vector<std::string> masked;
};
Shaping shaping_of(const Policy& policy);
/// How many uses the policy allows; nothing when any number.
std::optional<std::int64_t> count_of(const Policy& policy);
/// The last moment of use, when there is one; days count from `agreed_at`.
std::optional<Timestamp> until_of(const Policy& policy, Timestamp agreed_at);
std::vector<std::string> machines_of(const Policy& policy);

/// The policy in plain words, a sentence per condition.
std::vector<std::string> explain(const Policy& policy);

enum class ClauseKind {
  count,
  until,
  from,
  days,
  frequency,
  purpose,
  region,
  machine,
  recipient,
  aggregation,
  masked,
  membership,
  framework,
  group,
  other,  ///< Its value is the condition in words.
};
HANSE_DESCRIBE_ENUM(ClauseKind, count, until, from, days, frequency, purpose, region, machine, recipient, aggregation,
                    masked, membership, framework, group, other)
/// One condition, so that a page can say it in its reader's language.
struct Clause {
  ClauseKind kind = ClauseKind::other;
  std::vector<std::string> values;
};
HANSE_DESCRIBE(Clause, (kind, values))
enum class RuleKind { may, must_not, must };
HANSE_DESCRIBE_ENUM(RuleKind, may, must_not, must)
struct PlainRule {
  RuleKind kind = RuleKind::may;
  std::string action;  ///< `use`, `distribute`
  std::vector<Clause> clauses;
};
HANSE_DESCRIBE(PlainRule, (kind, action, clauses))
/// As `explain`, in parts.
std::vector<PlainRule> plain_rules(const Policy& policy);

}  // namespace hanse::dataspace
