#include "node/archive/manifest.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace hanse::node {
namespace {

constexpr std::size_t kManifestBytesMax = 64u << 20;

std::string digest_of(Manifest manifest) {
  manifest.digest.clear();
  return sha256_of(to_json(manifest));
}

Error corrupt(std::string why) {
  return fail(ErrorCode::corrupt, fmt::format("the archive's {} {}", kManifestName, why));
}

/// What is wrong with one file; empty when nothing is.
std::string damage_of(const std::string& folder, const ArchivedFile& listed) {
  const auto found = fingerprint_file(folder, listed.path);
  if (!found) return found.error().code == ErrorCode::not_found ? "is missing" : found.error().message;
  if (found->bytes != listed.bytes) return fmt::format("has {} bytes and should have {}", found->bytes, listed.bytes);
  if (found->sha256 != listed.sha256) return "was changed since it was written: its SHA-256 differs";
  return "";
}

}  // namespace

Result<Manifest> write_manifest(const std::string& folder, Manifest manifest) {
  manifest.files.clear();
  HANSE_TRY(const auto paths, list_files(folder));
  for (const auto& path : paths) {
    HANSE_TRY(auto file, fingerprint_file(folder, path));
    manifest.files.push_back(std::move(file));
  }
  manifest.digest = digest_of(manifest);
  HANSE_CHECK(write_file(path_in(folder, kManifestName), to_json(manifest)));
  HANSE_CHECK(sync_path(folder));
  return manifest;
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  if (!document) return corrupt("can't be read: " + document.error().message);
  const auto format = document->root().find("format");
  if (format && format->kind() == JsonRef::Kind::integer && format->integer() > kManifestFormat) {
    return fail(ErrorCode::conflict,
                fmt::format("the archive has format {} and this Hanse knows {}: take a newer Hanse", format->integer(),
                            kManifestFormat));
  }
  auto manifest = from_json<Manifest>(document->root());
  if (!manifest) return corrupt("can't be read: " + to_string(manifest.error()));
  if (manifest->format != kManifestFormat) return corrupt("names a format that never was");
  if (manifest->digest != digest_of(*manifest)) return corrupt("was changed since it was written: its digest differs");
  for (const auto& file : manifest->files) {
    if (!is_inner_path(file.path)) return corrupt("names a file outside of the archive");
  }
  return manifest;
}

Result<Manifest> check_archive(const std::string& folder) {
  const auto text = read_file(path_in(folder, kManifestName), kManifestBytesMax);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) return Error{text.error()};
    return fail(ErrorCode::not_found,
                fmt::format("'{}' has no {}: it is no archive, or was never finished", folder, kManifestName));
  }
  HANSE_TRY(auto manifest, parse_manifest(*text));
  std::vector<FieldError> damages;
  std::vector<std::string> known{std::string{kManifestName}};
  for (const auto& file : manifest.files) {
    known.push_back(file.path);
    if (auto damage = damage_of(folder, file); !damage.empty()) damages.push_back({file.path, std::move(damage)});
  }
  std::sort(known.begin(), known.end());
  HANSE_TRY(const auto found, list_files(folder));
  for (const auto& path : found) {
    if (!std::binary_search(known.begin(), known.end(), path))
      damages.push_back({path, "doesn't belong to the archive"});
  }
  if (!damages.empty()) {
    return fail(ErrorCode::corrupt, fmt::format("the archive '{}' is damaged", folder), std::move(damages));
  }
  return manifest;
}

}  // namespace hanse::node
