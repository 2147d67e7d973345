#include "connectors/opcua/security/secure_channel.hpp"

#include <set>

#include "connectors/opcua/codec/message.hpp"
#include "connectors/opcua/internal/hex.hpp"

namespace hanse::connectors::opcua {
namespace {

using internal::from_hex;
using internal::to_hex;

TEST(Keys, come_out_as_the_published_vectors) {
  std::string client, server;
  for (int i = 0; i < 32; ++i) client += static_cast<char>(i);
  for (int i = 32; i < 64; ++i) server += static_cast<char>(i);
  EXPECT_EQ(to_hex(p_sha256(server, client, 80).reveal()),
            "dd585db0c102dd1a4c1ed4dd195606dec3f7a1c789afca78f9479ed3a5d668af"
            "ce49cb8f1c65a827f412c48e71c9f9cb3b5c2ee2fc2e4b3bd46d4098b5e45475a77832c6215b6e7ab85f2e668be7aeff");
  EXPECT_EQ(to_hex(p_sha256(client, server, 80).reveal()),
            "b72593c43fee5fafa0256cd6bb904ff40c066a225db95f66dd744e20858a2220"
            "ddf75067e3d76ac714c08e24eabd85ff425d7f5fb25e6e083b94b174e29db89bc513e9172274d5ed54e52a3552901ae0");
}

/// Two ends of a channel, each with its own key.
class ChannelPair : public testing::Test {
 protected:
  static Identity make_identity(int bits) {
    auto key = *PrivateKey::generate(bits);
    const Timestamp now{1'750'000'000'000'000'000};
    auto certificate = *make_certificate({.application_uri = "urn:test:" + std::to_string(bits),
                                          .common_name = "Test",
                                          .host_names = {"localhost"},
                                          .not_before = now - 1h,
                                          .not_after = now + 24h},
                                         key);
    return {std::move(certificate), std::move(key)};
  }
  static const Identity& client_identity() {
    static const Identity identity = make_identity(2048);
    return identity;
  }
  static const Identity& server_identity() {
    static const Identity identity = make_identity(3072);  // Longer than 2048: padding has a second size byte.
    return identity;
  }
  static SecureChannel channel(ChannelRole role, const SecurityPolicy& policy, MessageSecurityMode mode) {
    ChannelSecurity security{.policy = &policy, .mode = mode, .own = {}, .peer = {}};
    if (!policy.is_none()) {
      const bool is_client = role == ChannelRole::client;
      security.own = is_client ? client_identity() : server_identity();
      security.peer = (is_client ? server_identity() : client_identity()).certificate;
    }
    return {role, std::move(security), ChannelLimits{.receive_message_bytes = 1U << 20, .send_chunk_bytes = 8192}};
  }
  static void agree(SecureChannel& client, SecureChannel& server, std::uint32_t token) {
    const Secret client_nonce = random_bytes(32), server_nonce = random_bytes(32);
    const ChannelSecurityToken agreed{
        .channel_id = 5, .token_id = token, .created_at = {}, .revised_lifetime_ms = 60'000};
    client.install(agreed, client_nonce, server_nonce);
    server.install(agreed, client_nonce, server_nonce);
  }
  /// Hands all chunks over; the message that came out.
  static Result<IncomingMessage> hand_over(const std::string& bytes, SecureChannel& to) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto header = read_chunk_header(std::string_view{bytes}.substr(at));
      auto message = to.unseal(std::string_view{bytes}.substr(at, header->size));
      if (!message) return message.error();
      if (*message) return std::move(**message);
      at += header->size;
    }
    return fail(ErrorCode::corrupt, "no message came out");
  }
};

TEST_F(ChannelPair, carries_messages_in_every_policy_and_mode) {
  for (const auto& policy : kPolicies) {
    for (const auto mode :
         {MessageSecurityMode::none, MessageSecurityMode::sign, MessageSecurityMode::sign_and_encrypt}) {
      if (policy.is_none() != (mode == MessageSecurityMode::none)) continue;
      SCOPED_TRACE(std::string{policy.name});
      auto client = channel(ChannelRole::client, policy, mode);
      auto server = channel(ChannelRole::server, policy, mode);
      const auto opening = client.seal_open(1, "please");
      ASSERT_TRUE(opening) << to_string(opening.error());
      const auto opened = server.unseal_open(*opening);
      ASSERT_TRUE(opened);
      EXPECT_EQ(opened->body, "please");
      const auto answer = server.seal_open(1, "yes");
      ASSERT_TRUE(answer);
      EXPECT_EQ(client.unseal_open(*answer)->body, "yes");
      agree(client, server, 1);
      for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 8000UL, 8192UL, 100'000UL}) {
        const std::string body(size, 'x');
        const auto sealed = client.seal(MessageType::message, 2, body);
        ASSERT_TRUE(sealed);
        const auto got = hand_over(*sealed, server);
        ASSERT_TRUE(got) << size;
        EXPECT_EQ(got->body, body);
      }
    }
  }
}

TEST_F(ChannelPair, any_changed_byte_is_refused_with_the_same_words) {
  auto client = channel(ChannelRole::client, kPolicies[1], MessageSecurityMode::sign_and_encrypt);
  agree(client, client, 1);  // Only to make keys.
  std::set<std::string> words;
  const auto sealed = [] {
    auto sender = channel(ChannelRole::client, kPolicies[1], MessageSecurityMode::sign_and_encrypt);
    auto receiver = channel(ChannelRole::server, kPolicies[1], MessageSecurityMode::sign_and_encrypt);
    agree(sender, receiver, 1);
    return std::pair{*sender.seal(MessageType::message, 7, "a message of some length"), std::move(receiver)};
  };
  for (std::size_t i = 8; i < sealed().first.size(); i += 3) {
    auto [bytes, receiver] = sealed();
    bytes[i] = static_cast<char>(bytes[i] ^ 0x41);
    const auto got = receiver.unseal(bytes);
    ASSERT_FALSE(got) << i;
    words.insert(got.error().message);
  }
  EXPECT_EQ(words.size(), 1u) << "an answer that differs tells a stranger what was wrong";
}

TEST_F(ChannelPair, a_changed_open_is_refused_with_the_same_words) {
  std::set<std::string> words;
  auto client = channel(ChannelRole::client, kPolicies[1], MessageSecurityMode::sign);
  const auto opening = *client.seal_open(1, "please");
  const std::size_t header_bytes = opening.size() - 384;  // One block of a 3072 bit key.
  for (std::size_t i = header_bytes; i < opening.size(); i += 37) {
    auto server = channel(ChannelRole::server, kPolicies[1], MessageSecurityMode::sign);
    auto changed = opening;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto got = server.unseal_open(changed);
    ASSERT_FALSE(got);
    words.insert(got.error().message);
  }
  EXPECT_EQ(words.size(), 1u);
}

TEST_F(ChannelPair, a_repeated_or_lost_chunk_ends_the_channel) {
  for (const auto mode : {MessageSecurityMode::none, MessageSecurityMode::sign_and_encrypt}) {
    const auto& policy = mode == MessageSecurityMode::none ? kPolicies[0] : kPolicies[3];
    auto client = channel(ChannelRole::client, policy, mode);
    auto server = channel(ChannelRole::server, policy, mode);
    agree(client, server, 1);
    const auto first = *client.seal(MessageType::message, 1, "one");
    EXPECT_TRUE(server.unseal(first));
    EXPECT_FALSE(server.unseal(first)) << "repeated";
    auto other = channel(ChannelRole::server, policy, mode);
    auto sender = channel(ChannelRole::client, policy, mode);
    agree(sender, other, 1);
    EXPECT_TRUE(other.unseal(*sender.seal(MessageType::message, 1, "one")));
    (void)sender.seal(MessageType::message, 2, "lost");
    EXPECT_FALSE(other.unseal(*sender.seal(MessageType::message, 3, "three"))) << "one is missing";
  }
}

TEST_F(ChannelPair, the_old_token_counts_until_the_new_one_is_used) {
  auto client = channel(ChannelRole::client, kPolicies[2], MessageSecurityMode::sign_and_encrypt);
  auto server = channel(ChannelRole::server, kPolicies[2], MessageSecurityMode::sign_and_encrypt);
  agree(client, server, 1);
  const auto old_one = *client.seal(MessageType::message, 1, "with the old token");
  agree(client, server, 2);
  EXPECT_TRUE(server.unseal(old_one));
  EXPECT_TRUE(server.unseal(*client.seal(MessageType::message, 2, "with the new token")));
  EXPECT_FALSE(server.unseal(old_one));
}

TEST_F(ChannelPair, messages_over_a_limit_are_refused_on_both_sides) {
  auto client = channel(ChannelRole::client, kPolicies[0], MessageSecurityMode::none);
  auto server = channel(ChannelRole::server, kPolicies[0], MessageSecurityMode::none);
  agree(client, server, 1);
  const auto sealed = client.seal(MessageType::message, 1, std::string(2U << 20, 'x'));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(hand_over(*sealed, server).error().code, ErrorCode::too_large);
  client.limits({.send_chunk_bytes = 8192, .send_message_bytes = 100});
  EXPECT_EQ(client.seal(MessageType::message, 2, std::string(101, 'x')).error().code, ErrorCode::too_large);
}

TEST_F(ChannelPair, an_aborted_message_tells_why) {
  auto server = channel(ChannelRole::server, kPolicies[0], MessageSecurityMode::none);
  auto client = channel(ChannelRole::client, kPolicies[0], MessageSecurityMode::none);
  agree(client, server, 1);
  std::string chunk =
      *server.seal(MessageType::message, 9, to_binary(ErrorMessage{.error = {0x80B90000}, .reason = "too long"}));
  chunk[3] = 'A';
  const auto got = client.unseal(chunk);
  ASSERT_TRUE(got && *got && (*got)->aborted);
  EXPECT_EQ((*got)->aborted->error.code, 0x80B90000u);
}

}  // namespace
}  // namespace hanse::connectors::opcua
