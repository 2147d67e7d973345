#include "twin/plant/asset_interfaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "twin/plant/builders.hpp"

namespace hanse::twin {
namespace {

using namespace std::string_literals;
constexpr std::string_view kAid = "https://admin-shell.io/idta/AssetInterfacesDescription/1/0/";
constexpr std::string_view kTd = "https://www.w3.org/2019/wot/td";
constexpr std::string_view kHypermedia = "https://www.w3.org/2019/wot/hypermedia";

/// A kind of interface: how the standard tells it, and what addresses begin with.
struct KindEntry {
  InterfaceKind kind;
  std::string_view id;
  std::vector<std::string_view> schemes;
};
const std::vector<KindEntry>& kinds() {
  static const std::vector<KindEntry> kInterfaceKinds{
      {InterfaceKind::http, "http://www.w3.org/2011/http", {"http://", "https://"}},
      {InterfaceKind::modbus, "http://www.w3.org/2011/modbus", {"modbus+tcp://"}},
      {InterfaceKind::opcua, "http://www.w3.org/2011/opc-ua", {"opc.tcp://"}},
      {InterfaceKind::mqtt, "http://www.w3.org/2011/mqtt", {"mqtt://", "mqtts://"}}};
  return kInterfaceKinds;
}

/// What the members of endpoints and forms mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kMemberIds{
    {{"href", "https://www.w3.org/2019/wot/hypermedia#hasTarget"},
     {"contentType", "https://www.w3.org/2019/wot/hypermedia#forContentType"},
     {"htv_methodName", "https://www.w3.org/2011/http#methodName"},
     {"modv_function", "https://www.w3.org/2019/wot/modbus#hasFunction"},
     {"modv_entity", "https://www.w3.org/2019/wot/modbus#hasEntity"},
     {"modv_zeroBasedAddressing", "https://www.w3.org/2019/wot/modbus#hasZeroBasedAddressingFlag"},
     {"modv_pollingTime", "https://www.w3.org/2019/wot/modbus#hasPollingTime"},
     {"modv_timeout", "https://www.w3.org/2019/wot/modbus#hasTimeout"},
     {"modv_type", "https://www.w3.org/2019/wot/modbus#hasPayloadDataType"},
     {"modv_mostSignificantByte", "https://www.w3.org/2019/wot/modbus#hasMostSignificantByte"},
     {"modv_mostSignificantWord", "https://www.w3.org/2019/wot/modbus#hasMostSignificantWord"},
     {"mqv_controlPacket", "https://www.w3.org/2019/wot/mqtt#ControlPacket"},
     {"uav_browsePath", "http://opcfoundation.org/UA/WoT-Binding/browsePath"}}};

Node text(std::string_view id_short, std::string value, std::string_view id) {
  return property(id_short, "xs:string", std::move(value), id);
}
Node member_node(const InterfaceMember& each) {
  const auto* found =
      std::find_if(kMemberIds.begin(), kMemberIds.end(), [&](const auto& entry) { return entry.first == each.name; });
  return text(each.name, each.value, found == kMemberIds.end() ? std::string_view{} : found->second);
}

Node extension(std::string_view name, std::string value) {
  Node out{Class::Extension};
  out.set(Name::name, std::string{name});
  out.set(Name::valueType, "xs:string"s);
  out.set(Name::value, std::move(value));
  return out;
}

/// A reference down into a submodel's collections.
Node reference_into(std::string_view submodel, std::initializer_list<std::string_view> path) {
  auto out = model_reference(Class::Submodel, submodel);
  for (const auto step : path) add_key(out, "SubmodelElementCollection", step);
  return out;
}

Node endpoint_metadata(std::string_view submodel, const AssetInterface& of) {
  const auto scheme = of.with_password ? "basic"s : "nosec"s;
  const auto name = scheme + "_sc";
  std::vector<Node> out;
  out.push_back(property("base", "xs:anyURI", of.base, fmt::format("{}#baseURI", kTd)));
  out.push_back(text("contentType", of.content_type, fmt::format("{}#forContentType", kHypermedia)));
  for (const auto& each : of.endpoint) out.push_back(member_node(each));
  auto security = element(Class::SubmodelElementList, "security", fmt::format("{}#hasSecurityConfiguration", kTd));
  security.set(Name::typeValueListElement, "ReferenceElement"s);
  Node used{Class::ReferenceElement};
  used.set(Name::value, reference_into(submodel, {of.id_short, "EndpointMetadata", "securityDefinitions", name}));
  security.add(Name::value, std::move(used));
  out.push_back(std::move(security));
  out.push_back(collection(
      "securityDefinitions", fmt::format("{}#definesSecurityScheme", kTd),
      {collection(
          name, fmt::format("https://www.w3.org/2019/wot/security#{}SecurityScheme", of.with_password ? "Basic" : "No"),
          {text("scheme", scheme, "https://www.w3.org/1999/02/22-rdf-syntax-ns#type")})}));
  return collection("EndpointMetadata", fmt::format("{}EndpointMetadata", kAid), std::move(out));
}

Node property_node(const InterfaceProperty& of) {
  std::vector<Node> out;
  out.push_back(text("key", of.key, fmt::format("{}key", kAid)));
  out.push_back(text("title", of.title, fmt::format("{}#title", kTd)));
  if (!of.type.empty()) out.push_back(text("type", of.type, "https://www.w3.org/1999/02/22-rdf-syntax-ns#type"));
  if (!of.unit.empty()) out.push_back(text("unit", of.unit, "https://schema.org/unitCode"));
  std::vector<Node> form;
  for (const auto& each : of.form) form.push_back(member_node(each));
  auto forms = collection("forms", fmt::format("{}#hasForm", kTd), std::move(form));
  if (!of.own.empty()) forms.add(Name::extensions, extension(kOwnExtension, of.own));
  out.push_back(std::move(forms));
  return collection(of.id_short, fmt::format("{}PropertyDefinition", kAid), std::move(out));
}

Node interface_node(std::string_view submodel, const AssetInterface& of) {
  std::vector<Node> properties;
  for (const auto& each : of.properties) properties.push_back(property_node(each));
  std::vector<Node> interactions;
  if (!properties.empty())
    interactions.push_back(collection("properties", fmt::format("{}#PropertyAffordance", kTd), std::move(properties)));
  auto out = collection(of.id_short, fmt::format("{}Interface", kAid),
                        {text("title", of.title, fmt::format("{}#title", kTd)), endpoint_metadata(submodel, of)});
  auto metadata =
      element(Class::SubmodelElementCollection, "InteractionMetadata", fmt::format("{}InteractionMetadata", kAid));
  if (!interactions.empty()) metadata.set(Name::value, std::move(interactions));
  out.add(Name::value, std::move(metadata));
  const auto kind = std::ranges::find(kinds(), of.kind, &KindEntry::kind);
  out.add(Name::supplementalSemanticIds, external_reference(kind->id));
  out.add(Name::supplementalSemanticIds, external_reference(kTd));
  if (!of.note.empty()) out.add(Name::description, lang_text(Class::LangStringTextType, "en", of.note));
  return out;
}

// Reading.

const Node* child(const Node& of, std::string_view id_short) {
  for (const auto& each : of.nodes(Name::value)) {
    if (each.text(Name::idShort) == id_short) return &each;
  }
  return nullptr;
}
std::string text_of_child(const Node& of, std::string_view id_short) {
  const auto* found = child(of, id_short);
  return found && found->of() == Class::Property ? std::string{trim(found->text(Name::value))} : std::string{};
}
std::vector<InterfaceMember> members_of(const Node& of) {
  std::vector<InterfaceMember> out;
  for (const auto& each : of.nodes(Name::value)) {
    if (each.of() == Class::Property)
      out.push_back({std::string{each.text(Name::idShort)}, std::string{trim(each.text(Name::value))}});
  }
  return out;
}

class InterfaceReader {
 public:
  explicit InterfaceReader(Findings& findings) : findings_(findings) {}

  std::optional<AssetInterface> read(const Node& node) {
    AssetInterface out{.id_short = std::string{node.text(Name::idShort)},
                       .title = text_of_child(node, "title"),
                       .base = {},
                       .content_type = {},
                       .endpoint = {},
                       .note = {},
                       .properties = {},
                       .path = std::string{node.text(Name::idShort)}};
    const auto* endpoint = child(node, "EndpointMetadata");
    if (!endpoint) return refuse(out.path, "has no EndpointMetadata, so nothing says where the machine is");
    out.base = text_of_child(*endpoint, "base");
    out.content_type = text_of_child(*endpoint, "contentType");
    out.endpoint = members_of(*endpoint);
    const auto kind = kind_of_interface(node, out.base);
    if (!kind)
      return refuse(out.path + ".EndpointMetadata.base",
                    fmt::format("'{}' is of a protocol that no connection here speaks", out.base));
    out.kind = *kind;
    if (const auto* schemes = child(*endpoint, "securityDefinitions")) {
      for (const auto& each : schemes->nodes(Name::value))
        out.with_password = out.with_password || !each.text(Name::idShort).starts_with("nosec");
    }
    if (const auto* interactions = child(node, "InteractionMetadata"))
      interactions_of(*interactions, out.path + ".InteractionMetadata", out);
    return out;
  }

 private:
  std::nullopt_t refuse(const std::string& path, std::string why) {
    findings_.add({Severity::error, path, "interface", std::move(why)});
    return std::nullopt;
  }
  void leave_out(const std::string& path, std::string why) {
    findings_.add({Severity::warning, path, "interface", std::move(why)});
  }

  /// The address decides: the published template repeats MQTT's id for other protocols.
  static std::optional<InterfaceKind> kind_of_interface(const Node& node, std::string_view base) {
    for (const auto& each : kinds()) {
      for (const auto scheme : each.schemes) {
        if (base.starts_with(scheme)) return each.kind;
      }
    }
    if (base.find("://") != std::string_view::npos) return std::nullopt;
    for (const auto& id : node.nodes(Name::supplementalSemanticIds)) {
      for (const auto& each : kinds()) {
        if (first_key(&id) == each.id) return each.kind;
      }
    }
    return std::nullopt;
  }

  void interactions_of(const Node& interactions, const std::string& path, AssetInterface& out) {
    for (const auto& each : interactions.nodes(Name::value)) {
      const auto name = each.text(Name::idShort);
      const auto at = fmt::format("{}.{}", path, name);
      if (name != "properties") {
        if (!each.nodes(Name::value).empty()) leave_out(at, fmt::format("{} aren't connected, only properties", name));
        continue;
      }
      for (const auto& one : each.nodes(Name::value)) {
        if (auto read = property_of(one, fmt::format("{}.{}", at, one.text(Name::idShort))))
          out.properties.push_back(*std::move(read));
      }
    }
  }

  std::optional<InterfaceProperty> property_of(const Node& node, const std::string& path) {
    const auto* forms = child(node, "forms");
    if (!forms || text_of_child(*forms, "href").empty()) {
      leave_out(path, "has no form with an href, so nothing says where its value is; values inside others aren't read");
      return std::nullopt;
    }
    InterfaceProperty out{.id_short = std::string{node.text(Name::idShort)},
                          .key = text_of_child(node, "key"),
                          .title = text_of_child(node, "title"),
                          .type = text_of_child(node, "type"),
                          .unit = text_of_child(node, "unit"),
                          .form = members_of(*forms),
                          .own = {},
                          .path = path};
    if (out.key.empty()) out.key = out.id_short;
    for (const auto& each : forms->nodes(Name::extensions)) {
      if (each.text(Name::name) == kOwnExtension) out.own = each.text(Name::value);
    }
    return out;
  }

  Findings& findings_;
};

}  // namespace

std::string_view member(const std::vector<InterfaceMember>& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &InterfaceMember::name);
  return found == members.end() ? std::string_view{} : std::string_view{found->value};
}

Node interfaces_submodel(std::string_view id, std::vector<AssetInterface> interfaces) {
  std::vector<Node> elements;
  for (const auto& each : interfaces) elements.push_back(interface_node(id, each));
  return submodel(id, "AssetInterfacesDescription", kInterfacesId, std::move(elements));
}

Node mapping_submodel(std::string_view id, std::string_view interfaces_id,
                      const std::vector<InterfaceMapping>& mappings) {
  const std::string base = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0/";
  const auto m = base + "MappingConfiguration";
  const auto list = [](std::string_view name, std::string_view semantic_id) {
    auto out = element(Class::SubmodelElementList, name, semantic_id);
    out.set(Name::typeValueListElement, "SubmodelElementCollection"s);
    return out;
  };
  const auto end = [&](std::string_view name, Node reference, std::string of) {
    Node target{element(Class::ReferenceElement, name, fmt::format("{}/{}/{}", m, name, name))};
    target.set(Name::value, std::move(reference));
    auto all = list(fmt::format("{}s", name), fmt::format("{}/{}s", m, name));
    all.add(Name::value, collection({}, fmt::format("{}/{}", m, name),
                                    {std::move(target), text(fmt::format("{}Id", name), std::move(of),
                                                             fmt::format("{}/{}/{}Id", m, name, name))}));
    return all;
  };
  auto configurations =
      list("MappingConfigurations",
           "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/1/0/MappingConfigurations");
  for (const auto& each : mappings) {
    auto source = reference_into(interfaces_id, {each.interface, "InteractionMetadata", "properties", each.property});
    auto sink = model_reference(Class::Submodel, each.sink_submodel);
    add_key(sink, "Property", each.sink);
    configurations.add(
        Name::value,
        collection({}, m, {end("Source", std::move(source), each.property), end("Sink", std::move(sink), each.sink)}));
  }
  return submodel(id, "AssetInterfacesMappingConfiguration", base + "Submodel", {std::move(configurations)});
}

std::vector<AssetInterface> read_interfaces(const Node& submodel, Findings& findings) {
  const auto id = first_key(submodel.node(Name::semanticId));
  if (!id.starts_with("https://admin-shell.io/idta/AssetInterfacesDescription/")) {
    findings.add({Severity::error, "", "interface", "isn't an Asset Interfaces Description by its semantic id"});
    return {};
  }
  std::vector<AssetInterface> out;
  for (const auto& each : submodel.nodes(Name::submodelElements)) {
    if (each.of() != Class::SubmodelElementCollection) continue;
    if (auto read = InterfaceReader{findings}.read(each)) out.push_back(*std::move(read));
  }
  return out;
}

}  // namespace hanse::twin
