#pragma once

#include "connectors/book.hpp"
#include "signal/signal.hpp"
#include "twin/plant/asset_interfaces.hpp"

// A connection as the standard's interface of an asset, and back: what of the settings has which name there. Pure.

namespace hanse::node {

/// A signal that the connection fills, and from where.
struct FilledSignal {
  std::string address;
  signal::Signal signal;
};

/// Nothing for protocols that the standard has no interface for. Without passwords, whatever the settings hold.
std::optional<twin::AssetInterface> interface_of(const connectors::ConnectionRecord& connection,
                                                 const std::vector<FilledSignal>& filled);

/// The connection that an interface asks for, without an id and an asset. What can't be taken over is a finding with
/// its path; nothing when nothing of it can be connected. One that needs a password is off until somebody enters it.
std::optional<connectors::ConnectionRecord> connection_of(const twin::AssetInterface& interface,
                                                          twin::Findings& findings);

}  // namespace hanse::node
