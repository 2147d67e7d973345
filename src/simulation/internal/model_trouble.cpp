#include "simulation/internal/model.hpp"

namespace hanse::simulation {

using internal::EventType;
using internal::kNone;

std::size_t Factory::Model::find_machine(std::string_view id) const {
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (machines[i].spec->id == id) return i;
  }
  return kNone;
}

std::size_t Factory::Model::find_line(std::string_view id) const {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].spec->id == id) return i;
  }
  const auto machine = find_machine(id);
  return machine == kNone ? kNone : machines[machine].line;
}

Result<Trouble> Factory::Model::start_trouble(TroubleKind kind, std::string_view asset,
                                              std::optional<Duration> duration) {
  if (find_line(asset) == kNone) {
    return fail(ErrorCode::not_found, fmt::format("the simulated plant has no machine or line '{}'", asset));
  }
  for (const auto& trouble : troubles) {
    if (trouble.kind == name_of(kind) && trouble.asset == asset) {
      return fail(ErrorCode::conflict, fmt::format("'{}' has this trouble already: {}", asset, trouble.id));
    }
  }
  HANSE_CHECK(apply(kind, asset));
  Trouble trouble{.id = fmt::format("trouble-{}", ++trouble_number_),
                  .kind = std::string{name_of(kind)},
                  .asset = std::string{asset},
                  .begins = now};
  if (duration) {
    trouble.ends = now + *duration;
    queue_.plan(*trouble.ends, EventType::trouble_end, static_cast<std::size_t>(trouble_number_));
  }
  troubles.push_back(trouble);
  return trouble;
}

Result<void> Factory::Model::end_trouble(std::string_view id) {
  const auto found =
      std::find_if(troubles.begin(), troubles.end(), [&](const Trouble& trouble) { return trouble.id == id; });
  if (found == troubles.end()) return fail(ErrorCode::not_found, fmt::format("there is no trouble '{}'", id));
  const Trouble ended = *found;
  troubles.erase(found);
  if (const auto kind = parse_trouble_kind(ended.kind)) undo(*kind, ended.asset);
  return {};
}

Result<void> Factory::Model::apply(TroubleKind kind, std::string_view asset) {
  const auto machine = find_machine(asset);
  const bool needs_machine = kind == TroubleKind::breakdown || kind == TroubleKind::drift;
  if (needs_machine && machine == kNone) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is a line", asset),
                {{"asset", "must be a machine for this trouble"}});
  }
  switch (kind) {
    case TroubleKind::breakdown:
      break_machine(machines[machine]);
      break;
    case TroubleKind::drift:
      machines[machine].drifting = true;
      machines[machine].tool_wear = std::max(machines[machine].tool_wear, 1.0);
      break;
    case TroubleKind::lose_network:
      lines[find_line(asset)].network_lost = true;
      break;
    case TroubleKind::jam: {
      std::size_t line = 0;
      HANSE_TRY(const auto place, jam_place(asset, line));
      auto& buffer = lines[line].buffers[place];
      if (buffer.jammed) return fail(ErrorCode::conflict, "this conveyor is jammed already");
      buffer.jammed = true;
      break;
    }
  }
  return {};
}

void Factory::Model::undo(TroubleKind kind, std::string_view asset) {
  const auto index = find_machine(asset);
  switch (kind) {
    case TroubleKind::breakdown:
      mend_machine(machines[index]);
      consider(index);
      break;
    case TroubleKind::drift:
      machines[index].drifting = false;
      // A machine with a tool changes it now, as it is due; the others are adjusted at once.
      if (machines[index].profile->tool_life_parts == 0) machines[index].tool_wear = 0;
      break;
    case TroubleKind::lose_network: {
      const auto line = find_line(asset);
      lines[line].network_lost = std::any_of(troubles.begin(), troubles.end(), [&](const Trouble& trouble) {
        return trouble.kind == name_of(TroubleKind::lose_network) && find_line(trouble.asset) == line;
      });
      break;
    }
    case TroubleKind::jam: {
      std::size_t line = 0;
      const auto place = jam_place(asset, line);
      if (!place) break;
      lines[line].buffers[*place].jammed = false;
      wake_stage(lines[line], *place - 1, Condition::blocked);
      wake_stage(lines[line], *place, Condition::starved);
      break;
    }
  }
}

/// The buffer whose conveyor a jam at `asset` stops.
Result<std::size_t> Factory::Model::jam_place(std::string_view asset, std::size_t& line) const {
  line = find_line(asset);
  const auto stages = lines[line].buffers.size();
  if (stages < 2) {
    return fail(ErrorCode::invalid, fmt::format("'{}' has one stage only", asset),
                {{"asset", "must have a conveyor to jam"}});
  }
  const auto machine = find_machine(asset);
  const std::size_t behind = machine == kNone ? 1 : machines[machine].stage + 1;
  return std::min(behind, stages - 1);
}

void Factory::Model::break_machine(Machine& machine) {
  if (machine.condition == Condition::producing) account_segment(machine);
  drop_work(machine);
  ++machine.epoch;
  if (machine.alarm.empty()) {
    const auto& failures = machine.profile->failures;
    ++machine.tally.failures;
    machine.alarm = failures.empty() ? std::string_view{"Machine stopped"} : std::string_view{failures.front().text};
    if (machine.alarm.empty()) machine.alarm = failures.front().code;
    become(machine, Condition::down,
           failures.empty() ? std::string_view{"breakdown"} : std::string_view{failures.front().code});
    say(Happening::Kind::alarm, machine, machine.alarm);
  }
}

void Factory::Model::mend_machine(Machine& machine) {
  if (machine.failed != kNone) renew(machine, machine.failures[machine.failed]);
  machine.failed = kNone;
  const auto alarm = std::exchange(machine.alarm, {});
  if (!alarm.empty()) say(Happening::Kind::alarm_end, machine, alarm);
}

}  // namespace hanse::simulation
