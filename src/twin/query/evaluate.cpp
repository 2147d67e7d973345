#include "twin/query/evaluate.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace hanse::twin {
namespace {

/// A value of an operand, or nothing for a cast that failed.
using OperandValue = std::optional<QueryValue>;

Truth truth_of(bool holds) { return holds ? Truth::yes : Truth::no; }

Truth in_order(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::eq:
      return truth_of(order == 0);
    case Comparison::ne:
      return truth_of(order != 0);
    case Comparison::gt:
      return truth_of(order > 0);
    case Comparison::ge:
      return truth_of(order >= 0);
    case Comparison::lt:
      return truth_of(order < 0);
    case Comparison::le:
      return truth_of(order <= 0);
    default:
      return Truth::invalid;
  }
}

/// Two values that have no order are unequal, which is an answer; asked for their order there is none, but between
/// booleans, of which neither is the greater.
Truth without_order(Comparison comparison, bool booleans) {
  if (comparison == Comparison::eq) return Truth::no;
  if (comparison == Comparison::ne) return Truth::yes;
  return booleans ? Truth::no : Truth::invalid;
}

Truth compare_texts(Comparison comparison, std::string_view a, std::string_view b) {
  if (comparison == Comparison::contains) return truth_of(a.find(b) != std::string_view::npos);
  if (comparison == Comparison::starts_with) return truth_of(a.starts_with(b));
  return truth_of(a.ends_with(b));
}

class Evaluation {
 public:
  Evaluation(const Subject& subject, std::int64_t& work) : subject_(subject), work_(work) {}

  /// For some pair of shell and submodel.
  Truth of_any_pair(const Condition& condition, bool shells, bool submodels) {
    Truth best = Truth::no;
    bool any_valid = false;
    const auto each = [&](const Node* shell, const Node* submodel) {
      const auto outer = std::pair{std::exchange(shell_, shell), std::exchange(submodel_, submodel)};
      const auto truth = of(condition);
      std::tie(shell_, submodel_) = outer;
      if (truth == Truth::yes) best = Truth::yes;
      any_valid = any_valid || truth != Truth::invalid;
      return best != Truth::yes && work_ >= 0;
    };
    const Node* const none[] = {nullptr};
    const auto of_shells = shells && !subject_.shells.empty() ? subject_.shells : std::span<const Node* const>{none};
    const auto of_submodels =
        submodels && !subject_.submodels.empty() ? subject_.submodels : std::span<const Node* const>{none};
    for (const auto* shell : of_shells) {
      for (const auto* submodel : of_submodels) {
        if (!each(shell, submodel)) return work_ < 0 ? Truth::invalid : best;
      }
    }
    return any_valid ? best : Truth::invalid;
  }

 private:
  Truth of(const Condition& condition) {
    if (work_ < 0) return Truth::invalid;
    switch (condition.kind) {
      case Condition::Kind::constant:
        return truth_of(condition.constant);
      case Condition::Kind::comparison:
        return of_comparison(condition);
      case Condition::Kind::negation: {
        const auto inner = of(condition.parts.front());
        return inner == Truth::invalid ? inner : truth_of(inner == Truth::no);
      }
      case Condition::Kind::match:
        return of_match(condition);
      case Condition::Kind::all_of:
      case Condition::Kind::any_of:
        return of_parts(condition);
    }
    return Truth::invalid;
  }

  Truth of_parts(const Condition& condition) {
    const bool all = condition.kind != Condition::Kind::any_of;
    bool holds = all;
    for (const auto& each : condition.parts) {
      const auto truth = of(each);
      if (truth == Truth::invalid) return truth;
      holds = all ? holds && truth == Truth::yes : holds || truth == Truth::yes;
    }
    return truth_of(holds);
  }

  /// A `$match` that isn't inside another looks for its own submodel, so that one condition can be about two of them.
  Truth of_match(const Condition& match) {
    if (in_match_) return of_places(match, 0);
    in_match_ = true;
    const bool submodels = subject_.submodels.size() > 1 && (uses(match, FieldRoot::sm) || uses(match, FieldRoot::sme));
    const auto truth = submodels ? of_any_submodel(match) : of_places(match, 0);
    in_match_ = false;
    return truth;
  }
  Truth of_any_submodel(const Condition& match) {
    const auto* const outer = submodel_;
    Tally tally;
    for (const auto* submodel : subject_.submodels) {
      submodel_ = submodel;
      if (tally.add(of_places(match, 0)) || work_ < 0) break;
    }
    submodel_ = outer;
    return tally.truth();
  }

  /// Some yes is yes; else some no is no. Nothing at all is no.
  struct Tally {
    bool any_yes = false, any_no = false, any_invalid = false;
    /// True when no more is needed.
    bool add(Truth truth) {
      any_yes = any_yes || truth == Truth::yes;
      any_no = any_no || truth == Truth::no;
      any_invalid = any_invalid || truth == Truth::invalid;
      return any_yes;
    }
    Truth truth() const { return any_yes ? Truth::yes : any_invalid && !any_no ? Truth::invalid : Truth::no; }
  };

  /// Tries what the shared places from `index` on can be.
  Truth of_places(const Condition& match, std::size_t index) {
    if (index == match.shared.size()) return of_parts(match);
    const auto& shared = match.shared[index];
    if (bound(shared.place)) return of_places(match, index + 1);
    Tally tally;
    each_node(shared.field, [&](const Node& node) {
      bindings_.emplace_back(shared.place, &node);
      const bool enough = tally.add(of_places(match, index + 1));
      bindings_.pop_back();
      return !enough;
    });
    return work_ < 0 ? Truth::invalid : tally.truth();
  }

  const Node* bound(std::string_view place) const {
    for (const auto& [known, node] : bindings_) {
      if (known == place) return node;
    }
    return nullptr;
  }

  const Node* root_of(FieldRoot root) const {
    switch (root) {
      case FieldRoot::aas:
        return shell_;
      case FieldRoot::sm:
      case FieldRoot::sme:
        return submodel_;
      case FieldRoot::cd:
        return subject_.concept_description;
      case FieldRoot::aasdesc:
        return subject_.shell_descriptor;
      case FieldRoot::smdesc:
        return subject_.submodel_descriptor;
    }
    return nullptr;
  }

  using EachNode = const std::function<bool(const Node&)>&;
  /// The nodes that a field's steps lead to, until `visit` says no more. False when it did.
  bool each_node(const QueryField& field, EachNode visit) {
    const auto* root = root_of(field.root);
    return !root || step(field.steps, *root, visit);
  }
  bool step(std::span<const FieldStep> steps, const Node& node, EachNode visit) {
    if (--work_ < 0) return false;
    if (steps.empty()) return visit(node);
    const auto& now = steps.front();
    const auto rest = steps.subspan(1);
    if (!now.place.empty()) {
      if (const auto* only = bound(now.place)) return step(rest, *only, visit);
    }
    switch (now.kind) {
      case FieldStep::Kind::anywhere:
        return step_anywhere(now, rest, node, visit);
      case FieldStep::Kind::child:
        for (const auto& child : elements_of(node)) {
          if (child.text(Name::idShort) == now.id_short && !step(rest, child, visit)) return false;
        }
        return true;
      case FieldStep::Kind::entry:
        return node.of() != Class::SubmodelElementList || step_entries(now, rest, elements_of(node), visit);
      case FieldStep::Kind::objects:
        return step_entries(now, rest, node.nodes(now.attribute), visit);
      case FieldStep::Kind::object: {
        const auto* object = node.node(now.attribute);
        return !object || step(rest, *object, visit);
      }
    }
    return true;
  }
  bool step_entries(const FieldStep& now, std::span<const FieldStep> rest, std::span<const Node> entries,
                    EachNode visit) {
    if (now.index) return *now.index >= entries.size() || step(rest, entries[*now.index], visit);
    return std::all_of(entries.begin(), entries.end(), [&](const Node& each) { return step(rest, each, visit); });
  }
  bool step_anywhere(const FieldStep& now, std::span<const FieldStep> rest, const Node& node, EachNode visit) {
    for (const auto& child : elements_of(node)) {
      if (--work_ < 0) return false;
      if ((now.id_short.empty() || child.text(Name::idShort) == now.id_short) && !step(rest, child, visit))
        return false;
      if (!step_anywhere(now, rest, child, visit)) return false;
    }
    return true;
  }
  /// The standard goes through collections and lists, and not into entities, relations and operations.
  static std::span<const Node> elements_of(const Node& node) {
    if (node.of() == Class::Submodel) return node.nodes(Name::submodelElements);
    if (node.of() == Class::SubmodelElementCollection || node.of() == Class::SubmodelElementList)
      return node.nodes(Name::value);
    return {};
  }

  using EachText = const std::function<bool(std::string_view)>&;
  bool texts_of(const QueryField& field, const Node& node, EachText visit) const {
    if (field.leaf == QueryField::Leaf::attribute) {
      const auto* attribute = info(node.of()).find(field.attribute);
      return !attribute || attribute->kind == Kind::object || attribute->kind == Kind::objects ||
             !node.has(field.attribute) || visit(node.text(field.attribute));
    }
    if (node.of() == Class::MultiLanguageProperty) {
      const auto name = field.leaf == QueryField::Leaf::value ? Name::text : Name::language;
      const auto texts = node.nodes(Name::value);
      return std::all_of(texts.begin(), texts.end(), [&](const Node& each) { return visit(each.text(name)); });
    }
    return field.leaf != QueryField::Leaf::value || value_of(node, visit);
  }
  bool value_of(const Node& node, EachText visit) const {
    if (node.of() == Class::ReferenceElement) {
      const auto* reference = node.node(Name::value);
      return !reference || reference->nodes(Name::keys).empty() ||
             visit(reference->nodes(Name::keys).front().text(Name::value));
    }
    if (node.of() == Class::Property && subject_.live) {
      if (const auto signal = bound_signal(node); !signal.empty()) {
        const auto now = subject_.live->value_of(signal);
        return !now || visit(*now);
      }
    }
    const bool has_text = node.of() == Class::Property || node.of() == Class::File;
    return !has_text || !node.has(Name::value) || visit(node.text(Name::value));
  }

  using EachValue = const std::function<bool(const OperandValue&)>&;
  bool values_of_operand(const Operand& operand, EachValue visit) {
    switch (operand.kind) {
      case Operand::Kind::constant:
        return visit(operand.value);
      case Operand::Kind::field:
        return each_node(operand.field, [&](const Node& node) {
          return texts_of(operand.field, node, [&](std::string_view text) { return visit(text_value(text)); });
        });
      case Operand::Kind::cast:
        return values_of_operand(operand.of.front(), [&](const OperandValue& inner) {
          return visit(inner ? cast(*inner, operand.type) : OperandValue{});
        });
      case Operand::Kind::date_part:
        return values_of_operand(operand.of.front(), [&](const OperandValue& inner) {
          const auto time = inner ? cast(*inner, ValueType::date_time) : OperandValue{};
          return visit(time ? OperandValue{part_of(*time, operand.part)} : OperandValue{});
        });
    }
    return true;
  }

  /// Of fields with many values, one that fits is enough.
  Truth of_comparison(const Condition& condition) {
    const auto& left = condition.operands[0];
    const auto& right = condition.operands[1];
    if (condition.pattern) return of_pattern(left, *condition.pattern);
    std::vector<OperandValue> others;
    values_of_operand(right, [&](const OperandValue& each) {
      others.push_back(each);
      return true;
    });
    Tally tally;
    bool any_left = false;
    values_of_operand(left, [&](const OperandValue& each) {
      any_left = true;
      for (const auto& other : others) {
        if (--work_ < 0 || tally.add(relate(condition, each, other))) return false;
      }
      return true;
    });
    if (work_ < 0) return Truth::invalid;
    if (any_left && !others.empty()) return tally.truth();
    return of_absent(condition.comparison, !any_left && others.empty());
  }
  /// Absent is equal to absent, and to nothing else.
  static Truth of_absent(Comparison comparison, bool both) {
    if (comparison == Comparison::eq || comparison == Comparison::ge || comparison == Comparison::le)
      return truth_of(both);
    return truth_of(comparison == Comparison::ne && !both);
  }

  static Truth relate(const Condition& condition, const OperandValue& left, const OperandValue& right) {
    if (!left || !right) return Truth::invalid;
    if (condition.comparison >= Comparison::contains)
      return compare_texts(condition.comparison, left->text, right->text);
    const bool left_is_field = condition.operands[0].kind == Operand::Kind::field;
    const bool right_is_field = condition.operands[1].kind == Operand::Kind::field;
    // A field is a text until it meets something that has a type.
    const auto a = left_is_field && !right_is_field ? cast(*left, right->type) : left;
    const auto b = right_is_field && !left_is_field ? cast(*right, left->type) : right;
    if (!a || !b) return without_order(condition.comparison, false);
    const auto found = order(*a, *b);
    return found ? in_order(condition.comparison, *found)
                 : without_order(condition.comparison, a->type == ValueType::boolean && b->type == a->type);
  }

  Truth of_pattern(const Operand& left, const TextPattern& pattern) {
    constexpr std::size_t kBytesPerWork = 64;
    constexpr std::size_t kMatchedMax = 64u << 10;
    Tally tally;
    values_of_operand(left, [&](const OperandValue& each) {
      if (!each || each->text.size() > kMatchedMax) return !tally.add(Truth::invalid);
      work_ -= static_cast<std::int64_t>(each->text.size() * pattern.size() / kBytesPerWork);
      return work_ >= 0 && !tally.add(truth_of(pattern.found_in(each->text)));
    });
    return work_ < 0 ? Truth::invalid : tally.truth();
  }

  const Subject& subject_;
  std::int64_t& work_;
  const Node* shell_ = nullptr;
  const Node* submodel_ = nullptr;
  bool in_match_ = false;
  std::vector<std::pair<std::string_view, const Node*>> bindings_;
};

}  // namespace

Truth evaluate(const Condition& condition, const Subject& subject, std::int64_t& work) {
  return Evaluation{subject, work}.of_any_pair(condition, uses(condition, FieldRoot::aas),
                                               uses(condition, FieldRoot::sm) || uses(condition, FieldRoot::sme));
}

}  // namespace hanse::twin
