#pragma once

#include "twin/codec/json_codec.hpp"

namespace hanse::twin {

inline constexpr std::string_view kXmlNamespace30 = "https://admin-shell.io/aas/3/0";
inline constexpr std::string_view kXmlNamespace31 = "https://admin-shell.io/aas/3/1";

/// An XML document whose root is one object of `expected`; an environment, as a rule. UTF-8, a byte order mark and
/// prefixes allowed; document types and their entities are never followed. Elements may come in any order.
/// `came_as`, when given, tells which edition's namespace it had.
std::optional<Node> read_xml(std::string_view text, Class expected, const Reading& reading, Findings& findings,
                             Edition* came_as = nullptr);

/// The whole document, elements in the order of the standard's schema. Source: IDTA 01001, XML mapping.
std::string write_xml(const Node& node, Edition edition = Edition::v3_1);

}  // namespace hanse::twin
