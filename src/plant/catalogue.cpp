#include "plant/catalogue.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>
#include <set>

#include "plant/internal/intake_planner.hpp"
#include "store/collection.hpp"

namespace hanse::plant {
namespace {

constexpr std::size_t kNameMax = 200;

/// What the store keeps of a signal: itself and the address that fills it.
struct StoredSignal {
  std::string id;  ///< The number as text.
  Signal signal;
  std::string connection, address;
};
HANSE_DESCRIBE(StoredSignal, (id, signal, connection, address))

/// An address that is known and not wanted.
struct IgnoredAddress {
  std::string id;
  std::string connection, address;
};
HANSE_DESCRIBE(IgnoredAddress, (id, connection, address))

const std::string kSignalKind = "signal";
const std::string kIgnoredKind = "ignored_address";

std::string number_text(SignalId number) { return std::to_string(static_cast<std::uint32_t>(number)); }
std::string ignored_id(const Mapping& mapping) { return mapping.connection + '/' + mapping.address; }

std::string slug(std::string_view text, char joint) {
  std::string out;
  bool gap = false;
  for (const char c : text.substr(0, kNameMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!std::isalnum(byte)) {
      gap = !out.empty();
      continue;
    }
    if (std::exchange(gap, false)) out += joint;
    out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

}  // namespace

std::string signal_name(std::string_view text) { return slug(text, '_'); }
std::string asset_id(std::string_view text) { return slug(text, '-'); }

Result<void> Catalogue::load() {
  const std::lock_guard write_lock{write_mutex_};
  HANSE_TRY(const auto stored, store::Collection<StoredSignal>(store_, kSignalKind).all());
  HANSE_TRY(const auto ignored, store::Collection<IgnoredAddress>(store_, kIgnoredKind).all());
  std::vector<Signal> signals;
  std::unordered_map<std::string, Addresses> by_connection;
  std::set<SignalId> kept;
  for (const auto& item : stored) {
    signals.push_back(item.record.signal);
    kept.insert(item.record.signal.number);
    if (!item.record.connection.empty()) {
      by_connection[item.record.connection][item.record.address] = item.record.signal.number;
    }
  }
  for (const auto& item : ignored) by_connection[item.record.connection][item.record.address] = signal::kNoSignal;
  std::vector<SignalId> gone;
  const auto known = directory_.snapshot();
  for (const auto& [number, old] : *known) {
    if (!kept.contains(number)) gone.push_back(number);
  }
  if (!gone.empty()) directory_.remove(gone);
  directory_.put(std::move(signals));
  const std::lock_guard lock{mutex_};
  by_connection_ = std::move(by_connection);
  return {};
}

std::optional<SignalId> Catalogue::find(const std::string& connection, std::string_view address) const {
  const std::lock_guard lock{mutex_};
  const auto addresses = by_connection_.find(connection);
  if (addresses == by_connection_.end()) return {};
  const auto found = addresses->second.find(address);
  return found == addresses->second.end() ? std::nullopt : std::optional{found->second};
}

/// The assets that a connection already fills.
std::set<AssetId> Catalogue::assets_of(const std::string& connection, const signal::Signals& signals) const {
  std::set<AssetId> assets;
  const std::lock_guard lock{mutex_};
  const auto addresses = by_connection_.find(connection);
  if (addresses == by_connection_.end()) return assets;
  for (const auto& [address, number] : addresses->second) {
    if (const auto* known = signals.find(number)) assets.insert(known->asset);
  }
  return assets;
}

Result<std::vector<SignalId>> Catalogue::resolve(
    const Intake& intake, std::span<const SourceValue> values, const MachineTemplate* machine, const Records& records,
    const std::function<Result<void>(const std::vector<Asset>&)>& make_assets) {
  const std::lock_guard write_lock{write_mutex_};
  std::vector<SignalId> numbers(values.size(), signal::kNoSignal);
  std::vector<Signal> made;
  std::vector<Mapping> sources;
  std::vector<std::size_t> places;
  const auto signals = directory_.snapshot();
  const auto own_assets = assets_of(intake.connection, *signals);
  IntakePlanner planner{intake, machine, records, *signals, own_assets};
  std::unordered_map<std::string_view, std::size_t> seen;
  std::vector<std::pair<std::size_t, std::size_t>> repeats;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const auto known = find(intake.connection, values[i].address)) {
      numbers[i] = *known;
    } else if (const auto [first, fresh] = seen.emplace(values[i].address, i); !fresh) {
      repeats.emplace_back(i, first->second);
    } else {
      made.push_back(planner.plan(values[i]));
      sources.push_back({intake.connection, values[i].address, {}});
      places.push_back(i);
    }
  }
  if (made.empty()) return numbers;
  if (const auto assets = planner.take_assets(); !assets.empty()) HANSE_CHECK(make_assets(assets));
  HANSE_CHECK(store_.write({"connection:" + intake.connection}, [&](store::Transaction& transaction) {
    return write_signals(transaction, made, &sources);
  }));
  for (std::size_t i = 0; i < made.size(); ++i) numbers[places[i]] = sources[i].signal = made[i].number;
  for (const auto& [place, first] : repeats) numbers[place] = numbers[first];
  directory_.put(std::move(made));
  const std::lock_guard lock{mutex_};
  for (auto& source : sources) by_connection_[source.connection].insert_or_assign(source.address, source.signal);
  return numbers;
}

/// Numbers and writes them. `sources`, when given, has one element per signal.
Result<void> Catalogue::write_signals(store::Transaction& transaction, std::vector<Signal>& signals,
                                      const std::vector<Mapping>* sources) {
  StoredSignal record;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    HANSE_TRY(const auto number, transaction.next_number(kSignalKind));
    signals[i].number = static_cast<SignalId>(number);
    record.id = number_text(signals[i].number);
    record.signal = signals[i];
    record.connection = sources ? (*sources)[i].connection : "";
    record.address = sources ? (*sources)[i].address : "";
    HANSE_CHECK(transaction.put(kSignalKind, record.id, to_json(record), {}, 0));
  }
  return {};
}

Result<void> Catalogue::check_names(const std::vector<Signal>& signals) const {
  const auto known = directory_.snapshot();
  std::set<std::pair<AssetId, std::string>> names;
  for (const auto& made : signals) {
    if (made.name.empty() || made.asset.empty()) {
      return fail(ErrorCode::invalid, "a signal needs an asset and a name");
    }
    const auto* same = known->find(made.asset, made.name);
    if ((same && same->number != made.number) || !names.emplace(made.asset, made.name).second) {
      return fail(ErrorCode::conflict, fmt::format("'{}' has a signal '{}' already", made.asset.value, made.name));
    }
  }
  return {};
}

Result<std::vector<SignalId>> Catalogue::create(const store::Actor& actor, std::vector<Signal> signals) {
  const std::lock_guard write_lock{write_mutex_};
  for (auto& made : signals) made.number = signal::kNoSignal;
  HANSE_CHECK(check_names(signals));
  HANSE_CHECK(store_.write(
      actor, [&](store::Transaction& transaction) { return write_signals(transaction, signals, nullptr); }));
  std::vector<SignalId> numbers;
  for (const auto& made : signals) numbers.push_back(made.number);
  directory_.put(std::move(signals));
  return numbers;
}

Result<SignalId> Catalogue::find_or_create(const store::Actor& actor, Signal wanted) {
  const auto known = directory_.snapshot();
  if (const auto* found = known->find(wanted.asset, wanted.name)) return found->number;
  HANSE_TRY(const auto numbers, create(actor, {std::move(wanted)}));
  return numbers.front();
}

Result<std::int64_t> Catalogue::update(const store::Actor& actor, const Signal& changed,
                                       std::optional<std::int64_t> expected) {
  const std::lock_guard write_lock{write_mutex_};
  HANSE_CHECK(check_names({changed}));
  const store::Collection<StoredSignal> stored{store_, kSignalKind};
  HANSE_TRY(auto record, stored.get(number_text(changed.number)));
  record.record.signal = changed;
  HANSE_TRY(const auto version, stored.put(actor, record.record, expected));
  directory_.put({changed});
  return version;
}

Result<Catalogue::Entry> Catalogue::get(SignalId number) const {
  HANSE_TRY(auto stored, store::Collection<StoredSignal>(store_, kSignalKind).get(number_text(number)));
  return Entry{std::move(stored.record.signal), stored.version};
}

Result<void> Catalogue::map(const store::Actor& actor, const std::vector<Mapping>& mappings) {
  const std::lock_guard write_lock{write_mutex_};
  const store::Collection<StoredSignal> stored{store_, kSignalKind};
  const store::Collection<IgnoredAddress> ignored{store_, kIgnoredKind};
  // What each address is after the changes so far; nothing where it is free.
  std::map<std::pair<std::string, std::string>, std::optional<SignalId>> after;
  const auto change_source = [&](store::Transaction& transaction, SignalId number,
                                 const Mapping* source) -> Result<void> {
    HANSE_TRY(const auto document, transaction.get(kSignalKind, number_text(number)));
    if (!document) return fail(ErrorCode::not_found, "there is no signal " + number_text(number));
    HANSE_TRY(auto record, from_json<StoredSignal>(document->body, UnknownMembers::ignore));
    if (source && !record.connection.empty()) after[{record.connection, record.address}] = std::nullopt;
    record.connection = source ? source->connection : "";
    record.address = source ? source->address : "";
    HANSE_CHECK(stored.put(transaction, record));
    return {};
  };
  const auto change = [&](store::Transaction& transaction) -> Result<void> {
    after.clear();
    for (const auto& mapping : mappings) {
      const std::pair key{mapping.connection, mapping.address};
      const auto changed = after.find(key);
      const auto before = changed == after.end() ? find(mapping.connection, mapping.address) : changed->second;
      if (before == mapping.signal) continue;
      if (before && *before != signal::kNoSignal) HANSE_CHECK(change_source(transaction, *before, nullptr));
      if (before == signal::kNoSignal) HANSE_CHECK(ignored.remove(transaction, ignored_id(mapping)));
      if (mapping.signal == signal::kNoSignal) {
        HANSE_CHECK(ignored.put(transaction, {ignored_id(mapping), mapping.connection, mapping.address}));
      } else {
        HANSE_CHECK(change_source(transaction, mapping.signal, &mapping));
      }
      after[key] = mapping.signal;
    }
    return {};
  };
  HANSE_CHECK(store_.write(actor, change));
  const std::lock_guard lock{mutex_};
  for (const auto& [key, number] : after) {
    if (number) {
      by_connection_[key.first].insert_or_assign(key.second, *number);
    } else {
      by_connection_[key.first].erase(key.second);
    }
  }
  return {};
}

std::vector<Mapping> Catalogue::mappings(const std::string& connection) const {
  std::vector<Mapping> out;
  {
    const std::lock_guard lock{mutex_};
    const auto addresses = by_connection_.find(connection);
    if (addresses == by_connection_.end()) return out;
    for (const auto& [address, number] : addresses->second) out.push_back({connection, address, number});
  }
  std::sort(out.begin(), out.end(), [](const Mapping& a, const Mapping& b) { return a.address < b.address; });
  return out;
}

std::vector<Signal> Catalogue::of_asset(const AssetId& asset) const {
  std::vector<Signal> out;
  const auto signals = directory_.snapshot();
  for (const auto* found : signals->of_asset(asset)) out.push_back(*found);
  return out;
}

}  // namespace hanse::plant
