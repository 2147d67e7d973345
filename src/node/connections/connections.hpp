#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/book.hpp"
#include "node/connections/intake.hpp"
#include "plant/plant.hpp"
#include "plant/routes.hpp"
#include "store/collection.hpp"

namespace hanse::node {

using connectors::ConnectionRecord;

/// One address that a source declared, and the signal it fills; no signal when it isn't wanted.
struct MappedAddress {
  connectors::Declaration declaration;
  std::optional<signal::SignalId> signal;
};
HANSE_DESCRIBE(MappedAddress, (declaration, signal))

/// All connections: kept in the store, alive in the supervisor, filling signals of the plant's catalogue.
class Connections {
 public:
  struct Parts {
    store::Store& store;
    plant::Plant& plant;
    Intake& intake;
    const Clock& clock;
    const Log& log;
    boost::asio::any_io_executor executor;
    std::span<const connectors::Protocol* const> protocols;
    std::string data_folder = {};
  };
  explicit Connections(Parts parts);
  ~Connections();

  /// Starts what the store holds. Errors: of the store.
  Result<void> start();
  void stop() { supervisor_.stop(); }

  /// Checks it, keeps it and starts it (anew). A secret sent as `********` stays what it was. Returns the version.
  /// Errors: `invalid` with paths, `conflict`.
  Result<std::int64_t> put(const store::Actor& actor, ConnectionRecord record,
                           std::optional<std::int64_t> expected = {});
  /// Would `put` take it? Errors: `invalid` with paths.
  Result<void> check(const ConnectionRecord& record) const;
  /// Ends and forgets it; its signals and their history stay.
  Result<void> remove(const store::Actor& actor, const std::string& id, std::optional<std::int64_t> expected);
  const store::Collection<ConnectionRecord>& collection() const { return records_; }
  const connectors::ConnectionBook& book() const { return book_; }
  /// What the source declared since it was last started, by address.
  Result<std::vector<MappedAddress>> addresses(const std::string& id) const;
  Result<void> map(const store::Actor& actor, const std::string& id, const std::vector<plant::Mapping>& mappings);
  /// Connects once and reads what is there, without keeping anything. Blocks up to the time limit.
  Result<std::vector<connectors::BrowsedValue>> test(const std::string& protocol, const RawJson& settings,
                                                     Duration time_limit) const;
  /// For the plant's bulk import of machines.
  plant::MachineConnector machine_connector();

 private:
  class PlantSink;
  Result<void> launch(const ConnectionRecord& record);

  Parts parts_;
  store::Collection<ConnectionRecord> records_;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, connectors::Declaration>> declared_;
  connectors::Supervisor supervisor_;
  connectors::ConnectionBook book_;
};

/// The settings with every member that names a secret (password, secret, token) masked.
RawJson mask_secrets(const RawJson& settings);
/// `settings` with masked members taken from `kept`.
RawJson unmask_secrets(const RawJson& settings, const RawJson& kept);

}  // namespace hanse::node
