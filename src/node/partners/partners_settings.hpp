#pragma once

#include <array>
#include <string>

#include "base/describe.hpp"

namespace hanse::node {

/// How partners reach this node.
struct PartnersSettings {
  bool enabled = false;
  std::string address = "127.0.0.1";
  std::int64_t port = 8282;
  std::string public_address;
  std::string participant;
  std::string name;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "enabled", .summary = "Listen for partners' nodes."},
        FieldNote{.field = "address", .summary = "Address to listen on for partners' nodes."},
        FieldNote{.field = "port",
                  .summary = "TCP port for partners' nodes, apart from the page's; 0 takes a free one.",
                  .min = 0,
                  .max = 65535},
        FieldNote{.field = "public_address",
                  .summary = "How partners reach that port, as https://node.example.org; empty for address and port."},
        FieldNote{.field = "participant",
                  .summary = "This node's id among partners, as did:web:node.example.org; empty for one made of the "
                             "public address."},
        FieldNote{.field = "name", .summary = "What this company is called, as partners' people read it."}};
  }
};
HANSE_DESCRIBE(PartnersSettings, (enabled, address, port, public_address, participant, name))

}  // namespace hanse::node
