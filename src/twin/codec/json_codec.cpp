#include "twin/codec/json_codec.hpp"

#include <fmt/format.h>

namespace hanse::twin {
namespace {

constexpr std::string_view kModelType = "modelType";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view kind_name(JsonRef::Kind kind) {
  switch (kind) {
    case JsonRef::Kind::null:
      return "null";
    case JsonRef::Kind::boolean:
      return "true or false";
    case JsonRef::Kind::integer:
    case JsonRef::Kind::real:
      return "a number";
    case JsonRef::Kind::string:
      return "a text";
    case JsonRef::Kind::array:
      return "a list";
    case JsonRef::Kind::object:
      return "an object";
  }
  return "something else";
}

class JsonReader {
 public:
  JsonReader(const Reading& reading, Findings& findings) : reading_(reading), findings_(findings) {}

  std::optional<Node> object(JsonRef in, Class expected, const Place& place) {
    if (in.kind() != JsonRef::Kind::object) {
      wrong(place, "must be an object", in);
      return std::nullopt;
    }
    const auto of = class_of(in, expected, place);
    if (!of) return std::nullopt;
    const auto& known = info(*of);
    Node node{*of};
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto [name, value] = in.member(i);
      if (name == kModelType && known.has_model_type) continue;
      const Place at{.above = &place, .name = name};
      const auto* attribute = known.find(name);
      if (!attribute) {
        harmless(at, "member", fmt::format("{} has no member '{}'; it was left out", known.name, name));
      } else if (value.kind() == JsonRef::Kind::null) {
        harmless(at, "null", "must not be null; leave it out");
      } else {
        member(node, *attribute, value, at);
      }
    }
    return node;
  }

 private:
  std::optional<Class> class_of(JsonRef in, Class expected, const Place& place) {
    if (!info(expected).has_model_type && !info(expected).abstract) return expected;
    const auto type = in.find(kModelType);
    const Place at{.above = &place, .name = kModelType};
    if (!type) {
      if (!info(expected).abstract && reading_.tolerant) {
        findings_.warning(at, "modelType", fmt::format("must be '{}'; it was added", info(expected).name));
        return expected;
      }
      findings_.error(at, "modelType", "must name the class of the object");
      return std::nullopt;
    }
    if (type->kind() != JsonRef::Kind::string) {
      wrong(at, "must be the name of a class", *type);
      return std::nullopt;
    }
    const auto of = class_by_name(type->string());
    if (!of || info(*of).abstract || !is_a(*of, expected)) {
      findings_.error(at, "modelType",
                      fmt::format("must be {}{}, and is '{}'", info(expected).abstract ? "a kind of " : "",
                                  info(expected).name, type->string().substr(0, 100)));
      return std::nullopt;
    }
    return of;
  }

  void member(Node& node, const Attribute& attribute, JsonRef value, const Place& place) {
    switch (attribute.kind) {
      case Kind::text:
      case Kind::enumeration:
        if (value.kind() == JsonRef::Kind::string) {
          node.set(attribute.name, std::string{value.string()});
        } else if (reading_.tolerant && value.kind() != JsonRef::Kind::array && value.kind() != JsonRef::Kind::object) {
          findings_.warning(place, "type", fmt::format("must be a text, and is {}", kind_name(value.kind())));
          node.set(attribute.name, value.text());
        } else {
          wrong(place, "must be a text", value);
        }
        return;
      case Kind::boolean:
        if (value.kind() == JsonRef::Kind::boolean) {
          node.set(attribute.name, std::string{value.boolean() ? "true" : "false"});
        } else {
          wrong(place, "must be true or false", value);
        }
        return;
      case Kind::object:
        if (auto read = object(value, attribute.of, place)) node.set(attribute.name, *std::move(read));
        return;
      case Kind::objects:
      case Kind::texts:
        list(node, attribute, value, place);
        return;
    }
  }

  void list(Node& node, const Attribute& attribute, JsonRef value, const Place& place) {
    if (value.kind() != JsonRef::Kind::array) return wrong(place, "must be a list", value);
    if (value.size() == 0) return harmless(place, "cardinality", "must not be an empty list; leave it out");
    std::vector<Node> nodes;
    nodes.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Place at{.above = place.above, .name = place.name, .index = static_cast<std::ptrdiff_t>(i)};
      const auto item = value.element(i);
      if (attribute.kind == Kind::objects) {
        if (auto read = object(item, attribute.of, at)) nodes.push_back(*std::move(read));
      } else if (item.kind() == JsonRef::Kind::string) {
        nodes.emplace_back(kTextItem);
        nodes.back().set(Name::value, std::string{item.string()});
      } else {
        wrong(at, "must be a text", item);
      }
    }
    node.set(attribute.name, std::move(nodes));
  }

  void wrong(const Place& place, std::string_view what, JsonRef value) {
    findings_.error(place, "type", fmt::format("{}, and is {}; it was left out", what, kind_name(value.kind())));
  }
  void harmless(const Place& place, std::string_view rule, std::string message) {
    if (reading_.tolerant) {
      findings_.warning(place, rule, std::move(message));
    } else {
      findings_.error(place, rule, std::move(message));
    }
  }

  const Reading& reading_;
  Findings& findings_;
};

}  // namespace

std::optional<Node> read_json(JsonRef in, Class expected, const Reading& reading, Findings& findings,
                              const Place& place) {
  return JsonReader{reading, findings}.object(in, expected, place);
}

std::optional<Node> read_json(std::string_view text, Class expected, const Reading& reading, Findings& findings) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto document = JsonDocument::parse(text);
  if (!document) {
    findings.error({}, "json", document.error().message);
    return std::nullopt;
  }
  return read_json(document->root(), expected, reading, findings);
}

void append_json(std::string& out, const Node& node) {
  const auto& known = info(node.of());
  out += '{';
  bool first = true;
  if (known.has_model_type) {
    out += "\"modelType\":\"";
    out += known.name;
    out += '"';
    first = false;
  }
  for (const auto& field : node.fields()) {
    if (!std::exchange(first, false)) out += ',';
    out += '"';
    out += to_string(field.attribute->name);
    out += "\":";
    switch (field.attribute->kind) {
      case Kind::text:
      case Kind::enumeration:
        json::append_string(out, field.text);
        break;
      case Kind::boolean:
        out += field.text;
        break;
      case Kind::object:
        append_json(out, field.nodes.front());
        break;
      case Kind::objects:
      case Kind::texts:
        for (std::size_t i = 0; i < field.nodes.size(); ++i) {
          out += i == 0 ? '[' : ',';
          if (field.attribute->kind == Kind::objects) {
            append_json(out, field.nodes[i]);
          } else {
            json::append_string(out, field.nodes[i].text(Name::value));
          }
        }
        out += ']';
        break;
    }
  }
  out += '}';
}

std::string write_json(const Node& node) {
  std::string out;
  append_json(out, node);
  return out;
}

}  // namespace hanse::twin
