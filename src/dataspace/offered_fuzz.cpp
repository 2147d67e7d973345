#include <cstdlib>

#include "dataspace/offered.hpp"
#include "dataspace/onboarding.hpp"

// Whatever a node says of itself or offers is read or refused; what is read can be asked for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::dataspace;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto offered = read_catalogue(text)) {
    for (const auto& dataset : *offered) {
      if (dataset.id.empty()) std::abort();
    }
  }
  if (const auto did = read_did_document(text); did && did->participant.empty()) std::abort();
  if (const auto path = read_version_document(text); path && path->ends_with('/')) std::abort();
  if (const auto origin = origin_of_typed(text); origin && origin->empty()) std::abort();
  (void)read_introduction(text, "did:web:own.example", hanse::Timestamp{0});
  return 0;
}
