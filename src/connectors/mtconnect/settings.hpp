#pragma once

#include <array>
#include <string>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace hanse::connectors::mtconnect {

/// One MTConnect agent with its devices, or one adapter spoken to directly.
struct MtconnectSettings {
  std::string url;
  std::string device;
  bool streaming = true;
  Duration interval = 100ms;
  Duration heartbeat = 10s;
  Duration poll_interval = 1s;
  std::int64_t count = 1000;
  bool tls_verify = true;
  std::string authorities_file;
  std::string device_model;
  Duration silence = 0s;

  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "url",
                  .summary = "The agent as in http://10.0.0.7:5000, or an adapter as in shdr://10.0.0.7:7878.",
                  .length_max = 2000,
                  .required = true},
        FieldNote{.field = "device",
                  .summary = "Name or uuid of one device; empty: all. Of an adapter: the machine's name.",
                  .length_max = 200},
        FieldNote{.field = "streaming",
                  .summary = "Let the agent send as things happen; off: ask every poll_interval."},
        FieldNote{.field = "interval", .summary = "The least time between two documents of a stream, as 100ms."},
        FieldNote{.field = "heartbeat",
                  .summary = "The agent gives a sign of life so often; after twice that it is lost."},
        FieldNote{.field = "poll_interval", .summary = "How often to ask an agent that can't stream."},
        FieldNote{.field = "count", .summary = "Observations in one document at most.", .min = 1, .max = 100'000},
        FieldNote{.field = "tls_verify", .summary = "Refuse an agent whose certificate isn't trusted."},
        FieldNote{.field = "authorities_file", .summary = "PEM file with the agent's authority; empty: the system's."},
        FieldNote{
            .field = "device_model",
            .summary = "For an adapter: the agent's Devices.xml, which tells units and kinds; empty: guess by key.",
            .length_max = 4U << 20},
        FieldNote{.field = "silence", .summary = "An adapter that says nothing for so long is lost; 0s: never."}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(MtconnectSettings, (url, device, streaming, interval, heartbeat, poll_interval, count, tls_verify,
                                   authorities_file, device_model, silence))

}  // namespace hanse::connectors::mtconnect
