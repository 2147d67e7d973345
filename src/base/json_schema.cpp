#include "base/json_schema.hpp"

#include "base/assert.hpp"

namespace hanse {
namespace {

std::string with_note(std::string schema, const FieldNote& note) {
  std::string extra;
  const auto add = [&extra](std::string_view key, auto&& append_value) {
    extra += extra.empty() ? "" : ",";
    json::append_string(extra, key);
    extra += ':';
    append_value();
  };
  const bool text = schema.find(R"("string")") != std::string::npos;
  if (!note.summary.empty()) add("description", [&] { json::append_string(extra, note.summary); });
  if (std::isfinite(note.min)) add("minimum", [&] { json::append_real(extra, note.min); });
  if (std::isfinite(note.max)) add("maximum", [&] { json::append_real(extra, note.max); });
  if (note.length_max != std::numeric_limits<std::size_t>::max()) {
    add(text ? "maxLength" : "maxItems", [&] { json::append_unsigned(extra, note.length_max); });
  }
  if (note.secret) add("writeOnly", [&] { extra += "true"; });
  if (extra.empty()) return schema;
  schema.pop_back();
  return schema + (schema.size() > 1 ? "," : "") + extra + "}";
}

}  // namespace

void SchemaBook::add(const std::string& name, std::string schema) {
  auto& slot = schemas_[name];
  HANSE_ASSERT(slot.empty() || slot == schema);  // two records of one name: rename one
  slot = std::move(schema);
}

std::string SchemaBook::name_of(std::string_view full_name) {
  auto name = describe::short_name(full_name);
  if (owners_.try_emplace(name, full_name).first->second == full_name) return name;
  // `Page<hanse::ecosystem::Order>`: the innermost namespace tells whose it is.
  constexpr std::string_view kRoot = "hanse::";
  const auto root = full_name.rfind(kRoot);
  HANSE_ASSERT(root != std::string_view::npos);
  const auto room = full_name.substr(root + kRoot.size());
  name = std::string{room.substr(0, room.find("::"))} + '_' + name;
  owners_.try_emplace(name, full_name);
  return name;
}

std::string SchemaBook::components() const {
  std::string out = "{";
  for (const auto& [name, schema] : schemas_) {
    if (out.size() > 1) out += ',';
    json::append_string(out, name);
    out += ':' + schema;
  }
  return out + "}";
}

std::string SchemaBook::schema(const TypeInfo& type, Use use, const FieldNote& note) {
  switch (type.kind) {
    case TypeKind::boolean:
      return with_note(R"({"type":"boolean"})", note);
    case TypeKind::integer:
    case TypeKind::natural:
    case TypeKind::number_enum:
      return with_note(R"({"type":"integer","format":"int64"})", note);
    case TypeKind::real:
      return with_note(use == Use::output ? R"({"type":["number","null"]})" : R"({"type":"number"})", note);
    case TypeKind::text:
    case TypeKind::id:
    case TypeKind::duration:
      return with_note(R"({"type":"string"})", note);
    case TypeKind::timestamp:
      return with_note(R"({"type":"string","format":"date-time"})", note);
    case TypeKind::raw_json:
    case TypeKind::opaque:
      return with_note("{}", note);
    case TypeKind::named_enum: {
      std::string names;
      for (const auto& entry : type.names) {
        names += names.empty() ? "" : ",";
        json::append_string(names, entry.name);
      }
      return with_note(R"({"type":"string","enum":[)" + names + "]}", note);
    }
    case TypeKind::optional:
      return R"({"oneOf":[)" + schema(*type.element, use, note) + R"(,{"type":"null"}]})";
    case TypeKind::list:
      return with_note(R"({"type":"array","items":)" + schema(*type.element, use) + "}", note);
    case TypeKind::map:
      return with_note(R"({"type":"object","additionalProperties":)" + schema(*type.element, use) + "}", note);
    case TypeKind::record:
      return record(*type.record, use);
  }
  return "{}";
}

std::string SchemaBook::record(const RecordInfo& record, Use use) {
  const std::string name = name_of(record.full_name) + (use == Use::input ? "Input" : "");
  const std::string reference = R"({"$ref":"#/components/schemas/)" + name + "\"}";
  const auto known = schemas_.find(name);
  if (known != schemas_.end() && known->second.empty()) return reference;  // a record that contains itself
  const std::string before = known == schemas_.end() ? std::string{} : known->second;
  schemas_[name].clear();
  std::string properties, required;
  for (const auto& field : record.fields) {
    properties += properties.empty() ? "" : ",";
    json::append_string(properties, field.name);
    properties += ':' + schema(*field.type, use, field.note);
    if (use == Use::output || field.note.required) {
      required += required.empty() ? "" : ",";
      json::append_string(required, field.name);
    }
  }
  schemas_[name] = before;
  add(name, R"({"type":"object","properties":{)" + properties + "}" +
                (required.empty() ? "" : R"(,"required":[)" + required + "]") + R"(,"additionalProperties":false})");
  return reference;
}

}  // namespace hanse
