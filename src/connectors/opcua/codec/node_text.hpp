#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

/// A node as it is configured and stored: its namespace by URI, because indices change when a server restarts.
struct NodeAddress {
  std::string namespace_uri;  ///< Empty for the standard's own namespace, and when only an index was given.
  NodeId node;                ///< Its `space` counts only where `by_index`.
  bool by_index = false;      ///< Written as `ns=2;...`: taken as it is, at every session.
};

/// Reads `nsu=http://example.org/press/;s=Press1.Temp`, `ns=2;i=4711`, `i=2258`, with s, i, g or b (base 64).
/// Errors: `invalid`.
Result<NodeAddress> parse_node(std::string_view text);
/// With the namespace's URI from `namespaces` where it is known: `nsu=...;s=...`; else by index. Namespace 0 has no
/// prefix.
std::string node_text(const NodeId& node, std::span<const std::string> namespaces);
/// The node in a session whose server has these namespaces. Errors: `not_found`, naming the URI.
Result<NodeId> resolve(const NodeAddress& address, std::span<const std::string> namespaces);

}  // namespace hanse::connectors::opcua
