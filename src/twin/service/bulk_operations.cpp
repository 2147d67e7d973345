#include <fmt/format.h>

#include "twin/service/operations.hpp"

// Many descriptors at once, all or none (IDTA 01002, bulk profiles of the registries). What there is to do takes no
// longer than an answer, so the result is there when the handle is.

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

constexpr std::size_t kAtOnceMax = 10'000;

/// The items of a list in the body. Errors: `invalid`, `too_large`.
Result<std::vector<JsonRef>> items_of(const JsonDocument& document) {
  const auto root = document.root();
  if (root.kind() != JsonRef::Kind::array || root.size() == 0)
    return fail(ErrorCode::invalid, "the body must be a list of at least one");
  if (root.size() > kAtOnceMax)
    return fail(ErrorCode::too_large, fmt::format("that is over {} at once; send them in parts", kAtOnceMax));
  std::vector<JsonRef> out;
  for (std::size_t i = 0; i < root.size(); ++i) out.push_back(root.element(i));
  return out;
}

/// Begun: where to ask how it goes, and `outcome` for whom asks. A body that is no list at all is refused at once.
Response accepted(Call& call, const Result<void>& outcome) {
  // Empty: done.
  auto kept = outcome ? std::string{} : error_response(outcome.error(), 400, call.twins.clock().now()).body;
  const auto handle = call.bulk_handles.keep(call.twins.clock(), std::move(kept));
  Response response{.status = 202, .content_type = "", .body = "", .version = {}};
  response.headers.emplace_back("Location", fmt::format("{}/bulk/status/{}", call.base, handle));
  return response;
}

Result<std::vector<Node>> read_descriptors(const std::vector<JsonRef>& items, Class of) {
  Findings findings;
  std::vector<Node> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (auto node = read_json(items[i], of, {}, findings, {.index = static_cast<std::ptrdiff_t>(i)}))
      out.push_back(*std::move(node));
  }
  HANSE_CHECK(findings.as_result(fmt::format("the list of {}", info(of).name)));
  return out;
}

template <Class of, bool all_new>
Result<Response> write_all(Call& call) {
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  HANSE_TRY(const auto items, items_of(document));
  const auto write = [&]() -> Result<void> {
    HANSE_TRY(const auto nodes, read_descriptors(items, of));
    return all_new ? call.twins.create_all(call.actor(), nodes) : call.twins.put_all(call.actor(), nodes);
  };
  return accepted(call, write());
}

template <Class of>
Result<Response> remove_all(Call& call) {
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  HANSE_TRY(const auto items, items_of(document));
  std::vector<std::string> ids;
  for (const auto& each : items) {
    if (each.kind() != JsonRef::Kind::string) return fail(ErrorCode::invalid, "the body must be a list of identifiers");
    ids.emplace_back(each.string());
  }
  return accepted(call, call.twins.remove_all(call.actor(), of, ids));
}

Result<std::string> find_outcome(const Call& call) {
  auto found = call.bulk_handles.find(call.name("handle"));
  if (!found) return fail(ErrorCode::not_found, "there is no bulk operation of this handle");
  return *std::move(found);
}

Result<Response> status(Call& call) {
  HANSE_CHECK(find_outcome(call));
  Response response{.status = 302, .content_type = "", .body = "", .version = {}};
  response.headers.emplace_back("Location", fmt::format("{}/bulk/result/{}", call.base, call.name("handle")));
  return response;
}

Result<Response> result(Call& call) {
  HANSE_TRY(auto outcome, find_outcome(call));
  return outcome.empty() ? no_content() : json_response(std::move(outcome), 400);
}

}  // namespace

std::vector<Action> bulk_operations() {
  constexpr auto kShellEntry = AssetAdministrationShellDescriptor;
  constexpr auto kSubmodelEntry = SubmodelDescriptor;
  return {{Method::post, "bulk/shell-descriptors", write_all<kShellEntry, true>},
          {Method::put, "bulk/shell-descriptors", write_all<kShellEntry, false>},
          {Method::del, "bulk/shell-descriptors", remove_all<kShellEntry>},
          {Method::post, "bulk/submodel-descriptors", write_all<kSubmodelEntry, true>},
          {Method::put, "bulk/submodel-descriptors", write_all<kSubmodelEntry, false>},
          {Method::del, "bulk/submodel-descriptors", remove_all<kSubmodelEntry>},
          {Method::get, "bulk/status/{handle}", status},
          {Method::get, "bulk/result/{handle}", result}};
}

}  // namespace hanse::twin
