#include "connectors/opcua/settings.hpp"

#include <fmt/format.h>

#include <charconv>

#include "connectors/opcua/codec/node_text.hpp"

namespace hanse::connectors::opcua {

Result<ServerUrl> parse_url(std::string_view url) {
  constexpr std::string_view kScheme = "opc.tcp://";
  const auto wrong = [url] {
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is no address of an OPC UA server; write opc.tcp://host:4840", url.substr(0, 200)));
  };
  if (!url.starts_with(kScheme)) return wrong();
  std::string_view rest = url.substr(kScheme.size());
  ServerUrl out;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    out.path = rest.substr(slash);
    rest = rest.substr(0, slash);
  }
  const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = rest.substr(0, colon);
  if (bracket != std::string_view::npos) out.host = rest.substr(1, bracket - 1);
  if (colon != std::string_view::npos) {
    const auto port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc{} || end != port.data() + port.size() || out.port == 0) return wrong();
  }
  if (out.host.empty() || out.host.find_first_of(" \t@") != std::string::npos) return wrong();
  return out;
}

void OpcuaSettings::validate(JsonReader& reader) const {
  if (const auto address = parse_url(url); !address) reader.error_at("url", address.error().message);
  for (const auto& fallback : fallback_urls) {
    if (const auto address = parse_url(fallback); !address) reader.error_at("fallback_urls", address.error().message);
  }
  if (security_policy == PolicyChoice::none && !unsecured_until) {
    reader.error_at("unsecured_until", "must be set when security_policy is none: nothing is protected until then");
  }
  if (!root.empty()) {
    if (const auto node = parse_node(root); !node) reader.error_at("root", node.error().message);
  }
  for (const auto& choice : nodes) {
    if (const auto node = parse_node(choice.node); !node) reader.error_at("nodes", node.error().message);
  }
  for (const auto& choice : nodes) {
    if (choice.deadband > 0 && choice.deadband_percent > 0)
      reader.error_at("nodes", fmt::format("'{}' has two deadbands; keep one", choice.node.substr(0, 200)));
  }
  for (const auto& choice : writable) {
    if (const auto node = parse_node(choice.node); !node) reader.error_at("writable", node.error().message);
    if (choice.low && choice.high && *choice.low > *choice.high)
      reader.error_at("writable", fmt::format("'{}' has a low above its high", choice.node.substr(0, 200)));
  }
  for (const auto& choice : callable) {
    for (const auto* text : {&choice.object, &choice.method}) {
      if (const auto node = parse_node(*text); !node) reader.error_at("callable", node.error().message);
    }
  }
  if (publishing_interval < 10ms || publishing_interval > 1h)
    reader.error_at("publishing_interval", "must be from 10ms to 1h");
  if (sampling_interval < 0s || sampling_interval > 1h) reader.error_at("sampling_interval", "must be from 0s to 1h");
  if (session_timeout < 10s || session_timeout > 1h) reader.error_at("session_timeout", "must be from 10s to 1h");
  if (user.empty() != password.empty()) reader.error_at("password", "must come with a user, and a user with it");
  if (user_certificate_file.empty() != user_key_file.empty()) {
    reader.error_at("user_key_file", "must come with user_certificate_file, and that with it");
  }
}

}  // namespace hanse::connectors::opcua
