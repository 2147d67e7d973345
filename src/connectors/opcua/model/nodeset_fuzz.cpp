#include <cstddef>
#include <cstdint>
#include <string_view>

#include "connectors/opcua/model/nodeset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)hanse::connectors::opcua::read_nodeset({reinterpret_cast<const char*>(data), size});
  return 0;
}
