#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "plant/plant.hpp"

namespace hanse::plant {

/// A connection that a bulk import asks for: the node makes it in its book of connections.
struct MachineConnection {
  std::string id;  ///< Same as the asset's.
  std::string name;
  AssetId asset;
  std::string protocol;
  std::string template_id;
  RawJson settings;  ///< The protocol's own, filled in from the template.
};
/// What the book of connections would do, or did, with it.
enum class Fate { create, update, unchanged, error };
HANSE_DESCRIBE_ENUM(Fate, create, update, unchanged, error)
/// Checks the connection and, unless it is a dry run, makes or changes it. Errors: `invalid`, saying what is wrong.
using MachineConnector = std::function<Result<Fate>(const MachineConnection&, const store::Actor&, bool dry_run)>;

/// All of the room: /assets /signals /products /calendars /reasons /events /import/{kind} /templates. `plant` must
/// outlive them; without `connect` a bulk import of machines makes assets only.
std::vector<api::Route> routes(Plant& plant, MachineConnector connect = {});

}  // namespace hanse::plant
