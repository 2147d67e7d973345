#include "twin/plant/plant_twins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "twin/plant/builders.hpp"
#include "twin/plant/time_series.hpp"

namespace hanse::twin {
namespace {

using signal::Meaning;
using signal::Signal;

constexpr std::string_view kNameplate = "https://admin-shell.io/idta/nameplate/3/0/Nameplate";
constexpr std::string_view kStructure = "https://admin-shell.io/idta/HierarchicalStructures/1/1/Submodel";
constexpr std::array<std::string_view, 7> kParts{"nameplate", "signals",    "timeseries",      "indicators",
                                                 "structure", "interfaces", "interfacemapping"};

std::vector<const Signal*> signals_of(const signal::Signals& signals, const plant::AssetId& asset, bool indicators) {
  auto out = signals.of_asset(asset);
  std::erase_if(out, [&](const Signal* each) { return (each->meaning == Meaning::kpi) != indicators; });
  return out;
}

/// Name, unit and description of a signal as a concept description has them.
Node described_by(const Signal& signal) {
  Node content{Class::DataSpecificationIec61360};
  content.add(Name::preferredName,
              lang_text(Class::LangStringPreferredNameTypeIec61360, "en", signal.name.substr(0, 255)));
  if (!signal.unit.empty()) content.set(Name::unit, signal.unit);
  if (!signal.description.empty())
    content.add(Name::definition,
                lang_text(Class::LangStringDefinitionTypeIec61360, "en", signal.description.substr(0, 1023)));
  Node embedded{Class::EmbeddedDataSpecification};
  embedded.set(Name::dataSpecification, external_reference(kIec61360Id));
  embedded.set(Name::dataSpecificationContent, std::move(content));
  return embedded;
}

Node bound_property(const Signal& signal) {
  auto node = element(Class::Property, id_short_of(signal.name), meaning_id(signal));
  node.set(Name::valueType, std::string{xsd_type_of(signal.type)});
  Node extension{Class::Extension};
  extension.set(Name::name, std::string{kSignalExtension});
  extension.set(Name::valueType, std::string{"xs:string"});
  extension.set(Name::value, fmt::format("{}/{}", signal.asset.value, signal.name));
  node.add(Name::extensions, std::move(extension));
  node.add(Name::embeddedDataSpecifications, described_by(signal));
  return node;
}

std::vector<Node> bound_properties(const signal::Signals& signals, const plant::AssetId& asset, bool indicators) {
  std::vector<Node> out;
  for (const auto* each : signals_of(signals, asset, indicators)) {
    auto node = bound_property(*each);
    // Two names may become one idShort.
    const std::string wanted{node.text(Name::idShort)};
    for (int n = 2;
         std::any_of(out.begin(), out.end(),
                     [&](const Node& other) { return other.text(Name::idShort) == node.text(Name::idShort); });
         ++n) {
      node.set(Name::idShort, fmt::format("{}_{}", wanted, n));
    }
    out.push_back(std::move(node));
  }
  return out;
}

std::vector<Node> nameplate_of(const plant::Asset& asset, const std::string& asset_id) {
  std::vector<Node> out;
  out.push_back(property("URIOfTheProduct", "xs:anyURI", asset_id, "0112/2///61987#ABN590#002"));
  if (!asset.manufacturer.empty())
    out.push_back(multi_language("ManufacturerName", asset.manufacturer, "0112/2///61987#ABA565#009"));
  out.push_back(multi_language("ManufacturerProductDesignation", asset.model.empty() ? asset.name : asset.model,
                               "0112/2///61987#ABA567#009"));
  if (!asset.kind.empty())
    out.push_back(multi_language("ManufacturerProductFamily", asset.kind, "0112/2///61987#ABP464#002"));
  if (!asset.model.empty())
    out.push_back(property("ManufacturerProductType", "xs:string", asset.model, "0112/2///61987#ABA300#008"));
  if (!asset.serial.empty())
    out.push_back(property("SerialNumber", "xs:string", asset.serial, "0112/2///61987#ABA951#009"));
  return out;
}

}  // namespace

std::string meaning_id(const signal::Signal& signal) {
  return signal.meaning == Meaning::other ? std::string{}
                                          : fmt::format("urn:hanse:meaning:{}", describe::enum_name(signal.meaning));
}

std::string_view xsd_type_of(signal::ValueType type) {
  switch (type) {
    case signal::ValueType::real:
      return "xs:double";
    case signal::ValueType::integer:
      return "xs:long";
    case signal::ValueType::boolean:
      return "xs:boolean";
    case signal::ValueType::text:
    case signal::ValueType::null:
      break;
  }
  return "xs:string";
}

std::optional<std::string> text_of(const signal::Sample& sample, std::string_view text) {
  switch (sample.type) {
    case signal::ValueType::real: {
      if (std::isnan(sample.real())) return "NaN";
      if (std::isinf(sample.real())) return sample.real() > 0 ? "INF" : "-INF";
      std::string out;
      json::append_real(out, sample.real());
      return out;
    }
    case signal::ValueType::integer:
      return std::to_string(sample.integer());
    case signal::ValueType::boolean:
      return sample.boolean() ? "true" : "false";
    case signal::ValueType::text:
      return std::string{text};
    case signal::ValueType::null:
      break;
  }
  return std::nullopt;
}

const Signal* signal_named(const signal::Signals& signals, std::string_view binding) {
  const auto slash = binding.rfind('/');
  if (slash == std::string_view::npos) return nullptr;
  return signals.find(plant::AssetId{std::string{binding.substr(0, slash)}}, binding.substr(slash + 1));
}

std::optional<std::string> SignalValues::value_of(std::string_view signal) const {
  const auto* known = signal_named(*signals_, signal);
  if (!known) return std::nullopt;
  if (at_) {
    const auto past = history_.at(known->number, *at_);
    return past && *past ? text_of((*past)->sample, (*past)->text) : std::nullopt;
  }
  const auto last = history_.last(std::span{&known->number, 1});
  if (last.empty() || !last.front()) return std::nullopt;
  return text_of(last.front()->sample, last.front()->text);
}

PlantTwins::PlantTwins(PlantTwinParts parts, std::string base) : parts_(parts), base_(std::move(base)) {}

std::string PlantTwins::submodel_id(const plant::AssetId& asset, std::string_view name) const {
  return fmt::format("{}:submodel:{}:{}", base_, asset.value, name);
}

std::optional<PlantTwins::Part> PlantTwins::part_of(std::string_view submodel) const {
  const auto prefix = base_ + ":submodel:";
  if (!submodel.starts_with(prefix)) return std::nullopt;
  submodel.remove_prefix(prefix.size());
  const auto colon = submodel.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return Part{plant::AssetId{std::string{submodel.substr(0, colon)}}, std::string{submodel.substr(colon + 1)}};
}

std::shared_ptr<PlantTwins::Made> PlantTwins::made() {
  auto records = parts_.plant.records();
  auto signals = parts_.directory.snapshot();
  const auto revision = parts_.interfaces ? parts_.interfaces->revision() : 0;
  const std::lock_guard lock{mutex_};
  if (made_ && made_->records == records && made_->signals == signals && made_->interfaces == revision) return made_;
  const auto connected = parts_.interfaces ? parts_.interfaces->assets() : std::set<plant::AssetId>{};
  auto fresh = std::make_shared<Made>();
  std::vector<std::string> shells, submodels;
  for (const auto& [id, asset] : records->assets) {
    shells.push_back(fmt::format("{}:shell:{}", base_, id.value));
    const auto all = signals->of_asset(id);
    const bool some =
        std::any_of(all.begin(), all.end(), [](const Signal* each) { return each->meaning != Meaning::kpi; });
    const bool indicators =
        std::any_of(all.begin(), all.end(), [](const Signal* each) { return each->meaning == Meaning::kpi; });
    for (const auto name : kParts) {
      const bool is = name == "nameplate" || name == "structure" ||
                      (name.starts_with("interface") ? connected.contains(id)
                       : name == "indicators"        ? indicators
                                                     : some);
      if (is) submodels.push_back(submodel_id(id, name));
    }
  }
  std::sort(shells.begin(), shells.end());
  std::sort(submodels.begin(), submodels.end());
  fresh->records = std::move(records);
  fresh->signals = std::move(signals);
  fresh->interfaces = revision;
  fresh->shells = std::make_shared<const std::vector<std::string>>(std::move(shells));
  fresh->submodels = std::make_shared<const std::vector<std::string>>(std::move(submodels));
  made_ = fresh;
  return made_;
}

std::shared_ptr<const std::vector<std::string>> PlantTwins::ids(Class of) {
  static const auto kNone = std::make_shared<const std::vector<std::string>>();
  const auto now = made();
  if (of == Class::AssetAdministrationShell) return now->shells;
  return of == Class::Submodel ? now->submodels : kNone;
}

std::shared_ptr<const Node> PlantTwins::find(Class of, std::string_view id) {
  if (!owns(id)) return nullptr;
  const auto now = made();
  const std::lock_guard lock{now->mutex};
  if (const auto found = now->nodes.find(id); found != now->nodes.end())
    return found->second->of() == of ? found->second : nullptr;
  std::optional<Node> node;
  if (of == Class::AssetAdministrationShell) {
    const auto prefix = base_ + ":shell:";
    if (!id.starts_with(prefix)) return nullptr;
    const auto* asset = now->records->asset(plant::AssetId{std::string{id.substr(prefix.size())}});
    if (asset) node = make_shell(*now, *asset);
  } else if (of == Class::Submodel) {
    const auto part = part_of(id);
    const auto* asset = part ? now->records->asset(part->asset) : nullptr;
    if (asset && std::binary_search(now->submodels->begin(), now->submodels->end(), id))
      node = make_submodel(*now, *asset, part->name);
  }
  if (!node) return nullptr;
  auto shared = std::make_shared<const Node>(*std::move(node));
  now->nodes.emplace(std::string{id}, shared);
  return shared;
}

Node PlantTwins::make_shell(const Made& made, const plant::Asset& asset) const {
  Node shell{Class::AssetAdministrationShell};
  shell.set(Name::id, fmt::format("{}:shell:{}", base_, asset.id.value));
  shell.set(Name::idShort, id_short_of(asset.id.value));
  shell.add(Name::displayName, lang_text(Class::LangStringNameType, "en", asset.name.substr(0, 128)));
  if (!asset.description.empty())
    shell.add(Name::description, lang_text(Class::LangStringTextType, "en", asset.description.substr(0, 1023)));
  Node information{Class::AssetInformation};
  information.set(Name::assetKind, std::string{"Instance"});
  information.set(Name::globalAssetId, fmt::format("{}:asset:{}", base_, asset.id.value));
  if (!asset.kind.empty()) information.set(Name::assetType, asset.kind);
  const auto add_id = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    Node id{Class::SpecificAssetId};
    id.set(Name::name, std::string{name});
    id.set(Name::value, value);
    information.add(Name::specificAssetIds, std::move(id));
  };
  add_id("assetId", asset.id.value);
  add_id("serialNumber", asset.serial);
  shell.set(Name::assetInformation, std::move(information));
  for (const auto name : kParts) {
    const auto id = submodel_id(asset.id, name);
    if (std::binary_search(made.submodels->begin(), made.submodels->end(), id))
      shell.add(Name::submodels, model_reference(Class::Submodel, id));
  }
  return shell;
}

std::optional<Node> PlantTwins::make_submodel(const Made& made, const plant::Asset& asset,
                                              std::string_view name) const {
  const auto id = submodel_id(asset.id, name);
  if (name == "nameplate")
    return submodel(id, "Nameplate", kNameplate,
                    nameplate_of(asset, fmt::format("{}:asset:{}", base_, asset.id.value)));
  if (name == "signals")
    return submodel(id, "Signals", "urn:hanse:twin:signals:1", bound_properties(*made.signals, asset.id, false));
  if (name == "indicators")
    return submodel(id, "Indicators", "urn:hanse:twin:indicators:1", bound_properties(*made.signals, asset.id, true));
  if (name == "timeseries") return time_series(id, asset.name, signals_of(*made.signals, asset.id, false));
  if (name == "structure") return structure(made, asset);
  if (name == "interfaces") return interfaces_submodel(id, parts_.interfaces->of(asset.id));
  if (name == "interfacemapping") return mapping(made, asset.id, id);
  return std::nullopt;
}

/// Each value of an interface goes to the property that is bound to its signal, maybe of another asset below.
Node PlantTwins::mapping(const Made& made, const plant::AssetId& asset, std::string_view id) const {
  std::map<plant::AssetId, std::map<std::string, std::string, std::less<>>> sinks;  // Of each binding its idShort.
  std::vector<InterfaceMapping> mappings;
  for (const auto& interface : parts_.interfaces->of(asset)) {
    for (const auto& each : interface.properties) {
      const auto* signal = each.signal ? made.signals->find(*each.signal) : nullptr;
      if (!signal) continue;
      const auto [of_asset, fresh] = sinks.try_emplace(signal->asset);
      if (fresh) {
        for (const auto& node : bound_properties(*made.signals, signal->asset, false))
          of_asset->second.emplace(bound_signal(node), node.text(Name::idShort));
      }
      const auto sink = of_asset->second.find(fmt::format("{}/{}", signal->asset.value, signal->name));
      if (sink == of_asset->second.end()) continue;
      mappings.push_back({.interface = interface.id_short,
                          .property = each.id_short,
                          .sink_submodel = submodel_id(signal->asset, "signals"),
                          .sink = sink->second});
    }
  }
  return mapping_submodel(id, submodel_id(asset, "interfaces"), mappings);
}

/// The equipment tree around one node, one step up and one down. Source: IDTA 02011.
Node PlantTwins::structure(const Made& made, const plant::Asset& asset) const {
  const std::string of = "https://admin-shell.io/idta/HierarchicalStructures/";
  const auto id = submodel_id(asset.id, "structure");
  auto entry = element(Class::Entity, "EntryNode", of + "EntryNode/1/0");
  entry.set(Name::entityType, std::string{"SelfManagedEntity"});
  entry.set(Name::globalAssetId, fmt::format("{}:asset:{}", base_, asset.id.value));
  for (const auto* child : made.records->children(asset.id)) {
    const auto name = id_short_of(child->id.value);
    auto node = element(Class::Entity, name, of + "Node/1/0");
    node.set(Name::entityType, std::string{"SelfManagedEntity"});
    node.set(Name::globalAssetId, fmt::format("{}:asset:{}", base_, child->id.value));
    auto first = model_reference(Class::Submodel, id);
    add_key(first, "Entity", "EntryNode");
    auto second = first;
    add_key(second, "Entity", name);
    entry.add(Name::statements, std::move(node));
    entry.add(Name::statements,
              relationship("HasPart_" + name, of + "HasPart/1/0", std::move(first), std::move(second)));
  }
  std::vector<Node> elements;
  elements.push_back(property("ArcheType", "xs:string", "OneDown", of + "ArcheType/1/0"));
  elements.push_back(std::move(entry));
  return submodel(id, "Structure", kStructure, std::move(elements));
}

}  // namespace hanse::twin
