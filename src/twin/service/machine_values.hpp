#pragma once

#include <set>
#include <span>
#include <string>

#include "api/route.hpp"
#include "signal/signal.hpp"

namespace hanse::twin {

/// A value to be written at the machine whose signal a property is bound to.
struct MachineWish {
  signal::SignalId signal{};
  RawJson value;
  std::string reason;  ///< What the person who decides reads.
};

/// The node's way to write at machines, which twins use and don't know. Never waits for a machine.
class MachineValues {
 public:
  virtual ~MachineValues() = default;
  /// Asks for it; the address where what becomes of it is told. Errors: `forbidden`, naming what doesn't permit it: the
  /// caller's rights, the protocol, the connection's settings; `invalid` for a value that they don't allow.
  virtual Result<std::string> ask(const api::Caller& caller, const MachineWish& wish) = 0;
  /// Those of `signals` that a connection may write.
  virtual std::set<signal::SignalId> writable(std::span<const signal::SignalId> signals) const = 0;
};

}  // namespace hanse::twin
