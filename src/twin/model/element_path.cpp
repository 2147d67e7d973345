#include "twin/model/element_path.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "twin/model/reference.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kPathBytesMax = 4096;
constexpr std::size_t kStepsMax = 128;

Error wrong_path(std::string_view text) {
  return fail(ErrorCode::invalid, fmt::format("'{}' is no idShortPath; one is Axes[1].Position", text.substr(0, 200)));
}

/// Which child of `node` a step means; nothing when there is none.
std::optional<std::size_t> child_index(const Node& node, const PathStep& step) {
  const auto attribute = children_attribute(node.of());
  if (!attribute) return std::nullopt;
  const auto children = node.nodes(*attribute);
  const bool is_list = node.of() == Class::SubmodelElementList;
  if (const auto* index = std::get_if<std::size_t>(&step))
    return is_list && *index < children.size() ? std::optional{*index} : std::nullopt;
  if (is_list) return std::nullopt;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i].text(Name::idShort) == std::get<std::string>(step)) return i;
  }
  return std::nullopt;
}

}  // namespace

Result<ElementPath> parse_element_path(std::string_view text) {
  ElementPath path;
  if (text.size() > kPathBytesMax) return wrong_path(text);
  Scan scan{text};
  while (!scan.done() || path.empty()) {
    if (path.size() == kStepsMax) return wrong_path(text);
    if (!path.empty() && scan.take('[')) {
      const auto digits = scan.rest().substr(0, scan.digits());
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      const bool leading_zero = digits.size() > 1 && digits.front() == '0';
      if (digits.empty() || error != std::errc{} || leading_zero || !scan.take(']')) return wrong_path(text);
      path.emplace_back(index);
      continue;
    }
    if (!path.empty() && !scan.take('.')) return wrong_path(text);
    if (!is_letter(scan.peek())) return wrong_path(text);
    const auto rest = scan.rest();
    const auto size = scan.take_while([](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
    path.emplace_back(std::string{rest.substr(0, size)});
  }
  return path;
}

std::string to_string(const ElementPath& path) {
  std::string out;
  for (const auto& step : path) {
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      out += fmt::format("[{}]", *index);
    } else {
      if (!out.empty()) out += '.';
      out += std::get<std::string>(step);
    }
  }
  return out;
}

std::optional<Name> children_attribute(Class of) {
  switch (of) {
    case Class::Submodel:
      return Name::submodelElements;
    case Class::SubmodelElementCollection:
    case Class::SubmodelElementList:
      return Name::value;
    case Class::Entity:
      return Name::statements;
    case Class::AnnotatedRelationshipElement:
      return Name::annotations;
    default:
      return std::nullopt;
  }
}

const Node* find_element(const Node& root, const ElementPath& path) {
  const Node* at = &root;
  for (const auto& step : path) {
    const auto index = child_index(*at, step);
    if (!index) return nullptr;
    at = &at->nodes(*children_attribute(at->of()))[*index];
  }
  return at;
}

Node* find_element(Node& root, const ElementPath& path) {
  return const_cast<Node*>(find_element(std::as_const(root), path));
}

bool remove_element(Node& root, const ElementPath& path) {
  if (path.empty()) return false;
  auto* parent = find_element(root, {path.begin(), path.end() - 1});
  const auto index = parent ? child_index(*parent, path.back()) : std::nullopt;
  if (!index) return false;
  const auto attribute = *children_attribute(parent->of());
  auto* children = parent->list(attribute);
  children->erase(children->begin() + static_cast<std::ptrdiff_t>(*index));
  if (children->empty()) parent->erase(attribute);
  return true;
}

Node reference_to(const Node& submodel, const ElementPath& path) {
  auto reference = model_reference(Class::Submodel, submodel.text(Name::id));
  const Node* at = &submodel;
  for (const auto& step : path) {
    const auto index = child_index(*at, step);
    if (!index) break;
    at = &at->nodes(*children_attribute(at->of()))[*index];
    const auto* number = std::get_if<std::size_t>(&step);
    add_key(reference, info(at->of()).name, number ? std::to_string(*number) : std::get<std::string>(step));
  }
  return reference;
}

}  // namespace hanse::twin
