#include "net/http_reply.hpp"

namespace hanse::net {
namespace {

/// Feeds `text` in pieces of `step` bytes; the body, or the error's message.
std::string read_in_steps(std::string_view text, std::size_t step, bool ends = true) {
  HttpReplyReader reader{false};
  std::string body;
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (auto fed = reader.feed(text.substr(at, step)); !fed) return fed.error().message;
    body += reader.take_body();
  }
  if (ends) {
    if (auto ended = reader.end(); !ended) return ended.error().message;
  }
  return body;
}

void expect_body(std::string_view text, std::string_view body) {
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ASSERT_EQ(read_in_steps(text, step), body) << "in pieces of " << step;
  }
}

TEST(HttpReplyReader, ReadsABodyByLengthHoweverItIsCut) {
  expect_body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello");
}

TEST(HttpReplyReader, ReadsChunksHoweverTheyAreCut) {
  expect_body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=1\r\n world\r\n0\r\nA: b\r\n\r\n",
              "hello world");
}

TEST(HttpReplyReader, ReadsUntilTheConnectionCloses) { expect_body("HTTP/1.0 200 OK\n\nall of it", "all of it"); }

TEST(HttpReplyReader, SkipsInformationalAnswers) {
  expect_body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok");
}

TEST(HttpReplyReader, SaysThatAnAnswerWasCutShort) {
  EXPECT_EQ(read_in_steps("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 99),
            "the connection ended in the middle of the answer");
  EXPECT_EQ(read_in_steps("HTTP/1.1 200", 99), "the connection ended before there was an answer");
}

TEST(HttpReplyReader, GivesNoBodyToHead) {
  HttpReplyReader reader{true};

  ASSERT_TRUE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));

  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(reader.keeps_alive());
}

TEST(HttpReplyReader, RefusesWhatCanBeReadTwoWays) {
  EXPECT_EQ(read_in_steps("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 99),
            "the HTTP answer is broken: two content lengths '6'");
  EXPECT_EQ(read_in_steps("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", 99),
            "the HTTP answer is broken: content length '+5'");
  EXPECT_EQ(read_in_steps("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 99),
            "the HTTP answer is broken: unknown transfer coding 'gzip'");
}

TEST(HttpReplyReader, RefusesBrokenChunks) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read_in_steps(head + "zz\r\n", 99), "the HTTP answer is broken: a chunk's size 'z'");
  EXPECT_EQ(read_in_steps(head + "2\r\nhello\r\n", 99),
            "the HTTP answer is broken: a chunk is longer than it said 'l'");
  EXPECT_EQ(read_in_steps(head + "ffffffffffffffff\r\n", 99), "the HTTP answer is broken: a chunk's size is absurd ''");
  EXPECT_EQ(read_in_steps(head + "\r\n", 99), "the HTTP answer is broken: a chunk's size '?'");
}

TEST(HttpReplyReader, RefusesAHeadThatNeverEnds) {
  HttpReplyReader reader{false};
  const std::string line = "HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a');

  const auto fed = reader.feed(line);

  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ErrorCode::too_large);
}

TEST(HttpReplyReader, DoesNotTrustAConnectionWithMoreThanWasAskedFor) {
  HttpReplyReader reader{false};

  ASSERT_TRUE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"));

  EXPECT_TRUE(reader.done());
  EXPECT_FALSE(reader.keeps_alive());
}

}  // namespace
}  // namespace hanse::net
