#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "base/toml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = hanse::toml_to_json({reinterpret_cast<const char*>(data), size});
  if (json) (void)hanse::JsonDocument::parse(*json);
  return 0;
}
