#include "connectors/opcua/codec/binary.hpp"

#include <fmt/format.h>

#include <limits>

namespace hanse::connectors::opcua {
namespace {

constexpr std::int64_t kTicksTo1970 = 116'444'736'000'000'000;  // OPC 10000-6, 5.2.2.5
constexpr std::uint8_t kNamespaceUriFlag = 0x80;                // OPC 10000-6, 5.2.2.10
constexpr std::uint8_t kServerIndexFlag = 0x40;
constexpr std::uint8_t kArrayFlag = 0x80;  // OPC 10000-6, 5.2.2.16
constexpr std::uint8_t kDimensionsFlag = 0x40;

template <class T>
inline constexpr bool is_box_v = false;
template <class T>
inline constexpr bool is_box_v<Box<T>> = true;

}  // namespace

DateTime DateTime::from(Timestamp time) { return {time.ns / 100 + kTicksTo1970}; }

Timestamp DateTime::time() const {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 100;
  // The subtraction can't overflow: ticks below zero are clamped first.
  const std::int64_t since_1970 = (ticks < 0 ? 0 : ticks) - kTicksTo1970;
  if (since_1970 > kMax) return Timestamp::max();
  // A day short of the very first moment, whose day can't be written as a date.
  constexpr std::int64_t kMin = -kMax + 864'000'000'000;
  if (since_1970 < kMin) return {kMin * 100};
  return {since_1970 * 100};
}

void BinaryWriter::write_octets(std::string_view bytes, bool empty_not_null) {
  write(bytes.empty() && !empty_not_null ? std::int32_t{-1} : static_cast<std::int32_t>(bytes.size()));
  out_ += bytes;
}

void BinaryWriter::write_builtin(const Guid& value) {
  write(value.data1);
  write(value.data2);
  write(value.data3);
  for (const auto byte : value.data4) write(byte);
}

void BinaryWriter::write_node(const NodeId& value, std::uint8_t flags) {
  const auto form = [&](std::uint8_t which) { write(static_cast<std::uint8_t>(which | flags)); };
  if (const auto* number = std::get_if<std::uint32_t>(&value.id)) {
    if (value.space == 0 && *number <= 0xFF) {
      form(0);
      write(static_cast<std::uint8_t>(*number));
    } else if (value.space <= 0xFF && *number <= 0xFFFF) {
      form(1);
      write(static_cast<std::uint8_t>(value.space));
      write(static_cast<std::uint16_t>(*number));
    } else {
      form(2);
      write(value.space);
      write(*number);
    }
    return;
  }
  form(static_cast<std::uint8_t>(value.id.index() + 2));  // 3 String, 4 Guid, 5 ByteString
  write(value.space);
  std::visit([this](const auto& id) { write(id); }, value.id);
}

void BinaryWriter::write_builtin(const ExpandedNodeId& value) {
  const bool has_uri = !value.namespace_uri.empty() || value.namespace_uri.empty_not_null;
  std::uint8_t flags = has_uri ? kNamespaceUriFlag : 0;
  if (value.server_index != 0) flags |= kServerIndexFlag;
  write_node(value.node, flags);
  if (has_uri) write(value.namespace_uri);
  if (value.server_index != 0) write(value.server_index);
}

void BinaryWriter::write_builtin(const LocalizedText& value) {
  const bool has_locale = !value.locale.empty() || value.locale.empty_not_null;
  const bool has_text = !value.text.empty() || value.text.empty_not_null;
  write(static_cast<std::uint8_t>((has_locale ? 1 : 0) | (has_text ? 2 : 0)));
  if (has_locale) write(value.locale);
  if (has_text) write(value.text);
}

void BinaryWriter::write_builtin(const ExtensionObject& value) {
  write(value.type_id);
  write(static_cast<std::uint8_t>(value.encoding));
  if (value.encoding != ExtensionObject::Encoding::none) write(value.body);
}

void BinaryWriter::write_builtin(const DiagnosticInfo& value) {
  std::uint8_t mask = 0;
  if (value.symbolic_id) mask |= 0x01;
  if (value.namespace_uri) mask |= 0x02;
  if (value.localized_text) mask |= 0x04;
  if (value.locale) mask |= 0x08;
  if (value.additional_info) mask |= 0x10;
  if (value.inner_status) mask |= 0x20;
  if (value.inner) mask |= 0x40;
  write(mask);
  if (value.symbolic_id) write(*value.symbolic_id);
  if (value.namespace_uri) write(*value.namespace_uri);
  if (value.locale) write(*value.locale);
  if (value.localized_text) write(*value.localized_text);
  if (value.additional_info) write(*value.additional_info);
  if (value.inner_status) write(*value.inner_status);
  if (value.inner) write(*value.inner);
}

void BinaryWriter::write_builtin(const Variant& value) {
  auto head = static_cast<std::uint8_t>(value.type());
  if (value.type() == Builtin::variant && !value.is_array()) head = 0;
  if (value.is_array()) head |= kArrayFlag;
  if (value.is_array() && !value.dimensions.empty()) head |= kDimensionsFlag;
  write(head);
  write_content(value);
  if (head & kDimensionsFlag) {
    write(static_cast<std::int32_t>(value.dimensions.size()));
    for (const auto length : value.dimensions) write(length);
  }
}

void BinaryWriter::write_content(const Variant& value) {
  std::visit(
      [this]<class T>(const T& content) {
        if constexpr (is_box_v<T>)
          write(content ? *content : std::remove_cvref_t<decltype(*content)>{});
        else if constexpr (!std::is_same_v<T, std::monostate> && !std::is_same_v<T, Nothing>)
          write(content);
      },
      value.value);
}

void BinaryWriter::write_builtin(const DataValue& value) {
  std::uint8_t mask = value.has_value ? 0x01 : 0;
  if (value.status) mask |= 0x02;
  if (value.source_time) mask |= 0x04;
  if (value.server_time) mask |= 0x08;
  if (value.source_picoseconds) mask |= 0x10;
  if (value.server_picoseconds) mask |= 0x20;
  write(mask);
  if (value.has_value) write(value.value);
  if (value.status) write(*value.status);
  if (value.source_time) write(*value.source_time);
  if (value.source_picoseconds) write(*value.source_picoseconds);
  if (value.server_time) write(*value.server_time);
  if (value.server_picoseconds) write(*value.server_picoseconds);
}

/// One level of nesting, while it lives.
class Nesting {
 public:
  explicit Nesting(BinaryReader& reader) : reader_(reader) {
    if (++reader_.depth_ > BinaryReader::kDepthMax) reader_.fail_with("nests too deep");
  }
  ~Nesting() { --reader_.depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  BinaryReader& reader_;
};

Error BinaryReader::error() const {
  return fail(ErrorCode::corrupt, fmt::format("the message {} at byte {}", why_ ? why_ : "is wrong", failed_at_));
}

bool BinaryReader::take_memory(std::size_t bytes) {
  if (bytes > memory_left_) {
    fail_with("would take far more memory than its own size");
    return false;
  }
  memory_left_ -= bytes;
  return true;
}

void BinaryReader::read_octets(std::string& out, bool& empty_not_null) {
  const auto length = take<std::int32_t>();
  empty_not_null = length == 0 && ok();
  out.clear();
  if (length <= 0 || !ok()) return;
  if (static_cast<std::size_t>(length) > bytes_.size() - at_) return fail_with("has a text longer than itself");
  out.assign(bytes_.substr(at_, static_cast<std::size_t>(length)));
  at_ += static_cast<std::size_t>(length);
}

void BinaryReader::read_builtin(Guid& out) {
  read(out.data1);
  read(out.data2);
  read(out.data3);
  for (auto& byte : out.data4) read(byte);
}

std::uint8_t BinaryReader::read_node(NodeId& out) {
  const auto head = take<std::uint8_t>();
  out.space = 0;
  switch (head & 0x3F) {
    case 0:
      out.id = std::uint32_t{take<std::uint8_t>()};
      break;
    case 1:
      out.space = take<std::uint8_t>();
      out.id = std::uint32_t{take<std::uint16_t>()};
      break;
    case 2:
      read(out.space);
      out.id = take<std::uint32_t>();
      break;
    case 3:
      read(out.space);
      out.id = take<String>();
      break;
    case 4:
      read(out.space);
      out.id = take<Guid>();
      break;
    case 5:
      read(out.space);
      out.id = take<ByteString>();
      break;
    default:
      fail_with("has a node id of an unknown form");
  }
  return head & (kNamespaceUriFlag | kServerIndexFlag);
}

void BinaryReader::read_builtin(NodeId& out) {
  if (read_node(out) != 0) fail_with("has an expanded node id where a plain one belongs");
}

void BinaryReader::read_builtin(ExpandedNodeId& out) {
  const auto flags = read_node(out.node);
  if (flags & kNamespaceUriFlag) read(out.namespace_uri);
  if (flags & kServerIndexFlag) read(out.server_index);
}

void BinaryReader::read_builtin(LocalizedText& out) {
  const auto mask = take<std::uint8_t>();
  if (mask & 1) read(out.locale);
  if (mask & 2) read(out.text);
}

void BinaryReader::read_builtin(ExtensionObject& out) {
  read(out.type_id);
  const auto encoding = take<std::uint8_t>();
  if (encoding > 2) return fail_with("has a structure of an unknown encoding");
  out.encoding = static_cast<ExtensionObject::Encoding>(encoding);
  if (encoding != 0) read(out.body);
}

void BinaryReader::read_builtin(DiagnosticInfo& out) {
  const Nesting nesting{*this};
  if (!ok()) return;
  const auto mask = take<std::uint8_t>();
  if (mask & 0x01) out.symbolic_id = take<std::int32_t>();
  if (mask & 0x02) out.namespace_uri = take<std::int32_t>();
  if (mask & 0x08) out.locale = take<std::int32_t>();
  if (mask & 0x04) out.localized_text = take<std::int32_t>();
  if (mask & 0x10) out.additional_info = take<String>();
  if (mask & 0x20) out.inner_status = take<StatusCode>();
  if ((mask & 0x40) && ok() && take_memory(sizeof(DiagnosticInfo))) out.inner = take<DiagnosticInfo>();
}

namespace {

using ReadContent = void (*)(BinaryReader& reader, Variant::Value& value);

template <std::size_t Position>
void read_content(BinaryReader& reader, Variant::Value& value) {
  using Content = std::variant_alternative_t<Position, Variant::Value>;
  if constexpr (is_box_v<Content>) {
    std::remove_cvref_t<decltype(*std::declval<Content&>())> content{};
    reader.read(content);
    value.emplace<Position>(std::move(content));
  } else if constexpr (!std::is_same_v<Content, std::monostate> && !std::is_same_v<Content, Nothing>) {
    reader.read(value.emplace<Position>());
  }
}

template <std::size_t... Positions>
constexpr auto content_table(std::index_sequence<Positions...>) {
  return std::array<ReadContent, sizeof...(Positions)>{read_content<Positions>...};
}

constexpr auto kReadContent = content_table(std::make_index_sequence<2 * kBuiltins + 1>{});
static_assert(std::variant_size_v<Variant::Value> == 2 * kBuiltins + 1);
static_assert(std::is_same_v<std::variant_alternative_t<std::size_t(Builtin::double_), Variant::Value>, double>);
static_assert(std::is_same_v<std::variant_alternative_t<std::size_t(Builtin::string), Variant::Value>, String>);
static_assert(
    std::is_same_v<std::variant_alternative_t<std::size_t(Builtin::localized_text) + kBuiltins, Variant::Value>,
                   Array<LocalizedText>>);

}  // namespace

void BinaryReader::read_scalar(Builtin type, Variant& out) {
  const auto position = static_cast<std::size_t>(type);
  out = {};
  if (type == Builtin::variant) return read_builtin(out);
  if (position == 0 || position > kBuiltins) return fail_with("has a field of an unknown built-in type");
  kReadContent[position](*this, out.value);
}

void BinaryReader::read_builtin(Variant& out) {
  const Nesting nesting{*this};
  if (!ok()) return;
  const auto head = take<std::uint8_t>();
  const std::size_t type = head & 0x3F;
  const bool array = (head & kArrayFlag) != 0;
  out.dimensions.clear();
  out.value.emplace<0>();
  if (type > kBuiltins) return fail_with("has a value of an unknown built-in type");
  if (type == 0) return array ? fail_with("has an array of nothing") : void();
  if (type == std::size_t(Builtin::variant) && !array) return fail_with("has a variant directly in a variant");
  kReadContent[array ? type + kBuiltins : type](*this, out.value);
  if (!(head & kDimensionsFlag)) return;
  if (!array) return fail_with("has dimensions without an array");
  const auto count = take<std::int32_t>();
  if (count < 0 || static_cast<std::size_t>(count) * 4 > bytes_.size() - at_) {
    return fail_with("has more dimensions than bytes");
  }
  out.dimensions.resize(static_cast<std::size_t>(count));
  for (auto& length : out.dimensions) read(length);
}

void BinaryReader::read_builtin(DataValue& out) {
  const Nesting nesting{*this};
  if (!ok()) return;
  const auto mask = take<std::uint8_t>();
  out.has_value = (mask & 0x01) != 0;
  if (out.has_value) read_builtin(out.value);
  if (mask & 0x02) out.status = take<StatusCode>();
  if (mask & 0x04) out.source_time = take<DateTime>();
  if (mask & 0x10) out.source_picoseconds = take<std::uint16_t>();
  if (mask & 0x08) out.server_time = take<DateTime>();
  if (mask & 0x20) out.server_picoseconds = take<std::uint16_t>();
}

}  // namespace hanse::connectors::opcua
