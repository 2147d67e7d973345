#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto table = hanse::parse_csv({reinterpret_cast<const char*>(data), size}, 1000);
  if (!table) return 0;
  for (const auto& row : table->rows) HANSE_ASSERT(row.cells.size() == table->header.size());
  return 0;
}
