#include "net/http_server.hpp"

#include <condition_variable>
#include <filesystem>
#include <semaphore>

#include <boost/asio/post.hpp>

#include "net/internal/server_fixture.hpp"
#include "net/on_pool.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

class HttpServerTest : public internal::ServerFixture {};

void expect_has(std::string_view text, std::string_view part) {
  EXPECT_TRUE(text.contains(part)) << "'" << part << "' is not in:\n" << text;
}

TEST_F(HttpServerTest, AnswersATypedRouteWithItsVersionAsETag) {
  serve();

  const std::string answer = exchange(get("/api/v1/mills/m%201"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  expect_has(answer, "\r\nContent-Type: application/json\r\nContent-Length: 31\r\n");
  expect_has(answer, "\r\nETag: \"7\"\r\nCache-Control: private, no-cache\r\n");
  expect_has(answer, "\r\nX-Content-Type-Options: nosniff\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n{\"id\":\"m 1\",\"spindle_rpm\":8000}"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  serve();
  const std::string one = "GET /api/v1/mills/one HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\n\r\n";
  const std::string none = "GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n";

  const std::string answer = exchange(one + none + get("/api/v1/mills/two"));

  const auto first = answer.find(R"({"id":"one")"), second = answer.find("there is nothing at /api/v1/nothing"),
             third = answer.find(R"({"id":"two")");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos) << answer;
}

TEST_F(HttpServerTest, SendsNoBodyToHead) {
  serve();

  const std::string answer = exchange(
      "HEAD /api/v1/mills/one HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\n"
      "Connection: close\r\n\r\n");

  expect_has(answer, "Content-Length: 31\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, TellsWhatIsWrongAsAProblem) {
  struct Case {
    std::string request;
    std::string_view status, detail;
  };
  const std::string put = "PUT /api/v1/mills/one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const std::string anna = "Authorization: Bearer anna\r\n";
  const std::vector<Case> cases = {
      {get("/api/v1/mills/none"), "404 Not Found", "there is no mill 'none'"},
      {get("/api/v1/mills/one", ""), "401 Unauthorized", "log in first"},
      {get("/api/v1/mills/one?x=1"), "422 Unprocessable Content",
       R"("fields":[{"path":"x","message":"unknown parameter)"},
      {get("/api/v1/mills/%zz"), "400 Bad Request", "two hex digits"},
      {"DELETE /api/v1/mills/one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405 Method Not Allowed",
       "takes GET, HEAD, PUT only"},
      {"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented", "not known"},
      {put + "Authorization: Bearer gast\r\nContent-Length: 2\r\n\r\n{}", "403 Forbidden", "you may not"},
      {put + anna + "Content-Length: 18\r\n\r\n{\"spindle_rpm\":-1}", "422 Unprocessable Content", "spindle_rpm"},
      {put + anna + "Content-Length: 1\r\n\r\n{", "400 Bad Request", "line 1"},
      {put + anna + "If-Match: \"6\"\r\nContent-Length: 2\r\n\r\n{}", "412 Precondition Failed", "somebody changed it"},
      {put + anna + "If-Match: six\r\nContent-Length: 2\r\n\r\n{}", "400 Bad Request", "If-Match must be"},
      {put + anna + "Content-Length: 2001\r\n\r\n{}", "413 Content Too Large", "over the 2000 bytes"},
      {"nonsense\r\n\r\n", "400 Bad Request", "not HTTP/1.1"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a'), "431 Request Header Fields Too Large",
       "over 16 kB"},
  };
  for (const auto& one : cases) {
    serve();
    const std::string answer = exchange(one.request);
    bench.context().restart();

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string{one.status})) << one.request.substr(0, 99) << answer;
    expect_has(answer, "Content-Type: application/problem+json\r\n");
    expect_has(answer, one.detail);
  }
}

TEST_F(HttpServerTest, TakesAChunkedBody) {
  serve();

  const std::string answer = exchange(
      "PUT /api/v1/mills/one HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\nConnection: close\r\n"
      "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"spindle\r\n8\r\n_rpm\":5}\r\n0\r\n\r\n");

  EXPECT_TRUE(answer.ends_with(R"({"id":"one","spindle_rpm":5})")) << answer;
}

TEST_F(HttpServerTest, SendsNothingAgainThatTheCallerHas) {
  serve();

  const std::string answer =
      exchange(get("/api/v1/mills/one", "Authorization: Bearer anna\r\nIf-None-Match: \"6\", \"7\"\r\n"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, CompressesLongTextsForThoseWhoTakeIt) {
  serve();

  const std::string answer = exchange(get("/healthz", "Accept-Encoding: br, gzip\r\n"));

  expect_has(answer, "Content-Encoding: gzip\r\n");
  EXPECT_LT(answer.size(), 600u);
}

TEST_F(HttpServerTest, ServesThePageForItsOwnPathsWithAPolicy) {
  serve();

  const std::string answer = exchange(get("/plant/press-4", ""));

  EXPECT_TRUE(answer.ends_with("\r\n\r\n<html>"));
  expect_has(answer, "Content-Security-Policy: default-src 'self';");
  expect_has(answer, "frame-ancestors 'none'");
  expect_has(answer, "Cache-Control: no-cache\r\n");
}

TEST_F(HttpServerTest, ServesFilesCompressedBeforehandForEver) {
  serve();

  const std::string answer = exchange(get("/assets/index-1a2b.js", "Accept-Encoding: gzip\r\n"));

  EXPECT_TRUE(answer.ends_with("\r\n\r\n(gzip)"));
  expect_has(answer, "Cache-Control: public, max-age=31536000, immutable\r\n");
}

TEST_F(HttpServerTest, HasNoPageForAMissingFile) {
  serve();
  EXPECT_TRUE(exchange(get("/assets/index-old.js", "")).starts_with("HTTP/1.1 404 "));
}

TEST_F(HttpServerTest, AnswersAFaultOfAHandlerAndGoesOn) {
  serve();
  const std::string broken = "GET /api/v1/mills/broken HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\n\r\n";

  const std::string answer = exchange(broken + get("/api/v1/mills/two"));

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_FALSE(answer.contains("vector::at"));
  expect_has(answer, R"({"id":"two")");
  EXPECT_EQ(server->figures().failed_requests, 1u);
}

TEST_F(HttpServerTest, RefusesWorkWhenThereIsTooMuch) {
  std::counting_semaphore hold{0}, held{0};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool.post([&] {
      held.release();
      hold.acquire();
    }));
  }
  held.acquire();
  held.acquire();
  while (pool.post([] {})) {
  }
  serve();

  const std::string answer = exchange(get("/api/v1/mills/one"));
  hold.release(2);

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  expect_has(answer, "Retry-After: 1\r\n");
}

TEST_F(HttpServerTest, GivesUpOnAHeadThatDripsIn) {
  serve({.read_limit = 30ms});
  EXPECT_TRUE(exchange("GET / HTTP/1.1\r\nHost:").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}

TEST_F(HttpServerTest, ClosesAConnectionThatSaysNothing) {
  serve({.idle_limit = 30ms});
  EXPECT_EQ(exchange(""), "");
}

TEST_F(HttpServerTest, RefusesTooManyConnectionsOfOneAddress) {
  serve({.connections_per_address_max = 1});
  std::string first, second;
  const auto script = [&]() -> asio::awaitable<void> {
    auto one = co_await connect("127.0.0.1", port, std::nullopt, 5s);
    const std::string ask = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    if (!co_await (*one)->write(ask, 5s)) co_return;
    std::vector<char> buffer(100);
    const auto count = co_await (*one)->read(buffer, 5s);
    if (count) first.assign(buffer.data(), *count);
    auto two = co_await connect("127.0.0.1", port, std::nullopt, 5s);
    second = co_await read_until_closed(**two);
  };

  play(script());

  EXPECT_TRUE(first.starts_with("HTTP/1.1 200"));
  EXPECT_EQ(second, "");
  EXPECT_EQ(server->figures().refused_connections, 1u);
}

TEST_F(HttpServerTest, FinishesTheRequestUnderWayWhenItStops) {
  std::binary_semaphore reached{0}, go{0};
  before_answer = [&] {
    reached.release();
    go.acquire();
  };
  serve();
  std::string answer;
  const auto ask = [&]() -> asio::awaitable<void> {
    auto connected = co_await connect("127.0.0.1", port, std::nullopt, 5s);
    const std::string request = "GET /api/v1/mills/late HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer anna\r\n\r\n";
    if (!co_await (*connected)->write(request, 5s)) co_return;
    answer = co_await read_until_closed(**connected);
  };
  WorkPool other{1, 1};
  const auto stop = [&]() -> asio::awaitable<void> {
    auto waiting = on_pool(other, [&] { reached.acquire(); });
    if (!co_await std::move(waiting)) co_return;
    auto stopping = server->stop(5s);
    asio::post(bench.context(), [&] { go.release(); });
    co_await std::move(stopping);
  };
  bench.start(ask());
  bench.start(stop());

  bench.run();

  expect_has(answer, "Connection: close\r\n");
  expect_has(answer, R"({"id":"late")");
}

bool told_within(const std::stop_token& stop, Duration limit) {
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock{mutex};
  told.wait_for(lock, stop, limit, [] { return false; });
  return stop.stop_requested();
}

TEST_F(HttpServerTest, TellsAHandlerThatItsClientHasGone) {
  std::binary_semaphore reached{0}, ended{0};
  while_answering = [&](const std::stop_token& stop) {
    reached.release();
    if (told_within(stop, 20s)) ended.release();
  };
  serve();
  WorkPool other{1, 1};
  bool told = false;
  const auto script = [&]() -> asio::awaitable<void> {
    auto connected = co_await connect("127.0.0.1", port, std::nullopt, 5s);
    // Bytes that nobody read yet don't hide that the client left.
    const std::string requests = get("/api/v1/mills/late", "Authorization: Bearer anna\r\n") + "GET ";
    if (!co_await (*connected)->write(requests, 5s)) co_return;
    auto arriving = on_pool(other, [&] { reached.acquire(); });
    if (!co_await std::move(arriving)) co_return;
    (*connected)->close();
    auto ending = on_pool(other, [&] { told = ended.try_acquire_for(10s); });  // Before the server stops.
    (void)co_await std::move(ending);
  };
  play(script());
  EXPECT_TRUE(told);
}

TEST_F(HttpServerTest, LeavesAHandlerAloneWhoseClientWaits) {
  std::atomic<bool> told = false;
  while_answering = [&](const std::stop_token& stop) {
    told = told_within(stop, 600ms);  // Two looks.
  };
  serve();
  const auto answer = exchange(get("/api/v1/mills/late"));
  expect_has(answer, R"({"id":"late")");
  EXPECT_FALSE(told);
}

TEST_F(HttpServerTest, ServesOverTls) {
  const std::string folder = testing::TempDir() + "hanse_https_" + std::to_string(::getpid());
  serve({}, std::make_shared<const TlsIdentity>(*TlsIdentity::self_signed(folder)));
  std::optional<Result<HttpResponse>> response;
  const auto script = [&]() -> asio::awaitable<void> {
    HttpClientOptions options;
    options.tls.authorities_file = folder + "/localhost.pem";
    HttpClient client{options};
    for (int i = 0; i < 3; ++i) {
      HttpRequest request{.url = fmt::format("https://localhost:{}/api/v1/mills/one", port),
                          .headers = {{"Authorization", "Bearer anna"}}};
      response = co_await client.fetch(std::move(request));
    }
  };

  play(script());
  std::filesystem::remove_all(folder);

  ASSERT_TRUE(*response) << to_string(response->error());
  EXPECT_EQ((*response)->head.status, 200);
  EXPECT_EQ(server->figures().requests, 3u);
}

}  // namespace
}  // namespace hanse::net
