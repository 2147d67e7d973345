#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hanse::connectors::sparkplug::internal {

/// Kinds of field in Protocol Buffers' encoding.
enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, group_begin = 3, group_end = 4, fixed32 = 5 };

/// Reads the fields of one Protocol Buffers message. Never past the end, never allocates; after a fault `ok` is false
/// and `next` ends.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  /// Moves to the next field; false at the end or after a fault.
  bool next() {
    if (at_ == end_ || !ok_) return false;
    const std::uint64_t key = varint();
    number_ = static_cast<std::uint32_t>(key >> 3);
    type_ = static_cast<WireType>(key & 7);
    if (key >> 32 || number_ == 0) ok_ = false;
    if (!ok_) return false;
    switch (type_) {
      case WireType::varint:
        value_ = varint();
        break;
      case WireType::fixed64:
        value_ = fixed<std::uint64_t>();
        break;
      case WireType::fixed32:
        value_ = fixed<std::uint32_t>();
        break;
      case WireType::bytes:
        take_bytes();
        break;
      default:
        ok_ = false;  // groups: never in Sparkplug
    }
    return ok_;
  }
  bool ok() const { return ok_; }
  std::uint32_t number() const { return number_; }
  WireType type() const { return type_; }
  std::uint64_t value() const { return value_; }     ///< Of varint and fixed fields.
  std::string_view bytes() const { return bytes_; }  ///< Of bytes fields.

 private:
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) return static_cast<std::uint8_t>(*at_++);
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*at_++);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return out;
    }
    ok_ = false;
    return 0;
  }
  template <class T>
  T fixed() {
    static_assert(std::endian::native == std::endian::little);
    T out{};
    if (static_cast<std::size_t>(end_ - at_) < sizeof(T)) {
      ok_ = false;
      return out;
    }
    std::memcpy(&out, at_, sizeof(T));
    at_ += sizeof(T);
    return out;
  }
  void take_bytes() {
    const std::uint64_t size = varint();
    if (!ok_ || size > static_cast<std::uint64_t>(end_ - at_)) {
      ok_ = false;
      return;
    }
    bytes_ = {at_, static_cast<std::size_t>(size)};
    at_ += size;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
  std::uint32_t number_ = 0;
  WireType type_ = WireType::varint;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
};

inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
inline void append_key(std::string& out, std::uint32_t number, WireType type) {
  append_varint(out, (static_cast<std::uint64_t>(number) << 3) | static_cast<std::uint8_t>(type));
}
inline void append_number(std::string& out, std::uint32_t number, std::uint64_t value) {
  append_key(out, number, WireType::varint);
  append_varint(out, value);
}
inline void append_bytes(std::string& out, std::uint32_t number, std::string_view bytes) {
  append_key(out, number, WireType::bytes);
  append_varint(out, bytes.size());
  out += bytes;
}
template <class T>
void append_fixed(std::string& out, std::uint32_t number, T value) {
  append_key(out, number, sizeof(T) == 4 ? WireType::fixed32 : WireType::fixed64);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

}  // namespace hanse::connectors::sparkplug::internal
