#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hanse::historian::internal {

/// One file that grows. Not safe from many threads.
class File {
 public:
  virtual ~File() = default;
  /// All of it, or an error; then some of it may be there.
  virtual Result<void> append(std::string_view bytes) = 0;
  /// When it returns, what was appended survives a loss of power. After an error nobody knows what survives.
  virtual Result<void> sync() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
};

/// The one door to files of this room: tests put a disk behind it that fails.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<void> make_folder(const std::string& path) = 0;
  /// Names in a folder, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
  /// A new file whose name survives a loss of power.
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;
  virtual Result<std::string> read(const std::string& path) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
};

/// The machine's disk.
Files& real_files();

}  // namespace hanse::historian::internal
