#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/sparkplug/host_session.hpp"

namespace hanse::connectors::sparkplug {

/// One value of a plain topic's payload. The type says what the sender wrote: a text of digits stays a text.
struct PlainValue {
  std::string path;  ///< Below the topic, parts joined by `/`; empty for the topic's own value.
  std::variant<std::monostate, double, bool, std::string> value;
  std::optional<Timestamp> time;
  signal::Quality quality = signal::Quality::good;
  std::string unit;
  friend bool operator==(const PlainValue&, const PlainValue&) = default;
};

/// Reads the payload of a plain (Unified Namespace) topic: a bare JSON number, boolean or text; an object with a value
/// (`value`, `v` or `val`) and perhaps time (`timestamp_ms`, `timestamp`, `ts`, `time`: milliseconds or RFC 3339),
/// quality (`quality`, `q`) and unit (`unit`, `u`); any other object flattened, its own time for all. Lists are kept as
/// JSON text. A short printable text that is no JSON is taken as it is.
/// Errors: `invalid`, for anything else and for more than `kPlainValuesMax` values.
Result<std::vector<PlainValue>> read_plain(std::string_view payload);
inline constexpr std::size_t kPlainValuesMax = 1000;

/// Where a plain topic's value belongs: `factory/line1/_raw/press/temp` is `temp` of `factory/line1`'s `press`.
struct PlainAddress {
  std::string device;  ///< Before the first level that begins with `_`, else all but the last level.
  std::string name;
};
PlainAddress plain_address(std::string_view topic, std::string_view path);

/// Signals of plain topics: no births, so the first message of a topic declares them. No socket, no clock.
class PlainTopics {
 public:
  /// A broker that invents topics gets `signals_max` of them.
  explicit PlainTopics(Sink& sink, std::size_t signals_max = 200'000) : sink_(sink), signals_max_(signals_max) {}
  void message(std::string_view topic, std::string_view payload, bool retained, Timestamp now);
  /// The broker is gone: all values are stale.
  void lost(Timestamp now);
  void flush();

 private:
  struct Known {
    signal::SignalId signal = signal::kNoSignal;
    signal::ValueType type = signal::ValueType::real;
    bool stale = true;
    Timestamp last{};
  };
  /// Null when it is new and there are too many.
  Known* known(std::string_view topic, const PlainValue& value);
  void deliver(Known& known, const PlainValue& value, bool retained, Timestamp now);
  void stale(Known& known, Timestamp now);
  void reject(std::string_view topic, std::string message, std::string_view payload, Timestamp now);

  Sink& sink_;
  std::size_t signals_max_;
  std::map<std::string, Known, std::less<>> known_;
  signal::SampleBatch batch_;
};

}  // namespace hanse::connectors::sparkplug
