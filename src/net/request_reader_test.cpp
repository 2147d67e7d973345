#include "net/internal/request_reader.hpp"

namespace hanse::net::internal {
namespace {

/// `method target body` of every request in `text`, fed in pieces of `step` bytes; or the error.
std::string read_all(std::string_view text, std::size_t step, std::size_t body_bytes_max = 1000) {
  RequestReader reader;
  std::string buffer, seen;
  for (std::size_t at = 0; at < text.size(); at += step) {
    buffer += text.substr(at, step);
    for (bool more = true; more && !buffer.empty();) {
      const auto used = reader.feed(buffer);
      if (!used) return used.error().message;
      buffer.erase(0, *used);
      more = *used > 0;
      if (reader.has_head() && !reader.done()) {
        if (auto fits = reader.limit_body(body_bytes_max); !fits) return fits.error().message;
      }
      if (reader.done()) {
        seen += std::string{reader.method()} + ' ' + std::string{reader.target()} + ' ' + reader.body() + '|';
        reader.next();
        more = true;
      }
    }
  }
  return seen;
}

TEST(RequestReader, ReadsPipelinedRequestsHoweverTheyAreCut) {
  const std::string_view text =
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /b?c=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      "PUT /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
      "GET /e HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ASSERT_EQ(read_all(text, step), "GET /a |POST /b?c=1 hello|PUT /d abcde|GET /e |") << "in pieces of " << step;
  }
}

TEST(RequestReader, RefusesWhatTwoReadersCouldReadDifferently) {
  EXPECT_NE(
      read_all("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 999)
          .find("not HTTP/1.1"),
      std::string::npos);
  EXPECT_NE(read_all("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 999)
                .find("not HTTP"),
            std::string::npos);
  EXPECT_EQ(read_all("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 999), "the request must have one Host header");
  EXPECT_EQ(read_all("GET / HTTP/1.1\r\n\r\n", 999), "the request must have one Host header");
  EXPECT_EQ(read_all("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 999),
            "the only transfer coding taken is chunked");
}

TEST(RequestReader, RefusesABodyOverTheLimitBeforeReadingIt) {
  EXPECT_EQ(read_all("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 999),
            "the body is over the 1000 bytes that this address takes");
  EXPECT_EQ(
      read_all("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3ff\r\n" + std::string(0x3ff, 'x'),
               9999),
      "the request's body is larger than this address takes");
}

TEST(RequestReader, RefusesAHeadOverTheLimit) {
  const std::string endless = "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a');
  EXPECT_EQ(read_all(endless, 1000), "the request's head is over 16 kB");
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 2000; ++i) many += "A: bbbbbbbb\r\n";
  EXPECT_EQ(read_all(many, 1000), "the request's head is over 16 kB");
}

TEST(RequestReader, FindsHeadersInAnyCase) {
  RequestReader reader;

  ASSERT_TRUE(reader.feed("GET / HTTP/1.1\r\nhOsT: mill\r\nX-Hanse-Csrf:  1 \r\n\r\n"));

  EXPECT_EQ(reader.header("Host"), "mill");
  EXPECT_EQ(reader.header("x-hanse-csrf"), "1");
  EXPECT_EQ(reader.header("cookie"), "");
  EXPECT_TRUE(reader.keeps_alive());
}

}  // namespace
}  // namespace hanse::net::internal
