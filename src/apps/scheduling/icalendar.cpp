#include "apps/scheduling/icalendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/text.hpp"

namespace hanse::apps::scheduling {
namespace {

constexpr std::size_t kEntriesMax = 10'000;
constexpr std::size_t kLineOctetsMax = 75;

std::string basic_time(Timestamp time) {
  auto text = to_string(Timestamp{time.ns / 1'000'000'000 * 1'000'000'000});
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c != '\r') {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' || text[i] == 'N' ? '\n' : text[i];
  }
  return out;
}

/// At most 75 octets a line, never within a character.
void add_line(std::string& out, const std::string& line) {
  std::size_t from = 0, room = kLineOctetsMax;
  while (line.size() - from > room) {
    std::size_t cut = from + room;
    while (cut > from + 1 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    out.append(line, from, cut - from);
    out += "\r\n ";
    from = cut;
    room = kLineOctetsMax - 1;
  }
  out.append(line, from, line.size() - from);
  out += "\r\n";
}

struct ContentLine {
  std::size_t number = 0;
  std::string name;  ///< In upper case.
  std::string parameters;
  std::string value;
};

/// Lines with their continuations put together.
std::vector<std::pair<std::size_t, std::string>> unfolded(std::string_view text) {
  std::vector<std::pair<std::size_t, std::string>> lines;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty() && (line.front() == ' ' || line.front() == '\t') && !lines.empty()) {
      lines.back().second += line.substr(1);
    } else if (!line.empty()) {
      lines.emplace_back(number, std::string{line});
    }
  }
  return lines;
}

std::optional<ContentLine> content_line(std::size_t number, const std::string& line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] != ':' || quoted) continue;
    const auto head = line.substr(0, i);
    const auto semicolon = head.find(';');
    auto name = head.substr(0, semicolon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return ContentLine{number, name, semicolon == std::string::npos ? "" : head.substr(semicolon + 1),
                       line.substr(i + 1)};
  }
  return {};
}

Error at_line(std::size_t line, std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("line {}: {}", line, what));
}

/// `20260301T060000Z`, or `20260301` for the day's begin.
Result<Timestamp> time_of(const ContentLine& line) {
  const auto& text = line.value;
  const bool date = text.size() == 8;
  if (!date && (text.size() != 16 || text[8] != 'T' || text[15] != 'Z')) {
    const bool zoned = line.parameters.find("TZID") != std::string::npos || text.size() == 15;
    return at_line(line.number, zoned ? "times must be in UTC, as in 20260301T060000Z"
                                      : "must be a time as 20260301T060000Z or a date as 20260301");
  }
  auto iso = fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
  iso += date ? "T00:00:00Z" : fmt::format("T{}:{}:{}Z", text.substr(9, 2), text.substr(11, 2), text.substr(13, 2));
  const auto time = parse_timestamp(iso);
  if (!time) return at_line(line.number, fmt::format("'{}' is no time", text));
  return *time;
}

/// `PT1H30M`, `P1D`, `P2W`.
Result<Duration> duration_of(const ContentLine& line) {
  std::string_view text = line.value;
  if (text.size() < 2 || text.front() != 'P') return at_line(line.number, "must be a duration as PT1H30M");
  std::int64_t seconds = 0, number = -1;
  bool in_time = false;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      number = std::max<std::int64_t>(number, 0) * 10 + (c - '0');
      if (number > 100'000'000) return at_line(line.number, "is too long a duration");
      continue;
    }
    if (c == 'T' && number < 0) {
      in_time = true;
      continue;
    }
    const std::int64_t unit = c == 'W'              ? 604'800
                              : c == 'D'            ? 86'400
                              : c == 'H' && in_time ? 3'600
                              : c == 'M' && in_time ? 60
                              : c == 'S' && in_time ? 1
                                                    : 0;
    if (unit == 0 || number < 0) return at_line(line.number, "must be a duration as PT1H30M");
    seconds += number * unit;
    number = -1;
  }
  if (number >= 0 || seconds > 1'000'000'000) return at_line(line.number, "must be a duration as PT1H30M");
  return Duration{seconds * 1'000'000'000};
}

}  // namespace

std::string write_icalendar(std::span<const CalendarEntry> entries, Timestamp now) {
  std::string out;
  add_line(out, "BEGIN:VCALENDAR");
  add_line(out, "VERSION:2.0");
  add_line(out, "PRODID:-//Hanse//Scheduling//EN");
  for (const auto& entry : entries) {
    add_line(out, "BEGIN:VEVENT");
    add_line(out, "UID:" + escaped(entry.uid));
    add_line(out, "DTSTAMP:" + basic_time(now));
    add_line(out, "DTSTART:" + basic_time(entry.begin));
    add_line(out, "DTEND:" + basic_time(entry.end));
    add_line(out, "SUMMARY:" + escaped(entry.summary));
    if (!entry.location.empty()) add_line(out, "LOCATION:" + escaped(entry.location));
    add_line(out, "END:VEVENT");
  }
  add_line(out, "END:VCALENDAR");
  return out;
}

Result<std::vector<CalendarEntry>> read_icalendar(std::string_view text) {
  std::vector<CalendarEntry> out;
  std::optional<CalendarEntry> entry;
  std::optional<Timestamp> begin, end;
  std::optional<Duration> length;
  bool whole_day = false, seen = false;
  int nested = 0;  // VALARM and the like inside an event.
  for (const auto& [number, raw] : unfolded(text)) {
    const auto line = content_line(number, raw);
    if (!line) return at_line(number, "must be NAME:value");
    if (!seen) {
      if (line->name != "BEGIN" || trim(line->value) != "VCALENDAR") return at_line(number, "must be BEGIN:VCALENDAR");
      seen = true;
      continue;
    }
    if (line->name == "BEGIN") {
      if (entry) {
        ++nested;
      } else if (line->value == "VEVENT") {
        entry = CalendarEntry{.uid = {}, .summary = {}, .location = {}, .begin = {}, .end = {}, .line = number};
        begin.reset();
        end.reset();
        length.reset();
        whole_day = false;
      }
      continue;
    }
    if (!entry) continue;
    if (line->name == "END" && nested > 0) {
      --nested;
    } else if (nested > 0) {
      continue;
    } else if (line->name == "END") {
      if (line->value != "VEVENT") return at_line(number, "must be END:VEVENT");
      if (!begin) return at_line(entry->line, "the event has no DTSTART");
      entry->begin = *begin;
      if (begin->ns > Timestamp::max().ns - Duration{11'574 * 24h}.count()) return at_line(entry->line, "is too late");
      entry->end = end ? *end : *begin + length.value_or(whole_day ? Duration{24h} : Duration{0});
      if (entry->end <= entry->begin) return at_line(entry->line, "the event doesn't end after it begins");
      if (out.size() == kEntriesMax) {
        return fail(ErrorCode::too_large, fmt::format("the file has over {} events", kEntriesMax));
      }
      out.push_back(*std::move(entry));
      entry.reset();
    } else if (line->name == "DTSTART") {
      HANSE_TRY(begin, time_of(*line));
      whole_day = line->value.size() == 8;
    } else if (line->name == "DTEND") {
      HANSE_TRY(end, time_of(*line));
    } else if (line->name == "DURATION") {
      HANSE_TRY(length, duration_of(*line));
    } else if (line->name == "RRULE" || line->name == "RDATE") {
      return at_line(number, "repeating events aren't read: write each one");
    } else if (line->name == "UID") {
      entry->uid = unescaped(line->value);
    } else if (line->name == "SUMMARY") {
      entry->summary = unescaped(line->value);
    } else if (line->name == "LOCATION") {
      entry->location = unescaped(line->value);
    }
  }
  if (!seen) return fail(ErrorCode::invalid, "the file is empty: it must begin with BEGIN:VCALENDAR");
  if (entry) return at_line(entry->line, "the event has no END:VEVENT");
  return out;
}

}  // namespace hanse::apps::scheduling
