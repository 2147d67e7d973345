#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "twin/model/findings.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

/// How a document is read. Both ways find the same; tolerant reading, for files that people bring, takes what can be
/// taken and calls it a warning when nothing was lost (an empty list, a null, an unknown member, a number as a value).
struct Reading {
  Edition edition = Edition::any;
  bool tolerant = false;
};

/// The object as the metamodel's class, or nothing when it can't be one. What is wrong goes to `findings`; what is
/// wrong was left out. Constraints and texts are checked by `check`.
std::optional<Node> read_json(JsonRef in, Class expected, const Reading& reading, Findings& findings,
                              const Place& place = {});
/// The same from text, a byte order mark allowed.
std::optional<Node> read_json(std::string_view text, Class expected, const Reading& reading, Findings& findings);

void append_json(std::string& out, const Node& node);
std::string write_json(const Node& node);

}  // namespace hanse::twin
