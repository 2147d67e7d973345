#pragma once

#include "api/router.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/internal/io_test_bench.hpp"
#include "net/live_hub.hpp"

namespace hanse::net::internal {

struct Mill {
  std::string id;
  std::int64_t spindle_rpm = 0;
  static constexpr auto notes() { return std::array{FieldNote{.field = "spindle_rpm", .min = 0}}; }
};
HANSE_DESCRIBE(Mill, (id, spindle_rpm))
struct MillById {
  std::string id;
};
HANSE_DESCRIBE(MillById, (id))

/// A server with a handful of routes on a free port of loopback. `Bearer anna` may do all, `Bearer gast` only read.
class ServerFixture : public testing::Test {
 protected:
  ServerFixture()
      : router(routes()), live(bench.executor(), clock, [](const api::Caller& caller, std::string_view topic) {
          return caller.id == "user:anna" || topic == "states";
        }) {}

  void serve(HttpServerOptions options = {}, std::shared_ptr<const TlsIdentity> tls = nullptr) {
    HttpServerParts parts{.router = router,
                          .pool = pool,
                          .clock = clock,
                          .log = log,
                          .authorise = authorise,
                          .permit = permit,
                          .page = page,
                          .live = &live};
    server = std::make_unique<HttpServer>(bench.executor(), std::move(parts), options);
    port = *server->start("127.0.0.1", 0, std::move(tls));
  }

  /// Runs `script` against the server, then stops it.
  void play(boost::asio::awaitable<void> script) {
    const auto both = [this](boost::asio::awaitable<void> task) -> boost::asio::awaitable<void> {
      co_await std::move(task);
      auto stopping = server->stop(5s);
      co_await std::move(stopping);
    };
    bench.start(both(std::move(script)));
    bench.run();
  }

  /// What the server sends to `text` until it closes.
  std::string exchange(std::string text) {
    std::string answer;
    const auto script = [&]() -> boost::asio::awaitable<void> {
      auto connected = co_await connect("127.0.0.1", port, std::nullopt, 5s);
      if (!connected) co_return;
      auto stream = std::move(*connected);
      if (!co_await stream->write(text, 5s)) co_return;
      answer = co_await read_until_closed(*stream);
    };
    play(script());
    return answer;
  }

  boost::asio::awaitable<std::string> read_until_closed(Stream& stream) {
    std::string all;
    std::vector<char> buffer(16 * 1024);
    for (;;) {
      const auto count = co_await stream.read(buffer, 5s);
      if (!count || *count == 0) co_return all;
      all.append(buffer.data(), *count);
    }
  }

  static std::string get(std::string_view path, std::string_view more = "Authorization: Bearer anna\r\n") {
    return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}Connection: close\r\n\r\n", path, more);
  }

  IoTestBench bench;
  SystemClock clock;
  Log log{clock, LogLevel::error, LogFormat::text};
  std::function<void()> before_answer = [] {};
  std::function<void(std::stop_token)> while_answering = [](std::stop_token) {};
  api::Router router;
  LiveHub live;
  WorkPool pool{2, 50};
  std::vector<PageAsset> page = {{.path = "/assets/index-1a2b.js",
                                  .content_type = "text/javascript",
                                  .etag = "\"1a2b\"",
                                  .bytes = "let a = 1;",
                                  .gzip = "(gzip)",
                                  .hashed = true},
                                 {.path = "/index.html",
                                  .content_type = "text/html; charset=utf-8",
                                  .etag = "\"c3\"",
                                  .bytes = "<html>",
                                  .gzip = {}}};
  std::unique_ptr<HttpServer> server;
  std::uint16_t port = 0;

 private:
  static Result<api::Caller> authorise(const api::RequestFacts& facts) {
    if (facts.authorization == "Bearer anna")
      return api::Caller{.id = "user:anna", .permissions = {"plant.read", "plant.write"}};
    if (facts.authorization == "Bearer gast") return api::Caller{.id = "user:gast", .permissions = {"plant.read"}};
    return fail(ErrorCode::unauthenticated, "log in first");
  }
  static Result<void> permit(const api::Caller& caller, const api::Route& route) {
    const auto& own = caller.permissions;
    if (route.permission == "public" || std::find(own.begin(), own.end(), route.permission) != own.end()) return {};
    return fail(ErrorCode::forbidden, "you may not do this");
  }

  std::vector<api::Route> routes() {
    using api::Context;
    std::vector<api::Route> made;
    made.push_back(api::route<MillById, api::Versioned<Mill>>(
        {.path = "/api/v1/mills/{id}", .permission = "plant.read"},
        [this](const MillById& in, const Context& context) -> Result<api::Versioned<Mill>> {
          before_answer();
          while_answering(context.stop);
          if (in.id == "none") return fail(ErrorCode::not_found, "there is no mill 'none'");
          if (in.id == "broken") throw std::out_of_range("vector::at");
          return api::Versioned<Mill>{.record = {.id = in.id, .spindle_rpm = 8000}, .version = 7};
        }));
    made.push_back(api::route<Mill, Mill>(
        {.method = api::Method::put, .path = "/api/v1/mills/{id}", .permission = "plant.write", .body_bytes_max = 2000},
        [](const Mill& in, const Context& context) -> Result<Mill> {
          if (context.if_match && *context.if_match != 7) return fail(ErrorCode::conflict, "somebody changed it");
          return in;
        }));
    made.push_back(api::route<api::Nothing, api::Raw>(
        {.path = "/healthz", .permission = "public"}, [](const api::Nothing&, const Context&) -> Result<api::Raw> {
          return api::Raw{.content_type = "text/plain", .body = std::string(3000, 'k')};
        }));
    return made;
  }
};

}  // namespace hanse::net::internal
