#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "twin/query/field.hpp"
#include "twin/query/text_pattern.hpp"
#include "twin/query/value.hpp"

// Expressions of the AAS Query Language, which the access rules of part 4 share: as they are written in JSON, and as
// they are kept for evaluating. Source: IDTA 01002 3.1, query language, JSON schema.

namespace hanse::twin {

struct Operand {
  enum class Kind : std::uint8_t { field, constant, cast, date_part };
  Kind kind = Kind::constant;
  QueryField field = {};         ///< Of `field`.
  QueryValue value = {};         ///< Of `constant`.
  ValueType type{};              ///< What comes of it; of a field text.
  DatePart part{};               ///< Of `date_part`.
  std::vector<Operand> of = {};  ///< Of `cast` and `date_part`: the one operand inside.
};

enum class Comparison : std::uint8_t { eq, ne, gt, ge, lt, le, contains, starts_with, ends_with, regex };

/// Where fields of a `$match` meet: the nodes that `field` (cut there) leads to are tried one by one.
struct SharedPlace {
  std::string place;
  QueryField field;
};

struct Condition {
  enum class Kind : std::uint8_t { all_of, any_of, negation, match, constant, comparison };
  Kind kind = Kind::constant;
  bool constant = true;                     ///< Of `constant`.
  std::vector<Condition> parts = {};        ///< Of `all_of`, `any_of`, `negation`, `match`.
  std::vector<SharedPlace> shared = {};     ///< Of `match`: outer places first.
  Comparison comparison{};                  ///< Of `comparison`, as are these.
  std::vector<Operand> operands = {};       ///< Two.
  std::optional<TextPattern> pattern = {};  ///< Of `regex`, in place of its second operand.
};

struct TwinQuery {
  Condition condition;
  bool only_ids = false;  ///< `"$select": "id"`
};

/// Reads an expression. Errors: `invalid`, naming each place that is wrong, as in `$condition.$and[1].$eq[0].$field`;
/// also for one that is nested deeper than 32 or has over 500 parts. `place` is what the paths begin with.
Result<Condition> read_condition(JsonRef in, std::string_view place);
/// The body of a query, at most 64 KiB. Errors: as above; `too_large`.
Result<TwinQuery> read_query(std::string_view body);

/// Does any field of it begin at this root?
bool uses(const Condition& condition, FieldRoot root);
/// What a field must be equal to for the condition to hold: of `$eq` with a text, alone or in outermost `$and`.
/// Nothing when the condition doesn't say so.
std::optional<std::string> must_equal(const Condition& condition, std::string_view field);

}  // namespace hanse::twin
