#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"

namespace hanse::node {

/// One file of an archive with what tells that it is whole.
struct ArchivedFile {
  std::string path;  ///< Below the archive's folder, with `/`.
  std::int64_t bytes = 0;
  std::string sha256;  ///< Lower-case hex.
  friend bool operator==(const ArchivedFile&, const ArchivedFile&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "path", .required = true},
                      FieldNote{.field = "bytes", .min = 0, .required = true},
                      FieldNote{.field = "sha256", .required = true}};
  }
};
HANSE_DESCRIBE(ArchivedFile, (path, bytes, sha256))

/// `folder`/`name`.
std::string path_in(const std::string& folder, std::string_view name);
/// True for a path that stays below its folder: no root, no `..`, no empty part.
bool is_inner_path(std::string_view path);
std::string sha256_of(std::string_view text);

/// Makes the folder, readable by its owner only. Errors: `conflict` when it holds anything, `unavailable`.
Result<void> make_empty_folder(const std::string& path);
/// The regular files below `folder`, as paths below it, sorted; no links are followed. Nothing when it isn't there.
Result<std::vector<std::string>> list_files(const std::string& folder);
/// Reads the file `path` below `folder`. Errors: `not_found`, `unavailable`.
Result<ArchivedFile> fingerprint_file(const std::string& folder, const std::string& path);
/// Copies with mode 0600, to the disk when it returns. Errors: `not_found` (the source), `unavailable` (disk full,
/// ...).
Result<void> copy_file(const std::string& from, const std::string& to);
/// Writes with mode 0600, to the disk when it returns.
Result<void> write_file(const std::string& path, std::string_view text);
/// Errors: `not_found`, `too_large`, `unavailable`.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
/// A file's bytes or a folder's names to the disk.
Result<void> sync_path(const std::string& path);

}  // namespace hanse::node
