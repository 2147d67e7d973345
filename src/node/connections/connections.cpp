#include "node/connections/connections.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "node/connections/production_event.hpp"
#include "node/connections/source_value.hpp"
#include "node/secret_names.hpp"

namespace hanse::node {
namespace {

constexpr std::string_view kMask = "********";
constexpr std::size_t kDeclaredMax = 200'000;

/// Copies the settings' top-level members, each through `value_of(name, value)`.
template <class ValueOf>
RawJson rewrite(const RawJson& settings, ValueOf value_of) {
  const auto document = JsonDocument::parse(settings.text);
  if (!document || document->root().kind() != JsonRef::Kind::object) return settings;
  const auto root = document->root();
  std::string out = "{";
  for (std::size_t i = 0; i < root.size(); ++i) {
    const auto [name, value] = root.member(i);
    if (i > 0) out += ',';
    json::append_string(out, name);
    out += ':' + value_of(name, value);
  }
  return RawJson{out + "}"};
}

}  // namespace

RawJson mask_secrets(const RawJson& settings) {
  return rewrite(settings, [](std::string_view name, JsonRef value) {
    const bool set = value.kind() == JsonRef::Kind::string && !value.string().empty();
    return names_a_secret(name) && set ? fmt::format("\"{}\"", kMask) : value.text();
  });
}

RawJson unmask_secrets(const RawJson& settings, const RawJson& kept) {
  const auto before = JsonDocument::parse(kept.text);
  return rewrite(settings, [&](std::string_view name, JsonRef value) {
    if (!before || value.kind() != JsonRef::Kind::string || value.string() != kMask) return value.text();
    const auto old = before->root().find(name);
    return old ? old->text() : value.text();
  });
}

/// Where one connection's findings go: names to signals through the plant's catalogue, samples to the intake.
class Connections::PlantSink final : public connectors::ConnectionSink {
 public:
  PlantSink(Connections& connections, ConnectionRecord record)
      : connections_(connections), record_(std::move(record)) {}

  std::vector<signal::SignalId> declare(std::span<const connectors::Declaration> declarations) override {
    remember(declarations);
    std::vector<plant::SourceValue> values;
    for (const auto& declaration : declarations) values.push_back(source_value(declaration));
    auto& plant = connections_.parts_.plant;
    const auto signals =
        plant.catalogue().resolve({.connection = record_.id,
                                   .protocol = record_.protocol,
                                   .attach = plant::AssetId{record_.asset},
                                   .template_id = record_.template_id},
                                  values, plant.templates().find(record_.template_id), *plant.records(),
                                  [&](const std::vector<plant::Asset>& assets) -> Result<void> {
                                    HANSE_CHECK(plant.put(actor(), assets));
                                    return {};
                                  });
    if (signals) {
      remember_assets(declarations, *signals);
      return *signals;
    }
    connections_.parts_.log.error("connections", "values can't become signals",
                                  {{"connection", record_.id}, {"error", to_string(signals.error())}});
    return std::vector<signal::SignalId>(declarations.size(), signal::kNoSignal);
  }

  void deliver(signal::SampleBatch batch) override {
    std::erase_if(batch.samples, [](const signal::Sample& sample) { return sample.signal == signal::kNoSignal; });
    const auto count = batch.samples.size();
    if (count > 0 && !connections_.parts_.intake.deliver(std::move(batch))) dropped_ += count;
  }

  void notice(connectors::Notice notice) override {
    const auto event = production_event(notice, asset_of(notice.device), actor().id);
    if (!event) return;
    if (const auto kept = connections_.parts_.plant.events().append(actor(), {&*event, 1}); !kept) {
      connections_.parts_.log.error("connections", "an event can't be kept",
                                    {{"connection", record_.id}, {"error", to_string(kept.error())}});
    }
  }

  std::uint64_t dropped() const override { return dropped_; }

 private:
  store::Actor actor() const { return {"connection:" + record_.id}; }

  /// Where a device's signals are: its alarms belong there, too.
  void remember_assets(std::span<const connectors::Declaration> declarations,
                       std::span<const signal::SignalId> signals) {
    const auto& catalogue = connections_.parts_.plant.catalogue();
    for (std::size_t i = 0; i < declarations.size() && i < signals.size(); ++i) {
      const auto& device = declarations[i].device;
      if (device.empty() || assets_.contains(device) || assets_.size() >= kDeclaredMax) continue;
      if (const auto known = catalogue.get(signals[i])) assets_.emplace(device, known->signal.asset);
    }
  }

  plant::AssetId asset_of(const std::string& device) const {
    const auto found = assets_.find(device);
    return found == assets_.end() ? plant::AssetId{record_.asset} : found->second;
  }

  void remember(std::span<const connectors::Declaration> declarations) {
    const std::lock_guard lock{connections_.mutex_};
    auto& known = connections_.declared_[record_.id];
    for (const auto& declaration : declarations) {
      if (known.size() < kDeclaredMax) known.insert_or_assign(declaration.address, declaration);
    }
  }

  Connections& connections_;
  ConnectionRecord record_;
  std::map<std::string, plant::AssetId, std::less<>> assets_;  ///< By device.
  std::atomic<std::uint64_t> dropped_ = 0;
};

Connections::Connections(Parts parts)
    : parts_(std::move(parts)),
      records_(parts_.store, "connection"),
      supervisor_({parts_.executor}, parts_.clock, parts_.log, {}, parts_.data_folder),
      book_(parts_.protocols, supervisor_,
            [this](const ConnectionRecord& record) { return std::make_shared<PlantSink>(*this, record); }) {}

Connections::~Connections() = default;

Result<void> Connections::start() {
  HANSE_TRY(const auto kept, records_.all());
  for (const auto& item : kept) {
    // One that an update made impossible must not keep the others from running.
    if (const auto launched = launch(item.record); !launched) {
      parts_.log.error("connections", "can't start",
                       {{"connection", item.record.id}, {"error", to_string(launched.error())}});
    }
  }
  return {};
}

Result<void> Connections::launch(const ConnectionRecord& record) {
  {
    const std::lock_guard lock{mutex_};
    declared_.erase(record.id);
  }
  return book_.put(record);
}

Result<void> Connections::check(const ConnectionRecord& record) const {
  std::vector<FieldError> errors;
  if (const auto checked = book_.check(record); !checked) {
    errors = checked.error().fields;
    if (errors.empty()) errors.push_back({"settings", checked.error().message});
  }
  if (!parts_.plant.records()->asset(plant::AssetId{record.asset})) {
    errors.push_back({"asset", record.asset.empty()
                                   ? "choose where in the plant its values go"
                                   : fmt::format("there is no asset '{}'; make it first", record.asset)});
  }
  if (!record.template_id.empty() && !parts_.plant.templates().find(record.template_id)) {
    errors.push_back({"template_id", fmt::format("there is no machine template '{}'", record.template_id)});
  }
  if (!errors.empty()) return fail(ErrorCode::invalid, "the connection can't work like this", std::move(errors));
  return {};
}

Result<std::int64_t> Connections::put(const store::Actor& actor, ConnectionRecord record,
                                      std::optional<std::int64_t> expected) {
  if (record.id.empty()) record.id = plant::asset_id(record.name);
  HANSE_TRY(const auto kept, records_.find(record.id));
  if (kept) record.settings = unmask_secrets(record.settings, kept->record.settings);
  HANSE_CHECK(check(record));
  HANSE_TRY(const auto version, records_.put(actor, record, expected));
  HANSE_CHECK(launch(record));
  return version;
}

Result<void> Connections::remove(const store::Actor& actor, const std::string& id,
                                 std::optional<std::int64_t> expected) {
  HANSE_CHECK(records_.remove(actor, id, expected));
  book_.remove(id);
  const std::lock_guard lock{mutex_};
  declared_.erase(id);
  return {};
}

Result<std::vector<MappedAddress>> Connections::addresses(const std::string& id) const {
  HANSE_CHECK(records_.get(id));
  std::vector<MappedAddress> out;
  const std::lock_guard lock{mutex_};
  const auto found = declared_.find(id);
  if (found == declared_.end()) return out;
  for (const auto& [address, declaration] : found->second) {
    auto signal = parts_.plant.catalogue().find(id, address);
    if (signal == signal::kNoSignal) signal.reset();
    out.push_back({declaration, signal});
  }
  return out;
}

Result<void> Connections::map(const store::Actor& actor, const std::string& id,
                              const std::vector<plant::Mapping>& mappings) {
  HANSE_TRY(const auto kept, records_.get(id));
  HANSE_CHECK(parts_.plant.catalogue().map(actor, mappings));
  // Connectors keep the signals of their addresses from birth on: it has to be born again.
  book_.remove(id);
  return launch(kept.record);
}

namespace {
/// That a source can't be reached says something about the settings tried, not about this node.
Error not_reached(const std::string& why) {
  return fail(ErrorCode::invalid, "the source can't be reached: " + why, {{"settings", why}});
}
}  // namespace

Result<std::vector<connectors::BrowsedValue>> Connections::test(const std::string& protocol_id, const RawJson& settings,
                                                                Duration time_limit) const {
  const auto* protocol = book_.protocol(protocol_id);
  if (!protocol) return fail(ErrorCode::invalid, fmt::format("there is no protocol '{}'", protocol_id));
  HANSE_TRY(const auto document, JsonDocument::parse(settings.text));
  HANSE_CHECK(protocol->check(document.root()));
  if (!protocol->make_browser) return fail(ErrorCode::invalid, fmt::format("{} can't be browsed", protocol->title));
  HANSE_TRY(auto made, protocol->make_browser(document.root(), {parts_.clock, parts_.log, "test", parts_.data_folder}));
  // The browser may outlive this call when it overruns its own time limit: the coroutine keeps it.
  const std::shared_ptr<connectors::Browser> browser = std::move(made);
  auto browse = [](std::shared_ptr<connectors::Browser> kept,
                   Duration limit) -> boost::asio::awaitable<Result<std::vector<connectors::BrowsedValue>>> {
    auto task = kept->browse(limit);
    co_return co_await std::move(task);
  };
  auto answer = boost::asio::co_spawn(parts_.executor, browse(browser, time_limit), boost::asio::use_future);
  if (answer.wait_for(time_limit + 5s) != std::future_status::ready) {
    return not_reached("it didn't answer in time");
  }
  auto values = answer.get();
  const bool away =
      !values && (values.error().code == ErrorCode::unavailable || values.error().code == ErrorCode::timeout);
  if (away) return not_reached(values.error().message);
  return values;
}

plant::MachineConnector Connections::machine_connector() {
  return
      [this](const plant::MachineConnection& machine, const store::Actor& actor, bool dry_run) -> Result<plant::Fate> {
        const ConnectionRecord record{.id = machine.id,
                                      .name = machine.name,
                                      .protocol = machine.protocol,
                                      .enabled = true,
                                      .asset = machine.asset.value,
                                      .template_id = machine.template_id,
                                      .settings = machine.settings};
        HANSE_TRY(const auto kept, records_.find(record.id));
        if (kept && kept->record == record) return plant::Fate::unchanged;
        if (dry_run) {
          HANSE_CHECK(book_.check(record));
        } else {
          HANSE_CHECK(put(actor, record));
        }
        return kept ? plant::Fate::update : plant::Fate::create;
      };
}

}  // namespace hanse::node
