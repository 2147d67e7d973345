#include "twin/model/node.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace hanse::twin {

const Field* Node::find(Name name) const {
  for (const auto& field : fields_) {
    if (field.attribute->name == name) return &field;
  }
  return nullptr;
}

std::string_view Node::text(Name name) const {
  const auto* field = find(name);
  return field ? std::string_view{field->text} : std::string_view{};
}

const Node* Node::node(Name name) const {
  const auto* field = find(name);
  return field && !field->nodes.empty() ? &field->nodes.front() : nullptr;
}

Node* Node::node(Name name) { return const_cast<Node*>(std::as_const(*this).node(name)); }

std::span<const Node> Node::nodes(Name name) const {
  const auto* field = find(name);
  return field ? std::span<const Node>{field->nodes} : std::span<const Node>{};
}

std::vector<Node>* Node::list(Name name) {
  const auto* field = find(name);
  return field ? &const_cast<Field*>(field)->nodes : nullptr;
}

Field& Node::place(Name name) {
  const auto* attribute = info(class_).find(name);
  HANSE_ASSERT(attribute != nullptr);
  // Attributes of a class lie in one array, so their addresses are in the class's order.
  const auto at =
      std::lower_bound(fields_.begin(), fields_.end(), attribute,
                       [](const Field& field, const Attribute* wanted) { return field.attribute < wanted; });
  if (at != fields_.end() && at->attribute == attribute) return *at;
  return *fields_.insert(at, Field{.attribute = attribute, .text = {}, .nodes = {}});
}

void Node::set(Name name, std::string text) { place(name).text = std::move(text); }

void Node::set(Name name, Node node) {
  auto& nodes = place(name).nodes;
  nodes.clear();
  nodes.push_back(std::move(node));
}

void Node::set(Name name, std::vector<Node> nodes) {
  if (nodes.empty()) return erase(name);
  place(name).nodes = std::move(nodes);
}

void Node::add(Name name, Node node) { place(name).nodes.push_back(std::move(node)); }

void Node::erase(Name name) {
  std::erase_if(fields_, [name](const Field& field) { return field.attribute->name == name; });
}

bool operator==(const Node& a, const Node& b) { return a.class_ == b.class_ && a.fields_ == b.fields_; }

}  // namespace hanse::twin
