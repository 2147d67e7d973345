#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/scheduling/published.hpp"

// iCalendar (RFC 5545): the schedule for a calendar program, and maintenance from one.

namespace hanse::apps::scheduling {

/// One VEVENT, in the plain text's own words.
struct CalendarEntry {
  std::string uid;
  std::string summary;
  std::string location;
  Timestamp begin, end;
  std::size_t line = 0;  ///< Where it begins in the file.
  friend bool operator==(const CalendarEntry&, const CalendarEntry&) = default;
};

/// A calendar of the operations, with lines folded and texts escaped as the standard wants it.
std::string write_icalendar(std::span<const CalendarEntry> entries, Timestamp now);

/// Reads VEVENTs with DTSTART and DTEND or DURATION: times in UTC, or dates of whole days. Repeating events (RRULE) and
/// times in other zones are refused by name: guessing would close the wrong hour.
/// Errors: `invalid`, naming the line; `too_large` over 10,000 events.
Result<std::vector<CalendarEntry>> read_icalendar(std::string_view text);

}  // namespace hanse::apps::scheduling
