#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "historian/historian.hpp"
#include "historian/internal/summary.hpp"

namespace hanse::historian::internal {

/// One hour of a signal's stored samples.
struct Hour {
  Summary summary;
  bool joined = false;  ///< No stored sample lies between it and the hour before.
};

/// Hours of signals that were asked for lately, up to a number of bytes. What is stored of a signal has a version;
/// hours of another version are not found. Safe from many threads.
class HourCache {
 public:
  using Hours = std::shared_ptr<const std::vector<Hour>>;
  explicit HourCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Hours of at least [begin, end), or nothing.
  Hours find(SignalId signal, std::uint64_t version, std::int64_t begin_ns, std::int64_t end_ns);
  void put(SignalId signal, std::uint64_t version, std::int64_t begin_ns, std::int64_t end_ns, Hours hours);

 private:
  struct Entry {
    SignalId signal{};
    std::uint64_t version = 0;
    std::int64_t begin_ns = 0, end_ns = 0;
    Hours hours;
  };
  static std::size_t bytes_of(const Entry& entry) { return sizeof(Entry) + 64 + entry.hours->size() * sizeof(Hour); }
  void drop(std::list<Entry>::iterator entry);

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  ///< Used last first.
  std::unordered_map<SignalId, std::list<Entry>::iterator> by_signal_;
};

}  // namespace hanse::historian::internal
