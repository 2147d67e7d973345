#include "plant/time_zone.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>

namespace hanse::plant {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::string_view kDatabase = "/usr/share/zoneinfo/";
constexpr std::size_t kFileBytesMax = 1 << 20;

/// Reads big-endian numbers and refuses to run over the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}
  bool ok() const { return ok_; }
  std::string_view rest() const { return left_; }
  std::string_view take(std::size_t count) {
    if (count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::int64_t number(std::size_t width) {
    const auto bytes = take(width);
    if (bytes.empty()) return 0;
    std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) ? ~std::uint64_t{0} : 0;
    for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
  }

 private:
  std::string_view left_;
  bool ok_ = true;
};

struct Header {
  int version = 0;
  std::size_t utc_flags = 0, standard_flags = 0, leaps = 0, changes = 0, types = 0, letters = 0;
  std::size_t body_bytes(std::size_t time_bytes) const {
    return changes * time_bytes + changes + types * 6 + letters + leaps * (time_bytes + 4) + standard_flags + utc_flags;
  }
};

std::optional<Header> read_header(Bytes& in) {
  if (in.take(4) != "TZif") return {};
  Header header;
  const auto version = in.take(1);
  in.take(15);
  header.version = version.empty() || version[0] < '2' ? 1 : version[0] - '0';
  for (auto* count :
       {&header.utc_flags, &header.standard_flags, &header.leaps, &header.changes, &header.types, &header.letters}) {
    const auto value = in.number(4);
    if (value < 0 || value > 100'000) return {};
    *count = static_cast<std::size_t>(value);
  }
  if (!in.ok()) return {};
  return header;
}

/// Reads the parts of a POSIX TZ text.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : left_(text) {}
  bool done() const { return left_.empty(); }
  bool skip(char c) {
    if (left_.empty() || left_[0] != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool name() {
    std::size_t length = 0;
    if (skip('<')) {
      length = left_.find('>');
      if (length == std::string_view::npos || length < 3) return false;
      left_.remove_prefix(length + 1);
      return true;
    }
    while (length < left_.size() && std::isalpha(static_cast<unsigned char>(left_[length]))) ++length;
    left_.remove_prefix(length);
    return length >= 3;
  }
  std::optional<std::int64_t> number(std::int64_t max) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < left_.size() && digits < 4 && std::isdigit(static_cast<unsigned char>(left_[digits]))) {
      value = value * 10 + (left_[digits++] - '0');
    }
    left_.remove_prefix(digits);
    if (digits == 0 || value > max) return {};
    return value;
  }
  /// `[+-]hh[:mm[:ss]]` in seconds.
  std::optional<std::int64_t> time() {
    const std::int64_t sign = skip('-') ? -1 : 1;
    if (sign == 1) skip('+');
    const auto hours = number(167);
    if (!hours) return {};
    std::int64_t total = *hours * 3600;
    for (const std::int64_t unit : {60, 1}) {
      if (!skip(':')) break;
      const auto part = number(59);
      if (!part) return {};
      total += *part * unit;
    }
    return sign * total;
  }
  std::optional<ZoneRule::Change> change() {
    ZoneRule::Change out;
    if (skip('M')) {
      const auto month = number(12);
      const auto week = skip('.') ? number(5) : std::nullopt;
      const auto day = skip('.') ? number(6) : std::nullopt;
      if (!month || !week || !day || *month < 1 || *week < 1) return {};
      out.month = static_cast<int>(*month);
      out.week = static_cast<int>(*week);
      out.day = static_cast<int>(*day);
    } else {
      out.form = skip('J') ? ZoneRule::Change::Form::julian_without_leap_day : ZoneRule::Change::Form::day_of_year;
      const auto day = number(365);
      if (!day) return {};
      out.day = static_cast<int>(*day);
    }
    if (skip('/')) {
      const auto second = time();
      if (!second) return {};
      out.second = *second;
    }
    return out;
  }

 private:
  std::string_view left_;
};

/// Seconds since 1970 on the wall at which `change` happens in `year`.
std::int64_t change_in_year(const ZoneRule::Change& change, std::chrono::year year) {
  using namespace std::chrono;
  local_days day;
  if (change.form == ZoneRule::Change::Form::month_week_day) {
    const month month{static_cast<unsigned>(change.month)};
    const weekday weekday{static_cast<unsigned>(change.day)};
    day = change.week == 5 ? local_days{year / month / weekday[last]}
                           : local_days{year / month / weekday[static_cast<unsigned>(change.week)]};
  } else if (change.form == ZoneRule::Change::Form::julian_without_leap_day) {
    const bool after_leap_day = year.is_leap() && change.day >= 60;
    day = local_days{year / January / 1} + days{change.day - 1 + (after_leap_day ? 1 : 0)};
  } else {
    day = local_days{year / January / 1} + days{change.day};
  }
  return day.time_since_epoch() / seconds{1} + change.second;
}

std::int64_t offset_by_rule(const ZoneRule& rule, std::int64_t utc_s) {
  if (!rule.has_summer) return rule.standard_s;
  const std::chrono::sys_days day{std::chrono::floor<days>(seconds{utc_s + rule.standard_s})};
  const auto year = std::chrono::year_month_day{day}.year();
  const auto begin = change_in_year(rule.begin, year) - rule.standard_s;
  const auto end = change_in_year(rule.end, year) - rule.summer_s;
  const bool summer = begin < end ? (utc_s >= begin && utc_s < end) : (utc_s >= begin || utc_s < end);
  return summer ? rule.summer_s : rule.standard_s;
}

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 60 || name.front() == '/' || name.find("..") != std::string_view::npos)
    return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+'; });
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> TimeZone::load(std::string_view name) {
  if (name == "UTC") return std::shared_ptr<const TimeZone>{std::make_shared<const TimeZone>()};
  if (!is_zone_name(name)) {
    return fail(ErrorCode::invalid, "'" + std::string{name} + "' is no time zone's name; one is 'Europe/Berlin'");
  }
  std::ifstream file{std::string{kDatabase} + std::string{name}, std::ios::binary};
  std::string bytes(kFileBytesMax, '\0');
  if (!file || !(file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())), file.gcount() > 0)) {
    return fail(ErrorCode::not_found,
                "the time zone database has no '" + std::string{name} + "'; one is 'Europe/Berlin'");
  }
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  HANSE_TRY(TimeZone zone, parse(bytes));
  return std::shared_ptr<const TimeZone>{std::make_shared<const TimeZone>(std::move(zone))};
}

Result<TimeZone> TimeZone::parse(std::string_view bytes) {
  const auto corrupt = [] { return fail(ErrorCode::corrupt, "the time zone file is damaged"); };
  Bytes in{bytes};
  auto header = read_header(in);
  if (!header || header->version < 2) return corrupt();
  in.take(header->body_bytes(4));  // The 32-bit part, kept by the format for old readers.
  header = read_header(in);
  if (!header || header->types == 0 || header->body_bytes(8) > in.rest().size()) return corrupt();

  TimeZone zone;
  for (std::size_t i = 0; i < header->changes; ++i) zone.changes_.push_back(in.number(8));
  const auto types = in.take(header->changes);
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < header->types; ++i) {
    offsets.push_back(in.number(4));
    in.take(2);
  }
  for (const char type : types) {
    if (static_cast<unsigned char>(type) >= offsets.size()) return corrupt();
    zone.offsets_.push_back(offsets[static_cast<unsigned char>(type)]);
  }
  const bool sane = std::all_of(offsets.begin(), offsets.end(), [](auto s) { return s > -90'000 && s < 90'000; });
  if (!in.ok() || !sane || !std::is_sorted(zone.changes_.begin(), zone.changes_.end())) return corrupt();
  zone.first_offset_ = offsets.front();
  in.take(header->letters + header->leaps * 12 + header->standard_flags + header->utc_flags);

  auto footer = in.rest();
  if (footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n') {
    footer = footer.substr(1, footer.size() - 2);
    if (!footer.empty()) {
      HANSE_TRY(zone.rule_, parse_rule(footer));
      zone.has_rule_ = true;
    }
  }
  return zone;
}

Result<ZoneRule> TimeZone::parse_rule(std::string_view text) {
  const auto wrong = [&] { return fail(ErrorCode::invalid, "'" + std::string{text} + "' is no POSIX time zone rule"); };
  RuleReader in{text};
  ZoneRule rule;
  if (!in.name()) return wrong();
  const auto west = in.time();
  if (!west) return wrong();
  rule.standard_s = -*west;
  rule.summer_s = rule.standard_s + 3600;
  if (in.done()) return rule;
  if (!in.name()) return wrong();
  rule.has_summer = true;
  if (!in.skip(',')) {
    const auto summer_west = in.time();
    if (!summer_west || !in.skip(',')) return wrong();
    rule.summer_s = -*summer_west;
  }
  const auto begin = in.change();
  const auto end = begin && in.skip(',') ? in.change() : std::nullopt;
  if (!begin || !end || !in.done()) return wrong();
  rule.begin = *begin;
  rule.end = *end;
  return rule;
}

std::int64_t TimeZone::offset_s(std::int64_t utc_s) const {
  const auto after = std::upper_bound(changes_.begin(), changes_.end(), utc_s);
  if (after == changes_.end() && has_rule_) return offset_by_rule(rule_, utc_s);
  if (after == changes_.begin()) return first_offset_;
  return offsets_[static_cast<std::size_t>(after - changes_.begin()) - 1];
}

std::chrono::seconds TimeZone::offset_at(Timestamp time) const {
  return seconds{offset_s(std::chrono::floor<seconds>(Duration{time.ns}).count())};
}

LocalTime TimeZone::to_local(Timestamp time) const {
  const auto utc = std::chrono::floor<seconds>(Duration{time.ns});
  return LocalTime{utc + seconds{offset_s(utc.count())}};
}

Timestamp TimeZone::to_utc(LocalTime local) const {
  const std::int64_t wall = local.time_since_epoch().count();
  const std::int64_t before = offset_s(wall - 86'400);  // A zone changes at most once in two days.
  const std::int64_t after = offset_s(wall + 86'400);
  std::int64_t utc = wall - before;
  if (offset_s(utc) != before && offset_s(wall - after) == after) utc = wall - after;
  return Timestamp{utc * 1'000'000'000};
}

}  // namespace hanse::plant
