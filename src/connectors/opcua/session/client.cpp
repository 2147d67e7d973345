#include "connectors/opcua/session/client.hpp"

#include <fmt/format.h>

#include <chrono>

#include "connectors/opcua/session/profile.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kClockSkewMax = 5min;

std::string text_of(const Variant& value) { return value_text(value); }

}  // namespace

std::string describe_server(const Session& session) {
  const auto& facts = session.facts();
  const auto& build = facts.status.build_info;
  constexpr std::string_view kStates[] = {
      "running",       "failed",     "without configuration",    "suspended",
      "shutting down", "under test", "in a communication fault", "in an unknown state"};
  const auto state = std::min<std::size_t>(static_cast<std::size_t>(facts.status.state), std::size(kStates) - 1);
  std::string text =
      fmt::format("{} {}", build.product_name.empty() ? std::string{"The server"} : build.product_name.substr(0, 100),
                  build.software_version.substr(0, 50));
  if (text.ends_with(' ')) text.pop_back();
  text += fmt::format(" is {}", kStates[state]);
  if (session.endpoint()) {
    const auto mode = session.endpoint()->description.security_mode;
    text += fmt::format("; security {}{}", session.endpoint()->policy->name,
                        mode == MessageSecurityMode::sign_and_encrypt ? ", signed and encrypted"
                        : mode == MessageSecurityMode::sign           ? ", signed"
                                                                      : ": none");
  }
  const auto limit = [&](std::string_view what, std::uint32_t value) {
    if (value != 0) text += fmt::format("; at most {} {}", value, what);
  };
  limit("nodes a read", facts.nodes_per_read);
  limit("nodes a browse", facts.nodes_per_browse);
  limit("items a call", facts.items_per_call);
  constexpr std::string_view kRedundancies[] = {"", "cold", "warm", "hot", "transparent", "hot and mirrored"};
  if (facts.redundancy != Redundancy::none) {
    text += fmt::format("; one of a {} set of {}, service level {}", kRedundancies[static_cast<int>(facts.redundancy)],
                        facts.server_set.size(), facts.service_level);
  }
  return text;
}

Client::Client(OpcuaSettings settings, CertificateStore& store, Sink& sink)
    : sink_(sink),
      session_(std::move(settings), store),
      points_(sink),
      subscriptions_(
          session_, points_,
          {.created = [this](const Subscriptions::Outcome& outcome) { told(outcome); },
           .gap = [this](const std::string& what, std::optional<Timestamp>) { notice(NoticeKind::gap, what); },
           .event = [this](const EventFieldList& fields) { event(fields); },
           .service_level = [this](int level) { take_service_level(level); },
           .rebuilding =
               [this] {
                 if (session_.settings().history) history_.plan(session_.now().time);
               }}),
      selection_(session_),
      history_(session_, points_),
      commands_(session_) {
  session_.on_ready = [this](ReadyKind kind) { ready(kind); };
}

void Client::notice(NoticeKind kind, std::string message, std::string device) {
  sink_.notice({.kind = kind,
                .time = session_.now().time,
                .device = std::move(device),
                .message = std::move(message),
                .sample = {},
                .begin = {},
                .end = {}});
}

void Client::ready(ReadyKind kind) {
  const bool first = !std::exchange(was_ready_, true);
  told_reason_.clear();
  notice(NoticeKind::connected, describe_server(session_) + (first                        ? "."
                                                             : kind == ReadyKind::resumed ? "; the session goes on."
                                                                                          : "; with a new session."));
  check_clock();
  const bool another = std::exchange(followed_url_, session_.url()) != session_.url();
  stand_in_.start_over();
  take_service_level(session_.facts().service_level);
  if (!selected_) return select();
  if (kind == ReadyKind::resumed)
    subscriptions_.resume();
  else if (another && session_.facts().redundancy != Redundancy::hot_and_mirrored)
    subscriptions_.rebuild();  // The numbers of ours may be another client's there.
  else
    subscriptions_.transfer();
}

bool Client::is_one_of_a_set() const {
  const auto redundancy = session_.facts().redundancy;
  return !session_.other_urls().empty() || (redundancy != Redundancy::none && redundancy != Redundancy::transparent);
}

void Client::take_service_level(int level) {
  constexpr std::string_view kRanges[] = {"in maintenance", "without data", "degraded", "healthy"};
  const auto news = stand_in_.own_level(level, session_.now().monotonic);
  if (news == StandIn::News::none || !is_one_of_a_set()) return;
  // A server that lost sources leaves values out: that is trouble, its recovery is none.
  notice(news == StandIn::News::fell ? NoticeKind::gap : NoticeKind::condition,
         fmt::format("The server says that it is {}: its service level is {}.{}",
                     kRanges[static_cast<int>(service_range(level))], level,
                     news == StandIn::News::fell ? " The others of its set are asked." : ""));
}

std::optional<std::string> Client::level_wanted() {
  if (!session_.is_ready() || !selected_) return std::nullopt;
  return stand_in_.next(session_.other_urls(), session_.now().monotonic);
}

void Client::level_told(const std::string& url, const Result<int>& level) {
  const auto better = stand_in_.told(url, level ? std::optional{*level} : std::nullopt);
  // A change under way must get its answer; the next round comes soon.
  if (!better || !session_.is_ready() || commands_.is_busy()) return;
  notice(NoticeKind::condition, fmt::format("Changing over to {}, whose service level is {}; here it is {}.",
                                            better->url, better->level, stand_in_.own_level()));
  session_.change_to(better->url);
}

void Client::move_on() {
  session_.lost();
  subscriptions_.lost();
  history_.lost();
  commands_.lost();
}

void Client::check_clock() {
  const auto& current = session_.facts().status.current_time;
  if (!current.is_set()) return;
  // In milliseconds: a server may claim any year.
  const std::int64_t ahead_ms = current.time().ms() - session_.now().time.ms();
  if (std::abs(ahead_ms) < kClockSkewMax / 1ms) return;
  const std::int64_t seconds = ahead_ms / 1000;
  notice(NoticeKind::condition, fmt::format("The server's clock is {} s {} ours; its times are kept as they are.",
                                            std::abs(seconds), seconds > 0 ? "ahead of" : "behind"));
}

void Client::select() {
  selection_.start([this](Result<Selection::Result> result) {
    if (look_) return std::exchange(look_, nullptr)(std::move(result));
    if (!result) return session_.fail_with(result.error());
    std::vector<PointPlan> plans;
    plans.reserve(result->values.size());
    for (auto& value : result->values) plans.push_back(std::move(value.plan));
    std::string message = fmt::format("{} variables to follow of {} nodes seen", plans.size(), result->nodes_seen);
    if (!result->complete) message += fmt::format("; there are more: nodes_max is {}", session_.settings().nodes_max);
    for (const auto& name : result->specifications) message += fmt::format("; {}", name);
    notice(NoticeKind::connected, message + ".");
    for (auto& trouble : result->troubles) notice(NoticeKind::rejected, std::move(trouble));
    points_.flatten_with(
        [types = std::move(result->types)](const ExtensionObject& object) { return types.flatten(object); });
    points_.declare(std::move(plans));
    selected_ = true;
    follow();
  });
}

void Client::follow() {
  const auto& settings = session_.settings();
  const auto& facts = session_.facts();
  const auto profile = profile_of(facts.status.build_info.product_name, facts.items_per_call);
  std::size_t per_read = profile.values_per_read;
  if (facts.nodes_per_read != 0) per_read = std::min<std::size_t>(per_read, facts.nodes_per_read);
  subscriptions_.configure({.publishing_interval = settings.publishing_interval,
                            .sampling_interval = settings.sampling_interval,
                            .queue_size = static_cast<std::uint32_t>(settings.queue_size),
                            .items_per_call = profile.items_per_call,
                            .values_per_read = per_read,
                            .data_change_filter = profile.data_change_filter,
                            .events = settings.events,
                            .service_level = is_one_of_a_set()});
  subscriptions_.start();
}

void Client::told(const Subscriptions::Outcome& outcome) {
  const auto ms = [](Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  };
  notice(
      NoticeKind::connected,
      fmt::format("{} of {} values are followed, sent every {} ms, looked at every {} to {} ms (asked: {} and {} ms).",
                  outcome.followed, points_.size(), ms(outcome.publishing_interval), ms(outcome.sampling_fastest),
                  ms(outcome.sampling_slowest), ms(session_.settings().publishing_interval),
                  ms(session_.settings().sampling_interval > Duration{} ? session_.settings().sampling_interval
                                                                        : session_.settings().publishing_interval)));
  if (outcome.filtered_there + outcome.filtered_here > 0) {
    notice(NoticeKind::connected, fmt::format("Small changes of {} values are left out by the server, of {} here.",
                                              outcome.filtered_there, outcome.filtered_here));
  }
  if (outcome.refused_count > 0) {
    std::string list;
    for (const auto& item : outcome.refused) list += (list.empty() ? "" : ", ") + item;
    notice(NoticeKind::rejected,
           fmt::format("The server refuses {} values, which are tried again later: {}.", outcome.refused_count, list));
  }
  if (!history_.is_planned()) return;
  history_.start([this](std::size_t values) {
    if (values > 0)
      notice(NoticeKind::connected,
             fmt::format("{} values of the time without a connection came from the server's history.", values));
  });
}

void Client::event(const EventFieldList& event) {
  if (event.fields.size() <= Subscriptions::kRetain) return;
  const auto field = [&](Subscriptions::EventField which) -> const Variant& { return event.fields[which]; };
  const auto flag = [&](Subscriptions::EventField which) -> std::optional<bool> {
    const auto* value = std::get_if<bool>(&field(which).value);
    return value ? std::optional{*value} : std::nullopt;
  };
  std::string message = text_of(field(Subscriptions::kConditionName));
  if (const auto text = text_of(field(Subscriptions::kMessage)); !text.empty())
    message += (message.empty() ? "" : ": ") + text;
  message += fmt::format(" (severity {}", text_of(field(Subscriptions::kSeverity)));
  if (const auto active = flag(Subscriptions::kActive)) message += *active ? ", active" : ", inactive";
  if (const auto acknowledged = flag(Subscriptions::kAcknowledged))
    message += *acknowledged ? ", acknowledged" : ", not acknowledged";
  message += ")";
  const auto* time = std::get_if<DateTime>(&field(Subscriptions::kTime).value);
  sink_.notice({.kind = NoticeKind::condition,
                .time = time && time->is_set() ? time->time() : session_.now().time,
                .device = text_of(field(Subscriptions::kSourceName)).substr(0, 200),
                .message = message.substr(0, 1000),
                .sample = {},
                .begin = {},
                .end = {}});
}

void Client::tick(Now now) {
  session_.tick(now);
  if (!session_.is_ready()) return;
  subscriptions_.tick();
  if (points_.overflows() > overflows_told_) {
    notice(NoticeKind::gap,
           fmt::format("The server's queue was too short {} times: raise queue_size or publish more often.",
                       points_.overflows() - overflows_told_));
    overflows_told_ = points_.overflows();
  }
}

Duration Client::next_tick() const {
  return session_.is_ready() ? std::min(session_.next_tick(), subscriptions_.next_tick()) : session_.next_tick();
}

void Client::lost(const Error& reason, Timestamp now) {
  session_.lost();
  subscriptions_.lost();
  history_.lost();
  commands_.lost();
  points_.lose(now);
  // Each new reason is news; the same one again is not.
  if (!was_ready_ || std::exchange(told_reason_, reason.message) == reason.message) return;
  sink_.notice({.kind = NoticeKind::disconnected,
                .time = now,
                .device = {},
                .message = reason.message,
                .sample = {},
                .begin = {},
                .end = {}});
}

}  // namespace hanse::connectors::opcua
