#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::connectors::mtconnect {

enum class Category { sample, event, condition };
enum class Representation { value, time_series, data_set, table, discrete };
/// Of a condition. `none` for what isn't one.
enum class Level { none, normal, warning, fault, unavailable };

/// What a device can tell, from its probe.
struct DataItem {
  std::string id;    ///< Unique in the agent.
  std::string name;  ///< May be empty, and may occur twice.
  std::string type;  ///< `PATH_FEEDRATE`; a vendor's own with prefix: `x:PALLET`.
  std::string sub_type;
  std::string units;         ///< What an agent sends.
  std::string native_units;  ///< What an adapter sends.
  double native_scale = 1;   ///< An adapter's value is so many times too large.
  double sample_rate = 0;    ///< Hz, of a time series.
  Category category = Category::event;
  Representation representation = Representation::value;
  std::string component;  ///< Names from the device down: `Axes/X`.
  std::string source;     ///< The key an adapter uses, when it is neither name nor id.
  bool discrete = false;
};

struct Device {
  std::string id, name, uuid, manufacturer, model, serial_number;
  std::vector<DataItem> items;
  friend bool operator==(const Device& a, const Device& b) { return a.id == b.id && a.uuid == b.uuid; }
};

/// What every document begins with. Sequences are only in streams; they are global to the agent.
struct Header {
  std::uint64_t instance_id = 0;  ///< Changes whenever the agent lost its buffer.
  std::uint64_t buffer_size = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t next_sequence = 0;
  std::string version;
  std::string model_change_time;  ///< `deviceModelChangeTime`, 1.7 and later.
};

struct Probe {
  Header header;
  std::vector<Device> devices;
};

/// One cell of a data set or table.
struct Entry {
  std::string_view key;
  std::string_view cell;  ///< Of a table; empty in a data set.
  std::string_view value;
  bool removed = false;
};

/// One observation. The texts live in the `Streams` (or the line) that it came with.
struct Observation {
  std::string_view item;   ///< `dataItemId`; from an adapter the key.
  std::string_view value;  ///< Without blanks around; `UNAVAILABLE` means that there is none.
  Timestamp time;
  std::uint64_t sequence = 0;
  Level level = Level::none;
  Representation representation = Representation::value;
  bool reset = false;  ///< `resetTriggered` was given: a data set begins anew.
  double sample_rate = 0;
  std::string_view native_code, condition_id, severity, qualifier;
  std::uint32_t entries_begin = 0;
  std::uint32_t entries_count = 0;
};

/// A streams document, read. Sorted by sequence, as documents group observations by component and category.
struct Streams {
  Header header;
  std::vector<Observation> observations;
  std::vector<Entry> entries;
  std::size_t skipped = 0;            ///< Observations without id, or with an unreadable time or sequence.
  std::string skipped_sample;         ///< The first of these.
  std::shared_ptr<const void> texts;  ///< Keeps the views alive.
};

struct AgentError {
  std::string code;  ///< `OUT_OF_RANGE`, whatever the spelling of the version.
  std::string message;
};
struct Errors {
  Header header;
  std::vector<AgentError> errors;
};

using Document = std::variant<Probe, Streams, Errors>;

/// Reads any document of an agent, versions 1.0 to 2.x: by local names, as every version has its own namespace.
/// The root decides what it is, not the HTTP status: agents 1.x send errors with 200.
/// Errors: `corrupt` for what isn't well-formed or is none of the three documents, `too_large` over 64 MiB.
/// Source: MTConnect parts 1 to 3.
Result<Document> parse_document(std::string text);

/// Reads times as agents and adapters write them: RFC 3339, any number of fraction digits; a missing zone means UTC.
/// False when it isn't one.
bool read_time(std::string_view text, Timestamp& out);

}  // namespace hanse::connectors::mtconnect
