#include "dataspace/internal/route_parts.hpp"

#include <fmt/format.h>

#include "api/common_inputs.hpp"
#include "base/text.hpp"

namespace hanse::dataspace {
namespace {

using api::NoInput;

constexpr std::size_t kBodyMax = 1 << 20;

}  // namespace

void add_route(std::vector<api::Route>& out, api::Method method, std::string path, std::string_view summary,
               std::string_view permission, std::function<Result<api::Response>(const api::Request&)> handle) {
  // Partners' nodes build addresses with a slash at the end as well.
  for (const auto* end : {"", "/"}) {
    auto made = api::route<NoInput, api::Response>(
        {method, path + end, std::string{summary}, std::string{permission}, kBodyMax},
        [](const NoInput&, const api::Context&) -> Result<api::Response> { return api::Response{}; });
    made.handle = handle;
    out.push_back(std::move(made));
    if (permission == "public") break;
  }
}

Result<Partner> calling_partner(Connector& connector, const api::Request& request) {
  constexpr std::string_view kPrefix = "partner:";
  const std::string_view id = request.caller.id;
  if (!id.starts_with(kPrefix) || id.size() == kPrefix.size())
    return fail(ErrorCode::unauthenticated, "the partner's token isn't known here");
  auto partner = connector.parts().partners.confirmed(id.substr(kPrefix.size()));
  if (!partner) return fail(ErrorCode::unauthenticated, "the partner's token isn't known here");
  return partner;
}

std::string bare_token(std::string_view authorization) {
  constexpr std::string_view kBearer = "bearer ";
  if (to_lower(authorization.substr(0, kBearer.size())) == kBearer) authorization.remove_prefix(kBearer.size());
  return std::string{trim(authorization)};
}

std::string encode_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace hanse::dataspace
