#include "connectors/health.hpp"

namespace hanse::connectors {

namespace {
constexpr std::size_t kOfflineNamed = 3;
}  // namespace

HealthTracker::HealthTracker(Timestamp now, HealthLimits limits) : limits_(limits), quiet_since_(now) {
  report_.since = now;
  report_.reason = "not started";
}

void HealthTracker::starting(Timestamp now) {
  mode_ = Mode::running;
  connected_ = false;
  data_in_run_.reset();
  quiet_since_ = now;
}

void HealthTracker::data(Timestamp now, std::size_t samples) {
  report_.samples += samples;
  report_.last_data = data_in_run_ = now;
}

void HealthTracker::dropped_total(Timestamp now, std::uint64_t total) {
  if (total <= report_.dropped) return;
  trouble_at_ = now;
  trouble_reason_ = std::to_string(total - report_.dropped) + " samples were dropped because the node was too slow";
  report_.dropped = total;
}

void HealthTracker::notice(Notice notice) {
  const auto forget_device = [&] { std::erase(offline_devices_, notice.device); };
  switch (notice.kind) {
    case NoticeKind::connected:
      connected_ = true;
      quiet_since_ = notice.time;
      break;
    case NoticeKind::disconnected:
      connected_ = false;
      offline_devices_.clear();
      break;
    case NoticeKind::rejected:
      ++report_.rejected;
      [[fallthrough]];
    case NoticeKind::gap:
      trouble_at_ = notice.time;
      trouble_reason_ = notice.message;
      break;
    case NoticeKind::device_offline:
      forget_device();
      offline_devices_.push_back(notice.device);
      break;
    case NoticeKind::device_online:
      forget_device();
      break;
    case NoticeKind::condition:
      break;
  }
  if (report_.notices.size() >= kNoticesKept) report_.notices.erase(report_.notices.begin());
  report_.notices.push_back(std::move(notice));
}

void HealthTracker::ended(Timestamp now, const std::string& reason, Duration retry_in) {
  mode_ = Mode::waiting;
  connected_ = false;
  offline_devices_.clear();
  end_reason_ =
      reason + "; next try in " + to_string(std::max<Duration>(std::chrono::ceil<std::chrono::seconds>(retry_in), 1s));
  ++report_.restarts;
  losses_.push_back(now);
  while (losses_.size() > limits_.flapping_count) losses_.pop_front();
}

void HealthTracker::switched_off(Timestamp) {
  mode_ = Mode::off;
  connected_ = false;
  offline_devices_.clear();
  losses_.clear();
  end_reason_ = "switched off";
}

HealthReport HealthTracker::report(Timestamp now) {
  auto [health, reason] = judge(now);
  if (health != report_.health) report_.since = now;
  report_.health = health;
  report_.reason = std::move(reason);
  return report_;
}

std::pair<Health, std::string> HealthTracker::judge(Timestamp now) const {
  if (mode_ != Mode::running) return {Health::stopped, end_reason_.empty() ? "not started" : end_reason_};
  if (!connected_ && !data_in_run_) return {Health::starting, "connecting"};
  if (auto reason = trouble(now); !reason.empty()) return {Health::degraded, std::move(reason)};
  const Timestamp last = data_in_run_.value_or(quiet_since_);
  if (now - last >= limits_.idle_after) {
    return {Health::idle, "connected; the source has said nothing since " + to_string(Timestamp::from_ms(last.ms()))};
  }
  if (!data_in_run_) return {Health::starting, "connected, waiting for the first data"};
  return {Health::active, ""};
}

std::string HealthTracker::trouble(Timestamp now) const {
  if (!offline_devices_.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min(offline_devices_.size(), kOfflineNamed); ++i) {
      names += (i ? ", " : "") + offline_devices_[i];
    }
    if (offline_devices_.size() > kOfflineNamed) {
      names += " and " + std::to_string(offline_devices_.size() - kOfflineNamed) + " more";
    }
    return "offline: " + names;
  }
  if (trouble_at_ && now - *trouble_at_ < limits_.trouble_shown) return trouble_reason_;
  if (losses_.size() >= limits_.flapping_count && now - losses_.front() < limits_.flapping_window) {
    return "comes and goes: lost " + std::to_string(losses_.size()) + " times within " +
           to_string(limits_.flapping_window);
  }
  return {};
}

Duration RestartPause::after_run(Duration lasted) {
  if (lasted >= limits_.healthy_run) next_ = limits_.first;
  const auto base = next_;
  next_ = std::min(next_ * 2, limits_.ceiling);
  const double factor = random_.uniform(0.8, 1.2);
  return Duration{static_cast<std::int64_t>(static_cast<double>(base.count()) * factor)};
}

}  // namespace hanse::connectors
