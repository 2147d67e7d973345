#include <cstdlib>

#include "twin/codec/base64.hpp"
#include "twin/model/element_path.hpp"
#include "twin/service/wire.hpp"

// Identifiers, paths of elements, queries and forms, as strangers send them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::twin;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto id = decode_identifier("id", text); id && !text.ends_with('=') && encode_base64url(*id) != text)
    std::abort();
  if (const auto path = parse_element_path(text); path && to_string(*path) != text) std::abort();
  if (const auto query = QueryParameters::parse(text)) {
    (void)page_wish(*query);
    (void)shape_wish(*query);
    (void)boolean_wish(*query, "includeConceptDescriptions", true);
  }
  const auto line = std::min(text.find('\n'), text.size());
  (void)parse_form(text.substr(std::min(line + 1, text.size())), text.substr(0, line));
  return 0;
}
