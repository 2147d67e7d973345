#include "optimiser/scheduling/internal/working_time.hpp"

#include <algorithm>

namespace hanse::optimiser::scheduling::internal {
namespace {

constexpr std::size_t kIntervalsMax = 2'000'000;  // A limit on memory; what comes later counts as closed.

std::vector<Interval> expand(const Calendar* calendar, Seconds until) {
  if (!calendar) return {{0, kNever}};
  std::vector<Interval> intervals;
  for (std::int64_t base = 0; base < until && intervals.size() < kIntervalsMax; base += calendar->repeat_every) {
    for (const auto& [start, end] : calendar->working) {
      if (base + end >= kNever) break;
      const Interval shifted{static_cast<Seconds>(base + start), static_cast<Seconds>(base + end)};
      if (!intervals.empty() && intervals.back().end == shifted.start) {
        intervals.back().end = shifted.end;  // Shifts that touch are one stretch of work.
      } else {
        intervals.push_back(shifted);
      }
    }
    if (calendar->repeat_every == 0) break;
  }
  return intervals;
}

std::vector<Interval> without(const std::vector<Interval>& intervals, std::vector<Closure> closures) {
  std::sort(closures.begin(), closures.end(), [](const Closure& a, const Closure& b) { return a.start < b.start; });
  std::vector<Interval> left;
  std::size_t begin = 0;
  for (auto interval : intervals) {
    while (begin < closures.size() && closures[begin].end <= interval.start) ++begin;
    for (std::size_t c = begin;
         c < closures.size() && closures[c].start < interval.end && interval.start < interval.end; ++c) {
      if (closures[c].start > interval.start) left.push_back({interval.start, closures[c].start});
      interval.start = std::max(interval.start, closures[c].end);
    }
    if (interval.start < interval.end) left.push_back(interval);
  }
  return left;
}

}  // namespace

WorkingTime::WorkingTime(const Calendar* calendar, const std::vector<Closure>& closures, Seconds until)
    : always_(!calendar && closures.empty()) {
  if (always_) return;
  intervals_ = without(expand(calendar, until), closures);
  std::int64_t done = 0;
  for (const auto& interval : intervals_) {
    done_before_.push_back(done);
    done += interval.end - interval.start;
  }
}

std::size_t WorkingTime::first_ending_after(Seconds time) const {
  return static_cast<std::size_t>(std::upper_bound(intervals_.begin(), intervals_.end(), time,
                                                   [](Seconds t, const Interval& i) { return t < i.end; }) -
                                  intervals_.begin());
}

WorkingTime::Span WorkingTime::fit(Seconds from, Seconds duration) const {
  if (always_ || duration == 0) return {from, from + duration};
  for (std::size_t i = first_ending_after(from); i < intervals_.size(); ++i) {
    const Seconds start = std::max(from, intervals_[i].start);
    if (intervals_[i].end - start >= duration) return {start, start + duration};
  }
  return {};
}

WorkingTime::Span WorkingTime::fit_resumable(Seconds from, Seconds duration) const {
  if (always_ || duration == 0) return {from, from + duration};
  const std::size_t i = first_ending_after(from);
  if (i == intervals_.size()) return {};
  const Seconds start = std::max(from, intervals_[i].start);
  const std::int64_t goal = done_before_[i] + (start - intervals_[i].start) + duration;
  // The last interval that begins before the goal is reached.
  const auto after = std::lower_bound(done_before_.begin() + static_cast<std::ptrdiff_t>(i), done_before_.end(), goal);
  const auto k = static_cast<std::size_t>(after - done_before_.begin()) - 1;
  const std::int64_t end = intervals_[k].start + (goal - done_before_[k]);
  if (end > intervals_[k].end) return {};
  return {start, static_cast<Seconds>(end)};
}

WorkingTime::Span fit_both(const WorkingTime& a, const WorkingTime& b, Seconds from, Seconds duration, bool resumable) {
  if (b.always()) return resumable ? a.fit_resumable(from, duration) : a.fit(from, duration);
  if (a.always()) return resumable ? b.fit_resumable(from, duration) : b.fit(from, duration);
  if (!resumable || duration == 0) {
    for (Seconds time = from; time != kNever;) {
      const auto first = a.fit(time, duration), second = b.fit(first.start == kNever ? time : first.start, duration);
      if (first.start == kNever || second.start == kNever) return {};
      if (first.start == second.start) return first;
      time = second.start;
    }
    return {};
  }
  WorkingTime::Span span;
  Seconds left = duration;
  const auto &x = a.intervals(), &y = b.intervals();
  const auto ends_after = [&](const Interval& i, Seconds t) { return i.end <= t; };
  auto i = std::lower_bound(x.begin(), x.end(), from, ends_after),
       j = std::lower_bound(y.begin(), y.end(), from, ends_after);
  while (i != x.end() && j != y.end()) {
    const Seconds start = std::max({i->start, j->start, from}), end = std::min(i->end, j->end);
    if (start < end) {
      if (span.start == kNever) span.start = start;
      if (end - start >= left) return {span.start, start + left};
      left -= end - start;
    }
    (i->end < j->end) ? ++i : ++j;
  }
  return {};
}

}  // namespace hanse::optimiser::scheduling::internal
