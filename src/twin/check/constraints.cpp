#include "twin/check/constraints.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "twin/model/lexical.hpp"
#include "twin/model/reference.hpp"

// The constraints of IDTA 01001 (AASd) and IDTA 01003-a (AASc-3a) that a program can check, and what the standard's own
// libraries check besides. Each row says itself what must hold.

namespace hanse::twin {
namespace {

using Around = const Surroundings&;
using Nodes = std::span<const Node>;
using enum Class;

bool unique_texts(Nodes nodes, Name of) {
  if (nodes.size() < 2) return true;
  std::set<std::string_view> seen;
  for (const auto& node : nodes) {
    if (node.has(of) && !seen.insert(node.text(of)).second) return false;
  }
  return true;
}

bool unique_languages(const Node& node, Name list) { return unique_texts(node.nodes(list), Name::language); }
template <Name list>
bool unique_languages_of(const Node& node, Around) {
  return unique_languages(node, list);
}

bool is_list_child(Around around) { return around.parent && around.parent->of() == SubmodelElementList; }

bool has_id_short_unless_in_list(const Node& node, Around around) {
  return !around.parent || is_list_child(around) || node.is(Identifiable) || node.has(Name::idShort);
}
bool no_id_short_in_list(const Node& node, Around around) { return !is_list_child(around) || !node.has(Name::idShort); }

template <Name list>
bool unique_id_shorts(const Node& node, Around) {
  return unique_texts(node.nodes(list), Name::idShort);
}

bool unique_variables(const Node& node, Around) {
  std::set<std::string_view> seen;
  for (const auto list : {Name::inputVariables, Name::outputVariables, Name::inoutputVariables}) {
    for (const auto& variable : node.nodes(list)) {
      const auto* value = variable.node(Name::value);
      if (value && value->has(Name::idShort) && !seen.insert(value->text(Name::idShort)).second) return false;
    }
  }
  return true;
}

bool revision_needs_version(const Node& node, Around) { return !node.has(Name::revision) || node.has(Name::version); }

bool has_asset_id(const Node& node) { return node.has(Name::globalAssetId) || node.has(Name::specificAssetIds); }
bool self_managed_has_asset(const Node& node, Around) {
  return node.text(Name::entityType) != "SelfManagedEntity" || has_asset_id(node);
}
/// 3.0 as its libraries have it: one way of naming the asset, and none for what has no asset of its own.
bool entity_names_asset_once(const Node& node, Around) {
  const bool global = node.has(Name::globalAssetId), specific = node.has(Name::specificAssetIds);
  return node.text(Name::entityType) == "SelfManagedEntity" ? global != specific : !global && !specific;
}
bool asset_is_named(const Node& node, Around) { return has_asset_id(node); }

/// The reserved name, in the spelling of the attribute only: 3.0.
bool global_id_agrees(const Node& node, Around) {
  for (const auto& specific : node.nodes(Name::specificAssetIds)) {
    if (specific.text(Name::name) == "globalAssetId" && specific.text(Name::value) != node.text(Name::globalAssetId))
      return false;
  }
  return true;
}

bool value_fits_type(const Node& node, Around around) {
  const auto* field = node.find(Name::value);
  if (!field) return true;
  const auto type = node.has(Name::valueType) ? node.text(Name::valueType) : std::string_view{"xs:string"};
  return is_xsd_value(field->text, type, around.edition);
}
bool bounds_fit_type(const Node& node, Around around) {
  for (const auto bound : {Name::min, Name::max}) {
    const auto* field = node.find(bound);
    if (field && !is_xsd_value(field->text, node.text(Name::valueType), around.edition)) return false;
  }
  return true;
}

bool unique_qualifiers(const Node& node, Around) { return unique_texts(node.nodes(Name::qualifiers), Name::type); }
bool unique_extensions(const Node& node, Around) { return unique_texts(node.nodes(Name::extensions), Name::name); }
bool template_qualifiers_in_templates(const Node& node, Around around) {
  const auto* submodel = node.of() == Submodel ? &node : around.submodel;
  if (!submodel || submodel->text(Name::kind) == "Template") return true;
  const auto qualifiers = node.nodes(Name::qualifiers);
  return std::none_of(qualifiers.begin(), qualifiers.end(),
                      [](const Node& each) { return each.text(Name::kind) == "TemplateQualifier"; });
}
bool supplements_need_main(const Node& node, Around) {
  return !node.has(Name::supplementalSemanticIds) || node.has(Name::semanticId);
}

// Lists.

bool list_semantics(const Node& list, Around) {
  const auto* wanted = list.node(Name::semanticIdListElement);
  if (!wanted) return true;
  const auto children = list.nodes(Name::value);
  return std::all_of(children.begin(), children.end(), [&](const Node& child) {
    const auto* semantic = child.node(Name::semanticId);
    return !semantic || same_values(*semantic, *wanted);
  });
}
bool list_types(const Node& list, Around) {
  const auto wanted = class_by_name(list.text(Name::typeValueListElement));
  const auto children = list.nodes(Name::value);
  return !wanted || std::all_of(children.begin(), children.end(), [&](const Node& child) { return child.is(*wanted); });
}
bool list_value_types(const Node& list, Around) {
  const auto type = list.text(Name::typeValueListElement);
  if (type != "Property" && type != "Range") return true;
  if (!list.has(Name::valueTypeListElement)) return false;
  const auto children = list.nodes(Name::value);
  return std::all_of(children.begin(), children.end(), [&](const Node& child) {
    return !child.has(Name::valueType) || child.text(Name::valueType) == list.text(Name::valueTypeListElement);
  });
}
bool list_same_semantics(const Node& list, Around) {
  const Node* first = nullptr;
  for (const auto& child : list.nodes(Name::value)) {
    const auto* semantic = child.node(Name::semanticId);
    if (!semantic) continue;
    if (first && !same_values(*first, *semantic)) return false;
    first = semantic;
  }
  return true;
}

// References.

bool is_external(const Node& reference) { return reference.text(Name::type) == "ExternalReference"; }
bool is_model(const Node& reference) { return reference.text(Name::type) == "ModelReference"; }
std::string_view key_type(const Node& key) { return key.text(Name::type); }
bool is_aas_identifiable(std::string_view type) {
  return type == "AssetAdministrationShell" || type == "ConceptDescription" || type == "Submodel" ||
         type == "Identifiable";
}
bool is_fragment_key(std::string_view type) {
  if (type == "FragmentReference" || type == "Referable") return true;
  const auto of = class_by_name(type);
  return of && is_a(*of, SubmodelElement);
}

bool first_key_is_global(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.empty() || key_type(keys.front()) == "GlobalReference" || is_aas_identifiable(key_type(keys.front()));
}
bool external_begins_global(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.empty() || !is_external(reference) || key_type(keys.front()) == "GlobalReference";
}
bool model_begins_identifiable(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.empty() || !is_model(reference) || is_aas_identifiable(key_type(keys.front()));
}
bool external_ends_generic(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.empty() || !is_external(reference) || key_type(keys.back()) == "GlobalReference" ||
         key_type(keys.back()) == "FragmentReference";
}
bool model_goes_on_with_fragments(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.empty() || !is_model(reference) ||
         std::all_of(keys.begin() + 1, keys.end(), [](const Node& key) { return is_fragment_key(key_type(key)); });
}
bool fragment_is_last(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  return keys.size() < 2 || !is_model(reference) ||
         std::none_of(
             keys.begin(), keys.end() - 1, [](const Node& key) { return key_type(key) == "FragmentReference"; });
}
bool fragment_follows_file(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  if (!is_model(reference)) return true;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (key_type(keys[i]) == "FragmentReference" && key_type(keys[i - 1]) != "File" && key_type(keys[i - 1]) != "Blob")
      return false;
  }
  return true;
}
bool index_follows_list(const Node& reference, Around) {
  const auto keys = reference.nodes(Name::keys);
  if (!is_model(reference)) return true;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const auto value = keys[i].text(Name::value);
    const bool number = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
    if (key_type(keys[i - 1]) == "SubmodelElementList" && !number) return false;
  }
  return true;
}

bool subject_is_external(const Node& node, Around) {
  const auto* subject = node.node(Name::externalSubjectId);
  return !subject || is_external(*subject);
}

/// A model reference whose last key is of `type`; with an empty one, of anything that can be referred to.
bool refers_to(const Node* reference, std::string_view type) {
  if (!reference) return true;
  const auto keys = reference->nodes(Name::keys);
  if (!is_model(*reference) || keys.empty()) return false;
  const auto last = key_type(keys.back());
  if (!type.empty()) return last == type;
  return last != "GlobalReference" && last != "FragmentReference";
}
bool submodels_are_submodels(const Node& shell, Around) {
  const auto references = shell.nodes(Name::submodels);
  return std::all_of(references.begin(), references.end(),
                     [](const Node& each) { return refers_to(&each, "Submodel"); });
}
bool derived_from_shell(const Node& shell, Around) {
  return refers_to(shell.node(Name::derivedFrom), "AssetAdministrationShell");
}
bool event_refers_well(const Node& event, Around) {
  return refers_to(event.node(Name::observed), {}) && refers_to(event.node(Name::messageBroker), {});
}
bool payload_refers_well(const Node& payload, Around) {
  const auto* source = payload.node(Name::source);
  const auto keys = source ? source->nodes(Name::keys) : Nodes{};
  const bool event =
      !source || (is_model(*source) && !keys.empty() &&
                  (key_type(keys.back()) == "BasicEventElement" || key_type(keys.back()) == "EventElement"));
  return event && refers_to(payload.node(Name::observableReference), {});
}
bool no_interval_for_input(const Node& event, Around) {
  return event.text(Name::direction) != "input" || !event.has(Name::maxInterval);
}
bool category_of_data(const Node& node, Around) {
  const auto category = node.text(Name::category);
  return !node.has(Name::category) || category == "CONSTANT" || category == "PARAMETER" || category == "VARIABLE";
}

// IEC 61360.

bool has_english(Nodes texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [](const Node& text) { return is_english(text.text(Name::language)); });
}
bool preferred_name_in_english(const Node& content, Around) { return has_english(content.nodes(Name::preferredName)); }
bool measures_have_units(const Node& content, Around) {
  const auto type = content.text(Name::dataType);
  return !(type.ends_with("_MEASURE") || type.ends_with("_CURRENCY")) || content.has(Name::unit) ||
         content.has(Name::unitId);
}
bool value_or_list(const Node& content, Around) { return !(content.has(Name::value) && content.has(Name::valueList)); }

template <class Test>
bool every_content(const Node& concept_description, Test test) {
  const auto embedded = concept_description.nodes(Name::embeddedDataSpecifications);
  return std::all_of(embedded.begin(), embedded.end(), [&](const Node& each) {
    const auto* content = each.node(Name::dataSpecificationContent);
    return !content || test(*content);
  });
}
bool is_type_of_property(std::string_view type) {
  constexpr std::array kTypes{
      std::string_view{"DATE"},    std::string_view{"STRING"}, std::string_view{"STRING_TRANSLATABLE"},
      std::string_view{"BOOLEAN"}, std::string_view{"TIME"},   std::string_view{"TIMESTAMP"}};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end() || type.starts_with("INTEGER_") ||
         type.starts_with("REAL_") || type.starts_with("RATIONAL");
}
bool type_of_property(const Node& description, Around) {
  const auto category = description.text(Name::category);
  return (category != "PROPERTY" && category != "VALUE") ||
         every_content(description, [](const Node& each) { return is_type_of_property(each.text(Name::dataType)); });
}
bool type_of_reference(const Node& description, Around) {
  return description.text(Name::category) != "REFERENCE" || every_content(description, [](const Node& each) {
           const auto type = each.text(Name::dataType);
           return type == "STRING" || type == "IRI" || type == "IRDI";
         });
}
bool type_of_document(const Node& description, Around) {
  return description.text(Name::category) != "DOCUMENT" || every_content(description, [](const Node& each) {
           const auto type = each.text(Name::dataType);
           return type == "FILE" || type == "BLOB" || type == "HTML";
         });
}
bool type_of_qualifier(const Node& description, Around) {
  return description.text(Name::category) != "QUALIFIER_TYPE" ||
         every_content(description, [](const Node& each) { return each.has(Name::dataType); });
}
bool defined_in_english(const Node& description, Around) {
  return every_content(
      description, [](const Node& each) { return each.has(Name::value) || has_english(each.nodes(Name::definition)); });
}

constexpr Constraint of(std::string_view id, Class base, std::string_view rule, bool (*holds)(const Node&, Around),
                        Edition only = Edition::any) {
  return {.id = id, .rule = rule, .any_class = false, .base = base, .only = only, .holds = holds};
}
constexpr Constraint with(std::string_view id, Name name, std::string_view rule, bool (*holds)(const Node&, Around)) {
  return {.id = id, .rule = rule, .with = name, .holds = holds};
}

constexpr std::array kConstraints{
    of("AASd-005", AdministrativeInformation, "a revision needs a version", revision_needs_version),
    of("AASd-014", Entity, "a self-managed entity must have a globalAssetId or specificAssetIds",
       self_managed_has_asset),
    of("AASd-014", Entity, "3.0: a self-managed entity has either globalAssetId or specificAssetIds, others neither",
       entity_names_asset_once, Edition::v3_0),
    of("AASd-020", Qualifier, "the value must be of the qualifier's valueType", value_fits_type),
    with("AASd-021", Name::qualifiers, "each type of qualifier may come once", unique_qualifiers),
    of("AASd-022", Submodel, "idShorts of the elements must be unique", unique_id_shorts<Name::submodelElements>),
    of("AASd-022", SubmodelElementCollection, "idShorts of the elements must be unique", unique_id_shorts<Name::value>),
    of("AASd-022", SubmodelElementList, "idShorts of the elements must be unique", unique_id_shorts<Name::value>),
    of("AASd-022", Entity, "idShorts of the statements must be unique", unique_id_shorts<Name::statements>),
    of("AASd-022", AnnotatedRelationshipElement, "idShorts of the annotations must be unique",
       unique_id_shorts<Name::annotations>),
    with("AASd-077", Name::extensions, "names of extensions must be unique", unique_extensions),
    of("AASd-107", SubmodelElementList, "an element's semanticId must be the list's semanticIdListElement",
       list_semantics),
    of("AASd-108", SubmodelElementList, "all elements must be of typeValueListElement", list_types),
    of("AASd-109", SubmodelElementList,
       "a list of Property or Range must have valueTypeListElement, and its elements that valueType", list_value_types),
    of("AASd-114", SubmodelElementList, "elements that have a semanticId must have the same one", list_same_semantics),
    of("AASd-116", AssetInformation, "a specificAssetId named globalAssetId must have that value", global_id_agrees),
    of("AASd-117", SubmodelElement, "an element outside a list must have an idShort", has_id_short_unless_in_list),
    with("AASd-118", Name::supplementalSemanticIds, "supplementalSemanticIds need a semanticId", supplements_need_main),
    with("AASd-129", Name::qualifiers,
         "a qualifier of kind TemplateQualifier may be in a submodel of kind Template only",
         template_qualifiers_in_templates),
    of("AASd-120", SubmodelElement, "3.0: elements of a list must have no idShort", no_id_short_in_list, Edition::v3_0),
    of("AASd-121", Reference, "the first key must be a GlobalReference or an identifiable", first_key_is_global),
    of("AASd-122", Reference, "an ExternalReference must begin with a GlobalReference", external_begins_global),
    of("AASd-123", Reference, "a ModelReference must begin with a shell, a submodel or a concept description",
       model_begins_identifiable),
    of("AASd-124", Reference, "an ExternalReference must end with a GlobalReference or FragmentReference",
       external_ends_generic),
    of("AASd-125", Reference, "a ModelReference must go on with keys of elements", model_goes_on_with_fragments),
    of("AASd-126", Reference, "a FragmentReference may be the last key only", fragment_is_last),
    of("AASd-127", Reference, "a FragmentReference must follow a File or a Blob", fragment_follows_file),
    of("AASd-128", Reference, "the key after a SubmodelElementList must be an index", index_follows_list),
    of("AASd-131", AssetInformation, "there must be a globalAssetId or specificAssetIds", asset_is_named),
    of("AASd-133", SpecificAssetId, "externalSubjectId must be an ExternalReference", subject_is_external),
    of("AASd-134", Operation, "idShorts of all variables must be unique", unique_variables),
    of("AASc-3a-002", DataSpecificationIec61360, "preferredName must have an English text", preferred_name_in_english),
    of("AASc-3a-004", ConceptDescription, "with category PROPERTY or VALUE dataType must be one of values",
       type_of_property),
    of("AASc-3a-005", ConceptDescription, "with category REFERENCE dataType must be STRING, IRI or IRDI",
       type_of_reference),
    of("AASc-3a-006", ConceptDescription, "with category DOCUMENT dataType must be FILE, BLOB or HTML",
       type_of_document),
    of("AASc-3a-007", ConceptDescription, "with category QUALIFIER_TYPE there must be a dataType", type_of_qualifier),
    of("AASc-3a-008", ConceptDescription, "there must be a definition in English, or a value", defined_in_english),
    of("AASc-3a-009", DataSpecificationIec61360, "a measure or currency must have unit or unitId", measures_have_units),
    of("AASc-3a-010", DataSpecificationIec61360, "there may be a value or a valueList, not both", value_or_list),
    of("value", Property, "the value must be of the valueType", value_fits_type),
    of("value", Extension, "the value must be of the valueType", value_fits_type),
    of("value", Range, "min and max must be of the valueType", bounds_fit_type),
    with("language", Name::displayName, "each language may come once", unique_languages_of<Name::displayName>),
    with("language", Name::description, "each language may come once", unique_languages_of<Name::description>),
    of("language", MultiLanguageProperty, "each language may come once", unique_languages_of<Name::value>),
    of("language", DataSpecificationIec61360, "each language may come once", unique_languages_of<Name::preferredName>),
    of("language", DataSpecificationIec61360, "each language may come once", unique_languages_of<Name::shortName>),
    of("language", DataSpecificationIec61360, "each language may come once", unique_languages_of<Name::definition>),
    of("reference", AssetAdministrationShell, "submodels must be model references to submodels",
       submodels_are_submodels),
    of("reference", AssetAdministrationShell, "derivedFrom must be a model reference to a shell", derived_from_shell),
    of("reference", BasicEventElement, "observed and messageBroker must be model references", event_refers_well),
    of("reference", EventPayload, "source must refer to an event and observableReference to an element",
       payload_refers_well),
    of("interval", BasicEventElement, "an event of direction input must have no maxInterval", no_interval_for_input),
    of("AASd-090", DataElement, "3.0: the category must be CONSTANT, PARAMETER or VARIABLE", category_of_data,
       Edition::v3_0)};

using PerClass = std::array<std::vector<const Constraint*>, static_cast<std::size_t>(SecurityAttribute) + 1>;

PerClass sorted_by_class() {
  PerClass out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto each = static_cast<Class>(i);
    if (info(each).abstract) continue;
    for (const auto& constraint : kConstraints) {
      const bool applies =
          constraint.any_class ? info(each).find(constraint.with) != nullptr : is_a(each, constraint.base);
      if (applies) out[i].push_back(&constraint);
    }
  }
  return out;
}

}  // namespace

std::span<const Constraint> constraints() { return kConstraints; }

std::span<const Constraint* const> constraints_of(Class of) {
  static const PerClass sorted = sorted_by_class();
  return sorted[static_cast<std::size_t>(of)];
}

}  // namespace hanse::twin
