#include "net/live_hub.hpp"

#include "net/internal/server_fixture.hpp"
#include "net/websocket.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

/// A page's side of a WebSocket.
class LiveClient {
 public:
  asio::awaitable<bool> open(std::uint16_t port, std::string more = "Authorization: Bearer anna\r\n") {
    auto connected = co_await connect("127.0.0.1", port, std::nullopt, 5s);
    if (!connected) co_return false;
    stream_ = std::move(*connected);
    const std::string opening = fmt::format(
        "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
        more);
    if (!co_await stream_->write(opening, 5s)) co_return false;
    while (!head_.contains("\r\n\r\n")) {
      if (!co_await read()) co_return false;
      head_ += std::exchange(bytes_, {});
    }
    const auto end = head_.find("\r\n\r\n") + 4;
    bytes_ = head_.substr(end);
    head_.resize(end);
    co_return head_.starts_with("HTTP/1.1 101");
  }

  asio::awaitable<bool> say(std::string text) {
    const std::string frame = websocket_frame(WebSocketEvent::Kind::text, text, 0xa1b2c3d4);
    co_return (co_await stream_->write(frame, 5s)).has_value();
  }

  /// The next message that isn't a ping, or what ended the connection.
  asio::awaitable<std::string> hear() {
    for (;;) {
      while (!events_.empty()) {
        const WebSocketEvent event = events_.front();
        events_.erase(events_.begin());
        if (event.kind == WebSocketEvent::Kind::text) co_return event.data;
        if (event.kind == WebSocketEvent::Kind::close) co_return fmt::format("closed {} {}", event.code, event.data);
      }
      if (bytes_.empty() && !co_await read()) co_return "gone";
      auto events = reader_.feed(std::exchange(bytes_, {}));
      if (!events) co_return events.error().message;
      events_ = std::move(*events);
    }
  }

  const std::string& head() const { return head_; }
  Stream& stream() { return *stream_; }

 private:
  asio::awaitable<bool> read() {
    std::vector<char> buffer(4096);
    const auto count = co_await stream_->read(buffer, 5s);
    if (!count || *count == 0) co_return false;
    bytes_.append(buffer.data(), *count);
    co_return true;
  }

  std::unique_ptr<Stream> stream_;
  std::string head_, bytes_;
  WebSocketReader reader_{WebSocketSide::client, 1 << 20};
  std::vector<WebSocketEvent> events_;
};

/// The message without its sequence, which differs from run to run.
std::string plain(const std::string& text, std::uint64_t* sequence = nullptr) {
  const auto begin = text.find(R"(,"sequence":)");
  if (begin == std::string::npos) return text;
  const auto end = text.find_first_not_of("0123456789", begin + 12);
  if (sequence) *sequence = std::stoull(text.substr(begin + 12));
  return text.substr(0, begin) + text.substr(end);
}

class LiveHubTest : public internal::ServerFixture {};

TEST_F(LiveHubTest, SendsWhatAClientSubscribedTo) {
  serve();
  std::vector<std::string> heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port)) co_return;
    if (!co_await client.say(R"({"subscribe":["states","samples:7"]})")) co_return;
    heard.push_back(plain(co_await client.hear()));
    EXPECT_EQ(*live.wanted(), (LiveHub::Topics{"samples:7", "states"}));
    live.publish("findings", "1", Delivery::every);
    live.publish("samples:7", R"({"value":1.5})", Delivery::latest);
    live.publish("states", R"("down")", Delivery::every);
    heard.push_back(plain(co_await client.hear()));
    heard.push_back(plain(co_await client.hear()));
  };

  play(script());

  EXPECT_EQ(heard, (std::vector<std::string>{R"({"subscribed":["states","samples:7"],"refused":[]})",
                                             R"({"topic":"states","data":"down"})",
                                             R"({"topic":"samples:7","data":{"value":1.5}})"}));
  EXPECT_TRUE(live.wanted()->empty());
  EXPECT_EQ(live.clients(), 0u);
}

TEST_F(LiveHubTest, ReplaysWhatAClientMissed) {
  serve();
  std::vector<std::string> heard;
  const auto script = [&]() -> asio::awaitable<void> {
    std::uint64_t last = 0;
    LiveClient before;
    if (!co_await before.open(port)) co_return;
    if (!co_await before.say(R"({"subscribe":["states"]})")) co_return;
    plain(co_await before.hear(), &last);
    before.stream().close();
    live.publish("states", "1", Delivery::every);
    live.publish("findings", "2", Delivery::every);
    live.publish("states", "3", Delivery::every);
    LiveClient after;
    if (!co_await after.open(port)) co_return;
    const std::string wish = fmt::format(R"({{"subscribe":["states"],"resume":{}}})", last);
    if (!co_await after.say(wish)) co_return;
    for (int i = 0; i < 3; ++i) heard.push_back(plain(co_await after.hear()));
  };

  play(script());

  EXPECT_EQ(heard, (std::vector<std::string>{R"({"subscribed":["states"],"refused":[]})",
                                             R"({"topic":"states","data":1})", R"({"topic":"states","data":3})"}));
}

TEST_F(LiveHubTest, SaysWhenItNoLongerHasWhatAClientMissed) {
  serve();
  std::string heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port)) co_return;
    if (!co_await client.say(R"({"subscribe":["states"],"resume":12})")) co_return;
    heard = plain(co_await client.hear());
  };

  play(script());

  EXPECT_EQ(heard, R"({"lost":true})");
}

TEST_F(LiveHubTest, DropsForASlowClientAndTellsIt) {
  LiveHubOptions options;
  options.client_queue_max = 3;
  LiveHub small{bench.executor(), clock, [](const api::Caller&, std::string_view) { return true; }, options};
  HttpServerParts parts{.router = router,
                        .pool = pool,
                        .clock = clock,
                        .log = log,
                        .authorise = [](const api::RequestFacts&) { return api::Caller{}; },
                        .permit = [](const api::Caller&, const api::Route&) { return Result<void>{}; },
                        .live = &small};
  server = std::make_unique<HttpServer>(bench.executor(), std::move(parts));
  port = *server->start("127.0.0.1", 0);
  std::vector<std::string> heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port)) co_return;
    if (!co_await client.say(R"({"subscribe":["states","samples:1"]})")) co_return;
    co_await client.hear();
    // All in one go on the hub's own thread: its writer can't get in between.
    for (int i = 0; i < 5; ++i) {
      small.publish("states", std::to_string(i), Delivery::every);
      small.publish("samples:1", std::to_string(i), Delivery::latest);
    }
    for (int i = 0; i < 3; ++i) heard.push_back(plain(co_await client.hear()));
  };

  play(script());

  EXPECT_EQ(heard, (std::vector<std::string>{R"({"lost":true})", R"({"topic":"states","data":4})",
                                             R"({"topic":"samples:1","data":4})"}));
  EXPECT_EQ(small.lost(), 1u);
}

TEST_F(LiveHubTest, RefusesTopicsTheCallerMayNotSee) {
  serve();
  std::string heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port, "Authorization: Bearer gast\r\n")) co_return;
    if (!co_await client.say(R"({"subscribe":["journal","states"]})")) co_return;
    heard = plain(co_await client.hear());
  };

  play(script());

  EXPECT_EQ(heard, R"({"subscribed":["states"],"refused":["journal"]})");
}

TEST_F(LiveHubTest, RefusesStrangersAndForeignPages) {
  serve();
  std::string nobody, foreign, own;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient one, two, three;
    (void)co_await one.open(port, "");
    nobody = one.head().substr(0, 12);
    (void)co_await two.open(port, "Authorization: Bearer anna\r\nOrigin: https://evil.example\r\n");
    foreign = two.head().substr(0, 12);
    (void)co_await three.open(port, "Authorization: Bearer anna\r\nOrigin: http://localhost\r\n");
    own = three.head().substr(0, 12);
  };

  play(script());

  EXPECT_EQ(nobody, "HTTP/1.1 401");
  EXPECT_EQ(foreign, "HTTP/1.1 403");
  EXPECT_EQ(own, "HTTP/1.1 101");
}

TEST_F(LiveHubTest, AnswersNonsenseAndGoesOn) {
  serve();
  std::vector<std::string> heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port)) co_return;
    if (!co_await client.say(R"({"subscrib":["states"]})")) co_return;
    heard.push_back(co_await client.hear());
    if (!co_await client.say(R"({"subscribe":["states"]})")) co_return;
    heard.push_back(plain(co_await client.hear()));
    const std::string unmasked = websocket_frame(WebSocketEvent::Kind::text, "{}");
    if (!co_await client.stream().write(unmasked, 5s)) co_return;
    heard.push_back(co_await client.hear());
  };

  play(script());

  ASSERT_EQ(heard.size(), 3u);
  EXPECT_TRUE(heard[0].contains("did you mean 'subscribe'?")) << heard[0];
  EXPECT_EQ(heard[1], R"({"subscribed":["states"],"refused":[]})");
  EXPECT_EQ(heard[2], "closed 1002 a client's frame is not masked");
}

TEST_F(LiveHubTest, SendsAwayWhoIsNoLongerAllowed) {
  LiveHubOptions options;
  options.ping_every = 10ms;
  LiveHub quick{bench.executor(), clock, [](const api::Caller&, std::string_view) { return true; }, options};
  std::atomic<int> asked = 0;
  HttpServerParts parts{.router = router,
                        .pool = pool,
                        .clock = clock,
                        .log = log,
                        .authorise = [&](const api::RequestFacts&) -> Result<api::Caller> {
                          if (++asked == 1) return api::Caller{.id = "user:anna"};
                          return fail(ErrorCode::unauthenticated, "logged out");
                        },
                        .permit = [](const api::Caller&, const api::Route&) { return Result<void>{}; },
                        .live = &quick};
  server = std::make_unique<HttpServer>(bench.executor(), std::move(parts));
  port = *server->start("127.0.0.1", 0);
  std::string heard;
  const auto script = [&]() -> asio::awaitable<void> {
    LiveClient client;
    if (!co_await client.open(port)) co_return;
    heard = co_await client.hear();
  };

  play(script());

  EXPECT_EQ(heard, "closed 1008 log in again");
}

}  // namespace
}  // namespace hanse::net
