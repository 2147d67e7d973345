#include "twin/codec/forms.hpp"

#include <algorithm>
#include <array>

#include "twin/model/element_path.hpp"
#include "twin/model/lexical.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

/// What the metadata form leaves out, by class. Source: IDTA 01001, metadata serialisation.
struct Left {
  Class of;
  std::array<Name, 3> names;
};
constexpr std::array kLeftOut{
    Left{Class::AssetAdministrationShell, {Name::assetInformation, Name::submodels, Name::submodels}},
    Left{Class::Submodel, {Name::submodelElements, Name::submodelElements, Name::submodelElements}},
    Left{Class::SubmodelElementCollection, {Name::value, Name::value, Name::value}},
    Left{Class::SubmodelElementList, {Name::value, Name::value, Name::value}},
    Left{Class::Entity, {Name::statements, Name::globalAssetId, Name::specificAssetIds}},
    Left{Class::BasicEventElement, {Name::observed, Name::observed, Name::observed}},
    Left{Class::Property, {Name::value, Name::valueId, Name::value}},
    Left{Class::MultiLanguageProperty, {Name::value, Name::valueId, Name::value}},
    Left{Class::Range, {Name::min, Name::max, Name::min}},
    Left{Class::ReferenceElement, {Name::value, Name::value, Name::value}},
    Left{Class::RelationshipElement, {Name::first, Name::second, Name::first}},
    Left{Class::AnnotatedRelationshipElement, {Name::first, Name::second, Name::annotations}},
    Left{Class::File, {Name::value, Name::contentType, Name::value}},
    Left{Class::Blob, {Name::value, Name::contentType, Name::value}}};

bool is_left_out(Class of, Name name) {
  for (const auto& left : kLeftOut) {
    if (left.of == of) return std::find(left.names.begin(), left.names.end(), name) != left.names.end();
  }
  return false;
}

/// How deep children are written: core stops below the first.
struct Depth {
  bool deep = true;
  int left = 0;
  bool children() const { return deep || left > 0; }
  Depth below() const { return {deep, left - 1}; }
};

std::optional<std::string> live_value(const Node& node, const LiveValues* live) {
  if (!live || node.of() != Class::Property) return std::nullopt;
  const auto signal = bound_signal(node);
  return signal.empty() ? std::nullopt : live->value_of(signal);
}

class Writer {
 public:
  Writer(std::string& out, const Shape& shape, bool metadata) : out_(out), shape_(shape), metadata_(metadata) {}

  void object(const Node& node, Depth depth) {
    const auto& known = info(node.of());
    out_ += '{';
    bool first = true;
    const auto member = [&](std::string_view name) {
      if (!std::exchange(first, false)) out_ += ',';
      out_ += '"';
      out_ += name;
      out_ += "\":";
    };
    if (known.has_model_type) {
      member("modelType");
      json::append_string(out_, known.name);
    }
    const auto children = children_attribute(node.of());
    const bool bound = !metadata_ && shape_.live && node.of() == Class::Property && !bound_signal(node).empty();
    for (const auto& field : node.fields()) {
      const auto name = field.attribute->name;
      if (metadata_ && is_left_out(node.of(), name)) continue;
      const bool is_children = children == name;
      if (is_children && !depth.children()) continue;
      if (bound && name == Name::value) continue;
      if (node.of() == Class::Blob && name == Name::value && shape_.extent == Extent::without_blob_value) continue;
      member(to_string(name));
      this->field(field, is_children ? depth.below() : depth);
    }
    if (bound) {
      if (const auto value = live_value(node, shape_.live)) {
        member("value");
        json::append_string(out_, *value);
      }
    }
    out_ += '}';
  }

 private:
  void field(const Field& field, Depth depth) {
    switch (field.attribute->kind) {
      case Kind::text:
      case Kind::enumeration:
        json::append_string(out_, field.text);
        break;
      case Kind::boolean:
        out_ += field.text;
        break;
      case Kind::object:
        object(field.nodes.front(), depth);
        break;
      case Kind::objects:
      case Kind::texts:
        for (std::size_t i = 0; i < field.nodes.size(); ++i) {
          out_ += i == 0 ? '[' : ',';
          if (field.attribute->kind == Kind::objects) {
            object(field.nodes[i], depth);
          } else {
            json::append_string(out_, field.nodes[i].text(Name::value));
          }
        }
        out_ += ']';
        break;
    }
  }

  std::string& out_;
  const Shape& shape_;
  bool metadata_;
};

/// A number's text as JSON has numbers; false for what JSON has none for.
bool append_number(std::string& out, std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return false;
  const auto point = std::min(text.find('.'), text.size());
  const auto exponent = std::min(text.find_first_of("eE"), text.size());
  auto whole = text.substr(0, std::min(point, exponent));
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  if (negative) out += '-';
  out += whole.empty() ? "0" : whole;
  if (point < exponent && point + 1 < exponent) out += text.substr(point, exponent - point);
  out += text.substr(exponent);
  return true;
}

/// A value by its type: numbers and booleans as such, all else as texts.
bool append_typed(std::string& out, std::string_view text, std::string_view type) {
  if (type == "xs:boolean") {
    out += text == "true" || text == "1" ? "true" : "false";
    return true;
  }
  if (is_xsd_number(type)) return append_number(out, text);
  json::append_string(out, text);
  return true;
}

class ValueWriter {
 public:
  ValueWriter(std::string& out, const Shape& shape) : out_(out), shape_(shape) {}

  bool value(const Node& node, Depth depth) {
    switch (node.of()) {
      case Class::Submodel:
      case Class::SubmodelElementCollection:
        collection(node, depth);
        return true;
      case Class::SubmodelElementList:
        return list(node, depth);
      case Class::Property:
        return property(node);
      case Class::MultiLanguageProperty:
        return languages(node);
      case Class::Range:
        return range(node);
      case Class::File:
      case Class::Blob:
        return file(node);
      case Class::ReferenceElement:
        return reference(node, Name::value);
      case Class::RelationshipElement:
      case Class::AnnotatedRelationshipElement:
        return relationship(node, depth);
      case Class::Entity:
        entity(node, depth);
        return true;
      case Class::BasicEventElement: {
        if (!node.has(Name::observed)) return false;
        out_ += "{\"observed\":";
        append_json(out_, *node.node(Name::observed));
        out_ += '}';
        return true;
      }
      default:
        return false;
    }
  }

  /// `{"idShort":value,...}` of the children; those without a value are left out.
  void collection(const Node& node, Depth depth) {
    out_ += '{';
    bool first = true;
    if (depth.children()) {
      for (const auto& child : node.nodes(*children_attribute(node.of()))) {
        const auto before = out_.size();
        if (!first) out_ += ',';
        json::append_string(out_, child.text(Name::idShort));
        out_ += ':';
        if (value(child, depth.below())) {
          first = false;
        } else {
          out_.resize(before);
        }
      }
    }
    out_ += '}';
  }

 private:
  bool list(const Node& node, Depth depth) {
    const auto type = node.text(Name::typeValueListElement);
    if (type == "Capability" || type == "Operation") return false;
    out_ += '[';
    bool first = true;
    if (depth.children()) {
      for (const auto& child : node.nodes(Name::value)) {
        if (!std::exchange(first, false)) out_ += ',';
        // An index must stay what it is, so what has no value is null.
        if (!value(child, depth.below())) out_ += "null";
      }
    }
    out_ += ']';
    return true;
  }

  bool property(const Node& node) {
    const auto type = node.text(Name::valueType);
    if (shape_.live && !bound_signal(node).empty()) {
      const auto live = live_value(node, shape_.live);
      return live && append_typed(out_, *live, type);
    }
    const auto* value = node.find(Name::value);
    return value && append_typed(out_, value->text, type);
  }

  bool languages(const Node& node) {
    const auto texts = node.nodes(Name::value);
    if (texts.empty()) return false;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      out_ += i == 0 ? "[{" : ",{";
      json::append_string(out_, texts[i].text(Name::language));
      out_ += ':';
      json::append_string(out_, texts[i].text(Name::text));
      out_ += '}';
    }
    out_ += ']';
    return true;
  }

  bool range(const Node& node) {
    const auto before = out_.size();
    out_ += '{';
    bool any = false;
    for (const auto bound : {Name::min, Name::max}) {
      const auto* value = node.find(bound);
      if (!value) continue;
      const auto size = out_.size();
      if (any) out_ += ',';
      json::append_string(out_, to_string(bound));
      out_ += ':';
      if (append_typed(out_, value->text, node.text(Name::valueType))) {
        any = true;
      } else {
        out_.resize(size);
      }
    }
    out_ += '}';
    if (!any) out_.resize(before);
    return any;
  }

  bool file(const Node& node) {
    const bool shows_value =
        node.has(Name::value) && (node.of() == Class::File || shape_.extent == Extent::with_blob_value);
    if (!shows_value && !node.has(Name::contentType)) return false;
    out_ += '{';
    if (node.has(Name::contentType)) {
      out_ += "\"contentType\":";
      json::append_string(out_, node.text(Name::contentType));
    }
    if (shows_value) {
      if (node.has(Name::contentType)) out_ += ',';
      out_ += "\"value\":";
      json::append_string(out_, node.text(Name::value));
    }
    out_ += '}';
    return true;
  }

  bool reference(const Node& node, Name name) {
    if (!node.has(name)) return false;
    append_json(out_, *node.node(name));
    return true;
  }

  bool relationship(const Node& node, Depth depth) {
    if (!node.has(Name::first) && !node.has(Name::second)) return false;
    out_ += '{';
    bool any = false;
    for (const auto end : {Name::first, Name::second}) {
      if (!node.has(end)) continue;
      if (std::exchange(any, true)) out_ += ',';
      json::append_string(out_, to_string(end));
      out_ += ':';
      append_json(out_, *node.node(end));
    }
    const auto annotations = node.is(Class::RelationshipElement) && node.of() == Class::AnnotatedRelationshipElement
                                 ? node.nodes(Name::annotations)
                                 : std::span<const Node>{};
    if (!annotations.empty() && depth.children()) {
      out_ += ",\"annotations\":";
      named_list(annotations, depth.below());
    }
    out_ += '}';
    return true;
  }

 public:
  /// `[{"idShort":value},...]`
  void named_list(std::span<const Node> nodes, Depth depth) {
    out_ += '[';
    bool first = true;
    for (const auto& node : nodes) {
      const auto before = out_.size();
      if (!first) out_ += ',';
      out_ += '{';
      json::append_string(out_, node.text(Name::idShort));
      out_ += ':';
      if (value(node, depth)) {
        out_ += '}';
        first = false;
      } else {
        out_.resize(before);
      }
    }
    out_ += ']';
  }

 private:
  void entity(const Node& node, Depth depth) {
    out_ += '{';
    bool first = true;
    const auto member = [&](Name name) {
      if (!std::exchange(first, false)) out_ += ',';
      json::append_string(out_, to_string(name));
      out_ += ':';
    };
    if (node.has(Name::statements) && depth.children()) {
      member(Name::statements);
      collection(node, depth);
    }
    for (const auto name : {Name::entityType, Name::globalAssetId}) {
      if (!node.has(name)) continue;
      member(name);
      json::append_string(out_, node.text(name));
    }
    if (node.has(Name::specificAssetIds)) {
      member(Name::specificAssetIds);
      const auto ids = node.nodes(Name::specificAssetIds);
      for (std::size_t i = 0; i < ids.size(); ++i) {
        out_ += i == 0 ? '[' : ',';
        append_json(out_, ids[i]);
      }
      out_ += ']';
    }
    out_ += '}';
  }

  std::string& out_;
  const Shape& shape_;
};

Depth depth_of(Level level) { return {.deep = level == Level::deep, .left = 1}; }

void add_paths(const Node& node, const std::string& path, Depth depth, std::vector<std::string>& out) {
  const auto attribute = children_attribute(node.of());
  if (!attribute || !depth.children()) return;
  const auto children = node.nodes(*attribute);
  for (std::size_t i = 0; i < children.size(); ++i) {
    std::string below = path;
    if (node.of() == Class::SubmodelElementList) {
      below += '[' + std::to_string(i) + ']';
    } else {
      if (!below.empty()) below += '.';
      below += children[i].text(Name::idShort);
    }
    out.push_back(below);
    add_paths(children[i], below, depth.below(), out);
  }
}

}  // namespace

std::string_view bound_signal(const Node& element) {
  for (const auto& extension : element.nodes(Name::extensions)) {
    if (extension.text(Name::name) == kSignalExtension) return extension.text(Name::value);
  }
  return {};
}

void append_normal(std::string& out, const Node& node, const Shape& shape) {
  Writer{out, shape, false}.object(node, depth_of(shape.level));
}

void append_metadata(std::string& out, const Node& node) {
  const Shape shape;
  Writer{out, shape, true}.object(node, {});
}

bool append_value(std::string& out, const Node& node, const Shape& shape) {
  return ValueWriter{out, shape}.value(node, depth_of(shape.level));
}

std::vector<std::string> paths_of(const Node& node, Level level) {
  std::vector<std::string> out;
  std::string root;
  if (node.of() != Class::Submodel) {
    root = node.text(Name::idShort);
    out.push_back(root);
  }
  add_paths(node, root, depth_of(level), out);
  return out;
}

void merge(Node& node, Node patch) {
  for (const auto& field : patch.fields()) {
    switch (field.attribute->kind) {
      case Kind::text:
      case Kind::enumeration:
      case Kind::boolean:
        node.set(field.attribute->name, field.text);
        break;
      case Kind::object:
        node.set(field.attribute->name, field.nodes.front());
        break;
      case Kind::objects:
      case Kind::texts:
        node.set(field.attribute->name, field.nodes);
        break;
    }
  }
}

void strip_values(Node& node) {
  for (const auto& attribute : info(node.of()).attributes) {
    if (is_left_out(node.of(), attribute.name)) node.erase(attribute.name);
  }
}

}  // namespace hanse::twin
