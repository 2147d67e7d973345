#include "node/archive/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.hpp"

namespace hanse::node {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = 1 << 20;

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  File& operator=(File&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Error failed(std::string_view what, const std::string& path, int error = errno) {
  const auto code = error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, fmt::format("can't {} '{}': {}", what, path, std::strerror(error)));
}

Result<File> open_file(const std::string& path, int flags, std::string_view what) {
  File file{::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.number() < 0) return failed(what, path);
  return file;
}

/// Shows the file piece by piece; `visit` may fail.
template <class Visit>
Result<void> read_pieces(const File& file, const std::string& path, Visit visit) {
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    const auto count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path);
    if (count == 0) return {};
    HANSE_CHECK(visit(std::string_view{piece.data(), static_cast<std::size_t>(count)}));
  }
}

Result<void> write_all(const File& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

std::string hex_of(const unsigned char* digest) {
  std::string hex(crypto_hash_sha256_BYTES * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest, crypto_hash_sha256_BYTES);
  hex.pop_back();
  return hex;
}

}  // namespace

std::string path_in(const std::string& folder, std::string_view name) { return (fs::path{folder} / name).string(); }

bool is_inner_path(std::string_view path) {
  if (path.empty() || path.size() > 1000 || path.find('\0') != std::string_view::npos) return false;
  const auto parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

std::string sha256_of(std::string_view text) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hex_of(digest);
}

Result<void> make_empty_folder(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error)) {
    if (!fs::is_directory(path, error))
      return fail(ErrorCode::conflict, fmt::format("'{}' is a file; name a new folder", path));
    if (!fs::is_empty(path, error) || error) {
      return fail(ErrorCode::conflict, fmt::format("the folder '{}' isn't empty; name a new one", path));
    }
  } else if (!fs::create_directories(path, error) || error) {
    return fail(ErrorCode::unavailable, fmt::format("can't make the folder '{}': {}", path, error.message()));
  }
  if (::chmod(path.c_str(), 0700) != 0) return failed("protect", path);
  return {};
}

Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  if (!fs::exists(folder, error)) return paths;
  for (auto entry = fs::recursive_directory_iterator{folder, error};
       !error && entry != fs::recursive_directory_iterator{}; entry.increment(error)) {
    std::error_code gone;  // A file may vanish while a node runs: then it isn't listed.
    if (entry->symlink_status(gone).type() == fs::file_type::regular && !gone) {
      paths.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) return fail(ErrorCode::unavailable, fmt::format("can't list '{}': {}", folder, error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<ArchivedFile> fingerprint_file(const std::string& folder, const std::string& path) {
  const auto place = path_in(folder, path);
  HANSE_TRY(const auto file, open_file(place, O_RDONLY, "read"));
  ArchivedFile found{.path = path, .bytes = 0, .sha256 = {}};
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  HANSE_CHECK(read_pieces(file, place, [&](std::string_view piece) -> Result<void> {
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
    found.bytes += static_cast<std::int64_t>(piece.size());
    return {};
  }));
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&state, digest);
  found.sha256 = hex_of(digest);
  return found;
}

Result<void> copy_file(const std::string& from, const std::string& to) {
  HANSE_TRY(const auto source, open_file(from, O_RDONLY, "read"));
  std::error_code error;
  fs::create_directories(fs::path{to}.parent_path(), error);
  HANSE_TRY(const auto target, open_file(to, O_WRONLY | O_CREAT | O_EXCL, "write"));
  HANSE_CHECK(read_pieces(source, from, [&](std::string_view piece) { return write_all(target, to, piece); }));
  if (::fsync(target.number()) != 0) return failed("write", to);
  return {};
}

Result<void> write_file(const std::string& path, std::string_view text) {
  HANSE_TRY(const auto file, open_file(path, O_WRONLY | O_CREAT | O_EXCL, "write"));
  HANSE_CHECK(write_all(file, path, text));
  if (::fsync(file.number()) != 0) return failed("write", path);
  return {};
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  HANSE_TRY(const auto file, open_file(path, O_RDONLY, "read"));
  std::string text;
  HANSE_CHECK(read_pieces(file, path, [&](std::string_view piece) -> Result<void> {
    text += piece;
    if (text.size() > bytes_max)
      return fail(ErrorCode::too_large, fmt::format("'{}' has over {} bytes", path, bytes_max));
    return {};
  }));
  return text;
}

Result<void> sync_path(const std::string& path) {
  HANSE_TRY(const auto file, open_file(path, O_RDONLY, "read"));
  if (::fsync(file.number()) != 0) return failed("write", path);
  return {};
}

Result<void> sync_all(const std::string& folder) {
  HANSE_TRY(const auto file, open_file(folder, O_RDONLY, "read"));
  if (::syncfs(file.number()) != 0) return failed("write", folder);
  return {};
}

Result<FileWriter> FileWriter::create(const std::string& path) {
  std::error_code error;
  fs::create_directories(fs::path{path}.parent_path(), error);
  const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (number < 0) return failed("write", path);
  return FileWriter{number, path};
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : number_(std::exchange(other.number_, -1)), path_(std::move(other.path_)), buffer_(std::move(other.buffer_)) {}

FileWriter::~FileWriter() {
  if (number_ >= 0) ::close(number_);
}

Result<void> FileWriter::flush() {
  std::string_view text{buffer_};
  while (!text.empty()) {
    const auto count = ::write(number_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write", path_);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
  return {};
}

}  // namespace hanse::node
