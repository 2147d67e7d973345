#include "connectors/opcua/session/client.hpp"

#include <fmt/format.h>

#include <chrono>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/session/profile.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kClockSkewMax = 5min;
constexpr std::size_t kNameMax = 200;

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
  limit("nodes a registration", facts.nodes_per_register);
  limit("sessions", facts.sessions_max);
  limit("subscriptions", facts.subscriptions_max);
  limit("subscriptions a session", facts.subscriptions_per_session);
  limit("monitored items", facts.items_max);
  limit("items a subscription", facts.items_per_subscription);
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
               },
           .unavailable = [this](StatusCode why) { poll(why); }}),
      polling_(session_, points_),
      selection_(session_),
      history_(session_, points_),
      commands_(session_, types_) {
  points_.flatten_with([this](const ExtensionObject& object) { return types_.flatten(object); });
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
  if (types_namespaces_ != session_.facts().namespaces) {
    types_.renumber(types_namespaces_, session_.facts().namespaces);
    types_namespaces_ = session_.facts().namespaces;
  }
  if (kind == ReadyKind::resumed && polling_.is_active()) return polling_.resume();
  polling_.stop();
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
  polling_.lost();
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
    types_ = std::move(result->types);
    types_namespaces_ = session_.facts().namespaces;
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
                            .service_level = is_one_of_a_set(),
                            .subscriptions_max = facts.subscriptions_per_session != 0 ? facts.subscriptions_per_session
                                                                                      : facts.subscriptions_max,
                            .items_per_subscription = facts.items_per_subscription});
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
  told_refused(outcome.refused_count, outcome.refused);
  fill_from_history();
}

/// Without subscriptions: by reading in a cycle.
void Client::poll(StatusCode why) {
  const auto& facts = session_.facts();
  const auto interval = session_.settings().publishing_interval;
  const auto profile = profile_of(facts.status.build_info.product_name, facts.items_per_call);
  std::size_t per_read = profile.values_per_read;
  if (facts.nodes_per_read != 0) per_read = std::min<std::size_t>(per_read, facts.nodes_per_read);
  polling_.start(
      {.interval = interval, .values_per_read = per_read, .nodes_per_register = facts.nodes_per_register},
      [this, why, interval](const Polling::Outcome& outcome) {
        notice(NoticeKind::connected,
               fmt::format("The server makes no subscription ({}): {} of {} values are read every {} ms, {} of them as "
                           "registered nodes; alarms don't come this way.",
                           to_string(why), outcome.followed, points_.size(), interval / 1ms, outcome.registered));
        told_refused(outcome.refused_count, outcome.refused);
        fill_from_history();
      });
}

void Client::told_refused(std::size_t count, const std::vector<std::string>& some) {
  if (count == 0) return;
  std::string list;
  for (const auto& item : some) list += (list.empty() ? "" : ", ") + item;
  notice(NoticeKind::rejected,
         fmt::format("The server refuses {} values, which are tried again later: {}.", count, list));
}

void Client::fill_from_history() {
  if (!history_.is_planned()) return;
  history_.start([this](std::size_t values) {
    if (values > 0)
      notice(NoticeKind::connected,
             fmt::format("{} values of the time without a connection came from the server's history.", values));
  });
}

void Client::event(const EventFieldList& event) {
  if (event.fields.size() <= Subscriptions::kConditionId) return;
  const auto field = [&](Subscriptions::EventField which) -> const Variant& { return event.fields[which]; };
  const auto flag = [&](Subscriptions::EventField which) -> std::optional<bool> {
    const auto* value = std::get_if<bool>(&field(which).value);
    return value ? std::optional{*value} : std::nullopt;
  };
  const auto* type = std::get_if<NodeId>(&field(Subscriptions::kEventType).value);
  if (type && is_about_refresh(*type)) return;
  std::string message = text_of(field(Subscriptions::kConditionName));
  if (const auto text = text_of(field(Subscriptions::kMessage)); !text.empty())
    message += (message.empty() ? "" : ": ") + text;
  message += fmt::format(" (severity {}", text_of(field(Subscriptions::kSeverity)));
  const auto active = flag(Subscriptions::kActive);
  if (active) message += *active ? ", active" : ", inactive";
  if (const auto acknowledged = flag(Subscriptions::kAcknowledged))
    message += *acknowledged ? ", acknowledged" : ", not acknowledged";
  message += ")";
  const auto* said = std::get_if<DateTime>(&field(Subscriptions::kTime).value);
  const auto time = said && said->is_set() ? said->time() : session_.now().time;
  const auto source = text_of(field(Subscriptions::kSourceName)).substr(0, kNameMax);
  auto change = ActiveConditions::Change::none;
  if (active) {
    const auto* id = std::get_if<NodeId>(&field(Subscriptions::kConditionId).value);
    change = conditions_.told({.source = source,
                               .name = text_of(field(Subscriptions::kConditionName)).substr(0, kNameMax),
                               .id = id ? node_text(*id, session_.facts().namespaces) : std::string{}},
                              *active);
  }
  tell_condition(source, message.substr(0, 1000), time, change);
}

/// Begin and end of what a server reports when it is asked for all its alarms.
bool Client::is_about_refresh(const NodeId& event_type) {
  constexpr std::uint32_t kStart = 2787, kEnd = 2788, kRequired = 2789;
  if (event_type.is(kStart)) conditions_.refresh_begins();
  if (event_type.is(kEnd)) {
    const auto over = conditions_.refresh_ends();
    for (const auto& condition : over) {
      tell_condition(condition.source, condition.name + ": over, as the server doesn't report it any more",
                     session_.now().time, ActiveConditions::Change::ends);
    }
  }
  return event_type.is(kStart) || event_type.is(kEnd) || event_type.is(kRequired);
}

void Client::tell_condition(const std::string& source, std::string message, Timestamp time,
                            ActiveConditions::Change change) {
  Notice out{.kind = NoticeKind::condition,
             .time = time,
             .device = source,
             .message = std::move(message),
             .sample = {},
             .begin = {},
             .end = {}};
  if (change == ActiveConditions::Change::begins) out.begin = time;
  if (change == ActiveConditions::Change::ends) out.end = time;
  sink_.notice(std::move(out));
}

void Client::tick(Now now) {
  session_.tick(now);
  if (!session_.is_ready()) return;
  subscriptions_.tick();
  polling_.tick();
  if (points_.overflows() > overflows_told_) {
    notice(NoticeKind::gap,
           fmt::format("The server's queue was too short {} times: raise queue_size or publish more often.",
                       points_.overflows() - overflows_told_));
    overflows_told_ = points_.overflows();
  }
}

Duration Client::next_tick() const {
  if (!session_.is_ready()) return session_.next_tick();
  return std::min({session_.next_tick(), subscriptions_.next_tick(), polling_.next_tick()});
}

void Client::lost(const Error& reason, Timestamp now) {
  session_.lost();
  subscriptions_.lost();
  polling_.lost();
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
