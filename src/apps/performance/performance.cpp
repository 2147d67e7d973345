#include "apps/performance/performance.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace hanse::apps::performance {
namespace {

using signal::Meaning;

constexpr std::array kReads{Meaning::execution,   Meaning::mode,         Meaning::availability,
                            Meaning::alarm,       Meaning::part_count,   Meaning::good_count,
                            Meaning::scrap_count, Meaning::scrap_reason, Meaning::stop_reason,
                            Meaning::order,       Meaning::product,      Meaning::ideal_cycle_time};
constexpr Duration kKpiEvery = 1min;
constexpr Duration kNoShiftWindow = 8h;  ///< What the live figures look back over where no shift is on.

bool makes_a_machine(Meaning meaning) {
  return meaning == Meaning::execution || meaning == Meaning::part_count || meaning == Meaning::good_count;
}

/// `14 min`, `2 h 5 min`
std::string minutes_text(Duration length) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(length).count();
  return minutes < 60 ? fmt::format("{} min", minutes) : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

Reading reading_of(const signal::SampleBatch& batch, const signal::Sample& sample, Meaning meaning) {
  Reading reading{.meaning = meaning, .time = sample.time};
  reading.known = sample.type != signal::ValueType::null && sample.quality != signal::Quality::bad;
  if (sample.type == signal::ValueType::text) {
    reading.text = batch.text(sample);
  } else if (sample.is_number()) {
    reading.number = sample.number();
    const bool whole = sample.type != signal::ValueType::real || *reading.number == std::floor(*reading.number);
    reading.text = whole ? fmt::format("{:.0f}", *reading.number) : fmt::format("{}", *reading.number);
  }
  return reading;
}

const ProductionEvent* reason_of_stop(const Machine& machine) {
  const ProductionEvent* found = nullptr;
  for (const auto& event : machine.events()) {
    if (event.kind != plant::EventKind::reason || event.time < machine.since()) continue;
    const bool weaker = found && found->source == "person" && event.source != "person" && found->time == event.time;
    if (!weaker) found = &event;
  }
  return found;
}

}  // namespace

Machine& Performance::machine_of(const AssetId& id) {
  const auto [place, fresh] = places_.try_emplace(id, machines_.size());
  if (fresh) {
    const auto* asset = records_->asset(id);
    const auto* machine = asset ? context_.templates.find(asset->template_id) : nullptr;
    const auto* rules = machine ? built_in_rules(machine->state_rules) : nullptr;
    if (!rules) rules = built_in_rules(settings_.state_rules);
    machines_.push_back(std::make_unique<Machine>(id, *rules, settings_));
  }
  return *machines_[place->second];
}

const Machine* Performance::machine(const AssetId& id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : machines_[place->second].get();
}

/// Which machine and meaning each signal number has: looked up once per change of the signals, not per sample.
void Performance::learn_signals(const Inputs& inputs) {
  if (signals_ == inputs.signals) return;
  signals_ = inputs.signals;
  sources_.clear();
  for (const auto& [number, entry] : *signals_) {
    if (makes_a_machine(entry->meaning)) machine_of(entry->asset);
  }
  for (const auto& [number, entry] : *signals_) {
    if (std::find(kReads.begin(), kReads.end(), entry->meaning) == kReads.end()) continue;
    const auto place = places_.find(entry->asset);
    if (place == places_.end()) continue;
    if (sources_.size() <= static_cast<std::size_t>(number)) sources_.resize(static_cast<std::size_t>(number) + 1);
    sources_[static_cast<std::size_t>(number)] = {place->second + 1, entry->meaning};
  }
}

void Performance::read_samples(const Inputs& inputs, std::vector<ProductionEvent>& out) {
  for (const auto& sample : inputs.batch.samples) {
    const auto number = static_cast<std::size_t>(sample.signal);
    if (number >= sources_.size() || sources_[number].machine == 0) continue;
    const auto& source = sources_[number];
    machines_[source.machine - 1]->read(reading_of(inputs.batch, sample, source.meaning), out);
  }
}

Outputs Performance::step(const Inputs& inputs) {
  Outputs out;
  now_ = inputs.now;
  records_ = inputs.records;
  for (const auto& event : inputs.events) {
    if (records_->asset(event.asset)) machine_of(event.asset).remember(event);
  }
  learn_signals(inputs);
  read_samples(inputs, out.events);
  for (auto& machine : machines_) machine->advance(now_, out.events);
  const bool minute_over = kpis_at_ == Timestamp::min() || now_ - kpis_at_ >= kKpiEvery;
  if (minute_over && !inputs.replaying) {
    kpis_at_ = {now_.ns / Duration{kKpiEvery}.count() * Duration{kKpiEvery}.count()};
    add_kpis(inputs, out);
    for (const auto& machine : machines_) add_findings(*machine, out);
  }
  return out;
}

/// The shift that is on, so far; where there is none, the last eight hours.
Span Performance::live_span(const AssetId& id, std::string* shift) const {
  if (const auto* calendar = records_->calendar_of(id)) {
    for (const auto& on : shifts_between(*calendar, *records_->zone_of(id), {now_, now_ + 1ns})) {
      if (shift) *shift = on.name;
      return {on.span.begin, std::max(now_, on.span.begin + 1ns)};
    }
  }
  return {now_ - kNoShiftWindow, now_};
}

MachineTime Performance::live_time(const Machine& machine, Span span) const {
  const std::vector<ProductionEvent> events{machine.events().begin(), machine.events().end()};
  return {{*records_, machine.id(), settings_.micro_stop, settings_.ideal_cycle_s}, lay_out(events, span)};
}

namespace {

Elements elements_of(const MachineTime& machine, Span span) {
  const auto plan = plan_of(machine.judgement.records, machine.judgement.machine, span);
  return measure(machine.timeline, judge(machine.timeline, plan, machine.judgement), machine.judgement);
}

/// The first part that is counted was begun before anybody looked, so that the first minutes' figures say nothing.
bool too_early(const Elements& elements, const PerformanceSettings& settings, std::size_t machines = 1) {
  return Duration{elements.busy_ns()} < settings.figure_after * static_cast<std::int64_t>(machines);
}

}  // namespace

void Performance::add_kpis(const Inputs&, Outputs& out) {
  for (const auto& machine : machines_) {
    if (!records_->asset(machine->id())) continue;
    const auto span = live_span(machine->id(), nullptr);
    const auto elements = elements_of(live_time(*machine, span), span);
    if (too_early(elements, settings_)) continue;
    const auto add = [&](const char* name, std::optional<double> value) {
      if (value) out.samples.push_back({machine->id(), name, "1", kpis_at_, *value});
    };
    add("availability", availability(elements));
    add("effectiveness", effectiveness(elements));
    add("quality", quality(elements));
    add("oee", oee(elements));
    const auto* asset = records_->asset(machine->id());
    const std::string key = "ideal_cycle:" + machine->id().value;
    const bool too_good = effectiveness(elements).value_or(0) > 1.05 && elements.produced() >= 20;
    if (too_good && open_findings_.insert(key).second) {
      out.findings.push_back(
          {.app = "",
           .key = key,
           .asset = asset->id,
           .severity = Severity::warning,
           .title = fmt::format("{} is faster than its ideal cycle time: effectiveness {:.0f} %", asset->name,
                                *effectiveness(elements) * 100),
           .detail = "The ideal cycle time of what it makes is too long; correct it with the product.",
           .begin = span.begin,
           .end = {}});
    } else if (!too_good && open_findings_.erase(key) > 0) {
      out.findings.push_back({.app = "", .key = key, .asset = asset->id, .begin = span.begin, .end = now_});
    }
  }
}

void Performance::add_findings(const Machine& machine, Outputs& out) {
  const auto* asset = records_->asset(machine.id());
  if (!asset) return;
  const std::string key = "stop:" + machine.id().value;
  const auto length = machine.since() == Timestamp::min() ? Duration{0} : now_ - machine.since();
  const auto* reason = reason_of_stop(machine);
  const auto code = reason ? records_->reasons.find(reason->reason) : records_->reasons.end();
  const bool planned = code != records_->reasons.end() && code->second.planned;
  const auto plan = plan_of(*records_, machine.id(), {now_ - 1ns, now_});
  const bool meant_to_work = plan.front().kind == PlanPiece::Kind::work;
  if (machine.state() == MachineState::down && !planned && meant_to_work && length >= settings_.finding_after) {
    open_findings_.insert(key);
    const auto why = reason ? reason_name(*records_, reason->reason) : std::string{"no reason given"};
    out.findings.push_back({.app = "",
                            .key = key,
                            .asset = machine.id(),
                            .severity = length >= 6 * settings_.finding_after ? Severity::critical : Severity::warning,
                            .title = fmt::format("{} stands: {}, {}", asset->name, why, minutes_text(length)),
                            .detail = machine.alarm().empty() ? "" : "Alarm: " + machine.alarm(),
                            .begin = machine.since(),
                            .end = {}});
  } else if (open_findings_.erase(key) > 0) {
    out.findings.push_back({.app = "",
                            .key = key,
                            .asset = machine.id(),
                            .severity = Severity::info,
                            .title = fmt::format("{} runs again", asset->name),
                            .detail = "",
                            .begin = machine.since(),
                            .end = machine.since() == Timestamp::min() ? now_ : machine.since()});
  }
}

BoardMachine Performance::board_machine(const Machine& machine, const plant::Asset& asset, Elements& sum) const {
  BoardMachine out{.asset = asset.id,
                   .name = asset.name,
                   .kind = asset.kind,
                   .state = machine.state(),
                   .alarm = machine.alarm(),
                   .order = machine.order(),
                   .product = machine.product()};
  if (machine.since() != Timestamp::min()) out.since = machine.since();
  if (const auto* reason = machine.state() == MachineState::producing ? nullptr : reason_of_stop(machine)) {
    out.reason = reason->reason;
    out.reason_name = reason_name(*records_, reason->reason);
  }
  const auto span = live_span(machine.id(), &out.shift);
  if (!out.shift.empty()) {
    const auto shifts =
        shifts_between(*records_->calendar_of(asset.id), *records_->zone_of(asset.id), {now_, now_ + 1ns});
    out.shift_begin = shifts.front().span.begin;
    out.shift_end = shifts.front().span.end;
  }
  const auto elements = elements_of(live_time(machine, span), span);
  const bool early = too_early(elements, settings_);
  if (!early) {
    out.oee = oee(elements);
    out.availability = availability(elements);
    out.effectiveness = effectiveness(elements);
    out.quality = quality(elements);
  }
  out.coverage = coverage(elements);
  out.good = elements.good;
  out.scrap = elements.scrap;
  for (const auto& kpi : kpis(elements)) {
    if (kpi.id == "oee") out.missing = kpi.missing;
  }
  if (early && out.missing.empty()) {
    out.missing = fmt::format("seen at work for {} only; figures begin at {}",
                              minutes_text(Duration{elements.busy_ns()}), minutes_text(settings_.figure_after));
  }
  const Parts next{.time = now_, .product = machine.product(), .ideal_ns = machine.told_ideal_ns()};
  const auto ideal = ideal_of(next, {*records_, asset.id, settings_.micro_stop, settings_.ideal_cycle_s});
  if (ideal > 0) {
    out.target =
        std::floor(static_cast<double>(elements.busy_ns()) / static_cast<double>(ideal) * settings_.oee_target);
  }
  sum += elements;
  return out;
}

std::vector<const plant::Asset*> Performance::without_signals() const {
  std::set<AssetId> parents;
  for (const auto& [id, asset] : records_->assets) parents.insert(asset.parent);
  std::vector<const plant::Asset*> out;
  for (const auto& [id, asset] : records_->assets) {
    const bool machine = asset.level == plant::Level::asset && asset.kind != "meter" && !parents.contains(id);
    if (machine && !places_.contains(id) && signals_ && signals_->of_asset(id).empty()) out.push_back(&asset);
  }
  return out;
}

Board Performance::board() const {
  Board board{.now = now_, .lines = {}};
  std::map<AssetId, BoardLine> lines;
  std::map<AssetId, Elements> sums;
  std::map<AssetId, std::size_t> seen;
  const auto line_of = [&](const plant::Asset& asset) -> BoardLine& {
    const auto* line = records_->above(asset.id, plant::Level::line);
    if (!line) line = records_->asset(asset.parent);
    auto& entry = lines[line ? line->id : AssetId{}];
    entry.asset = line ? line->id : AssetId{};
    entry.name = line ? line->name : "Machines";
    return entry;
  };
  for (const auto& machine : machines_) {
    const auto* asset = records_->asset(machine->id());
    if (!asset) continue;
    auto& line = line_of(*asset);
    line.machines.push_back(board_machine(*machine, *asset, sums[line.asset]));
    ++seen[line.asset];
  }
  for (const auto* asset : without_signals()) {
    line_of(*asset).machines.push_back(
        {.asset = asset->id, .name = asset->name, .kind = asset->kind, .missing = "no signal yet: connect it"});
  }
  const auto order = [&](const AssetId& id) {
    const auto* asset = records_->asset(id);
    return std::pair{asset ? asset->position : 0, asset ? asset->name : id.value};
  };
  for (auto& [key, line] : lines) {
    if (!too_early(sums[key], settings_, seen[key])) line.oee = oee(sums[key]);
    line.good = sums[key].good;
    line.scrap = sums[key].scrap;
    std::stable_sort(line.machines.begin(), line.machines.end(),
                     [&](const auto& a, const auto& b) { return order(a.asset) < order(b.asset); });
    board.lines.push_back(std::move(line));
  }
  std::stable_sort(board.lines.begin(), board.lines.end(),
                   [&](const auto& a, const auto& b) { return order(a.asset) < order(b.asset); });
  return board;
}

Result<std::vector<MachineTime>> Performance::machine_times(const AssetId& asset, Span span) const {
  if (!records_->asset(asset)) return fail(ErrorCode::not_found, "there is no asset '" + asset.value + "'");
  if (span.end <= span.begin || span.end > span.begin + 400 * 24h) {
    return fail(ErrorCode::invalid, "the time asked for is wrong", {{"to", "must lie after from, at most 400 days"}});
  }
  std::vector<MachineTime> out;
  for (const auto* below : records_->subtree(asset)) {
    if (!places_.contains(below->id)) continue;
    HANSE_TRY(auto events, context_.events.all(below->id, {span.begin, std::max(span.end, now_)}));
    for (const auto kind : {plant::EventKind::state, plant::EventKind::order}) {
      HANSE_TRY(auto before, context_.events.last(below->id, kind, span.begin - 1ns));
      if (!before) continue;
      if (kind == plant::EventKind::state) {  // Its reasons hold into the time asked for.
        HANSE_TRY(const auto since, context_.events.all(below->id, {before->time, span.begin}));
        for (const auto& event : since) {
          if (event.kind == plant::EventKind::reason) events.push_back(event);
        }
      }
      events.push_back(*std::move(before));
    }
    const Judgement judgement{*records_, below->id, settings_.micro_stop, settings_.ideal_cycle_s};
    out.push_back({judgement, lay_out(events, span, now_)});
  }
  return out;
}

Manifest manifest() {
  Manifest out{
      .id = "performance",
      .title = "Performance",
      .summary = "Machine states, OEE and the other ISO 22400 figures, losses and stops.",
      .reads = {},
      .warm_up = 2h,
      .event_memory = 26h,
      .settings_schema = [](SchemaBook& book) { return book.schema<PerformanceSettings>(SchemaBook::Use::input); },
      .make = [](const AppContext& context) -> Result<std::unique_ptr<App>> {
        const auto& text = context.settings.text;
        HANSE_TRY(auto settings, from_json<PerformanceSettings>(text.empty() ? "{}" : text));
        if (!built_in_rules(settings.state_rules)) {
          return fail(ErrorCode::invalid, "the performance app's settings are wrong",
                      {{"state_rules", "must be one of mtconnect, packml, plain"}});
        }
        return std::unique_ptr<App>{std::make_unique<Performance>(std::move(settings), context)};
      }};
  for (const auto meaning : kReads) out.reads.push_back({.meaning = meaning, .unit = ""});
  return out;
}

}  // namespace hanse::apps::performance
