#include <cstdlib>

#include "dataspace/amendment.hpp"
#include "dataspace/term_changes.hpp"

// What reads as an amendment is exactly what is signed, and can be told apart from any other terms.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::dataspace;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto document = read_amendment(text);
  if (!document) return 0;
  const auto again = amendment_text(*document);
  if (!again || *again != text) std::abort();
  const auto terms = plain_rules(*read_policy(document->agreement));
  if (!term_changes(terms, terms).empty()) std::abort();
  (void)term_changes(terms, {});
  return 0;
}
