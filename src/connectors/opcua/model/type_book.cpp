#include "connectors/opcua/model/type_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::connectors::opcua {
namespace {

constexpr int kTypeDepthMax = 8;
constexpr std::size_t kFieldsMax = 256, kStepsMax = 100'000;

}  // namespace

Builtin builtin_of(const NodeId& data_type) {
  const auto* number = data_type.space == 0 ? std::get_if<std::uint32_t>(&data_type.id) : nullptr;
  if (!number) return Builtin::null;
  if (*number >= 1 && *number <= kBuiltins && *number != 22) return static_cast<Builtin>(*number);
  switch (*number) {  // Simple types that others derive from. Source: OPC 10000-3, 8
    case 288:
    case 289:
      return Builtin::uint32;  // IntegerId, Counter
    case 290:
      return Builtin::double_;  // Duration
    case 294:
      return Builtin::date_time;  // UtcTime
    case 295:
    case 12877:
    case 12878:
    case 12879:
    case 12880:
    case 12881:
      return Builtin::string;
    case 311:
    case 30:
      return Builtin::byte_string;
    case 11737:
      return Builtin::uint64;  // BitFieldMask
    case 29:
      return Builtin::int32;  // Enumeration
    default:
      return Builtin::null;
  }
}

void TypeBook::add(const NodeId& data_type, const StructureDefinition& definition) {
  structures_[data_type] = definition;
  if (!definition.default_encoding_id.is_null()) by_encoding_[definition.default_encoding_id] = data_type;
}

void TypeBook::add_encoding(const NodeId& encoding, const NodeId& data_type) {
  if (structures_.contains(data_type)) by_encoding_[encoding] = data_type;
}

bool TypeBook::knows(const NodeId& data_type) const {
  return builtin_of(data_type) != Builtin::null || structures_.contains(data_type) || enumerations_.contains(data_type);
}

std::vector<NodeId> TypeBook::missing() const {
  std::vector<NodeId> found;
  for (const auto& [id, structure] : structures_) {
    for (const auto& field : structure.fields) {
      if (!knows(field.data_type) && std::ranges::find(found, field.data_type) == found.end())
        found.push_back(field.data_type);
    }
  }
  return found;
}

NodeId TypeBook::encoding_of(const NodeId& data_type) const {
  const auto known = structures_.find(data_type);
  return known == structures_.end() ? NodeId{} : known->second.default_encoding_id;
}

void TypeBook::renumber(std::span<const std::string> before, std::span<const std::string> now) {
  constexpr auto kGone = std::uint16_t{0xFFFE};  // No server has so many namespaces: such a type is met no more.
  const auto moved = [&](NodeId node) {
    if (node.space == 0 || node.space >= before.size()) return node;
    const auto place = std::ranges::find(now, before[node.space]);
    node.space = place == now.end() ? kGone : static_cast<std::uint16_t>(place - now.begin());
    return node;
  };
  TypeBook out;
  for (auto& [id, structure] : structures_) {
    structure.default_encoding_id = moved(structure.default_encoding_id);
    for (auto& field : structure.fields) field.data_type = moved(field.data_type);
    out.structures_.emplace(moved(id), std::move(structure));
  }
  for (const auto& [encoding, type] : by_encoding_) out.by_encoding_.emplace(moved(encoding), moved(type));
  for (const auto& type : enumerations_) out.enumerations_.insert(moved(type));
  *this = std::move(out);
}

std::vector<FlatField> TypeBook::flatten(const ExtensionObject& object) const {
  if (object.encoding != ExtensionObject::Encoding::binary) return {};
  const auto known = by_encoding_.find(object.type_id);
  if (known == by_encoding_.end()) return {};
  Unfolding value{.reader = BinaryReader{object.body}, .fields = {}, .steps_left = kStepsMax};
  const bool right = read_structure(value, structures_.at(known->second), "", 0);
  // Bytes left over mean that the server's description is another version than its values.
  if (!right || !value.reader.ok() || !value.reader.rest().empty()) return {};
  return std::move(value.fields);
}

bool TypeBook::read_structure(Unfolding& value, const StructureDefinition& type, const std::string& prefix,
                              int depth) const {
  if (depth > kTypeDepthMax) return false;
  std::uint32_t mask = 0;
  if (type.structure_type != StructureType::structure) mask = value.reader.take<std::uint32_t>();
  if (type.structure_type == StructureType::union_) {
    if (mask == 0) return value.reader.ok();
    if (mask > type.fields.size()) return false;
    const auto& field = type.fields[mask - 1];
    return read_field(value, field, prefix + field.name, depth);
  }
  std::uint32_t bit = 1;
  for (const auto& field : type.fields) {
    if (field.is_optional && type.structure_type == StructureType::with_optional_fields) {
      const bool there = (mask & bit) != 0;
      bit <<= 1;
      if (!there) continue;
    }
    if (!read_field(value, field, prefix + field.name, depth)) return false;
  }
  return value.reader.ok();
}

bool TypeBook::read_field(Unfolding& value, const StructureField& field, const std::string& name, int depth) const {
  if (field.value_rank < 0) return read_element(value, field.data_type, name, depth);
  std::int64_t count = 1;
  if (field.value_rank <= 1) {
    count = value.reader.take<std::int32_t>();
  } else {  // A matrix: its lengths first. OPC 10000-6, 5.2.5
    const auto lengths = value.reader.take<Array<std::int32_t>>();
    for (const auto length : lengths) {
      if (length < 0 || count > 1'000'000) return false;
      count *= length;
    }
  }
  for (std::int64_t i = 0; i < count && value.reader.ok(); ++i) {
    if (!read_element(value, field.data_type, fmt::format("{}[{}]", name, i), depth)) return false;
  }
  return value.reader.ok();
}

bool TypeBook::read_element(Unfolding& value, const NodeId& type, const std::string& name, int depth) const {
  if (value.steps_left-- == 0) return false;
  FlatField field{.name = name, .value = {}};
  if (const auto builtin = builtin_of(type); builtin != Builtin::null) {
    value.reader.read_scalar(builtin, field.value);
  } else if (const auto known = structures_.find(type); known != structures_.end()) {
    return read_structure(value, known->second, name + "/", depth + 1);
  } else if (enumerations_.contains(type)) {
    value.reader.read_scalar(Builtin::int32, field.value);
  } else {
    return false;
  }
  if (!value.reader.ok()) return false;
  if (value.fields.size() < kFieldsMax) value.fields.push_back(std::move(field));
  return true;
}

}  // namespace hanse::connectors::opcua
