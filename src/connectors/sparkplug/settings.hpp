#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace hanse::connectors::sparkplug {

enum class Role {
  passive,  ///< Only listens: sends nothing at all.
  active,   ///< May ask edge nodes for their births.
  primary,  ///< And tells by STATE that it is there, which edges may wait for.
};
HANSE_DESCRIBE_ENUM(Role, passive, active, primary)

/// One MQTT broker with Sparkplug edge nodes, plain topics, or both.
struct SparkplugSettings {
  std::string host;
  std::int64_t port = 1883;
  std::string user;
  std::string password;
  bool tls = false;
  bool tls_verify = true;
  std::string authorities_file, certificate_file, key_file;
  std::string client_id;
  Role role = Role::primary;
  std::string host_id = "hanse";
  std::vector<std::string> groups;
  std::vector<std::string> topics;
  Duration reorder_time = 2s;
  Duration rebirth_pause = 10s;
  double rebirths_per_second = 10;
  Duration silence = 5min;

  static constexpr auto notes() {
    return std::array{
        FieldNote{
            .field = "host", .summary = "Name or address of the MQTT broker.", .length_max = 255, .required = true},
        FieldNote{.field = "port", .summary = "1883, or 8883 with TLS.", .min = 1, .max = 65535},
        FieldNote{.field = "user", .summary = "Empty for none."},
        FieldNote{.field = "password", .summary = "Empty for none.", .secret = true},
        FieldNote{.field = "tls", .summary = "Encrypt the connection."},
        FieldNote{.field = "tls_verify", .summary = "Refuse a broker whose certificate isn't trusted."},
        FieldNote{.field = "authorities_file", .summary = "PEM file with the broker's authority; empty: the system's."},
        FieldNote{.field = "certificate_file", .summary = "PEM file with our own certificate; empty for none."},
        FieldNote{.field = "key_file", .summary = "PEM file with the key to it."},
        FieldNote{.field = "client_id",
                  .summary = "Must be unique on the broker; empty: made from the connection's id."},
        FieldNote{.field = "role",
                  .summary = "passive sends nothing, active may ask for births, primary also tells STATE."},
        FieldNote{.field = "host_id", .summary = "Name in the STATE topic, unique on the broker.", .length_max = 100},
        FieldNote{.field = "groups", .summary = "Sparkplug groups to listen to; empty: all. A single '-' for none."},
        FieldNote{.field = "topics", .summary = "Filters of plain topics with JSON or numbers, as in factory/#."},
        FieldNote{.field = "reorder_time",
                  .summary = "How long to wait for a message that was overtaken by a later one."},
        FieldNote{.field = "rebirth_pause",
                  .summary = "At least this long between two requests to one edge node; doubles."},
        FieldNote{.field = "rebirths_per_second", .summary = "Over all edge nodes.", .min = 0.1, .max = 1000},
        FieldNote{.field = "silence",
                  .summary = "Without a message for so long the broker's connection is renewed; 0s: never."}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(SparkplugSettings,
               (host, port, user, password, tls, tls_verify, authorities_file, certificate_file, key_file, client_id,
                role, host_id, groups, topics, reorder_time, rebirth_pause, rebirths_per_second, silence))

}  // namespace hanse::connectors::sparkplug
