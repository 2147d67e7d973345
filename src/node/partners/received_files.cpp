#include "node/partners/received_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hanse::node {
namespace {

namespace fs = std::filesystem;

/// Closes it whatever happens.
class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Error not_kept(const fs::path& path) {
  return fail(ErrorCode::unavailable,
              fmt::format("what a partner sent can't be kept in {}: {}", path.string(), std::strerror(errno)));
}

}  // namespace

Result<fs::path> ReceivedFiles::path_of(std::string_view id) const {
  constexpr std::string_view kUrn = "urn:uuid:";
  const auto name = id.starts_with(kUrn) ? id.substr(kUrn.size()) : std::string_view{};
  const bool plain = name.size() == 36 && std::ranges::all_of(name, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
                     });
  if (!plain) return fail(ErrorCode::invalid, "that is no id of something that came");
  return folder_ / name;
}

Result<void> ReceivedFiles::write(const std::string& id, std::int64_t offset, std::string_view bytes) {
  HANSE_TRY(const auto path, path_of(id));
  std::error_code ignored;  // A folder that can't be made shows when the file can't be opened.
  fs::create_directories(folder_, ignored);
  fs::permissions(folder_, fs::perms::owner_all, ignored);
  const OpenFile file{path, O_WRONLY | O_CREAT | (offset == 0 ? O_TRUNC : 0)};
  if (file.number() < 0) return not_kept(path);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return not_kept(path);
  if (offset > facts.st_size) return fail(ErrorCode::conflict, "the piece doesn't follow what is here");
  while (!bytes.empty()) {
    const auto count = ::pwrite(file.number(), bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return not_kept(path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += count;
  }
  if (::fdatasync(file.number()) != 0) return not_kept(path);
  return {};
}

Result<std::string> ReceivedFiles::read(const std::string& id, std::int64_t offset, std::int64_t length) const {
  HANSE_TRY(const auto path, path_of(id));
  const OpenFile file{path, O_RDONLY};
  if (file.number() < 0) return fail(ErrorCode::not_found, "it isn't kept here any more");
  std::string out(static_cast<std::size_t>(std::max<std::int64_t>(0, length)), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto count =
        ::pread(file.number(), out.data() + have, out.size() - have, offset + static_cast<std::int64_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorCode::corrupt, "the file of what came is shorter than it was");
    have += static_cast<std::size_t>(count);
  }
  return out;
}

Result<void> ReceivedFiles::remove(const std::string& id) {
  HANSE_TRY(const auto path, path_of(id));
  std::error_code error;
  fs::remove(path, error);
  if (error) return fail(ErrorCode::unavailable, "what came can't be deleted: " + error.message());
  return {};
}

}  // namespace hanse::node
