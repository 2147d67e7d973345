#include "net/websocket.hpp"

namespace hanse::net {
namespace {

using Kind = WebSocketEvent::Kind;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

/// A client's frame with a zero mask, so that tests can be read.
std::string frame(int first, std::string_view payload) {
  return bytes({first, 0x80 | static_cast<int>(payload.size()), 0, 0, 0, 0}) + std::string{payload};
}

std::string error_of(std::string_view input, std::size_t limit = 1000) {
  WebSocketReader reader{WebSocketSide::server, limit};
  const auto events = reader.feed(input);
  return events ? "" : events.error().message;
}

TEST(WebSocketOpening, AnswersTheKeyOfTheStandard) {
  WebSocketOpening opening{.method = "GET",
                           .upgrade = "websocket",
                           .connection = "keep-alive, Upgrade",
                           .version = "13",
                           .key = "dGhlIHNhbXBsZSBub25jZQ=="};  // RFC 6455, 1.3
  EXPECT_EQ(accept_websocket(opening), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

  opening.version = "8";
  EXPECT_FALSE(accept_websocket(opening));
  opening = {.method = "GET", .upgrade = "websocket", .connection = "Upgrade", .version = "13", .key = "short"};
  EXPECT_FALSE(accept_websocket(opening));
}

TEST(WebSocketReader, ReadsTheExamplesOfTheStandard) {  // RFC 6455, 5.7
  WebSocketReader client{WebSocketSide::client, 1000}, server{WebSocketSide::server, 1000};
  const std::vector<WebSocketEvent> hello = {{.kind = Kind::text, .data = "Hello"}};

  EXPECT_EQ(*client.feed(bytes({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f})), hello);
  EXPECT_EQ(*server.feed(bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58})), hello);
  EXPECT_EQ(*client.feed(bytes({0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f})), hello);
}

TEST(WebSocketReader, ReadsFramesHoweverTheyAreCut) {
  const std::string text = frame(0x01, "Hel") + frame(0x89, "are you there?") + frame(0x80, "lo") +
                           frame(0x88,
                                 "\x03\xe8"
                                 "bye");
  const std::vector<WebSocketEvent> expected = {{.kind = Kind::ping, .data = "are you there?"},
                                                {.kind = Kind::text, .data = "Hello"},
                                                {.kind = Kind::close, .data = "bye", .code = 1000}};
  for (std::size_t step = 1; step <= text.size(); ++step) {
    WebSocketReader reader{WebSocketSide::server, 1000};
    std::vector<WebSocketEvent> seen;
    for (std::size_t at = 0; at < text.size(); at += step) {
      const auto events = reader.feed(std::string_view{text}.substr(at, step));
      ASSERT_TRUE(events) << events.error().message;
      seen.insert(seen.end(), events->begin(), events->end());
    }
    ASSERT_EQ(seen, expected) << "in pieces of " << step;
  }
}

TEST(WebSocketReader, ReadsWhatItsWriterWrote) {
  for (const std::size_t size : {0u, 125u, 126u, 65535u, 65536u, 100000u}) {
    WebSocketReader server{WebSocketSide::server, 200'000}, client{WebSocketSide::client, 200'000};
    const std::string payload(size, 'x');
    const std::vector<WebSocketEvent> expected = {{.kind = Kind::binary, .data = payload}};

    EXPECT_EQ(*server.feed(websocket_frame(Kind::binary, payload, 0x12345678)), expected) << size;
    EXPECT_EQ(*client.feed(websocket_frame(Kind::binary, payload)), expected) << size;
  }
}

TEST(WebSocketReader, RefusesWhatBreaksTheProtocol) {
  EXPECT_EQ(error_of(bytes({0x81, 0x01, 'a'})), "a client's frame is not masked");
  EXPECT_EQ(error_of(frame(0xc1, "a")), "a frame uses an extension nobody agreed on");
  EXPECT_EQ(error_of(frame(0x83, "a")), "a frame has an unknown opcode");
  EXPECT_EQ(error_of(frame(0x8b, "a")), "a frame has an unknown opcode");
  EXPECT_EQ(error_of(frame(0x80, "a")), "a message begins inside another, or goes on before it began");
  EXPECT_EQ(error_of(frame(0x01, "a") + frame(0x81, "b")),
            "a message begins inside another, or goes on before it began");
  EXPECT_EQ(error_of(frame(0x09, "a")), "a control frame is fragmented or over 125 bytes");
  EXPECT_EQ(error_of(bytes({0x89, 0xfe, 0, 126, 0, 0, 0, 0})), "a control frame is fragmented or over 125 bytes");
  EXPECT_EQ(error_of(bytes({0x81, 0xfe, 0, 5, 0, 0, 0, 0})), "a frame's length is not in its shortest form");
  EXPECT_EQ(error_of(frame(0x88, "\x03")), "a close frame has no good code");
  EXPECT_EQ(error_of(frame(0x88, "\x03\xed")), "a close frame has no good code");
}

TEST(WebSocketReader, RefusesALongMessageBeforeCollectingIt) {
  EXPECT_EQ(error_of(bytes({0x81, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0})),
            "a message is over 1000 bytes");
  EXPECT_EQ(error_of(frame(0x01, std::string(100, 'a')) + frame(0x80, "b"), 100), "a message is over 100 bytes");
}

TEST(WebSocketReader, RefusesTextThatIsNotUtf8) {
  WebSocketReader reader{WebSocketSide::server, 100};
  EXPECT_EQ(error_of(frame(0x81, "\xc3\x28")), "a text message is not UTF-8");
  EXPECT_FALSE(reader.feed(frame(0x88, "\x03\xe8\xff")));
  EXPECT_EQ(reader.close_code(), WebSocketClose::bad_text);
}

TEST(WebSocketReader, PutsACharacterTogetherThatAFrameCut) {
  WebSocketReader reader{WebSocketSide::server, 100};
  const std::vector<WebSocketEvent> expected = {{.kind = Kind::text, .data = "é"}};
  EXPECT_EQ(*reader.feed(frame(0x01, "\xc3") + frame(0x80, "\xa9")), expected);
}

}  // namespace
}  // namespace hanse::net
