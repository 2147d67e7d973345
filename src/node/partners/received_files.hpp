#pragma once

#include <filesystem>

#include "dataspace/received.hpp"

namespace hanse::node {

/// What came from partners, a file each in one folder. Made when the first comes; for the node's user only, as it is
/// another company's.
class ReceivedFiles final : public dataspace::ReceivedContent {
 public:
  explicit ReceivedFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<void> write(const std::string& id, std::int64_t offset, std::string_view bytes) override;
  Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) const override;
  Result<void> remove(const std::string& id) override;

 private:
  /// Errors: `invalid` for an id that isn't one of ours, which could name another file.
  Result<std::filesystem::path> path_of(std::string_view id) const;

  std::filesystem::path folder_;
};

}  // namespace hanse::node
