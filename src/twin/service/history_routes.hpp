#pragma once

#include <string>
#include <vector>

#include "api/route.hpp"
#include "twin/history/difference.hpp"
#include "twin/service/twins.hpp"

namespace hanse::twin {

/// What people travel to.
enum class TwinClass { shell, submodel, concept_description };
HANSE_DESCRIBE_ENUM(TwinClass, shell, submodel, concept_description)
Class class_of(TwinClass of);

/// That something changed, when and by whom.
struct TwinVersionRow {
  Timestamp time;
  std::string actor;  ///< Empty when nobody knows: it was there before versions were kept.
  VersionAct act = VersionAct::changed;
  std::int64_t bytes = 0;
};
HANSE_DESCRIBE(TwinVersionRow, (time, actor, act, bytes))

/// A document as it was.
struct TwinDocument {
  std::optional<Timestamp> since;  ///< When it became so; nothing for what the plant makes, which is as it is made now.
  std::string actor;
  RawJson document;
};
HANSE_DESCRIBE(TwinDocument, (since, actor, document))

/// For people: /api/v1/twin/versions, /document and /difference with `twin.read`. `twins` outlives them.
std::vector<api::Route> history_routes(Twins& twins);

}  // namespace hanse::twin
