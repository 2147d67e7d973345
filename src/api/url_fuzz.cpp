#include <cstdint>
#include <cstdlib>

#include "api/router.hpp"

/// Paths and queries of foreign requests.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const hanse::api::Router router{[] {
    std::vector<hanse::api::Route> routes(3);
    routes[0].path = "/api/v1/assets/{id}";
    routes[1].path = "/api/v1/assets/{id}/parts/{part}";
    routes[2].path = "/api/v1/{kind}/all";
    return routes;
  }()};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto match = router.find(hanse::api::Method::get, text);
  if (match && match->route && match->parameters.empty()) std::abort();
  const auto parameters = hanse::api::parse_query(text);
  if (parameters && parameters->size() > size) std::abort();
  return 0;
}
