#include "twin/codec/xml_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.hpp"

namespace hanse::twin {
namespace {

constexpr int kDepthMax = 64;

std::string_view local_name(const pugi::xml_node& element) {
  const std::string_view name{element.name()};
  return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

class XmlReader {
 public:
  XmlReader(const Reading& reading, Findings& findings) : reading_(reading), findings_(findings) {}

  std::optional<Node> object(const pugi::xml_node& in, Class of, const Place& place) {
    if (++depth_ > kDepthMax) {
      findings_.error(place, "depth",
                      fmt::format("must not be nested deeper than {} objects; it was left out", kDepthMax));
      --depth_;
      return std::nullopt;
    }
    const auto& known = info(of);
    Node node{of};
    for (const auto& child : in.children()) {
      if (is_stray_text(child)) {
        findings_.error(place, "type", fmt::format("{} holds elements only, and there is a text", known.name));
      }
      if (child.type() != pugi::node_element) continue;
      const Place at{.above = &place, .name = local_name(child)};
      const auto* attribute = known.find(at.name);
      if (!attribute || attribute->kind == Kind::texts) {
        unknown(at, known.name);
      } else if (node.has(attribute->name)) {
        findings_.error(at, "cardinality", "must be there once; the second was left out");
      } else {
        member(node, *attribute, child, at);
      }
    }
    --depth_;
    return node;
  }

 private:
  static bool is_stray_text(const pugi::xml_node& child) {
    return (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) && !is_blank(child.value());
  }

  void unknown(const Place& place, std::string_view of) {
    auto message = fmt::format("{} has no element '{}'; it was left out", of, place.name);
    if (reading_.tolerant) {
      findings_.warning(place, "member", std::move(message));
    } else {
      findings_.error(place, "member", std::move(message));
    }
  }

  void member(Node& node, const Attribute& attribute, const pugi::xml_node& in, const Place& place) {
    switch (attribute.kind) {
      case Kind::text:
      case Kind::enumeration:
        text(node, attribute, in, place);
        return;
      case Kind::boolean:
        boolean(node, attribute, in, place);
        return;
      case Kind::object:
        if (auto read =
                info(attribute.of).abstract ? only_item(in, attribute, place) : object(in, attribute.of, place)) {
          node.set(attribute.name, *std::move(read));
        }
        return;
      case Kind::objects: {
        auto items = list(in, attribute, place);
        if (items.empty()) {
          const std::string message = "must not be empty; leave it out";
          reading_.tolerant ? findings_.warning(place, "cardinality", message)
                            : findings_.error(place, "cardinality", message);
        }
        node.set(attribute.name, std::move(items));
        return;
      }
      case Kind::texts:
        return;
    }
  }

  void text(Node& node, const Attribute& attribute, const pugi::xml_node& in, const Place& place) {
    std::string out;
    for (const auto& child : in.children()) {
      if (child.type() == pugi::node_element) {
        findings_.error(place, "type", "must be a text, and holds elements; it was left out");
        return;
      }
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
    }
    // Types other than texts may stand on a line of their own.
    if (attribute.kind == Kind::enumeration) out = trim(out);
    node.set(attribute.name, std::move(out));
  }

  void boolean(Node& node, const Attribute& attribute, const pugi::xml_node& in, const Place& place) {
    const auto value = trim(in.text().get());
    if (value == "true" || value == "1") return node.set(attribute.name, std::string{"true"});
    if (value == "false" || value == "0") return node.set(attribute.name, std::string{"false"});
    findings_.error(place, "type", "must be true or false; it was left out");
  }

  std::optional<Node> only_item(const pugi::xml_node& in, const Attribute& attribute, const Place& place) {
    auto items = list(in, attribute, place);
    if (items.size() == 1) return std::move(items.front());
    findings_.error(place, "cardinality", fmt::format("must hold one {}", info(attribute.of).name));
    return std::nullopt;
  }

  std::vector<Node> list(const pugi::xml_node& in, const Attribute& attribute, const Place& place) {
    std::vector<Node> out;
    std::ptrdiff_t index = 0;
    for (const auto& child : in.children()) {
      if (is_stray_text(child)) findings_.error(place, "type", "must be a list of elements, and holds a text");
      if (child.type() != pugi::node_element) continue;
      const Place at{.above = place.above, .name = place.name, .index = index++};
      const auto of = class_by_xml_name(local_name(child));
      if (!of || info(*of).abstract || !is_a(*of, attribute.of)) {
        findings_.error(
            at, "type",
            fmt::format("must be {}{}, and is '{}'; it was left out", info(attribute.of).abstract ? "a kind of " : "",
                        info(attribute.of).xml_name, local_name(child).substr(0, 100)));
      } else if (auto read = object(child, *of, at)) {
        out.push_back(*std::move(read));
      }
    }
    return out;
  }

  const Reading& reading_;
  Findings& findings_;
  int depth_ = 0;
};

/// The root's namespace, by its prefix.
std::string_view namespace_of(const pugi::xml_node& root) {
  const std::string_view name{root.name()};
  const auto colon = name.find(':');
  const std::string key = colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string{name.substr(0, colon)};
  return root.attribute(key.c_str()).value();
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\r':
        out += "&#13;";
        break;  // Else a reader makes a line feed of it.
      default:
        out += c;
    }
  }
}

void append_element(std::string& out, std::string_view name, const Node& node);

void append_fields(std::string& out, const Node& node) {
  for (const auto& field : node.fields()) {
    const auto name = to_string(field.attribute->name);
    const auto& attribute = *field.attribute;
    if (attribute.kind == Kind::texts) continue;
    out += fmt::format("<{}>", name);
    if (attribute.kind == Kind::object && !info(attribute.of).abstract) {
      append_fields(out, field.nodes.front());
    } else if (attribute.kind == Kind::object || attribute.kind == Kind::objects) {
      for (const auto& item : field.nodes) append_element(out, info(item.of()).xml_name, item);
    } else {
      append_escaped(out, field.text);
    }
    out += fmt::format("</{}>", name);
  }
}

void append_element(std::string& out, std::string_view name, const Node& node) {
  out += fmt::format("<{}>", name);
  append_fields(out, node);
  out += fmt::format("</{}>", name);
}

}  // namespace

std::optional<Node> read_xml(std::string_view text, Class expected, const Reading& reading, Findings& findings,
                             Edition* came_as) {
  if (!is_utf8(text)) {
    findings.error({}, "xml", "must be UTF-8");
    return std::nullopt;
  }
  pugi::xml_document document;
  // Blanks count where nothing else is: a value may be a blank.
  const auto parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
                                           pugi::encoding_utf8);
  if (!parsed) {
    const auto before = text.substr(0, std::min(static_cast<std::size_t>(parsed.offset), text.size()));
    findings.error({}, "xml",
                   fmt::format("this is not XML: {} at line {}", parsed.description(),
                               std::count(before.begin(), before.end(), '\n') + 1));
    return std::nullopt;
  }
  const auto root = document.document_element();
  if (local_name(root) != info(expected).xml_name) {
    findings.error({}, "xml",
                   fmt::format("must begin with '{}', and begins with '{}'", info(expected).xml_name,
                               local_name(root).substr(0, 100)));
    return std::nullopt;
  }
  const auto space = namespace_of(root);
  if (space != kXmlNamespace30 && space != kXmlNamespace31) {
    findings.error({}, "xml",
                   fmt::format("must be of the namespace {} or {}, and is of '{}'", kXmlNamespace30, kXmlNamespace31,
                               space.substr(0, 200)));
    return std::nullopt;
  }
  if (came_as) *came_as = space == kXmlNamespace30 ? Edition::v3_0 : Edition::v3_1;
  return XmlReader{reading, findings}.object(root, expected, {});
}

std::string write_xml(const Node& node, Edition edition) {
  const auto name = info(node.of()).xml_name;
  std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{} xmlns=\"{}\">", name,
                                edition == Edition::v3_0 ? kXmlNamespace30 : kXmlNamespace31);
  append_fields(out, node);
  out += fmt::format("</{}>\n", name);
  return out;
}

}  // namespace hanse::twin
