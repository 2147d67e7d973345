#include "dataspace/records.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hanse::dataspace {

void Partner::validate(JsonReader& reader) const {
  if (!is_plain_id(id)) reader.error_at("id", "must hold letters, digits and hyphens only");
  if (origin_of(address).empty()) reader.error_at("address", "must be an http or https URL with a host");
  for (const auto& origin : callback_origins) {
    if (origin_of(origin) != origin)
      reader.error_at("callback_origins", "must be origins such as https://node.example.org:8443");
  }
  if (identity == IdentityMode::signed_key && trust == Trust::confirmed && public_key.empty()) {
    reader.error_at("public_key", "is required before a partner with signed keys can be confirmed");
  }
}

std::vector<store::IndexField> Partner::index(const Partner& partner) {
  std::vector<store::IndexField> fields{{"participant", partner.participant}};
  if (!partner.token_in.empty()) fields.push_back({"token", partner.token_in});
  return fields;
}

void OfferTemplate::validate(JsonReader& reader) const {
  if (!is_plain_id(id)) reader.error_at("id", "must hold letters, digits and hyphens only");
  if (rules.text.empty() || rules.text == "null") return;
  if (!(terms == Terms{})) reader.error_at("terms", "must be left out when there are rules");
  const auto policy = read_policy(rules);
  if (!policy) {
    const auto& fields = policy.error().fields;
    reader.error_at("rules",
                    fields.empty() ? policy.error().message : fields.front().path + ' ' + fields.front().message);
  } else if (policy->permissions.empty() && policy->prohibitions.empty()) {
    reader.error_at("rules", "must hold a permission or a prohibition");
  }
}

std::vector<store::IndexField> Process::index(const Process& process) {
  std::vector<store::IndexField> fields{{"kind", describe::enum_name(process.kind)},
                                        {"partner", process.partner},
                                        {"state", describe::enum_name(process.state)},
                                        {"changed", sortable(process.changed_at)}};
  if (!process.peer_pid.empty()) fields.push_back({"peer", process.partner + '|' + process.peer_pid});
  if (!process.agreement.empty()) fields.push_back({"agreement", process.agreement});
  if (process.deadline) fields.push_back({"deadline", sortable(*process.deadline)});
  return fields;
}

std::vector<store::IndexField> Agreement::index(const Agreement& agreement) {
  std::vector<store::IndexField> fields{
      {"partner", agreement.partner}, {"dataset", agreement.dataset}, {"agreed", sortable(agreement.agreed_at)}};
  if (agreement.until && agreement.status == AgreementStatus::in_force)
    fields.push_back({"ends", sortable(*agreement.until)});
  return fields;
}

std::string sortable(std::int64_t number) { return fmt::format("{:016}", number); }

std::string sortable(Timestamp time) {
  auto text = to_string(time);  // 2026-03-01T06:00:00[.fraction]Z
  text.pop_back();
  if (text.size() == 19) text += '.';
  constexpr std::string_view kZeros = "000000000";  // digits after the point, at most 9
  text += kZeros.substr(std::min(text.size() - 20, kZeros.size()));
  return text + 'Z';
}

std::string origin_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const auto scheme = to_lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return {};
  auto rest = url.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  // A user name before '@' would make people read another host than the one that is called.
  if (rest.empty() || rest.find_first_of("@\\ \t\r\n") != std::string_view::npos) return {};
  auto host = to_lower(rest);
  // One colon, before the port, is all that a host may have outside the brackets of an IPv6 address.
  const auto bracket = host.rfind(']');
  if (host.starts_with('[') != (bracket != std::string::npos)) return {};
  const std::string_view tail =
      bracket == std::string::npos ? std::string_view{host} : std::string_view{host}.substr(bracket + 1);
  if (std::ranges::count(tail, ':') > 1 || (bracket != std::string::npos && !tail.empty() && tail.front() != ':'))
    return {};
  const std::string_view standard = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(standard)) host.erase(host.size() - standard.size());
  return host.empty() ? std::string{} : scheme + "://" + host;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace hanse::dataspace
