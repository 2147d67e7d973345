#include <cstddef>
#include <cstdint>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/security/secure_channel.hpp"
#include "connectors/opcua/settings.hpp"

// Foreign certificates, and the headers that bring them; addresses that people write.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::connectors::opcua;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (const auto chain = Certificate::chain_from_der(bytes)) {
    for (const auto& certificate : *chain) {
      (void)certificate.subject();
      (void)certificate.application_uri();
      (void)certificate.not_after();
      (void)certificate.fingerprint();
    }
  }
  (void)read_asymmetric_header(bytes);
  if (const auto node = parse_node(bytes)) (void)node_text(node->node, {});
  (void)parse_url(bytes);
  return 0;
}
