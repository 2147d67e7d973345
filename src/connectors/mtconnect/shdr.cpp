#include "connectors/mtconnect/shdr.hpp"

#include <charconv>

#include "base/text.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr std::size_t kLineBytesMax = 1U << 20;
constexpr std::size_t kMultilineTagBytesMax = 200;
constexpr std::string_view kMultiline = "--multiline--";

/// Fields between bars. A field that begins with a quote mark may hold bars as `\|`.
class Fields {
 public:
  Fields(std::string_view text, ShdrLine& line) : rest_(text), line_(line) {}
  bool at_end() const { return ended_; }
  bool broken() const { return broken_; }
  std::string_view next() {
    if (rest_.starts_with('"')) {
      if (const auto quoted = take_quoted()) return *quoted;
    }
    const auto bar = rest_.find('|');
    const auto field = trim(rest_.substr(0, bar));
    advance(bar);
    return field;
  }
  std::size_t left() const {
    return ended_ ? 0 : static_cast<std::size_t>(std::count(rest_.begin(), rest_.end(), '|')) + 1;
  }
  std::string_view rest() const { return rest_; }

 private:
  void advance(std::size_t bar) {
    ended_ = bar == std::string_view::npos;
    rest_ = ended_ ? std::string_view{} : rest_.substr(bar + 1);
  }
  /// Nothing when the quote mark is part of a plain text, as in `"A" side`.
  std::optional<std::string_view> take_quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        text += rest_[++i];
      } else if (rest_[i] == '"') {
        if (i + 1 < rest_.size() && rest_[i + 1] != '|') return {};
        advance(i + 1 < rest_.size() ? i + 1 : std::string_view::npos);
        line_.unescaped.push_back(std::move(text));
        return std::string_view{line_.unescaped.back()};
      } else {
        text += rest_[i];
      }
    }
    broken_ = rest_.find("\\|") != std::string_view::npos;
    return {};
  }

  std::string_view rest_;
  ShdrLine& line_;
  bool ended_ = false;
  bool broken_ = false;
};

std::optional<Level> level_of(std::string_view text) {
  const auto name = to_lower(text);
  if (name == "normal") return Level::normal;
  if (name == "warning") return Level::warning;
  if (name == "fault") return Level::fault;
  if (name == "unavailable") return Level::unavailable;
  return {};
}

/// Without a device model only a condition can be told apart: its five fields begin with a level.
ShdrShape guess_shape(const Fields& fields) {
  constexpr std::size_t kConditionFields = 5;
  if (fields.left() < kConditionFields) return ShdrShape::value;
  const auto first = fields.rest().substr(0, fields.rest().find('|'));
  return level_of(trim(first)) ? ShdrShape::condition : ShdrShape::value;
}

/// Reads a name or a value of a data set: bare up to a blank or `=`, or in quotes or braces.
std::string_view take_word(std::string_view& text, bool is_key) {
  if (!is_key && !text.empty() && (text[0] == '{' || text[0] == '"' || text[0] == '\'')) {
    const char close = text[0] == '{' ? '}' : text[0];
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (close == '}' && text[i] == '{') ++depth;
      if (i == 0 || text[i] != close || (close == '}' && --depth > 0)) continue;
      const auto word = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return word;
    }
  }
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ' && text[end] != '\t' && !(is_key && text[end] == '=')) ++end;
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

struct Pair {
  std::string_view key, value;
  bool removed = false;
};

/// The next `key=value`; a key alone, or with nothing after `=`, is removed.
std::optional<Pair> take_pair(std::string_view& text) {
  text = trim(text);
  if (text.empty()) return {};
  Pair pair{.key = take_word(text, true)};
  if (!text.starts_with('=')) {
    pair.removed = true;
    return pair;
  }
  text.remove_prefix(1);
  pair.value = take_word(text, false);
  pair.removed = pair.value.empty();
  return pair;
}

void read_data_set(std::string_view text, bool table, Observation& observation, ShdrLine& line) {
  observation.representation = table ? Representation::table : Representation::data_set;
  observation.value = text;
  if (text == "UNAVAILABLE") return;
  if (text.starts_with(':')) {
    observation.reset = true;
    text.remove_prefix(std::min(text.find(' '), text.size()));
  }
  observation.entries_begin = static_cast<std::uint32_t>(line.entries.size());
  while (const auto row = take_pair(text)) {
    if (!table || row->removed) {
      line.entries.push_back({row->key, {}, row->value, row->removed});
      continue;
    }
    auto cells = row->value;
    while (const auto cell = take_pair(cells))
      line.entries.push_back({row->key, cell->key, cell->value, cell->removed});
  }
  observation.entries_count = static_cast<std::uint32_t>(line.entries.size()) - observation.entries_begin;
}

bool read_condition(Fields& fields, Observation& observation) {
  const auto level = level_of(fields.next());
  if (!level) return false;
  observation.level = *level;
  std::string_view* const parts[] = {&observation.native_code, &observation.severity, &observation.qualifier,
                                     &observation.value};
  for (auto* part : parts) {
    if (!fields.at_end()) *part = fields.next();
  }
  // `code:id`: newer adapters tell several conditions of one code apart.
  if (const auto colon = observation.native_code.find(':'); colon != std::string_view::npos) {
    observation.condition_id = observation.native_code.substr(colon + 1);
    observation.native_code = observation.native_code.substr(0, colon);
  }
  return true;
}

void read_time_series(Fields& fields, Observation& observation) {
  observation.representation = Representation::time_series;
  const auto count = fields.next();
  if (fields.at_end()) {  // UNAVAILABLE comes alone.
    observation.value = count;
    return;
  }
  const auto rate = fields.next();
  std::from_chars(rate.data(), rate.data() + rate.size(), observation.sample_rate);
  observation.value = fields.at_end() ? std::string_view{"UNAVAILABLE"} : fields.next();
}

Result<void> read_observation(Fields& fields, const ShdrShapes& shapes, Timestamp time, ShdrLine& out) {
  Observation observation{.item = fields.next(), .time = time};
  if (observation.item.empty() && fields.at_end()) return {};  // A bar at the line's end.
  if (observation.item.empty()) return fail(ErrorCode::invalid, "a line of the adapter has an empty key");
  if (fields.at_end())
    return fail(ErrorCode::invalid, fmt::format("'{}' has no value", observation.item.substr(0, 60)));
  auto shape = shapes(observation.item);
  if (shape == ShdrShape::unknown) shape = guess_shape(fields);
  switch (shape) {
    case ShdrShape::condition:
      if (!read_condition(fields, observation)) {
        return fail(ErrorCode::invalid, fmt::format("condition '{}' has no level", observation.item.substr(0, 60)));
      }
      break;
    case ShdrShape::message:
      observation.native_code = fields.next();
      observation.value = fields.at_end() ? observation.native_code : fields.next();
      break;
    case ShdrShape::time_series:
      read_time_series(fields, observation);
      break;
    case ShdrShape::data_set:
    case ShdrShape::table:
      read_data_set(fields.next(), shape == ShdrShape::table, observation, out);
      break;
    case ShdrShape::unknown:
    case ShdrShape::value:
      observation.value = fields.next();
      break;
  }
  if (fields.broken()) return fail(ErrorCode::invalid, "a quoted value has no end");
  out.observations.push_back(observation);
  return {};
}

void read_command(std::string_view text, ShdrLine& out) {
  out.kind = ShdrLine::Kind::command;
  text = trim(text.substr(1));
  if (!text.starts_with("PONG")) return;
  out.kind = ShdrLine::Kind::pong;
  const auto number = trim(text.substr(4));
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), ms);
  if (error == std::errc{} && ms > 0 && ms <= 3'600'000) out.pong = std::chrono::milliseconds{ms};
}

void read_asset(std::string_view line, ShdrLine& out) {
  out.kind = ShdrLine::Kind::asset;
  const auto tag = line.find(kMultiline);
  if (tag == std::string_view::npos) return;
  const auto end = trim(line.substr(tag));
  if (end.size() <= kMultilineTagBytesMax) out.multiline_end = end;
}

}  // namespace

std::optional<std::string> ShdrLineReader::next() {
  while (true) {
    const auto end = buffer_.find('\n', std::max(begin_, searched_));
    if (end == std::string::npos) {
      searched_ = buffer_.size();
      if (buffer_.size() - begin_ > kLineBytesMax) {
        dropped_ += dropping_ ? 0 : 1;
        dropping_ = true;
        begin_ = buffer_.size();
      }
      buffer_.erase(0, begin_);
      searched_ -= begin_;
      begin_ = 0;
      return {};
    }
    std::string line = buffer_.substr(begin_, end - begin_);
    begin_ = searched_ = end + 1;
    if (std::exchange(dropping_, false)) continue;
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }
}

void ShdrLine::clear() {
  kind = Kind::blank;
  observations.clear();
  entries.clear();
  unescaped.clear();
  pong.reset();
  multiline_end.clear();
}

Result<void> parse_shdr_line(std::string_view line, const ShdrShapes& shapes, Timestamp arrival, ShdrLine& out) {
  out.clear();
  line = trim(line);
  if (line.empty()) return {};
  if (line.front() == '*') {
    read_command(line, out);
    return {};
  }
  Fields fields{line, out};
  auto time_text = fields.next();
  if (fields.at_end()) return fail(ErrorCode::invalid, "a line of the adapter has no fields");
  if (fields.rest().starts_with('@')) {  // @ASSET@, @UPDATE_ASSET@, @REMOVE_ASSET@, @REMOVE_ALL_ASSETS@
    read_asset(line, out);
    return {};
  }
  time_text = time_text.substr(0, time_text.find('@'));
  Timestamp time = arrival;
  if (!time_text.empty() && !read_time(time_text, time)) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a time", time_text.substr(0, 60)));
  }
  out.kind = ShdrLine::Kind::observations;
  while (!fields.at_end()) HANSE_CHECK(read_observation(fields, shapes, time, out));
  return {};
}

}  // namespace hanse::connectors::mtconnect
