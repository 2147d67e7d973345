#include <algorithm>
#include <cstdint>

#include "twin/model/lexical.hpp"
#include "twin/model/scan.hpp"

// Source: RFC 2396 as RFC 2732 amends it, which is what xs:anyURI of XML Schema 1.0 means.

namespace hanse::twin {
namespace {

bool is_unreserved(char c) {
  return is_alphanumeric(c) || std::string_view{"-_.!~*'()"}.find(c) != std::string_view::npos;
}

/// Only unreserved and escaped characters, and those of `others`.
bool consists_of(std::string_view text, std::string_view others) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
      i += 2;
    } else if (!is_unreserved(text[i]) && others.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

constexpr std::string_view kAnywhere = ";/?:@&=+$,[]";
constexpr std::string_view kPath = ":@&=+$,;/";

bool is_authority(std::string_view text) {
  const auto open = text.find('[');
  if (open == std::string_view::npos) return consists_of(text, "$,;:@&=+");
  const auto close = text.find(']', open);
  if (close == std::string_view::npos || close == open + 1) return false;
  const auto user = text.substr(0, open);
  if (!user.empty() && (!user.ends_with('@') || !consists_of(user.substr(0, user.size() - 1), ";:&=+$,"))) return false;
  const auto address = text.substr(open + 1, close - open - 1);
  if (!std::all_of(address.begin(), address.end(), [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; })) {
    return false;
  }
  const auto port = text.substr(close + 1);
  return port.empty() || (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), is_digit));
}

/// `//authority/path` or `/path`, with a query.
bool is_rooted(std::string_view text) {
  const auto query = std::min(text.find('?'), text.size());
  if (query < text.size() && !consists_of(text.substr(query + 1), kAnywhere)) return false;
  text = text.substr(0, query);
  if (text.starts_with("//")) {
    const auto end = std::min(text.find('/', 2), text.size());
    return is_authority(text.substr(2, end - 2)) && consists_of(text.substr(end), kPath);
  }
  return consists_of(text, kPath);
}

bool is_relative_path(std::string_view text) {
  const auto query = std::min(text.find('?'), text.size());
  if (query < text.size() && !consists_of(text.substr(query + 1), kAnywhere)) return false;
  const auto path = text.substr(0, query);
  const auto first = path.substr(0, path.find('/'));
  return !first.empty() && consists_of(first, ";@&=+$,") && consists_of(path.substr(first.size()), kPath);
}

/// The code point that begins at `at`; moves on behind it. The text is UTF-8.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  std::uint32_t code = first & (0x3F >> more);
  for (int i = 0; i < more && at < text.size(); ++i) code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  return code;
}

bool is_private(std::uint32_t code) { return (code >= 0xE000 && code <= 0xF8FF) || code >= 0xF0000; }

}  // namespace

bool is_iri_reference(std::string_view text) {
  const auto hash = std::min(text.find('#'), text.size());
  const auto query = std::min(text.find('?'), hash);
  for (std::size_t i = 0; i < text.size();) {
    const auto begin = i;
    const auto code = next_code_point(text, i);
    if (code == '#' && begin != hash) return false;
    if (code == '%') {
      if (begin + 2 >= text.size() || !is_hex_digit(text[begin + 1]) || !is_hex_digit(text[begin + 2])) return false;
    } else if (code < 0x80) {
      const char c = static_cast<char>(code);
      if (!is_unreserved(c) && c != '#' && kAnywhere.find(c) == std::string_view::npos) return false;
    } else if (code < 0xA0 || (is_private(code) && (begin < query || begin > hash)) || (code & 0xFFFE) == 0xFFFE) {
      return false;
    }
  }
  return true;
}

bool is_uri_reference(std::string_view text) {
  const auto hash = std::min(text.find('#'), text.size());
  if (hash < text.size() && !consists_of(text.substr(hash + 1), kAnywhere)) return false;
  text = text.substr(0, hash);
  if (text.empty()) return true;
  if (text.front() == '/') return is_rooted(text);
  Scan scan{text};
  if (is_letter(scan.peek())) {
    scan.take_while([](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
    if (scan.take(':')) {
      const auto rest = scan.rest();
      if (rest.starts_with('/')) return is_rooted(rest);
      return !rest.empty() && consists_of(rest, kAnywhere) && rest.front() != '[' && rest.front() != ']';
    }
  }
  return is_relative_path(text);
}

}  // namespace hanse::twin
