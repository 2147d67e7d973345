#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "signal/sample.hpp"

namespace hanse::historian {

/// What a time in line protocol counts in.
enum class LinePrecision { ns, us, ms, s, m, h };
/// `ns`, `n`, `us`, `u`, `ms`, `s`, `m` or `h`: the names of InfluxDB 1.x and 2.x. Errors: `invalid`, listing them.
Result<LinePrecision> parse_line_precision(std::string_view name);

/// A field of a series that the reader saw for the first time.
struct UnknownField {
  std::string series;  ///< Measurement and tags as they came, still escaped: `cpu,host=a`.
  std::string field;   ///< Unescaped.
  signal::ValueType type = signal::ValueType::real;  ///< Of its first value.
  std::int64_t line = 0;                             ///< Where it came first, from 1.
};

struct LineError {
  std::int64_t line = 0;  ///< From 1.
  std::string message;
  friend bool operator==(const LineError&, const LineError&) = default;
};

/// What `LineReader` made of one text.
struct LineResult {
  signal::SampleBatch batch;
  std::vector<UnknownField> unknown;  ///< To be answered with `LineReader::settle`.
  std::vector<LineError> errors;      ///< The first `kLineErrorsMax`.
  std::int64_t lines = 0;             ///< With values, good or not.
  std::int64_t failed = 0;            ///< Lines of which nothing was kept.

  struct Waiting {
    std::size_t sample;   ///< Index in the batch.
    std::size_t unknown;  ///< Index in `unknown`.
  };
  std::vector<Waiting> waiting;  ///< Samples whose signal is still to come.
};

inline constexpr std::size_t kLineErrorsMax = 100;
inline constexpr std::size_t kSeriesKeyBytesMax = 16'384;
inline constexpr std::size_t kFieldsOfSeriesMax = 4'096;
inline constexpr std::size_t kFieldsKnownMax = 2'000'000;  ///< Over it the reader forgets all and learns again.

/// Reads InfluxDB's line protocol into samples and remembers the signal of each series and field, so that a series that
/// it knows costs one look-up a line and a comparison a field. Pure; one thread at a time.
/// A wrong line is reported and left out as a whole; the others stand. Source: InfluxDB 1.8 and 2.7, line protocol.
class LineReader {
 public:
  /// `now` is the time of lines that carry none.
  LineResult read(std::string_view text, LinePrecision precision, Timestamp now);

  /// `signals[i]` is the signal of `result.unknown[i]`, or `kNoSignal` with the reason in `refusals[i]`; samples of the
  /// refused are taken out and reported. Precondition: `result` is of the last `read`.
  void settle(LineResult& result, std::span<const signal::SignalId> signals, std::span<const std::string> refusals);

  /// Forgets which signal a series is, as when the signals changed.
  void forget() {
    series_.clear();
    fields_known_ = 0;
  }

 private:
  struct Field {
    std::string raw;  ///< As it stands in the text, escapes included.
    signal::SignalId signal = signal::kNoSignal;
    std::uint64_t asked_in = 0;  ///< The `read` in which `unknown` was given.
    std::size_t unknown = 0;
  };
  struct Series {
    std::vector<Field> fields;
  };
  struct Text {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Cursor;
  struct Mark {
    std::size_t samples, texts, waiting, unknown;
  };

  static Mark mark(const LineResult& out);
  void take_back(LineResult& out, const Mark& before);
  Series* find_series(Cursor& at, std::string_view& key);
  Field* find_field(Cursor& at, Series& series, std::size_t position);
  bool read_line(Cursor& at, LineResult& out);
  bool add_value(Cursor& at, std::string_view key, Field& field, LineResult& out);

  std::unordered_map<std::string, Series, Text, std::equal_to<>> series_;
  std::vector<std::pair<std::string, std::size_t>> asked_;  ///< Series and field of each unknown of the last `read`.
  std::uint64_t reads_ = 0;
  std::size_t fields_known_ = 0;
};

}  // namespace hanse::historian
