#include "programme/views.hpp"

#include <algorithm>
#include <set>

namespace hanse::programme {
namespace {

constexpr std::size_t kChangesShown = 500, kNodesOfTier = 9;

/// Tiers and values of the parts that a plan makes or buys.
class Flow {
 public:
  Flow(const PlanRecord& record, const std::vector<Design>& designs) : record_(record) {
    for (const auto& design : designs) {
      for (const auto& part : design.parts) parts_.emplace(part.id == design.finished ? record.need : part.id, &part);
      for (const auto& part : design.parts) {
        if (part.id == design.finished) finished_.push_back(&part);
      }
    }
    for (const auto* part : finished_) descend(*part, 0);
    for (const auto& line : record.lines) {
      made_[line.part] += line.quantity;
      cost_[line.part] += line.cost;
      makers_[node_of(line.part)].insert(line.organisation);
    }
    for (const auto& bought : record.purchases) {
      const auto part = parts_.find(bought.part);
      if (part == parts_.end()) continue;
      made_[bought.part] += bought.quantity;
      cost_[bought.part] += bought.quantity * part->second->market_cost;
    }
  }

  void write(PlanPicture& picture) {
    std::map<std::string, FlowNode> nodes;
    std::map<std::pair<std::string, std::string>, double> links;
    for (const auto& [id, tier] : tier_) {
      if (made_[id] <= 0) continue;
      auto& node = nodes[node_of(id)];
      node.id = node_of(id);
      node.tier = tier;
      node.label = label_of(id);
      node.value += made_[id] * value_of(id);
      ++node.parts;
      node.members = std::ssize(makers_[node.id]);
      for (const auto& input : inputs_of(id)) {
        if (made_[input.part] > 0)
          links[{node_of(input.part), node.id}] += made_[id] * input.quantity * value_of(input.part);
      }
    }
    gather_small(nodes, links);
    for (auto& [id, node] : nodes) picture.nodes.push_back(std::move(node));
    for (const auto& [ends, value] : links) picture.links.push_back({ends.first, ends.second, value});
  }

 private:
  void descend(const Part& part, std::int64_t tier) {
    const auto id = tier == 0 ? record_.need : part.id;
    auto& deepest = tier_[id];
    deepest = std::max(deepest, tier);
    for (const auto& input : part.inputs) {
      if (const auto below = parts_.find(input.part); below != parts_.end()) descend(*below->second, tier + 1);
    }
  }
  /// Of a finished good with several designs: of those whose modules the plan makes, each in its share.
  std::vector<PartUse> inputs_of(const std::string& id) {
    if (id != record_.need) return parts_.at(id)->inputs;
    std::vector<PartUse> out;
    for (const auto* part : finished_) {
      for (const auto& input : part->inputs) {
        const double share = made_[id] > 0 ? std::min(1.0, made_[input.part] / (made_[id] * input.quantity)) : 0;
        if (share > 0) out.push_back({input.part, input.quantity * share});
      }
    }
    return out;
  }
  double value_of(const std::string& id) {
    if (const auto known = value_.find(id); known != value_.end()) return known->second;
    double value = made_[id] > 0 ? cost_[id] / made_[id] : 0;
    for (const auto& input : inputs_of(id)) value += input.quantity * value_of(input.part);
    return value_[id] = value;
  }
  std::string label_of(const std::string& id) const {
    const auto& process = parts_.at(id)->requirement.process;
    const auto label = ecosystem::process_label(process);
    return label.empty() ? process : std::string{label};
  }
  std::string node_of(const std::string& id) const {
    const auto part = parts_.find(id);
    const auto tier = tier_.find(id);
    if (part == parts_.end() || tier == tier_.end()) return id;
    return std::to_string(tier->second) + " " + part->second->requirement.process;
  }

  /// A tier shows its largest kinds of work; the rest is one node.
  static void gather_small(std::map<std::string, FlowNode>& nodes,
                           std::map<std::pair<std::string, std::string>, double>& links) {
    std::map<std::int64_t, std::vector<const FlowNode*>> tiers;
    for (const auto& [id, node] : nodes) tiers[node.tier].push_back(&node);
    std::map<std::string, std::string> renamed;
    for (auto& [tier, all] : tiers) {
      std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->value > b->value; });
      for (std::size_t i = kNodesOfTier; i < all.size(); ++i) renamed[all[i]->id] = std::to_string(tier) + " other";
    }
    for (const auto& [id, other] : renamed) {
      const auto node = nodes.extract(id).mapped();
      auto& sum = nodes[other];
      sum.id = other;
      sum.label = "other";
      sum.tier = node.tier;
      sum.value += node.value;
      sum.parts += node.parts;
      sum.members += node.members;
    }
    std::map<std::pair<std::string, std::string>, double> gathered;
    const auto name = [&](const std::string& id) { return renamed.contains(id) ? renamed.at(id) : id; };
    for (const auto& [ends, value] : links) gathered[{name(ends.first), name(ends.second)}] += value;
    links = std::move(gathered);
  }

  const PlanRecord& record_;
  std::map<std::string, const Part*> parts_;
  std::vector<const Part*> finished_;
  std::map<std::string, std::int64_t> tier_;
  std::map<std::string, double> made_, cost_, value_;
  std::map<std::string, std::set<std::string>> makers_;
};

std::vector<PlanMember> members_of(const PlanRecord& record) {
  struct Sum {
    PlanMember member;
    std::set<std::string> parts, sites;
  };
  std::map<std::string, Sum> sums;
  double total = 0;
  for (const auto& line : record.lines) {
    auto& sum = sums[line.organisation];
    sum.member.organisation = line.organisation;
    sum.member.hours += line.hours;
    sum.member.cost += line.cost;
    sum.member.units += line.quantity;
    sum.parts.insert(line.part);
    sum.sites.insert(line.site);
    total += line.cost;
  }
  std::vector<PlanMember> out;
  for (auto& [organisation, sum] : sums) {
    sum.member.parts = std::ssize(sum.parts);
    sum.member.sites = std::ssize(sum.sites);
    sum.member.share = total > 0 ? sum.member.cost / total : 0;
    out.push_back(std::move(sum.member));
  }
  std::stable_sort(out.begin(), out.end(), [](const PlanMember& a, const PlanMember& b) { return a.cost > b.cost; });
  return out;
}

}  // namespace

PlanHead head_of(const PlanRecord& record) {
  PlanHead head{.id = record.id, .need = record.need, .replaces = record.replaces, .reason = record.reason};
  head.made = record.made;
  head.aim = record.aim;
  head.event = record.event;
  head.published = record.published;
  head.proposal = record.event.has_value() && !record.was_published;
  head.status = record.status;
  head.value = record.value;
  head.bound = record.bound;
  head.gap = record.gap;
  head.seconds = record.seconds;
  head.repair_ms = record.repair_ms;
  const auto& m = record.measures;
  head.units = m.units_delivered;
  head.units_due = m.units_due;
  head.unit_weeks_late = m.unit_weeks_late;
  head.cost = m.total() - m.late - m.shortage - m.agreements;
  const auto members = members_of(record);
  head.members = std::ssize(members);
  head.largest_share = members.empty() ? 0 : members.front().share;
  head.lines = std::ssize(record.lines);
  std::map<std::string, std::set<std::string>> makers;
  for (const auto& line : record.lines) makers[line.part].insert(line.organisation);
  head.single_source_parts =
      std::count_if(makers.begin(), makers.end(), [](const auto& part) { return part.second.size() == 1; });
  head.changes = std::ssize(record.changes);
  return head;
}

PlanPicture picture_of(const PlanRecord& record, const std::vector<Design>& designs) {
  PlanPicture picture{.head = head_of(record), .measures = record.measures, .ramp = record.ramp};
  Flow{record, designs}.write(picture);
  picture.members = members_of(record);
  picture.limits = record.limits;
  picture.chain = record.chain;
  picture.blockers = record.blockers;
  picture.changes = record.changes;
  if (picture.changes.size() > kChangesShown) picture.changes.resize(kChangesShown);
  picture.call = record.call;
  for (const auto& design : designs) {
    for (const auto& part : design.parts)
      picture.names.emplace(part.id == design.finished ? record.need : part.id, part.name);
  }
  return picture;
}

}  // namespace hanse::programme
