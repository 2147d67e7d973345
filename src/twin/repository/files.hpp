#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "store/collection.hpp"

namespace hanse::twin {

/// A file that belongs to a shell or submodel: what a File element or a thumbnail names by its path.
struct StoredFile {
  std::string id;     ///< Of the document: owner and path.
  std::string owner;  ///< Id of the shell or submodel.
  std::string path;   ///< `/aasx/files/manual.pdf`
  std::string name;   ///< As it was uploaded.
  std::string content_type;
  std::string content;  ///< Base64.
  static std::vector<store::IndexField> index(const StoredFile& file) { return {{"owner", file.owner}}; }
};
HANSE_DESCRIBE(StoredFile, (id, owner, path, name, content_type, content))

/// Asset ids that were linked to a shell for discovery.
struct AssetLinks {
  std::string id;          ///< The shell's.
  std::string links_json;  ///< List of SpecificAssetId.
  std::vector<std::string> assets;
  static std::vector<store::IndexField> index(const AssetLinks& links) {
    std::vector<store::IndexField> out;
    for (const auto& each : links.assets) out.push_back({"asset", each});
    return out;
  }
};
HANSE_DESCRIBE(AssetLinks, (id, links_json, assets))

/// A package of the AASX file server, as it was sent.
struct StoredPackage {
  std::string id;
  std::string file_name;
  std::vector<std::string> shells;
  std::string content;  ///< Base64.
  static std::vector<store::IndexField> index(const StoredPackage& package) {
    std::vector<store::IndexField> out;
    for (const auto& each : package.shells) out.push_back({"shell", each});
    return out;
  }
};
HANSE_DESCRIBE(StoredPackage, (id, file_name, shells, content))

/// Submodels that people added to the shell of an asset of the plant.
struct AddedSubmodels {
  std::string id;  ///< The shell's.
  std::vector<std::string> submodels;
};
HANSE_DESCRIBE(AddedSubmodels, (id, submodels))

inline std::string file_id(std::string_view owner, std::string_view path) {
  return std::string{owner} + '\n' + std::string{path};
}

}  // namespace hanse::twin
