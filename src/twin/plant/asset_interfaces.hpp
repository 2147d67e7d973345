#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signal/signal.hpp"
#include "twin/model/findings.hpp"
#include "twin/model/node.hpp"

// How a machine is spoken to, as the standard's submodels say it: Asset Interfaces Description 1.1 (IDTA 02017) and
// Asset Interfaces Mapping Configuration 2.0 (IDTA 02027). Which settings of a connection that is, the node knows.

namespace hanse::twin {

inline constexpr std::string_view kInterfacesId = "https://admin-shell.io/idta/AssetInterfacesDescription/1/1/Submodel";
/// What a form has of ours besides what the standard knows, so that an export brings all of it back: as JSON.
inline constexpr std::string_view kOwnExtension = "hanse:point";

enum class InterfaceKind { http, modbus, mqtt, opcua };
HANSE_DESCRIBE_ENUM(InterfaceKind, http, modbus, mqtt, opcua)

/// One named text of an endpoint or a form, as in `modv_function`.
struct InterfaceMember {
  std::string name, value;
  friend bool operator==(const InterfaceMember&, const InterfaceMember&) = default;
};
/// The value of that name; empty when it isn't there.
std::string_view member(const std::vector<InterfaceMember>& members, std::string_view name);

/// One value that the interface offers.
struct InterfaceProperty {
  std::string id_short;
  std::string key;    ///< What the machine calls it.
  std::string title;  ///< What people call it.
  std::string type;   ///< `boolean`, `integer`, `number` or `string`
  std::string unit;
  std::vector<InterfaceMember> form;         ///< `href` and what the protocol has besides.
  std::string own;                           ///< Of `kOwnExtension`; empty for none.
  std::optional<signal::SignalId> signal{};  ///< Written only: the signal that it fills.
  std::string path{};                        ///< Read only: its idShortPath.
};

struct AssetInterface {
  std::string id_short;
  std::string title;
  InterfaceKind kind{};
  std::string base;  ///< `modbus+tcp://10.0.0.7:502`
  std::string content_type;
  bool with_password = false;  ///< Which password stands nowhere in a twin.
  std::vector<InterfaceMember> endpoint;
  std::string note;  ///< What the standard has no place for, told to people.
  std::vector<InterfaceProperty> properties;
  std::string path{};  ///< Read only.
};

/// Where interfaces of the plant's assets come from.
class InterfaceSource {
 public:
  virtual ~InterfaceSource() = default;
  /// Another number after each change.
  virtual std::uint64_t revision() const = 0;
  /// Those with interfaces.
  virtual std::set<signal::AssetId> assets() const = 0;
  virtual std::vector<AssetInterface> of(const signal::AssetId& asset) const = 0;
};

Node interfaces_submodel(std::string_view id, std::vector<AssetInterface> interfaces);

/// Where a value of an interface goes.
struct InterfaceMapping {
  std::string interface, property;  ///< idShorts.
  std::string sink_submodel, sink;  ///< Id and idShort.
};
Node mapping_submodel(std::string_view id, std::string_view interfaces_id,
                      const std::vector<InterfaceMapping>& mappings);

/// The interfaces of a description, of 1.0 and 1.1; what it has that no connection here can do is a finding with its
/// path, and left out.
std::vector<AssetInterface> read_interfaces(const Node& submodel, Findings& findings);

}  // namespace hanse::twin
