#include "twin/codec/aasx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <set>

#include "base/text.hpp"
#include "twin/codec/zip.hpp"

namespace hanse::twin {
namespace {

constexpr std::string_view kOrigin = "admin-shell.io/aasx/relationships/aasx-origin";
constexpr std::string_view kSpec = "admin-shell.io/aasx/relationships/aas-spec";
constexpr std::string_view kSupplement = "admin-shell.io/aasx/relationships/aas-suppl";
constexpr std::string_view kThumbnail =
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail";
constexpr std::string_view kRelationships = "http://schemas.openxmlformats.org/package/2006/relationships";
constexpr std::string_view kContentTypes = "/[Content_Types].xml";

struct Relationship {
  std::string type, target;
};

/// `/aasx/_rels/data.xml.rels` for `/aasx/data.xml`, `/_rels/.rels` for the package.
std::string relationships_of(std::string_view part) {
  const auto slash = part.rfind('/');
  return fmt::format("{}/_rels/{}.rels", part.substr(0, slash), part.substr(slash + 1));
}

std::vector<Relationship> read_relationships(const Parts& parts, std::string_view of, Findings& findings) {
  const auto found = parts.find(relationships_of(of));
  std::vector<Relationship> out;
  if (found == parts.end()) return out;
  pugi::xml_document document;
  if (!document.load_buffer(found->second.data(), found->second.size())) {
    findings.error({}, "aasx", fmt::format("'{}' is not XML", found->first));
    return out;
  }
  for (const auto& each : document.document_element().children()) {
    if (std::string_view{each.attribute("TargetMode").value()} == "External") continue;
    const auto target = resolve_part(of, each.attribute("Target").value());
    if (!target) {
      findings.error({}, "aasx",
                     fmt::format("'{}' leads out of the package: '{}'", found->first,
                                 std::string_view{each.attribute("Target").value()}.substr(0, 200)));
      continue;
    }
    out.push_back({each.attribute("Type").value(), *target});
  }
  return out;
}

/// Also the spelling with `www.`, which is deprecated and common.
bool is_type(const Relationship& relationship, std::string_view type) {
  std::string_view is{relationship.type};
  for (const auto prefix : {"http://www.", "https://www.", "http://", "https://"}) {
    if (is.starts_with(prefix)) {
      is.remove_prefix(std::string_view{prefix}.size());
      break;
    }
  }
  return is == type;
}

class ContentTypes {
 public:
  explicit ContentTypes(const Parts& parts) {
    const auto found = parts.find(kContentTypes);
    if (found == parts.end()) return;
    document_.load_buffer(found->second.data(), found->second.size());
  }
  std::string of(std::string_view part) const {
    const auto dot = part.rfind('.');
    const auto extension = to_lower(dot == std::string_view::npos ? "" : part.substr(dot + 1));
    std::string by_extension;
    for (const auto& each : document_.document_element().children()) {
      if (to_lower(each.attribute("PartName").value()) == to_lower(part)) return each.attribute("ContentType").value();
      if (!extension.empty() && to_lower(each.attribute("Extension").value()) == extension)
        by_extension = each.attribute("ContentType").value();
    }
    return by_extension.empty() ? "application/octet-stream" : by_extension;
  }

 private:
  pugi::xml_document document_;
};

void merge(Node& into, Node from, Findings& findings) {
  for (const auto name : {Name::assetAdministrationShells, Name::submodels, Name::conceptDescriptions}) {
    const auto* list = from.list(name);
    if (!list) continue;
    for (const auto& each : *list) {
      const auto have = into.nodes(name);
      const bool twice = std::any_of(have.begin(), have.end(),
                                     [&](const Node& one) { return one.text(Name::id) == each.text(Name::id); });
      if (twice) {
        findings.warning({}, "aasx",
                         fmt::format("'{}' is in the package twice; the first was taken", each.text(Name::id)));
      } else {
        into.add(name, each);
      }
    }
  }
}

std::vector<std::string> specs_of(const Parts& parts, Package& package, Findings& findings) {
  std::vector<std::string> specs;
  std::string origin;
  for (const auto& each : read_relationships(parts, "/", findings)) {
    if (is_type(each, kOrigin)) origin = each.target;
    if (each.type == kThumbnail) package.thumbnail = each.target;
  }
  if (origin.empty()) {
    findings.error({}, "aasx", "the package names no origin (aasx-origin)");
    return specs;
  }
  for (const auto& each : read_relationships(parts, origin, findings)) {
    if (is_type(each, kSpec)) specs.push_back(each.target);
  }
  return specs;
}

void read_spec(const Parts& parts, const std::string& name, const Reading& reading, Package& package,
               Findings& findings) {
  const auto part = parts.find(name);
  if (part == parts.end()) {
    findings.error({}, "aasx", fmt::format("the package names '{}' as its environment and doesn't hold it", name));
    return;
  }
  const bool json = to_lower(name).ends_with(".json");
  auto environment = json ? read_json(std::string_view{part->second}, Class::Environment, reading, findings)
                          : read_xml(part->second, Class::Environment, reading, findings);
  if (environment) merge(package.environment, *std::move(environment), findings);
}

void take_files(Parts& parts, const std::vector<std::string>& specs, Package& package, Findings& findings) {
  const ContentTypes types{parts};
  std::set<std::string> wanted;
  for (const auto& spec : specs) {
    for (const auto& each : read_relationships(parts, spec, findings)) {
      if (is_type(each, kSupplement)) wanted.insert(each.target);
    }
  }
  if (!package.thumbnail.empty()) wanted.insert(package.thumbnail);
  for (const auto& name : wanted) {
    const auto part = parts.find(name);
    if (part == parts.end()) {
      findings.warning({}, "aasx", fmt::format("the package names the file '{}' and doesn't hold it", name));
      if (name == package.thumbnail) package.thumbnail.clear();
    } else {
      package.files.push_back({name, types.of(name), std::move(part->second)});
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string relationships_document(const std::vector<Relationship>& relationships) {
  std::string out =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships xmlns=\"{}\">", kRelationships);
  int number = 0;
  for (const auto& each : relationships) {
    out += fmt::format("<Relationship Type=\"{}\" Target=\"{}\" Id=\"R{}\"/>", escaped(each.type), escaped(each.target),
                       ++number);
  }
  return out + "</Relationships>\n";
}

}  // namespace

Result<Package> read_aasx(std::string_view bytes, const Reading& reading, Findings& findings,
                          const PackageLimits& limits) {
  HANSE_TRY(auto parts, read_zip(bytes, limits, findings));
  Package package;
  auto specs = specs_of(parts, package, findings);
  if (specs.empty() && reading.tolerant) {
    // Some packages have lost their relationships; their environment is where it always is.
    for (const auto& [name, content] : parts) {
      const auto lowered = to_lower(name);
      if (lowered.starts_with("/aasx/") && (lowered.ends_with(".aas.xml") || lowered.ends_with("/data.xml") ||
                                            lowered.ends_with(".aas.json") || lowered.ends_with("/data.json")))
        specs.push_back(name);
    }
    if (!specs.empty()) findings.warning({}, "aasx", fmt::format("'{}' was taken for the environment", specs.front()));
  }
  if (specs.empty()) return fail(ErrorCode::invalid, "the package names no environment (aas-spec)");
  for (const auto& spec : specs) read_spec(parts, spec, reading, package, findings);
  take_files(parts, specs, package, findings);
  return package;
}

Result<std::string> write_aasx(const Package& package, Edition edition) {
  const std::string data = "/aasx/data.xml";
  std::vector<Relationship> of_package{{fmt::format("http://{}", kOrigin), "/aasx/aasx-origin"}};
  std::vector<Relationship> of_data;
  std::string types =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/"
      "package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/"
      "vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\""
      "application/xml\"/><Override PartName=\"/aasx/aasx-origin\" ContentType=\"text/plain\"/>";
  for (const auto& file : package.files) {
    if (resolve_part("/", file.path) != file.path)
      return fail(ErrorCode::invalid,
                  fmt::format("a file of a package can't be called '{}'", file.path.substr(0, 200)));
    types +=
        fmt::format("<Override PartName=\"{}\" ContentType=\"{}\"/>", escaped(file.path), escaped(file.content_type));
    if (file.path == package.thumbnail) of_package.push_back({std::string{kThumbnail}, file.path});
    of_data.push_back({fmt::format("http://{}", kSupplement), file.path});
  }
  types += "</Types>\n";
  const auto environment = write_xml(package.environment, edition);
  const auto root = relationships_document(of_package);
  const auto origin = relationships_document({{fmt::format("http://{}", kSpec), data}});
  const auto supplements = relationships_document(of_data);
  std::vector<std::pair<std::string, std::string_view>> parts{{std::string{kContentTypes}, types},
                                                              {"/_rels/.rels", root},
                                                              {"/aasx/aasx-origin", "Intentionally empty."},
                                                              {"/aasx/_rels/aasx-origin.rels", origin},
                                                              {data, environment}};
  if (!of_data.empty()) parts.emplace_back("/aasx/_rels/data.xml.rels", supplements);
  for (const auto& file : package.files) parts.emplace_back(file.path, file.content);
  return write_zip(parts);
}

}  // namespace hanse::twin
