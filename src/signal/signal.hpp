#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"
#include "base/id.hpp"

namespace hanse::signal {

/// A signal's number in this node: small, dense, never used again. The historian knows signals by nothing else.
enum class SignalId : std::uint32_t {};
/// What a sink answers for an address that isn't to be kept.
inline constexpr SignalId kNoSignal{0};

enum class ValueType : std::uint8_t { null, real, integer, boolean, text };
HANSE_DESCRIBE_ENUM(ValueType, null, real, integer, boolean, text)

/// How far a value can be trusted: the three severities of OPC UA part 8, which every protocol's codes map to.
enum class Quality : std::uint8_t { good, uncertain, bad };
HANSE_DESCRIBE_ENUM(Quality, good, uncertain, bad)

/// What lies between two samples.
enum class Interpolation : std::uint8_t {
  step,    ///< The value holds until the next one: states, set points, most machine signals.
  linear,  ///< A physical quantity that moves steadily.
  none,    ///< Only the moments count: events, counts of a batch.
};
HANSE_DESCRIBE_ENUM(Interpolation, step, linear, none)

/// What a signal says about its asset. Apps read by meaning and unit, never by device or topic.
enum class Meaning : std::uint8_t {
  other,
  execution,     ///< Text or integer: what the controller does. Mapped to a machine state by rule.
  mode,          ///< Automatic, manual, set-up.
  availability,  ///< Is the device there at all.
  part_count,    ///< Counter of all parts made.
  good_count,    ///< Counter of good parts.
  scrap_count,   ///< Counter of rejected parts.
  scrap_reason,  ///< Text: why the last part was rejected.
  stop_reason,   ///< Text or code: why it stands.
  program,
  product,
  order,
  person,
  cycle_time,  ///< Of the last part.
  ideal_cycle_time,
  alarm,  ///< Text, empty or normal when there is none.
  power,
  energy,
  current,
  voltage,
  temperature,
  vibration,
  pressure,
  humidity,
  speed,
  feed_rate,
  load,
  position,
  flow,
  level,
  force,
  torque,
  tool,
  tool_wear,
  buffer_level,
  remaining_life,
  kpi,  ///< A figure that an app computed.
};
HANSE_DESCRIBE_ENUM(Meaning, other, execution, mode, availability, part_count, good_count, scrap_count, scrap_reason,
                    stop_reason, program, product, order, person, cycle_time, ideal_cycle_time, alarm, power, energy,
                    current, voltage, temperature, vibration, pressure, humidity, speed, feed_rate, load, position,
                    flow, level, force, torque, tool, tool_wear, buffer_level, remaining_life, kpi)

using AssetId = TextId<struct AssetTag>;

/// One thing that is measured or told, of one asset.
struct Signal {
  SignalId number{};  ///< Given by the catalogue.
  AssetId asset;
  std::string name;  ///< Unique within its asset: `spindle_speed`.
  Meaning meaning = Meaning::other;
  ValueType type = ValueType::real;
  std::string unit;  ///< UCUM code, as in `kW` or `Cel`; empty for none.
  Interpolation interpolation = Interpolation::step;
  std::optional<double> low;  ///< Limits in the unit, for display and findings.
  std::optional<double> high;
  std::string description;
  friend bool operator==(const Signal&, const Signal&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "number", .summary = "The signal's number in this node; given by it."},
        FieldNote{.field = "asset", .summary = "The asset it belongs to.", .required = true},
        FieldNote{.field = "name", .summary = "Unique within its asset.", .length_max = 200, .required = true},
        FieldNote{.field = "unit", .summary = "UCUM code, as in kW or Cel; empty for none.", .length_max = 40},
        FieldNote{.field = "low", .summary = "Lower limit in the unit."},
        FieldNote{.field = "high", .summary = "Upper limit in the unit."}};
  }
};
HANSE_DESCRIBE(Signal, (number, asset, name, meaning, type, unit, interpolation, low, high, description))

}  // namespace hanse::signal
