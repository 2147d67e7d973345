#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

#include "historian/routes.hpp"

namespace hanse::historian {

/// What the routes that read history ask of their inputs, in words that name the field.
inline Error wrong_field(std::string path, std::string message) {
  return fail(ErrorCode::invalid, "the request has wrong parameters", {{std::move(path), std::move(message)}});
}

inline Result<const signal::Signal*> known(const signal::Signals& signals, SignalId number) {
  if (const auto* found = signals.find(number)) return found;
  return fail(ErrorCode::not_found, fmt::format("there is no signal {}", static_cast<std::uint32_t>(number)));
}

inline Result<void> check_signals(std::span<const SignalId> signals) {
  if (!signals.empty()) return {};
  return wrong_field("signals", "must name one at least, as in 1,2");
}

inline Result<void> check_range(Timestamp from, Timestamp to) {
  if (from < to) return {};
  return wrong_field("to", "must be after from");
}

inline Result<void> check_points(std::size_t signals, std::int64_t per_signal) {
  const auto points = static_cast<std::int64_t>(signals) * per_signal;
  if (points <= kRoutePointsMax) return {};
  return fail(ErrorCode::too_large, fmt::format("{} signals of {} points each are over {} points; ask for fewer",
                                                signals, per_signal, kRoutePointsMax));
}

/// Where each step of a range begins, at most `steps_max`.
inline Result<std::vector<Timestamp>> step_times(TimeRange range, Duration step, std::uint64_t steps_max = 100'000) {
  HANSE_CHECK(check_range(range.begin, range.end));
  if (step <= Duration::zero()) return wrong_field("step", "must be longer than nothing");
  // Unsigned, because the whole range of times is longer than a signed duration.
  const auto length = static_cast<std::uint64_t>(range.end.ns) - static_cast<std::uint64_t>(range.begin.ns);
  const auto steps = (length - 1) / static_cast<std::uint64_t>(step.count()) + 1;
  if (steps > steps_max) {
    return wrong_field("step", fmt::format("makes {} steps of this range; {} is the limit", steps, steps_max));
  }
  std::vector<Timestamp> times;
  times.reserve(steps);
  for (std::uint64_t i = 0; i < steps; ++i) times.push_back(range.begin + static_cast<std::int64_t>(i) * step);
  return times;
}

}  // namespace hanse::historian
