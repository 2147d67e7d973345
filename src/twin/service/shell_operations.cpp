#include <fmt/format.h>

#include <algorithm>

#include "twin/codec/base64.hpp"
#include "twin/model/reference.hpp"
#include "twin/service/operations.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

Result<Response> list_shells(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto filter, filter_of(call, AssetAdministrationShell));
  HANSE_TRY(const auto page, call.twins.list(AssetAdministrationShell, filter, wish.cursor, wish.limit));
  PagedBody body;
  for (const auto& each : page.items) append_json(body.next_item(), *each);
  return json_response(std::move(body).finish(page.next));
}

Result<Response> list_shell_references(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto filter, filter_of(call, AssetAdministrationShell));
  HANSE_TRY(const auto page, call.twins.list(AssetAdministrationShell, filter, wish.cursor, wish.limit));
  PagedBody body;
  for (const auto& each : page.items)
    append_json(body.next_item(), model_reference(AssetAdministrationShell, each->text(Name::id)));
  return json_response(std::move(body).finish(page.next));
}

Result<Response> post_shell(Call& call) {
  HANSE_TRY(const auto shell, read_body(call, AssetAdministrationShell));
  HANSE_CHECK(call.twins.create(call.actor(), shell));
  return created(call, full_path(call, "shells", shell.text(Name::id)), write_json(shell));
}

Result<Response> get_shell(Call& call) {
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  return json_response(write_json(*shell));
}

Result<Response> put_shell(Call& call) {
  HANSE_TRY(const auto shell, read_body(call, AssetAdministrationShell));
  if (shell.text(Name::id) != call.name("aas"))
    return fail(ErrorCode::invalid, "the body's id must be that of the path");
  HANSE_TRY(const bool is_new, call.twins.put(call.actor(), shell));
  if (!is_new) return no_content();
  return created(call, full_path(call, "shells", shell.text(Name::id)), write_json(shell));
}

Result<Response> delete_shell(Call& call) {
  HANSE_CHECK(call.twins.remove(call.actor(), AssetAdministrationShell, call.name("aas")));
  return no_content();
}

Result<Response> get_shell_reference(Call& call) {
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  return json_response(write_json(model_reference(AssetAdministrationShell, shell->text(Name::id))));
}

Result<Response> get_asset_information(Call& call) {
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  const auto* information = shell->node(Name::assetInformation);
  if (!information) return fail(ErrorCode::not_found, "the shell says nothing of its asset");
  return json_response(write_json(*information));
}

Result<Response> put_asset_information(Call& call) {
  HANSE_TRY(const auto information, read_body(call, AssetInformation));
  HANSE_CHECK(
      call.twins.change(call.actor(), AssetAdministrationShell, call.name("aas"), [&](Node& shell) -> Result<void> {
        shell.set(Name::assetInformation, information);
        return {};
      }));
  return no_content();
}

Result<Response> get_thumbnail(Call& call) {
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  const auto* information = shell->node(Name::assetInformation);
  const auto* thumbnail = information ? information->node(Name::defaultThumbnail) : nullptr;
  const auto missing = fail(ErrorCode::not_found, "the shell has no thumbnail here");
  if (!thumbnail) return missing;
  HANSE_TRY(const auto file, call.twins.files().find(file_id(call.name("aas"), thumbnail->text(Name::path))));
  if (!file) return missing;
  auto content = decode_base64(file->record.content);
  if (!content) return missing;
  Response response{.content_type = file->record.content_type, .body = *std::move(content), .version = {}};
  response.headers.emplace_back("Content-Disposition", "attachment");
  return response;
}

Result<Response> put_thumbnail(Call& call) {
  HANSE_TRY(const auto form, parse_form(call.request.body, call.request.content_type));
  std::string name;
  const FormPart* file = nullptr;
  for (const auto& part : form) {
    if (part.name == "fileName") name = std::string{part.content};
    if (part.name == "file") file = &part;
  }
  if (!file) return fail(ErrorCode::invalid, "the form must have a part 'file'");
  if (name.empty()) name = file->file_name.empty() ? "thumbnail" : file->file_name;
  std::string path = "/aasx/files/";
  for (const char c : name) path += c == '/' || c == '\\' || c == ' ' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  const std::string type = file->content_type.empty() ? "application/octet-stream" : file->content_type;
  HANSE_CHECK(
      call.twins.change(call.actor(), AssetAdministrationShell, call.name("aas"), [&](Node& shell) -> Result<void> {
        auto* information = shell.node(Name::assetInformation);
        if (!information) return fail(ErrorCode::not_found, "the shell says nothing of its asset");
        Node thumbnail{Resource};
        thumbnail.set(Name::path, path);
        thumbnail.set(Name::contentType, type);
        information->set(Name::defaultThumbnail, std::move(thumbnail));
        return {};
      }));
  const StoredFile stored{.id = file_id(call.name("aas"), path),
                          .owner = call.name("aas"),
                          .path = path,
                          .name = name,
                          .content_type = type,
                          .content = encode_base64(file->content)};
  HANSE_CHECK(call.twins.files().put(call.actor(), stored));
  return no_content();
}

Result<Response> delete_thumbnail(Call& call) {
  std::string path;
  HANSE_CHECK(
      call.twins.change(call.actor(), AssetAdministrationShell, call.name("aas"), [&](Node& shell) -> Result<void> {
        auto* information = shell.node(Name::assetInformation);
        const auto* thumbnail = information ? information->node(Name::defaultThumbnail) : nullptr;
        if (!thumbnail) return fail(ErrorCode::not_found, "the shell has no thumbnail");
        path = thumbnail->text(Name::path);
        information->erase(Name::defaultThumbnail);
        return {};
      }));
  const auto removed = call.twins.files().remove(call.actor(), file_id(call.name("aas"), path));
  if (!removed && removed.error().code != ErrorCode::not_found) return removed.error();
  return no_content();
}

Result<Response> list_submodel_references(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto shell, call.twins.get(AssetAdministrationShell, call.name("aas")));
  const auto references = shell->nodes(Name::submodels);
  auto at = references.begin();
  if (wish.cursor) {
    // The cursor is the id after which to go on.
    HANSE_TRY(const auto after, decode_identifier("the cursor", *wish.cursor));
    at =
        std::find_if(references.begin(), references.end(), [&](const Node& each) { return first_key(&each) == after; });
    if (at == references.end()) return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
    ++at;
  }
  PagedBody body;
  std::string last;
  for (std::int64_t n = 0; at != references.end() && n < wish.limit; ++at, ++n) {
    append_json(body.next_item(), *at);
    last = first_key(&*at);
  }
  return json_response(
      std::move(body).finish(at == references.end() ? std::nullopt : std::optional{encode_base64url(last)}));
}

Result<Response> post_submodel_reference(Call& call) {
  HANSE_TRY(const auto reference, read_body(call, Reference));
  HANSE_CHECK(call.twins.add_submodel(call.actor(), call.name("aas"), reference));
  return created(call,
                 fmt::format("{}/submodel-refs/{}", full_path(call, "shells", call.name("aas")),
                             encode_base64url(first_key(&reference))),
                 write_json(reference));
}

Result<Response> delete_submodel_reference(Call& call) {
  HANSE_CHECK(call.twins.remove_submodel(call.actor(), call.name("aas"), call.name("sm")));
  return no_content();
}

}  // namespace

std::vector<Action> shell_operations() {
  return {{Method::get, "shells", list_shells},
          {Method::post, "shells", post_shell},
          {Method::get, "shells/$reference", list_shell_references},
          {Method::get, "shells/{aas}", get_shell},
          {Method::put, "shells/{aas}", put_shell},
          {Method::del, "shells/{aas}", delete_shell},
          {Method::get, "shells/{aas}/$reference", get_shell_reference},
          {Method::get, "shells/{aas}/asset-information", get_asset_information},
          {Method::put, "shells/{aas}/asset-information", put_asset_information},
          {Method::get, "shells/{aas}/asset-information/thumbnail", get_thumbnail},
          {Method::put, "shells/{aas}/asset-information/thumbnail", put_thumbnail},
          {Method::del, "shells/{aas}/asset-information/thumbnail", delete_thumbnail},
          {Method::get, "shells/{aas}/submodel-refs", list_submodel_references},
          {Method::post, "shells/{aas}/submodel-refs", post_submodel_reference},
          {Method::del, "shells/{aas}/submodel-refs/{sm}", delete_submodel_reference}};
}

}  // namespace hanse::twin
