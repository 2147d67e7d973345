#include "connectors/mtconnect/internal/browsed_values.hpp"

namespace hanse::connectors::mtconnect::internal {
namespace {

std::string as_text(const signal::SampleBatch& batch, const signal::Sample& sample) {
  switch (sample.type) {
    case signal::ValueType::real:
      return fmt::format("{}", sample.real());
    case signal::ValueType::integer:
      return fmt::format("{}", sample.integer());
    case signal::ValueType::boolean:
      return sample.boolean() ? "true" : "false";
    case signal::ValueType::text:
      return std::string{batch.text(sample)};
    case signal::ValueType::null:
      break;
  }
  return {};
}

}  // namespace

std::vector<signal::SignalId> BrowsedValues::declare(std::span<const Declaration> declarations) {
  std::vector<signal::SignalId> numbers;
  for (const auto& declaration : declarations) {
    values_.push_back({.declaration = declaration, .quality = signal::Quality::bad});
    numbers.push_back(signal::SignalId{static_cast<std::uint32_t>(values_.size())});
  }
  return numbers;
}

void BrowsedValues::deliver(signal::SampleBatch batch) {
  for (const auto& sample : batch.samples) {
    auto& value = values_[static_cast<std::size_t>(sample.signal) - 1];
    value.value = as_text(batch, sample);
    value.quality = sample.quality;
    value.time = sample.time;
  }
}

}  // namespace hanse::connectors::mtconnect::internal
