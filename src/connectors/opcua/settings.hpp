#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "signal/signal.hpp"

namespace hanse::connectors::opcua {

/// Which security to ask for. `best`: the strongest the server offers, never none.
enum class PolicyChoice { best, none, basic256sha256, aes128_sha256_rsaoaep, aes256_sha256_rsapss };
HANSE_DESCRIBE_ENUM(PolicyChoice, best, none, basic256sha256, aes128_sha256_rsaoaep, aes256_sha256_rsapss)
enum class ModeChoice { best, sign, sign_and_encrypt };
HANSE_DESCRIBE_ENUM(ModeChoice, best, sign, sign_and_encrypt)

/// One node to read, when not all below a root are wanted.
struct NodeChoice {
  std::string node;
  std::string name;
  signal::Meaning meaning = signal::Meaning::other;
  std::string unit;
  double deadband = 0;
  double deadband_percent = 0;
  friend bool operator==(const NodeChoice&, const NodeChoice&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "node",
                  .summary = "As nsu=http://example.org/press/;s=Press1.Temp, ns=2;s=Press1.Temp or i=2258.",
                  .length_max = 4096,
                  .required = true},
        FieldNote{.field = "name", .summary = "What to call it; empty: its node id.", .length_max = 200},
        FieldNote{.field = "meaning", .summary = "What it says about the machine."},
        FieldNote{.field = "unit", .summary = "UCUM code; empty: what the server says.", .length_max = 40},
        FieldNote{
            .field = "deadband", .summary = "A change smaller than this isn't reported; 0: every change.", .min = 0},
        FieldNote{.field = "deadband_percent",
                  .summary = "The same in percent of the value's range, for values that have an EURange.",
                  .min = 0,
                  .max = 100}};
  }
};
HANSE_DESCRIBE(NodeChoice, (node, name, meaning, unit, deadband, deadband_percent))

/// A value that two people together may change.
struct WriteChoice {
  std::string node;
  std::optional<double> low, high;
  friend bool operator==(const WriteChoice&, const WriteChoice&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "node",
                                .summary = "As nsu=http://example.org/press/;s=Press1.Target.",
                                .length_max = 4096,
                                .required = true},
                      FieldNote{.field = "low", .summary = "The least number that may be written."},
                      FieldNote{.field = "high", .summary = "The greatest number that may be written."}};
  }
};
HANSE_DESCRIBE(WriteChoice, (node, low, high))

/// A method that two people together may call.
struct CallChoice {
  std::string object;
  std::string method;
  friend bool operator==(const CallChoice&, const CallChoice&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "object", .summary = "The node that has the method.", .length_max = 4096, .required = true},
        FieldNote{.field = "method", .summary = "The method's node.", .length_max = 4096, .required = true}};
  }
};
HANSE_DESCRIBE(CallChoice, (object, method))

/// One OPC UA server.
struct OpcuaSettings {
  std::string url;
  std::vector<std::string> fallback_urls;
  PolicyChoice security_policy = PolicyChoice::best;
  ModeChoice security_mode = ModeChoice::best;
  std::optional<Timestamp> unsecured_until;
  std::string certificate_folder;
  std::string application_uri;
  std::string user;
  std::string password;
  std::string user_certificate_file;
  std::string user_key_file;
  std::vector<NodeChoice> nodes;
  std::string root;
  std::int64_t nodes_max = 2000;
  Duration publishing_interval = 1s;
  Duration sampling_interval = 0s;
  std::int64_t queue_size = 10;
  bool history = true;
  bool events = true;
  Duration session_timeout = 60s;
  std::vector<WriteChoice> writable;
  std::vector<CallChoice> callable;

  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "url",
                  .summary = "As opc.tcp://10.0.0.7:4840 or opc.tcp://press-4:4840/path.",
                  .length_max = 2000,
                  .required = true},
        FieldNote{.field = "fallback_urls",
                  .summary = "Other servers with the same nodes, tried in order when the first is gone.",
                  .length_max = 10},
        FieldNote{.field = "security_policy",
                  .summary = "best: the strongest the server offers; none needs unsecured_until."},
        FieldNote{.field = "security_mode", .summary = "best: signed and encrypted where offered."},
        FieldNote{
            .field = "unsecured_until",
            .summary = "Until then anybody on the network may read and change what passes: for taking into service."},
        FieldNote{.field = "certificate_folder",
                  .summary = "Folder with our certificate and those that are trusted; empty: the node's own, shown on "
                             "the Connect page.",
                  .length_max = 1000},
        FieldNote{.field = "application_uri",
                  .summary = "Our name in our certificate; empty: urn:<this host>:hanse.",
                  .length_max = 200},
        FieldNote{
            .field = "user", .summary = "User name; empty: anonymous, or the user's certificate.", .length_max = 200},
        FieldNote{.field = "password",
                  .summary = "To the user name; goes out only encrypted.",
                  .length_max = 1000,
                  .secret = true},
        FieldNote{.field = "user_certificate_file",
                  .summary = "DER file with a certificate to log in with.",
                  .length_max = 1000},
        FieldNote{.field = "user_key_file", .summary = "PEM file with its private key.", .length_max = 1000},
        FieldNote{.field = "nodes", .summary = "What to read; empty: all variables below root.", .length_max = 100'000},
        FieldNote{.field = "root",
                  .summary = "Where to look for variables; empty: all objects of the server.",
                  .length_max = 4096},
        FieldNote{.field = "nodes_max", .summary = "Variables to take below root at most.", .min = 1, .max = 100'000},
        FieldNote{.field = "publishing_interval", .summary = "How often the server sends what changed, as 1s."},
        FieldNote{.field = "sampling_interval",
                  .summary = "How often the server looks at each value; 0s: as often as it sends."},
        FieldNote{.field = "queue_size",
                  .summary = "Changes that the server keeps of each value between two sendings.",
                  .min = 1,
                  .max = 10'000},
        FieldNote{.field = "history", .summary = "Fill gaps from the server's own history where it has one."},
        FieldNote{.field = "events", .summary = "Take the server's events and alarms."},
        FieldNote{.field = "session_timeout",
                  .summary = "How long the server keeps our session when the line is down."},
        FieldNote{
            .field = "writable",
            .summary = "Values that may be changed when two people agree; empty: none, the connection only reads.",
            .length_max = 1000},
        FieldNote{.field = "callable",
                  .summary = "Methods that may be called when two people agree; empty: none.",
                  .length_max = 1000}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(OpcuaSettings, (url, fallback_urls, security_policy, security_mode, unsecured_until, certificate_folder,
                               application_uri, user, password, user_certificate_file, user_key_file, nodes, root,
                               nodes_max, publishing_interval, sampling_interval, queue_size, history, events,
                               session_timeout, writable, callable))

/// Where to connect.
struct ServerUrl {
  std::string host;
  std::uint16_t port = 4840;
  std::string path;  ///< With its slash, or empty.
};
/// Errors: `invalid`, with what would be right.
Result<ServerUrl> parse_url(std::string_view url);

}  // namespace hanse::connectors::opcua
