#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hanse::store {

/// A sealed piece of one series: opaque bytes with the times they span (ns UTC, both included). `level` tells roll-ups
/// from raw (0) and from each other.
struct Chunk {
  std::uint32_t series = 0;
  std::uint8_t level = 0;
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::string bytes;
};

/// Names one chunk.
struct ChunkKey {
  std::uint32_t series = 0;
  std::uint8_t level = 0;
  std::int64_t begin_ns = 0;
  friend bool operator==(const ChunkKey&, const ChunkKey&) = default;
};

/// Chunks by (series, level, begin), on SQLite or PostgreSQL. Blocking; safe from many threads.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;
  /// Removes and adds in one transaction, durable when it returns. Adding over an existing key replaces it.
  virtual Result<void> change(std::span<const ChunkKey> remove, std::span<const Chunk> add) = 0;
  /// Chunks that overlap [begin_ns, end_ns], in order of their begin; `visit` returns false to stop, and doesn't write.
  virtual Result<void> scan(std::uint32_t series, std::uint8_t level, std::int64_t begin_ns, std::int64_t end_ns,
                            const std::function<bool(const Chunk&)>& visit) = 0;
  /// Keys and spans only, of all series: what the historian reads at start.
  virtual Result<void> list(
      const std::function<void(const ChunkKey&, std::int64_t end_ns, std::size_t bytes)>& visit) = 0;
  /// Drops all chunks of `series`; with `purge` SQLite overwrites what they held (PostgreSQL can only free it).
  virtual Result<void> erase_series(std::uint32_t series, bool purge) = 0;
  /// Drops those of one level that end before `before_ns`; returns how many.
  virtual Result<std::int64_t> erase_before(std::uint32_t series, std::uint8_t level, std::int64_t before_ns) = 0;
  /// As `Store::backup`; `restore_backup` takes it back.
  virtual Result<void> backup(const std::string& path) = 0;
};

/// Addresses as for `open_store`; the two may share one database.
Result<std::unique_ptr<ChunkStore>> open_chunk_store(std::string_view address);

}  // namespace hanse::store
