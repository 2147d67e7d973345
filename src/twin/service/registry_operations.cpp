#include <fmt/format.h>

#include <algorithm>

#include "twin/codec/base64.hpp"
#include "twin/model/reference.hpp"
#include "twin/service/descriptors.hpp"

// Registries and discovery.

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

Result<Response> list(Call& call, Class of) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto filter, filter_of(call, of));
  HANSE_TRY(const auto page, descriptor_page(call, of, filter, wish));
  PagedBody body;
  for (const auto& each : page.items) append_json(body.next_item(), *each);
  return json_response(std::move(body).finish(page.next));
}

std::string_view collection_of(Class of) {
  return of == SubmodelDescriptor ? "submodel-descriptors" : "shell-descriptors";
}

template <Class of>
Result<Response> list_all(Call& call) {
  return list(call, of);
}
template <Class of>
Result<Response> post(Call& call) {
  HANSE_TRY(const auto node, read_body(call, of));
  HANSE_CHECK(call.twins.create(call.actor(), node));
  return created(call, full_path(call, collection_of(of), node.text(Name::id)), write_json(node));
}
template <Class of>
Result<Response> get(Call& call) {
  HANSE_TRY(const auto node, descriptor(call, of, call.name("id")));
  return json_response(write_json(node));
}
template <Class of>
Result<Response> put(Call& call) {
  HANSE_TRY(const auto node, read_body(call, of));
  if (node.text(Name::id) != call.name("id")) return fail(ErrorCode::invalid, "the body's id must be that of the path");
  HANSE_TRY(const bool is_new, call.twins.put(call.actor(), node));
  if (!is_new) return no_content();
  return created(call, full_path(call, collection_of(of), node.text(Name::id)), write_json(node));
}
template <Class of>
Result<Response> remove(Call& call) {
  HANSE_CHECK(call.twins.remove(call.actor(), of, call.name("id")));
  return no_content();
}

// Submodel descriptors within a shell's descriptor.

Node* nested(Node& shell, std::string_view id) {
  auto* list = shell.list(Name::submodelDescriptors);
  if (!list) return nullptr;
  const auto found =
      std::find_if(list->begin(), list->end(), [&](const Node& each) { return each.text(Name::id) == id; });
  return found == list->end() ? nullptr : &*found;
}
Error no_nested(const Call& call) {
  return fail(ErrorCode::not_found, fmt::format("the descriptor has no submodel descriptor '{}'", call.name("sm")));
}

Result<Response> list_nested(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto shell, descriptor(call, AssetAdministrationShellDescriptor, call.name("id")));
  const auto all = shell.nodes(Name::submodelDescriptors);
  auto at = all.begin();
  if (wish.cursor) {
    HANSE_TRY(const auto after, decode_identifier("the cursor", *wish.cursor));
    at = std::find_if(all.begin(), all.end(), [&](const Node& each) { return each.text(Name::id) == after; });
    if (at == all.end()) return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
    ++at;
  }
  PagedBody body;
  std::string last;
  for (std::int64_t n = 0; at != all.end() && n < wish.limit; ++at, ++n) {
    append_json(body.next_item(), *at);
    last = at->text(Name::id);
  }
  return json_response(std::move(body).finish(at == all.end() ? std::nullopt : std::optional{encode_base64url(last)}));
}

Result<Response> post_nested(Call& call) {
  HANSE_TRY(const auto node, read_body(call, SubmodelDescriptor));
  HANSE_CHECK(call.twins.change(call.actor(), AssetAdministrationShellDescriptor, call.name("id"),
                                [&](Node& shell) -> Result<void> {
                                  if (nested(shell, node.text(Name::id)))
                                    return fail(ErrorCode::conflict, "there is a descriptor of this submodel already");
                                  shell.add(Name::submodelDescriptors, node);
                                  return {};
                                }));
  return created(call,
                 fmt::format("{}/submodel-descriptors/{}", full_path(call, "shell-descriptors", call.name("id")),
                             encode_base64url(node.text(Name::id))),
                 write_json(node));
}

Result<Response> get_nested(Call& call) {
  HANSE_TRY(auto shell, descriptor(call, AssetAdministrationShellDescriptor, call.name("id")));
  const auto* found = nested(shell, call.name("sm"));
  if (!found) return no_nested(call);
  return json_response(write_json(*found));
}

Result<Response> put_nested(Call& call) {
  HANSE_TRY(const auto node, read_body(call, SubmodelDescriptor));
  if (node.text(Name::id) != call.name("sm")) return fail(ErrorCode::invalid, "the body's id must be that of the path");
  bool is_new = false;
  HANSE_CHECK(call.twins.change(call.actor(), AssetAdministrationShellDescriptor, call.name("id"),
                                [&](Node& shell) -> Result<void> {
                                  auto* present = nested(shell, call.name("sm"));
                                  is_new = !present;
                                  if (present) {
                                    *present = node;
                                  } else {
                                    shell.add(Name::submodelDescriptors, node);
                                  }
                                  return {};
                                }));
  if (!is_new) return no_content();
  return created(call,
                 fmt::format("{}/submodel-descriptors/{}", full_path(call, "shell-descriptors", call.name("id")),
                             encode_base64url(node.text(Name::id))),
                 write_json(node));
}

Result<Response> delete_nested(Call& call) {
  HANSE_CHECK(call.twins.change(
      call.actor(), AssetAdministrationShellDescriptor, call.name("id"), [&](Node& shell) -> Result<void> {
        auto* all = shell.list(Name::submodelDescriptors);
        if (!all || std::erase_if(*all, [&](const Node& each) { return each.text(Name::id) == call.name("sm"); }) == 0)
          return no_nested(call);
        if (all->empty()) shell.erase(Name::submodelDescriptors);
        return {};
      }));
  return no_content();
}

// Discovery.

/// Ids of shells by their assets: shells that are here, then links that were registered.
Result<Response> look_up(Call& call, const Repository::Filter& filter) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  PagedBody body;
  std::int64_t room = wish.limit;
  std::optional<std::string> link_cursor;
  if (!wish.cursor || !wish.cursor->starts_with('l')) {
    HANSE_TRY(const auto page, call.twins.list(AssetAdministrationShell, filter, wish.cursor, wish.limit));
    for (const auto& each : page.items) json::append_string(body.next_item(), each->text(Name::id));
    room -= std::ssize(page.items);
    if (page.next) return json_response(std::move(body).finish(page.next));
  } else if (wish.cursor->size() > 1) {
    link_cursor = wish.cursor->substr(1);
  }
  HANSE_TRY(const auto links, call.twins.links().list({.kind = {},
                                                       .equal = filter,
                                                       .range_field = {},
                                                       .range_begin = {},
                                                       .range_end = {},
                                                       .cursor = link_cursor,
                                                       .limit = std::max<std::int64_t>(room, 1)}));
  if (room == 0)
    return json_response(std::move(body).finish(links.items.empty() ? std::nullopt : std::optional<std::string>{"l"}));
  for (const auto& each : links.items) {
    HANSE_TRY(const auto shell, call.twins.find(AssetAdministrationShell, each.record.id));
    if (!shell) json::append_string(body.next_item(), each.record.id);
  }
  return json_response(std::move(body).finish(links.next ? std::optional{"l" + *links.next} : std::nullopt));
}

Result<Response> look_up_by_query(Call& call) {
  HANSE_TRY(const auto filter, filter_of(call, AssetAdministrationShell));
  return look_up(call, filter);
}

/// A body that is a list of SpecificAssetId. Errors: `invalid`.
Result<std::vector<Node>> read_links(const Call& call) {
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  const auto root = document.root();
  if (root.kind() != JsonRef::Kind::array)
    return fail(ErrorCode::invalid, "the body must be a list of SpecificAssetId");
  Findings findings;
  std::vector<Node> out;
  for (std::size_t i = 0; i < root.size(); ++i) {
    if (auto each =
            read_json(root.element(i), SpecificAssetId, {}, findings, {.index = static_cast<std::ptrdiff_t>(i)}))
      out.push_back(*std::move(each));
  }
  HANSE_CHECK(findings.as_result("the list"));
  for (const auto& each : out) HANSE_CHECK(check_strictly(each));
  return out;
}

Result<Response> look_up_by_links(Call& call) {
  HANSE_TRY(const auto links, read_links(call));
  Repository::Filter filter;
  for (const auto& each : links)
    filter.push_back({"asset", fmt::format("{}={}", each.text(Name::name), each.text(Name::value))});
  return look_up(call, filter);
}

Result<Response> get_links(Call& call) {
  HANSE_TRY(const auto links, call.twins.links().find(call.name("aas")));
  if (links) return json_response(links->record.links_json);
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  std::string body = "[";
  if (const auto* asset = shell->node(Name::assetInformation)) {
    if (asset->has(Name::globalAssetId)) {
      body += R"({"name":"globalAssetId","value":)";
      json::append_string(body, asset->text(Name::globalAssetId));
      body += '}';
    }
    for (const auto& each : asset->nodes(Name::specificAssetIds)) {
      if (body.size() > 1) body += ',';
      append_json(body, each);
    }
  }
  return json_response(body + "]");
}

Result<Response> post_links(Call& call) {
  HANSE_TRY(const auto links, read_links(call));
  AssetLinks record{.id = call.name("aas"), .links_json = "[", .assets = {}};
  for (const auto& each : links) {
    if (record.links_json.size() > 1) record.links_json += ',';
    append_json(record.links_json, each);
    record.assets.push_back(fmt::format("{}={}", each.text(Name::name), each.text(Name::value)));
  }
  record.links_json += ']';
  HANSE_CHECK(call.twins.links().put(call.actor(), record));
  return created(call, full_path(call, "lookup/shells", record.id), record.links_json);
}

Result<Response> delete_links(Call& call) {
  auto removed = call.twins.links().remove(call.actor(), call.name("aas"));
  if (!removed) return std::move(removed).error();
  return no_content();
}

}  // namespace

std::vector<Action> registry_operations() {
  constexpr auto kShellEntry = AssetAdministrationShellDescriptor;
  constexpr auto kSubmodelEntry = SubmodelDescriptor;
  return {{Method::get, "shell-descriptors", list_all<kShellEntry>},
          {Method::post, "shell-descriptors", post<kShellEntry>},
          {Method::get, "shell-descriptors/{id}", get<kShellEntry>},
          {Method::put, "shell-descriptors/{id}", put<kShellEntry>},
          {Method::del, "shell-descriptors/{id}", remove<kShellEntry>},
          {Method::get, "shell-descriptors/{id}/submodel-descriptors", list_nested},
          {Method::post, "shell-descriptors/{id}/submodel-descriptors", post_nested},
          {Method::get, "shell-descriptors/{id}/submodel-descriptors/{sm}", get_nested},
          {Method::put, "shell-descriptors/{id}/submodel-descriptors/{sm}", put_nested},
          {Method::del, "shell-descriptors/{id}/submodel-descriptors/{sm}", delete_nested},
          {Method::get, "submodel-descriptors", list_all<kSubmodelEntry>},
          {Method::post, "submodel-descriptors", post<kSubmodelEntry>},
          {Method::get, "submodel-descriptors/{id}", get<kSubmodelEntry>},
          {Method::put, "submodel-descriptors/{id}", put<kSubmodelEntry>},
          {Method::del, "submodel-descriptors/{id}", remove<kSubmodelEntry>},
          {Method::get, "lookup/shells", look_up_by_query},
          {Method::post, "lookup/shellsByAssetLink", look_up_by_links},
          {Method::get, "lookup/shells/{aas}", get_links},
          {Method::post, "lookup/shells/{aas}", post_links},
          {Method::del, "lookup/shells/{aas}", delete_links}};
}

}  // namespace hanse::twin
