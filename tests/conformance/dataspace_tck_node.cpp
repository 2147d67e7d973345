// A node for the Dataspace Protocol's test kit: what it must hold and do is in dataspace_cases.json, which the kit's
// native replica reads as well. No part of the product.
//
//   dataspace_tck_node CASES.json http://localhost:8083 [port]

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <sstream>

#include "dataspace/internal/turn.hpp"
#include "dataspace/protocol_routes.hpp"
#include "net/http_server.hpp"
#include "node/partners/http_courier.hpp"

namespace hanse::node {
namespace {

namespace ds = dataspace;
using enum ds::MessageType;

constexpr Duration kPause = 500ms;  // The kit's handlers aren't there earlier.
const store::Actor kKit{"system:kit"};
const std::string kCaller = "partner:tck";

struct Case {
  std::string id, key;
  std::vector<std::string> script;  ///< `REQUESTED offer`: in this state, send that.
  std::vector<std::string> peer;    ///< What the other side does; not ours.
};
HANSE_DESCRIBE(Case, (id, key, script, peer))

struct NegotiationHook {
  std::string providerId, offerId, datasetId, connectorAddress;  // NOLINT: the kit's names
};
HANSE_DESCRIBE(NegotiationHook, (providerId, offerId, datasetId, connectorAddress))
struct TransferHook {
  std::string agreementId, format, providerId, connectorAddress;  // NOLINT: the kit's names
};
HANSE_DESCRIBE(TransferHook, (agreementId, format, providerId, connectorAddress))
struct Started {
  std::string id;
};
HANSE_DESCRIBE(Started, (id))

class NoSource final : public ds::DataSource {
 public:
  Result<ds::DataPiece> read(const ds::Dataset&, const ds::DataWindow&) override {
    return fail(ErrorCode::not_found, "the kit moves no data");
  }
};

/// Does what the case's script says, a pause after each change of state.
class Script {
 public:
  Script(std::vector<Case> cases, boost::asio::io_context& io, WorkPool& pool) : io_(io), pool_(pool) {
    for (auto& one : cases) cases_[one.key] = std::move(one);
  }
  void attach(ds::Connector& connector) {
    connector_ = &connector;
    connector.on_change([this](const ds::Process& process) { changed(process); });
  }

 private:
  struct Progress {
    std::string state;
    std::size_t next = 0;
  };

  void changed(const ds::Process& process) {
    const auto key = process.kind == ds::ProcessKind::negotiation ? process.dataset : process.agreement;
    const auto found = cases_.find(key);
    if (found == cases_.end()) return;
    const auto state = ds::wire_name(process.state);
    std::string action;
    {
      const std::lock_guard lock{mutex_};
      auto& progress = progress_[process.id];
      if (progress.state == state) return;
      progress.state = state;
      const auto& script = found->second.script;
      if (progress.next >= script.size() || !script[progress.next].starts_with(state + ' ')) return;
      action = script[progress.next++].substr(state.size() + 1);
    }
    auto timer = std::make_shared<boost::asio::steady_timer>(io_, kPause);
    timer->async_wait([this, timer, pid = process.id, kind = process.kind, action](const boost::system::error_code&) {
      if (!pool_.post([this, pid, kind, action] { act(pid, kind, action); })) fmt::print(stderr, "the pool is full\n");
    });
  }

  void act(const std::string& pid, ds::ProcessKind kind, const std::string& action) {
    static const std::map<std::string, ds::MessageType> kActions{
        {"offer", contract_offer},    {"request", contract_request},       {"agreement", contract_agreement},
        {"accepted", event_accepted}, {"finalized", event_finalized},      {"verification", agreement_verification},
        {"start", transfer_start},    {"suspension", transfer_suspension}, {"completion", transfer_completion}};
    const auto end = kind == ds::ProcessKind::negotiation ? negotiation_termination : transfer_termination;
    const auto done = connector_->act(
        kKit, pid,
        {.message = action == "termination" ? end : kActions.at(action), .code = "1", .reason = {"scripted"}});
    if (!done) fmt::print(stderr, "{} {}: {}\n", pid, action, to_string(done.error()));
  }

  boost::asio::io_context& io_;
  WorkPool& pool_;
  std::map<std::string, Case> cases_;
  ds::Connector* connector_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, Progress> progress_;
};

Result<void> seed(const std::vector<Case>& cases, ds::Connector& connector) {
  auto& catalogue = connector.parts().catalogue;
  HANSE_CHECK(catalogue.put(
      kKit, ds::OfferTemplate{
                .id = "open", .name = "Open", .partners = {}, .groups = {}, .terms = {}, .rules = {}, .text = {}}));
  return connector.change(kKit, [&](ds::Turn& turn) -> Result<void> {
    for (const auto& one : cases) {
      if (!one.id.starts_with("TP")) continue;
      const bool consumer = one.id.starts_with("TP_C");
      const ds::Agreement agreement{.id = one.key,
                                    .side = consumer ? ds::Side::consumer : ds::Side::provider,
                                    .partner = "tck",
                                    .dataset = "ACN0101",
                                    .policy = {R"({"permission":[{"action":"use"}]})"},
                                    .agreed_at = turn.now()};
      HANSE_CHECK(connector.agreements().put(turn.transaction(), agreement));
    }
    return {};
  });
}

Result<void> seed_datasets(const std::vector<Case>& cases, ds::Catalogue& catalogue) {
  for (const auto& one : cases) {
    if (one.key.empty() || one.id.starts_with("TP") || one.id == "CAT:01-03") continue;
    HANSE_CHECK(catalogue.put(
        kKit, ds::Dataset{.id = one.key, .title = one.id, .description = {}, .source = one.key, .offer = "open"}));
  }
  return {};
}

std::vector<api::Route> hooks(ds::Connector& connector) {
  std::vector<api::Route> out;
  out.push_back(api::route<NegotiationHook, Started>(
      {api::Method::post, "/tck/negotiations/requests", "Begin a negotiation.", "partner"},
      [&connector](const NegotiationHook& in, const api::Context&) -> Result<Started> {
        HANSE_TRY(const auto process, connector.request_negotiation(kKit, {.partner = "tck",
                                                                           .dataset = in.datasetId,
                                                                           .offer_id = in.offerId,
                                                                           .offer = {},
                                                                           .address = in.connectorAddress}));
        return Started{process.id};
      }));
  out.push_back(api::route<TransferHook, Started>(
      {api::Method::post, "/tck/transfers/requests", "Begin a transfer.", "partner"},
      [&connector](const TransferHook& in, const api::Context&) -> Result<Started> {
        HANSE_TRY(const auto process, connector.request_transfer(kKit, {.agreement = in.agreementId,
                                                                        .format = in.format,
                                                                        .data_address = {},
                                                                        .address = in.connectorAddress}));
        return Started{process.id};
      }));
  return out;
}

Result<void> serve(const std::string& cases_text, const std::string& kit, std::uint16_t wanted_port) {
  HANSE_TRY(const auto cases, from_json<std::vector<Case>>(cases_text));
  const SystemClock clock;
  const Log log{clock, LogLevel::info, LogFormat::text};
  HANSE_TRY(const auto store, store::open_store("sqlite::memory:", clock));
  ds::PartnerBook partners{*store, clock, {"CONNECTOR_UNDER_TEST", ds::new_signing_key()}};
  HANSE_CHECK(partners.put(kKit,
                           ds::Partner{.id = "tck",
                                       .name = "The kit",
                                       .participant = "TCK_PARTICIPANT",
                                       .address = kit,
                                       .callback_origins = {},
                                       .trust = ds::Trust::confirmed},
                           0));
  ds::Catalogue catalogue{*store, clock};
  boost::asio::io_context io{1};
  WorkPool pool{4, 10'000};
  HttpCourier courier{{.pool = pool, .clock = clock, .log = log},
                      {.connect_limit = 3s, .read_limit = 4s, .body_bytes_max = 1U << 20}};
  NoSource source;
  ds::Connector connector{{.store = *store,
                           .clock = clock,
                           .log = log,
                           .partners = partners,
                           .catalogue = catalogue,
                           .courier = courier,
                           .source = &source},
                          {.address = {}, .conduct = ds::Conduct::scripted}};
  ds::DataPlane data{connector, source};
  courier.attach(connector);
  Script script{cases, io, pool};
  script.attach(connector);
  HANSE_CHECK(seed(cases, connector));
  HANSE_CHECK(seed_datasets(cases, catalogue));
  auto routes = ds::protocol_routes(connector, data);
  for (auto& hook : hooks(connector)) routes.push_back(std::move(hook));
  const api::Router router{std::move(routes)};
  const auto anybody = [](const api::RequestFacts&) -> Result<api::Caller> {
    return api::Caller{.id = kCaller, .name = "The kit", .permissions = {"partner"}, .sites = {}};
  };
  const auto all = [](const api::Caller&, const api::Route&) -> Result<void> { return {}; };
  net::HttpServer server{
      io.get_executor(),
      {.router = router, .pool = pool, .clock = clock, .log = log, .authorise = anybody, .permit = all}};
  HANSE_TRY(const auto port, server.start("127.0.0.1", wanted_port));
  connector.set_address("http://127.0.0.1:" + std::to_string(port) + std::string{ds::kProtocolPath});
  HANSE_CHECK(connector.start());
  fmt::print("ready at http://127.0.0.1:{}\n", port);
  std::fflush(stdout);
  boost::asio::signal_set stop{io, SIGTERM, SIGINT};
  stop.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
  io.run();
  courier.stop();
  return {};
}

}  // namespace
}  // namespace hanse::node

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "dataspace_tck_node CASES.json KIT_ADDRESS [PORT]\n");
    return 2;
  }
  std::ifstream file{argv[1]};
  std::stringstream text;
  text << file.rdbuf();
  const auto served =
      hanse::node::serve(text.str(), argv[2], static_cast<std::uint16_t>(argc > 3 ? std::atoi(argv[3]) : 0));
  if (served) return 0;
  fmt::print(stderr, "{}\n", to_string(served.error()));
  return 1;
}
