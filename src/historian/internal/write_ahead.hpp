#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "historian/internal/files.hpp"

namespace hanse::historian::internal {

/// Where something stands in the record of all time: grows for ever, also across files.
using Position = std::uint64_t;

/// The write-ahead record: files of records, each with a checksum; what `append` returned for is on the disk. Appending
/// and dropping is one thread's; `bytes` is anybody's. Layout: docs/formats/chunk.md.
class WriteAhead {
 public:
  struct Replayed {
    std::int64_t records = 0;
    std::int64_t damaged_bytes = 0;  ///< Neither a record nor the cut-off end of the last write.
    std::int64_t torn_bytes = 0;     ///< A last write that wasn't finished, so never acknowledged.
  };

  /// Reads what is there, oldest first: `visit(end, payload)`, `end` being the position behind the record. Damaged
  /// records are skipped and counted. New records go into a new file, at a position of at least `position_min`.
  static Result<WriteAhead> open(Files& files, std::string folder, Position position_min,
                                 const std::function<void(Position, std::string_view)>& visit, Replayed& replayed);

  /// Room for the head of a record, to be followed by its payload and `close_frame`.
  static std::size_t open_frame(std::string& out);
  /// Fills in the head that `open_frame` left at `start`: what is behind it is the payload.
  static void close_frame(std::string& out, std::size_t start);

  /// Framed records in one write and one flush of the disk; returns the position behind them. Errors: `unavailable`;
  /// nothing of it will be replayed. After a failed flush every later append fails too (what the disk dropped can't be
  /// asked for again).
  Result<Position> append(std::string_view framed);
  /// Begins a new file, so that `drop_before` can take all older ones.
  Result<void> rotate();
  /// Removes files that hold nothing at or behind `position`.
  Result<void> drop_before(Position position);

  Position position() const { return position_; }
  std::int64_t bytes() const { return *bytes_; }
  bool failed() const { return *failed_; }

 private:
  struct Segment {
    std::string path;
    Position begin = 0, end = 0;
  };
  WriteAhead(Files& files, std::string folder) : files_(&files), folder_(std::move(folder)) {}
  Result<void> read_segment(const std::string& path, std::optional<Position> next_begin,
                            const std::function<void(Position, std::string_view)>& visit, Replayed& replayed);

  Files* files_;
  std::string folder_;
  std::vector<Segment> segments_;  ///< Oldest first; the last one is written to.
  std::unique_ptr<File> file_;
  Position position_ = 0;
  std::unique_ptr<std::atomic<std::int64_t>> bytes_ = std::make_unique<std::atomic<std::int64_t>>(0);
  std::unique_ptr<std::atomic<bool>> failed_ = std::make_unique<std::atomic<bool>>(false);
};

}  // namespace hanse::historian::internal
