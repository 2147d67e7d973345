#include "node/twin/interface_routes.hpp"

#include <fmt/format.h>

#include "node/twin/interface_settings.hpp"

namespace hanse::node {
namespace {

struct ConnectWish {
  std::string submodel, asset;
  bool dry_run = false;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "submodel",
                                .summary = "Id of a submodel by the Asset Interfaces Description.",
                                .length_max = 2048,
                                .required = true},
                      FieldNote{.field = "asset",
                                .summary = "The asset of the plant that the connections hang below.",
                                .length_max = 200,
                                .required = true},
                      FieldNote{.field = "dry_run", .summary = "Only say what would come of it."}};
  }
};
HANSE_DESCRIBE(ConnectWish, (submodel, asset, dry_run))

class InterfaceImport {
 public:
  InterfaceImport(Connections& connections, const ConnectWish& wish, store::Actor actor)
      : connections_(connections), wish_(wish), actor_(std::move(actor)) {}

  Result<InterfaceReport> run(const twin::Node& submodel) {
    for (const auto& each : twin::read_interfaces(submodel, findings_)) {
      auto record = connection_of(each, findings_);
      if (!record) continue;
      record->asset = wish_.asset;
      record->id = plant::asset_id(fmt::format("{}-{}", wish_.asset, each.id_short)).substr(0, 100);
      HANSE_CHECK(take(each, *std::move(record)));
    }
    report_.findings = findings_.items();
    return std::move(report_);
  }

 private:
  void refuse(const twin::AssetInterface& of, std::string why) {
    findings_.add({twin::Severity::error, of.path, "connection", std::move(why)});
  }

  Result<void> take(const twin::AssetInterface& of, ConnectionRecord record) {
    HANSE_TRY(const auto present, connections_.collection().find(record.id));
    // What people changed since, as a password, is theirs.
    if (present && (present->record.protocol != record.protocol || present->record.settings != record.settings)) {
      refuse(of, fmt::format("there is a connection '{}' with other settings; change or remove that first", record.id));
      return {};
    }
    if (const auto checked = connections_.check(record); !checked) {
      for (const auto& field : checked.error().fields) refuse(of, fmt::format("{}: {}", field.path, field.message));
      if (checked.error().fields.empty()) refuse(of, checked.error().message);
      return {};
    }
    if (!present && !wish_.dry_run) {
      HANSE_CHECK(connections_.put(actor_, record, 0));
      report_.kept = true;
    }
    record.settings = mask_secrets(record.settings);
    report_.connections.push_back({.interface = of.id_short,
                                   .connection = std::move(record),
                                   .fate = present ? plant::Fate::unchanged : plant::Fate::create});
    return {};
  }

  Connections& connections_;
  const ConnectWish& wish_;
  store::Actor actor_;
  twin::Findings findings_;
  InterfaceReport report_;
};

}  // namespace

std::vector<api::Route> interface_routes(twin::Twins& twins, Connections& connections) {
  std::vector<api::Route> out;
  out.push_back(api::route<ConnectWish, InterfaceReport>(
      {.method = api::Method::post,
       .path = "/api/v1/twin/interfaces",
       .summary = "Connects the machine whose interfaces a submodel describes, and says what of them can't be.",
       .permission = "connections.write"},
      [&](const ConnectWish& in, const api::Context& context) -> Result<InterfaceReport> {
        HANSE_TRY(const auto submodel, twins.get(twin::Class::Submodel, in.submodel));
        return InterfaceImport(connections, in, {context.caller.id}).run(*submodel);
      }));
  return out;
}

}  // namespace hanse::node
