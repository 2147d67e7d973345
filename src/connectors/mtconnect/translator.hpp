#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/connector.hpp"
#include "connectors/mtconnect/document.hpp"

namespace hanse::connectors::mtconnect {

/// Turns observations into samples and notices of a sink; knows which signal each data item is, which conditions are
/// active, and what it must take back when the source is lost. No socket, no clock.
class Translator {
 public:
  explicit Translator(Sink& sink) : sink_(sink) {}

  enum class Units { agent, adapter };
  /// Declares all that the devices can tell, replacing what was known. From an adapter values come in native units.
  void declare(const std::vector<Device>& devices, Units units);
  /// Declares one item that no model told about.
  void declare_guessed(const DataItem& item, const std::string& device);
  bool knows(std::string_view item) const { return items_.contains(item); }

  /// Between these, observations are the whole state: the conditions and data sets given replace those known.
  void begin_snapshot();
  void end_snapshot() { in_snapshot_ = false; }
  /// Adds the observation's samples to the batch. An unknown item is counted, nothing more.
  void apply(const Observation& observation, std::span<const Entry> entries);
  /// The source is gone: one bad sample for all that had a value. A second call adds nothing.
  void lose(Timestamp time);
  /// Hands the batch to the sink, if there is anything in it.
  void deliver();
  signal::SampleBatch take_batch() { return std::exchange(batch_, {}); }

  std::size_t unknown() const { return unknown_; }        ///< Observations of undeclared items.
  std::size_t mismatched() const { return mismatched_; }  ///< Values that don't fit their item's type: null instead.

 private:
  struct Condition {
    Level level = Level::normal;
    std::string text;
  };
  struct Part {
    signal::SignalId signal{};
    bool has_value = false;
  };
  struct Item {
    Declaration declaration;
    std::string device;
    DataItem item;
    double factor = 1;
    bool by_value = false;  ///< Type unknown: told by each value.
    Part whole;
    std::map<std::string, Part, std::less<>> parts;  ///< Of a vector, data set or table, by suffix of the address.
    std::map<std::string, Condition, std::less<>> active;
    bool fresh = true;  ///< In a snapshot: nothing of it came yet.
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  void add_item(const DataItem& item, const std::string& device, Units units, std::set<std::string>& names);
  void apply_value(Item& item, Part& part, std::string_view value, Timestamp time);
  void apply_text(Item& item, Part& part, const Observation& observation);
  void apply_vector(Item& item, const Observation& observation);
  void apply_series(Item& item, const Observation& observation);
  void apply_entries(Item& item, const Observation& observation, std::span<const Entry> entries);
  void apply_condition(Item& item, const Observation& observation);
  void apply_unavailable(Item& item, Timestamp time);
  void add_condition_sample(Item& item, Timestamp time);
  void tell_availability(const Item& item, const Observation& observation);
  void add_null(Part& part, Timestamp time);
  Part& part_of(Item& item, const std::string& suffix, std::string_view value);

  Sink& sink_;
  std::unordered_map<std::string, Item, Hash, std::equal_to<>> items_;
  std::map<std::string, bool, std::less<>> device_online_;
  signal::SampleBatch batch_;
  Part nowhere_;  ///< For the parts over the limit.
  bool in_snapshot_ = false;
  std::size_t unknown_ = 0, mismatched_ = 0;
};

}  // namespace hanse::connectors::mtconnect
