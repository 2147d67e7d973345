#pragma once

#include <array>
#include <string>

#include "base/describe.hpp"

namespace hanse::node {

/// The node as an OPC UA server: who may read signals, figures and assets by it, and where.
struct OpcuaServerSettings {
  bool enabled = false;
  std::string address = "127.0.0.1";
  std::int64_t port = 4840;
  bool anonymous = false;
  std::string unsecured_until;
  std::int64_t sessions_max = 50;
  std::int64_t items_max = 100'000;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "enabled", .summary = "Offer signals, figures and assets to OPC UA clients, for reading."},
        FieldNote{.field = "address", .summary = "Address to listen on for OPC UA clients."},
        FieldNote{
            .field = "port", .summary = "TCP port for OPC UA clients; 0 takes a free one.", .min = 0, .max = 65535},
        FieldNote{.field = "anonymous", .summary = "Take trusted clients that name no user."},
        FieldNote{.field = "unsecured_until",
                  .summary = "Until then, as 2026-12-01T12:00:00Z, clients without security are taken; empty: never."},
        FieldNote{.field = "sessions_max", .summary = "OPC UA clients logged in at once.", .min = 1, .max = 10'000},
        FieldNote{.field = "items_max",
                  .summary = "Values that all OPC UA clients together may watch.",
                  .min = 1,
                  .max = 10'000'000}};
  }
};
HANSE_DESCRIBE(OpcuaServerSettings, (enabled, address, port, anonymous, unsecured_until, sessions_max, items_max))

}  // namespace hanse::node
