#include "dataspace/internal/outbox_queue.hpp"

#include <algorithm>

namespace hanse::dataspace {

void OutboxQueue::stage(Item item) {
  const std::lock_guard lock{mutex_};
  auto& queue = queues_[item.process];
  queue.push_back({std::move(item), Stage::staged});
}

OutboxQueue::Slot* OutboxQueue::find(const Item& item) {
  const auto queue = queues_.find(item.process);
  if (queue == queues_.end()) return nullptr;
  const auto slot =
      std::ranges::find(queue->second, item.id, [](const Slot& s) -> const std::string& { return s.item.id; });
  return slot == queue->second.end() ? nullptr : &*slot;
}

void OutboxQueue::release(const std::vector<Item>& items) {
  const std::lock_guard lock{mutex_};
  for (const auto& item : items) {
    if (auto* slot = find(item)) slot->stage = Stage::ready;
  }
}

void OutboxQueue::drop(const std::vector<Item>& items) {
  const std::lock_guard lock{mutex_};
  for (const auto& item : items) {
    const auto queue = queues_.find(item.process);
    if (queue == queues_.end()) continue;
    std::erase_if(queue->second, [&](const Slot& slot) { return slot.item.id == item.id; });
    if (queue->second.empty()) queues_.erase(queue);
  }
}

void OutboxQueue::take_front(std::deque<Slot>& queue, Timestamp now, std::vector<Item>& out) {
  auto& front = queue.front();
  if (front.stage != Stage::ready || front.item.due > now) return;
  front.stage = Stage::under_way;
  out.push_back(front.item);
}

std::vector<OutboxQueue::Item> OutboxQueue::take(const std::vector<std::string>& processes, Timestamp now) {
  const std::lock_guard lock{mutex_};
  std::vector<Item> out;
  for (const auto& process : processes) {
    if (const auto queue = queues_.find(process); queue != queues_.end()) take_front(queue->second, now, out);
  }
  return out;
}

std::vector<OutboxQueue::Item> OutboxQueue::take_all(Timestamp now) {
  const std::lock_guard lock{mutex_};
  std::vector<Item> out;
  for (auto& [process, queue] : queues_) take_front(queue, now, out);
  return out;
}

void OutboxQueue::again(const Item& item, Timestamp due) {
  const std::lock_guard lock{mutex_};
  if (auto* slot = find(item)) {
    slot->stage = Stage::ready;
    slot->item.due = due;
    slot->item.tried = true;
  }
}

std::vector<OutboxQueue::Item> OutboxQueue::waiting_for_retry(const std::string& process) const {
  const std::lock_guard lock{mutex_};
  std::vector<Item> out;
  const auto queue = queues_.find(process);
  if (queue == queues_.end()) return out;
  for (const auto& slot : queue->second) {
    if (slot.stage == Stage::ready && slot.item.tried) out.push_back(slot.item);
  }
  return out;
}

std::optional<Timestamp> OutboxQueue::next_due() const {
  const std::lock_guard lock{mutex_};
  std::optional<Timestamp> due;
  for (const auto& [process, queue] : queues_) {
    const auto& front = queue.front();
    if (front.stage == Stage::ready) due = due ? std::min(*due, front.item.due) : front.item.due;
  }
  return due;
}

std::size_t OutboxQueue::size() const {
  const std::lock_guard lock{mutex_};
  std::size_t size = 0;
  for (const auto& [process, queue] : queues_) size += queue.size();
  return size;
}

}  // namespace hanse::dataspace
