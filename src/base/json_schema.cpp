#include "base/json_schema.hpp"

#include "base/assert.hpp"

namespace hanse {

void SchemaBook::add(const std::string& name, std::string schema) {
  auto& slot = schemas_[name];
  HANSE_ASSERT(slot.empty() || slot == schema);  // two records of one name: rename one
  slot = std::move(schema);
}

std::string SchemaBook::name_of(std::string name, std::string_view full_name) {
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

namespace json {

std::string with_note(std::string schema, const FieldNote& note) {
  std::string extra;
  const auto add = [&extra](std::string_view key, auto&& append_value) {
    extra += extra.empty() ? "" : ",";
    append_string(extra, key);
    extra += ':';
    append_value();
  };
  const bool text = schema.find(R"("string")") != std::string::npos;
  if (!note.summary.empty()) add("description", [&] { append_string(extra, note.summary); });
  if (std::isfinite(note.min)) add("minimum", [&] { append_real(extra, note.min); });
  if (std::isfinite(note.max)) add("maximum", [&] { append_real(extra, note.max); });
  if (note.length_max != std::numeric_limits<std::size_t>::max()) {
    add(text ? "maxLength" : "maxItems", [&] { append_unsigned(extra, note.length_max); });
  }
  if (note.secret) add("writeOnly", [&] { extra += "true"; });
  if (extra.empty()) return schema;
  schema.pop_back();
  return schema + (schema.size() > 1 ? "," : "") + extra + "}";
}

}  // namespace json
}  // namespace hanse
