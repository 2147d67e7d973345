#pragma once

#include <string>
#include <vector>

#include "base/describe.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

enum class ChangeKind { added, removed, changed };
HANSE_DESCRIBE_ENUM(ChangeKind, added, removed, changed)

/// One thing that is otherwise in the later of two documents.
struct TwinChange {
  std::string path;  ///< Element and attribute: `Sizes.Width#value`, `#description[en]`; an element alone when all of
                     ///< it came or went.
  ChangeKind kind = ChangeKind::changed;
  std::string before, after;  ///< As text, clipped; of an element its class.
  friend bool operator==(const TwinChange&, const TwinChange&) = default;
};
HANSE_DESCRIBE(TwinChange, (path, kind, before, after))

struct TwinDifference {
  std::vector<TwinChange> changes;
  std::int64_t left_out = 0;  ///< How many more there are.
};
HANSE_DESCRIBE(TwinDifference, (changes, left_out))

/// What is otherwise in `after`, in its order; what was removed stands where it was. Elements are the same by idShort,
/// in lists by place, texts in languages by language; the rest by place.
TwinDifference difference(const Node& before, const Node& after);

}  // namespace hanse::twin
