#pragma once

#include <vector>

#include "api/route.hpp"
#include "twin/service/twins.hpp"

namespace hanse::twin {

/// A submodel that a shell refers to.
struct SubmodelRow {
  std::string id;
  std::string id_short;  ///< Empty when it isn't on this node.
  std::string semantic_id;
  bool here = false;
};
HANSE_DESCRIBE(SubmodelRow, (id, id_short, semantic_id, here))
struct ShellRow {
  std::string id;
  std::string id_short;
  std::string name;
  std::string asset_kind;
  std::string asset_id;    ///< The global asset id; empty when there is none.
  bool generated = false;  ///< Made from the plant's own records.
  std::vector<SubmodelRow> submodels;
};
HANSE_DESCRIBE(ShellRow, (id, id_short, name, asset_kind, asset_id, generated, submodels))

/// One element of a submodel, flat.
struct ElementRow {
  std::string path;  ///< idShortPath
  std::int64_t depth = 0;
  std::string kind;  ///< `Property`, `File`, ...
  std::string id_short;
  std::string semantic_id;
  std::string value;  ///< As text; empty for what has none or holds elements.
  std::string value_type;
  std::string unit;
  std::string description;
  std::optional<std::int64_t> signal;  ///< The signal a property is bound to.
  bool writable = false;               ///< Its machine's connection allows the value to be written.
};
HANSE_DESCRIBE(ElementRow,
               (path, depth, kind, id_short, semantic_id, value, value_type, unit, description, signal, writable))
struct SubmodelView {
  std::string id;
  std::string id_short;
  std::string semantic_id;
  bool generated = false;
  std::optional<Timestamp> since;  ///< Of an earlier moment: when it became so. Nothing for what the plant makes.
  std::string actor;               ///< Who made it so.
  std::vector<ElementRow> elements;
};
HANSE_DESCRIBE(SubmodelView, (id, id_short, semantic_id, generated, since, actor, elements))

/// An element or submodel that means what was looked for.
struct SemanticHit {
  std::string submodel;
  std::string submodel_id_short;
  std::string path;  ///< Empty for the submodel itself.
  std::string semantic_id;
  std::string value;
};
HANSE_DESCRIBE(SemanticHit, (submodel, submodel_id_short, path, semantic_id, value))

/// A wish for a value at a machine.
struct AskedValue {
  std::string change;  ///< Where what becomes of it is told.
};
HANSE_DESCRIBE(AskedValue, (change))

/// For people: /api/v1/twin/shells, /submodel, /search, /import and those of `history_routes`, with `twin.read` and
/// `twin.write`. `twins` outlives them.
std::vector<api::Route> routes(Twins& twins);

}  // namespace hanse::twin
