#include "plant/records.hpp"

#include <algorithm>

namespace hanse::plant {
namespace {

constexpr int kDepthMax = 20;  ///< The rules allow six levels; this ends a loop in damaged records.

}  // namespace

const Asset* Records::asset(const AssetId& id) const {
  const auto found = assets.find(id);
  return found == assets.end() ? nullptr : &found->second;
}

std::vector<const Asset*> Records::children(const AssetId& parent) const {
  std::vector<const Asset*> found;
  for (const auto& [id, candidate] : assets) {
    if (candidate.parent == parent) found.push_back(&candidate);
  }
  std::sort(found.begin(), found.end(), [](const Asset* a, const Asset* b) {
    return std::tie(a->position, a->name, a->id) < std::tie(b->position, b->name, b->id);
  });
  return found;
}

std::vector<const Asset*> Records::subtree(const AssetId& root) const {
  std::vector<const Asset*> found;
  if (const auto* top = asset(root)) found.push_back(top);
  for (std::size_t i = 0; i < found.size() && found.size() <= assets.size(); ++i) {
    for (const auto* child : children(found[i]->id)) found.push_back(child);
  }
  return found;
}

const Asset* Records::above(const AssetId& id, Level level) const {
  const auto* node = asset(id);
  for (int depth = 0; node && depth < kDepthMax; ++depth, node = asset(node->parent)) {
    if (node->level == level) return node;
  }
  return nullptr;
}

const Calendar* Records::calendar_of(const AssetId& id) const {
  const auto* node = asset(id);
  for (int depth = 0; node && depth < kDepthMax; ++depth, node = asset(node->parent)) {
    const auto found = calendars.find(node->calendar);
    if (found != calendars.end()) return &found->second;
  }
  return nullptr;
}

std::shared_ptr<const TimeZone> Records::zone_of(const AssetId& id) const {
  if (const auto* calendar = calendar_of(id)) {
    if (const auto found = zones.find(calendar->time_zone); found != zones.end()) return found->second;
  }
  return std::make_shared<const TimeZone>();
}

double Records::ideal_cycle_s(const std::string& product, const AssetId& id) const {
  const auto found = products.find(product);
  if (found == products.end()) return 0;
  if (const auto own = found->second.cycles_s.find(id.value); own != found->second.cycles_s.end()) return own->second;
  if (const auto* machine = asset(id)) {
    const auto of_kind = found->second.cycles_s.find(machine->kind);
    if (of_kind != found->second.cycles_s.end()) return of_kind->second;
  }
  return found->second.ideal_cycle_s;
}

}  // namespace hanse::plant
