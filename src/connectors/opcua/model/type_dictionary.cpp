#include "connectors/opcua/model/type_dictionary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <pugixml.hpp>

namespace hanse::connectors::opcua {
namespace {

/// A namespace index that no server uses: the types of dictionaries have names, not nodes.
constexpr std::uint16_t kDictionarySpace = 0xFFFF;
constexpr std::uint32_t kMaskBits = 32;

NodeId dictionary_id(std::string_view space, std::string_view name) {
  return {kDictionarySpace, fmt::format("{}#{}", space, name)};
}

/// The part of a qualified name behind its prefix; the standard's prefixes are free to choose, and some leave them out.
std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The data type of namespace 0 that a type of the schema itself, or of OPC UA's own dictionary, is written as.
std::uint32_t standard_type(std::string_view name) {
  struct Named {
    std::string_view name;
    std::uint32_t id;
  };
  static constexpr std::array kDictionaryNames{
      Named{"Boolean", 1},        Named{"SByte", 2},           Named{"Byte", 3},
      Named{"Int16", 4},          Named{"UInt16", 5},          Named{"Int32", 6},
      Named{"UInt32", 7},         Named{"Int64", 8},           Named{"UInt64", 9},
      Named{"Float", 10},         Named{"Double", 11},         Named{"String", 12},
      Named{"CharArray", 12},     Named{"WideString", 12},     Named{"DateTime", 13},
      Named{"Guid", 14},          Named{"ByteString", 15},     Named{"XmlElement", 16},
      Named{"NodeId", 17},        Named{"ExpandedNodeId", 18}, Named{"StatusCode", 19},
      Named{"QualifiedName", 20}, Named{"LocalizedText", 21},  Named{"DataValue", 23},
      Named{"Variant", 24},       Named{"DiagnosticInfo", 25}, Named{"Char", 3}};
  const auto found = std::ranges::find(kDictionaryNames, name, &Named::name);
  return found == kDictionaryNames.end() ? 0 : found->id;
}

/// A number in an attribute; nothing when it is absent or none.
std::optional<std::uint32_t> number_in(const pugi::xml_node& node, const char* attribute) {
  const std::string_view text = node.attribute(attribute).value();
  std::uint32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Reads one StructuredType. Everything that isn't one of OPC UA's own shapes makes it none.
class StructureReader {
 public:
  StructureReader(const pugi::xml_node& root, std::string_view space) : root_(root), space_(space) {}

  std::optional<StructureDefinition> read(const pugi::xml_node& type) {
    for (const auto& field : type.children()) {
      if (local_name(field.name()) != "Field") continue;
      if (fields_.size() >= TypeDictionary::kFieldsMax) return std::nullopt;
      fields_.push_back(field);
    }
    StructureDefinition out;
    out.base_data_type = 22;
    const bool right = is_union() ? read_union(out) : read_plain(out);
    return right ? std::optional{std::move(out)} : std::nullopt;
  }

 private:
  std::string_view type_name(std::size_t at) const { return fields_[at].attribute("TypeName").value(); }
  std::string_view text(std::size_t at, const char* attribute) const {
    return fields_[at].attribute(attribute).value();
  }
  bool has(std::size_t at, const char* attribute) const { return !fields_[at].attribute(attribute).empty(); }
  bool is_bit(std::size_t at) const { return local_name(type_name(at)) == "Bit"; }

  /// A number that says which of the other fields is there.
  bool is_union() const {
    return fields_.size() > 1 && local_name(type_name(0)) == "UInt32" && has(1, "SwitchField") && has(1, "SwitchValue");
  }

  bool read_union(StructureDefinition& out) {
    out.structure_type = StructureType::union_;
    const auto which = text(0, "Name");
    for (std::size_t i = 1; i < fields_.size(); ++i) {
      // A count goes with the alternative that it counts.
      const std::size_t counted = is_count(i) ? i + 1 : i;
      for (std::size_t k = i; k <= counted; ++k) {
        if (text(k, "SwitchField") != which || number_in(fields_[k], "SwitchValue") != out.fields.size() + 1)
          return false;
      }
      if (!read_field(counted, counted != i, out)) return false;
      i = counted;
    }
    return true;
  }

  bool read_plain(StructureDefinition& out) {
    std::size_t at = 0;
    if (!read_mask(at)) return false;
    if (at > 0) out.structure_type = StructureType::with_optional_fields;
    std::size_t bits_used = 0;
    for (; at < fields_.size(); ++at) {
      const bool counted = is_count(at);
      const auto bit = text(at, "SwitchField");
      if (counted && text(at + 1, "SwitchField") != bit) return false;
      if (counted) ++at;
      if (is_bit(at) || has(at, "SwitchValue")) return false;
      if (!read_field(at, counted, out)) return false;
      if (bit.empty()) continue;
      // The wire has no names: the bits must be in the order of the fields.
      if (bits_used >= mask_.size() || mask_[bits_used++] != bit) return false;
      out.fields.back().is_optional = true;
    }
    return true;
  }

  /// The 32 bits at the beginning that say which optional fields are there; none is right, too.
  bool read_mask(std::size_t& at) {
    std::uint32_t bits = 0;
    for (; at < fields_.size() && is_bit(at) && bits < kMaskBits; ++at) {
      const auto length = has(at, "Length") ? number_in(fields_[at], "Length") : 1;
      if (!length || *length == 0 || *length > kMaskBits - bits) return false;
      if (*length == 1) mask_.emplace_back(text(at, "Name"));
      bits += *length;
    }
    return bits == 0 || bits == kMaskBits;
  }

  /// The number of elements, right before them.
  bool is_count(std::size_t at) const {
    const auto type = local_name(type_name(at));
    return at + 1 < fields_.size() && (type == "Int32" || type == "UInt32") && !has(at, "LengthField") &&
           has(at, "Name") && text(at + 1, "LengthField") == text(at, "Name");
  }

  bool read_field(std::size_t at, bool counted, StructureDefinition& out) const {
    // Fixed lengths, and lengths that stand elsewhere, aren't OPC UA's.
    if (has(at, "Length") || (has(at, "LengthField") && !counted) || !has(at, "Name") || !has(at, "TypeName"))
      return false;
    StructureField field;
    field.name = std::string{text(at, "Name")};
    field.data_type = type_of(type_name(at));
    field.value_rank = counted ? 1 : -1;
    out.fields.push_back(std::move(field));
    return true;
  }

  NodeId type_of(std::string_view name) const {
    const auto local = local_name(name);
    const auto space = space_of(name);
    if (space != space_) {
      const auto standard = standard_type(local);
      if (standard != 0) return standard;
    }
    return dictionary_id(space, local);
  }
  std::string_view space_of(std::string_view name) const {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return space_;
    return root_.attribute(fmt::format("xmlns:{}", name.substr(0, colon)).c_str()).value();
  }

  const pugi::xml_node& root_;
  std::string_view space_;
  std::vector<pugi::xml_node> fields_;
  std::vector<std::string> mask_;
};

}  // namespace

Result<TypeDictionary> TypeDictionary::parse(std::string_view xml) {
  if (xml.size() > kBytesMax)
    return fail(ErrorCode::invalid,
                fmt::format("the type dictionary has {} bytes, at most {} are read", xml.size(), kBytesMax));
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) {
    return fail(ErrorCode::invalid,
                fmt::format("the type dictionary is no XML: {} at byte {}", parsed.description(), parsed.offset));
  }
  const auto root = document.document_element();
  if (local_name(root.name()) != "TypeDictionary")
    return fail(ErrorCode::invalid, "the type dictionary's root is not TypeDictionary");
  if (std::string_view{root.attribute("DefaultByteOrder").value()} == "BigEndian")
    return fail(ErrorCode::invalid, "the type dictionary is for big-endian values, which OPC UA doesn't have");
  TypeDictionary out;
  out.space_ = root.attribute("TargetNamespace").value();
  std::size_t types = 0;
  for (const auto& type : root.children()) {
    const auto kind = local_name(type.name());
    if (kind != "StructuredType" && kind != "EnumeratedType") continue;
    const std::string_view name = type.attribute("Name").value();
    if (name.empty()) continue;
    if (++types > kTypesMax)
      return fail(ErrorCode::invalid, fmt::format("the type dictionary has more than {} types", kTypesMax));
    if (kind == "EnumeratedType") {
      if (number_in(type, "LengthInBits").value_or(32) == 32) out.enumerations_.emplace(name);
    } else if (auto structure = StructureReader{root, out.space_}.read(type)) {
      out.structures_.emplace(name, *std::move(structure));
    }
  }
  return out;
}

std::optional<DictionaryType> dictionary_type(const NodeId& id) {
  const auto* text = id.space == kDictionarySpace ? std::get_if<String>(&id.id) : nullptr;
  const auto hash = text ? text->rfind('#') : std::string::npos;
  if (hash == std::string::npos) return std::nullopt;
  const std::string_view whole{*text};
  return DictionaryType{.space = whole.substr(0, hash), .name = whole.substr(hash + 1)};
}

NodeId TypeDictionary::add_to(TypeBook& book, std::string_view name) const {
  if (enumerations_.contains(name)) {
    book.add_enumeration(dictionary_id(space_, name));
    return dictionary_id(space_, name);
  }
  if (!structures_.contains(name)) return {};
  const std::string prefix = space_ + '#';
  std::set<std::string_view> seen{name};
  std::vector<std::string_view> waiting{name};
  while (!waiting.empty()) {
    const auto structure = structures_.find(waiting.back());
    waiting.pop_back();
    if (structure == structures_.end()) continue;
    book.add(dictionary_id(space_, structure->first), structure->second);
    for (const auto& field : structure->second.fields) {
      const auto* text = std::get_if<String>(&field.data_type.id);
      if (!text || !text->starts_with(prefix)) continue;
      const auto held = std::string_view{*text}.substr(prefix.size());
      if (enumerations_.contains(held))
        book.add_enumeration(field.data_type);
      else if (seen.insert(held).second)
        waiting.push_back(held);
    }
  }
  return dictionary_id(space_, name);
}

}  // namespace hanse::connectors::opcua
