#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "programme/import.hpp"

/// Any bytes as an import of any kind: a report or an error, and never a written row in a dry run.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  static const SystemClock clock;
  static const auto store = store::open_store("sqlite::memory:", clock).value();
  static const auto ecosystem = ecosystem::Ecosystem::open(*store).value();
  static const auto programme = programme::Programme::open(*store, *ecosystem, clock).value();
  if (size == 0) return 0;
  const auto kind = static_cast<programme::ImportKind>(data[0] % 4);
  const std::string_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto report = programme::import(*programme, {"user:fuzz"}, {kind, body, true});
  HANSE_ASSERT(!report || !report->written);
  HANSE_ASSERT(programme->collection<programme::Need>().all().value().empty());
  return 0;
}
