#pragma once

#include <string>

#include "base/result.hpp"

namespace hanse::node {

inline constexpr std::string_view kLockName = "hanse.lock";

/// The folder that holds all this node keeps, held by one process at a time.
class DataFolder {
 public:
  /// Makes it (readable by its owner only) and takes its lock. Errors: `conflict` when another node runs on it, naming
  /// that process; `unavailable` when it can't be made or written.
  static Result<DataFolder> open(const std::string& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  const std::string& path() const { return path_; }
  /// `path`/`name`.
  std::string file(std::string_view name) const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_ = -1;
};

}  // namespace hanse::node
