#include "connectors/mtconnect/agent_session.hpp"

#include "connectors/mtconnect/internal/limits.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr int kRestartsMax = 5;  // An agent that changes its identity with every answer is broken.
constexpr int kCorruptMax = 3;
constexpr Duration kAnswerLimit = 30s;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::int64_t ms(Duration duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

}  // namespace

void AgentSession::begin() {
  state_ = State::probe;
  restarts_ = 0;
  corrupt_ = 0;
  behind_ = false;
}

AgentRequest AgentSession::request() const {
  const auto root = options_.device.empty() ? std::string{"/"} : '/' + escaped(options_.device) + '/';
  // After a restart or a broken document the agent gets a moment, growing, so that nobody asks in a tight loop.
  const int setbacks = std::min(restarts_ + corrupt_, 20);
  const Duration pause = setbacks > 1 ? Duration{500ms} * setbacks : Duration{};
  switch (state_) {
    case State::probe:
      return {.target = root + "probe", .pause = pause, .time_limit = kAnswerLimit};
    case State::current:
      return {.target = root + "current", .pause = pause, .time_limit = kAnswerLimit};
    case State::sample:
      break;
  }
  if (!streams_now()) {
    return {.target = fmt::format("{}sample?from={}&count={}", root, next_, options_.count),
            .pause = behind_ ? pause : std::max(pause, options_.poll_interval),
            .time_limit = kAnswerLimit};
  }
  return {.target = fmt::format("{}sample?from={}&interval={}&heartbeat={}&count={}", root, next_,
                                ms(options_.interval), ms(options_.heartbeat), options_.count),
          .streaming = true,
          .pause = pause,
          .time_limit = options_.heartbeat * 2 + 1s};
}

Result<AgentSession::Next> AgentSession::on_document(Document document, Timestamp now) {
  if (const auto* errors = std::get_if<Errors>(&document)) return on_errors(*errors, now);
  const auto* probe = std::get_if<Probe>(&document);
  const auto* streams = std::get_if<Streams>(&document);
  if (state_ == State::probe && probe) return on_probe(*probe, now);
  if (state_ == State::probe || !streams) {
    return on_corrupt(fail(ErrorCode::corrupt, "the agent sent another kind of document than asked for"), "", now);
  }
  corrupt_ = 0;
  tell_skipped(*streams, now);
  return state_ == State::current ? on_current(*streams, now) : on_sample(*streams, now);
}

Result<AgentSession::Next> AgentSession::on_probe(const Probe& probe, Timestamp now) {
  if (probe.devices.empty()) return fail(ErrorCode::not_found, "the agent has no device");
  if (instance_ != 0 && probe.header.instance_id != instance_ && next_ != 0) {
    tell_gap("The agent was restarted; what it observed in between may be missing.", now);
    next_ = 0;
  }
  instance_ = probe.header.instance_id;
  model_change_time_ = probe.header.model_change_time;
  // What the old model's items said must not stand for ever; nothing happens when it was said already.
  translator_.lose(lost_at_.value_or(now));
  if (!lost_at_ && next_ != 0) lost_at_ = now;
  translator_.deliver();
  translator_.declare(probe.devices, Translator::Units::agent);
  state_ = State::current;
  return Next::request;
}

Result<AgentSession::Next> AgentSession::on_current(const Streams& streams, Timestamp now) {
  if (streams.header.instance_id != instance_) return start_again("The agent was restarted.", now);
  const bool resumes = next_ != 0 && next_ <= streams.header.next_sequence;
  if (resumes && streams.header.first_sequence <= next_) {
    // What didn't change since is as valid as before the loss: said again right after it. What did change comes with
    // the samples from `next_` on, each at its own time.
    const auto at = lost_at_ ? *lost_at_ + Duration{1} : now;
    apply(streams, 0, next_, at);
  } else {
    if (next_ != 0) {
      tell_gap(resumes ? fmt::format("The agent has overwritten observations {} to {}.", next_,
                                     streams.header.first_sequence - 1)
                       : "The agent counts from an earlier number on; what it observed in between may be missing.",
               now);
    }
    apply(streams, 0, streams.header.next_sequence, {});
    next_ = streams.header.next_sequence;
  }
  lost_at_.reset();
  last_data_ = now;
  behind_ = next_ < streams.header.next_sequence;
  state_ = State::sample;
  return Next::request;
}

Result<AgentSession::Next> AgentSession::on_sample(const Streams& streams, Timestamp now) {
  const auto& header = streams.header;
  // Also when the request succeeded: a restarted agent soon counts past our number, and its data would be mixed up.
  if (header.instance_id != instance_) return start_again("The agent was restarted.", now);
  if (header.first_sequence > next_) {
    state_ = State::current;
    return Next::request;
  }
  apply(streams, next_, std::numeric_limits<std::uint64_t>::max(), {});
  next_ = std::max(next_, header.next_sequence);
  last_data_ = now;
  restarts_ = 0;
  behind_ = header.last_sequence >= next_;
  if (header.model_change_time != model_change_time_ && !header.model_change_time.empty()) {
    state_ = State::probe;
    return Next::request;
  }
  return streams_now() ? Next::read : Next::request;
}

Result<AgentSession::Next> AgentSession::on_errors(const Errors& errors, Timestamp now) {
  const auto first =
      errors.errors.empty() ? AgentError{.code = "UNKNOWN", .message = "no reason given"} : errors.errors.front();
  if (state_ == State::sample) {
    if (errors.header.instance_id != 0 && errors.header.instance_id != instance_) {
      return start_again("The agent was restarted.", now);
    }
    if (first.code == "OUT_OF_RANGE") {
      // Not from firstSequence: a fast agent has moved on when we ask again, and we would chase it for ever.
      if (++restarts_ > kRestartsMax)
        return fail(ErrorCode::unavailable, "the agent refuses every sequence: " + first.message);
      tell_gap(fmt::format("The agent no longer has observation {}.", next_), now);
      next_ = 0;
      state_ = State::current;
      return Next::request;
    }
    if (first.code == "TOO_MANY" && options_.count > 1) {
      options_.count /= 2;
      return Next::request;
    }
    if (streams_now()) {
      on_no_stream();
      return Next::request;
    }
  }
  const auto code = first.code == "NO_DEVICE" ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, fmt::format("the agent answers {}: {}", first.code, first.message));
}

Result<AgentSession::Next> AgentSession::on_corrupt(const Error& error, std::string_view sample, Timestamp now) {
  sink_.notice({.kind = NoticeKind::rejected,
                .time = now,
                .message = error.message,
                .sample = std::string{sample.substr(0, kSampleBytesMax)}});
  if (++corrupt_ > kCorruptMax) return fail(ErrorCode::corrupt, "the agent's answers can't be read: " + error.message);
  return Next::request;
}

void AgentSession::on_lost(Timestamp now) {
  if (!lost_at_) lost_at_ = now;
  translator_.lose(now);
  translator_.deliver();
}

/// Observations from `from` to below `before`; at their own times unless `at` is given. From 0 it is the whole state.
void AgentSession::apply(const Streams& streams, std::uint64_t from, std::uint64_t before,
                         std::optional<Timestamp> at) {
  if (from == 0) translator_.begin_snapshot();
  for (const auto& observation : streams.observations) {
    if (observation.sequence < from || observation.sequence >= before) continue;
    const auto entries = std::span{streams.entries}.subspan(observation.entries_begin, observation.entries_count);
    if (!at) {
      translator_.apply(observation, entries);
      continue;
    }
    auto again = observation;
    again.time = std::max(*at, observation.time);
    translator_.apply(again, entries);
  }
  if (from == 0) translator_.end_snapshot();
  translator_.deliver();
}

void AgentSession::tell_gap(std::string message, Timestamp now) {
  sink_.notice({.kind = NoticeKind::gap, .time = now, .message = std::move(message), .begin = last_data_, .end = now});
}

void AgentSession::tell_skipped(const Streams& streams, Timestamp now) {
  if (streams.skipped == 0) return;
  sink_.notice({.kind = NoticeKind::rejected,
                .time = now,
                .message = fmt::format("{} observations without id, time or sequence", streams.skipped),
                .sample = streams.skipped_sample.substr(0, kSampleBytesMax)});
}

AgentSession::Next AgentSession::start_again(std::string reason, Timestamp now) {
  if (++restarts_ <= kRestartsMax && next_ != 0) {
    tell_gap(std::move(reason) + " What it observed in between may be missing.", now);
  }
  next_ = 0;
  instance_ = 0;
  state_ = State::probe;
  return Next::request;
}

}  // namespace hanse::connectors::mtconnect
