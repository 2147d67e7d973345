#pragma once

#include "connectors/opcua/server/address_space.hpp"

namespace hanse::connectors::opcua {

/// Where a browse goes on: what was asked, and how many references are behind it.
struct BrowseCursor {
  BrowseDescription what;
  std::uint32_t references_max = 0;
  std::size_t next = 0;
};

struct BrowsePart {
  BrowseResult result;               ///< Without its continuation point.
  std::optional<BrowseCursor> rest;  ///< Where to go on.
};
/// The references of one node from the cursor on, at most `references_max` (0: the server's own limit).
BrowsePart browse(const AddressSpace& space, BrowseCursor cursor);

/// Follows a path of browse names. Source: OPC 10000-4, 5.9.4.
BrowsePathResult follow_path(const AddressSpace& space, const BrowsePath& path);

/// An attribute of a node that isn't its value. Bad statuses: BadAttributeIdInvalid.
DataValue read_attribute(const SpaceNode& node, std::uint32_t attribute);

/// What can be checked of a ReadValueId before looking at the node: index range, encoding.
StatusCode check_read(const ReadValueId& what);

}  // namespace hanse::connectors::opcua
