#include "connectors/opcua/session/stand_in.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kRoundPause = 30s;
constexpr int kHealthyMin = 200, kWellAbove = 10;

}  // namespace

ServiceRange service_range(int level) {
  if (level <= 0) return ServiceRange::maintenance;
  if (level == 1) return ServiceRange::no_data;
  return level < kHealthyMin ? ServiceRange::degraded : ServiceRange::healthy;
}

StandIn::News StandIn::own_level(int level, Duration now) {
  const auto before = service_range(own_), after = service_range(level);
  own_ = level;
  if (after < before) next_round_ = now;  // Worse than when the others were asked last: at once.
  return after < before ? News::fell : after > before ? News::rose : News::none;
}

void StandIn::start_over() { *this = {}; }

std::optional<std::string> StandIn::next(const std::vector<std::string>& others, Duration now) {
  if (asked_) return std::nullopt;
  if (service_range(own_) == ServiceRange::healthy) {
    waiting_.clear();
    return std::nullopt;
  }
  if (waiting_.empty()) {
    if (now < next_round_ || others.empty()) return std::nullopt;
    waiting_.assign(others.rbegin(), others.rend());
    best_.reset();
    next_round_ = now + kRoundPause;
  }
  asked_ = std::move(waiting_.back());
  waiting_.pop_back();
  return asked_;
}

bool StandIn::is_better(int level) const {
  return service_range(level) > ServiceRange::no_data &&
         (service_range(level) > service_range(own_) || level >= own_ + kWellAbove);
}

std::optional<StandIn::Better> StandIn::told(const std::string& url, std::optional<int> level) {
  if (asked_ != url) return std::nullopt;
  asked_.reset();
  if (service_range(own_) == ServiceRange::healthy) return std::nullopt;
  if (level && is_better(*level) && (!best_ || *level > best_->level)) best_ = {.url = url, .level = *level};
  if (!best_) return std::nullopt;
  if (!waiting_.empty() && service_range(best_->level) != ServiceRange::healthy) return std::nullopt;
  waiting_.clear();
  // The level may have risen since the best one answered.
  return is_better(best_->level) ? best_ : std::nullopt;
}

}  // namespace hanse::connectors::opcua
