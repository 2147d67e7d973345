#include <cstdint>
#include <cstdlib>

#include "node/archive/manifest.hpp"

/// A manifest that is taken names only files below its folder, and is taken again as it is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest = hanse::node::parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) return 0;
  for (const auto& file : manifest->files) {
    if (!hanse::node::is_inner_path(file.path)) std::abort();
  }
  if (!hanse::node::parse_manifest(hanse::to_json(*manifest))) std::abort();
  return 0;
}
