#pragma once

#include <optional>
#include <string>
#include <vector>

#include "twin/codec/json_codec.hpp"

// The forms in which an object is served besides the whole: metadata, values, paths. One visitor, whose flags say what
// is left out. Source: IDTA 01001, serialisations; IDTA 01002, modifiers.

namespace hanse::twin {

enum class Level : std::uint8_t { deep, core };
enum class Extent : std::uint8_t { without_blob_value, with_blob_value };

/// What a bound property's value is at this moment. Called for properties with the extension `kSignalExtension`.
class LiveValues {
 public:
  virtual ~LiveValues() = default;
  /// The value as text of the property's valueType; nothing when there is none.
  virtual std::optional<std::string> value_of(std::string_view signal) const = 0;
};

/// The extension that binds a property to a signal: its value is `asset/signal`, as in `press-07/spindle_speed`.
inline constexpr std::string_view kSignalExtension = "hanse:signal";
/// The signal a property is bound to; empty for none.
std::string_view bound_signal(const Node& element);

struct Shape {
  Level level = Level::deep;
  Extent extent = Extent::without_blob_value;
  const LiveValues* live = nullptr;  ///< Null: values as they are kept.
};

void append_normal(std::string& out, const Node& node, const Shape& shape);
/// Everything but values.
void append_metadata(std::string& out, const Node& node);
/// False when the object has no value at all; then nothing was appended.
bool append_value(std::string& out, const Node& node, const Shape& shape);
/// The idShortPaths of a submodel's elements, or of an element and those below it.
std::vector<std::string> paths_of(const Node& node, Level level);

/// Writes a value document into the element or submodel; types are the node's. What doesn't fit is a finding, and then
/// the node is half changed: work on a copy.
void apply_value(Node& node, JsonRef value, Findings& findings, const Place& place = {});
/// Takes every attribute that `patch` has; its class is the node's.
void merge(Node& node, Node patch);
/// Without what the metadata form leaves out.
void strip_values(Node& node);

}  // namespace hanse::twin
