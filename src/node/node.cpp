#include "node/node.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <iterator>

#include "api/openapi.hpp"
#include "apps/catalogue.hpp"
#include "ecosystem/routes.hpp"
#include "net/on_pool.hpp"
#include "node/access/permissions.hpp"
#include "node/connections/machine_change_routes.hpp"
#include "node/history/history_metrics.hpp"
#include "node/history/history_routes.hpp"
#include "node/opcua/nodeset_routes.hpp"
#include "node/opcua/trust_routes.hpp"
#include "node/partners/shared_files.hpp"
#include "node/protocols.hpp"
#include "node/simulate/demo_orders.hpp"
#include "node/simulate/demo_programme.hpp"
#include "node/simulate/routes.hpp"
#include "node/system/journal_routes.hpp"
#include "node/twin/interface_routes.hpp"
#include "node/twin/what_if_routes.hpp"
#include "node/version.hpp"
#include "plant/routes.hpp"
#include "programme/routes.hpp"
#include "twin/service/routes.hpp"
#include "twin/service/server.hpp"

namespace hanse::node {
namespace {

constexpr std::size_t kJobsMax = 10'000;
constexpr Duration kFarewellMax = 10s;
constexpr Duration kStep = 1s;

void append(std::vector<api::Route>& routes, std::vector<api::Route> more) {
  std::move(more.begin(), more.end(), std::back_inserter(routes));
}

/// What a browser on this machine types for the address that is listened on.
std::string page_host(const std::string& address) {
  if (address == "0.0.0.0" || address == "::" || address == "127.0.0.1" || address == "::1") return "localhost";
  return address.find(':') == std::string::npos ? address : '[' + address + ']';
}

}  // namespace

Node::Node(Token, Settings settings, const Clock& clock, const Log& log, NodeOptions options, Foundation foundation)
    : settings_(std::move(settings)),
      clock_(clock),
      log_(log),
      demo_(std::move(options.demo)),
      demo_prefix_(std::move(options.demo_prefix)),
      demo_programme_(options.demo_programme),
      free_page_port_(options.free_page_port),
      base_(std::move(foundation)),
      machine_work_(machine_io_.get_executor()),
      access_(*base_.store, clock, log, settings_.access),
      settings_history_(*base_.store, clock, options.settings_file),
      hub_(server_io_.get_executor(), clock,
           [this](const api::Caller& caller, std::string_view topic) {
             return may_listen(caller, topic, [&](std::string_view permission, std::uint32_t signal) {
               return access_.holds_at_site_of(caller, permission, signal);
             });
           }),
      feed_(hub_),
      engine_({.plant = *base_.plant,
               .directory = *base_.directory,
               .history = base_.history.get(),
               .log = &log,
               .write = [this](signal::SampleBatch batch) { intake_.deliver(std::move(batch)); }},
              apps::catalogue()),
      certificates_({.folder = base_.folder.file("opcua"), .application_uri = {}}),
      opcua_({.store = *base_.store,
              .plant = *base_.plant,
              .directory = *base_.directory,
              .history = *base_.history,
              .access = access_,
              .pool = pool_,
              .clock = clock,
              .log = log,
              .certificates = certificates_,
              .version = std::string{version()}},
             settings_.opcua_server),
      intake_(*base_.history, log, [this](const signal::SampleBatch& batch) { take_stored(batch); }),
      connections_({.store = *base_.store,
                    .plant = *base_.plant,
                    .intake = intake_,
                    .clock = clock,
                    .log = log,
                    .executor = machine_io_.get_executor(),
                    .protocols = protocols(),
                    .data_folder = base_.folder.path()}),
      changes_(*base_.store, connections_.book(), clock),
      twin_machine_values_(changes_, connections_.book(), *base_.plant,
                           [this](const api::Caller& caller, std::string_view permission, std::uint32_t signal) {
                             return holds(caller, permission) || access_.holds_at_site_of(caller, permission, signal);
                           }),
      twin_interfaces_(connections_.book(), *base_.plant),
      pool_(static_cast<std::size_t>(settings_.server.work_threads), kJobsMax),
      shared_({.history = *base_.history,
               .directory = *base_.directory,
               .plant = *base_.plant,
               .twins = twins_,
               .clock = clock,
               .folder = base_.folder.file("shared")}) {}

Node::~Node() {
  if (partners_) partners_->stop();
  opcua_.stop();
  machine_work_.reset();
  machine_io_.stop();
}

Result<std::unique_ptr<Node>> Node::open(Settings settings, const Clock& clock, const Log& log, NodeOptions options) {
  HANSE_TRY(auto foundation, open_foundation(settings, clock, log));
  auto node =
      std::make_unique<Node>(Token{}, std::move(settings), clock, log, std::move(options), std::move(foundation));
  HANSE_CHECK(node->assemble());
  return node;
}

Result<void> Node::assemble() {
  HANSE_CHECK(settings_history_.record());
  if (demo_) HANSE_CHECK(simulate::seed_demo(*base_.plant, {"system:demo"}, demo_prefix_));
  base_.plant->events().listen([this](std::span<const plant::ProductionEvent> events) { feed_.events(events); });
  base_.plant->events().listen([this](std::span<const plant::ProductionEvent> events) { opcua_.events(events); });
  engine_.findings().listen([this](const apps::Finding& finding) { feed_.finding(finding); });
  HANSE_CHECK(engine_.start(clock_.now()));
  HANSE_TRY(ecosystem_, ecosystem::Ecosystem::open(*base_.store));
  HANSE_TRY(programme_, programme::Programme::open(*base_.store, *ecosystem_, clock_));
  HANSE_CHECK(programme_->catch_up(base_.plant->events()));
  base_.plant->events().listen([this](std::span<const plant::ProductionEvent> events) { programme_->take(events); });
  HANSE_CHECK(open_scheduling());
  twins_ = std::make_unique<twin::Twins>(
      *base_.store, clock_,
      std::make_shared<twin::PlantTwins>(twin::PlantTwinParts{.plant = *base_.plant,
                                                              .directory = *base_.directory,
                                                              .history = *base_.history,
                                                              .interfaces = &twin_interfaces_},
                                         settings_.twin.id_base),
      settings_.twin.versions_kept, &twin_machine_values_);
  HANSE_TRY(const auto tls, tls_identity());
  HANSE_TRY(partners_, Partners::open({.store = *base_.store,
                                       .clock = clock_,
                                       .log = log_,
                                       .pool = pool_,
                                       .source = shared_,
                                       .key_file = base_.folder.file("partners/signing.key"),
                                       .tls = tls,
                                       .free_port_when_taken = demo_ != nullptr},
                                      settings_.partners, server_io_.get_executor()));
  auto routes = access_.limit_to_sites(make_routes(), plant_sites(*base_.plant, *base_.directory));
  *openapi_ = api::openapi_document(routes, version());
  router_ = std::make_unique<api::Router>(std::move(routes));
  server_ = std::make_unique<net::HttpServer>(
      server_io_.get_executor(),
      net::HttpServerParts{.router = *router_,
                           .pool = pool_,
                           .clock = clock_,
                           .log = log_,
                           .authorise = access_.authorise(),
                           .permit = access_.permit(),
                           .page = net::embedded_page(),
                           .live = &hub_},
      net::HttpServerOptions{.connections_max = static_cast<std::size_t>(settings_.server.connections_max)});
  return {};
}

std::vector<api::Route> Node::make_routes() {
  std::vector<api::Route> routes;
  append(routes, access_.routes());
  append(routes, plant::routes(*base_.plant, connections_.machine_connector()));
  append(routes, history_routes(base_, clock_, [this](const signal::SampleBatch& batch) { return append_now(batch); }));
  append(routes, connection_routes(connections_));
  append(routes, machine_change_routes(changes_));
  append(routes, trust_routes(certificates_, *base_.store, clock_));
  append(routes, nodeset_routes());
  append(routes, engine_.routes());
  append(routes, apps::scheduling::routes(*scheduling_));
  append(routes, partners_->routes());
  append(routes, shared_file_routes(shared_folder()));
  append(routes, ecosystem::routes(*ecosystem_));
  append(routes, programme::routes(*programme_));
  append(routes, twin::routes(*twins_));
  append(routes, twin::standard_routes(*twins_));
  append(routes, interface_routes(*twins_, connections_));
  append(routes, what_if_routes(demo_ ? std::optional{demo_->facts()} : std::nullopt));
  append(routes, journal_routes(*base_.store));
  append(routes, settings_routes(settings_, settings_history_));
  append(routes, simulate::routes(demo_ ? std::optional{demo_->facts()} : std::nullopt));
  append(routes, system_routes({.version = std::string{version()},
                                .time_zone = settings_.time_zone,
                                .metrics = metric_sources(),
                                .not_ready = [this]() -> std::string {
                                  return intake_.figures().refusing ? "history doesn't take samples; see the log" : "";
                                },
                                .openapi = openapi_}));
  return routes;
}

std::vector<MetricSource> Node::metric_sources() {
  return {write_process_metrics, history_metrics(*base_.history), [this](MetricWriter& writer) {
            const auto intake = intake_.figures();
            writer.counter("hanse_samples_stored_total", "Samples made durable.", static_cast<double>(intake.stored));
            writer.counter("hanse_samples_dropped_total", "Samples thrown away because history couldn't keep up.",
                           static_cast<double>(intake.dropped));
            writer.gauge("hanse_samples_queued", "Samples waiting for history.", static_cast<double>(intake.queued));
            for (const auto& app : engine_.figures()) {
              writer.counter("hanse_app_cpu_seconds_total", "Processor time of an app's steps.", app.cpu_s,
                             {{"app", app.id}});
              writer.counter("hanse_app_samples_total", "Samples an app was given.",
                             static_cast<double>(app.samples_in), {{"app", app.id}});
            }
            for (const auto& health : connection_healths(connections_, 0)) {
              writer.gauge(
                  "hanse_connection_healthy", "1 while data flows or the source has nothing to say.",
                  health.health == connectors::Health::active || health.health == connectors::Health::idle ? 1 : 0,
                  {{"connection", health.id}});
              writer.counter("hanse_connection_samples_total", "Samples of a connection.",
                             static_cast<double>(health.samples), {{"connection", health.id}});
            }
            const auto& http = server_->figures();
            writer.counter("hanse_http_requests_total", "Requests answered.", static_cast<double>(http.requests));
            writer.counter("hanse_http_failed_requests_total", "Requests answered with 5xx.",
                           static_cast<double>(http.failed_requests));
            writer.gauge("hanse_http_connections", "Connections open.", static_cast<double>(http.connections));
            writer.gauge("hanse_live_clients", "Pages that listen to live data.", static_cast<double>(hub_.clients()));
          }};
}

void Node::take_stored(const signal::SampleBatch& batch) {
  feed_.samples(batch);
  opcua_.samples(batch);
  engine_.offer(batch);
}

Result<historian::AppendCounts> Node::append_now(const signal::SampleBatch& batch) {
  auto counts = base_.history->append(batch);
  if (counts) take_stored(batch);
  return counts;
}

Result<void> Node::open_scheduling() {
  using apps::scheduling::Scheduling;
  HANSE_TRY(scheduling_,
            Scheduling::open(
                {.store = *base_.store,
                 .plant = *base_.plant,
                 .clock = clock_,
                 .log = &log_,
                 .post = [this](std::move_only_function<void()> work) { return pool_.post(std::move(work)); },
                 .report =
                     [this](std::span<const apps::Finding> findings) {
                       if (const auto kept = engine_.findings().put(findings); !kept)
                         log_.warning("scheduling", "findings can't be kept", {{"error", to_string(kept.error())}});
                     }},
                settings_.scheduling));
  programme_orders_ = std::make_unique<ProgrammeOrders>(ProgrammeOrders::Parts{
      .programme = *programme_, .book = scheduling_->book(), .plant = *base_.plant, .log = log_});
  if (demo_ && demo_prefix_.empty())
    HANSE_CHECK(simulate::seed_demo_orders(scheduling_->book(), clock_.now(), {"system:demo"}));
  return {};
}

Result<void> Node::connect_demo() {
  for (auto& wanted : simulate::demo_connections(demo_->facts())) {
    ConnectionRecord record{.id = std::move(wanted.id),
                            .name = std::move(wanted.name),
                            .protocol = std::move(wanted.protocol),
                            .enabled = true,
                            .asset = std::move(wanted.asset),
                            .template_id = std::move(wanted.template_id),
                            .settings = std::move(wanted.settings)};
    HANSE_CHECK(connections_.put({"system:demo"}, std::move(record)));
  }
  return {};
}

void Node::seed_demo_programme() {
  // Planning takes seconds: the pages are there meanwhile.
  const bool begun = pool_.post([this] {
    const auto seeded = simulate::seed_programme(*ecosystem_, *programme_, clock_, [this] { return stopping_.load(); });
    if (!seeded && !stopping_)
      log_.warning("programme", "the demo's programme could not be made", {{"error", to_string(seeded.error())}});
  });
  if (!begun) log_.warning("programme", "the demo's programme was not made: too much else to do");
}

Result<std::shared_ptr<const net::TlsIdentity>> Node::tls_identity() const {
  const auto& server = settings_.server;
  if (server.tls == TlsMode::off) return std::shared_ptr<const net::TlsIdentity>{};
  auto identity = server.tls == TlsMode::files ? net::TlsIdentity::load(server.certificate_file, server.key_file)
                                               : net::TlsIdentity::self_signed(base_.folder.file("tls"));
  if (!identity) return std::move(identity).error();
  return std::make_shared<const net::TlsIdentity>(*std::move(identity));
}

Result<std::string> Node::start() {
  HANSE_TRY(const auto tls, tls_identity());
  const bool secure = tls != nullptr;
  auto port = server_->start(settings_.server.address, static_cast<std::uint16_t>(settings_.server.port), tls);
  if (!port && free_page_port_) port = server_->start(settings_.server.address, 0, tls);
  if (!port) {
    return fail(port.error().code,
                fmt::format("{}; set another with --server.port or --server.address", port.error().message));
  }
  // The demo's ports are new with each start: its connections must be right before the kept ones are begun.
  if (demo_) {
    HANSE_CHECK(connect_demo());
    if (demo_programme_ && demo_prefix_.empty()) seed_demo_programme();
  }
  HANSE_CHECK(changes_.start());
  HANSE_CHECK(connections_.start());
  HANSE_TRY(const auto partner_address, partners_->start());
  if (!partner_address.empty()) log_.info("partners", "partners' nodes reach this one", {{"address", partner_address}});
  HANSE_TRY(const auto opcua_address, opcua_.start());
  if (!opcua_address.empty()) log_.info("opcua", "OPC UA clients reach this node", {{"address", opcua_address}});
  machine_thread_ = std::jthread{[this] { machine_io_.run(); }};
  return fmt::format("{}://{}:{}", secure ? "https" : "http", page_host(settings_.server.address), *port);
}

boost::asio::awaitable<void> Node::beat() {
  while (!stopping_) {
    std::move_only_function<void()> work = [this] {
      engine_.step(clock_.now());
      opcua_.renew();
      if (const auto taken =
              settings_.scheduling.programme_orders ? programme_orders_->tick(clock_.now()) : Result<void>{};
          !taken)
        log_.warning("scheduling", "what programmes order could not be taken in",
                     {{"error", to_string(taken.error())}});
      scheduling_->tick(clock_.now());
      if (const auto watched = programme_->watch(); !watched)
        log_.warning("programme", "what the plant did for its orders could not be booked",
                     {{"error", to_string(watched.error())}});
      feed_.healths(connection_healths(connections_, 0));
    };
    // A full pool means a late step, not a lost one: what was offered waits.
    auto stepping = net::run_on_pool(pool_, std::move(work));
    co_await std::move(stepping);
    auto waiting = net::pause(kStep);
    co_await std::move(waiting);
  }
}

boost::asio::awaitable<void> Node::wait_for_stop() {
  boost::asio::signal_set signals{server_io_, SIGTERM, SIGINT};
  auto waiting = signals.async_wait(boost::asio::use_awaitable);
  co_await std::move(waiting);
  log_.info("node", "stopping");
  stopping_ = true;
  auto closing = server_->stop(kFarewellMax);
  co_await std::move(closing);
  auto leaving = partners_->close(kFarewellMax);
  co_await std::move(leaving);
  partners_->stop();
  opcua_.stop();
  connections_.stop();
  machine_work_.reset();
  server_io_.stop();
}

void Node::run() {
  boost::asio::co_spawn(server_io_, beat(), boost::asio::detached);
  boost::asio::co_spawn(server_io_, wait_for_stop(), boost::asio::detached);
  server_io_.run();
  machine_thread_.join();
}

}  // namespace hanse::node
