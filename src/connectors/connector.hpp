#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "base/log.hpp"
#include "connectors/command.hpp"
#include "signal/sample.hpp"

namespace hanse::connectors {

/// What the state means, not what the thread does (mission, practice "state names that mean health").
enum class Health {
  starting,  ///< Connecting, or waiting for the first data.
  active,    ///< Data flows.
  idle,      ///< Connected; the source has nothing to say.
  degraded,  ///< Works in part, or comes and goes: the reason says what is missing.
  stopped,   ///< Off by a person's wish, or waiting to try again after a failure: the reason says which.
};
HANSE_DESCRIBE_ENUM(Health, starting, active, idle, degraded, stopped)

/// One value that a source offers, told before its first sample.
struct Declaration {
  std::string address;  ///< The source's own, unique within the connection: `Plant1/Edge3/Press4/Temp`.
  std::string device;   ///< The device part of it: what becomes an asset when nobody mapped it. May be empty.
  std::string name;     ///< The rest.
  signal::ValueType type = signal::ValueType::real;
  std::string unit;                                  ///< UCUM where the source's own unit could be translated.
  signal::Meaning meaning = signal::Meaning::other;  ///< A guess by the protocol's own vocabulary.
  signal::Interpolation interpolation = signal::Interpolation::step;
  std::string description;
  friend bool operator==(const Declaration&, const Declaration&) = default;
};
HANSE_DESCRIBE(Declaration, (address, device, name, type, unit, meaning, interpolation, description))

enum class NoticeKind {
  connected,     ///< The source answered.
  disconnected,  ///< It is gone: the message says how that was noticed.
  gap,           ///< Data between `begin` and `end` may be missing.
  rejected,      ///< A message was wrong: counted, `sample` holds its first bytes, nothing else suffered.
  device_online,
  device_offline,
  condition,  ///< An alarm of the device, with `device`.
};
HANSE_DESCRIBE_ENUM(NoticeKind, connected, disconnected, gap, rejected, device_online, device_offline, condition)

/// Something to know about a connection, besides its samples.
struct Notice {
  NoticeKind kind = NoticeKind::connected;
  Timestamp time;
  std::string device;   ///< Empty for the whole connection.
  std::string message;  ///< A sentence for the plant engineer.
  std::string sample;   ///< For `rejected`: up to 200 bytes of what came, printable or as hex.
  /// Of a gap both; of a condition the one that this is, where it says: it is kept as a production event then.
  std::optional<Timestamp> begin, end;
};
HANSE_DESCRIBE(Notice, (kind, time, device, message, sample, begin, end))

/// Where a connector's findings go; the only thing it knows of the node. Called from the I/O threads, never blocks:
/// a full queue counts what it drops, and says so on the connection.
class Sink {
 public:
  virtual ~Sink() = default;
  /// The signal of each address, in order; `kNoSignal` where it isn't to be kept. Cheap for known addresses; call it
  /// once per birth or probe and keep the answer.
  virtual std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) = 0;
  virtual void deliver(signal::SampleBatch batch) = 0;
  virtual void notice(Notice notice) = 0;
};

/// One connection to one source. `run` connects, moves data to the sink and returns when the connection ended, with
/// the reason; it returns soon after its coroutine is cancelled. Whether and when to try again is the supervisor's.
class Connector {
 public:
  virtual ~Connector() = default;
  virtual boost::asio::awaitable<Result<void>> run(Sink& sink) = 0;
  /// Changes something at the source while `run` is under way; called on its thread. Only protocols that can write
  /// have it.
  virtual void command(Command command, CommandDone done);
};

/// What a discovery or browse found: a value on offer with what it reads now.
struct BrowsedValue {
  Declaration declaration;
  std::string value;  ///< As a person reads it; empty when unread.
  signal::Quality quality = signal::Quality::good;
  std::optional<Timestamp> time;
};
HANSE_DESCRIBE(BrowsedValue, (declaration, value, quality, time))

/// Optional: connects once, reads what there is, and goes; for "test this connection" and the wizard.
class Browser {
 public:
  virtual ~Browser() = default;
  virtual boost::asio::awaitable<Result<std::vector<BrowsedValue>>> browse(Duration time_limit) = 0;
};

/// What a connector is made with. `settings` is the connector's own described record as JSON, already stored.
struct ConnectorContext {
  const Clock& clock;
  const Log& log;
  std::string connection_id;
  std::string data_folder = {};  ///< The node's; empty: the working directory.
};

/// One protocol: a folder, a line in the node's list, and a form in the page.
struct Protocol {
  std::string_view id;       ///< `modbus`: folder, URL, settings.
  std::string_view title;    ///< `Modbus TCP`
  std::string_view summary;  ///< One sentence: which machines speak it.
  std::string (*settings_schema)(SchemaBook& book);
  Result<void> (*check)(JsonRef settings);
  Result<std::unique_ptr<Connector>> (*make)(JsonRef settings, const ConnectorContext& context);
  Result<std::unique_ptr<Browser>> (*make_browser)(JsonRef settings,
                                                   const ConnectorContext& context);  ///< May be null.
  /// May this be changed with these settings? Null: the protocol only reads. Errors: as `CommandDone`.
  Result<void> (*check_command)(JsonRef settings, const Command& command) = nullptr;
};

}  // namespace hanse::connectors
