#include "connectors/sparkplug/plain_topics.hpp"

#include "base/text.hpp"
#include "connectors/sparkplug/convert.hpp"
#include "connectors/sparkplug/naming.hpp"

namespace hanse::connectors::sparkplug {
namespace {

using Kind = JsonRef::Kind;

constexpr std::size_t kBareTextBytesMax = 256;
constexpr double kSecondsBelow = 1e11;  // a number of time below it counts seconds: 1e11 ms is 1973, 1e11 s is 5138

constexpr std::array<std::string_view, 3> kValueKeys = {"value", "v", "val"};
constexpr std::array<std::string_view, 4> kTimeKeys = {"timestamp_ms", "timestamp", "ts", "time"};
constexpr std::array<std::string_view, 2> kQualityKeys = {"quality", "q"};
constexpr std::array<std::string_view, 2> kUnitKeys = {"unit", "u"};

template <std::size_t N>
std::optional<JsonRef> find_any(JsonRef object, const std::array<std::string_view, N>& keys) {
  for (const auto key : keys) {
    if (const auto found = object.find(key)) return found;
  }
  return {};
}

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::optional<Timestamp> read_time(std::optional<JsonRef> in) {
  if (!in) return {};
  if (in->kind() == Kind::integer || in->kind() == Kind::real) {
    const double number = in->real();
    if (!(number > 0 && number < 1e16)) return {};
    const double ms = number < kSecondsBelow ? number * 1000 : number;
    return time_of(static_cast<std::uint64_t>(ms));
  }
  if (in->kind() != Kind::string) return {};
  const auto time = parse_timestamp(in->string());
  return time ? std::optional{*time} : std::nullopt;
}

signal::Quality read_quality(std::optional<JsonRef> in) {
  if (!in) return signal::Quality::good;
  if (in->kind() == Kind::integer) return quality_of(in->integer());
  if (in->kind() == Kind::boolean) return in->boolean() ? signal::Quality::good : signal::Quality::bad;
  if (in->kind() != Kind::string) return signal::Quality::good;
  const auto text = to_lower(in->string());
  if (text.starts_with("good")) return signal::Quality::good;
  return text.starts_with("uncertain") ? signal::Quality::uncertain : signal::Quality::bad;
}

/// What holds for an object and what is below it.
struct Around {
  std::optional<Timestamp> time;
  signal::Quality quality = signal::Quality::good;
  std::string unit;
};

Around around(JsonRef object, const Around& outer) {
  Around out = outer;
  if (const auto time = read_time(find_any(object, kTimeKeys))) out.time = time;
  if (const auto quality = find_any(object, kQualityKeys)) out.quality = read_quality(quality);
  if (const auto unit = find_any(object, kUnitKeys); unit && unit->kind() == Kind::string) out.unit = unit->string();
  return out;
}

void add(std::vector<PlainValue>& out, const std::string& path, JsonRef in, const Around& about) {
  PlainValue value{.path = path, .value = {}, .time = about.time, .quality = about.quality, .unit = about.unit};
  switch (in.kind()) {
    case Kind::null:
      break;
    case Kind::boolean:
      value.value = in.boolean();
      break;
    case Kind::integer:
    case Kind::real:
      value.value = in.real();
      break;
    case Kind::string:
      value.value = std::string{in.string()};
      break;
    default:
      value.value = in.text();
  }
  out.push_back(std::move(value));
}

void flatten(std::vector<PlainValue>& out, const std::string& path, JsonRef in, const Around& outer) {
  if (out.size() > kPlainValuesMax) return;
  if (in.kind() != Kind::object) return add(out, path, in, outer);
  const Around about = around(in, outer);
  if (const auto value = find_any(in, kValueKeys); value && value->kind() != Kind::object) {
    return add(out, path, *value, about);
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto [key, member] = in.member(i);
    // What dates or qualifies the others is no value itself.
    if (is_one_of(key, kTimeKeys) && read_time(member)) continue;
    if (is_one_of(key, kQualityKeys) || is_one_of(key, kUnitKeys)) continue;
    flatten(out, path.empty() ? std::string{key} : path + '/' + std::string{key}, member, about);
  }
}

bool is_bare_text(std::string_view payload) {
  return !payload.empty() && payload.size() <= kBareTextBytesMax && payload[0] != '{' && payload[0] != '[' &&
         payload[0] != '"' && is_utf8(payload) && std::none_of(payload.begin(), payload.end(), [](char c) {
           return c >= 0 && c < ' ' && c != '\n' && c != '\r';
         });
}

signal::ValueType type_of(const PlainValue& value) {
  if (std::holds_alternative<bool>(value.value)) return signal::ValueType::boolean;
  return std::holds_alternative<std::string>(value.value) ? signal::ValueType::text : signal::ValueType::real;
}

}  // namespace

Result<std::vector<PlainValue>> read_plain(std::string_view payload) {
  std::vector<PlainValue> out;
  const auto document = JsonDocument::parse(payload);
  if (!document) {
    if (!is_bare_text(payload)) return document.error();
    out.push_back({.path = "", .value = std::string{trim(payload)}, .time = {}, .quality = {}, .unit = ""});
    return out;
  }
  flatten(out, "", document->root(), {});
  if (out.size() > kPlainValuesMax) {
    return fail(ErrorCode::invalid, "the object has more than " + std::to_string(kPlainValuesMax) + " values");
  }
  return out;
}

PlainAddress plain_address(std::string_view topic, std::string_view path) {
  const auto levels = split(topic, '/');
  std::size_t device_levels = levels.size() - 1, name_begin = levels.size() - 1;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    if (levels[i].empty() || levels[i][0] != '_') continue;
    device_levels = i;
    name_begin = std::min(i + 1, levels.size() - 1);
    break;
  }
  const auto join = [&](std::size_t begin, std::size_t end) {
    std::string out;
    for (std::size_t i = begin; i < end; ++i) out += (i > begin ? "/" : "") + std::string{levels[i]};
    return out;
  };
  PlainAddress address{join(0, device_levels), join(name_begin, levels.size())};
  if (!path.empty()) address.name += '/' + std::string{path};
  return address;
}

void PlainTopics::message(std::string_view topic, std::string_view payload, bool retained, Timestamp now) {
  if (topic.starts_with('$') || !is_utf8(topic)) return;
  if (payload.empty()) {  // a retained value was deleted: the topic has none any more
    const std::string prefix = std::string{topic} + '/';
    for (auto it = known_.lower_bound(topic);
         it != known_.end() && (it->first == topic || it->first.starts_with(prefix)); ++it) {
      stale(it->second, now);
    }
    return;
  }
  const auto values = read_plain(payload);
  if (!values) return reject(topic, values.error().message, payload, now);
  for (const auto& value : *values) {
    auto* place = known(topic, value);
    if (!place) return reject(topic, "there are too many plain topics on this broker", "", now);
    deliver(*place, value, retained, now);
  }
}

PlainTopics::Known* PlainTopics::known(std::string_view topic, const PlainValue& value) {
  std::string address{topic};
  if (!value.path.empty()) address += '/' + value.path;
  auto found = known_.find(address);
  if (found != known_.end()) return &found->second;
  if (known_.size() >= signals_max_) return nullptr;
  const auto [device, name] = plain_address(topic, value.path);
  Declaration declaration{
      .address = address, .device = device, .name = name, .type = type_of(value), .unit = ucum(value.unit)};
  declaration.meaning = guess_meaning(name, declaration.unit);
  const auto signals = sink_.declare({&declaration, 1});
  Known made{.signal = signals.empty() ? signal::kNoSignal : signals[0], .type = declaration.type};
  return &known_.emplace(std::move(address), made).first->second;
}

void PlainTopics::deliver(Known& known, const PlainValue& value, bool retained, Timestamp now) {
  if (known.signal == signal::kNoSignal) return;
  const auto time = value.time.value_or(now);
  // What the broker kept without a date may be of any age.
  auto quality = value.quality;
  if (retained && !value.time && quality == signal::Quality::good) quality = signal::Quality::uncertain;
  if (const auto* real = std::get_if<double>(&value.value)) {
    batch_.add_real(known.signal, time, *real, quality);
  } else if (const auto* boolean = std::get_if<bool>(&value.value)) {
    batch_.add_boolean(known.signal, time, *boolean, quality);
  } else if (const auto* text = std::get_if<std::string>(&value.value)) {
    batch_.add_text(known.signal, time, *text, quality);
  } else {
    batch_.add_null(known.signal, time, quality);
  }
  known.stale = false;
  known.last = std::max(known.last, time);
}

void PlainTopics::stale(Known& known, Timestamp now) {
  if (known.stale || known.signal == signal::kNoSignal) return;
  known.stale = true;
  batch_.add_null(known.signal, std::max(now, known.last + 1ms));
}

void PlainTopics::lost(Timestamp now) {
  for (auto& [address, known] : known_) stale(known, now);
  flush();
}

void PlainTopics::flush() {
  if (!batch_.empty()) sink_.deliver(std::exchange(batch_, {}));
}

void PlainTopics::reject(std::string_view topic, std::string message, std::string_view payload, Timestamp now) {
  sink_.notice(
      {.kind = NoticeKind::rejected,
       .time = now,
       .device = {},
       .message = "the message of the topic '" + std::string{topic.substr(0, 200)} + "' can't be read: " + message,
       .sample = sample_of(payload)});
}

}  // namespace hanse::connectors::sparkplug
