#include "historian/line_protocol.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "historian/line_protocol_series.hpp"
#include "historian/line_protocol_value.hpp"

namespace hanse::historian {

using signal::kNoSignal;
using signal::SignalId;
using signal::ValueType;

namespace {

constexpr std::array<std::int64_t, 6> kNsOf = {1, 1'000, 1'000'000, 1'000'000'000, 60'000'000'000, 3'600'000'000'000};

/// The first `wanted` from `at` on that no backslash escapes, or `end`.
const char* find_unescaped(const char* at, const char* end, char wanted) {
  for (const char* from = at; from != end;) {
    const auto* found = static_cast<const char*>(std::memchr(from, wanted, static_cast<std::size_t>(end - from)));
    if (!found) return end;
    if (found == at || found[-1] != '\\') return found;
    from = found + 1;
  }
  return end;
}

/// Why `key` is no measurement with tags; empty when it is.
std::string wrong_key(std::string_view key) {
  if (key.size() > kSeriesKeyBytesMax) return fmt::format("measurement and tags are over {} bytes", kSeriesKeyBytesMax);
  if (!is_utf8(key)) return "measurement and tags must be UTF-8";
  const char* end = key.data() + key.size();
  const char* comma = find_unescaped(key.data(), end, ',');
  if (comma == key.data()) return "begins without a measurement";
  while (comma != end) {
    const char* tag = comma + 1;
    comma = find_unescaped(tag, end, ',');
    const char* equals = find_unescaped(tag, comma, '=');
    if (equals == tag || equals == comma || equals + 1 == comma) {
      return fmt::format("tag '{}' must be a name, = and a value",
                         std::string_view{tag, static_cast<std::size_t>(comma - tag)}.substr(0, 60));
    }
  }
  return {};
}

}  // namespace

/// Where reading stands in the text, and what is wrong with the line it is in.
struct LineReader::Cursor {
  const char* at;
  const char* end;
  std::int64_t ns_per_unit;
  Timestamp now;
  std::int64_t line = 0;
  std::string error = {};
  std::string text = {};  ///< Scratch for quoted values.

  bool wrong(std::string message) {
    error = std::move(message);
    return false;
  }
  bool at_line_end() const { return at == end || *at == '\n' || *at == '\r'; }
  void skip_blanks() {
    while (at != end && *at == ' ') ++at;
  }
};

Result<LinePrecision> parse_line_precision(std::string_view name) {
  if (name == "n") return LinePrecision::ns;
  if (name == "u") return LinePrecision::us;
  constexpr std::array<std::string_view, 6> kNames = {"ns", "us", "ms", "s", "m", "h"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<LinePrecision>(i);
  }
  return fail(ErrorCode::invalid, "the request has wrong parameters",
              {{"precision", "must be one of ns, us, ms, s, m, h"}});
}

LineReader::Series* LineReader::find_series(Cursor& at, std::string_view& key) {
  const auto* line_end = static_cast<const char*>(std::memchr(at.at, '\n', static_cast<std::size_t>(at.end - at.at)));
  const char* stop = find_unescaped(at.at, line_end ? line_end : at.end, ' ');
  key = {at.at, static_cast<std::size_t>(stop - at.at)};
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (stop == (line_end ? line_end : at.end))
      return at.wrong("has no fields; it must be: measurement,tag=value field=value time"), nullptr;
    if (auto wrong = wrong_key(key); !wrong.empty()) return at.wrong(std::move(wrong)), nullptr;
    found = series_.emplace(std::string{key}, Series{}).first;
  }
  at.at = stop;
  key = found->first;
  return &found->second;
}

/// Fields mostly come in the order of the line before, so the one at `position` is tried first.
LineReader::Field* LineReader::find_field(Cursor& at, Series& series, std::size_t position) {
  const auto left = static_cast<std::size_t>(at.end - at.at);
  const auto is_here = [&](const Field& field) {
    return left > field.raw.size() && at.at[field.raw.size()] == '=' &&
           std::memcmp(at.at, field.raw.data(), field.raw.size()) == 0;
  };
  Field* found =
      position < series.fields.size() && is_here(series.fields[position]) ? &series.fields[position] : nullptr;
  if (!found) {
    const auto same = std::find_if(series.fields.begin(), series.fields.end(), is_here);
    if (same != series.fields.end()) found = &*same;
  }
  if (!found) {
    const auto* line_end = static_cast<const char*>(std::memchr(at.at, '\n', left));
    const char* stop = find_unescaped(at.at, line_end ? line_end : at.end, '=');
    const std::string_view raw{at.at, static_cast<std::size_t>(stop - at.at)};
    if (stop == at.end || *stop != '=' || raw.empty() || raw.size() > kSeriesKeyBytesMax || !is_utf8(raw)) {
      return at.wrong(fmt::format("field {} must be a name, = and a value", position + 1)), nullptr;
    }
    if (series.fields.size() >= kFieldsOfSeriesMax) {
      return at.wrong(fmt::format("makes over {} fields of one series", kFieldsOfSeriesMax)), nullptr;
    }
    series.fields.push_back({.raw = std::string{raw}});
    ++fields_known_;
    found = &series.fields.back();
  }
  at.at += found->raw.size() + 1;
  return found;
}

bool LineReader::add_value(Cursor& at, std::string_view key, Field& field, LineResult& out) {
  LineValue value;
  if (const char* wrong = read_line_value(at.at, at.end, value, at.text)) {
    return at.wrong(fmt::format("field '{}' {}", std::string_view{field.raw}.substr(0, 60), wrong));
  }
  if (value.type == ValueType::text) {
    if (!is_utf8(at.text))
      return at.wrong(fmt::format("field '{}' must be UTF-8", std::string_view{field.raw}.substr(0, 60)));
    value.bits = out.batch.texts.size();
    out.batch.texts.push_back(at.text);
  }
  if (field.signal == kNoSignal) {
    if (field.asked_in != reads_) {
      field.asked_in = reads_;
      field.unknown = out.unknown.size();
      out.unknown.push_back({std::string{key}, unescape_line_name(field.raw), value.type, at.line});
      asked_.emplace_back(std::string{key}, static_cast<std::size_t>(&field - series_.find(key)->second.fields.data()));
    }
    out.waiting.push_back({out.batch.samples.size(), field.unknown});
  }
  out.batch.samples.push_back({Timestamp{}, value.bits, field.signal, value.type});
  return true;
}

bool LineReader::read_line(Cursor& at, LineResult& out) {
  std::string_view key;
  Series* series = find_series(at, key);
  if (!series) return false;
  at.skip_blanks();
  const std::size_t first = out.batch.samples.size();
  for (std::size_t position = 0;; ++position) {
    Field* field = find_field(at, *series, position);
    if (!field || !add_value(at, key, *field, out)) return false;
    if (at.at == at.end || *at.at != ',') break;
    ++at.at;
  }
  if (!at.at_line_end() && *at.at != ' ') return at.wrong("has text after a value; fields are divided by commas");
  at.skip_blanks();
  Timestamp time = at.now;
  if (!at.at_line_end()) {
    std::int64_t units = 0;
    const auto [stop, error] = std::from_chars(at.at, at.end, units);
    at.at = stop;
    at.skip_blanks();
    if (error == std::errc::invalid_argument || !at.at_line_end())
      return at.wrong("time must be a whole number at the end of the line");
    if (error != std::errc{} || __builtin_mul_overflow(units, at.ns_per_unit, &time.ns)) {
      return at.wrong("time is outside the years 1677 to 2262; is the precision right?");
    }
  }
  for (std::size_t i = first; i < out.batch.samples.size(); ++i) out.batch.samples[i].time = time;
  return true;
}

LineReader::Mark LineReader::mark(const LineResult& out) {
  return {out.batch.samples.size(), out.batch.texts.size(), out.waiting.size(), out.unknown.size()};
}

/// Undoes a line: what it added, and what it would have asked for.
void LineReader::take_back(LineResult& out, const Mark& before) {
  out.batch.samples.resize(before.samples);
  out.batch.texts.resize(before.texts);
  out.waiting.resize(before.waiting);
  for (std::size_t i = before.unknown; i < out.unknown.size(); ++i) {
    series_.find(asked_[i].first)->second.fields[asked_[i].second].asked_in = 0;
  }
  out.unknown.resize(before.unknown);
  asked_.resize(before.unknown);
}

LineResult LineReader::read(std::string_view text, LinePrecision precision, Timestamp now) {
  LineResult out;
  ++reads_;
  asked_.clear();
  if (fields_known_ > kFieldsKnownMax) forget();
  out.batch.samples.reserve(text.size() / 16);
  Cursor at{.at = text.data(),
            .end = text.data() + text.size(),
            .ns_per_unit = kNsOf[static_cast<std::size_t>(precision)],
            .now = now};
  while (at.at != at.end) {
    ++at.line;
    at.skip_blanks();
    const char* begin = at.at;
    if (!at.at_line_end() && *begin != '#') {
      ++out.lines;
      const Mark before = mark(out);
      if (!read_line(at, out)) {
        ++out.failed;
        if (out.errors.size() < kLineErrorsMax) out.errors.push_back({at.line, std::move(at.error)});
        take_back(out, before);
        at.at = begin;
      } else {
        at.line += std::count(begin, at.at, '\n');  // A quoted text may span lines.
      }
    }
    const auto* line_end = static_cast<const char*>(std::memchr(at.at, '\n', static_cast<std::size_t>(at.end - at.at)));
    at.at = line_end ? line_end + 1 : at.end;
  }
  return out;
}

void LineReader::settle(LineResult& result, std::span<const SignalId> signals, std::span<const std::string> refusals) {
  HANSE_ASSERT(signals.size() == result.unknown.size() && asked_.size() == signals.size() &&
               refusals.size() == signals.size());
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const auto& [key, field] = asked_[i];
    if (signals[i] != kNoSignal) {
      if (const auto found = series_.find(key); found != series_.end()) found->second.fields[field].signal = signals[i];
    } else if (result.errors.size() < kLineErrorsMax) {
      result.errors.push_back({result.unknown[i].line, refusals[i]});
    }
  }
  auto& samples = result.batch.samples;
  bool refused = false;
  for (const auto& waiting : result.waiting) {
    samples[waiting.sample].signal = signals[waiting.unknown];
    refused = refused || signals[waiting.unknown] == kNoSignal;
  }
  if (refused) std::erase_if(samples, [](const signal::Sample& sample) { return sample.signal == kNoSignal; });
  result.waiting.clear();
}

}  // namespace hanse::historian
