#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "historian/sample_import.hpp"

/// Any text as CSV of samples: every value is a row with a fate, and what is in the batch is what its row says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::historian;
  static const auto signals = [] {
    signal::Directory directory;
    for (std::uint32_t number = 1; number <= 4; ++number) {
      signal::Signal made;
      made.number = SignalId{number};
      made.asset = signal::AssetId{"a"};
      made.name = std::string(1, static_cast<char>('k' + number));
      made.type = static_cast<signal::ValueType>(number);
      directory.put({made});
    }
    return directory.snapshot();
  }();
  const auto read = read_sample_csv({reinterpret_cast<const char*>(data), size}, *signals);
  if (!read) return 0;
  HANSE_ASSERT(read->row_of.size() == read->batch.samples.size());
  for (std::size_t i = 0; i < read->row_of.size(); ++i) {
    const auto& row = read->rows[read->row_of[i]];
    const auto& sample = read->batch.samples[i];
    HANSE_ASSERT(row.fate == SampleFate::create && row.errors.empty() && row.signal == sample.signal &&
                 row.time == sample.time);
    HANSE_ASSERT(sample.type != signal::ValueType::text || sample.text_index() < read->batch.texts.size());
  }
  for (const auto& row : read->rows) HANSE_ASSERT((row.fate == SampleFate::error) == !row.errors.empty());
  return 0;
}
