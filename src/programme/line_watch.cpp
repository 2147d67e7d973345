#include "programme/line_watch.hpp"

#include <algorithm>

namespace hanse::programme {
namespace {

bool has(const std::vector<std::string>& list, const std::string& what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

}  // namespace

bool LineWatch::is_machine(const std::string& asset) const {
  return has(line_.counts_at, asset) || std::any_of(line_.stages.begin(), line_.stages.end(),
                                                    [&](const LiveStage& stage) { return has(stage.machines, asset); });
}

bool LineWatch::counts(const plant::ProductionEvent& event) const {
  if (event.kind != plant::EventKind::good && event.kind != plant::EventKind::scrap) return false;
  if (!has(line_.counts_at, event.asset.value) || event.quantity <= 0) return false;
  return line_.products.empty() || has(line_.products, event.product);
}

void LineWatch::take(const plant::ProductionEvent& event) {
  const auto& asset = event.asset.value;
  if (!is_machine(asset)) return;
  if (counts(event)) {
    if (!made_) made_.emplace();
    (event.kind == plant::EventKind::good ? made_->good : made_->scrap) += event.quantity;
    made_->last = std::max(made_->last, event.time);
  }
  if (event.kind == plant::EventKind::alarm) {
    alarms_[asset] = event.reason;
    if (const auto stop = down_.find(asset); stop != down_.end() && stop->second.reason.empty())
      stop->second.reason = event.reason;
  } else if (event.kind == plant::EventKind::alarm_end) {
    alarms_.erase(asset);
  } else if (event.kind == plant::EventKind::reason) {
    if (const auto stop = down_.find(asset); stop != down_.end() && stop->second.since == event.time)
      stop->second.reason = event.reason;
  } else if (event.kind == plant::EventKind::state && event.state) {
    if (*event.state != plant::MachineState::down) {
      // Silence says nothing: a machine that went down and then can't be heard is not up again.
      if (*event.state != plant::MachineState::offline) down_.erase(asset);
      return;
    }
    const auto alarm = alarms_.find(asset);
    auto reason = !event.reason.empty() ? event.reason : alarm != alarms_.end() ? alarm->second : "";
    const auto [stop, fresh] = down_.try_emplace(asset, Stop{asset, event.time, reason});
    if (!fresh && stop->second.reason.empty()) stop->second.reason = std::move(reason);
  }
}

std::optional<LineWatch::Made> LineWatch::made() { return std::exchange(made_, std::nullopt); }

void LineWatch::give_back(const Made& made) {
  if (!made_) made_.emplace();
  made_->good += made.good;
  made_->scrap += made.scrap;
  made_->last = std::max(made_->last, made.last);
}

std::vector<LineWatch::Stop> LineWatch::stops(Timestamp now) const {
  std::vector<Stop> out;
  for (const auto& [asset, stop] : down_) {
    if (now - stop.since >= std::chrono::seconds{line_.alarm_after_s}) out.push_back(stop);
  }
  return out;
}

double LineWatch::part_left(const std::vector<Stop>& without) const {
  double least = 1;
  for (const auto& stage : line_.stages) {
    if (stage.machines.empty()) continue;
    const auto left = std::count_if(stage.machines.begin(), stage.machines.end(), [&](const std::string& machine) {
      return std::none_of(without.begin(), without.end(), [&](const Stop& stop) { return stop.asset == machine; });
    });
    least = std::min(least, static_cast<double>(left) / static_cast<double>(stage.machines.size()));
  }
  return least;
}

}  // namespace hanse::programme
