#pragma once

#include <array>
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
/// All that was written to the file system of `folder`, at once: for many small files.
Result<void> sync_all(const std::string& folder);

/// Writes a long file with mode 0600 piece by piece; folders above it are made.
class FileWriter {
 public:
  static Result<FileWriter> create(const std::string& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  /// For appending to; call `flush_some` after each row.
  std::string& buffer() { return buffer_; }
  /// Writes when enough has gathered.
  Result<void> flush_some() { return buffer_.size() < kPiece ? Result<void>{} : flush(); }
  Result<void> flush();

 private:
  static constexpr std::size_t kPiece = 1 << 20;
  FileWriter(int number, std::string path) : number_(number), path_(std::move(path)) {}
  int number_;
  std::string path_;
  std::string buffer_;
};

}  // namespace hanse::node
