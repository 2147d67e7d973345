#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mtconnect/document.hpp"

namespace hanse::connectors::mtconnect {

/// How many fields follow a key, and what they are. `unknown`: guessed from the fields themselves.
enum class ShdrShape { unknown, value, condition, message, time_series, data_set, table };

/// Cuts an adapter's bytes into lines.
class ShdrLineReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next line without its end; nothing until more bytes came. A line over 1 MiB is dropped whole and counted.
  std::optional<std::string> next();
  std::size_t dropped() const { return dropped_; }

 private:
  std::string buffer_;
  std::size_t begin_ = 0, searched_ = 0;
  bool dropping_ = false;
  std::size_t dropped_ = 0;
};

/// One line of an adapter, read. Views point into the line or into `unescaped`.
struct ShdrLine {
  enum class Kind {
    observations,
    pong,     ///< `pong` says how often the adapter wants to be asked, when it said so.
    command,  ///< `* name: value`: the adapter about itself.
    asset,    ///< An asset; with `multiline_end` up to the line that equals it.
    blank,
  };
  Kind kind = Kind::blank;
  std::vector<Observation> observations;
  std::vector<Entry> entries;
  std::deque<std::string> unescaped;
  std::optional<Duration> pong;
  std::string multiline_end;

  void clear();
};

using ShdrShapes = std::function<ShdrShape(std::string_view key)>;

/// Reads `time|key|value|key|value...`. A missing time is `arrival`; the duration of `time@duration` is cut off.
/// Errors: `invalid` for an unreadable time, a key without value or an open quote; `out` is then of no use.
/// Source: MTConnect "Adapter Agent Protocol" as the reference agent reads it; docs/standards/mtconnect.md.
Result<void> parse_shdr_line(std::string_view line, const ShdrShapes& shapes, Timestamp arrival, ShdrLine& out);

}  // namespace hanse::connectors::mtconnect
