#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// The metamodel of the Asset Administration Shell as tables: classes with their attributes in the order that XML wants,
// cardinalities, lengths, enumerations. JSON, XML, the checks and the forms are written once over them.
// Source: IDTA 01001 (metamodel) 3.0 and 3.1, IDTA 01003-a (IEC 61360), IDTA 01002 (descriptors).

namespace hanse::twin {

/// Which edition of the standard a document must fit. `any`: wrong is only what is wrong in both.
enum class Edition : std::uint8_t { any, v3_0, v3_1 };

// clang-format off
/// The classes by their names in the standard; abstract ones first.
#define HANSE_TWIN_CLASSES(X)                                                                                          \
  X(Referable) X(Identifiable) X(SubmodelElement) X(DataElement) X(EventElement) X(DataSpecificationContent)           \
  X(Environment) X(AssetAdministrationShell) X(Submodel) X(ConceptDescription) X(AssetInformation)                     \
  X(SpecificAssetId) X(Resource) X(AdministrativeInformation) X(Reference) X(Key) X(Qualifier) X(Extension)            \
  X(EmbeddedDataSpecification) X(DataSpecificationIec61360) X(ValueList) X(ValueReferencePair) X(LevelType)            \
  X(LangStringNameType) X(LangStringTextType) X(LangStringPreferredNameTypeIec61360)                                   \
  X(LangStringShortNameTypeIec61360) X(LangStringDefinitionTypeIec61360) X(Property) X(MultiLanguageProperty) X(Range) \
  X(File) X(Blob) X(ReferenceElement) X(RelationshipElement) X(AnnotatedRelationshipElement) X(Entity)                 \
  X(SubmodelElementCollection) X(SubmodelElementList) X(BasicEventElement) X(Capability) X(Operation)                  \
  X(OperationVariable) X(EventPayload) X(AssetAdministrationShellDescriptor) X(SubmodelDescriptor) X(Endpoint)         \
  X(ProtocolInformation) X(SecurityAttribute)

/// The attributes by their names in JSON and XML.
#define HANSE_TWIN_NAMES(X)                                                                                            \
  X(administration) X(annotations) X(assetAdministrationShells) X(assetInformation) X(assetKind) X(assetType)          \
  X(category) X(conceptDescriptions) X(contentType) X(creator) X(dataSpecification) X(dataSpecificationContent)        \
  X(dataType) X(defaultThumbnail) X(definition) X(derivedFrom) X(description) X(direction) X(displayName)              \
  X(embeddedDataSpecifications) X(endpointProtocol) X(endpointProtocolVersion) X(endpoints) X(entityType)              \
  X(extensions) X(externalSubjectId) X(first) X(globalAssetId) X(href) X(id) X(idShort) X(inoutputVariables)           \
  X(inputVariables) X(interface) X(isCaseOf) X(key) X(keys) X(kind) X(language) X(lastUpdate) X(levelType) X(max)      \
  X(maxInterval) X(messageBroker) X(messageTopic) X(min) X(minInterval) X(name) X(nom) X(observableReference)          \
  X(observableSemanticId) X(observed) X(orderRelevant) X(outputVariables) X(path) X(payload) X(preferredName)          \
  X(protocolInformation) X(qualifiers) X(referredSemanticId) X(refersTo) X(revision) X(second)                         \
  X(securityAttributes) X(semanticId) X(semanticIdListElement) X(shortName) X(source) X(sourceOfDefinition)            \
  X(sourceSemanticId) X(specificAssetIds) X(state) X(statements) X(subjectId) X(submodelDescriptors)                   \
  X(submodelElements) X(submodels) X(subprotocol) X(subprotocolBody) X(subprotocolBodyEncoding)                        \
  X(supplementalSemanticId) X(supplementalSemanticIds) X(symbol) X(templateId) X(text) X(timeStamp) X(topic) X(typ)    \
  X(type) X(typeValueListElement) X(unit) X(unitId) X(value) X(valueFormat) X(valueId) X(valueList)                    \
  X(valueReferencePairs) X(valueType) X(valueTypeListElement) X(version)
// clang-format on

#define HANSE_TWIN_ENUMERATOR(name) name,
enum class Class : std::uint8_t { HANSE_TWIN_CLASSES(HANSE_TWIN_ENUMERATOR) };
enum class Name : std::uint8_t { HANSE_TWIN_NAMES(HANSE_TWIN_ENUMERATOR) };
#undef HANSE_TWIN_ENUMERATOR

enum class Kind : std::uint8_t {
  text,
  boolean,
  enumeration,  ///< A text out of `values`.
  object,       ///< One object of class `of`.
  objects,      ///< At least one object of class `of`, when it is there at all.
  texts,        ///< At least one text; descriptors only.
};

/// What a text must look like besides its length.
enum class Lexical : std::uint8_t {
  any,
  id_short,
  number_text,   ///< `version`, `revision`: 0, or digits without a leading zero.
  language,      ///< BCP 47
  content_type,  ///< RFC 2046
  uri,           ///< 3.1: a URI reference (RFC 2396).
  date_time_utc,
  duration,
  base64,
};

struct Attribute {
  Name name{};
  Kind kind = Kind::text;
  Class of{};                                     ///< Of `object` and `objects`.
  std::span<const std::string_view> values = {};  ///< Of `enumeration`.
  bool required = false;
  bool required_3_0 = false;  ///< Required by 3.0 only.
  bool only_3_1 = false;      ///< Not there in 3.0.
  std::uint16_t length_min = 1;
  std::uint16_t length_max = 0;  ///< Characters; 0 for no limit.
  Lexical lexical = Lexical::any;
};

struct ClassInfo {
  std::string_view name;
  std::string_view xml_name;  ///< The name in lower camel case.
  bool abstract = false;
  bool has_model_type = false;  ///< JSON carries `modelType`.
  std::span<const Attribute> attributes;

  const Attribute* find(std::string_view attribute) const;
  const Attribute* find(Name attribute) const;
};

const ClassInfo& info(Class of);
std::string_view to_string(Name name);
std::optional<Class> class_by_name(std::string_view name);
std::optional<Class> class_by_xml_name(std::string_view name);
/// Is `of` the class `base` or one below it? Abstract classes are above the concrete ones they name in the standard.
bool is_a(Class of, Class base);

/// The thirty types of values, as `xs:double`.
std::span<const std::string_view> xsd_types();
std::span<const std::string_view> key_types();

}  // namespace hanse::twin
