#include "connectors/modbus/unit_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace hanse::connectors::modbus {
namespace {

constexpr Duration kBlockRetry = 5min;  // A register that isn't there rarely comes; a device's update can bring it.
constexpr Duration kBusyPause = 100ms;  // Doubles.
constexpr int kBusyTriesMax = 5;
constexpr Duration kOfflineFirst = 1s;  // Doubles: a dead unit must not cost the others their time.
constexpr Duration kOfflineCeiling = 1min;

constexpr std::uint8_t kIllegalFunction = 1;
constexpr std::uint8_t kAcknowledge = 5;
constexpr std::uint8_t kBusy = 6;
constexpr std::uint8_t kNoPath = 10;
constexpr std::uint8_t kNoAnswer = 11;

std::string_view table_name(Table table) {
  switch (table) {
    case Table::coil:
      return "coil";
    case Table::discrete:
      return "discrete input";
    case Table::input:
      return "input register";
    case Table::holding:
      break;
  }
  return "holding register";
}

}  // namespace

UnitReader::UnitReader(Options options, Sink& sink) : options_(std::move(options)), sink_(sink) {
  if (options_.map == kSunSpec) {
    walk_.emplace();
    return;
  }
  const auto* map = MapBook::built_in().find(options_.map);
  std::vector<RegisterPoint> points = map ? map->points : std::vector<RegisterPoint>{};
  points.insert(points.end(), options_.points.begin(), options_.points.end());
  set_points(std::move(points), options_.order.value_or(map ? map->order : WordOrder::abcd));
}

std::string UnitReader::label() const {
  return options_.device.empty() ? fmt::format("unit {}", options_.unit) : options_.device;
}

void UnitReader::set_points(std::vector<RegisterPoint> points, WordOrder order) {
  values_.clear();
  places_.clear();
  once_.clear();
  spans_.clear();
  // Points that share registers (bits of one, a common scale) share a span; large maps sort them together.
  std::map<std::tuple<Table, std::uint32_t, std::uint32_t, bool>, std::size_t> known;
  const auto index_of = [&](const Read& place, bool once) {
    const auto [at, fresh] = known.try_emplace({place.table, place.address, place.quantity, once}, places_.size());
    if (fresh) {
      places_.push_back(place);
      once_.push_back(once);
      spans_.emplace_back();
    }
    return at->second;
  };
  for (auto& point : points) {
    const auto place = span_of(point);
    Value value{.point = point, .reader = PointReader{point, order}};
    value.span = index_of(place, point.once);
    if (point.scale_address) {
      value.scale_span = index_of({place.table, static_cast<std::uint32_t>(*point.scale_address), 1}, point.once);
    }
    values_.push_back(std::move(value));
  }
  plan();
}

void UnitReader::plan() {
  std::vector<std::size_t> cyclic, once;
  for (std::size_t i = 0; i < places_.size(); ++i) (once_[i] ? once : cyclic).push_back(i);
  blocks_ = plan_blocks(places_, once, options_.limits);
  auto more = plan_blocks(places_, cyclic, options_.limits);
  std::move(more.begin(), more.end(), std::back_inserter(blocks_));
}

void UnitReader::begin(Moment now) {
  round_.clear();
  in_round_ = false;
  once_done_ = false;
  busy_ = 0;
  next_poll_ = now.monotonic;
  resume_at_ = now.monotonic;
  if (options_.map == kSunSpec) walk_.emplace();  // The device may be another one now, or have a new firmware.
}

Duration UnitReader::due() const { return in_round_ || walk_ ? resume_at_ : std::max(resume_at_, next_poll_); }

std::optional<Read> UnitReader::next(Moment now) {
  if (now.monotonic < due()) return std::nullopt;
  if (walk_) {
    if (const auto read = walk_->next()) return read;
    finish_walk(now);
    return std::nullopt;
  }
  if (!in_round_) start_round(now);
  if (round_.empty()) {
    finish_round(now);
    return std::nullopt;
  }
  return round_.back().read;
}

void UnitReader::finish_walk(Moment now) {
  auto points = walk_->points(MapBook::built_in());
  if (!points) {
    walk_.emplace();
    go_offline(points.error().message, now);
    return;
  }
  walk_.reset();
  points->insert(points->end(), options_.points.begin(), options_.points.end());
  const bool as_before = declared_ && std::equal(points->begin(), points->end(), values_.begin(), values_.end(),
                                                 [](const RegisterPoint& a, const Value& b) { return a == b.point; });
  if (!as_before) {
    set_points(*std::move(points), options_.order.value_or(WordOrder::abcd));
    declared_ = false;
  }
  next_poll_ = now.monotonic;
}

void UnitReader::start_round(Moment now) {
  if (!declared_) {
    std::vector<Declaration> declarations;
    for (const auto& value : values_) declarations.push_back(declaration_of(value.point, options_.device));
    const auto signals = sink_.declare(declarations);
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i].signal = signals[i];
    declared_ = true;
  }
  in_round_ = true;
  answered_ = false;
  busy_ = 0;
  // On absolute deadlines: a slow device loses rounds, it doesn't queue them up.
  next_poll_ += options_.interval;
  if (next_poll_ <= now.monotonic) {
    next_poll_ += ((now.monotonic - next_poll_) / options_.interval + 1) * options_.interval;
  }
  for (auto& span : spans_) span.fresh = false;
  round_.clear();
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
    if (once_[block->spans.front()] && once_done_) continue;
    if (block->failed && now.monotonic < block->retry_at) continue;
    round_.push_back(*block);
  }
}

void UnitReader::on_words(const std::vector<std::uint16_t>& words, Moment now) {
  busy_ = 0;
  resume_at_ = now.monotonic;
  if (walk_) return walk_->on_words(words);
  if (round_.empty()) return;
  come_online(now);
  const auto& block = round_.back();
  for (const auto index : block.spans) {
    const auto& place = places_[index];
    const auto from = words.begin() + (place.address - block.read.address);
    auto& span = spans_[index];
    span.words.assign(from, from + place.quantity);
    span.time = now.time;
    span.fresh = true;
    span.failure.clear();
  }
  if (block.failed) {
    for (auto& known : blocks_) {
      if (known.read == block.read) known.failed = false;
    }
  }
  answered_ = true;
  round_.pop_back();
  if (round_.empty()) finish_round(now);
}

void UnitReader::on_exception(std::uint8_t code, Moment now) {
  resume_at_ = now.monotonic;
  if (code == kNoPath || code == kNoAnswer) return go_offline(exception_text(code), now);
  if ((code == kAcknowledge || code == kBusy) && ++busy_ <= kBusyTriesMax) {
    resume_at_ = now.monotonic + kBusyPause * (1 << (busy_ - 1));
    return;
  }
  if (walk_) return walk_->on_refused();
  if (round_.empty()) return;
  if (code == kAcknowledge || code == kBusy) return fail_block(exception_text(code), 0s, now);
  // Illegal function means the table; anything else can come of one register among many, or of too many at once.
  if (code != kIllegalFunction) {
    if (auto halves = split_block(round_.back(), places_)) {
      const auto whole = round_.back().read;
      std::erase_if(blocks_, [&](const Block& block) { return block.read == whole; });
      blocks_.push_back(halves->first);
      blocks_.push_back(halves->second);
      round_.back() = std::move(halves->second);
      round_.push_back(std::move(halves->first));
      return;
    }
  }
  fail_block(exception_text(code), kBlockRetry, now);
}

void UnitReader::fail_block(std::string reason, Duration retry_in, Moment now) {
  const auto block = round_.back();
  round_.pop_back();
  for (const auto index : block.spans) spans_[index].failure = reason;
  for (auto& known : blocks_) {
    if (known.read != block.read) continue;
    known.failed = retry_in > 0s;
    known.retry_at = now.monotonic + retry_in;
  }
  busy_ = 0;
  if (round_.empty()) finish_round(now);
}

void UnitReader::tell_failure(const Value& value, const std::string& reason, Moment now) {
  const auto place = places_[value.span];
  sink_.notice({.kind = NoticeKind::rejected,
                .time = now.time,
                .device = options_.device,
                .message = fmt::format("'{}' ({} {} of {}) can't be read: {}; the other values go on", value.point.name,
                                       table_name(place.table), place.address, label(), reason)});
}

void UnitReader::finish_round(Moment now) {
  in_round_ = false;
  ++rounds_;
  const bool waiting_only =
      std::all_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.failed; });
  if (!answered_ && waiting_only && !blocks_.empty()) {
    // Everything refused: that is the device, not its registers. Forget what was learned from it.
    const auto reason = spans_.front().failure;
    plan();
    if (options_.map == kSunSpec) walk_.emplace();
    return go_offline("it refuses everything: " + reason, now);
  }
  signal::SampleBatch batch;
  batch.samples.reserve(values_.size());
  for (auto& value : values_) {
    const auto& span = spans_[value.span];
    const auto* scale = value.scale_span ? &spans_[*value.scale_span] : nullptr;
    if (!span.failure.empty() || (scale && !scale->failure.empty())) {
      if (value.told_bad) continue;
      value.told_bad = true;
      batch.add_null(value.signal, now.time);
      tell_failure(value, span.failure.empty() ? "its scale: " + scale->failure : span.failure, now);
      continue;
    }
    if (!span.fresh) continue;
    std::optional<std::uint16_t> exponent;
    if (scale && !scale->words.empty()) exponent = scale->words.front();
    value.reader.append(batch, value.signal, span.time, span.words, exponent);
    value.told_bad = false;
  }
  if (answered_) {
    once_done_ = true;
    if (all_bad_ && last_good_) {
      sink_.notice({.kind = NoticeKind::gap,
                    .time = now.time,
                    .device = options_.device,
                    .message = label() + " wasn't read for a while; Modbus keeps no history",
                    .begin = last_good_,
                    .end = now.time});
    }
    all_bad_ = false;
    last_good_ = now.time;
  }
  if (!batch.empty()) sink_.deliver(std::move(batch));
}

void UnitReader::on_silence(const std::string& reason, Moment now) { go_offline(reason, now); }

void UnitReader::come_online(Moment now) {
  offline_pause_ = 0s;
  trouble_.clear();
  if (!std::exchange(offline_, false)) return;
  sink_.notice(
      {.kind = NoticeKind::device_online, .time = now.time, .device = label(), .message = label() + " answers again"});
}

void UnitReader::go_offline(const std::string& reason, Moment now) {
  offline_pause_ = std::clamp(offline_pause_ * 2, kOfflineFirst, kOfflineCeiling);
  resume_at_ = now.monotonic + offline_pause_;
  next_poll_ = std::max(next_poll_, resume_at_);
  in_round_ = false;
  round_.clear();
  busy_ = 0;
  trouble_ = fmt::format("{}: {}", label(), reason);
  on_lost(now);
  if (std::exchange(offline_, true)) return;
  sink_.notice({.kind = NoticeKind::device_offline, .time = now.time, .device = label(), .message = trouble_});
}

void UnitReader::on_lost(Moment now) {
  if (std::exchange(all_bad_, true)) return;
  signal::SampleBatch batch;
  for (auto& value : values_) {
    if (!std::exchange(value.told_bad, true)) batch.add_null(value.signal, now.time);
  }
  if (!batch.empty()) sink_.deliver(std::move(batch));
}

}  // namespace hanse::connectors::modbus
