#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

/// One value to follow, as selection found it.
struct PointPlan {
  Declaration declaration;      ///< Its address is the node with its namespace's URI: the same at every session.
  double deadband = 0;          ///< In the value's unit; of a percentage where the value's range is known.
  double deadband_percent = 0;  ///< Of the range that the server knows; 0: `deadband` is meant.
  bool historizing = false;     ///< The server keeps its history.
  bool composed = false;        ///< An array or structure: its parts become signals, when they come.
};

/// One field of a structure that a value may hold.
struct FlatField {
  std::string name;
  Variant value;
};
/// Takes an ExtensionObject apart; nothing when its type isn't known.
using Flattener = std::function<std::vector<FlatField>(const ExtensionObject& object)>;

/// All values of one connection: which signal each is, what it last said, and what must be taken back when the source
/// is lost. Turns DataValues into samples of a sink. No socket, no clock.
class Points {
 public:
  explicit Points(Sink& sink) : sink_(sink) {}

  /// Declares all, replacing what was known.
  void declare(std::vector<PointPlan> plans);
  std::size_t size() const { return points_.size(); }
  const std::string& address(std::size_t point) const { return points_[point].address; }
  double deadband(std::size_t point) const { return points_[point].deadband; }
  double deadband_percent(std::size_t point) const { return points_[point].deadband_percent; }
  bool historizing(std::size_t point) const { return points_[point].historizing; }
  /// Time of the last sample at the source; nothing before the first.
  std::optional<Timestamp> last_time(std::size_t point) const;
  bool is_stale(std::size_t point) const { return points_[point].stale; }
  void flatten_with(Flattener flattener) { flattener_ = std::move(flattener); }
  /// The server can't filter this value: changes below its deadband are left out here.
  void filter_locally(std::size_t point) { points_[point].local_filter = true; }

  /// A value as the server reported it; `now` stands in where it brings no time. One that was told before the outage
  /// already holds again from `now` on; one from within it stands at its own time.
  void apply(std::size_t point, const DataValue& value, Timestamp now) { apply(point, value, now, false); }
  /// What a read gave: it holds now, however old it is.
  void apply_current(std::size_t point, const DataValue& value, Timestamp now) { apply(point, value, now, true); }
  /// From the server's history: into the gap, whatever came since.
  void apply_past(std::size_t point, const DataValue& value);
  /// The server can't give this value: one bad sample when it had a good one, or none yet.
  void refuse(std::size_t point, StatusCode status, Timestamp now);
  /// The source is gone: one bad sample for all that had a value. A second call adds nothing.
  void lose(Timestamp time);
  /// Hands the batch to the sink, if there is anything in it.
  void deliver();

  std::uint64_t applied() const { return applied_; }
  std::uint64_t overflows() const { return overflows_; }    ///< Values that say others were thrown away before them.
  std::uint64_t unreadable() const { return unreadable_; }  ///< Values of kinds that make no signal.

 private:
  struct Part {
    signal::SignalId signal{};
    signal::ValueType type = signal::ValueType::null;
    bool has_value = false;
  };
  struct Parts {
    std::string device, name;
    std::map<std::string, Part, std::less<>> by_suffix;
  };
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  struct Point {
    std::string address;
    std::unique_ptr<Parts> parts;    ///< Of an array or structure, by suffix of the address.
    std::int64_t last_ns = kNever;   ///< At the source.
    std::int64_t stale_ns = kNever;  ///< Of the bad sample that the last outage left.
    std::int64_t told_ns = kNever;   ///< At the source, of the last sample before that outage.
    double deadband = 0, deadband_percent = 0, last_value = 0;
    Part whole;
    bool historizing = false, local_filter = false, stale = false, refused = false;
  };
  void apply(std::size_t index, const DataValue& value, Timestamp now, bool current);
  void apply_at(Point& point, const DataValue& value, Timestamp time);
  void add(Part& part, Timestamp time, const Variant& value, signal::Quality quality);
  void add_parts(Point& point, Timestamp time, const Variant& value, signal::Quality quality);
  void add_part(Point& point, const std::string& suffix, Timestamp time, const Variant& value, signal::Quality quality);
  void add_null(Point& point, Timestamp time);
  bool is_small_change(Point& point, const DataValue& value) const;

  Sink& sink_;
  std::vector<Point> points_;
  signal::SampleBatch batch_;
  Flattener flattener_;
  std::uint64_t applied_ = 0, overflows_ = 0, unreadable_ = 0;
};

/// What kind of signal a value of this built-in type makes; null for kinds that make none by themselves.
signal::ValueType signal_type(Builtin type);
/// The value as text: numbers plainly, times in RFC 3339; empty for null and for what has no short text.
std::string value_text(const Variant& value);

}  // namespace hanse::connectors::opcua
