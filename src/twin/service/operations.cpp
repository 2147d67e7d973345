#include "twin/service/operations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.hpp"
#include "twin/codec/base64.hpp"
#include "twin/model/reference.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kHandlesMax = 1000;
constexpr std::size_t kSemanticIdMax = 3072;  // AASa-002

/// A parameter that is base64url of JSON.
Result<JsonDocument> json_parameter(std::string_view name, std::string_view text) {
  if (text.size() > kSemanticIdMax)
    return fail(ErrorCode::invalid, fmt::format("the parameter '{}' is longer than {}", name, kSemanticIdMax));
  const auto decoded = decode_base64url(text);
  if (!decoded) return fail(ErrorCode::invalid, fmt::format("the parameter '{}' must be base64url of JSON", name));
  return JsonDocument::parse(*decoded);
}

Result<std::string> reference_parameter(std::string_view name, const std::string& text) {
  HANSE_TRY(const auto document, json_parameter(name, text));
  Findings findings;
  const auto reference = read_json(document.root(), Class::Reference, {.tolerant = true}, findings);
  if (!reference || first_key(&*reference).empty())
    return fail(ErrorCode::invalid, fmt::format("the parameter '{}' must be base64url of a Reference", name));
  return std::string{first_key(&*reference)};
}

Result<void> add_asset_ids(const Call& call, Repository::Filter& filter) {
  for (const auto& given : call.query.all("assetIds")) {
    std::size_t begin = 0;
    while (begin <= given.size()) {
      const auto end = std::min(given.find(',', begin), given.size());
      HANSE_TRY(const auto document, json_parameter("assetIds", std::string_view{given}.substr(begin, end - begin)));
      const auto name = document.root().find("name"), value = document.root().find("value");
      if (!name || !value || name->kind() != JsonRef::Kind::string || value->kind() != JsonRef::Kind::string)
        return fail(ErrorCode::invalid, "the parameter 'assetIds' must be base64url of {\"name\":...,\"value\":...}");
      filter.push_back({"asset", fmt::format("{}={}", name->string(), value->string())});
      begin = end + 1;
    }
  }
  return {};
}

}  // namespace

std::string HandleBook::keep(const Clock& clock, std::string result) {
  auto handle = new_id(clock);
  const std::lock_guard lock{mutex_};
  if (results_.size() == kHandlesMax) results_.erase(results_.begin());
  results_.emplace(handle, std::move(result));
  return handle;
}

std::optional<std::string> HandleBook::find(const std::string& handle) const {
  const std::lock_guard lock{mutex_};
  const auto found = results_.find(handle);
  return found == results_.end() ? std::nullopt : std::optional{found->second};
}

api::Response json_response(std::string body, int status) {
  return {.status = status, .body = std::move(body), .version = {}};
}

api::Response no_content() { return {.status = 204, .content_type = "", .body = "", .version = {}}; }

std::string full_path(const Call& call, std::string_view collection, std::string_view id) {
  return fmt::format("{}/{}/{}", call.base, collection, encode_base64url(id));
}

api::Response created(const Call&, std::string_view path, std::string body) {
  auto response = json_response(std::move(body), 201);
  response.headers.emplace_back("Location", std::string{path});
  return response;
}

Result<Node> read_body(const Call& call, Class of) {
  Findings findings;
  auto node = read_json(call.request.body, of, {}, findings);
  if (findings.errors() > 0 || !node) {
    HANSE_CHECK(findings.as_result(info(of).name));
    return fail(ErrorCode::invalid, fmt::format("the body must be a {}", info(of).name));
  }
  HANSE_CHECK(check_strictly(*node));
  return *std::move(node);
}

std::string own_address(const Call& call) {
  const auto& facts = call.request.facts;
  return fmt::format("{}://{}{}", facts.secure ? "https" : "http", facts.host.empty() ? "localhost" : facts.host,
                     call.base);
}

Result<Repository::Entry> submodel_of(Call& call) {
  const auto& id = call.name("sm");
  if (const auto shell_id = call.names.find("aas"); shell_id != call.names.end()) {
    HANSE_TRY(const auto shell, call.twins.get(Class::AssetAdministrationShell, shell_id->second));
    const auto references = shell->nodes(Name::submodels);
    if (std::none_of(references.begin(), references.end(), [&](const Node& each) { return first_key(&each) == id; }))
      return fail(ErrorCode::not_found, fmt::format("the shell doesn't refer to the submodel '{}'", id));
  }
  return call.twins.get(Class::Submodel, id);
}

Result<Repository::Filter> filter_of(const Call& call, Class of) {
  Repository::Filter filter;
  HANSE_TRY(const auto id_short, call.query.one("idShort"));
  if (id_short) filter.push_back({"idShort", *id_short});
  if (of == Class::Submodel) {
    HANSE_TRY(const auto semantic, call.query.one("semanticId"));
    if (semantic) {
      HANSE_TRY(const auto value, reference_parameter("semanticId", *semantic));
      filter.push_back({"semanticId", canonical_semantic_id(value)});
    }
  }
  if (of == Class::AssetAdministrationShell) HANSE_CHECK(add_asset_ids(call, filter));
  if (of == Class::ConceptDescription) {
    for (const auto& [parameter, field] :
         {std::pair{"isCaseOf", "isCaseOf"}, std::pair{"dataSpecificationRef", "dataSpecification"}}) {
      HANSE_TRY(const auto text, call.query.one(parameter));
      if (!text) continue;
      HANSE_TRY(const auto value, reference_parameter(parameter, *text));
      filter.push_back({field, parameter == std::string_view{"isCaseOf"} ? canonical_semantic_id(value) : value});
    }
  }
  if (of == Class::AssetAdministrationShellDescriptor) {
    HANSE_TRY(const auto kind, call.query.one("assetKind"));
    HANSE_TRY(const auto type, call.query.one("assetType"));
    if (kind) filter.push_back({"assetKind", *kind});
    if (type) {
      HANSE_TRY(auto decoded, decode_identifier("assetType", *type));
      filter.push_back({"assetType", std::move(decoded)});
    }
  }
  return filter;
}

}  // namespace hanse::twin
