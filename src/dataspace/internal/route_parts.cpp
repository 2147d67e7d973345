#include "dataspace/internal/route_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/common_inputs.hpp"
#include "base/text.hpp"

namespace hanse::dataspace {
namespace {

using api::NoInput;

}  // namespace

void add_route(std::vector<api::Route>& out, api::Method method, std::string path, std::string_view summary,
               std::string_view permission, std::function<Result<api::Response>(const api::Request&)> handle,
               std::size_t body_bytes_max) {
  // Partners' nodes build addresses with a slash at the end as well.
  for (const auto* end : {"", "/"}) {
    auto made = api::route<NoInput, api::Response>(
        {method, path + end, std::string{summary}, std::string{permission}, body_bytes_max},
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

void take_range(std::string_view header, DataWindow& window) {
  constexpr std::string_view kBytes = "bytes=";
  if (!header.starts_with(kBytes)) return;
  header.remove_prefix(kBytes.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return;
  std::int64_t first = 0, last = 0;
  const auto number = [](std::string_view text, std::int64_t& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc{} && end == text.data() + text.size() && into >= 0;
  };
  if (!number(header.substr(0, dash), first)) return;
  const auto end = header.substr(dash + 1);
  if (!end.empty() && (!number(end, last) || last < first)) return;
  window.offset = first;
  if (!end.empty()) window.length = last - first + 1;
}

void mark_range(api::Response& response, std::int64_t offset, std::int64_t total) {
  if (total <= 0) return;
  const auto end = offset + std::ssize(response.body);
  response.headers.emplace_back("Accept-Ranges", "bytes");
  response.headers.emplace_back("Content-Range",
                                fmt::format("bytes {}-{}/{}", offset, std::max(offset, end - 1), total));
  if (offset > 0 || end < total) response.status = 206;
}

}  // namespace hanse::dataspace
