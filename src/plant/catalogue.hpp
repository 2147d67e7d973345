#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "plant/machine_template.hpp"
#include "plant/records.hpp"
#include "signal/directory.hpp"
#include "store/store.hpp"

namespace hanse::plant {

using signal::Signal;
using signal::SignalId;

/// A value that a source offers, as a connector declares it.
struct SourceValue {
  std::string address;  ///< Unique within the connection.
  std::string device;   ///< The device part; may be empty.
  std::string name;
  signal::ValueType type = signal::ValueType::real;
  std::string unit;
  signal::Meaning meaning = signal::Meaning::other;
  signal::Interpolation interpolation = signal::Interpolation::step;
  std::string description;
};

/// How a connection's values become signals when nobody mapped them by hand.
struct Intake {
  std::string connection;   ///< The connection's id.
  std::string protocol;     ///< For the template's address patterns.
  AssetId attach;           ///< Where they go: an asset takes all values; a node above gets an asset per device.
  std::string template_id;  ///< The machine template that gives meanings and units; empty for none.
};

/// Where one address goes. A signal that fills up from no connection has none.
struct Mapping {
  std::string connection;
  std::string address;
  SignalId signal{};  ///< `kNoSignal`: known and not wanted.
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

/// The signals that exist and which address of which connection fills each. Keeps them in the store, one document per
/// signal, and everything needed for samples in memory; fills the `Directory` that all others read.
class Catalogue {
 public:
  Catalogue(store::Store& store, signal::Directory& directory) : store_(store), directory_(directory) {}

  /// Reads all signals and mappings. Errors: of the store; `corrupt`.
  Result<void> load();

  /// The signal of each value, in order; `kNoSignal` where it isn't to be kept. Unknown addresses become signals, and
  /// unknown devices assets, all in one transaction. Known ones cost a look-up each. New assets are handed to
  /// `make_assets` first, which stores them.
  Result<std::vector<SignalId>> resolve(const Intake& intake, std::span<const SourceValue> values,
                                        const MachineTemplate* machine, const Records& records,
                                        const std::function<Result<void>(const std::vector<Asset>&)>& make_assets);

  /// Makes signals of the given records (their numbers are ignored) in one transaction and returns their numbers.
  /// Errors: `conflict` when the asset has a signal of that name.
  Result<std::vector<SignalId>> create(const store::Actor& actor, std::vector<Signal> signals);
  /// The signal with that name of that asset, made when it isn't there: how apps get theirs.
  Result<SignalId> find_or_create(const store::Actor& actor, Signal signal);
  /// Changes what a signal says. Asset and name may change; the number stays, so its history does.
  Result<std::int64_t> update(const store::Actor& actor, const Signal& signal,
                              std::optional<std::int64_t> expected = {});
  struct Entry {
    Signal signal;
    std::int64_t version = 0;
  };
  /// Errors: `not_found`.
  Result<Entry> get(SignalId number) const;

  /// Mappings made by hand; a signal that another address filled is taken from it.
  Result<void> map(const store::Actor& actor, const std::vector<Mapping>& mappings);
  std::vector<Mapping> mappings(const std::string& connection) const;
  /// The mapped signal; nothing when the address isn't known.
  std::optional<SignalId> find(const std::string& connection, std::string_view address) const;

  std::vector<Signal> of_asset(const AssetId& asset) const;
  std::shared_ptr<const signal::Signals> snapshot() const { return directory_.snapshot(); }

 private:
  struct Text {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Addresses = std::unordered_map<std::string, SignalId, Text, std::equal_to<>>;

  Result<void> write_signals(store::Transaction& transaction, std::vector<Signal>& signals,
                             const std::vector<Mapping>* sources);
  std::set<AssetId> assets_of(const std::string& connection, const signal::Signals& signals) const;
  Result<void> check_names(const std::vector<Signal>& signals) const;

  store::Store& store_;
  signal::Directory& directory_;
  mutable std::mutex mutex_;
  std::mutex write_mutex_;  ///< Held over a whole change, so that names stay unique.
  std::unordered_map<std::string, Addresses> by_connection_;
};

/// A name as signals have it: lower case, words joined by underscores.
std::string signal_name(std::string_view text);
/// An id as assets have it: lower case, words joined by hyphens.
std::string asset_id(std::string_view text);

}  // namespace hanse::plant
