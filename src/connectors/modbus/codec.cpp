#include "connectors/modbus/codec.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"

namespace hanse::connectors::modbus {
namespace {

constexpr std::uint8_t kExceptionBit = 0x80;
constexpr std::size_t kLengthAt = 4;
constexpr std::size_t kPrefixBytes = 6;  // Up to and with the length, which counts what follows it.

std::uint8_t function_of(Table table) {
  switch (table) {
    case Table::coil:
      return 1;
    case Table::discrete:
      return 2;
    case Table::holding:
      return 3;
    case Table::input:
      break;
  }
  return 4;
}

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

}  // namespace

std::string encode(const ReadRequest& request) {
  const auto& read = request.read;
  HANSE_ASSERT(read.quantity >= 1 && read.quantity <= (is_bits(read.table) ? kBitsMax : kRegistersMax));
  HANSE_ASSERT(read.address + read.quantity <= 65536);
  std::string out;
  out.reserve(12);
  const auto put = [&](std::uint32_t word) {
    out += static_cast<char>(word >> 8 & 0xFF);
    out += static_cast<char>(word & 0xFF);
  };
  put(request.transaction);
  put(0);
  put(6);
  out += static_cast<char>(request.unit);
  out += static_cast<char>(function_of(read.table));
  put(read.address);
  put(read.quantity);
  return out;
}

void FrameReader::feed(std::span<const char> bytes) {
  if (read_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<Frame>> FrameReader::next() {
  const auto waiting = std::span{buffer_}.subspan(read_);
  if (waiting.size() < kPrefixBytes) return std::optional<Frame>{};
  const std::size_t length = word_at(waiting, kLengthAt);
  if (word_at(waiting, 2) != 0) return fail(ErrorCode::corrupt, "the answer isn't Modbus: its protocol id isn't 0");
  if (length < 3 || length > kPduBytesMax + 1) {
    return fail(ErrorCode::corrupt, fmt::format("the answer isn't Modbus: its length is {}", length));
  }
  if (waiting.size() < kPrefixBytes + length) return std::optional<Frame>{};
  read_ += kPrefixBytes + length;
  return std::optional<Frame>{Frame{.transaction = word_at(waiting, 0),
                                    .unit = waiting[kPrefixBytes],
                                    .pdu = waiting.subspan(kHeaderBytes, length - 1)}};
}

void FrameReader::clear() {
  buffer_.clear();
  read_ = 0;
}

std::string FrameReader::sample() const { return hex(std::span{buffer_}.subspan(read_)); }

Result<ReadAnswer> parse_answer(const Frame& frame, const Read& read) {
  const auto pdu = frame.pdu;
  const auto function = function_of(read.table);
  if (pdu.size() < 2 || (pdu[0] & ~kExceptionBit) != function) {
    return fail(ErrorCode::corrupt,
                fmt::format("asked with function {}, the answer has {}", function, pdu.empty() ? 0 : pdu[0]));
  }
  if ((pdu[0] & kExceptionBit) != 0) {
    if (pdu[1] == 0) return fail(ErrorCode::corrupt, "an exception without a code");
    return ReadAnswer{.exception = pdu[1], .words = {}};
  }
  const bool bits = is_bits(read.table);
  const std::size_t bytes = bits ? (read.quantity + 7) / 8 : std::size_t{read.quantity} * 2;
  if (pdu[1] < bytes && pdu.size() == 2u + pdu[1]) {
    return fail(ErrorCode::not_found, fmt::format("asked for {} bytes, the device has {}", bytes, pdu[1]));
  }
  if (pdu[1] != bytes || pdu.size() != 2 + bytes) {
    return fail(ErrorCode::corrupt,
                fmt::format("asked for {} bytes, the answer says {} and has {}", bytes, pdu[1], pdu.size() - 2));
  }
  ReadAnswer answer;
  answer.words.resize(read.quantity);
  for (std::size_t i = 0; i < read.quantity; ++i) {
    answer.words[i] = bits ? static_cast<std::uint16_t>(pdu[2 + i / 8] >> (i % 8) & 1) : word_at(pdu, 2 + 2 * i);
  }
  return answer;
}

std::string exception_text(std::uint8_t code) {
  switch (code) {
    case 1:
      return "illegal function";
    case 2:
      return "illegal data address";
    case 3:
      return "illegal data value";
    case 4:
      return "device failure";
    case 5:
      return "acknowledged, still working on it";
    case 6:
      return "busy";
    case 8:
      return "memory parity error";
    case 10:
      return "gateway path unavailable";
    case 11:
      return "the device behind the gateway doesn't answer";
    default:
      return fmt::format("exception {}", code);
  }
}

std::string hex(std::span<const std::uint8_t> bytes, std::size_t bytes_max) {
  std::string out;
  for (const auto byte : bytes.first(std::min(bytes.size(), bytes_max))) out += fmt::format("{:02x}", byte);
  return out;
}

}  // namespace hanse::connectors::modbus
