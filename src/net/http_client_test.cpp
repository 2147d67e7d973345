#include "net/http_client.hpp"

#include "net/internal/io_test_bench.hpp"

namespace hanse::net {
namespace {

namespace asio = boost::asio;

/// Accepts one connection per script; reads a request's head, then sends the script's pieces, then closes.
asio::awaitable<void> serve(Listener& listener, std::vector<std::vector<std::string>> scripts, std::string* seen) {
  for (const auto& script : scripts) {
    auto accepted = co_await listener.accept();
    if (!accepted) co_return;
    auto stream = std::move(*accepted);
    std::vector<char> buffer(4096);
    std::string request;
    while (!request.contains("\r\n\r\n")) {
      const auto count = co_await stream->read(buffer, 10s);
      if (!count || *count == 0) break;
      request.append(buffer.data(), *count);
    }
    if (seen) *seen += request;
    for (const auto& piece : script) {
      if (!co_await stream->write(piece, 10s)) break;
    }
  }
  listener.close();
}

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() : listener(*listen(bench.executor(), "127.0.0.1", 0)) {}
  std::string url(std::string_view path) {
    return "http://127.0.0.1:" + std::to_string(listener->port()) + std::string{path};
  }

  internal::IoTestBench bench;
  std::unique_ptr<Listener> listener;
  std::string seen;
};

TEST_F(HttpClientTest, FetchesADocument) {
  bench.start(
      serve(*listener, {{"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\n<a/>", "\n"}}, &seen));
  std::optional<Result<HttpResponse>> response;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClient client{{}};
    HttpRequest request{.url = url("/probe?x=1")};
    response = co_await client.fetch(std::move(request));
  };
  bench.start(call());

  bench.run();

  ASSERT_TRUE(*response) << to_string(response->error());
  EXPECT_EQ((*response)->head.status, 200);
  EXPECT_EQ((*response)->head.find("content-type"), "text/xml");
  EXPECT_EQ((*response)->body, "<a/>\n");
  EXPECT_TRUE(seen.starts_with("GET /probe?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST_F(HttpClientTest, HandsAStreamOverPieceByPiece) {
  bench.start(serve(
      *listener, {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n", "3\r\ntwo\r\n", "0\r\n\r\n"}},
      nullptr));
  std::string got;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClient client{{}};
    HttpRequest request{.url = url("/sample")};
    auto opened = co_await client.open(std::move(request));
    if (!opened) co_return;
    for (;;) {
      const auto piece = co_await opened->next(10s);
      if (!piece || piece->empty()) co_return;
      got += *piece;
    }
  };
  bench.start(call());

  bench.run();

  EXPECT_EQ(got, "onetwo");
}

TEST_F(HttpClientTest, AsksAgainWhenTheKeptConnectionWasClosed) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  bench.start(serve(*listener, {{answer}, {answer}}, nullptr));
  int good = 0;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClient client{{}};
    for (int i = 0; i < 2; ++i) {
      HttpRequest request{.url = url("/")};
      const auto response = co_await client.fetch(std::move(request));
      if (response && response->body == "ok") ++good;
    }
  };
  bench.start(call());

  bench.run();

  EXPECT_EQ(good, 2);
}

TEST_F(HttpClientTest, GivesUpWhenNobodyAnswersInTime) {
  std::optional<Result<HttpResponse>> response;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClientOptions options;
    options.read_limit = 20ms;
    HttpClient client{options};
    HttpRequest request{.url = url("/")};
    response = co_await client.fetch(std::move(request));
  };
  bench.start(call());

  bench.run();

  ASSERT_FALSE(*response);
  EXPECT_EQ(response->error().code, ErrorCode::timeout);
}

TEST_F(HttpClientTest, SaysWhoRefusedTheConnection) {
  listener->close();
  std::optional<Result<HttpResponse>> response;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClient client{{}};
    HttpRequest request{.url = url("/")};
    response = co_await client.fetch(std::move(request));
  };
  bench.start(call());

  bench.run();

  ASSERT_FALSE(*response);
  EXPECT_EQ(response->error().code, ErrorCode::unavailable);
  EXPECT_TRUE(response->error().message.starts_with("cannot connect to 127.0.0.1:")) << response->error().message;
}

TEST_F(HttpClientTest, RefusesABodyOverTheLimit) {
  bench.start(serve(*listener, {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')}}, nullptr));
  std::optional<Result<HttpResponse>> response;
  const auto call = [&]() -> asio::awaitable<void> {
    HttpClientOptions options;
    options.body_bytes_max = 99;
    HttpClient client{options};
    HttpRequest request{.url = url("/")};
    response = co_await client.fetch(std::move(request));
  };
  bench.start(call());

  bench.run();

  ASSERT_FALSE(*response);
  EXPECT_EQ(response->error().code, ErrorCode::too_large);
}

TEST(ParseUrl, TakesUrlsApart) {
  EXPECT_EQ(*parse_url("http://mill-3:5000/probe?path=//A"),
            (Url{.host = "mill-3", .port = 5000, .target = "/probe?path=//A"}));
  EXPECT_EQ(*parse_url("https://[::1]"), (Url{.tls = true, .host = "::1", .port = 443, .target = "/"}));
  EXPECT_EQ(*parse_url("http://a?x=1"), (Url{.host = "a", .port = 80, .target = "/?x=1"}));
}

TEST(ParseUrl, RefusesWhatItCannotCall) {
  for (const auto* text : {"", "mill-3:5000", "ftp://a", "http://", "http://a:0", "http://a:70000", "http://a:x",
                           "http://user@a", "http://a/b c", "http://a/\r\nX: y", "http://[::1", "http://a/#b"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace hanse::net
