#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "ecosystem/import.hpp"

/// Any bytes as an import of any kind: a report or an error, and never a written row in a dry run.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  static const SystemClock clock;
  static const auto store = store::open_store("sqlite::memory:", clock).value();
  static const auto ecosystem = ecosystem::Ecosystem::open(*store).value();
  if (size == 0) return 0;
  const auto kind = static_cast<ecosystem::ImportKind>(data[0] % 7);
  const std::string_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto report = ecosystem::import(*ecosystem, {"user:fuzz"}, {kind, body, true});
  HANSE_ASSERT(!report || !report->written);
  HANSE_ASSERT(ecosystem->records()->organisations.size() == 0);
  return 0;
}
