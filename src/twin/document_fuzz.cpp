#include <cstdlib>

#include "twin/check/check.hpp"
#include "twin/codec/forms.hpp"
#include "twin/codec/xml_codec.hpp"

// The first byte says which codec reads the rest. What was read tolerantly must be written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::twin;
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const bool xml = data[0] % 2 == 1;
  const Reading reading{.edition = Edition::any, .tolerant = true};
  Findings findings;
  const auto node = xml ? read_xml(text, Class::Environment, reading, findings)
                        : read_json(text, Class::Environment, reading, findings);
  if (!node) return 0;
  check(*node, Edition::v3_1, findings);
  std::string out;
  for (const auto& each : node->nodes(Name::submodels)) {
    append_value(out, each, {.extent = Extent::with_blob_value});
    append_metadata(out, each);
    (void)paths_of(each, Level::deep);
  }
  const auto json = write_json(*node);
  Findings again;
  const auto same = read_json(std::string_view{json}, Class::Environment, reading, again);
  // A value-less boolean is the one thing JSON has no word for; the reader never makes one.
  if (!same || write_json(*same) != json) std::abort();
  return 0;
}
