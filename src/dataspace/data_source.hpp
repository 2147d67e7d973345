#pragma once

#include <string>

#include "base/result.hpp"
#include "dataspace/records.hpp"

namespace hanse::dataspace {

/// What part of a dataset is wanted. Everything is optional to the partner; the node sets what the policy asks for.
struct DataWindow {
  std::optional<Timestamp> from, until;  ///< Of series and records.
  std::int64_t aggregate_s = 0;          ///< Means over at least so many seconds.
  std::int64_t offset = 0;               ///< Of files, bytes.
  std::int64_t length = 0;               ///< Bytes at most; 0 for as many as go into one answer.
  std::vector<std::string> masked;       ///< Fields to leave out.
};
struct DataPiece {
  std::string content_type;
  std::string body;
  std::int64_t offset = 0;
  std::int64_t total = 0;  ///< Bytes of the whole file; 0 when nobody knows.
};

/// Where data come from: the node's historian, plant, twins, files. Called on the work pool.
class DataSource {
 public:
  virtual ~DataSource() = default;
  /// Errors: `not_found` when the source is gone, `invalid` for a wrong window, `too_large` when it must be narrower.
  virtual Result<DataPiece> read(const Dataset& dataset, const DataWindow& window) = 0;
};

}  // namespace hanse::dataspace
