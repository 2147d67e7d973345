#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "historian/internal/integers.hpp"
#include "historian/internal/summary.hpp"
#include "signal/sample.hpp"

namespace hanse::historian::internal {

/// Samples of one signal in time order, no time twice. Texts are numbered within.
struct Series {
  std::vector<signal::Sample> samples;
  std::vector<std::string> texts;
};

/// A chunk taken apart, column by column. Each vector of values has kColumnPadding elements of scratch at its end.
struct Columns {
  std::size_t count = 0;
  std::vector<std::int64_t> times;
  std::vector<std::uint64_t> bits;
  std::vector<std::uint8_t> types;      ///< Empty when all are of `type`.
  std::vector<std::uint8_t> qualities;  ///< Empty when all are of `quality`.
  signal::ValueType type = signal::ValueType::real;
  signal::Quality quality = signal::Quality::good;
  std::vector<std::string> texts;

  signal::ValueType type_of(std::size_t i) const {
    return types.empty() ? type : static_cast<signal::ValueType>(types[i]);
  }
  signal::Quality quality_of(std::size_t i) const {
    return qualities.empty() ? quality : static_cast<signal::Quality>(qualities[i]);
  }
  Level level(std::size_t i) const { return level_of(bits[i], type_of(i), quality_of(i)); }
  signal::Sample sample(std::size_t i, signal::SignalId signal) const {
    return {.time = {times[i]}, .bits = bits[i], .signal = signal, .type = type_of(i), .quality = quality_of(i)};
  }
};

/// One chunk's bytes from `samples` (1 to kColumnValuesMax, increasing times); text samples point into `texts`. Layout:
/// docs/formats/chunk.md. Values come back bit by bit, nulls without theirs.
std::string encode_chunk(std::span<const signal::Sample> samples, std::span<const std::string> texts);

/// The chunk's summary after checking the whole chunk's checksum. Errors: `corrupt`.
Result<Summary> chunk_summary(std::string_view bytes);

/// Errors: `corrupt`, saying what doesn't fit.
Result<void> decode_chunk(std::string_view bytes, Columns& columns);

Summary summarise(std::span<const signal::Sample> samples);

}  // namespace hanse::historian::internal
