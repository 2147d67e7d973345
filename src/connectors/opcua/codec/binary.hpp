#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/describe.hpp"
#include "base/result.hpp"
#include "connectors/opcua/codec/types.hpp"

// OPC UA binary encoding (OPC 10000-6, 5.2), both ways from one description: a structure is a described record, its
// members in wire order. Numbers are little-endian; enumerations are Int32.

namespace hanse::connectors::opcua {

template <class T>
inline constexpr bool is_array_v = false;
template <class T>
inline constexpr bool is_array_v<Array<T>> = true;
template <class T>
inline constexpr bool is_octets_v = false;
template <int Tag>
inline constexpr bool is_octets_v<Octets<Tag>> = true;

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

/// Appends values to a text of bytes.
class BinaryWriter {
 public:
  explicit BinaryWriter(std::string& out) : out_(out) {}

  template <class T>
  void write(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(value ? '\1' : '\0');
    } else if constexpr (std::is_arithmetic_v<T>) {
      char raw[sizeof(T)];
      std::memcpy(raw, &value, sizeof(T));
      out_.append(raw, sizeof(T));
    } else if constexpr (std::is_enum_v<T>) {
      write(static_cast<std::int32_t>(value));
    } else if constexpr (is_octets_v<T>) {
      write_octets(value, value.empty_not_null);
    } else if constexpr (is_array_v<T>) {
      write_array(value);
    } else if constexpr (DescribedRecord<T>) {
      describe::for_each_member(value, [this](std::string_view, const auto& member) { this->write(member); });
    } else {
      write_builtin(value);
    }
  }
  void write_raw(std::string_view bytes) { out_ += bytes; }
  /// What a variant holds, without a variant's head and dimensions: as a structure's field lies.
  void write_content(const Variant& value);

 private:
  void write_octets(std::string_view bytes, bool empty_not_null);
  template <class T>
  void write_array(const Array<T>& array) {
    write(array.empty() && !array.empty_not_null ? std::int32_t{-1} : static_cast<std::int32_t>(array.size()));
    for (const auto& element : array) write(static_cast<const T&>(element));
  }
  void write_builtin(const DateTime& value) { write(value.ticks); }
  void write_builtin(const Guid& value);
  void write_builtin(const StatusCode& value) { write(value.code); }
  void write_builtin(const NodeId& value) { write_node(value, 0); }
  void write_builtin(const ExpandedNodeId& value);
  void write_builtin(const LocalizedText& value);
  void write_builtin(const ExtensionObject& value);
  void write_builtin(const DiagnosticInfo& value);
  void write_builtin(const Variant& value);
  void write_builtin(const DataValue& value);
  void write_node(const NodeId& value, std::uint8_t flags);

  std::string& out_;
};

/// Reads values from bytes that nobody vouches for. The first error sticks: later reads do nothing, and `error` says
/// what was wrong where. Never allocates by a length that the bytes don't carry; memory taken by elements is limited to
/// a multiple of the message, so that small messages can't grow into large ones.
class BinaryReader {
 public:
  static constexpr int kDepthMax = 64;           ///< Of nesting. Source: OPC 10000-6, 5.1.5 asks for at least 100
                                                 ///< levels to be refused; nobody nests deeper than a few.
  static constexpr std::size_t kGrowthMax = 32;  ///< Bytes of memory for a byte of the message,
  static constexpr std::size_t kGrowthFloor = 1 << 20;  ///< and always so many.

  explicit BinaryReader(std::string_view bytes)
      : bytes_(bytes), memory_left_(kGrowthFloor + kGrowthMax * bytes.size()) {}

  template <class T>
  void read(T& out) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t raw = 0;
      read(raw);
      out = raw != 0;
    } else if constexpr (std::is_arithmetic_v<T>) {
      if (bytes_.size() - at_ < sizeof(T)) return fail_with("ends early");
      std::memcpy(&out, bytes_.data() + at_, sizeof(T));
      at_ += sizeof(T);
    } else if constexpr (std::is_enum_v<T>) {
      std::int32_t raw = 0;
      read(raw);
      out = static_cast<T>(raw);
    } else if constexpr (is_octets_v<T>) {
      read_octets(out, out.empty_not_null);
    } else if constexpr (is_array_v<T>) {
      read_array(out);
    } else if constexpr (DescribedRecord<T>) {
      describe::for_each_member(out, [this](std::string_view, auto& member) { this->read(member); });
    } else {
      read_builtin(out);
    }
  }
  template <class T>
  T take() {
    T out{};
    read(out);
    return out;
  }

  /// One scalar of a built-in type, without a variant's head in front.
  void read_scalar(Builtin type, Variant& out);

  bool ok() const { return why_ == nullptr; }
  /// Precondition: not `ok`. `corrupt`, with the position.
  Error error() const;
  std::size_t position() const { return at_; }
  std::string_view rest() const { return bytes_.substr(at_); }
  void fail_with(const char* why) {
    if (!why_) {
      why_ = why;
      failed_at_ = at_;
      at_ = bytes_.size();
    }
  }

 private:
  void read_octets(std::string& out, bool& empty_not_null);
  template <class T>
  void read_array(Array<T>& out) {
    out.clear();
    const auto count = take<std::int32_t>();
    out.empty_not_null = count == 0;
    if (count <= 0 || !ok()) return;
    // Every element takes a byte at least.
    if (static_cast<std::size_t>(count) > bytes_.size() - at_) return fail_with("has an array longer than itself");
    if (!take_memory(static_cast<std::size_t>(count) * sizeof(T))) return;
    out.reserve(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count && ok(); ++i) {
      T element{};
      read(element);
      out.push_back(std::move(element));
    }
  }
  bool take_memory(std::size_t bytes);
  void read_builtin(DateTime& out) { read(out.ticks); }
  void read_builtin(Guid& out);
  void read_builtin(StatusCode& out) { read(out.code); }
  void read_builtin(NodeId& out);
  void read_builtin(ExpandedNodeId& out);
  void read_builtin(LocalizedText& out);
  void read_builtin(ExtensionObject& out);
  void read_builtin(DiagnosticInfo& out);
  void read_builtin(Variant& out);
  void read_builtin(DataValue& out);
  std::uint8_t read_node(NodeId& out);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t memory_left_;
  int depth_ = 0;
  const char* why_ = nullptr;
  std::size_t failed_at_ = 0;
  friend class Nesting;
};

/// The bytes of one value.
template <class T>
std::string to_binary(const T& value) {
  std::string out;
  BinaryWriter{out}.write(value);
  return out;
}

/// Errors: `corrupt`, also when bytes are left over.
template <class T>
Result<T> from_binary(std::string_view bytes) {
  BinaryReader reader{bytes};
  T out{};
  reader.read(out);
  if (reader.ok() && !reader.rest().empty()) reader.fail_with("has bytes after its end");
  if (!reader.ok()) return reader.error();
  return out;
}

}  // namespace hanse::connectors::opcua
