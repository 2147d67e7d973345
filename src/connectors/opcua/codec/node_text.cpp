#include "connectors/opcua/codec/node_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hanse::connectors::opcua {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= bytes.size() - i ? kBase64[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = kBase64.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

template <class T>
bool read_number(std::string_view text, T& out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Guid> read_guid(std::string_view text) {
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  Guid guid;
  bool right = read_number(text.substr(0, 8), guid.data1, 16) && read_number(text.substr(9, 4), guid.data2, 16) &&
               read_number(text.substr(14, 4), guid.data3, 16);
  const std::string rest = std::string{text.substr(19, 4)} + std::string{text.substr(24)};
  for (std::size_t i = 0; i < guid.data4.size(); ++i) {
    right = right && read_number(std::string_view{rest}.substr(2 * i, 2), guid.data4[i], 16);
  }
  if (!right) return std::nullopt;
  return guid;
}

std::string guid_text(const Guid& guid) {
  std::string text = fmt::format("{:08x}-{:04x}-{:04x}-", guid.data1, guid.data2, guid.data3);
  for (std::size_t i = 0; i < guid.data4.size(); ++i) text += fmt::format("{}{:02x}", i == 2 ? "-" : "", guid.data4[i]);
  return text;
}

bool read_id(char kind, std::string_view text, NodeId& out) {
  switch (kind) {
    case 'i': {
      std::uint32_t number = 0;
      if (!read_number(text, number)) return false;
      out.id = number;
      return true;
    }
    case 's':
      out.id = String{text};
      return !text.empty();
    case 'g': {
      const auto guid = read_guid(text);
      if (guid) out.id = *guid;
      return guid.has_value();
    }
    case 'b': {
      auto bytes = from_base64(text);
      if (bytes) out.id = ByteString{std::move(*bytes)};
      return bytes.has_value();
    }
    default:
      return false;
  }
}

}  // namespace

Result<NodeAddress> parse_node(std::string_view text) {
  const auto wrong = [text] {
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is no node id; write it as nsu=<namespace>;s=<name>, or with i=, g= or b=",
                            text.substr(0, 200)));
  };
  NodeAddress address;
  std::string_view rest = text;
  if (rest.starts_with("nsu=") || rest.starts_with("ns=")) {
    // A URI may hold a semicolon; the id begins after the last `;x=`.
    std::size_t at = std::string_view::npos;
    for (const std::string_view mark : {";s=", ";i=", ";g=", ";b="}) at = std::min(at, rest.find(mark));
    if (at == std::string_view::npos) return wrong();
    const auto space = rest.substr(rest.find('=') + 1, at - rest.find('=') - 1);
    if (rest.starts_with("nsu=")) {
      address.namespace_uri = space;
      if (space.empty()) return wrong();
    } else {
      if (!read_number(space, address.node.space)) return wrong();
      address.by_index = true;
    }
    rest.remove_prefix(at + 1);
  }
  if (rest.size() < 2 || rest[1] != '=' || !read_id(rest[0], rest.substr(2), address.node)) return wrong();
  return address;
}

std::string node_text(const NodeId& node, std::span<const std::string> namespaces) {
  std::string text;
  if (node.space != 0 && node.space < namespaces.size())
    text = fmt::format("nsu={};", namespaces[node.space]);
  else if (node.space != 0)
    text = fmt::format("ns={};", node.space);
  if (const auto* number = std::get_if<std::uint32_t>(&node.id)) return text + fmt::format("i={}", *number);
  if (const auto* name = std::get_if<String>(&node.id)) return text + "s=" + *name;
  if (const auto* guid = std::get_if<Guid>(&node.id)) return text + "g=" + guid_text(*guid);
  return text + "b=" + to_base64(std::get<ByteString>(node.id));
}

Result<NodeId> resolve(const NodeAddress& address, std::span<const std::string> namespaces) {
  NodeId node = address.node;
  if (address.by_index || address.namespace_uri.empty()) return node;
  const auto found = std::ranges::find(namespaces, address.namespace_uri);
  if (found == namespaces.end()) {
    return fail(ErrorCode::not_found, fmt::format("the server has no namespace '{}'", address.namespace_uri));
  }
  node.space = static_cast<std::uint16_t>(found - namespaces.begin());
  return node;
}

}  // namespace hanse::connectors::opcua
