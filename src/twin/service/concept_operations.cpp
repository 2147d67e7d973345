#include "twin/service/operations.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

Result<Response> list_concepts(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto filter, filter_of(call, ConceptDescription));
  HANSE_TRY(const auto page, call.twins.list(ConceptDescription, filter, wish.cursor, wish.limit));
  PagedBody body;
  for (const auto& each : page.items) append_json(body.next_item(), *each);
  return json_response(std::move(body).finish(page.next));
}

Result<Response> post_concept(Call& call) {
  HANSE_TRY(const auto node, read_body(call, ConceptDescription));
  HANSE_CHECK(call.twins.create(call.actor(), node));
  return created(call, full_path(call, "concept-descriptions", node.text(Name::id)), write_json(node));
}

Result<Response> get_concept(Call& call) {
  HANSE_TRY(const auto node, call.twins.get(ConceptDescription, call.name("cd")));
  return json_response(write_json(*node));
}

Result<Response> put_concept(Call& call) {
  HANSE_TRY(const auto node, read_body(call, ConceptDescription));
  if (node.text(Name::id) != call.name("cd")) return fail(ErrorCode::invalid, "the body's id must be that of the path");
  HANSE_TRY(const bool is_new, call.twins.put(call.actor(), node));
  if (!is_new) return no_content();
  return created(call, full_path(call, "concept-descriptions", node.text(Name::id)), write_json(node));
}

Result<Response> delete_concept(Call& call) {
  HANSE_CHECK(call.twins.remove(call.actor(), ConceptDescription, call.name("cd")));
  return no_content();
}

}  // namespace

std::vector<Action> concept_operations() {
  return {{Method::get, "concept-descriptions", list_concepts},
          {Method::post, "concept-descriptions", post_concept},
          {Method::get, "concept-descriptions/{cd}", get_concept},
          {Method::put, "concept-descriptions/{cd}", put_concept},
          {Method::del, "concept-descriptions/{cd}", delete_concept}};
}

}  // namespace hanse::twin
