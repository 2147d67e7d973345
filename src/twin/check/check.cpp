#include "twin/check/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "twin/check/constraints.hpp"
#include "twin/model/lexical.hpp"

namespace hanse::twin {
namespace {

class Checker {
 public:
  Checker(Edition edition, Findings& findings) : edition_(edition), findings_(findings) {}

  void object(const Node& node, const Place& place, const Surroundings& around) {
    presence(node, place);
    for (const auto& field : node.fields()) {
      const Place at{.above = &place, .name = to_string(field.attribute->name)};
      switch (field.attribute->kind) {
        case Kind::text:
          text(field.text, *field.attribute, at);
          break;
        case Kind::enumeration:
          choice(field.text, *field.attribute, at);
          break;
        case Kind::boolean:
          break;
        case Kind::texts:
          for (const auto& item : field.nodes) text(item.text(Name::value), *field.attribute, at);
          break;
        case Kind::object:
        case Kind::objects:
          below(node, field, place, around);
          break;
      }
    }
    for (const auto* constraint : constraints_of(node.of())) {
      if (constraint->only != Edition::any && constraint->only != edition_) continue;
      if (!constraint->holds(node, around)) findings_.error(place, constraint->id, std::string{constraint->rule});
    }
  }

 private:
  void presence(const Node& node, const Place& place) {
    const auto fields = node.fields();
    std::size_t i = 0;
    // Both are in the class's order.
    for (const auto& attribute : info(node.of()).attributes) {
      if (i < fields.size() && fields[i].attribute == &attribute) {
        ++i;
        continue;
      }
      if (attribute.required || (attribute.required_3_0 && edition_ == Edition::v3_0)) {
        findings_.error({.above = &place, .name = to_string(attribute.name)}, "required",
                        fmt::format("{} must have it", info(node.of()).name));
      }
    }
  }

  void below(const Node& node, const Field& field, const Place& place, const Surroundings& around) {
    const bool many = field.attribute->kind == Kind::objects;
    const Surroundings inner{.parent = &node,
                             .via = field.attribute,
                             .submodel = node.of() == Class::Submodel ? &node : around.submodel,
                             .edition = edition_};
    for (std::size_t i = 0; i < field.nodes.size(); ++i) {
      const Place at{.above = &place,
                     .name = to_string(field.attribute->name),
                     .index = many ? static_cast<std::ptrdiff_t>(i) : -1};
      object(field.nodes[i], at, inner);
    }
  }

  void text(std::string_view value, const Attribute& attribute, const Place& place) {
    const std::size_t max = length_max(attribute);
    if (value.size() < attribute.length_min) {
      findings_.error(place, "length", "must not be empty");
      return;
    }
    if (max > 0 && value.size() > max && character_count(value) > max)
      findings_.error(place, "length", fmt::format("must have at most {} characters", max));
    if (!has_xml_characters_only(value))
      findings_.error(place, "AASd-130", "must consist of characters that XML 1.0 allows");
    if (attribute.lexical != Lexical::any && !(value.empty() && attribute.length_min == 0) &&
        !fits(value, attribute.lexical, edition_)) {
      const auto rule = attribute.lexical == Lexical::id_short ? "AASd-002" : "pattern";
      findings_.error(place, rule, std::string{expected(attribute.lexical)});
    }
  }

  /// Two lengths grew with 3.1.
  std::size_t length_max(const Attribute& attribute) const {
    if (edition_ == Edition::v3_0 && attribute.length_max == 2048) return 2000;
    if (edition_ == Edition::v3_0 && attribute.lexical == Lexical::content_type) return 100;
    return attribute.length_max;
  }

  void choice(std::string_view value, const Attribute& attribute, const Place& place) {
    const bool known = std::find(attribute.values.begin(), attribute.values.end(), value) != attribute.values.end();
    if (known && !(edition_ == Edition::v3_0 && attribute.name == Name::assetKind && value == "Role")) return;
    findings_.error(place, "value", fmt::format("must be one of: {}", fmt::join(attribute.values, ", ")));
  }

  Edition edition_;
  Findings& findings_;
};

}  // namespace

void check(const Node& node, Edition edition, Findings& findings) {
  Checker{edition, findings}.object(node, {}, {.edition = edition});
}

std::vector<ConstraintInfo> constraint_table() {
  std::vector<ConstraintInfo> out;
  for (const auto& constraint : constraints()) out.push_back({constraint.id, constraint.rule});
  return out;
}

}  // namespace hanse::twin
