#pragma once

#include "base/log.hpp"
#include "node/foundation.hpp"
#include "node/replay/replay.hpp"

namespace hanse::node {

/// Where a recording goes in the plant.
struct RecordingPlace {
  std::string connection;   ///< Names the source of its signals; the same recording again fills the same signals.
  std::string asset;        ///< An asset takes all values, a node above gets one per device; empty: at the top.
  std::string template_id;  ///< Empty for none.
};

/// Plays a recording into the plant's signals, its history and its apps, as if the machine had been connected then:
/// states, parts and figures of the recorded time are there afterwards. Errors: of the replay, the store, the history.
Result<replay::ReplayReport> record(const Foundation& base, const Log& log, const replay::ReplaySettings& settings,
                                    const RecordingPlace& place, const replay::Waiting& wait);

}  // namespace hanse::node
