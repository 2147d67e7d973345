#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/codec/variant_json.hpp"
#include "connectors/opcua/model/type_book.hpp"

// A structure from what a person wrote: the way back of `TypeBook::flatten`.

namespace hanse::connectors::opcua {
namespace {

using Kind = JsonRef::Kind;

constexpr int kComposeDepthMax = 8;
constexpr std::size_t kComposedMax = 1000;  // Structures in one list.

Error at(std::string_view field, const Error& error) {
  const auto separator = error.message.starts_with('[') || error.message.starts_with('/') ? "" : ": ";
  return fail(error.code, fmt::format("/{}{}{}", field.substr(0, 100), separator, error.message));
}

std::string names_of(const StructureDefinition& type) {
  std::string names;
  for (const auto& field : type.fields) names += (names.empty() ? "" : ", ") + field.name.substr(0, 100);
  return names;
}

/// Each member must be a field: a misspelt one would be left as it was, or sent as nothing.
Result<void> check_members(const StructureDefinition& type, JsonRef value) {
  if (value.kind() != Kind::object)
    return fail(ErrorCode::invalid, fmt::format("must be an object with {}", names_of(type)));
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto name = value.member(i).first;
    if (std::ranges::none_of(type.fields, [&](const StructureField& field) { return field.name == name; })) {
      return fail(ErrorCode::invalid, fmt::format("has no field '{}'; it has {}", name.substr(0, 100), names_of(type)));
    }
  }
  return {};
}

}  // namespace

Result<ExtensionObject> TypeBook::compose(const NodeId& encoding, JsonRef value) const {
  const auto known = by_encoding_.find(encoding);
  if (known == by_encoding_.end()) {
    return fail(ErrorCode::invalid,
                "the server's description of this structure isn't known: let the connection follow the value, too");
  }
  ExtensionObject out{.type_id = encoding, .encoding = ExtensionObject::Encoding::binary, .body = {}};
  out.body.empty_not_null = true;
  BinaryWriter writer{out.body};
  HANSE_CHECK(write_structure(writer, structures_.at(known->second), value, 0));
  return out;
}

Result<void> TypeBook::write_structure(BinaryWriter& out, const StructureDefinition& type, JsonRef value,
                                       int depth) const {
  if (depth > kComposeDepthMax) return fail(ErrorCode::invalid, "nests too deep");
  HANSE_CHECK(check_members(type, value));
  if (type.structure_type == StructureType::union_) {
    if (value.size() != 1) return fail(ErrorCode::invalid, fmt::format("must have one of {}", names_of(type)));
    const auto [name, content] = value.member(0);
    const auto field =
        std::ranges::find(type.fields, name, [](const StructureField& one) -> std::string_view { return one.name; });
    out.write(static_cast<std::uint32_t>(field - type.fields.begin() + 1));
    return write_field(out, *field, content, depth);
  }
  const bool with_mask = type.structure_type == StructureType::with_optional_fields;
  if (with_mask) {
    std::uint32_t mask = 0, bit = 1;
    for (const auto& field : type.fields) {
      if (!field.is_optional) continue;
      if (value.find(field.name)) mask |= bit;
      bit <<= 1;
    }
    out.write(mask);
  }
  for (const auto& field : type.fields) {
    const auto content = value.find(field.name);
    if (!content && with_mask && field.is_optional) continue;
    if (!content) return at(field.name, fail(ErrorCode::invalid, "must be there: a structure is written as a whole"));
    HANSE_CHECK(write_field(out, field, *content, depth));
  }
  return {};
}

Result<void> TypeBook::write_field(BinaryWriter& out, const StructureField& field, JsonRef value, int depth) const {
  const auto written =
      field.value_rank < 0 ? write_element(out, field.data_type, value, depth) : write_list(out, field, value, depth);
  if (!written) return at(field.name, written.error());
  return {};
}

Result<void> TypeBook::write_list(BinaryWriter& out, const StructureField& field, JsonRef value, int depth) const {
  const auto rank = static_cast<std::size_t>(std::max<std::int32_t>(field.value_rank, 1));
  auto builtin = builtin_of(field.data_type);
  if (enumerations_.contains(field.data_type)) builtin = Builtin::int32;
  if (builtin != Builtin::null) {
    HANSE_TRY(const auto list, variant_from_json(builtin, rank, value));
    if (rank == 1) {
      out.write_content(list);
      return {};
    }
    // A matrix: its lengths, then its values without a count. OPC 10000-6, 5.2.5
    out.write(Array<std::int32_t>{std::vector<std::int32_t>{list.dimensions}});
    std::string content;
    BinaryWriter{content}.write_content(list);
    out.write_raw(std::string_view{content}.substr(sizeof(std::int32_t)));
    return {};
  }
  if (rank != 1 || value.kind() != Kind::array || value.size() > kComposedMax)
    return fail(ErrorCode::invalid, fmt::format("must be a list of at most {} objects", kComposedMax));
  out.write(static_cast<std::int32_t>(value.size()));
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (const auto written = write_element(out, field.data_type, value.element(i), depth); !written)
      return fail(written.error().code, fmt::format("[{}]{}{}", i, written.error().message.starts_with('/') ? "" : ": ",
                                                    written.error().message));
  }
  return {};
}

Result<void> TypeBook::write_element(BinaryWriter& out, const NodeId& type, JsonRef value, int depth) const {
  auto builtin = builtin_of(type);
  if (enumerations_.contains(type)) builtin = Builtin::int32;
  if (builtin != Builtin::null) {
    HANSE_TRY(const auto scalar, variant_from_json(builtin, 0, value));
    out.write_content(scalar);
    return {};
  }
  const auto known = structures_.find(type);
  if (known == structures_.end())
    return fail(ErrorCode::invalid, "is of a type that the server doesn't describe: it can't be written from here");
  return write_structure(out, known->second, value, depth + 1);
}

}  // namespace hanse::connectors::opcua
