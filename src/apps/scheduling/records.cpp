#include "apps/scheduling/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace hanse::apps::scheduling {
namespace {

bool is_machine(const plant::Records& plant, const AssetId& id) {
  const auto* asset = plant.asset(id);
  return asset && (asset->level == plant::Level::asset || asset->level == plant::Level::work_unit);
}

void check_machine(std::vector<FieldError>& errors, const plant::Records& plant, const AssetId& id, std::string path) {
  if (!plant.asset(id)) {
    errors.push_back({std::move(path), fmt::format("there is no asset '{}'", id.value)});
  } else if (!is_machine(plant, id)) {
    errors.push_back({std::move(path), fmt::format("'{}' is a {}, not a machine", id.value,
                                                   describe::enum_name(plant.asset(id)->level))});
  }
}

std::size_t position_of(const Routing& routing, const std::string& step) {
  const auto found =
      std::find_if(routing.steps.begin(), routing.steps.end(), [&](const RoutingStep& one) { return one.id == step; });
  return static_cast<std::size_t>(found - routing.steps.begin());
}

/// The step's and its predecessors' places on a cycle; true when there is one.
bool has_cycle(const Routing& routing) {
  std::vector<std::size_t> waiting(routing.steps.size(), 0);
  std::vector<std::vector<std::size_t>> next(routing.steps.size());
  for (std::size_t i = 0; i < routing.steps.size(); ++i) {
    for (const auto before : steps_before(routing, i)) {
      ++waiting[i];
      next[before].push_back(i);
    }
  }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i] == 0) ready.push_back(i);
  }
  std::size_t done = 0;
  for (; !ready.empty(); ++done) {
    const auto step = ready.back();
    ready.pop_back();
    for (const auto after : next[step]) {
      if (--waiting[after] == 0) ready.push_back(after);
    }
  }
  return done < routing.steps.size();
}

}  // namespace

std::vector<std::uint32_t> steps_before(const Routing& routing, std::size_t step) {
  std::vector<std::uint32_t> before;
  const auto& after = routing.steps[step].after;
  if (!after) {
    if (step > 0) before.push_back(static_cast<std::uint32_t>(step - 1));
    return before;
  }
  for (const auto& id : *after) {
    const auto found = position_of(routing, id);
    if (found < routing.steps.size()) before.push_back(static_cast<std::uint32_t>(found));
  }
  return before;
}

void ProductionOrder::validate(JsonReader& reader) const {
  if (release && due && *due < *release) {
    reader.error_at("due", fmt::format("is before its release at {}", to_string(*release)));
  }
}

void Routing::validate(JsonReader& reader) const {
  std::set<std::string> ids;
  bool refers = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    const auto at = [&](std::string_view field) { return fmt::format("steps[{}].{}", i, field); };
    if (!ids.insert(step.id).second) reader.error_at(at("id"), fmt::format("'{}' is there twice", step.id));
    std::set<AssetId> machines;
    for (std::size_t m = 0; m < step.machines.size(); ++m) {
      if (!machines.insert(step.machines[m].machine).second) {
        reader.error_at(fmt::format("steps[{}].machines[{}].machine", i, m), "is named twice");
      }
    }
    if (!step.after) continue;
    for (std::size_t a = 0; a < step.after->size(); ++a) {
      const auto found = position_of(*this, (*step.after)[a]);
      if (found < steps.size() && found != i) continue;
      refers = false;
      reader.error_at(fmt::format("steps[{}].after[{}]", i, a), "must be the id of another step");
    }
  }
  if (refers && has_cycle(*this)) reader.error_at("steps", "wait for one another in a circle");
}

void MaintenanceWindow::validate(JsonReader& reader) const {
  if (end <= begin) reader.error_at("end", "must be after its begin");
}

const Routing* Ledger::routing_of(const ProductionOrder& order) const {
  if (!order.routing.empty()) {
    const auto found = routings.find(order.routing);
    return found == routings.end() ? nullptr : &found->second;
  }
  const Routing* only = nullptr;
  for (const auto& [id, routing] : routings) {
    if (routing.product != order.product) continue;
    if (only) return nullptr;
    only = &routing;
  }
  return only;
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const ProductionOrder& order) {
  std::vector<FieldError> errors;
  if (!plant.products.contains(order.product)) {
    errors.push_back({"product", fmt::format("there is no product '{}'", order.product)});
  }
  if (!order.routing.empty()) {
    const auto found = ledger.routings.find(order.routing);
    if (found == ledger.routings.end()) {
      errors.push_back({"routing", fmt::format("there is no routing '{}'", order.routing)});
    } else if (found->second.product != order.product) {
      errors.push_back(
          {"routing", fmt::format("'{}' makes '{}', not '{}'", order.routing, found->second.product, order.product)});
    }
  }
  // An order without a routing is kept and listed as one that has no place: the routing may come later.
  if (const auto* routing = ledger.routing_of(order)) {
    for (std::size_t i = 0; i < order.completed_steps.size(); ++i) {
      if (position_of(*routing, order.completed_steps[i]) < routing->steps.size()) continue;
      errors.push_back({fmt::format("completed_steps[{}]", i),
                        fmt::format("'{}' is no step of routing '{}'", order.completed_steps[i], routing->id)});
    }
  }
  return errors;
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger&, const Routing& routing) {
  std::vector<FieldError> errors;
  if (!plant.products.contains(routing.product)) {
    errors.push_back({"product", fmt::format("there is no product '{}'", routing.product)});
  }
  for (std::size_t i = 0; i < routing.steps.size(); ++i) {
    for (std::size_t m = 0; m < routing.steps[i].machines.size(); ++m) {
      const auto& [machine, cycle_s] = routing.steps[i].machines[m];
      const auto path = fmt::format("steps[{}].machines[{}]", i, m);
      check_machine(errors, plant, machine, path + ".machine");
      if (cycle_s == 0 && plant.ideal_cycle_s(routing.product, machine) <= 0 && routing.steps[i].fixed_s == 0) {
        errors.push_back({path + ".cycle_s", fmt::format("is needed: product '{}' has no ideal cycle on '{}'",
                                                         routing.product, machine.value)});
      }
    }
  }
  return errors;
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const ChangeOverMatrix& matrix) {
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < matrix.machines.size(); ++i) {
    const auto path = fmt::format("machines[{}]", i);
    check_machine(errors, plant, matrix.machines[i], path);
    for (const auto& [id, other] : ledger.change_overs) {
      if (id == matrix.id) continue;
      if (std::find(other.machines.begin(), other.machines.end(), matrix.machines[i]) == other.machines.end()) continue;
      errors.push_back({path, fmt::format("'{}' has the matrix '{}' already", matrix.machines[i].value, id)});
    }
  }
  return errors;
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger&, const MaintenanceWindow& window) {
  if (plant.asset(window.asset)) return {};
  return {{"asset", fmt::format("there is no asset '{}'", window.asset.value)}};
}

}  // namespace hanse::apps::scheduling
