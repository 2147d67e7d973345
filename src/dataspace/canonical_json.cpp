#include "dataspace/canonical_json.hpp"

#include <algorithm>

namespace hanse::dataspace {

namespace {

constexpr std::int64_t kExactMax = std::int64_t{1} << 53;  // RFC 7493, 2.2: what a double holds exactly

/// Compares as UTF-16 code units: differs from the bytes' order only between surrogates (above U+FFFF) and U+E000 to
/// U+FFFF, whose first UTF-8 bytes are 0xF0.. and 0xEE, 0xEF.
bool before(std::string_view a, std::string_view b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at.first == a.end() || at.second == b.end()) return a.size() < b.size();
  const auto weight = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xF0 ? 0xED00 + byte : byte << 8;
  };
  return weight(*at.first) < weight(*at.second);
}

Result<void> append(std::string& out, JsonRef value) {
  using Kind = JsonRef::Kind;
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      return {};
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return {};
    case Kind::string:
      json::append_string(out, value.string());
      return {};
    case Kind::integer:
      if (value.integer() > kExactMax || value.integer() < -kExactMax)
        return fail(ErrorCode::invalid, "a number is too large to be signed");
      json::append_integer(out, value.integer());
      return {};
    case Kind::real:
      return fail(ErrorCode::invalid, "only whole numbers can be signed; write others as texts");
    case Kind::array:
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        HANSE_CHECK(append(out, value.element(i)));
      }
      out += ']';
      return {};
    case Kind::object: {
      std::vector<std::pair<std::string_view, JsonRef>> members;
      for (std::size_t i = 0; i < value.size(); ++i) members.push_back(value.member(i));
      std::ranges::sort(members, [](const auto& a, const auto& b) { return before(a.first, b.first); });
      out += '{';
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) out += ',';
        json::append_string(out, members[i].first);
        out += ':';
        HANSE_CHECK(append(out, members[i].second));
      }
      out += '}';
      return {};
    }
  }
  return {};
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

Result<std::string> canonical_json(JsonRef value) {
  std::string out;
  HANSE_CHECK(append(out, value));
  return out;
}

Result<std::string> canonical_json(std::string_view text) {
  HANSE_TRY(const auto document, JsonDocument::parse(text));
  return canonical_json(document.root());
}

}  // namespace hanse::dataspace
