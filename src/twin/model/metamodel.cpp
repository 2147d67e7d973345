#include "twin/model/metamodel.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace hanse::twin {
namespace {

using Values = std::span<const std::string_view>;
template <std::size_t N>
using Names = std::array<std::string_view, N>;

constexpr Names<30> kXsdTypes{"xs:anyURI",
                              "xs:base64Binary",
                              "xs:boolean",
                              "xs:byte",
                              "xs:date",
                              "xs:dateTime",
                              "xs:decimal",
                              "xs:double",
                              "xs:duration",
                              "xs:float",
                              "xs:gDay",
                              "xs:gMonth",
                              "xs:gMonthDay",
                              "xs:gYear",
                              "xs:gYearMonth",
                              "xs:hexBinary",
                              "xs:int",
                              "xs:integer",
                              "xs:long",
                              "xs:negativeInteger",
                              "xs:nonNegativeInteger",
                              "xs:nonPositiveInteger",
                              "xs:positiveInteger",
                              "xs:short",
                              "xs:string",
                              "xs:time",
                              "xs:unsignedByte",
                              "xs:unsignedInt",
                              "xs:unsignedLong",
                              "xs:unsignedShort"};
constexpr Names<24> kKeyTypes{"AnnotatedRelationshipElement",
                              "AssetAdministrationShell",
                              "BasicEventElement",
                              "Blob",
                              "Capability",
                              "ConceptDescription",
                              "DataElement",
                              "Entity",
                              "EventElement",
                              "File",
                              "FragmentReference",
                              "GlobalReference",
                              "Identifiable",
                              "MultiLanguageProperty",
                              "Operation",
                              "Property",
                              "Range",
                              "Referable",
                              "ReferenceElement",
                              "RelationshipElement",
                              "Submodel",
                              "SubmodelElement",
                              "SubmodelElementCollection",
                              "SubmodelElementList"};
constexpr Names<17> kListTypes{"AnnotatedRelationshipElement",
                               "BasicEventElement",
                               "Blob",
                               "Capability",
                               "DataElement",
                               "Entity",
                               "EventElement",
                               "File",
                               "MultiLanguageProperty",
                               "Operation",
                               "Property",
                               "Range",
                               "ReferenceElement",
                               "RelationshipElement",
                               "SubmodelElement",
                               "SubmodelElementCollection",
                               "SubmodelElementList"};
constexpr Names<4> kAssetKinds{"Instance", "NotApplicable", "Role", "Type"};
constexpr Names<2> kModellingKinds{"Instance", "Template"};
constexpr Names<2> kEntityTypes{"CoManagedEntity", "SelfManagedEntity"};
constexpr Names<3> kQualifierKinds{"ConceptQualifier", "TemplateQualifier", "ValueQualifier"};
constexpr Names<2> kReferenceTypes{"ExternalReference", "ModelReference"};
constexpr Names<2> kDirections{"input", "output"};
constexpr Names<2> kStates{"off", "on"};
constexpr Names<3> kSecurityTypes{"NONE", "RFC_TLSA", "W3C_DID"};
constexpr Names<19> kIecDataTypes{"BLOB",
                                  "BOOLEAN",
                                  "DATE",
                                  "FILE",
                                  "HTML",
                                  "INTEGER_COUNT",
                                  "INTEGER_CURRENCY",
                                  "INTEGER_MEASURE",
                                  "IRDI",
                                  "IRI",
                                  "RATIONAL",
                                  "RATIONAL_MEASURE",
                                  "REAL_COUNT",
                                  "REAL_CURRENCY",
                                  "REAL_MEASURE",
                                  "STRING",
                                  "STRING_TRANSLATABLE",
                                  "TIME",
                                  "TIMESTAMP"};

// The makers of rows: what is required ends with `_1`, else it may be absent.
constexpr Attribute a_text(Name called, std::uint16_t max = 0, Lexical lexical = Lexical::any) {
  return {.name = called, .length_max = max, .lexical = lexical};
}
constexpr Attribute a_text_1(Name called, std::uint16_t max = 0, Lexical lexical = Lexical::any) {
  return {.name = called, .required = true, .length_max = max, .lexical = lexical};
}
/// A text that may be empty: a value.
constexpr Attribute a_value(Name called = Name::value, std::uint16_t max = 0, Lexical lexical = Lexical::any) {
  return {.name = called, .length_min = 0, .length_max = max, .lexical = lexical};
}
constexpr Attribute choice(Name called, Values values) {
  return {.name = called, .kind = Kind::enumeration, .values = values};
}
constexpr Attribute choice_1(Name called, Values values) {
  return {.name = called, .kind = Kind::enumeration, .values = values, .required = true};
}
constexpr Attribute flag(Name called) { return {.name = called, .kind = Kind::boolean}; }
constexpr Attribute flag_1(Name called) { return {.name = called, .kind = Kind::boolean, .required = true}; }
constexpr Attribute one(Name called, Class of) { return {.name = called, .kind = Kind::object, .of = of}; }
constexpr Attribute one_1(Name called, Class of) {
  return {.name = called, .kind = Kind::object, .of = of, .required = true};
}
constexpr Attribute many(Name called, Class of) { return {.name = called, .kind = Kind::objects, .of = of}; }
constexpr Attribute many_1(Name called, Class of) {
  return {.name = called, .kind = Kind::objects, .of = of, .required = true};
}
constexpr Attribute needed_in_3_0(Attribute attribute) {
  attribute.required_3_0 = true;
  return attribute;
}

template <std::size_t... N>
constexpr auto join(const std::array<Attribute, N>&... parts) {
  std::array<Attribute, (N + ...)> out{};
  std::size_t at = 0;
  const auto append = [&](const auto& part) {
    for (const auto& attribute : part) out[at++] = attribute;
  };
  (append(parts), ...);
  return out;
}
template <class... T>
constexpr auto rows(T... attributes) {
  return std::array<Attribute, sizeof...(T)>{attributes...};
}

using enum Name;
constexpr std::uint16_t kIdentifierMax = 2048;
constexpr std::uint16_t kNameMax = 128;

constexpr auto kReferable =
    rows(many(extensions, Class::Extension), a_text(category, kNameMax), a_text(idShort, kNameMax, Lexical::id_short),
         many(displayName, Class::LangStringNameType), many(description, Class::LangStringTextType));
constexpr auto kIdentifiable =
    join(kReferable, rows(one(administration, Class::AdministrativeInformation), a_text_1(id, kIdentifierMax)));
constexpr auto kSemantics = rows(one(semanticId, Class::Reference), many(supplementalSemanticIds, Class::Reference));
constexpr auto kQualifiable = rows(many(qualifiers, Class::Qualifier));
constexpr auto kDataSpecified = rows(many(embeddedDataSpecifications, Class::EmbeddedDataSpecification));
constexpr auto kElement = join(kReferable, kSemantics, kQualifiable, kDataSpecified);

constexpr auto kEnvironment =
    rows(many(assetAdministrationShells, Class::AssetAdministrationShell), many(submodels, Class::Submodel),
         many(conceptDescriptions, Class::ConceptDescription));
constexpr auto kShell = join(kIdentifiable, kDataSpecified,
                             rows(one(derivedFrom, Class::Reference), one_1(assetInformation, Class::AssetInformation),
                                  many(submodels, Class::Reference)));
constexpr auto kSubmodel = join(kIdentifiable, rows(choice(kind, kModellingKinds)), kSemantics, kQualifiable,
                                kDataSpecified, rows(many(submodelElements, Class::SubmodelElement)));
constexpr auto kConcept = join(kIdentifiable, kDataSpecified, rows(many(isCaseOf, Class::Reference)));
constexpr auto kAssetInformation = rows(choice_1(assetKind, kAssetKinds), a_text(globalAssetId, kIdentifierMax),
                                        many(specificAssetIds, Class::SpecificAssetId),
                                        a_text(assetType, kIdentifierMax), one(defaultThumbnail, Class::Resource));
constexpr auto kSpecificAssetId = join(kSemantics, rows(a_text_1(name, 64), a_text_1(Name::value, kIdentifierMax),
                                                        one(externalSubjectId, Class::Reference)));
constexpr auto kResource =
    rows(a_text_1(path, kIdentifierMax, Lexical::uri), a_text(contentType, 128, Lexical::content_type));
constexpr auto kAdministration =
    join(kDataSpecified, rows(a_text(version, 4, Lexical::number_text), a_text(revision, 4, Lexical::number_text),
                              one(creator, Class::Reference), a_text(templateId, kIdentifierMax)));
constexpr auto kReference =
    rows(choice_1(type, kReferenceTypes), one(referredSemanticId, Class::Reference), many_1(keys, Class::Key));
constexpr auto kKey = rows(choice_1(type, kKeyTypes), a_text_1(Name::value, kIdentifierMax));
constexpr auto kQualifier =
    join(kSemantics, rows(choice(kind, kQualifierKinds), a_text_1(type, kNameMax), choice_1(valueType, kXsdTypes),
                          a_value(), one(valueId, Class::Reference)));
constexpr auto kExtension = join(kSemantics, rows(a_text_1(name, kNameMax), choice(valueType, kXsdTypes), a_value(),
                                                  many(refersTo, Class::Reference)));
constexpr auto kEmbedded =
    rows(one_1(dataSpecification, Class::Reference), one_1(dataSpecificationContent, Class::DataSpecificationContent));
constexpr auto kIec61360 =
    rows(many_1(preferredName, Class::LangStringPreferredNameTypeIec61360),
         many(shortName, Class::LangStringShortNameTypeIec61360), a_text(unit), one(unitId, Class::Reference),
         a_text(sourceOfDefinition), a_text(symbol), choice(dataType, kIecDataTypes),
         many(definition, Class::LangStringDefinitionTypeIec61360), a_text(valueFormat),
         one(valueList, Class::ValueList), a_text(Name::value, kIdentifierMax), one(levelType, Class::LevelType));
constexpr auto kValueList = rows(many_1(valueReferencePairs, Class::ValueReferencePair));
constexpr auto kValuePair = rows(a_text_1(Name::value, kIdentifierMax), needed_in_3_0(one(valueId, Class::Reference)));
constexpr auto kLevel = rows(flag_1(min), flag_1(nom), flag_1(typ), flag_1(max));
constexpr auto lang_string(std::uint16_t max) {
  return rows(a_text_1(language, 0, Lexical::language), a_text_1(Name::text, max));
}
constexpr auto kNameText = lang_string(128);
constexpr auto kLongText = lang_string(1023);
constexpr auto kPreferredText = lang_string(255);
constexpr auto kShortText = lang_string(18);
constexpr auto kProperty =
    join(kElement, rows(choice_1(valueType, kXsdTypes), a_value(), one(valueId, Class::Reference)));
constexpr auto kMultiLanguage =
    join(kElement, rows(many(Name::value, Class::LangStringTextType), one(valueId, Class::Reference)));
constexpr auto kRange = join(kElement, rows(choice_1(valueType, kXsdTypes), a_value(min), a_value(max)));
constexpr auto kFile = join(kElement, rows(a_text(Name::value, kIdentifierMax, Lexical::uri),
                                           needed_in_3_0(a_text(contentType, 128, Lexical::content_type))));
constexpr auto kBlob = join(kElement, rows(a_value(Name::value, 0, Lexical::base64),
                                           needed_in_3_0(a_text(contentType, 128, Lexical::content_type))));
constexpr auto kReferenceElement = join(kElement, rows(one(Name::value, Class::Reference)));
constexpr auto kRelationship =
    join(kElement, rows(needed_in_3_0(one(first, Class::Reference)), needed_in_3_0(one(second, Class::Reference))));
constexpr auto kAnnotated = join(kRelationship, rows(many(annotations, Class::DataElement)));
constexpr auto kEntity =
    join(kElement, rows(many(statements, Class::SubmodelElement), needed_in_3_0(choice(entityType, kEntityTypes)),
                        a_text(globalAssetId, kIdentifierMax), many(specificAssetIds, Class::SpecificAssetId)));
constexpr auto kCollection = join(kElement, rows(many(Name::value, Class::SubmodelElement)));
constexpr auto kList =
    join(kElement, rows(flag(orderRelevant), one(semanticIdListElement, Class::Reference),
                        choice_1(typeValueListElement, kListTypes), choice(valueTypeListElement, kXsdTypes),
                        many(Name::value, Class::SubmodelElement)));
constexpr auto kEvent =
    join(kElement, rows(one_1(observed, Class::Reference), choice_1(direction, kDirections), choice_1(state, kStates),
                        a_text(messageTopic, 255), one(messageBroker, Class::Reference),
                        a_text(lastUpdate, 0, Lexical::date_time_utc), a_text(minInterval, 0, Lexical::duration),
                        a_text(maxInterval, 0, Lexical::duration)));
constexpr auto kOperation =
    join(kElement, rows(many(inputVariables, Class::OperationVariable), many(outputVariables, Class::OperationVariable),
                        many(inoutputVariables, Class::OperationVariable)));
constexpr auto kOperationVariable = rows(one_1(Name::value, Class::SubmodelElement));
constexpr auto kEventPayload =
    rows(one_1(source, Class::Reference), one(sourceSemanticId, Class::Reference),
         one_1(observableReference, Class::Reference), one(observableSemanticId, Class::Reference), a_text(topic, 255),
         one(subjectId, Class::Reference), a_text_1(timeStamp, 0, Lexical::date_time_utc),
         a_value(payload, 0, Lexical::base64));

// Descriptors of IDTA 01002. They exist in JSON only.
constexpr auto kDescriptor =
    rows(many(description, Class::LangStringTextType), many(displayName, Class::LangStringNameType),
         many(extensions, Class::Extension), one(administration, Class::AdministrativeInformation));
constexpr auto kShellDescriptor =
    join(kDescriptor,
         rows(choice(assetKind, kAssetKinds), a_text(assetType, kIdentifierMax), many(endpoints, Class::Endpoint),
              a_text(globalAssetId, kIdentifierMax), a_text(idShort, kNameMax, Lexical::id_short),
              a_text_1(id, kIdentifierMax), many(specificAssetIds, Class::SpecificAssetId),
              many(submodelDescriptors, Class::SubmodelDescriptor)));
constexpr auto kSubmodelDescriptor = join(
    kDescriptor, rows(many_1(endpoints, Class::Endpoint), a_text(idShort, kNameMax, Lexical::id_short),
                      a_text_1(id, kIdentifierMax), one(semanticId, Class::Reference),
                      many(supplementalSemanticId, Class::Reference), many(supplementalSemanticIds, Class::Reference)));
constexpr auto kEndpoint = rows(a_text_1(interface, 128), one_1(protocolInformation, Class::ProtocolInformation));
constexpr auto kProtocol =
    rows(a_text_1(href, kIdentifierMax), a_text(endpointProtocol, 128),
         Attribute{.name = endpointProtocolVersion, .kind = Kind::texts, .length_max = 128}, a_text(subprotocol, 128),
         a_text(subprotocolBody, kIdentifierMax), a_text(subprotocolBodyEncoding, 128),
         many(securityAttributes, Class::SecurityAttribute));
constexpr auto kSecurity = rows(choice_1(type, kSecurityTypes), a_text_1(key), a_text_1(Name::value));

constexpr std::array kNameTexts{
#define HANSE_TWIN_TEXT(name) std::string_view{#name},
    HANSE_TWIN_NAMES(HANSE_TWIN_TEXT)};
constexpr std::array kClassNames{HANSE_TWIN_CLASSES(HANSE_TWIN_TEXT)};
#undef HANSE_TWIN_TEXT

std::span<const Attribute> attributes_of(Class of) {
  switch (of) {
    case Class::Environment:
      return kEnvironment;
    case Class::AssetAdministrationShell:
      return kShell;
    case Class::Submodel:
      return kSubmodel;
    case Class::ConceptDescription:
      return kConcept;
    case Class::AssetInformation:
      return kAssetInformation;
    case Class::SpecificAssetId:
      return kSpecificAssetId;
    case Class::Resource:
      return kResource;
    case Class::AdministrativeInformation:
      return kAdministration;
    case Class::Reference:
      return kReference;
    case Class::Key:
      return kKey;
    case Class::Qualifier:
      return kQualifier;
    case Class::Extension:
      return kExtension;
    case Class::EmbeddedDataSpecification:
      return kEmbedded;
    case Class::DataSpecificationIec61360:
      return kIec61360;
    case Class::ValueList:
      return kValueList;
    case Class::ValueReferencePair:
      return kValuePair;
    case Class::LevelType:
      return kLevel;
    case Class::LangStringNameType:
      return kNameText;
    case Class::LangStringTextType:
      return kLongText;
    case Class::LangStringPreferredNameTypeIec61360:
      return kPreferredText;
    case Class::LangStringShortNameTypeIec61360:
      return kShortText;
    case Class::LangStringDefinitionTypeIec61360:
      return kLongText;
    case Class::Property:
      return kProperty;
    case Class::MultiLanguageProperty:
      return kMultiLanguage;
    case Class::Range:
      return kRange;
    case Class::File:
      return kFile;
    case Class::Blob:
      return kBlob;
    case Class::ReferenceElement:
      return kReferenceElement;
    case Class::RelationshipElement:
      return kRelationship;
    case Class::AnnotatedRelationshipElement:
      return kAnnotated;
    case Class::Entity:
      return kEntity;
    case Class::SubmodelElementCollection:
      return kCollection;
    case Class::SubmodelElementList:
      return kList;
    case Class::BasicEventElement:
      return kEvent;
    case Class::Capability:
      return kElement;
    case Class::Operation:
      return kOperation;
    case Class::OperationVariable:
      return kOperationVariable;
    case Class::EventPayload:
      return kEventPayload;
    case Class::AssetAdministrationShellDescriptor:
      return kShellDescriptor;
    case Class::SubmodelDescriptor:
      return kSubmodelDescriptor;
    case Class::Endpoint:
      return kEndpoint;
    case Class::ProtocolInformation:
      return kProtocol;
    case Class::SecurityAttribute:
      return kSecurity;
    case Class::Referable:
    case Class::Identifiable:
    case Class::SubmodelElement:
    case Class::DataElement:
    case Class::EventElement:
    case Class::DataSpecificationContent:
      break;
  }
  return {};
}

bool carries_model_type(Class of) {
  return is_a(of, Class::SubmodelElement) || is_a(of, Class::Identifiable) || of == Class::DataSpecificationIec61360;
}

/// All classes with what was worked out from the tables, made once.
struct Book {
  std::array<std::string, kClassNames.size()> xml_names;
  std::array<ClassInfo, kClassNames.size()> classes;
  std::unordered_map<std::string_view, Class> by_name, by_xml_name;
  Book() {
    for (std::size_t i = 0; i < kClassNames.size(); ++i) {
      const auto of = static_cast<Class>(i);
      xml_names[i] = kClassNames[i];
      xml_names[i][0] = static_cast<char>(xml_names[i][0] - 'A' + 'a');
      classes[i] = {.name = kClassNames[i],
                    .xml_name = xml_names[i],
                    .abstract = of <= Class::DataSpecificationContent,
                    .has_model_type = carries_model_type(of),
                    .attributes = attributes_of(of)};
      by_name.emplace(kClassNames[i], of);
      by_xml_name.emplace(classes[i].xml_name, of);
    }
  }
};

const Book& book() {
  static const Book made;
  return made;
}

}  // namespace

const Attribute* ClassInfo::find(std::string_view attribute) const {
  for (const auto& known : attributes) {
    if (to_string(known.name) == attribute) return &known;
  }
  return nullptr;
}

const Attribute* ClassInfo::find(Name attribute) const {
  for (const auto& known : attributes) {
    if (known.name == attribute) return &known;
  }
  return nullptr;
}

const ClassInfo& info(Class of) { return book().classes[static_cast<std::size_t>(of)]; }
std::string_view to_string(Name name) { return kNameTexts[static_cast<std::size_t>(name)]; }

std::optional<Class> class_by_name(std::string_view name) {
  const auto found = book().by_name.find(name);
  if (found == book().by_name.end()) return std::nullopt;
  return found->second;
}

std::optional<Class> class_by_xml_name(std::string_view name) {
  const auto found = book().by_xml_name.find(name);
  if (found == book().by_xml_name.end()) return std::nullopt;
  return found->second;
}

bool is_a(Class of, Class base) {
  if (of == base) return true;
  const auto one_of = [of](auto... others) { return ((of == others) || ...); };
  switch (base) {
    case Class::DataSpecificationContent:
      return of == Class::DataSpecificationIec61360;
    case Class::EventElement:
      return of == Class::BasicEventElement;
    case Class::RelationshipElement:
      return of == Class::AnnotatedRelationshipElement;
    case Class::DataElement:
      return one_of(Class::Property, Class::MultiLanguageProperty, Class::Range, Class::File, Class::Blob,
                    Class::ReferenceElement);
    case Class::SubmodelElement:
      return is_a(of, Class::DataElement) || is_a(of, Class::RelationshipElement) || is_a(of, Class::EventElement) ||
             one_of(Class::DataElement, Class::EventElement, Class::Entity, Class::SubmodelElementCollection,
                    Class::SubmodelElementList, Class::Capability, Class::Operation);
    case Class::Identifiable:
      return one_of(Class::AssetAdministrationShell, Class::Submodel, Class::ConceptDescription);
    case Class::Referable:
      return is_a(of, Class::Identifiable) || is_a(of, Class::SubmodelElement);
    default:
      return false;
  }
}

std::span<const std::string_view> xsd_types() { return kXsdTypes; }
std::span<const std::string_view> key_types() { return kKeyTypes; }

}  // namespace hanse::twin
