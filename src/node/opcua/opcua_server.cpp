#include "node/opcua/opcua_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/text.hpp"

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;

constexpr Duration kCertificateEvery = 1h;
// What a client reads are the plant's equipment and its values: who may see both at the page may see them here.
constexpr std::string_view kNeeded[] = {"plant.read", "history.read"};

std::string url_of(const OpcuaServerSettings& settings, std::uint16_t port) {
  const bool v6 = settings.address.find(':') != std::string::npos;
  return fmt::format("opc.tcp://{}:{}", v6 ? '[' + settings.address + ']' : settings.address, port);
}

std::string detail_of(const ua::ServerEvent& event) {
  std::string out = R"({"address":)";
  json::append_string(out, event.peer);
  out += R"(,"application":)";
  json::append_string(out, event.application);
  return out + "}";
}

Result<std::optional<Timestamp>> unsecured_until(const OpcuaServerSettings& settings) {
  if (settings.unsecured_until.empty()) return std::optional<Timestamp>{};
  const auto time = parse_timestamp(settings.unsecured_until);
  if (time) return std::optional{*time};
  return fail(ErrorCode::invalid, "the settings are wrong",
              {{"opcua_server.unsecured_until", time.error().message + "; write it as 2026-12-01T12:00:00Z"}});
}

}  // namespace

OpcuaServer::OpcuaServer(OpcuaServerParts parts, OpcuaServerSettings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)), work_(io_.get_executor()) {}

OpcuaServer::~OpcuaServer() { stop(); }

Result<std::string> OpcuaServer::start() {
  if (!settings_.enabled) return std::string{};
  const auto now = parts_.clock.now();
  HANSE_TRY(const auto until, unsecured_until(settings_));
  HANSE_TRY(auto own, parts_.certificates.own(now));
  ua::ServerOptions options{.endpoint_url = url_of(settings_, static_cast<std::uint16_t>(settings_.port)),
                            .application_name = "Hanse",
                            .anonymous = settings_.anonymous,
                            .unsecured_until = until,
                            .connections_max = static_cast<std::size_t>(settings_.sessions_max) * 2,
                            .sessions_max = static_cast<std::size_t>(settings_.sessions_max),
                            .items_max = static_cast<std::size_t>(settings_.items_max)};
  description_ = {
      .application_uri = own.certificate.application_uri(),
      .product_name = "Hanse",
      .software_version = parts_.version,
      .started = now,
      .sessions_max = static_cast<std::uint32_t>(options.sessions_max),
      .subscriptions_max = static_cast<std::uint32_t>(options.sessions_max * options.subscriptions_per_session),
      .subscriptions_per_session = static_cast<std::uint32_t>(options.subscriptions_per_session),
      .items_max = static_cast<std::uint32_t>(options.items_max),
      .nodes_per_read = ua::kNodesPerCall,
      .nodes_per_browse = ua::kNodesPerCall,
      .nodes_per_translate = ua::kNodesPerCall,
      .items_per_call = ua::kNodesPerCall,
      .nodes_per_register = ua::kNodesPerCall,
      .continuation_points = ua::kBrowsesPerSession};
  server_ = std::make_unique<ua::Server>(std::move(options), parts_.certificates, std::move(own), *this, make_space());
  listener_ = std::make_unique<ua::ServerListener>(io_.get_executor(), *server_, parts_.clock, parts_.log);
  listener_->before_tick = [this](ua::Now moment) {
    values_.watched(server_->items() > 0);
    if (const auto changes = values_.take_changes(); !changes.empty()) server_->changed(changes, moment);
  };
  const auto port = listener_->start(settings_.address, static_cast<std::uint16_t>(settings_.port));
  if (!port) {
    return fail(port.error().code, fmt::format("{}; set another with --opcua_server.port or --opcua_server.address",
                                               port.error().message));
  }
  running_ = true;
  thread_ = std::jthread{[this] { io_.run(); }};
  if (until) {
    parts_.log.warning("opcua", "clients without security are taken for a time", {{"until", to_string(*until)}});
  }
  return url_of(settings_, *port);
}

void OpcuaServer::stop() {
  if (!running_.exchange(false)) return;
  boost::asio::post(io_, [this] {
    listener_->stop();
    work_.reset();
  });
  thread_.join();
  for (int left = jobs_; left > 0; left = jobs_) jobs_.wait(left);
}

bool OpcuaServer::post(std::move_only_function<void()> job) {
  ++jobs_;
  const bool posted = parts_.pool.post([this, job = std::move(job)]() mutable {
    job();
    --jobs_;
    jobs_.notify_all();
  });
  if (!posted) --jobs_;
  return posted;
}

std::shared_ptr<const ua::AddressSpace> OpcuaServer::make_space() {
  records_ = parts_.plant.records();
  signals_ = parts_.directory.snapshot();
  auto space = plant_space(description_, *records_, *signals_, keys_);
  fill_values();
  return space;
}

/// The last value of signals and machines that nothing was heard of since the start.
void OpcuaServer::fill_values() {
  std::vector<historian::SignalId> unknown;
  for (const auto& [number, signal] : *signals_) {
    if (!values_.has(static_cast<ua::LiveKey>(number))) unknown.push_back(number);
  }
  const auto last = parts_.history.last(unknown);
  for (std::size_t i = 0; i < unknown.size() && i < last.size(); ++i) {
    const auto* signal = signals_->find(unknown[i]);
    if (!last[i] || !signal) continue;
    values_.put(static_cast<ua::LiveKey>(unknown[i]), opcua_value(last[i]->sample, last[i]->text, signal->type));
  }
  for (const auto& [id, asset] : records_->assets) {
    if (asset.level != plant::Level::asset || values_.has(keys_.of(id))) continue;
    const auto event = parts_.plant.events().last(id, plant::EventKind::state, parts_.clock.now());
    if (event && *event) events({&**event, 1});
  }
}

void OpcuaServer::samples(const signal::SampleBatch& batch) {
  if (!running_) return;
  const auto signals = parts_.directory.snapshot();
  std::vector<LiveValues::Change> changes;
  changes.reserve(batch.samples.size());
  for (const auto& sample : batch.samples) {
    const auto* signal = signals->find(sample.signal);
    if (!signal) continue;
    const auto text = sample.type == signal::ValueType::text ? batch.text(sample) : std::string_view{};
    changes.emplace_back(static_cast<ua::LiveKey>(sample.signal), opcua_value(sample, text, signal->type));
  }
  values_.put(changes);
}

void OpcuaServer::events(std::span<const plant::ProductionEvent> events) {
  if (!settings_.enabled) return;
  for (const auto& event : events) {
    if (event.kind != plant::EventKind::state || !event.state) continue;
    values_.put(state_values(keys_.of(event.asset), *event.state, event.time, kMachinerySpace));
  }
}

void OpcuaServer::renew() {
  if (!running_) return;
  renew_certificate();
  if (records_ == parts_.plant.records() && signals_ == parts_.directory.snapshot()) return;
  boost::asio::post(io_, [this, space = make_space()]() mutable {
    server_->replace(std::move(space), {.time = parts_.clock.now(), .monotonic = parts_.clock.monotonic()});
  });
}

void OpcuaServer::renew_certificate() {
  const auto now = parts_.clock.monotonic();
  if (now - certificate_checked_ < kCertificateEvery) return;
  certificate_checked_ = now;
  auto own = parts_.certificates.own(parts_.clock.now());
  if (!own) {
    parts_.log.error("opcua", "our certificate can't be read", {{"error", own.error().message}});
    return;
  }
  boost::asio::post(io_, [this, made = std::move(*own)]() mutable { server_->own(std::move(made)); });
}

bool OpcuaServer::decide(const ua::LogIn& who) {
  if (who.user.empty()) return settings_.anonymous;
  const auto address = who.peer.substr(0, who.peer.rfind(':'));
  const auto caller = parts_.access.log_in(who.user, who.password.reveal(), address);
  if (!caller) return false;
  return std::ranges::all_of(kNeeded, [&](std::string_view permission) {
    return std::ranges::find(caller->permissions, permission) != caller->permissions.end();
  });
}

void OpcuaServer::log_in(ua::LogIn who, std::move_only_function<void(bool granted)> done) {
  // The answer is wanted by the server's thread only; it waits in a box that both threads can hold.
  const auto answer = std::make_shared<std::move_only_function<void(bool)>>(std::move(done));
  const bool posted = post([this, who = std::move(who), answer]() mutable {
    const bool granted = decide(who);
    boost::asio::post(io_, [answer, granted] { (*answer)(granted); });
  });
  if (!posted) (*answer)(false);
}

void OpcuaServer::note(const ua::ServerEvent& event) {
  if (event.kind == ua::ServerEventKind::certificate_refused) {
    parts_.log.warning("opcua", "a client's certificate isn't trusted",
                       {{"peer", event.peer}, {"reason", event.detail}});
    return;
  }
  if (event.kind == ua::ServerEventKind::log_in_refused) {
    // A wrong password is in the journal already; here is who has no right to be here.
    parts_.log.warning("opcua", "a log-in was refused", {{"peer", event.peer}, {"application", event.application}});
    return;
  }
  const std::string action = event.kind == ua::ServerEventKind::logged_in ? "login" : "logout";
  parts_.log.info("opcua", action, {{"user", event.user}, {"peer", event.peer}, {"application", event.application}});
  const bool posted = post([this, action, event] {
    const store::Actor actor{event.user.empty() ? "anonymous" : "user:" + to_lower(trim(event.user))};
    const auto kept = parts_.store.write(actor, [&](store::Transaction& transaction) {
      return transaction.note(action, "opcua_client", event.application, detail_of(event));
    });
    if (!kept) parts_.log.error("opcua", "a log-in can't be noted", {{"error", to_string(kept.error())}});
  });
  if (!posted) parts_.log.error("opcua", "a log-in can't be noted: there is too much to do");
}

}  // namespace hanse::node
