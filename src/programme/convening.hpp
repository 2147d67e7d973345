#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "store/store.hpp"

// What a convener keeps beside plans: what belongs to a need and what was asked for since, who answers for what, what
// was decided, what is paid and what returns; and the board of problems that members share before there is a need.

namespace hanse::programme {

enum class RequestState { asked, accepted, refused };
HANSE_DESCRIBE_ENUM(RequestState, asked, accepted, refused)

/// Something that the charter doesn't hold: growth is what was accepted, against what was chartered.
struct ChangeRequest {
  std::string id, need, title, text;
  std::string asked_by;        ///< Organisation.
  double units = 0, cost = 0;  ///< More than chartered; below 0 for less.
  RequestState state = RequestState::asked;
  std::string decided_by;
  std::optional<Timestamp> decided;
  friend bool operator==(const ChangeRequest&, const ChangeRequest&) = default;
  static std::vector<store::IndexField> index(const ChangeRequest& r) { return {{"need", r.need}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 200, .required = true},
        FieldNote{.field = "need", .required = true},
        FieldNote{.field = "title", .summary = "What is asked for.", .length_max = 300, .required = true},
        FieldNote{.field = "text", .summary = "Why, and what it touches.", .length_max = 20'000},
        FieldNote{
            .field = "units", .summary = "More units than chartered; below 0 for fewer.", .min = -1e9, .max = 1e9},
        FieldNote{.field = "cost", .summary = "More cost than chartered.", .min = -1e12, .max = 1e12},
        FieldNote{.field = "decided_by", .summary = "Who accepted or refused it.", .length_max = 200}};
  }
  /// What is accepted or refused says by whom.
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(ChangeRequest, (id, need, title, text, asked_by, units, cost, state, decided_by, decided))

struct Decision {
  std::string id, need, title, text, decided_by;
  Timestamp decided;
  std::string replaces;  ///< An earlier decision; both stay in the log.
  friend bool operator==(const Decision&, const Decision&) = default;
  static std::vector<store::IndexField> index(const Decision& d) { return {{"need", d.need}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 200, .required = true},
                      FieldNote{.field = "need", .required = true},
                      FieldNote{.field = "title", .length_max = 300, .required = true},
                      FieldNote{.field = "text", .summary = "Why, and what was turned down.", .length_max = 20'000},
                      FieldNote{.field = "decided_by", .length_max = 200, .required = true},
                      FieldNote{.field = "decided", .required = true}};
  }
};
HANSE_DESCRIBE(Decision, (id, need, title, text, decided_by, decided, replaces))

struct Milestone {
  std::string id, need, title;
  std::string owner;  ///< Organisation.
  Timestamp due;
  std::optional<Timestamp> reached;
  friend bool operator==(const Milestone&, const Milestone&) = default;
  static std::vector<store::IndexField> index(const Milestone& m) { return {{"need", m.need}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 200, .required = true}, FieldNote{.field = "need", .required = true},
        FieldNote{.field = "title", .length_max = 300, .required = true}, FieldNote{.field = "due", .required = true}};
  }
};
HANSE_DESCRIBE(Milestone, (id, need, title, owner, due, reached))

/// A row of the RACI table: organisations by what they are to one task.
struct Responsibility {
  std::string id, need, task;
  std::string accountable;  ///< Exactly one.
  std::vector<std::string> responsible, consulted, informed;
  friend bool operator==(const Responsibility&, const Responsibility&) = default;
  static std::vector<store::IndexField> index(const Responsibility& r) { return {{"need", r.need}}; }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 200, .required = true},
                      FieldNote{.field = "need", .required = true},
                      FieldNote{.field = "task", .length_max = 300, .required = true},
                      FieldNote{.field = "accountable", .summary = "The one that answers for it.", .required = true},
                      FieldNote{.field = "responsible", .summary = "Those that do it.", .length_max = 100},
                      FieldNote{.field = "consulted", .length_max = 500},
                      FieldNote{.field = "informed", .length_max = 500}};
  }
};
HANSE_DESCRIBE(Responsibility, (id, need, task, accountable, responsible, consulted, informed))

enum class Contribution { money, people, machines, data };
HANSE_DESCRIBE_ENUM(Contribution, money, people, machines, data)

struct InvestmentReturn {
  std::string organisation, text;
  friend bool operator==(const InvestmentReturn&, const InvestmentReturn&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "organisation", .required = true},
                      FieldNote{.field = "text", .summary = "What comes back to it.", .length_max = 2000}};
  }
};
HANSE_DESCRIBE(InvestmentReturn, (organisation, text))

/// Who puts what into a need or a problem, and what returns to whom.
struct Investment {
  std::string id, need, problem, organisation, text;
  Contribution contribution = Contribution::money;
  double amount = 0;  ///< Money's worth, in the network's currency.
  std::vector<InvestmentReturn> returns;
  friend bool operator==(const Investment&, const Investment&) = default;
  static std::vector<store::IndexField> index(const Investment& i) {
    return {{"need", i.need}, {"problem", i.problem}};
  }
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .length_max = 200, .required = true},
                      FieldNote{.field = "problem", .summary = "Of the board, when there is no need yet."},
                      FieldNote{.field = "organisation", .summary = "Who gives.", .required = true},
                      FieldNote{.field = "text", .summary = "What for.", .length_max = 5000},
                      FieldNote{.field = "amount", .summary = "In money, or its worth.", .min = 0, .max = 1e12},
                      FieldNote{.field = "returns", .length_max = 100}};
  }
  /// It is for a need or for a problem.
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(Investment, (id, need, problem, organisation, text, contribution, amount, returns))

enum class Desk { club, analytics };
HANSE_DESCRIBE_ENUM(Desk, club, analytics)
enum class Stage { pitched, cohort, agreed, pilot, result };
HANSE_DESCRIBE_ENUM(Stage, pitched, cohort, agreed, pilot, result)

/// A problem that members share, from the pitch to a result that others use; at the analytics desk with the data that
/// it would be solved from. Each stage needs what the one before left to say.
struct BoardProblem {
  std::string id, title, text;
  std::string owner;  ///< Organisation that has it.
  Desk desk = Desk::club;
  Stage stage = Stage::pitched;
  std::vector<std::string> votes;   ///< Organisations that have it, too.
  std::vector<std::string> cohort;  ///< Those that work on it together.
  double value = 0;                 ///< A year, as the owner estimates it.
  std::string data;                 ///< Where it lies; analytics.
  std::string triage;               ///< Feasible or not, by whom it is done; analytics.
  std::string agreement;            ///< What the cohort agreed: money, people, data, who owns the result.
  std::string success_measure, pilot;
  std::string result;
  std::vector<std::string> reused_by;
  friend bool operator==(const BoardProblem&, const BoardProblem&) = default;
  static std::vector<store::IndexField> index(const BoardProblem& p) {
    return {{"stage", describe::enum_name(p.stage)}, {"owner", p.owner}};
  }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .length_max = 200, .required = true},
        FieldNote{.field = "title", .length_max = 300, .required = true},
        FieldNote{.field = "text", .length_max = 20'000},
        FieldNote{.field = "owner", .summary = "Organisation that has it.", .required = true},
        FieldNote{.field = "votes", .length_max = 5000},
        FieldNote{.field = "cohort", .length_max = 500},
        FieldNote{.field = "value", .summary = "A year, estimated.", .min = 0, .max = 1e12},
        FieldNote{.field = "data", .summary = "Where its data lies.", .length_max = 2000},
        FieldNote{.field = "triage", .summary = "Feasible or not, and who does it.", .length_max = 5000},
        FieldNote{
            .field = "agreement", .summary = "Money, people, data, and who owns the result.", .length_max = 20'000},
        FieldNote{.field = "success_measure", .length_max = 2000},
        FieldNote{.field = "pilot", .summary = "Where it runs.", .length_max = 5000},
        FieldNote{.field = "result", .length_max = 20'000},
        FieldNote{.field = "reused_by", .length_max = 5000}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(BoardProblem, (id, title, text, owner, desk, stage, votes, cohort, value, data, triage, agreement,
                              success_measure, pilot, result, reused_by))

/// Organisations that a record names, with their paths.
using Named = std::vector<std::pair<std::string, std::string>>;
Named organisations_of(const ChangeRequest& record);
Named organisations_of(const Decision& record);
Named organisations_of(const Milestone& record);
Named organisations_of(const Responsibility& record);
Named organisations_of(const Investment& record);
Named organisations_of(const BoardProblem& record);

}  // namespace hanse::programme
