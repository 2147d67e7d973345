#include <cstdlib>

#include "dataspace/catalogue.hpp"

// Whatever a partner asks the catalogue for stays within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = hanse::dataspace::read_catalogue_request({reinterpret_cast<const char*>(data), size});
  if (request && (request->limit < 1 || request->limit > 1000 || request->offset < 0)) std::abort();
  return 0;
}
