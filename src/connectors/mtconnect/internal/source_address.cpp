#include "connectors/mtconnect/internal/source_address.hpp"

#include "net/http_client.hpp"

namespace hanse::connectors::mtconnect::internal {
namespace {

constexpr std::string_view kAdapter = "shdr://";
constexpr std::uint16_t kAdapterPort = 7878;  // What the reference adapters listen on.

}  // namespace

Result<SourceAddress> parse_source(std::string_view url) {
  const bool adapter = url.starts_with(kAdapter);
  if (!adapter && !url.starts_with("http://") && !url.starts_with("https://")) {
    return fail(ErrorCode::invalid, "must begin with http://, https:// or shdr://");
  }
  // An adapter's address has the same shape; its port differs.
  const auto text = adapter ? "http://" + std::string{url.substr(kAdapter.size())} : std::string{url};
  HANSE_TRY(auto parsed, net::parse_url(text));
  if (adapter) {
    const auto authority = text.substr(0, text.find('/', 7));
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string::npos && colon > 5 && authority.find(']', colon) == std::string::npos;
    return SourceAddress{.adapter = true, .host = parsed.host, .port = has_port ? parsed.port : kAdapterPort};
  }
  if (parsed.target.find('?') != std::string::npos) return fail(ErrorCode::invalid, "must not have a query");
  SourceAddress address{.base_url = text};
  while (address.base_url.ends_with('/')) address.base_url.pop_back();
  return address;
}

}  // namespace hanse::connectors::mtconnect::internal
