#include "historian/internal/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hanse::historian::internal {
namespace {

namespace fs = std::filesystem;

Error refused(std::string_view doing, const std::string& path, int number) {
  return fail(ErrorCode::unavailable,
              fmt::format("the disk refuses to {} '{}': {}", doing, path, std::strerror(number)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

class RealFile final : public File {
 public:
  RealFile(int number, std::string path) : descriptor_(number), path_(std::move(path)) {}

  Result<void> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_.number(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return refused("write", path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(descriptor_.number()) != 0) return refused("keep", path_, errno);
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) return refused("cut", path_, errno);
    return {};
  }

 private:
  Descriptor descriptor_;
  std::string path_;
};

class RealFiles final : public Files {
 public:
  Result<void> make_folder(const std::string& path) override {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return refused("make", path, error.value());
    return {};
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error}) names.push_back(entry.path().filename().string());
    if (error) return refused("list", folder, error.value());
    std::sort(names.begin(), names.end());
    return names;
  }
  Result<std::unique_ptr<File>> create(const std::string& path) override {
    const int number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (number < 0) return refused("create", path, errno);
    auto file = std::make_unique<RealFile>(number, path);
    HANSE_CHECK(sync_folder(fs::path{path}.parent_path().string()));
    return std::unique_ptr<File>{std::move(file)};
  }
  Result<std::string> read(const std::string& path) override {
    const Descriptor descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat status{};
    if (descriptor.number() < 0 || ::fstat(descriptor.number(), &status) != 0) return refused("open", path, errno);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
      const auto got = ::read(descriptor.number(), bytes.data() + have, bytes.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return refused("read", path, errno);
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }
  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return refused("remove", path, errno);
    return {};
  }

 private:
  static Result<void> sync_folder(const std::string& path) {
    const Descriptor folder{::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.number() < 0 || ::fsync(folder.number()) != 0) return refused("keep", path, errno);
    return {};
  }
};

}  // namespace

Files& real_files() {
  static RealFiles files;  // without state
  return files;
}

}  // namespace hanse::historian::internal
