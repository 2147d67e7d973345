#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/time.hpp"
#include "signal/signal.hpp"

namespace hanse::signal {

/// One value of one signal at one moment: 24 plain bytes, so that a million of them is one memory block. A text lives
/// in its batch; `bits` is then its index there. `null` says "the source had no value", which is not zero.
struct Sample {
  Timestamp time;
  std::uint64_t bits = 0;
  SignalId signal{};
  ValueType type = ValueType::null;
  Quality quality = Quality::good;

  double real() const { return std::bit_cast<double>(bits); }
  std::int64_t integer() const { return static_cast<std::int64_t>(bits); }
  bool boolean() const { return bits != 0; }
  std::size_t text_index() const { return bits; }
  /// A real, an integer or a boolean as a number. Precondition: the type is one of these.
  double number() const {
    HANSE_ASSERT(type == ValueType::real || type == ValueType::integer || type == ValueType::boolean);
    return type == ValueType::real ? real() : static_cast<double>(integer());
  }
  bool is_number() const { return type != ValueType::null && type != ValueType::text; }
};
static_assert(sizeof(Sample) == 24);

/// Samples of any signals in any order, with the texts they refer to.
struct SampleBatch {
  std::vector<Sample> samples;
  std::vector<std::string> texts;

  void add_real(SignalId signal, Timestamp time, double value, Quality quality = Quality::good) {
    samples.push_back({time, std::bit_cast<std::uint64_t>(value), signal, ValueType::real, quality});
  }
  void add_integer(SignalId signal, Timestamp time, std::int64_t value, Quality quality = Quality::good) {
    samples.push_back({time, static_cast<std::uint64_t>(value), signal, ValueType::integer, quality});
  }
  void add_boolean(SignalId signal, Timestamp time, bool value, Quality quality = Quality::good) {
    samples.push_back({time, value ? 1u : 0u, signal, ValueType::boolean, quality});
  }
  void add_text(SignalId signal, Timestamp time, std::string value, Quality quality = Quality::good) {
    samples.push_back({time, texts.size(), signal, ValueType::text, quality});
    texts.push_back(std::move(value));
  }
  void add_null(SignalId signal, Timestamp time, Quality quality = Quality::bad) {
    samples.push_back({time, 0, signal, ValueType::null, quality});
  }
  /// Precondition: the sample is of this batch and a text.
  std::string_view text(const Sample& sample) const { return texts[sample.text_index()]; }
  /// Appends `sample` of `other`, with its text.
  void add_from(const SampleBatch& other, const Sample& sample) {
    samples.push_back(sample);
    if (sample.type == ValueType::text) {
      samples.back().bits = texts.size();
      texts.push_back(other.texts[sample.text_index()]);
    }
  }
  bool empty() const { return samples.empty(); }
  void clear() {
    samples.clear();
    texts.clear();
  }
};

}  // namespace hanse::signal
