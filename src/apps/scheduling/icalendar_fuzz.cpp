#include <cstddef>
#include <cstdint>

#include "apps/scheduling/icalendar.hpp"

using namespace hanse::apps::scheduling;

/// What was read can be written and read again to the same entries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_icalendar({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto again = read_icalendar(write_icalendar(*read, {}));
  if (!again || again->size() != read->size()) __builtin_trap();
  for (std::size_t i = 0; i < read->size(); ++i) {
    if ((*again)[i].begin != (*read)[i].begin || (*again)[i].end != (*read)[i].end) __builtin_trap();
  }
  return 0;
}
