#include "node/system/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace hanse::node {
namespace {

std::string read_owner(int lock) {
  char text[32] = {};
  const auto count = ::pread(lock, text, sizeof text - 1, 0);
  const std::string owner{text, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  return owner.empty() ? "another process" : "process " + owner.substr(0, owner.find('\n'));
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path) {
  std::error_code error;
  const bool fresh = std::filesystem::create_directories(path, error);
  if (error) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("can't make the data folder '{}': {}; name another with --data_folder", path, error.message()));
  }
  if (fresh) ::chmod(path.c_str(), 0700);
  const auto name = (std::filesystem::path{path} / kLockName).string();
  const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("can't write in the data folder '{}': {}; check its owner and rights", path, std::strerror(errno)));
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const auto owner = read_owner(lock);
    ::close(lock);
    return fail(ErrorCode::conflict, fmt::format("{} runs a node on the data folder '{}'; stop it, or name another "
                                                 "folder with --data_folder",
                                                 owner, path));
  }
  const auto own = std::to_string(::getpid()) + '\n';
  // The number is for the message above only; the lock holds without it.
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, own.data(), own.size(), 0) < 0) ::lseek(lock, 0, SEEK_SET);
  return DataFolder{path, lock};
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

std::string DataFolder::file(std::string_view name) const { return (std::filesystem::path{path_} / name).string(); }

}  // namespace hanse::node
