#include "twin/plant/builders.hpp"

#include "twin/model/scan.hpp"

namespace hanse::twin {

Node element(Class of, std::string_view id_short, std::string_view semantic_id) {
  Node node{of};
  if (!id_short.empty()) node.set(Name::idShort, std::string{id_short});
  if (!semantic_id.empty()) node.set(Name::semanticId, external_reference(semantic_id));
  return node;
}

Node property(std::string_view id_short, std::string_view value_type, std::string value, std::string_view semantic_id) {
  auto node = element(Class::Property, id_short, semantic_id);
  node.set(Name::valueType, std::string{value_type});
  node.set(Name::value, std::move(value));
  return node;
}

Node lang_text(Class of, std::string_view language, std::string text) {
  Node node{of};
  node.set(Name::language, std::string{language});
  node.set(Name::text, std::move(text));
  return node;
}

Node multi_language(std::string_view id_short, std::string text, std::string_view semantic_id) {
  auto node = element(Class::MultiLanguageProperty, id_short, semantic_id);
  node.add(Name::value, lang_text(Class::LangStringTextType, "en", std::move(text)));
  return node;
}

Node collection(std::string_view id_short, std::string_view semantic_id, std::vector<Node> elements) {
  auto node = element(Class::SubmodelElementCollection, id_short, semantic_id);
  node.set(Name::value, std::move(elements));
  return node;
}

Node relationship(std::string_view id_short, std::string_view semantic_id, Node first, Node second) {
  auto node = element(Class::RelationshipElement, id_short, semantic_id);
  node.set(Name::first, std::move(first));
  node.set(Name::second, std::move(second));
  return node;
}

Node operation_variable(Node element) {
  Node node{Class::OperationVariable};
  node.set(Name::value, std::move(element));
  return node;
}

Node submodel(std::string_view id, std::string_view id_short, std::string_view semantic_id,
              std::vector<Node> elements) {
  auto node = element(Class::Submodel, id_short, semantic_id);
  node.set(Name::id, std::string{id});
  node.set(Name::kind, std::string{"Instance"});
  node.set(Name::submodelElements, std::move(elements));
  return node;
}

std::string id_short_of(std::string_view text) {
  std::string out;
  for (const char c : text) out += is_alphanumeric(c) ? c : '_';
  if (out.empty() || !is_letter(out.front())) out.insert(0, "n_");
  if (out.size() < 2) out += '_';
  constexpr std::size_t kMax = 128;
  out.resize(std::min(out.size(), kMax));
  return out;
}

}  // namespace hanse::twin
