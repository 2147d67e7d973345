#include "twin/model/lexical.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

/// Sign and digits of an integer; nothing else.
struct Integer {
  bool negative = false;
  std::string_view digits;  ///< Without leading zeros; empty for zero.
};
std::optional<Integer> read_integer(std::string_view text) {
  Integer out;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  out.digits = text;
  return out;
}

/// The bounds of an integer type as digits; an empty bound is none.
struct IntegerType {
  std::string_view name;
  bool has_min = false, has_max = false;
  bool min_negative = false;
  std::string_view min_digits = {}, max_digits = {};
  bool max_negative = false;
};
constexpr std::array kIntegerTypes{
    IntegerType{"xs:integer"},
    IntegerType{"xs:byte", true, true, true, "128", "127"},
    IntegerType{"xs:short", true, true, true, "32768", "32767"},
    IntegerType{"xs:int", true, true, true, "2147483648", "2147483647"},
    IntegerType{"xs:long", true, true, true, "9223372036854775808", "9223372036854775807"},
    IntegerType{"xs:unsignedByte", true, true, false, "", "255"},
    IntegerType{"xs:unsignedShort", true, true, false, "", "65535"},
    IntegerType{"xs:unsignedInt", true, true, false, "", "4294967295"},
    IntegerType{"xs:unsignedLong", true, true, false, "", "18446744073709551615"},
    IntegerType{"xs:nonNegativeInteger", true, false, false, ""},
    IntegerType{"xs:positiveInteger", true, false, false, "1"},
    IntegerType{"xs:nonPositiveInteger", false, true, false, "", ""},
    IntegerType{"xs:negativeInteger", false, true, false, "", "1", true}};

int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}
int compare(const Integer& a, bool b_negative, std::string_view b_digits) {
  const bool a_negative = a.negative && !a.digits.empty();
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  const int order = compare_digits(a.digits, b_digits);
  return a_negative ? -order : order;
}

bool is_integer_of(std::string_view text, const IntegerType& type) {
  const auto value = read_integer(text);
  if (!value) return false;
  if (type.has_min && compare(*value, type.min_negative, type.min_digits) < 0) return false;
  return !type.has_max || compare(*value, type.max_negative, type.max_digits) <= 0;
}

/// Digits with at most one point; at least one digit.
bool is_decimal(std::string_view text) {
  Scan scan{text};
  scan.sign();
  const auto whole = scan.digits();
  std::size_t fraction = 0;
  if (scan.take('.')) fraction = scan.digits();
  return whole + fraction > 0 && scan.done();
}

bool is_real(std::string_view text, double largest) {
  if (text == "INF" || text == "-INF" || text == "NaN") return true;
  Scan scan{text};
  scan.sign();
  const auto whole = scan.digits();
  std::size_t fraction = 0;
  if (scan.take('.')) fraction = scan.digits();
  if (whole + fraction == 0) return false;
  if (scan.take('e') || scan.take('E')) {
    scan.sign();
    if (scan.digits() == 0) return false;
  }
  if (!scan.done()) return false;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range is also what is too small to tell from zero; only what is too large is wrong.
  if (error == std::errc::result_out_of_range) {
    const auto exponent = text.find_first_of("eE");
    return exponent != std::string_view::npos && exponent + 1 < text.size() && text[exponent + 1] == '-';
  }
  return error == std::errc{} && std::abs(value) <= largest;
}

bool is_base64(std::string_view text) {
  std::size_t symbols = 0, pads = 0;
  for (const char c : text) {
    if (c == ' ' && symbols > 0) continue;
    const bool symbol = is_letter(c) || is_digit(c) || c == '+' || c == '/';
    if (symbol && pads == 0) {
      ++symbols;
    } else if (c == '=' && pads < 2) {
      ++pads;
    } else {
      return false;
    }
  }
  return (symbols + pads) % 4 == 0 && (pads == 0 || symbols > 0);
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), is_hex_digit);
}

bool is_duration(std::string_view text) {
  Scan scan{text};
  scan.take('-');
  if (!scan.take('P')) return false;
  constexpr std::string_view kDateUnits = "YMD", kTimeUnits = "HMS";
  bool any = false;
  // Units come in order, each at most once; only seconds may have a fraction.
  const auto part = [&](std::string_view units) {
    std::size_t next = 0;
    bool some = false;
    while (!scan.done() && is_digit(scan.peek())) {
      scan.digits();
      const bool fraction = scan.take('.');
      if (fraction && scan.digits() == 0) return -1;
      const auto unit = scan.done() ? std::string_view::npos : units.find(scan.peek(), next);
      if (unit == std::string_view::npos || (fraction && units[unit] != 'S')) return -1;
      scan.skip();
      next = unit + 1;
      some = true;
    }
    return some ? 1 : 0;
  };
  const int date = part(kDateUnits);
  if (date < 0) return false;
  any = date > 0;
  if (scan.take('T')) return part(kTimeUnits) == 1 && scan.done();
  return any && scan.done();
}

bool is_language(std::string_view text) {
  constexpr std::array<std::string_view, 26> kGrandfathered{
      "en-GB-oed", "i-ami",     "i-bnn",     "i-default",  "i-enochian",  "i-hak",  "i-klingon",
      "i-lux",     "i-mingo",   "i-navajo",  "i-pwn",      "i-tao",       "i-tay",  "i-tsu",
      "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE", "art-lojban", "cel-gaulish", "no-bok", "no-nyn",
      "zh-guoyu",  "zh-hakka",  "zh-min",    "zh-min-nan", "zh-xiang"};
  if (std::find(kGrandfathered.begin(), kGrandfathered.end(), text) != kGrandfathered.end()) return true;
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('-', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto all = [](std::string_view part, auto test, std::size_t min, std::size_t max) {
    return part.size() >= min && part.size() <= max && std::all_of(part.begin(), part.end(), test);
  };
  std::size_t i = 0;
  const auto is_private = [&] { return i < parts.size() && (parts[i] == "x" || parts[i] == "X"); };
  const auto take_private = [&] {
    const auto first = ++i;
    while (i < parts.size() && all(parts[i], is_alphanumeric, 1, 8)) ++i;
    return i > first && i == parts.size();
  };
  if (is_private()) return take_private();
  if (!all(parts[i], is_letter, 2, 8)) return false;
  const bool short_language = parts[i++].size() <= 3;
  for (int n = 0; short_language && n < 3 && i < parts.size() && all(parts[i], is_letter, 3, 3); ++n) ++i;
  if (i < parts.size() && all(parts[i], is_letter, 4, 4)) ++i;
  if (i < parts.size() && (all(parts[i], is_letter, 2, 2) || all(parts[i], is_digit, 3, 3))) ++i;
  while (i < parts.size() && (all(parts[i], is_alphanumeric, 5, 8) ||
                              (all(parts[i], is_alphanumeric, 4, 4) && is_digit(parts[i].front())))) {
    ++i;
  }
  while (i < parts.size() && !is_private() && all(parts[i], is_alphanumeric, 1, 1)) {
    const auto first = ++i;
    while (i < parts.size() && all(parts[i], is_alphanumeric, 2, 8)) ++i;
    if (i == first) return false;
  }
  if (is_private()) return take_private();
  return i == parts.size();
}

bool is_token_char(char c) {
  return is_alphanumeric(c) || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

/// A media type with parameters. Source: RFC 7231, 3.1.1.1.
bool is_content_type(std::string_view text) {
  Scan scan{text};
  const auto token = [&] { return scan.take_while(is_token_char) > 0; };
  const auto blanks = [&] { scan.take_while([](char c) { return c == ' ' || c == '\t'; }); };
  if (!token() || !scan.take('/') || !token()) return false;
  while (!scan.done()) {
    blanks();
    if (!scan.take(';')) return false;
    blanks();
    if (!token() || !scan.take('=')) return false;
    if (!scan.take('"')) {
      if (!token()) return false;
      continue;
    }
    while (!scan.done() && scan.peek() != '"') {
      if (scan.peek() == '\\') scan.skip();
      if (scan.done()) return false;
      scan.skip();
    }
    if (!scan.take('"')) return false;
  }
  return true;
}

bool is_id_short(std::string_view text, Edition edition) {
  if (text.empty() || !is_letter(text.front())) return false;
  const bool hyphens = edition != Edition::v3_0;
  for (const char c : text) {
    if (!is_alphanumeric(c) && c != '_' && !(hyphens && c == '-')) return false;
  }
  return text.back() != '-' && (edition != Edition::v3_1 || text.size() >= 2);
}

bool is_number_text(std::string_view text) {
  return text == "0" || (!text.empty() && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit));
}

bool is_utc(std::string_view text) {
  return text.ends_with('Z') || text.ends_with("+00:00") || text.ends_with("-00:00");
}

}  // namespace

bool is_xsd_value(std::string_view text, std::string_view type, Edition edition) {
  for (const auto& integer : kIntegerTypes) {
    if (integer.name == type) return is_integer_of(text, integer);
  }
  if (type == "xs:string") return true;
  if (type == "xs:double") return is_real(text, std::numeric_limits<double>::max());
  if (type == "xs:float") return is_real(text, static_cast<double>(std::numeric_limits<float>::max()));
  if (type == "xs:boolean") return text == "true" || text == "false" || text == "1" || text == "0";
  if (type == "xs:decimal") return is_decimal(text);
  if (type == "xs:duration") return is_duration(text);
  if (type == "xs:base64Binary") return is_base64(text);
  if (type == "xs:hexBinary") return is_hex(text);
  if (type == "xs:anyURI") {
    if (edition == Edition::any) return true;  // Blanks and the like are common, and no harm.
    return edition == Edition::v3_1 ? is_uri_reference(text) : is_iri_reference(text);
  }
  return is_calendar_value(text, type);
}

bool is_xsd_number(std::string_view type) {
  return type == "xs:double" || type == "xs:float" || type == "xs:decimal" ||
         std::any_of(kIntegerTypes.begin(), kIntegerTypes.end(),
                     [type](const IntegerType& integer) { return integer.name == type; });
}

bool fits(std::string_view text, Lexical lexical, Edition edition) {
  switch (lexical) {
    case Lexical::any:
      return true;
    case Lexical::id_short:
      return is_id_short(text, edition);
    case Lexical::number_text:
      return is_number_text(text);
    case Lexical::language:
      return is_language(text);
    case Lexical::content_type:
      return is_content_type(text);
    case Lexical::uri:
      return edition != Edition::v3_1 || is_uri_reference(text);
    case Lexical::date_time_utc:
      return is_calendar_value(text, "xs:dateTime") && is_utc(text);
    case Lexical::duration:
      return is_duration(text);
    case Lexical::base64:
      return edition == Edition::v3_0 || is_base64(text);
  }
  return false;
}

std::string_view expected(Lexical lexical) {
  switch (lexical) {
    case Lexical::any:
      break;
    case Lexical::id_short:
      return "must begin with a letter and hold letters, digits, '_' and, not at its end, '-'";
    case Lexical::number_text:
      return "must be a whole number without leading zeros";
    case Lexical::language:
      return "must be a language tag by BCP 47, as in en or de-CH";
    case Lexical::content_type:
      return "must be a media type, as in image/png";
    case Lexical::uri:
      return "must be a URI or the path of a file in the package, blanks written as %20";
    case Lexical::date_time_utc:
      return "must be a date and time in UTC, as in 2026-03-01T06:00:00Z";
    case Lexical::duration:
      return "must be a duration, as in PT30S";
    case Lexical::base64:
      return "must be base64 with its padding";
  }
  return "must be a text";
}

bool has_xml_characters_only(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    // U+FFFE and U+FFFF; surrogates are no UTF-8.
    if (c == 0xEF && i + 2 < text.size() && text[i + 1] == '\xBF' && (text[i + 2] == '\xBE' || text[i + 2] == '\xBF'))
      return false;
    if (c == 0xED && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0) return false;
  }
  return true;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_english(std::string_view language) {
  return language.size() >= 2 && (language.starts_with("en") || language.starts_with("EN")) &&
         (language.size() == 2 || language[2] == '-');
}

}  // namespace hanse::twin
