#include <cstdlib>

#include "twin/codec/aasx.hpp"

// No package may lead out of itself or fill the memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::twin;
  Findings findings;
  const PackageLimits limits{.entries_max = 100, .entry_bytes_max = 1u << 20, .total_bytes_max = 4u << 20};
  const auto package = read_aasx({reinterpret_cast<const char*>(data), size},
                                 {.edition = Edition::any, .tolerant = true}, findings, limits);
  if (!package) return 0;
  for (const auto& file : package->files) {
    if (!file.path.starts_with('/') || file.path.find("/../") != std::string::npos) std::abort();
  }
  return 0;
}
