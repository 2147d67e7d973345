#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace hanse::dataspace {

/// The order of what waits to go out, in memory: per process one after the other, each not before it is due. What it
/// holds is in the store as well; after a start it is filled from there. Safe from many threads.
class OutboxQueue {
 public:
  struct Item {
    std::string id;
    std::string process;
    Timestamp due;
    bool tried = false;
  };

  /// In the order of the transactions (called within them); goes out only after `release`.
  void stage(Item item);
  /// The transactions that staged these are durable.
  void release(const std::vector<Item>& items);
  /// They were undone; or the entries are gone, whatever their state.
  void drop(const std::vector<Item>& items);
  /// What may go out now, marked as under way: of these processes, or of all.
  std::vector<Item> take(const std::vector<std::string>& processes, Timestamp now);
  std::vector<Item> take_all(Timestamp now);
  /// The try under way failed; again at `due`.
  void again(const Item& item, Timestamp due);
  /// Entries of the process that were tried in vain and aren't under way: the partner's next message acknowledges them.
  std::vector<Item> waiting_for_retry(const std::string& process) const;
  std::optional<Timestamp> next_due() const;
  std::size_t size() const;

 private:
  enum class Stage { staged, ready, under_way };
  struct Slot {
    Item item;
    Stage stage = Stage::staged;
  };
  Slot* find(const Item& item);
  static void take_front(std::deque<Slot>& queue, Timestamp now, std::vector<Item>& out);

  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Slot>> queues_;  ///< By process; empty ones are removed.
};

}  // namespace hanse::dataspace
