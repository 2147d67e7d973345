#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twin/model/metamodel.hpp"

namespace hanse::twin {

struct Field;

/// One object of the metamodel: a shell, a submodel, an element, a reference. What it has of its class's attributes, in
/// the class's order; nothing else. Values are texts exactly as they came, so that `1480.50` stays so.
class Node {
 public:
  explicit Node(Class of);
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  Class of() const { return class_; }
  bool is(Class base) const { return is_a(class_, base); }
  std::span<const Field> fields() const;

  const Field* find(Name name) const;
  bool has(Name name) const { return find(name) != nullptr; }
  /// The text of an attribute; empty when absent.
  std::string_view text(Name name) const;
  /// The object of an attribute; null when absent.
  const Node* node(Name name) const;
  Node* node(Name name);
  /// The objects of an attribute; none when absent.
  std::span<const Node> nodes(Name name) const;
  std::vector<Node>* list(Name name);

  /// These put what the class has an attribute for; another name stops the process.
  void set(Name name, std::string text);
  void set(Name name, Node node);
  void set(Name name, std::vector<Node> nodes);  ///< None removes it: an empty list is not allowed.
  void add(Name name, Node node);
  void erase(Name name);

  friend bool operator==(const Node& a, const Node& b);

 private:
  Field& place(Name name);

  Class class_;
  std::vector<Field> fields_;
};

/// One attribute with what it holds: a text (of a boolean `true` or `false`), or objects, by the attribute's kind.
struct Field {
  const Attribute* attribute = nullptr;
  std::string text;
  std::vector<Node> nodes;
  friend bool operator==(const Field&, const Field&) = default;
};

inline Node::Node(Class of) : class_(of) {}
inline Node::Node(const Node&) = default;
inline Node::Node(Node&&) noexcept = default;
inline Node& Node::operator=(const Node&) = default;
inline Node& Node::operator=(Node&&) noexcept = default;
inline Node::~Node() = default;
inline std::span<const Field> Node::fields() const { return fields_; }

/// Texts of a list of texts are kept as keys: the one class with a plain `value`.
inline constexpr Class kTextItem = Class::Key;

}  // namespace hanse::twin
