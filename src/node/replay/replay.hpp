#pragma once

#include <functional>
#include <optional>
#include <string>

#include "connectors/connector.hpp"

namespace hanse::node::replay {

/// What was recorded; told by the file itself.
enum class RecordingKind {
  shdr,       ///< An adapter's lines: `2017-06-27T08:44:43Z|execution|ACTIVE`.
  mtconnect,  ///< An agent's answers: documents or whole HTTP answers, one file or a folder of them.
  mqtt,       ///< Messages, one JSON object a line: topic, hex, and perhaps t (ms since 1970) and retain.
  modbus,  ///< Frames, one JSON object a line: t (ms since 1970), dir (client, server), hex; settings may come first.
};
HANSE_DESCRIBE_ENUM(RecordingKind, shdr, mtconnect, mqtt, modbus)

struct ReplaySettings {
  std::string file;                ///< Or a folder, of an agent's answers.
  std::string devices_file;        ///< For shdr: the agent's Devices.xml, which tells units and kinds; may be empty.
  std::string device = "machine";  ///< For shdr without a model: whose keys they are.
  double factor = 0;               ///< Times faster than recorded; 0: at once.
  std::optional<Timestamp> begin;  ///< All times are moved so that the recording begins here; else they stay.
};

/// What came of it.
struct ReplayReport {
  RecordingKind kind = RecordingKind::shdr;
  std::int64_t messages = 0;  ///< Lines, documents, messages or answers that were read.
  std::int64_t samples = 0;
  std::int64_t rejected = 0;
  std::int64_t gaps = 0;
  std::int64_t addresses = 0;            ///< Declared.
  std::optional<Timestamp> first, last;  ///< Of the samples.
};
HANSE_DESCRIBE(ReplayReport, (kind, messages, samples, rejected, gaps, addresses, first, last))

/// Waits for so long; false says that it was told to stop.
using Waiting = std::function<bool(Duration)>;

/// Plays a recorded session through the real codec and session into `sink`. Blocking; may take as long as the
/// recording. The source isn't lost at the end: the last values stand. Errors: `not_found`, `invalid` (no known kind,
/// with what is known; a devices file that is none), `too_large` (over 1 GiB).
Result<ReplayReport> replay(const ReplaySettings& settings, connectors::Sink& sink, const Waiting& wait);

/// The same into a file as JSON lines: address, time, type, value, quality; `-` for standard output. For tests and for
/// looking at a recording before it goes into history.
Result<ReplayReport> replay_to_file(const ReplaySettings& settings, const std::string& path);

}  // namespace hanse::node::replay
