#include <cstdlib>

#include "dataspace/canonical_json.hpp"
#include "dataspace/policy.hpp"

// Any rules that read can be decided and explained; rules are the same as themselves.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::dataspace;
  const hanse::RawJson text{std::string{reinterpret_cast<const char*>(data), size}};
  const auto policy = read_policy(text);
  if (!policy) return 0;
  const auto decision = decide(*policy, {.moment = Moment::use, .now = {1'700'000'000'000'000'000}, .uses = 2});
  if (decision.because.empty()) std::abort();
  (void)explain(*policy);
  (void)shaping_of(*policy);
  (void)count_of(*policy);
  (void)until_of(*policy, hanse::Timestamp{0});
  if (canonical_json(text.text) && !same_rules(text, text)) std::abort();
  return 0;
}
