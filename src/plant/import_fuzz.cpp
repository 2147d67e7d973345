#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "plant/import.hpp"

/// Any bytes as an import of any kind: a report or an error, and never a written row that the report calls wrong.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  static const SystemClock clock;
  static signal::Directory directory;
  static const auto store = store::open_store("sqlite::memory:", clock).value();
  static const auto plant = plant::Plant::open(*store, clock, directory).value();
  if (size == 0) return 0;
  const auto kind = static_cast<plant::ImportKind>(data[0] % 6);
  const std::string_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto report = plant::import(*plant, {"user:fuzz"}, {kind, body, true});
  HANSE_ASSERT(!report || !report->written);
  HANSE_ASSERT(plant->records()->assets.empty());
  return 0;
}
