#include "apps/running.hpp"

#include <algorithm>
#include <ctime>

namespace hanse::apps {
namespace {

constexpr std::size_t kPendingMax = 4'000'000;        ///< Samples waiting for a step, all apps together: 96 MB.
constexpr std::size_t kAppsMax = 32;                  ///< Bits of an interest.
constexpr std::size_t kReplaySamplesMax = 1'000'000;  ///< Of one signal; more than that is no warm-up.
constexpr Duration kReplayStep = 1min;

double thread_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

bool by_time(const signal::Sample& a, const signal::Sample& b) {
  return a.time != b.time ? a.time < b.time : a.signal < b.signal;
}

/// Sources differ in how late they are: in order of time, and of number among equals, a step doesn't depend on who
/// came first.
void sort_by_time(signal::SampleBatch& batch) {
  if (!std::is_sorted(batch.samples.begin(), batch.samples.end(), by_time)) {
    std::stable_sort(batch.samples.begin(), batch.samples.end(), by_time);
  }
}

/// What people say is told to the apps; what signals say they find themselves, again in each replay.
bool by_person(const plant::ProductionEvent& event) { return event.source == "person"; }

void sort_by_time(std::vector<plant::ProductionEvent>& events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.time != b.time ? a.time < b.time : a.id < b.id; });
}

}  // namespace

Engine::Engine(EngineContext context, std::span<const Manifest> manifests)
    : context_(std::move(context)), manifests_(manifests.begin(), manifests.end()), findings_(context_.plant.store()) {
  HANSE_ASSERT(manifests_.size() <= kAppsMax);
  pending_.resize(manifests_.size());
  context_.plant.events().listen([this](std::span<const plant::ProductionEvent> events) {
    const std::lock_guard lock{pending_mutex_};
    for (const auto& event : events) {
      if (started_ && by_person(event)) pending_events_.push_back(event);
    }
  });
}

Result<void> Engine::start(Timestamp now) {
  const std::lock_guard lock{apps_mutex_};
  HANSE_CHECK(findings_.load());
  for (const auto& manifest : manifests_) {
    auto running = std::make_unique<Running>();
    const auto settings = context_.settings.find(std::string{manifest.id});
    running->manifest = &manifest;
    running->figures.id = manifest.id;
    running->figures.title = manifest.title;
    running->figures.summary = manifest.summary;
    running->figures.settings = settings == context_.settings.end() ? RawJson{"{}"} : settings->second;
    HANSE_TRY(running->app, manifest.make({running->figures.settings, context_.plant.templates(),
                                           context_.plant.events(), context_.history}));
    HANSE_CHECK(replay(*running, now));
    running_.push_back(std::move(running));
  }
  const std::lock_guard pending_lock{pending_mutex_};
  started_ = true;
  return {};
}

std::shared_ptr<const Engine::Interest> Engine::interest() {
  auto signals = context_.directory.snapshot();
  if (interest_ && interest_->signals == signals) return interest_;
  auto next = std::make_shared<Interest>();
  for (const auto& [number, entry] : *signals) {
    const auto place = static_cast<std::size_t>(number);
    if (next->apps.size() <= place) next->apps.resize(place + 1);
    for (std::size_t app = 0; app < manifests_.size(); ++app) {
      const auto& reads = manifests_[app].reads;
      const bool wanted = std::any_of(reads.begin(), reads.end(), [&](const signal::Selector& selector) {
        return selector.meaning == entry->meaning && (selector.unit.empty() || selector.unit == entry->unit);
      });
      if (wanted) next->apps[place] |= 1u << app;
    }
  }
  next->signals = std::move(signals);
  interest_ = next;
  return next;
}

void Engine::offer(const signal::SampleBatch& batch) {
  const std::lock_guard lock{pending_mutex_};
  const auto readers = interest();
  for (const auto& sample : batch.samples) {
    const auto place = static_cast<std::size_t>(sample.signal);
    auto apps = place < readers->apps.size() ? readers->apps[place] : 0u;
    for (std::size_t app = 0; apps != 0; ++app, apps >>= 1) {
      if (apps & 1u) pending_[app].add_from(batch, sample);
    }
  }
  for (auto& pending : pending_) {
    if (pending.samples.size() <= kPendingMax / pending_.size()) continue;
    dropped_ += std::ssize(pending.samples);
    pending.clear();
  }
}

void Engine::step(Timestamp now) {
  std::vector<signal::SampleBatch> batches(manifests_.size());
  std::vector<plant::ProductionEvent> events;
  const std::lock_guard lock{apps_mutex_};
  {
    const std::lock_guard pending_lock{pending_mutex_};
    if (!started_) return;
    batches.swap(pending_);
    events.swap(pending_events_);
  }
  sort_by_time(events);
  for (std::size_t i = 0; i < running_.size(); ++i) {
    auto& app = *running_[i];
    app.now = std::max(app.now, now);
    sort_by_time(batches[i]);
    run(app, {.now = app.now,
              .signals = context_.directory.snapshot(),
              .records = context_.plant.records(),
              .batch = std::move(batches[i]),
              .events = events,
              .replaying = false});
  }
}

void Engine::run(Running& app, Inputs inputs) {
  const bool replaying = inputs.replaying;
  auto& figures = app.figures;
  figures.samples_in += std::ssize(inputs.batch.samples);
  const double begin_s = thread_cpu_s();
  auto outputs = app.app->step(inputs);
  figures.cpu_s += thread_cpu_s() - begin_s;
  ++figures.steps;
  figures.samples_out += std::ssize(outputs.samples);
  figures.events_out += std::ssize(outputs.events);
  figures.proposals += std::ssize(outputs.proposals);
  const store::Actor actor{"app:" + figures.id};
  for (auto& event : outputs.events) event.source = event.source.empty() ? actor.id : event.source;
  if (const auto kept = context_.plant.events().append(actor, outputs.events); !kept) {
    warn("an app's events can't be kept", kept.error());
  }
  for (auto& finding : outputs.findings) finding.app = figures.id;
  if (const auto kept = findings_.put(outputs.findings); !kept) warn("an app's findings can't be kept", kept.error());
  if (!replaying) write_samples(app, outputs.samples);
}

void Engine::write_samples(Running& app, const std::vector<ComputedSample>& samples) {
  if (samples.empty() || !context_.write) return;
  const store::Actor actor{"app:" + app.figures.id};
  signal::SampleBatch batch;
  std::vector<signal::Signal> missing;
  std::vector<std::pair<plant::AssetId, std::string>> wanted;  ///< Whose figure each of `missing` is.
  const auto known = context_.directory.snapshot();
  for (const auto& sample : samples) {
    if (kpi_signals_.contains({sample.asset, sample.name})) continue;
    // A machine may tell something of the same name, as MTConnect its `availability`: figures never go into that.
    auto name = sample.name;
    const auto* found = known->find(sample.asset, name);
    if (found && found->meaning != signal::Meaning::kpi) {
      name = app.figures.id + '_' + sample.name;
      found = known->find(sample.asset, name);
    }
    if (found) {
      kpi_signals_[{sample.asset, sample.name}] = found->number;
      continue;
    }
    kpi_signals_[{sample.asset, sample.name}] = signal::kNoSignal;
    wanted.emplace_back(sample.asset, sample.name);
    missing.push_back({.number = {},
                       .asset = sample.asset,
                       .name = std::move(name),
                       .meaning = signal::Meaning::kpi,
                       .type = signal::ValueType::real,
                       .unit = sample.unit,
                       .interpolation = signal::Interpolation::step,
                       .low = {},
                       .high = {},
                       .description = "Computed by " + app.figures.id + "."});
  }
  if (!missing.empty()) {
    const auto made = context_.plant.catalogue().create(actor, missing);
    for (std::size_t i = 0; i < missing.size(); ++i) {
      if (made) kpi_signals_[wanted[i]] = (*made)[i];
      if (!made) kpi_signals_.erase(wanted[i]);
    }
    if (!made) warn("signals for an app's figures can't be made", made.error());
  }
  for (const auto& sample : samples) {
    const auto found = kpi_signals_.find({sample.asset, sample.name});
    if (found != kpi_signals_.end()) batch.add_real(found->second, sample.time, sample.value);
  }
  if (!batch.empty()) context_.write(std::move(batch));
}

Result<std::vector<plant::ProductionEvent>> Engine::past_events(Timestamp begin, Timestamp end) const {
  std::vector<plant::ProductionEvent> events;
  plant::EventQuery query{.asset = {}, .range = {begin, end}, .kind = {}, .cursor = {}, .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, context_.plant.events().list(query));
    for (auto& event : page.items) events.push_back(std::move(event));
    if (!page.next) break;
    query.cursor = std::move(page.next);
  }
  const auto records = context_.plant.records();
  for (const auto& [id, asset] : records->assets) {
    for (const auto kind : {plant::EventKind::state, plant::EventKind::order}) {
      HANSE_TRY(auto last, context_.plant.events().last(id, kind, begin - Duration{1}));
      if (last) events.push_back(*std::move(last));
    }
  }
  sort_by_time(events);
  return events;
}

Result<signal::SampleBatch> Engine::read_history(const Running& app, Timestamp begin, Timestamp end,
                                                 signal::SampleBatch& seeds) {
  signal::SampleBatch all;
  const auto signals = context_.directory.snapshot();
  for (const auto& selector : app.manifest->reads) {
    for (const auto* entry : signals->matching(selector)) {
      HANSE_TRY(const auto before, context_.history->at(entry->number, begin - Duration{1}));
      if (before) {
        seeds.samples.push_back(before->sample);
        if (before->sample.type == signal::ValueType::text) {
          seeds.samples.back().bits = seeds.texts.size();
          seeds.texts.push_back(before->text);
        }
      }
      HANSE_TRY(const auto raw, context_.history->raw(entry->number, {begin, end}, kReplaySamplesMax));
      for (const auto& sample : raw.samples) all.add_from(raw, sample);
    }
  }
  sort_by_time(seeds);
  sort_by_time(all);
  return all;
}

Result<void> Engine::replay(Running& app, Timestamp now) {
  const Duration minute = kReplayStep;
  const Timestamp begin{(now - app.manifest->warm_up).ns / minute.count() *
                        minute.count()};  // As the live steps cut it.
  HANSE_TRY(auto past, past_events(begin - app.manifest->event_memory, begin));
  HANSE_TRY(auto since, past_events(begin, now));
  std::erase_if(since, [&](const auto& event) { return event.time < begin || !by_person(event); });
  signal::SampleBatch seeds, history;
  if (context_.history) {
    HANSE_TRY(history, read_history(app, begin, now, seeds));
  }
  const auto input = [&](Timestamp at) {
    app.now = at;
    return Inputs{.now = at,
                  .signals = context_.directory.snapshot(),
                  .records = context_.plant.records(),
                  .batch = {},
                  .events = {},
                  .replaying = true};
  };
  auto first = input(begin);
  first.batch = std::move(seeds);
  first.events = std::move(past);
  run(app, std::move(first));
  std::size_t sample = 0, event = 0;
  while (sample < history.samples.size() || event < since.size()) {
    auto next = input(std::min(app.now + kReplayStep, now));
    for (; sample < history.samples.size() && history.samples[sample].time < next.now; ++sample) {
      next.batch.add_from(history, history.samples[sample]);
    }
    for (; event < since.size() && since[event].time < next.now; ++event) next.events.push_back(since[event]);
    const bool last = next.now == now;
    run(app, std::move(next));
    if (last) break;
  }
  return {};
}

void Engine::warn(std::string_view message, const Error& error) const {
  if (context_.log) context_.log->warning("apps", message, {{"error", to_string(error)}});
}

Engine::~Engine() = default;

std::vector<AppFigures> Engine::figures() const {
  const std::lock_guard lock{apps_mutex_};
  std::vector<AppFigures> out;
  for (const auto& app : running_) {
    out.push_back(app->figures);
    out.back().findings_open = findings_.open_count(app->figures.id);
  }
  return out;
}

}  // namespace hanse::apps
