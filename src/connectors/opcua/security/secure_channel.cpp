#include "connectors/opcua/security/secure_channel.hpp"

#include <fmt/format.h>

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kOpenHeaderBytes = ChunkHeader::kBytes + 4;         // with the channel's id
constexpr std::size_t kMessageHeaderBytes = ChunkHeader::kBytes + 4 + 4;  // and the token's
constexpr std::size_t kSequenceBytes = 4 + 4;                             // sequence number and request id
constexpr std::size_t kLongKeyBytes = 256;              // Above, padding has a second size byte. OPC 10000-6, 6.7.2.5
constexpr std::uint32_t kSequenceWrap = 4'294'966'271;  // OPC 10000-6, 6.7.2.4
constexpr std::uint32_t kSequenceRestartMax = 1024;
constexpr std::size_t kPartialsMax = 64;

/// The same words for every kind of wrong bytes: no oracle.
Error check_failed() { return fail(ErrorCode::corrupt, "a message failed the channel's security checks"); }

void set_size(std::string& chunk, std::size_t at, std::size_t size) {
  const auto value = static_cast<std::uint32_t>(size);
  std::memcpy(chunk.data() + at + 4, &value, sizeof value);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

Result<AsymmetricHeader> read_asymmetric_header(std::string_view chunk) {
  if (chunk.size() < kOpenHeaderBytes) return check_failed();
  BinaryReader reader{chunk.substr(kOpenHeaderBytes)};
  auto header = reader.take<AsymmetricHeader>();
  if (!reader.ok()) return reader.error();
  return header;
}

SecureChannel::SecureChannel(ChannelRole role, ChannelSecurity security, ChannelLimits limits)
    : role_(role), security_(std::move(security)), limits_(limits) {}

std::uint32_t SecureChannel::next_sequence() {
  sent_sequence_ = sent_sequence_ >= kSequenceWrap ? 1 : sent_sequence_ + 1;
  return sent_sequence_;
}

bool SecureChannel::take_sequence(std::uint32_t number) {
  const bool first = !received_sequence_;
  const bool follows = !first && number == *received_sequence_ + 1;
  const bool wrapped = !first && *received_sequence_ >= kSequenceWrap && number < kSequenceRestartMax;
  received_sequence_ = number;
  return first || follows || wrapped;
}

Result<std::string> SecureChannel::seal_open(std::uint32_t request_id, std::string_view body) {
  std::string header{type_letters(MessageType::open)};
  header += 'F';
  BinaryWriter writer{header};
  writer.write(std::uint32_t{0});
  writer.write(current_.channel_id);
  AsymmetricHeader asymmetric{.policy_uri = security_.policy->uri, .sender_certificate = {}, .receiver_thumbprint = {}};
  if (!security_.policy->is_none()) {
    asymmetric.sender_certificate = security_.own->certificate.der();
    asymmetric.receiver_thumbprint = security_.peer->thumbprint();
  }
  writer.write(asymmetric);
  std::string plain;
  BinaryWriter plain_writer{plain};
  plain_writer.write(next_sequence());
  plain_writer.write(request_id);
  plain += body;
  if (!security_.policy->is_none()) return sign_and_encrypt_open(std::move(header), std::move(plain));
  std::string chunk = header + plain;
  set_size(chunk, 0, chunk.size());
  return chunk;
}

Result<std::string> SecureChannel::sign_and_encrypt_open(std::string header, std::string plain) {
  const auto& policy = *security_.policy;
  const std::size_t key_bytes = security_.peer->key_bytes();
  const std::size_t block = plain_block_bytes(policy.encryption, key_bytes);
  if (block == 0) return check_failed();
  const bool long_key = key_bytes > kLongKeyBytes;
  const std::size_t signature_bytes = security_.own->key.key_bytes();
  const std::size_t unpadded = plain.size() + 1 + (long_key ? 1 : 0) + signature_bytes;
  const std::size_t fill = (block - unpadded % block) % block;
  plain.append(1 + fill, static_cast<char>(fill & 0xFF));
  if (long_key) plain += static_cast<char>(fill >> 8);
  const std::size_t blocks = (plain.size() + signature_bytes) / block;
  set_size(header, 0, header.size() + blocks * key_bytes);
  HANSE_TRY(const auto signature, sign(security_.own->key, policy.signature, header + plain));
  HANSE_TRY(const auto cipher, encrypt(*security_.peer, policy.encryption, plain + signature));
  wipe(plain);
  return header + cipher;
}

Result<IncomingMessage> SecureChannel::unseal_open(std::string_view chunk) {
  HANSE_TRY(const auto header, read_asymmetric_header(chunk));
  if (header.policy_uri != security_.policy->uri) return check_failed();
  const std::size_t header_bytes = kOpenHeaderBytes + to_binary(header).size();
  if (chunk.size() < header_bytes) return check_failed();
  std::string plain{chunk.substr(header_bytes)};
  if (!security_.policy->is_none()) {
    const auto sender = Certificate::from_der(header.sender_certificate);
    if (!sender || sender->der() != security_.peer->der() ||
        !same_bytes(header.receiver_thumbprint, security_.own->certificate.thumbprint())) {
      return check_failed();
    }
    HANSE_TRY(plain, decrypt_and_verify_open(chunk.substr(0, header_bytes), chunk.substr(header_bytes)));
  }
  if (plain.size() < kSequenceBytes || !take_sequence(number_at(plain, 0))) return check_failed();
  return IncomingMessage{
      .type = MessageType::open, .request_id = number_at(plain, 4), .body = plain.substr(kSequenceBytes)};
}

Result<std::string> SecureChannel::decrypt_and_verify_open(std::string_view header, std::string_view cipher) {
  const auto& policy = *security_.policy;
  const auto plain = decrypt(security_.own->key, policy.encryption, cipher);
  const std::size_t signature_bytes = security_.peer->key_bytes();
  if (!plain || plain->reveal().size() < kSequenceBytes + 1 + signature_bytes) return check_failed();
  const auto all = plain->reveal();
  const auto content = all.substr(0, all.size() - signature_bytes);
  Secret checked{std::string{header} + std::string{content}};
  if (!verify(*security_.peer, policy.signature, checked.reveal(), all.substr(content.size()))) return check_failed();
  const bool long_key = security_.own->key.key_bytes() > kLongKeyBytes;
  const std::size_t size_bytes = long_key ? 2 : 1;
  if (content.size() < kSequenceBytes + size_bytes) return check_failed();
  std::size_t fill = static_cast<unsigned char>(content[content.size() - size_bytes]);
  if (long_key) fill |= static_cast<std::size_t>(static_cast<unsigned char>(content.back())) << 8;
  if (fill + size_bytes > content.size() - kSequenceBytes) return check_failed();
  return std::string{content.substr(0, content.size() - fill - size_bytes)};
}

SecureChannel::Keys SecureChannel::derive(const SecurityPolicy& policy, const Secret& secret, const Secret& seed) {
  const std::size_t count = policy.sign_key_bytes + policy.encrypt_key_bytes + kBlockBytes;
  const Secret all = p_sha256(secret.reveal(), seed.reveal(), count);
  const auto part = [&](std::size_t at, std::size_t size) {
    return Secret{std::string{all.reveal().substr(at, size)}};
  };
  return {.sign = part(0, policy.sign_key_bytes),
          .encrypt = part(policy.sign_key_bytes, policy.encrypt_key_bytes),
          .iv = part(policy.sign_key_bytes + policy.encrypt_key_bytes, kBlockBytes)};
}

void SecureChannel::install(const ChannelSecurityToken& token, const Secret& client_nonce, const Secret& server_nonce) {
  if (current_.token_id != 0) previous_ = std::move(current_);
  current_ = Token{.channel_id = token.channel_id, .token_id = token.token_id, .send = {}, .receive = {}};
  if (security_.mode == MessageSecurityMode::none || security_.policy->is_none()) return;
  auto client = derive(*security_.policy, server_nonce, client_nonce);
  auto server = derive(*security_.policy, client_nonce, server_nonce);
  const bool is_client = role_ == ChannelRole::client;
  current_.send = is_client ? std::move(client) : server;
  current_.receive = is_client ? std::move(server) : std::move(client);
}

std::size_t SecureChannel::body_bytes_max() const {
  std::size_t room = limits_.send_chunk_bytes - kMessageHeaderBytes;
  if (security_.mode == MessageSecurityMode::none) return room - kSequenceBytes;
  if (security_.mode == MessageSecurityMode::sign) return room - kSequenceBytes - kSymmetricSignatureBytes;
  room -= room % kBlockBytes;
  return room - kSequenceBytes - kSymmetricSignatureBytes - 1;
}

Result<std::string> SecureChannel::seal(MessageType type, std::uint32_t request_id, std::string_view body) {
  const std::size_t part_max = body_bytes_max();
  const std::size_t chunks = body.empty() ? 1 : (body.size() + part_max - 1) / part_max;
  if ((limits_.send_message_bytes != 0 && body.size() > limits_.send_message_bytes) ||
      (limits_.send_chunks != 0 && chunks > limits_.send_chunks)) {
    return fail(ErrorCode::too_large, fmt::format("a request of {} bytes is over the server's limit", body.size()));
  }
  std::string out;
  for (std::size_t i = 0; i < chunks; ++i) {
    seal_chunk(out, type, i + 1 == chunks ? 'F' : 'C', request_id, body.substr(i * part_max, part_max));
  }
  return out;
}

void SecureChannel::seal_chunk(std::string& out, MessageType type, char flag, std::uint32_t request_id,
                               std::string_view part) {
  const std::size_t begin = out.size();
  out += type_letters(type);
  out += flag;
  BinaryWriter writer{out};
  const Token& token = role_ == ChannelRole::server && previous_ ? *previous_ : current_;
  writer.write(std::uint32_t{0});
  writer.write(token.channel_id);
  writer.write(token.token_id);
  writer.write(next_sequence());
  writer.write(request_id);
  out += part;
  if (security_.mode == MessageSecurityMode::none) return set_size(out, begin, out.size() - begin);
  const bool encrypted = security_.mode == MessageSecurityMode::sign_and_encrypt;
  if (encrypted) {
    const std::size_t unpadded = kSequenceBytes + part.size() + 1 + kSymmetricSignatureBytes;
    const std::size_t fill = (kBlockBytes - unpadded % kBlockBytes) % kBlockBytes;
    out.append(1 + fill, static_cast<char>(fill));
  }
  set_size(out, begin, out.size() - begin + kSymmetricSignatureBytes);
  out += hmac_sha256(token.send.sign.reveal(), std::string_view{out}.substr(begin));
  if (!encrypted) return;
  const std::size_t secret_at = begin + kMessageHeaderBytes;
  aes_cbc_encrypt(token.send.encrypt.reveal(), token.send.iv.reveal(), out.data() + secret_at, out.size() - secret_at);
}

Result<std::string> SecureChannel::plain_of(const Token& token, std::string_view chunk) const {
  std::string plain{chunk.substr(kMessageHeaderBytes)};
  if (security_.mode == MessageSecurityMode::none) return plain;
  const bool encrypted = security_.mode == MessageSecurityMode::sign_and_encrypt;
  if (encrypted) {
    if (plain.size() % kBlockBytes != 0) return check_failed();
    aes_cbc_decrypt(token.receive.encrypt.reveal(), token.receive.iv.reveal(), plain.data(), plain.size());
  }
  if (plain.size() < kSequenceBytes + kSymmetricSignatureBytes + (encrypted ? 1 : 0)) return check_failed();
  const std::size_t content = plain.size() - kSymmetricSignatureBytes;
  std::string signed_bytes{chunk.substr(0, kMessageHeaderBytes)};
  signed_bytes.append(plain, 0, content);
  if (!same_bytes(hmac_sha256(token.receive.sign.reveal(), signed_bytes), std::string_view{plain}.substr(content))) {
    return check_failed();
  }
  plain.resize(content);
  if (!encrypted) return plain;
  const std::size_t fill = static_cast<unsigned char>(plain.back());
  if (fill + 1 > plain.size() - kSequenceBytes) return check_failed();
  plain.resize(plain.size() - fill - 1);
  return plain;
}

Result<std::optional<IncomingMessage>> SecureChannel::unseal(std::string_view chunk) {
  if (chunk.size() < kMessageHeaderBytes + kSequenceBytes) return check_failed();
  HANSE_TRY(const auto header, read_chunk_header(chunk));
  const std::uint32_t channel_id = number_at(chunk, 8), token_id = number_at(chunk, 12);
  const bool is_current = channel_id == current_.channel_id && token_id == current_.token_id;
  const bool is_previous = previous_ && channel_id == previous_->channel_id && token_id == previous_->token_id;
  if (!is_current && !is_previous) return check_failed();
  HANSE_TRY(const auto plain, plain_of(is_current ? current_ : *previous_, chunk));
  if (!take_sequence(number_at(plain, 0))) return check_failed();
  if (is_current) previous_.reset();
  return assemble(header, plain);
}

Result<std::optional<IncomingMessage>> SecureChannel::assemble(const ChunkHeader& header, std::string_view plain) {
  const std::uint32_t request_id = number_at(plain, 4);
  const auto part = plain.substr(kSequenceBytes);
  const auto known = partials_.find(request_id);
  IncomingMessage message{.type = header.type, .request_id = request_id, .body = {}, .aborted = {}};
  if (header.flag == 'A') {
    if (known != partials_.end()) {
      partial_bytes_ -= known->second.body.size();
      partials_.erase(known);
    }
    message.aborted =
        from_binary<ErrorMessage>(part).value_or(ErrorMessage{.error = StatusCode{0x80010000}, .reason = {}});
    return std::optional{std::move(message)};
  }
  if (header.flag == 'F' && known == partials_.end()) {
    message.body = part;
    return std::optional{std::move(message)};
  }
  if (known == partials_.end() && partials_.size() >= kPartialsMax) {
    return fail(ErrorCode::too_large, "too many messages are under way in parts");
  }
  auto& partial = partials_[request_id];
  partial_bytes_ += part.size();
  if (++partial.chunks > limits_.receive_chunks || partial_bytes_ > limits_.receive_message_bytes) {
    return fail(ErrorCode::too_large,
                fmt::format("a message is over our limit of {} bytes", limits_.receive_message_bytes));
  }
  partial.body += part;
  if (header.flag == 'C') return std::optional<IncomingMessage>{};
  partial_bytes_ -= partial.body.size();
  message.body = std::move(partial.body);
  partials_.erase(request_id);
  return std::optional{std::move(message)};
}

}  // namespace hanse::connectors::opcua
