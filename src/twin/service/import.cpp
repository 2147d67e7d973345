#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "twin/check/check.hpp"
#include "twin/codec/base64.hpp"
#include "twin/service/twins.hpp"

namespace hanse::twin {
namespace {

constexpr std::string_view kJsonByteOrderMark = "\xEF\xBB\xBF";

/// The paths that a shell's or submodel's objects name as files.
void collect_paths(const Node& node, std::set<std::string, std::less<>>& out) {
  if ((node.of() == Class::File && node.text(Name::value).starts_with('/'))) out.emplace(node.text(Name::value));
  if (node.of() == Class::Resource && node.text(Name::path).starts_with('/')) out.emplace(node.text(Name::path));
  for (const auto& field : node.fields()) {
    for (const auto& each : field.nodes) collect_paths(each, out);
  }
}

/// Older packages write `file:/aasx/...` and `file:///aasx/...`; parts have no scheme.
void simplify_paths(Node& node) {
  const auto name = node.of() == Class::File ? Name::value : Name::path;
  if ((node.of() == Class::File || node.of() == Class::Resource) && node.text(name).starts_with("file:/")) {
    auto path = node.text(name).substr(5);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    node.set(name, '/' + std::string{path});
  }
  for (const auto& field : node.fields()) {
    for (auto& each : *node.list(field.attribute->name)) simplify_paths(each);
  }
}

Result<Package> read_any(std::string_view bytes, Findings& findings) {
  const Reading reading{.tolerant = true};
  if (bytes.starts_with("PK")) return read_aasx(bytes, reading, findings);
  auto text = bytes;
  if (text.starts_with(kJsonByteOrderMark)) text.remove_prefix(kJsonByteOrderMark.size());
  const bool xml = trim(text).starts_with('<');
  auto environment = xml ? read_xml(bytes, Class::Environment, reading, findings)
                         : read_json(bytes, Class::Environment, reading, findings);
  Package package;
  if (!environment) {
    HANSE_CHECK(findings.as_result("the document"));
    return fail(ErrorCode::invalid, "the document holds no environment");
  }
  package.environment = *std::move(environment);
  return package;
}

}  // namespace

Result<TwinImportReport> Twins::import(const store::Actor& actor, std::string_view bytes, bool dry_run) {
  Findings findings;
  HANSE_TRY(auto package, read_any(bytes, findings));
  simplify_paths(package.environment);
  check(package.environment, Edition::any, findings);
  TwinImportReport report{.shells = std::ssize(package.environment.nodes(Name::assetAdministrationShells)),
                          .submodels = std::ssize(package.environment.nodes(Name::submodels)),
                          .concept_descriptions = std::ssize(package.environment.nodes(Name::conceptDescriptions)),
                          .files = std::ssize(package.files),
                          .findings = {}};
  if (!dry_run) HANSE_CHECK(keep(actor, std::move(package), report));
  report.errors = static_cast<std::int64_t>(findings.errors());
  report.warnings = static_cast<std::int64_t>(findings.warnings());
  for (const auto& each : findings.items()) report.findings.push_back(each);
  return report;
}

Result<void> Twins::keep(const store::Actor& actor, Package package, TwinImportReport& report) {
  std::vector<Node> nodes;
  std::vector<StoredFile> files;
  for (const auto name : {Name::assetAdministrationShells, Name::submodels, Name::conceptDescriptions}) {
    auto* list = package.environment.list(name);
    if (!list) continue;
    for (auto& each : *list) {
      const std::string id{each.text(Name::id)};
      // Without an id nobody could ask for it; what the plant makes is not overwritten.
      if (id.empty() || id.size() > 2048 || plant_->owns(id)) continue;
      std::set<std::string, std::less<>> paths;
      collect_paths(each, paths);
      for (const auto& file : package.files) {
        if (!paths.contains(file.path)) continue;
        files.push_back({.id = file_id(id, file.path),
                         .owner = id,
                         .path = file.path,
                         .name = file.path.substr(file.path.rfind('/') + 1),
                         .content_type = file.content_type,
                         .content = encode_base64(file.content)});
      }
      nodes.push_back(std::move(each));
    }
  }
  report.kept = !nodes.empty();
  report.files = std::ssize(files);
  HANSE_CHECK(repository_.put_all(actor, nodes));
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& file : files) HANSE_CHECK(files_.put(transaction, file));
    return {};
  });
}

Result<std::string> Twins::package(Node environment) {
  Package out{.environment = std::move(environment), .files = {}, .thumbnail = {}};
  std::set<std::string, std::less<>> taken;
  for (const auto name : {Name::assetAdministrationShells, Name::submodels}) {
    for (const auto& each : out.environment.nodes(name)) {
      std::set<std::string, std::less<>> paths;
      collect_paths(each, paths);
      for (const auto& path : paths) {
        HANSE_TRY(const auto file, files_.find(file_id(each.text(Name::id), path)));
        if (!file || !taken.insert(path).second) continue;
        const auto content = decode_base64(file->record.content);
        if (content) out.files.push_back({path, file->record.content_type, *content});
        if (name == Name::assetAdministrationShells && out.thumbnail.empty()) out.thumbnail = path;
      }
    }
  }
  return write_aasx(out);
}

}  // namespace hanse::twin
