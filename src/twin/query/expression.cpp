#include "twin/query/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "base/text.hpp"
#include "twin/model/findings.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kQueryBytesMax = 64u << 10;
constexpr int kExpressionDepthMax = 32;
constexpr int kExpressionPartsMax = 500;

template <class T>
struct Word {
  std::string_view text;
  T means;
};
constexpr std::array kComparisons{Word<Comparison>{"$eq", Comparison::eq},
                                  Word<Comparison>{"$ne", Comparison::ne},
                                  Word<Comparison>{"$gt", Comparison::gt},
                                  Word<Comparison>{"$ge", Comparison::ge},
                                  Word<Comparison>{"$lt", Comparison::lt},
                                  Word<Comparison>{"$le", Comparison::le},
                                  Word<Comparison>{"$contains", Comparison::contains},
                                  Word<Comparison>{"$starts-with", Comparison::starts_with},
                                  Word<Comparison>{"$ends-with", Comparison::ends_with},
                                  Word<Comparison>{"$regex", Comparison::regex}};
constexpr std::array kCombinations{
    Word<Condition::Kind>{"$and", Condition::Kind::all_of}, Word<Condition::Kind>{"$or", Condition::Kind::any_of},
    Word<Condition::Kind>{"$not", Condition::Kind::negation}, Word<Condition::Kind>{"$match", Condition::Kind::match},
    Word<Condition::Kind>{"$boolean", Condition::Kind::constant}};
constexpr std::array kCasts{Word<ValueType>{"$strCast", ValueType::text},
                            Word<ValueType>{"$numCast", ValueType::number},
                            Word<ValueType>{"$hexCast", ValueType::hex},
                            Word<ValueType>{"$boolCast", ValueType::boolean},
                            Word<ValueType>{"$dateTimeCast", ValueType::date_time},
                            Word<ValueType>{"$timeCast", ValueType::time}};
constexpr std::array kDateParts{Word<DatePart>{"$dayOfWeek", DatePart::day_of_week},
                                Word<DatePart>{"$dayOfMonth", DatePart::day_of_month},
                                Word<DatePart>{"$month", DatePart::month}, Word<DatePart>{"$year", DatePart::year}};

template <class Table>
auto look_up(const Table& table, std::string_view text) -> decltype(table.data()) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.text == text; });
  return found == table.end() ? nullptr : &*found;
}

template <class Table>
std::string words_of(const Table& table) {
  std::string out;
  for (const auto& each : table) out += fmt::format("{}{}", out.empty() ? "" : ", ", each.text);
  return out;
}

bool is_about_text(Comparison comparison) { return comparison >= Comparison::contains; }

using EachField = std::function<void(const QueryField&)>;
void visit_fields(const Operand& operand, const EachField& visit) {
  if (operand.kind == Operand::Kind::field) visit(operand.field);
  for (const auto& each : operand.of) visit_fields(each, visit);
}
void visit_fields(const Condition& condition, const EachField& visit) {
  for (const auto& each : condition.operands) visit_fields(each, visit);
  for (const auto& each : condition.parts) visit_fields(each, visit);
}

/// The places that more than one field of a `$match` passes, outer ones first.
std::vector<SharedPlace> shared_places(const Condition& match) {
  struct Met {
    int count = 0;
    QueryField cut;
  };
  std::map<std::string, Met> met;
  visit_fields(match, [&](const QueryField& field) {
    for (std::size_t i = 0; i < field.steps.size(); ++i) {
      if (field.steps[i].place.empty()) continue;
      auto& at = met[field.steps[i].place];
      if (at.count++ > 0) continue;
      at.cut = field;
      at.cut.steps.resize(i + 1);
    }
  });
  std::vector<SharedPlace> out;
  for (auto& [place, each] : met) {
    if (each.count > 1) out.push_back({place, std::move(each.cut)});
  }
  // An outer place is the beginning of an inner one's text.
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.place.size() < b.place.size(); });
  return out;
}

class ExpressionReader {
 public:
  std::optional<Condition> condition(JsonRef in, const Place& at, int depth, bool in_match = false) {
    const auto word = only_member(in, at, depth);
    if (!word) return std::nullopt;
    const auto& [name, value] = *word;
    const Place inside{.above = &at, .name = name};
    if (const auto* known = look_up(kComparisons, name)) return compare_two(value, inside, known->means, depth);
    const auto* known = look_up(kCombinations, name);
    if (!known) {
      wrong(inside, fmt::format("is no condition; there are {}, {}", words_of(kCombinations), words_of(kComparisons)));
      return std::nullopt;
    }
    Condition out{.kind = known->means};
    if (out.kind == Condition::Kind::constant) {
      if (value.kind() != JsonRef::Kind::boolean) return wrong(inside, "must be true or false");
      out.constant = value.boolean();
      return out;
    }
    if (in_match && out.kind != Condition::Kind::match)
      return wrong(inside, "can't be inside a $match; comparisons and $match can");
    if (out.kind == Condition::Kind::negation) {
      auto part = condition(value, inside, depth + 1);
      if (!part) return std::nullopt;
      out.parts.push_back(*std::move(part));
      return out;
    }
    return combine(std::move(out), value, inside, depth, in_match);
  }

  std::vector<FieldError> take_errors() { return std::move(errors_); }
  std::nullopt_t wrong(const Place& at, std::string message) {
    errors_.push_back({to_string(at), std::move(message)});
    return std::nullopt;
  }

 private:
  /// The one member of an object, which every part of an expression is.
  std::optional<std::pair<std::string_view, JsonRef>> only_member(JsonRef in, const Place& at, int depth) {
    if (depth > kExpressionDepthMax) return wrong(at, fmt::format("is nested deeper than {}", kExpressionDepthMax));
    if (++parts_ > kExpressionPartsMax) {
      // Said once: each further part would say it again.
      if (parts_ == kExpressionPartsMax + 1) wrong(at, fmt::format("makes over {} parts", kExpressionPartsMax));
      return std::nullopt;
    }
    if (in.kind() != JsonRef::Kind::object || in.size() != 1)
      return wrong(at, R"(must be an object with one member, as in {"$eq": [...]})");
    return in.member(0);
  }

  std::optional<Condition> combine(Condition out, JsonRef in, const Place& at, int depth, bool in_match) {
    const std::size_t least = out.kind == Condition::Kind::match ? 1 : 2;
    if (in.kind() != JsonRef::Kind::array || in.size() < least)
      return wrong(at, fmt::format("must be a list of {} conditions or more", least));
    const bool match = out.kind == Condition::Kind::match;
    bool sound = true;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const Place each{.above = at.above, .name = at.name, .index = static_cast<std::ptrdiff_t>(i)};
      auto part = condition(in.element(i), each, depth + 1, match);
      if (!part) {
        sound = false;
        continue;
      }
      out.parts.push_back(*std::move(part));
    }
    if (!sound) return std::nullopt;
    if (match && !in_match && !same_lists(out, at)) return std::nullopt;
    if (match) out.shared = shared_places(out);
    return out;
  }

  /// Fields with `[]` in a `$match` must be of the same list.
  bool same_lists(const Condition& match, const Place& at) {
    std::map<FieldRoot, std::string> lists;
    bool same = true;
    visit_fields(match, [&](const QueryField& field) {
      const auto first = std::find_if(field.steps.begin(), field.steps.end(),
                                      [](const FieldStep& step) { return step.place.ends_with(']'); });
      if (first == field.steps.end()) return;
      const auto [known, is_new] = lists.emplace(field.root, first->place);
      if (is_new || known->second == first->place || !same) return;
      wrong(at, fmt::format("is about two lists, {} and {}; write a $match for each", known->second, first->place));
      same = false;
    });
    return same;
  }

  std::optional<Condition> compare_two(JsonRef in, const Place& at, Comparison comparison, int depth) {
    if (in.kind() != JsonRef::Kind::array || in.size() != 2) return wrong(at, "must be a list of two operands");
    Condition out{.kind = Condition::Kind::comparison, .comparison = comparison};
    for (std::size_t i = 0; i < 2; ++i) {
      const Place each{.above = at.above, .name = at.name, .index = static_cast<std::ptrdiff_t>(i)};
      auto value = operand(in.element(i), each, depth + 1);
      if (!value) return std::nullopt;
      if (is_about_text(comparison) && value->type != ValueType::text)
        return wrong(each, "must be a text: $field, $strVal or $strCast");
      out.operands.push_back(*std::move(value));
    }
    if (comparison != Comparison::regex) return out;
    const Place second{.above = at.above, .name = at.name, .index = 1};
    if (out.operands[1].kind != Operand::Kind::constant) return wrong(second, "must be a $strVal");
    auto pattern = TextPattern::create(out.operands[1].value.text);
    if (!pattern) return wrong(second, pattern.error().message);
    out.pattern = *std::move(pattern);
    return out;
  }

  std::optional<Operand> operand(JsonRef in, const Place& at, int depth) {
    const auto member = only_member(in, at, depth);
    if (!member) return std::nullopt;
    const auto& [name, value] = *member;
    const Place inside{.above = &at, .name = name};
    if (const auto* known = look_up(kCasts, name)) {
      auto inner = operand(value, inside, depth + 1);
      if (!inner) return std::nullopt;
      Operand out{.kind = Operand::Kind::cast, .type = known->means};
      out.of.push_back(*std::move(inner));
      return out;
    }
    if (const auto* known = look_up(kDateParts, name)) return date_part(value, inside, known->means, depth);
    if (name == "$field") {
      if (value.kind() != JsonRef::Kind::string) return wrong(inside, "must be a text, as in $sm#idShort");
      auto field = parse_query_field(value.string());
      if (!field) return wrong(inside, field.error().message);
      return Operand{.kind = Operand::Kind::field, .field = *std::move(field), .type = ValueType::text};
    }
    auto constant = constant_of(name, value, inside);
    if (!constant) return std::nullopt;
    const auto type = constant->type;
    return Operand{.kind = Operand::Kind::constant, .value = *std::move(constant), .type = type};
  }

  /// The schema has a text here, the grammar an operand.
  std::optional<Operand> date_part(JsonRef in, const Place& at, DatePart part, int depth) {
    std::optional<Operand> inner;
    if (in.kind() == JsonRef::Kind::string) {
      auto time = read_date_time(in.string());
      if (!time) return wrong(at, "must be a date and time, as in 2026-03-02T06:00:00Z");
      inner = Operand{.kind = Operand::Kind::constant, .value = *std::move(time), .type = ValueType::date_time};
    } else {
      inner = operand(in, at, depth + 1);
    }
    if (!inner) return std::nullopt;
    Operand out{.kind = Operand::Kind::date_part, .type = ValueType::number, .part = part};
    out.of.push_back(*std::move(inner));
    return out;
  }

  std::optional<QueryValue> constant_of(std::string_view name, JsonRef value, const Place& at) {
    const bool is_text = value.kind() == JsonRef::Kind::string;
    if (name == "$boolean") {
      if (value.kind() != JsonRef::Kind::boolean) return wrong(at, "must be true or false");
      return boolean_value(value.boolean());
    }
    if (name == "$numVal") {
      if (value.kind() == JsonRef::Kind::integer) return number_value(static_cast<long double>(value.integer()));
      if (value.kind() == JsonRef::Kind::real) return number_value(value.real());
      return wrong(at, "must be a number");
    }
    if (name == "$strVal") {
      if (!is_text || value.string().starts_with('$')) return wrong(at, "must be a text that doesn't begin with $");
      return text_value(value.string());
    }
    using Read = std::optional<QueryValue> (*)(std::string_view);
    struct Typed {
      std::string_view name;
      Read read;
      std::string_view expected;
    };
    constexpr std::array kTyped{Typed{"$hexVal", read_hex, "must be a number as in 16#1F"},
                                Typed{"$dateTimeVal", read_date_time, "must be a time as in 2026-03-02T06:00:00Z"},
                                Typed{"$timeVal", read_time, "must be a time of day as in 06:00 or 06:00:30"}};
    for (const auto& each : kTyped) {
      if (each.name != name) continue;
      auto out = is_text ? each.read(value.string()) : std::nullopt;
      if (!out) return wrong(at, std::string{each.expected});
      return out;
    }
    return wrong(at, fmt::format("is no operand; there are $field, $strVal, $numVal, $boolean, $hexVal, $dateTimeVal, "
                                 "$timeVal, {}, {}",
                                 words_of(kCasts), words_of(kDateParts)));
  }

  int parts_ = 0;
  std::vector<FieldError> errors_;
};

Error wrong_query(std::vector<FieldError> errors) {
  return fail(ErrorCode::invalid, "the query is wrong", std::move(errors));
}

}  // namespace

Result<Condition> read_condition(JsonRef in, std::string_view place) {
  ExpressionReader reader;
  auto out = reader.condition(in, Place{.name = place}, 1);
  if (!out) return wrong_query(reader.take_errors());
  return *std::move(out);
}

Result<TwinQuery> read_query(std::string_view body) {
  if (body.size() > kQueryBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the query is over {} bytes", kQueryBytesMax));
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto root = document.root();
  if (root.kind() != JsonRef::Kind::object) return wrong_query({{"", "must be an object with $condition"}});
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < root.size(); ++i) {
    const auto name = root.member(i).first;
    if (name != "$condition" && name != "$select")
      errors.push_back({std::string{clip(name, 100)}, "is no member of a query; there are $condition and $select"});
  }
  bool only_ids = false;
  if (const auto select = root.find("$select")) {
    only_ids = select->kind() == JsonRef::Kind::string && select->string() == "id";
    if (!only_ids) errors.push_back({"$select", "must be \"id\""});
  }
  const auto condition = root.find("$condition");
  if (!condition) errors.push_back({"$condition", "must be there"});
  if (!errors.empty()) return wrong_query(std::move(errors));
  HANSE_TRY(auto read, read_condition(*condition, "$condition"));
  return TwinQuery{.condition = std::move(read), .only_ids = only_ids};
}

bool uses(const Condition& condition, FieldRoot root) {
  bool used = false;
  visit_fields(condition, [&](const QueryField& field) { used = used || field.root == root; });
  return used;
}

std::optional<std::string> must_equal(const Condition& condition, std::string_view field) {
  if (condition.kind == Condition::Kind::all_of) {
    for (const auto& each : condition.parts) {
      if (auto value = must_equal(each, field)) return value;
    }
  }
  if (condition.kind != Condition::Kind::comparison || condition.comparison != Comparison::eq) return std::nullopt;
  const auto& [left, right] = std::tie(condition.operands[0], condition.operands[1]);
  for (const auto& [one, other] : {std::pair{&left, &right}, std::pair{&right, &left}}) {
    if (one->kind == Operand::Kind::field && one->field.text == field && other->kind == Operand::Kind::constant &&
        other->type == ValueType::text)
      return other->value.text;
  }
  return std::nullopt;
}

}  // namespace hanse::twin
