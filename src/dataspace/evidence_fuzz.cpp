#include <cstdlib>

#include "dataspace/evidence.hpp"
#include "dataspace/records.hpp"

// A bundle of anybody is judged without a crash, and nothing unsigned is ever valid; addresses and signed texts
// likewise.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::dataspace;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static const SigningKey key = new_signing_key();
  if (verify_evidence(text, key.public_key).valid) std::abort();
  if (verify_jws(text, key.public_key)) std::abort();
  if (unseal(text, key)) std::abort();
  const auto origin = origin_of(text);
  if (!origin.empty() && origin_of(origin) != origin) std::abort();
  return 0;
}
