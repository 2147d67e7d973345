#pragma once

#include <functional>
#include <string>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace hanse::connectors {

/// One thing to change at a machine, decided on by two people: a value to write, or a method to call.
struct Command {
  std::string address;  ///< What is written, or what has the method, as the connection's settings name it.
  std::string method;   ///< Empty: `value` is written to `address`.
  RawJson value;        ///< For a method: the list of its arguments.
  friend bool operator==(const Command&, const Command&) = default;
};
HANSE_DESCRIBE(Command, (address, method, value))

/// Told once: what the machine answered, a sentence. Errors: `forbidden` when the connection's settings don't allow it,
/// `invalid` when the value doesn't fit, `unavailable` when nothing was sent or the machine refused, `timeout` when
/// it was sent and nobody knows whether it was done. A command is never sent twice.
using CommandDone = std::move_only_function<void(Result<std::string> answer)>;

}  // namespace hanse::connectors
