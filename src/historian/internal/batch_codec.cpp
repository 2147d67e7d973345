#include "historian/internal/batch_codec.hpp"

#include "base/assert.hpp"
#include "historian/internal/bytes.hpp"

namespace hanse::historian::internal {
namespace {

using signal::Sample;
using signal::ValueType;

// The first byte of a sample: type (3 bits), quality (2 bits), and what is as expected and therefore left out.
constexpr unsigned kQualityShift = 3;
constexpr std::uint8_t kNextSignal = 32;  // the number after the one before
constexpr std::uint8_t kSameTime = 64;    // the time of the one before
constexpr std::uint8_t kSameSignal = 128;
constexpr std::uint8_t kTypeMask = 7, kQualityMask = 24;
constexpr std::size_t kSampleBytesMax = 1 + 5 + 10 + 10;

char* put_varint(char* place, std::uint64_t value) {
  while (value >= 0x80) {
    *place++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *place++ = static_cast<char>(value);
  return place;
}

char* put_value(char* place, const Sample& sample) {
  switch (sample.type) {
    case ValueType::real:
      std::memcpy(place, &sample.bits, 8);
      return place + 8;
    case ValueType::integer:
      return put_varint(place, zigzag(sample.integer()));
    case ValueType::boolean:
      *place = sample.boolean() ? 1 : 0;
      return place + 1;
    case ValueType::text:
      return put_varint(place, sample.bits);
    case ValueType::null:
      break;
  }
  return place;
}

char* put_sample(char* place, const Sample& sample, const Sample& before) {
  const auto number = static_cast<std::uint32_t>(sample.signal), last = static_cast<std::uint32_t>(before.signal);
  const bool same = number == last, next = number == last + 1, same_time = sample.time == before.time;
  *place++ =
      static_cast<char>(static_cast<unsigned>(sample.type) | static_cast<unsigned>(sample.quality) << kQualityShift |
                        (next ? kNextSignal : 0u) | (same_time ? kSameTime : 0u) | (same ? kSameSignal : 0u));
  if (!same && !next) place = put_varint(place, number);
  if (!same_time) place = put_varint(place, zigzag(wrapping_sub(sample.time.ns, before.time.ns)));
  return put_value(place, sample);
}

bool read_value(ByteReader& in, Sample& sample, std::size_t texts) {
  switch (sample.type) {
    case ValueType::real:
      sample.bits = in.u64();
      return true;
    case ValueType::integer:
      sample.bits = static_cast<std::uint64_t>(in.signed_varint());
      return true;
    case ValueType::boolean:
      sample.bits = in.u8() != 0 ? 1 : 0;
      return true;
    case ValueType::text:
      sample.bits = in.varint();
      return sample.bits < texts;
    case ValueType::null:
      return true;
  }
  return false;
}

}  // namespace

void encode_batch(const signal::SampleBatch& batch, std::string& out) {
  ByteWriter writer{out};
  writer.varint(batch.texts.size());
  for (const auto& text : batch.texts) writer.text(text);
  writer.varint(batch.samples.size());
  const auto start = out.size();
  // Without clearing the room first: this is the hot path of every append.
  out.resize_and_overwrite(start + batch.samples.size() * kSampleBytesMax, [&](char* data, std::size_t) {
    char* place = data + start;
    Sample before{};
    for (const auto& sample : batch.samples) {
      place = put_sample(place, sample, before);
      before = sample;
    }
    return static_cast<std::size_t>(place - data);
  });
}

Result<signal::SampleBatch> decode_batch(std::string_view bytes) {
  const auto damaged = [] { return fail(ErrorCode::corrupt, "a batch of the write-ahead record doesn't read"); };
  ByteReader in{bytes};
  signal::SampleBatch batch;
  const auto texts = in.varint();
  if (texts > in.left()) return damaged();
  for (std::uint64_t i = 0; i < texts && in.ok(); ++i) batch.texts.emplace_back(in.text());
  const auto count = in.varint();
  if (!in.ok() || count > in.left()) return damaged();
  batch.samples.reserve(count);
  Sample before{};
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint8_t head = in.u8();
    Sample sample{.time = before.time, .signal = before.signal};
    if ((head & kTypeMask) > static_cast<std::uint8_t>(ValueType::text) || (head & kQualityMask) == kQualityMask)
      return damaged();
    sample.type = static_cast<ValueType>(head & kTypeMask);
    sample.quality = static_cast<signal::Quality>((head & kQualityMask) >> kQualityShift);
    if ((head & kNextSignal) != 0) {
      sample.signal = signal::SignalId{static_cast<std::uint32_t>(before.signal) + 1};
    } else if ((head & kSameSignal) == 0) {
      sample.signal = signal::SignalId{static_cast<std::uint32_t>(in.varint())};
    }
    if ((head & kSameTime) == 0) sample.time.ns = wrapping_add(before.time.ns, in.signed_varint());
    if (!read_value(in, sample, batch.texts.size()) || !in.ok()) return damaged();
    batch.samples.push_back(sample);
    before = sample;
  }
  if (in.left() != 0) return damaged();
  return batch;
}

}  // namespace hanse::historian::internal
