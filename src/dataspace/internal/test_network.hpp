#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>

#include "api/problem.hpp"
#include "api/router.hpp"
#include "base/random.hpp"
#include "dataspace/protocol_routes.hpp"
#include "store/store.hpp"

namespace hanse::dataspace {

/// Hands out a text; files by offset and length.
class TextSource final : public DataSource {
 public:
  std::string text = R"([{"value":1,"person":"Anna"},{"value":2,"person":"Ben"}])";
  std::size_t piece_max = std::string::npos;
  Result<DataPiece> read(const Dataset& dataset, const DataWindow& window) override {
    last = window;
    DataPiece piece{.content_type = dataset.kind == DatasetKind::file ? "application/octet-stream" : "application/json",
                    .body = text};
    if (dataset.kind == DatasetKind::file) {
      const auto offset = std::min<std::size_t>(static_cast<std::size_t>(window.offset), text.size());
      piece.body = text.substr(offset, window.length > 0 ? static_cast<std::size_t>(window.length) : piece_max);
      piece.offset = window.offset;
      piece.total = std::ssize(text);
    }
    return piece;
  }
  DataWindow last;
};

/// What came, in memory.
class ReceivedTexts final : public ReceivedContent {
 public:
  std::map<std::string, std::string> texts;
  Result<void> write(const std::string& id, std::int64_t offset, std::string_view bytes) override {
    auto& text = texts[id];
    if (offset > std::ssize(text)) return fail(ErrorCode::conflict, "a hole");
    text.resize(static_cast<std::size_t>(offset));
    text += bytes;
    return {};
  }
  Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) const override {
    const auto found = texts.find(id);
    if (found == texts.end()) return fail(ErrorCode::not_found, "gone");
    return found->second.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  }
  Result<void> remove(const std::string& id) override {
    texts.erase(id);
    return {};
  }
};

class TestNetwork;

/// A node without sockets: its routes are called in process, its messages wait in the network.
class TestNode final : public Courier {
 public:
  TestNode(TestNetwork& network, std::string name, const Clock& clock, ConnectorSettings settings = {});

  void send(Outbound message) override;
  void wake_at(Timestamp when) override { wake = wake ? std::min(*wake, when) : when; }

  /// As a crash and a new start: everything but the store is made anew.
  void restart();
  void know(const TestNode& other, IdentityMode mode = IdentityMode::signed_key);
  api::Response call(const Outbound& message, const std::string& range = {});

  std::string name, origin, address, participant;
  std::optional<Timestamp> wake;
  TextSource source;
  ReceivedTexts received;
  std::vector<std::string> inbox;  ///< What was pushed to `<origin>/inbox`.
  std::unique_ptr<store::Store> store;
  std::unique_ptr<PartnerBook> partners;
  std::unique_ptr<Catalogue> catalogue;
  std::unique_ptr<Connector> connector;
  std::unique_ptr<DataPlane> data;
  std::unique_ptr<api::Router> router;
  std::function<void(const Process&)> listener;

 private:
  void make();
  TestNetwork& network_;
  const Clock& clock_;
  ConnectorSettings settings_;
  SigningKey key_ = new_signing_key();
};

/// Several nodes, one simulated clock, and messages under way.
class TestNetwork {
 public:
  SimulatedClock clock{*parse_timestamp("2026-10-01T12:00:00Z")};
  Log log{clock, LogLevel::error, LogFormat::text};
  std::map<std::string, TestNode*> nodes;  ///< By origin.
  struct Letter {
    TestNode* from;
    Outbound message;
  };
  std::deque<Letter> letters;
  std::vector<std::string> delivered;  ///< `POST <path>`, in order.

  /// Delivers one letter, or lets time pass until something is due; false when there is nothing left within `horizon`.
  bool step(Duration horizon = 1h) {
    if (!letters.empty()) {
      Letter letter = std::move(letters.front());
      letters.pop_front();
      deliver(letter);
      return true;
    }
    std::optional<Timestamp> next;
    for (const auto& [origin, node] : nodes) {
      if (node->wake) next = next ? std::min(*next, *node->wake) : *node->wake;
    }
    if (!next || *next > clock.now() + horizon) return false;
    clock.set(std::max(clock.now(), *next));
    for (const auto& [origin, node] : nodes) {
      if (node->wake && *node->wake <= clock.now()) {
        node->wake.reset();
        node->connector->wake();
      }
    }
    return true;
  }
  void run(Duration horizon = 1h) {
    for (int i = 0; i < 10'000 && step(horizon); ++i) {
    }
  }
  Outcome carry(const Outbound& message) {
    const auto target = nodes.find(origin_of(message.url));
    if (target == nodes.end()) return {.status = 0, .body = {}, .error = "nobody listens at " + message.url};
    delivered.push_back(message.method + ' ' + message.url.substr(target->second->origin.size()));
    auto response = target->second->call(message);
    Outcome outcome{.status = response.status, .body = std::move(response.body), .error = {}};
    outcome.content_type = response.content_type;
    for (const auto& [header, value] : response.headers) {
      if (header == "Content-Range") outcome.content_range = value;
    }
    return outcome;
  }
  void deliver(const Letter& letter) {
    const auto outcome = carry(letter.message);
    letter.from->connector->settle(letter.message.id, outcome);
  }
};

inline TestNode::TestNode(TestNetwork& network, std::string node_name, const Clock& clock, ConnectorSettings settings)
    : name(std::move(node_name)),
      origin("https://" + name + ".example"),
      address(origin + std::string{kProtocolPath}),
      participant("did:web:" + name + ".example"),
      network_(network),
      clock_(clock),
      settings_(std::move(settings)) {
  auto opened = store::open_store("sqlite::memory:", clock);
  EXPECT_TRUE(opened);
  store = *std::move(opened);
  settings_.address = address;
  make();
  network_.nodes[origin] = this;
}

inline void TestNode::make() {
  partners = std::make_unique<PartnerBook>(*store, clock_, OwnIdentity{participant, key_});
  catalogue = std::make_unique<Catalogue>(*store, clock_);
  EXPECT_TRUE(catalogue->load());
  connector = std::make_unique<Connector>(ConnectorParts{.store = *store,
                                                         .clock = clock_,
                                                         .log = network_.log,
                                                         .partners = *partners,
                                                         .catalogue = *catalogue,
                                                         .courier = *this,
                                                         .source = &source,
                                                         .received = &received},
                                          settings_);
  connector->on_change([this](const Process& process) {
    if (listener) listener(process);
  });
  data = std::make_unique<DataPlane>(*connector, source);
  router = std::make_unique<api::Router>(protocol_routes(*connector, *data));
  EXPECT_TRUE(connector->start());
}

inline void TestNode::restart() {
  std::erase_if(network_.letters, [this](const auto& letter) { return letter.from == this; });
  wake.reset();
  router.reset();
  data.reset();
  connector.reset();
  catalogue.reset();
  partners.reset();
  make();
}

inline void TestNode::send(Outbound message) { network_.letters.push_back({this, std::move(message)}); }

inline void TestNode::know(const TestNode& other, IdentityMode mode) {
  Partner partner{.id = other.name,
                  .name = other.name,
                  .participant = other.participant,
                  .address = other.address,
                  .callback_origins = {},
                  .trust = Trust::confirmed,
                  .identity = mode,
                  .public_key = other.partners->own().key.public_key,
                  .member = true};
  if (mode == IdentityMode::token) {
    partner.token_in = "secret of " + other.name;
    partner.token_out = "secret of " + name;
  }
  const auto put = partners->put({"user:test"}, partner, 0);
  EXPECT_TRUE(put) << (put ? "" : to_string(put.error()));
}

inline api::Response TestNode::call(const Outbound& message, const std::string& range) {
  const auto path_and_query = message.url.substr(origin.size());
  const auto path = path_and_query.substr(0, path_and_query.find('?'));
  if (path == "/inbox") {
    inbox.push_back(message.authorization + ' ' + message.body);
    return {.body = "", .version = {}};
  }
  const auto method = *api::parse_method(message.method);
  const auto match = router->find(method, path);
  if (!match || !match->route) return {.status = 404, .body = "", .version = {}};
  api::RequestFacts facts{
      .method = method, .path = path, .peer = "10.0.0.1", .secure = true, .authorization = message.authorization};
  facts.range = range;
  api::Caller caller;
  if (auto known = partner_caller(*partners, facts)) {
    if (!*known) return api::problem(known->error());
    caller = **known;
  }
  auto parameters = match->parameters;
  if (path.size() < path_and_query.size()) {
    auto query = api::parse_query(path_and_query.substr(path.size() + 1));
    if (!query) return api::problem(query.error());
    parameters.merge(*query);
  }
  const api::Request request{.parameters = parameters,
                             .body = message.body,
                             .content_type = "application/json",
                             .if_match = {},
                             .caller = caller,
                             .facts = facts};
  auto response = match->route->handle(request);
  return response ? *response : api::problem(response.error());
}

}  // namespace hanse::dataspace
