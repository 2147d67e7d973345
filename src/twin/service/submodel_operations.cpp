#include <fmt/format.h>

#include "twin/model/element_path.hpp"
#include "twin/model/reference.hpp"
#include "twin/service/operations.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

/// Pages of submodels in one of the forms.
template <class Append>
Result<Response> list_submodels(Call& call, Append append) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto filter, filter_of(call, Submodel));
  HANSE_TRY(const auto page, call.twins.list(Submodel, filter, wish.cursor, wish.limit));
  PagedBody body;
  for (const auto& each : page.items) append(body, *each);
  return json_response(std::move(body).finish(page.next));
}

Result<Response> submodels_list_normal(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  const auto live = call.twins.live();
  shape.live = &live;
  return list_submodels(call, [&](PagedBody& body, const Node& each) { append_normal(body.next_item(), each, shape); });
}
Result<Response> submodels_list_metadata(Call& call) {
  return list_submodels(call, [](PagedBody& body, const Node& each) { append_metadata(body.next_item(), each); });
}
Result<Response> submodels_list_values(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  const auto live = call.twins.live();
  shape.live = &live;
  return list_submodels(call, [&](PagedBody& body, const Node& each) { append_value(body.next_item(), each, shape); });
}

/// `$reference` has no level but core. Errors: `invalid`.
Result<void> only_core(const Call& call) {
  HANSE_TRY(const auto level, call.query.one("level"));
  if (level && *level != "core") return fail(ErrorCode::invalid, "the parameter 'level' must be core here");
  return {};
}
/// `$metadata` has neither level nor blobs. Errors: `invalid`.
Result<void> no_modifiers(const Call& call) {
  HANSE_TRY(const auto level, call.query.one("level"));
  HANSE_TRY(const auto extent, call.query.one("extent"));
  if ((level && *level != "core") || (extent && *extent != "withoutBlobValue"))
    return fail(ErrorCode::invalid, "metadata takes neither 'level' nor 'extent'");
  return {};
}

Result<Response> submodels_list_references(Call& call) {
  HANSE_CHECK(only_core(call));
  return list_submodels(call, [](PagedBody& body, const Node& each) {
    append_json(body.next_item(), model_reference(Submodel, each.text(Name::id)));
  });
}
Result<Response> submodels_list_paths(Call& call) {
  HANSE_TRY(const auto shape, shape_wish(call.query));
  return list_submodels(call, [&](PagedBody& body, const Node& each) {
    for (const auto& path : paths_of(each, shape.level)) json::append_string(body.next_item(), path);
  });
}

Result<Response> post_submodel(Call& call) {
  HANSE_TRY(const auto submodel, read_body(call, Submodel));
  HANSE_CHECK(call.twins.create(call.actor(), submodel));
  return created(call, full_path(call, "submodels", submodel.text(Name::id)), write_json(submodel));
}

Result<Response> get_submodel(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  HANSE_TRY(const auto submodel, submodel_of(call));
  const auto live = call.twins.live();
  shape.live = &live;
  std::string body;
  append_normal(body, *submodel, shape);
  return json_response(std::move(body));
}

Result<Response> put_submodel(Call& call) {
  const bool below_shell = call.names.contains("aas");
  if (below_shell) HANSE_CHECK(call.twins.get(AssetAdministrationShell, call.name("aas")));
  HANSE_TRY(const auto submodel, read_body(call, Submodel));
  if (submodel.text(Name::id) != call.name("sm"))
    return fail(ErrorCode::invalid, "the body's id must be that of the path");
  HANSE_TRY(const bool is_new, call.twins.put(call.actor(), submodel));
  if (below_shell) {
    // Written below a shell, it is the shell's.
    const auto added =
        call.twins.add_submodel(call.actor(), call.name("aas"), model_reference(Submodel, call.name("sm")));
    if (!added && added.error().code != ErrorCode::conflict) return added.error();
  }
  if (!is_new) return no_content();
  return created(call, full_path(call, "submodels", submodel.text(Name::id)), write_json(submodel));
}

Result<Response> delete_submodel(Call& call) {
  if (call.names.contains("aas")) {
    HANSE_CHECK(submodel_of(call));
    HANSE_CHECK(call.twins.remove(call.actor(), Submodel, call.name("sm")));
    HANSE_CHECK(call.twins.remove_submodel(call.actor(), call.name("aas"), call.name("sm")));
    return no_content();
  }
  HANSE_CHECK(call.twins.remove(call.actor(), Submodel, call.name("sm")));
  return no_content();
}

/// Merges the body's members into the submodel; `metadata` leaves its elements alone.
Result<Response> submodel_patch(Call& call, bool metadata) {
  HANSE_CHECK(submodel_of(call));
  Findings findings;
  auto node = read_json(call.request.body, Submodel, {}, findings);
  HANSE_CHECK(findings.as_result("the body"));
  if (!node) return fail(ErrorCode::invalid, "the body must be a Submodel");
  if (node->has(Name::id) && node->text(Name::id) != call.name("sm"))
    return fail(ErrorCode::invalid, "the body's id must be that of the path");
  if (metadata) strip_values(*node);
  HANSE_CHECK(call.twins.change(call.actor(), Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    merge(submodel, *node);
    return {};
  }));
  return no_content();
}
Result<Response> patch_submodel(Call& call) { return submodel_patch(call, false); }
Result<Response> submodel_patch_metadata(Call& call) {
  HANSE_CHECK(no_modifiers(call));
  return submodel_patch(call, true);
}

Result<Response> submodel_get_metadata(Call& call) {
  HANSE_CHECK(no_modifiers(call));
  HANSE_TRY(const auto submodel, submodel_of(call));
  std::string body;
  append_metadata(body, *submodel);
  return json_response(std::move(body));
}

Result<Response> submodel_get_value(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  HANSE_TRY(const auto submodel, submodel_of(call));
  const auto live = call.twins.live();
  shape.live = &live;
  std::string body;
  append_value(body, *submodel, shape);
  return json_response(std::move(body));
}

Result<Response> submodel_patch_value(Call& call) {
  HANSE_CHECK(submodel_of(call));
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  HANSE_CHECK(call.twins.change(call.actor(), Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    Findings findings;
    apply_value(submodel, document.root(), findings);
    return findings.as_result("the value");
  }));
  return no_content();
}

Result<Response> submodel_get_reference(Call& call) {
  HANSE_CHECK(only_core(call));
  HANSE_TRY(const auto submodel, submodel_of(call));
  return json_response(write_json(model_reference(Submodel, submodel->text(Name::id))));
}

Result<Response> submodel_get_paths(Call& call) {
  HANSE_TRY(const auto shape, shape_wish(call.query));
  HANSE_TRY(const auto submodel, submodel_of(call));
  return json_response(to_json(paths_of(*submodel, shape.level)));
}

}  // namespace

std::vector<Action> submodel_operations() {
  std::vector<Action> out{{Method::get, "submodels", submodels_list_normal},
                          {Method::post, "submodels", post_submodel},
                          {Method::get, "submodels/$metadata", submodels_list_metadata},
                          {Method::get, "submodels/$value", submodels_list_values},
                          {Method::get, "submodels/$reference", submodels_list_references},
                          {Method::get, "submodels/$path", submodels_list_paths}};
  for (const std::string prefix : {"submodels/{sm}", "shells/{aas}/submodels/{sm}"}) {
    out.push_back({Method::get, prefix, get_submodel});
    out.push_back({Method::put, prefix, put_submodel});
    out.push_back({Method::patch, prefix, patch_submodel});
    out.push_back({Method::del, prefix, delete_submodel});
    out.push_back({Method::get, prefix + "/$metadata", submodel_get_metadata});
    out.push_back({Method::patch, prefix + "/$metadata", submodel_patch_metadata});
    out.push_back({Method::get, prefix + "/$value", submodel_get_value});
    out.push_back({Method::patch, prefix + "/$value", submodel_patch_value});
    out.push_back({Method::get, prefix + "/$reference", submodel_get_reference});
    out.push_back({Method::get, prefix + "/$path", submodel_get_paths});
  }
  return out;
}

}  // namespace hanse::twin
