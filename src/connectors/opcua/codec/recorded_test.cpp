#include "connectors/opcua/codec/chunk.hpp"
#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/internal/recording.hpp"
#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::to_hex;

/// Decodes a message's body and encodes it again; how many messages this knows it is.
int check_body(std::string_view body) {
  int known = 0;
  for_each_message([&]<class Message>() {
    if (message_id(body) != Message::kBinaryId) return;
    ++known;
    const auto message = decode_message<Message>(body);
    ASSERT_TRUE(message) << to_string(message.error()) << " " << to_hex(body);
    EXPECT_EQ(to_hex(encode_message(*message)), to_hex(body));
  });
  return known;
}

template <class T>
void check_plain(MessageType type, std::string_view chunk) {
  const auto content = decode_plain<T>(chunk);
  ASSERT_TRUE(content);
  EXPECT_EQ(to_hex(encode_plain(type, *content)), to_hex(chunk));
}

TEST(Recorded, a_plain_session_decodes_and_encodes_to_the_same_bytes) {
  const auto session = internal::read_recording(HANSE_ROOM_DIR "/testdata/session-none.jsonl");
  ASSERT_EQ(session.chunks.size(), 25u);
  int messages = 0;
  for (const auto& chunk : session.chunks) {
    const auto header = read_chunk_header(chunk.bytes);
    ASSERT_TRUE(header);
    ASSERT_EQ(header->size, chunk.bytes.size());
    if (header->type == MessageType::hello)
      check_plain<Hello>(MessageType::hello, chunk.bytes);
    else if (header->type == MessageType::acknowledge)
      check_plain<Acknowledge>(MessageType::acknowledge, chunk.bytes);
    else if (header->type == MessageType::open)
      messages += check_body(chunk.bytes.substr(12 + 4 + 47 + 4 + 4 + 8));
    else
      messages += check_body(chunk.bytes.substr(24));
  }
  EXPECT_EQ(messages, 23);
}

TEST(Recorded, an_encrypted_session_verifies_decodes_and_encrypts_to_the_same_bytes) {
  auto session = internal::read_recording(HANSE_ROOM_DIR "/testdata/session-basic256sha256-signandencrypt.jsonl");
  ASSERT_EQ(session.keys.size(), 8u);
  int messages = 0;
  for (const auto& chunk : session.chunks) {
    const auto header = read_chunk_header(chunk.bytes);
    ASSERT_TRUE(header);
    if (header->type != MessageType::message && header->type != MessageType::close) continue;
    const std::string side = chunk.from_client ? "client" : "server";
    std::string plain = chunk.bytes.substr(16);
    aes_cbc_decrypt(session.keys[side + "Encrypt"], session.keys[side + "Iv"], plain.data(), plain.size());
    const std::string content = plain.substr(0, plain.size() - 32);
    ASSERT_EQ(to_hex(hmac_sha256(session.keys[side + "Sign"], chunk.bytes.substr(0, 16) + content)),
              to_hex(plain.substr(content.size())));
    const auto fill = static_cast<unsigned char>(content.back());
    messages += check_body(std::string_view{content}.substr(8, content.size() - 8 - fill - 1));
    aes_cbc_encrypt(session.keys[side + "Encrypt"], session.keys[side + "Iv"], plain.data(), plain.size());
    EXPECT_EQ(to_hex(plain), to_hex(chunk.bytes.substr(16)));
  }
  EXPECT_EQ(messages, 21);
}

TEST(Recorded, values_and_endpoints_are_what_the_server_had) {
  const auto session = internal::read_recording(HANSE_ROOM_DIR "/testdata/session-none.jsonl");
  std::size_t endpoints = 0, values = 0;
  for (const auto& chunk : session.chunks) {
    if (chunk.from_client || chunk.bytes.substr(0, 3) != "MSG") continue;
    const auto body = std::string_view{chunk.bytes}.substr(24);
    if (const auto created = decode_message<CreateSessionResponse>(body)) endpoints = created->server_endpoints.size();
    if (const auto published = decode_message<PublishResponse>(body)) {
      for (const auto& object : published->message.notification_data) {
        const auto data = unwrap<DataChangeNotification>(object);
        ASSERT_TRUE(data);
        values += data->monitored_items.size();
      }
    }
  }
  EXPECT_GE(endpoints, 1u);
  EXPECT_GE(values, 2u);
}

TEST(Chunks, come_whole_however_the_bytes_are_cut) {
  const auto session = internal::read_recording(HANSE_ROOM_DIR "/testdata/session-none.jsonl");
  std::string all;
  for (const auto& chunk : session.chunks) all += chunk.bytes;
  for (const std::size_t piece : {1UL, 7UL, 100UL, all.size()}) {
    ChunkSplitter splitter{65'536};
    std::size_t found = 0;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      splitter.feed(std::string_view{all}.substr(at, piece));
      while (true) {
        const auto next = splitter.next();
        ASSERT_TRUE(next);
        if (!*next) break;
        EXPECT_EQ(**next, session.chunks[found++].bytes);
      }
    }
    EXPECT_EQ(found, session.chunks.size());
  }
}

TEST(Chunks, too_long_too_short_and_unknown_ones_are_refused) {
  const auto first = [](std::string_view bytes) {
    ChunkSplitter splitter{8192};
    splitter.feed(bytes);
    return splitter.next();
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(first("MSGF\xff\xff\x00\x00"sv).error().code, ErrorCode::too_large);
  EXPECT_EQ(first("MSGF\x07\x00\x00\x00"sv).error().code, ErrorCode::corrupt);
  EXPECT_EQ(first("GET / HTTP/1.1"sv).error().code, ErrorCode::corrupt);
  EXPECT_EQ(first("HELC\x20\x00\x00\x00"sv).error().code, ErrorCode::corrupt);
}

TEST(Status, names_and_sentences_are_for_people) {
  EXPECT_EQ(to_string(StatusCode{0x80340000}), "BadNodeIdUnknown: there is no such node");
  EXPECT_EQ(to_string(StatusCode{0x81230000}), "status 0x81230000");
  EXPECT_TRUE(asks_for_less(status::kBadTooManyOperations));
  EXPECT_FALSE(asks_for_less(status::kBadTimeout));
}

}  // namespace
}  // namespace hanse::connectors::opcua
