#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"

namespace hanse::connectors::modbus {

inline constexpr std::size_t kHeaderBytes = 7;    // MBAP: transaction, protocol, length, unit
inline constexpr std::size_t kPduBytesMax = 253;  // MODBUS Application Protocol V1.1b3, 4.1
inline constexpr std::size_t kFrameBytesMax = 260;
static_assert(kFrameBytesMax == kHeaderBytes + kPduBytesMax);
inline constexpr std::uint32_t kRegistersMax = 125;  // V1.1b3, 6.3 and 6.4
inline constexpr std::uint32_t kBitsMax = 2000;      // V1.1b3, 6.1 and 6.2

/// The four address spaces of a device.
enum class Table : std::uint8_t {
  coil,      ///< Bits, function 1; documents call them 0xxxx.
  discrete,  ///< Bits, function 2; 1xxxx.
  input,     ///< Registers, function 4; 3xxxx.
  holding,   ///< Registers, function 3; 4xxxx.
};
HANSE_DESCRIBE_ENUM(Table, coil, discrete, input, holding)

constexpr bool is_bits(Table table) { return table == Table::coil || table == Table::discrete; }

/// What to read: `quantity` bits or registers from the 0-based `address`.
struct Read {
  Table table = Table::holding;
  std::uint32_t address = 0;
  std::uint32_t quantity = 0;
  friend bool operator==(const Read&, const Read&) = default;
};

/// A question on its way to a unit.
struct ReadRequest {
  std::uint16_t transaction = 0;
  std::uint8_t unit = 0;
  Read read;
};

/// The request as bytes. Precondition: the quantity is 1 to `kRegistersMax` or `kBitsMax`, and ends within 65536.
std::string encode(const ReadRequest& request);

/// One frame that came; `pdu` is valid until the reader is fed again.
struct Frame {
  std::uint16_t transaction = 0;
  std::uint8_t unit = 0;
  std::span<const std::uint8_t> pdu;
};

/// Cuts a byte stream into frames: a segment may hold several, or half of one.
class FrameReader {
 public:
  void feed(std::span<const char> bytes);
  /// The next whole frame; nothing while it isn't complete. Errors: `corrupt` when the bytes can't be Modbus TCP; the
  /// stream can't be trusted any more.
  Result<std::optional<Frame>> next();
  void clear();
  /// What waits, at most 200 bytes, as hex: for a notice.
  std::string sample() const;

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t read_ = 0;
};

/// What a unit answers: an exception code, or the registers asked for, or the bits, one 0 or 1 in a word each.
struct ReadAnswer {
  std::uint8_t exception = 0;
  std::vector<std::uint16_t> words;
};

/// Errors: `corrupt`, when it is no answer to this request; `not_found`, when it has fewer values than asked for, as
/// some devices answer a read past their last register.
Result<ReadAnswer> parse_answer(const Frame& frame, const Read& read);

/// The sentence for an exception code: V1.1b3, 7.
std::string exception_text(std::uint8_t code);
/// Bytes as hex, at most `bytes_max` of them.
std::string hex(std::span<const std::uint8_t> bytes, std::size_t bytes_max = 100);

}  // namespace hanse::connectors::modbus
