#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "node/archive/files.hpp"

namespace hanse::node {

inline constexpr std::int64_t kManifestFormat = 1;
inline constexpr std::string_view kManifestName = "manifest.json";

/// What an archive holds, written last: a folder without it is an archive that was never finished.
/// docs/formats/backup.md
struct Manifest {
  std::int64_t format = kManifestFormat;
  std::string program;  ///< Version of the Hanse that wrote it.
  Timestamp made;
  std::int64_t journal_entries = 0;
  std::string journal_hash;         ///< Of the last entry: keep it elsewhere, and nobody can rewrite the past.
  std::vector<ArchivedFile> files;  ///< All but the manifest, by path.
  std::string digest;               ///< SHA-256 of this as JSON with an empty digest.
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "format", .required = true}, FieldNote{.field = "files", .required = true},
                      FieldNote{.field = "digest", .required = true}};
  }
};
HANSE_DESCRIBE(Manifest, (format, program, made, journal_entries, journal_hash, files, digest))

/// Lists what is in `folder`, reading every byte again, and writes the manifest there.
Result<Manifest> write_manifest(const std::string& folder, Manifest manifest);
/// Errors: `corrupt`, `conflict` (a newer format). Paths that lead out of the folder are `corrupt`.
Result<Manifest> parse_manifest(std::string_view text);
/// Reads the manifest and every file it names. Errors: `not_found` (no folder, or never finished), `corrupt`, with each
/// file that is missing, damaged or not listed as a field.
Result<Manifest> check_archive(const std::string& folder);

}  // namespace hanse::node
