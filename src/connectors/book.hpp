#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <span>

#include "connectors/supervisor.hpp"

namespace hanse::connectors {

/// A connection as people enter it and the node keeps it.
struct ConnectionRecord {
  std::string id;
  std::string name;      ///< What people call it.
  std::string protocol;  ///< Id of the protocol, as in `modbus`.
  bool enabled = true;
  std::string asset;        ///< Where in the plant its devices hang.
  std::string template_id;  ///< The machine template that maps its signals; empty for none.
  RawJson settings;         ///< The protocol's own.
  friend bool operator==(const ConnectionRecord&, const ConnectionRecord&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{
            .field = "id", .summary = "Lower-case letters, digits and hyphens; given when empty.", .length_max = 100},
        FieldNote{.field = "name", .summary = "What people call it.", .length_max = 200, .required = true},
        FieldNote{.field = "protocol", .summary = "As GET /protocols lists them.", .required = true},
        FieldNote{.field = "enabled", .summary = "Off: kept, and not run."},
        FieldNote{.field = "asset", .summary = "The asset that its devices hang below."},
        FieldNote{.field = "template_id", .summary = "The machine template for its signals; empty for none."},
        FieldNote{
            .field = "settings", .summary = "The protocol's own; its schema is in GET /protocols.", .required = true}};
  }
};
HANSE_DESCRIBE(ConnectionRecord, (id, name, protocol, enabled, asset, template_id, settings))

/// The connections of this node, in memory, each kept running by the supervisor as its record says. Filled from the
/// store at start and after each change. Safe from many threads.
class ConnectionBook {
 public:
  using SinkMaker = std::function<std::shared_ptr<ConnectionSink>(const ConnectionRecord& record)>;
  ConnectionBook(std::span<const Protocol* const> protocols, Supervisor& supervisor, SinkMaker make_sink);

  const Protocol* protocol(std::string_view id) const;
  std::span<const Protocol* const> protocols() const { return protocols_; }
  /// Errors: `invalid`, with `settings.` before the protocol's own paths.
  Result<void> check(const ConnectionRecord& record) const;
  /// Adds or replaces, and starts, restarts or pauses it. A change of name alone disturbs nothing.
  /// Errors: as `check`; then the book is as before.
  Result<void> put(ConnectionRecord record);
  void remove(const std::string& id);
  std::optional<ConnectionRecord> find(const std::string& id) const;
  std::vector<ConnectionRecord> all() const;
  /// Another number after each change of a record.
  std::uint64_t revision() const { return revision_; }
  /// May this be changed at the machine, by the connection's settings? Errors: `not_found`, `forbidden`, `invalid`.
  Result<void> check_command(const std::string& id, const Command& command) const;
  /// Checks and sends it; `done` is called once, from any thread.
  void command(const std::string& id, Command command, CommandDone done) const;
  /// State of each; one that is off says so. Errors: `not_found`.
  Result<HealthReport> health(const std::string& id) const;

 private:
  std::span<const Protocol* const> protocols_;
  Supervisor& supervisor_;
  SinkMaker make_sink_;
  std::atomic<std::uint64_t> revision_ = 1;
  mutable std::mutex mutex_;
  std::map<std::string, ConnectionRecord> records_;
};

}  // namespace hanse::connectors
