#include <fmt/format.h>

#include <array>

#include "base/id.hpp"
#include "base/text.hpp"
#include "twin/codec/base64.hpp"
#include "twin/service/operations.hpp"

// Description, serialisation, upload and the package server.

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;

constexpr std::string_view kPackageType = "application/asset-administration-shell-package";

Result<Response> describe(Call&) {
  constexpr std::array kProfiles{"AssetAdministrationShellRepositoryServiceSpecification/SSP-001",
                                 "AssetAdministrationShellRepositoryServiceSpecification/SSP-002",
                                 "SubmodelRepositoryServiceSpecification/SSP-001",
                                 "SubmodelRepositoryServiceSpecification/SSP-002",
                                 "ConceptDescriptionRepositoryServiceSpecification/SSP-001",
                                 "AssetAdministrationShellRegistryServiceSpecification/SSP-001",
                                 "AssetAdministrationShellRegistryServiceSpecification/SSP-002",
                                 "AssetAdministrationShellRegistryServiceSpecification/SSP-003",
                                 "SubmodelRegistryServiceSpecification/SSP-001",
                                 "SubmodelRegistryServiceSpecification/SSP-002",
                                 "SubmodelRegistryServiceSpecification/SSP-003",
                                 "DiscoveryServiceSpecification/SSP-001",
                                 "AasxFileServerServiceSpecification/SSP-001"};
  constexpr std::array kProfilesSince31{
      "AssetAdministrationShellRepositoryServiceSpecification/SSP-003",
      "SubmodelRepositoryServiceSpecification/SSP-005", "ConceptDescriptionRepositoryServiceSpecification/SSP-002",
      "AssetAdministrationShellRegistryServiceSpecification/SSP-004", "SubmodelRegistryServiceSpecification/SSP-004"};
  std::string body = "{\"profiles\":[";
  const auto add = [&](int minor, std::string_view profile) {
    if (body.back() != '[') body += ',';
    body += fmt::format("\"https://admin-shell.io/aas/API/3/{}/{}\"", minor, profile);
  };
  for (const auto minor : {0, 1}) {
    for (const auto* profile : kProfiles) add(minor, profile);
  }
  for (const auto* profile : kProfilesSince31) add(1, profile);
  return json_response(body + "]}");
}

/// Ids of a repeatable parameter, also comma-separated.
Result<std::vector<std::string>> ids_of(const Call& call, std::string_view parameter) {
  std::vector<std::string> out;
  for (const auto& given : call.query.all(parameter)) {
    for (const auto each : split(given, ',')) {
      HANSE_TRY(auto id, decode_identifier(parameter, each));
      out.push_back(std::move(id));
    }
  }
  return out;
}

bool wants_package(std::string_view accept) {
  return accept.find("asset-administration-shell-package") != std::string_view::npos ||
         accept.find("application/aasx+xml") != std::string_view::npos ||
         accept.find("application/aas+zip") != std::string_view::npos;
}

Result<Response> serialize(Call& call) {
  HANSE_TRY(const auto shells, ids_of(call, "aasIds"));
  HANSE_TRY(const auto submodels, ids_of(call, "submodelIds"));
  HANSE_TRY(const bool concepts, boolean_wish(call.query, "includeConceptDescriptions", true));
  HANSE_TRY(auto environment, call.twins.environment(shells, submodels, concepts));
  const std::string_view accept{call.request.facts.accept};
  if (wants_package(accept)) {
    HANSE_TRY(auto package, call.twins.package(std::move(environment)));
    Response response{.content_type = std::string{kPackageType}, .body = std::move(package), .version = {}};
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"twins.aasx\"");
    return response;
  }
  if (accept.find("xml") != std::string_view::npos && accept.find("json") == std::string_view::npos)
    return Response{.content_type = "application/xml", .body = write_xml(environment), .version = {}};
  return json_response(write_json(environment));
}

struct SentFile {
  std::string_view content;
  std::string name;
  std::vector<std::string> shells;
};
/// A form's part `file`, or the body itself.
Result<SentFile> sent_file(const Call& call) {
  SentFile out;
  if (!to_lower(call.request.content_type).starts_with("multipart/")) {
    out.content = call.request.body;
    return out;
  }
  HANSE_TRY(const auto form, parse_form(call.request.body, call.request.content_type));
  bool found = false;
  for (const auto& part : form) {
    if (part.name == "file") {
      out.content = part.content;
      if (out.name.empty()) out.name = part.file_name;
      found = true;
    } else if (part.name == "fileName") {
      out.name = std::string{part.content};
    } else if (part.name == "aasIds") {
      for (const auto each : split(part.content, ',')) {
        // Encoded as everywhere, or plain as many clients send them.
        const auto decoded = decode_base64url(trim(each));
        out.shells.push_back(decoded && is_utf8(*decoded) && !decoded->empty() ? *decoded : std::string{trim(each)});
      }
    }
  }
  if (!found) return fail(ErrorCode::invalid, "the form must have a part 'file'");
  return out;
}

Result<Response> upload(Call& call) {
  HANSE_TRY(const auto file, sent_file(call));
  HANSE_TRY(const auto report, call.twins.import(call.actor(), file.content, false));
  return json_response(to_json(report), report.kept ? 200 : 400);
}

std::string package_json(const StoredPackage& package) {
  return fmt::format(R"({{"packageId":{},"aasIds":{}}})", to_json(package.id), to_json(package.shells));
}

Result<StoredPackage> read_package(const Call& call, std::string id) {
  HANSE_TRY(auto file, sent_file(call));
  if (!file.content.starts_with("PK")) return fail(ErrorCode::invalid, "the file must be an AASX package");
  Findings findings;
  HANSE_TRY(const auto package, read_aasx(file.content, {.tolerant = true}, findings));
  if (file.shells.empty()) {
    for (const auto& shell : package.environment.nodes(Name::assetAdministrationShells))
      file.shells.emplace_back(shell.text(Name::id));
  }
  return StoredPackage{.id = std::move(id),
                       .file_name = file.name.empty() ? "package.aasx" : file.name,
                       .shells = std::move(file.shells),
                       .content = encode_base64(file.content)};
}

Result<Response> list_packages(Call& call) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto shell, call.query.one("aasId"));
  std::vector<store::IndexField> equal;
  if (shell) {
    HANSE_TRY(auto id, decode_identifier("aasId", *shell));
    equal.push_back({"shell", std::move(id)});
  }
  HANSE_TRY(const auto page, call.twins.packages().list({.kind = {},
                                                         .equal = std::move(equal),
                                                         .range_field = {},
                                                         .range_begin = {},
                                                         .range_end = {},
                                                         .cursor = wish.cursor,
                                                         .limit = wish.limit}));
  PagedBody body;
  for (const auto& each : page.items) body.next_item() += package_json(each.record);
  return json_response(std::move(body).finish(page.next));
}

Result<Response> post_package(Call& call) {
  HANSE_TRY(const auto package, read_package(call, new_id(call.twins.clock())));
  HANSE_CHECK(call.twins.packages().put(call.actor(), package));
  return created(call, full_path(call, "packages", package.id), package_json(package));
}

Result<Response> get_package(Call& call) {
  HANSE_TRY(const auto package, call.twins.packages().get(call.name("id")));
  auto content = decode_base64(package.record.content);
  if (!content) return fail(ErrorCode::corrupt, "the stored package can't be read");
  Response response{.content_type = std::string{kPackageType}, .body = *std::move(content), .version = {}};
  response.headers.emplace_back("X-FileName", package.record.file_name);
  return response;
}

Result<Response> put_package(Call& call) {
  HANSE_TRY(const auto present, call.twins.packages().find(call.name("id")));
  HANSE_TRY(const auto package, read_package(call, call.name("id")));
  HANSE_CHECK(call.twins.packages().put(call.actor(), package));
  if (present) return no_content();
  return created(call, full_path(call, "packages", package.id), package_json(package));
}

Result<Response> delete_package(Call& call) {
  auto removed = call.twins.packages().remove(call.actor(), call.name("id"));
  if (!removed) return std::move(removed).error();
  return no_content();
}

}  // namespace

std::vector<Action> exchange_operations() {
  return {{Method::get, "description", describe},
          {Method::get, "serialization", serialize},
          {Method::post, "upload", upload},
          {Method::get, "packages", list_packages},
          {Method::post, "packages", post_package},
          {Method::get, "packages/{id}", get_package},
          {Method::put, "packages/{id}", put_package},
          {Method::del, "packages/{id}", delete_package}};
}

}  // namespace hanse::twin
