#include "connectors/modbus/session.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::connectors::modbus {
namespace {

constexpr Duration kWaitMax = 1min;
constexpr std::size_t kSampleBytes = 100;
constexpr std::uint8_t kIllegalAddress = 2;

UnitReader::Options options_of(const ModbusSettings& settings, const ModbusUnit& unit, const std::string& device) {
  UnitReader::Options options{.device = device,
                              .unit = static_cast<std::uint8_t>(unit.unit),
                              .map = unit.map,
                              .points = unit.points,
                              .order = settings.order,
                              .limits = {},
                              .interval = settings.interval};
  const auto* map = MapBook::built_in().find(unit.map);
  if (map) {
    options.limits.registers_max = static_cast<std::uint32_t>(map->registers_max);
    options.limits.gap_registers = static_cast<std::uint32_t>(map->gap_max);
  }
  if (settings.registers_max) options.limits.registers_max = static_cast<std::uint32_t>(*settings.registers_max);
  if (settings.gap_max) options.limits.gap_registers = static_cast<std::uint32_t>(*settings.gap_max);
  return options;
}

Duration pause_of(const ModbusSettings& settings) {
  if (settings.request_pause) return *settings.request_pause;
  Duration pause = 0ms;
  const auto consider = [&](const std::string& id) {
    if (const auto* map = MapBook::built_in().find(id)) pause = std::max(pause, map->request_pause);
  };
  consider(settings.map);
  for (const auto& unit : settings.more_units) consider(unit.map);
  return pause;
}

}  // namespace

Session::Session(const ModbusSettings& settings, Sink& sink)
    : time_limit_(settings.time_limit),
      pause_(pause_of(settings)),
      retries_(static_cast<int>(settings.retries)),
      sink_(sink) {
  const ModbusUnit first{.unit = settings.unit, .name = {}, .map = settings.map, .points = settings.points};
  units_.emplace_back(options_of(settings, first, {}), sink);
  for (const auto& unit : settings.more_units) units_.emplace_back(options_of(settings, unit, unit.name), sink);
}

void Session::begin(Moment now) {
  frames_.clear();
  pending_.reset();
  failure_.reset();
  heard_ = false;
  quiet_until_ = now.monotonic;
  for (auto& unit : units_) unit.begin(now);
}

std::string Session::send(Moment now) {
  ++pending_->tries;
  // A new number for each try: the late answer to the one before must not pass for this one's.
  pending_->request.transaction = ++transaction_;
  pending_->deadline = now.monotonic + time_limit_;
  return encode(pending_->request);
}

SessionStep Session::step(Moment now) {
  if (pending_ && !failure_ && now.monotonic >= pending_->deadline) {
    if (pending_->tries > retries_) {
      give_up_on(fmt::format("no answer within {}, {} times", to_string(time_limit_), pending_->tries), now);
    } else {
      return {.send = send(now), .wait = time_limit_};
    }
  }
  if (failure_) return {.failure = failure_};
  if (pending_) return {.wait = pending_->deadline - now.monotonic};
  if (now.monotonic < quiet_until_) return {.wait = quiet_until_ - now.monotonic};
  Duration due = now.monotonic + kWaitMax;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    const auto at = (turn_ + i) % units_.size();
    auto& unit = units_[at];
    if (const auto read = unit.next(now)) {
      turn_ = at + 1;
      pending_ = Pending{.request = {.transaction = 0, .unit = unit.unit(), .read = *read}, .unit = at};
      return {.send = send(now), .wait = time_limit_};
    }
    due = std::min(due, unit.due());
  }
  return {.wait = std::max<Duration>(due - now.monotonic, 1ms)};
}

void Session::give_up_on(const std::string& reason, Moment now) {
  const auto unit = pending_->unit;
  pending_.reset();
  units_[unit].on_silence(reason, now);
  quiet_until_ = now.monotonic + pause_;
  // While another unit answers, the line is good. When none does, a new connection may help.
  const bool all_silent = std::all_of(units_.begin(), units_.end(), [](const auto& one) { return one.offline(); });
  if (all_silent && (units_.size() == 1 || !heard_)) failure_ = fail(ErrorCode::timeout, "the device gives " + reason);
  heard_ = heard_ && !all_silent;
}

void Session::reject(const std::string& reason, std::string sample, Moment now) {
  sink_.notice({.kind = NoticeKind::rejected, .time = now.time, .message = reason, .sample = std::move(sample)});
}

void Session::on_bytes(std::span<const char> bytes, Moment now) {
  frames_.feed(bytes);
  while (!failure_) {
    const auto frame = frames_.next();
    if (!frame) {
      reject(frame.error().message, frames_.sample(), now);
      failure_ = frame.error();
      return;
    }
    if (!*frame) return;
    on_frame(**frame, now);
  }
}

void Session::on_frame(const Frame& frame, Moment now) {
  if (!pending_ || frame.transaction != pending_->request.transaction) {
    // Late, or answered twice: it belongs to no open question, so it must not become a value.
    return reject(fmt::format("an answer with transaction {} that nobody waits for", frame.transaction),
                  hex(frame.pdu, kSampleBytes), now);
  }
  const auto unit = pending_->unit;
  auto answer = frame.unit == pending_->request.unit
                    ? parse_answer(frame, pending_->request.read)
                    : Result<ReadAnswer>{fail(ErrorCode::corrupt, fmt::format("asked unit {}, unit {} answers",
                                                                              pending_->request.unit, frame.unit))};
  if (!answer && answer.error().code == ErrorCode::not_found)
    answer = ReadAnswer{.exception = kIllegalAddress, .words = {}};
  if (!answer) {
    reject(answer.error().message, hex(frame.pdu, kSampleBytes), now);
    pending_->deadline = now.monotonic;  // Ask again, as often as after a silence.
    if (pending_->tries > retries_) give_up_on("answers that don't fit: " + answer.error().message, now);
    return;
  }
  pending_.reset();
  heard_ = true;
  quiet_until_ = now.monotonic + pause_;
  if (answer->exception != 0)
    units_[unit].on_exception(answer->exception, now);
  else
    units_[unit].on_words(answer->words, now);
}

void Session::on_lost(Moment now) {
  pending_.reset();
  for (auto& unit : units_) unit.on_lost(now);
}

bool Session::read_once() const {
  return std::all_of(units_.begin(), units_.end(),
                     [](const auto& unit) { return unit.rounds() > 0 || unit.offline(); });
}

std::string Session::trouble() const {
  std::string all;
  for (const auto& unit : units_) {
    if (!unit.trouble().empty()) all += (all.empty() ? "" : "; ") + unit.trouble();
  }
  return all;
}

}  // namespace hanse::connectors::modbus
