#include "connectors/opcua/server/view.hpp"

#include <algorithm>

#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/names.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kReferencesMax = 1000;  // Of one node in one answer.
constexpr StatusCode kBadIndexRangeInvalid{0x80360000}, kBadDataEncodingInvalid{0x80380000}, kBadNoMatch{0x806F0000},
    kBadBrowseNameInvalid{0x80600000}, kBadNothingToDo{0x800F0000}, kBadReferenceTypeIdInvalid{0x804C0000},
    kBadBrowseDirectionInvalid{0x804D0000};
constexpr std::size_t kTargetsMax = 100;

// Bits of a browse's result mask. OPC 10000-4, 5.9.2.2
constexpr std::uint32_t kReferenceTypeBit = 1, kIsForwardBit = 2, kNodeClassBit = 4, kBrowseNameBit = 8,
                        kDisplayNameBit = 16, kTypeDefinitionBit = 32;

LocalizedText localized(const String& text) { return {.locale = {}, .text = text}; }

ReferenceDescription describe(const AddressSpace& space, const SpaceReference& reference, std::uint32_t mask) {
  const auto& node = space.at(reference.node);
  ReferenceDescription out;
  out.is_forward = false;
  if (mask & kReferenceTypeBit) out.reference_type = reference.type;
  if (mask & kIsForwardBit) out.is_forward = reference.forward;
  out.node.node = node.id;
  if (mask & kNodeClassBit) out.node_class = node.node_class;
  if (mask & kBrowseNameBit) out.browse_name = node.browse_name;
  if (mask & kDisplayNameBit) out.display_name = localized(node.display_name);
  const bool has_type = node.node_class == NodeClass::object || node.node_class == NodeClass::variable;
  if ((mask & kTypeDefinitionBit) && has_type) out.type_definition.node = space.at(node.type_definition).id;
  return out;
}

bool fits(const AddressSpace& space, const SpaceReference& reference, const BrowseDescription& what) {
  if (what.direction == BrowseDirection::forward && !reference.forward) return false;
  if (what.direction == BrowseDirection::inverse && reference.forward) return false;
  if (!space.is_reference_type(reference.type, what.reference_type, what.include_subtypes)) return false;
  return what.node_class_mask == 0 ||
         (static_cast<std::uint32_t>(space.at(reference.node).node_class) & what.node_class_mask) != 0;
}

Variant variant(Variant::Value value) {
  Variant out;
  out.value = std::move(value);
  return out;
}

Variant attribute_of(const SpaceNode& node, std::uint32_t attribute) {
  const bool variable = node.node_class == NodeClass::variable, type = node.node_class == NodeClass::variable_type;
  const bool typed = type || node.node_class == NodeClass::object_type || node.node_class == NodeClass::data_type ||
                     node.node_class == NodeClass::reference_type;
  switch (attribute) {
    case 1:
      return variant(node.id);
    case 2:
      return variant(static_cast<std::int32_t>(node.node_class));
    case 3:
      return variant(Box{node.browse_name});
    case 4:
      return variant(Box{localized(node.display_name)});
    case 5:
      return variant(Box{localized(node.description)});
    case 6:  // WriteMask
    case 7:  // UserWriteMask
      return variant(std::uint32_t{0});
    case 8:
      return typed ? variant(node.is_abstract) : Variant{};
    case 9:  // Symmetric
      return node.node_class == NodeClass::reference_type ? variant(node.id.is(31) || node.id.is(32)) : Variant{};
    case 12:  // EventNotifier
      return node.node_class == NodeClass::object ? variant(std::uint8_t{0}) : Variant{};
    case 14:
      return variable || type ? variant(node.data_type) : Variant{};
    case 15:
      return variable || type ? variant(node.value_rank) : Variant{};
    case 16:  // ArrayDimensions: of any length.
      return variable && node.value_rank == 1 ? variant(Array<std::uint32_t>{0}) : Variant{};
    case 17:  // AccessLevel: to be read.
    case 18:
      return variable ? variant(std::uint8_t{1}) : Variant{};
    case 19:  // MinimumSamplingInterval: each change.
      return variable ? variant(0.0) : Variant{};
    case 20:  // Historizing
      return variable ? variant(false) : Variant{};
    default:
      return {};
  }
}

}  // namespace

BrowsePart browse(const AddressSpace& space, BrowseCursor cursor) {
  BrowsePart out;
  const auto* node = space.find(cursor.what.node);
  if (!node) {
    out.result.status = status::kBadNodeIdUnknown;
    return out;
  }
  const auto* type = cursor.what.reference_type.is_null() ? nullptr : space.find(cursor.what.reference_type);
  if (!cursor.what.reference_type.is_null() && (!type || type->node_class != NodeClass::reference_type)) {
    out.result.status = kBadReferenceTypeIdInvalid;
    return out;
  }
  if (static_cast<std::uint32_t>(cursor.what.direction) > 2) {
    out.result.status = kBadBrowseDirectionInvalid;
    return out;
  }
  std::size_t most = kReferencesMax;
  if (cursor.references_max != 0) most = std::min<std::size_t>(most, cursor.references_max);
  out.result.references.empty_not_null = true;
  for (std::size_t at = cursor.next; at < node->references.size(); ++at) {
    const auto& reference = node->references[at];
    if (!fits(space, reference, cursor.what)) continue;
    if (out.result.references.size() == most) {
      cursor.next = at;
      out.rest = std::move(cursor);
      break;
    }
    out.result.references.push_back(describe(space, reference, cursor.what.result_mask));
  }
  return out;
}

BrowsePathResult follow_path(const AddressSpace& space, const BrowsePath& path) {
  BrowsePathResult out;
  const auto start = space.position(path.starting_node);
  if (!start) {
    out.status = status::kBadNodeIdUnknown;
    return out;
  }
  if (path.elements.empty()) {
    out.status = kBadNothingToDo;
    return out;
  }
  std::vector<std::uint32_t> at{*start};
  for (const auto& element : path.elements) {
    if (element.target_name.name.empty()) {
      out.status = kBadBrowseNameInvalid;
      return out;
    }
    std::vector<std::uint32_t> next;
    for (const auto position : at) {
      for (const auto& reference : space.at(position).references) {
        if (reference.forward != element.is_inverse && next.size() < kTargetsMax &&
            space.at(reference.node).browse_name == element.target_name &&
            space.is_reference_type(reference.type, element.reference_type, element.include_subtypes)) {
          next.push_back(reference.node);
        }
      }
    }
    at = std::move(next);
  }
  if (at.empty()) out.status = kBadNoMatch;
  for (const auto position : at) {
    BrowsePathTarget target;
    target.target.node = space.at(position).id;
    out.targets.push_back(std::move(target));
  }
  return out;
}

DataValue read_attribute(const SpaceNode& node, std::uint32_t attribute) {
  DataValue out;
  out.value = attribute_of(node, attribute);
  out.has_value = !out.value.is_null();
  if (!out.has_value) out.status = kBadAttributeIdInvalid;
  return out;
}

StatusCode check_read(const ReadValueId& what) {
  if (!what.index_range.empty()) return kBadIndexRangeInvalid;
  if (!what.data_encoding.name.empty() && what.data_encoding.name != "Default Binary") return kBadDataEncodingInvalid;
  return status::kGood;
}

}  // namespace hanse::connectors::opcua
