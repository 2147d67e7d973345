#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "historian/line_protocol.hpp"
#include "historian/line_protocol_body.hpp"
#include "historian/line_protocol_series.hpp"

/// Any text as line protocol: reading it twice gives the same samples, the second time without a question.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::historian;
  if (size == 0) return 0;
  const auto precision = static_cast<LinePrecision>(data[0] % 6);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto text = plain_line_body(std::string{bytes});
  if (!text) return 0;
  LineReader reader;
  auto first = reader.read(*text, precision, Timestamp{1});
  std::vector<signal::SignalId> signals;
  for (const auto& unknown : first.unknown) {
    signals.push_back(signal::SignalId{static_cast<std::uint32_t>(signals.size() + 1)});
    const auto series = series_of_line(unknown.series, unknown.field, unknown.type);
    HANSE_ASSERT(!series.asset.empty() && !series.name.empty());
  }
  reader.settle(first, signals, std::vector<std::string>(signals.size()));
  HANSE_ASSERT(first.failed <= first.lines && first.errors.size() <= kLineErrorsMax);
  const auto second = reader.read(*text, precision, Timestamp{1});
  HANSE_ASSERT(second.unknown.empty() && second.batch.samples.size() == first.batch.samples.size());
  for (std::size_t i = 0; i < first.batch.samples.size(); ++i) {
    const auto &a = first.batch.samples[i], &b = second.batch.samples[i];
    HANSE_ASSERT(a.signal == b.signal && a.time == b.time && a.bits == b.bits && a.type == b.type);
    HANSE_ASSERT(a.signal != signal::kNoSignal);
  }
  return 0;
}
