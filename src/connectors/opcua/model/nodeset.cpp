#include "connectors/opcua/model/nodeset.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <unordered_map>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/model/companion.hpp"
#include "connectors/opcua/model/type_book.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kNodesMax = 100'000;
constexpr int kParentsMax = 50;
constexpr std::string_view kObjectsText = "i=85";

struct NodeEntry {
  pugi::xml_node xml;
  std::string parent;
};

class NodeSet {
 public:
  Result<std::vector<Declaration>> read(const pugi::xml_node& set) {
    namespaces_.emplace_back("http://opcfoundation.org/UA/");
    for (const auto& uri : set.child("NamespaceUris").children("Uri")) namespaces_.emplace_back(uri.child_value());
    for (const auto& alias : set.child("Aliases").children("Alias"))
      aliases_[alias.attribute("Alias").value()] = alias.child_value();
    for (const auto& node : set.children()) {
      const std::string_view kind = node.name();
      if (kind != "UAObject" && kind != "UAVariable") continue;
      if (entries_.size() >= kNodesMax) return fail(ErrorCode::too_large, "the file has more than 100,000 nodes");
      entries_[node.attribute("NodeId").value()].xml = node;
    }
    for (auto& [id, entry] : entries_) take_references(id, entry);
    std::map<std::string, Declaration> found;  // In the order of addresses: the same file gives the same list.
    for (const auto& [id, entry] : entries_) {
      if (std::string_view{entry.xml.name()} != "UAVariable" || is_property(entry.xml)) continue;
      if (auto declaration = declare(id, entry)) found.emplace(declaration->address, std::move(*declaration));
    }
    std::vector<Declaration> out;
    for (auto& [address, declaration] : found) out.push_back(std::move(declaration));
    return out;
  }

 private:
  static bool is_hierarchical(std::string_view type) {
    for (const std::string_view name : {"Organizes", "HasComponent", "HasProperty", "HasOrderedComponent", "HasAddIn",
                                        "i=35", "i=46", "i=47", "i=49", "i=17604"}) {
      if (type == name) return true;
    }
    return false;
  }
  bool is_property(const pugi::xml_node& node) const {
    for (const auto& reference : node.child("References").children("Reference")) {
      const std::string_view type = reference.attribute("ReferenceType").value();
      const std::string_view target = reference.child_value();
      if ((type == "HasTypeDefinition" || type == "i=40") && (target == "i=68" || target == "PropertyType"))
        return true;
    }
    return false;
  }
  void take_references(const std::string& id, NodeEntry& entry) {
    for (const auto& reference : entry.xml.child("References").children("Reference")) {
      if (!is_hierarchical(reference.attribute("ReferenceType").value())) continue;
      const std::string target = reference.child_value();
      if (!reference.attribute("IsForward").as_bool(true)) {
        entry.parent = target;
      } else if (const auto child = entries_.find(target); child != entries_.end() && child->second.parent.empty()) {
        child->second.parent = id;
      }
    }
    if (entry.parent.empty()) entry.parent = entry.xml.attribute("ParentNodeId").value();
  }
  /// `2:Name` to its namespace's index in the file and the name.
  static std::pair<std::size_t, std::string> browse_name(const pugi::xml_node& node) {
    const std::string_view text = node.attribute("BrowseName").value();
    const auto colon = text.find(':');
    std::size_t space = 0;
    if (colon == std::string_view::npos) return {0, std::string{text}};
    const auto [end, error] = std::from_chars(text.data(), text.data() + colon, space);
    if (error != std::errc{} || end != text.data() + colon) return {0, std::string{text}};
    return {space, std::string{text.substr(colon + 1)}};
  }
  std::string_view uri_of(std::size_t space) const {
    return space < namespaces_.size() ? std::string_view{namespaces_[space]} : std::string_view{};
  }

  signal::ValueType type_of(const pugi::xml_node& node) const {
    std::string type = node.attribute("DataType").as_string("i=24");
    if (const auto alias = aliases_.find(type); alias != aliases_.end()) type = alias->second;
    const auto address = parse_node(type);
    const auto known = address ? signal_type(builtin_of(address->node)) : signal::ValueType::null;
    return known == signal::ValueType::null ? signal::ValueType::real : known;
  }

  /// Nothing for a variable that doesn't hang below Objects: it belongs to a type.
  std::optional<Declaration> declare(const std::string& id, const NodeEntry& entry) const {
    const auto [space, own_name] = browse_name(entry.xml);
    std::string path = own_name;
    std::size_t parent_space = 0;
    std::string parent = entry.parent;
    for (int depth = 0; parent != kObjectsText; ++depth) {
      const auto found = entries_.find(parent);
      if (found == entries_.end() || depth > kParentsMax) return std::nullopt;
      const auto [above_space, above_name] = browse_name(found->second.xml);
      if (depth == 0) parent_space = above_space;
      path = above_name + "/" + path;
      parent = found->second.parent;
    }
    const auto node = parse_node(id);
    if (!node) return std::nullopt;
    Declaration out;
    out.address = node_text(node->node, namespaces_);
    const auto slash = path.find('/');
    out.device = slash == std::string::npos ? std::string{} : path.substr(0, slash);
    out.name = slash == std::string::npos ? path : path.substr(slash + 1);
    out.type = type_of(entry.xml);
    out.meaning = companion_meaning(path, uri_of(space));
    if (out.meaning == signal::Meaning::other) out.meaning = companion_meaning(path, uri_of(parent_space));
    out.description = std::string{entry.xml.child("Description").child_value()}.substr(0, 500);
    return out;
  }

  std::vector<std::string> namespaces_;
  std::unordered_map<std::string, std::string> aliases_;
  std::unordered_map<std::string, NodeEntry> entries_;
};

}  // namespace

Result<std::vector<Declaration>> read_nodeset(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed)
    return fail(ErrorCode::invalid,
                fmt::format("the NodeSet is no XML: {} at byte {}", parsed.description(), parsed.offset));
  const auto set = document.child("UANodeSet");
  if (!set) return fail(ErrorCode::invalid, "the file's root is not UANodeSet");
  return NodeSet{}.read(set);
}

}  // namespace hanse::connectors::opcua
