#include "connectors/mtconnect/translator.hpp"

#include <charconv>

#include "base/text.hpp"
#include "connectors/mtconnect/vocabulary.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr std::string_view kUnavailable = "UNAVAILABLE";
constexpr std::size_t kPartsMax = 1000;  // Of one data set or table; a source that invents keys must not fill memory.
constexpr std::size_t kActiveMax = 100;  // Conditions of one item at once.
constexpr std::string_view kAxes[] = {"x", "y", "z"};

bool read_real(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(out);
}

/// `1` and `1.0`, not `1.5`.
bool read_integer(std::string_view text, std::int64_t& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc{} && end == text.data() + text.size()) return true;
  double real = 0;
  constexpr double kExactMax = 9007199254740992;  // 2^53: above, a double has no odd numbers.
  if (!read_real(text, real) || real != std::floor(real) || std::abs(real) > kExactMax) return false;
  out = static_cast<std::int64_t>(real);
  return true;
}

/// What looks like a number and is not a label: `007` and `0815` keep their zeros.
bool is_plain_number(std::string_view text, double& out) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') return false;
  return !digits.empty() && digits[0] >= '0' && digits[0] <= '9' && read_real(text, out);
}

std::string level_name(Level level) {
  switch (level) {
    case Level::fault:
      return "fault";
    case Level::warning:
      return "warning";
    case Level::normal:
      return "normal";
    default:
      return "unavailable";
  }
}

std::string condition_text(const Observation& observation) {
  std::string text = level_name(observation.level);
  if (!observation.native_code.empty()) text += fmt::format(" {}", observation.native_code);
  if (!observation.qualifier.empty()) text += fmt::format(" {}", to_lower(observation.qualifier));
  if (!observation.value.empty()) text += fmt::format(": {}", observation.value);
  return text;
}

}  // namespace

void Translator::declare(const std::vector<Device>& devices, Units units) {
  items_.clear();
  for (const auto& device : devices) {
    std::set<std::string> names;
    for (const auto& item : device.items) add_item(item, device.name, units, names);
  }
  std::vector<Declaration> declarations;
  std::vector<Item*> order;
  for (auto& [id, item] : items_) {
    declarations.push_back(item.declaration);
    order.push_back(&item);
  }
  const auto signals = sink_.declare(declarations);
  for (std::size_t i = 0; i < order.size() && i < signals.size(); ++i) order[i]->whole.signal = signals[i];
}

void Translator::declare_guessed(const DataItem& item, const std::string& device) {
  std::set<std::string> names;
  add_item(item, device, Units::agent, names);
  auto& added = items_.find(item.id)->second;
  added.by_value = item.type.empty() && item.category == Category::event;
  const auto signals = sink_.declare(std::span{&added.declaration, 1});
  if (!signals.empty()) added.whole.signal = signals.front();
}

void Translator::add_item(const DataItem& item, const std::string& device, Units units, std::set<std::string>& names) {
  Item added{.device = device, .item = item};
  const bool native = units == Units::adapter && !item.native_units.empty();
  if (native) added.factor = 1 / item.native_scale;
  // Names may repeat within a device, ids never.
  const auto& name = item.name.empty() || !names.insert(item.name).second ? item.id : item.name;
  added.declaration = {.address = item.id,
                       .device = device,
                       .name = name,
                       .type = type_of(item),
                       .unit = std::string{ucum_of(native ? item.native_units : item.units)},
                       .meaning = meaning_of(item),
                       .interpolation = interpolation_of(item),
                       .description = item.component.empty() ? item.type : item.component + ' ' + item.type};
  if (!item.sub_type.empty()) added.declaration.description += ' ' + item.sub_type;
  items_.insert_or_assign(item.id, std::move(added));
}

void Translator::begin_snapshot() {
  in_snapshot_ = true;
  for (auto& [id, item] : items_) item.fresh = true;
}

void Translator::apply(const Observation& observation, std::span<const Entry> entries) {
  const auto found = items_.find(observation.item);
  if (found == items_.end()) {
    ++unknown_;
    return;
  }
  auto& item = found->second;
  if (observation.level != Level::none) {
    apply_condition(item, observation);
  } else if (observation.value == kUnavailable) {
    apply_unavailable(item, observation.time);
  } else if (observation.representation == Representation::time_series) {
    apply_series(item, observation);
  } else if (observation.representation == Representation::data_set ||
             observation.representation == Representation::table) {
    apply_entries(item, observation, entries);
  } else if (item.declaration.type == signal::ValueType::text && !item.by_value) {
    apply_text(item, item.whole, observation);
  } else if (observation.value.find(' ') != std::string_view::npos) {
    apply_vector(item, observation);
  } else {
    apply_value(item, item.whole, observation.value, observation.time);
  }
  if (item.declaration.meaning == signal::Meaning::availability) tell_availability(item, observation);
  item.fresh = false;
}

void Translator::apply_value(Item& item, Part& part, std::string_view value, Timestamp time) {
  if (part.signal == signal::kNoSignal) return;
  double real = 0;
  std::int64_t integer = 0;
  if (item.by_value) {
    if (is_plain_number(value, real))
      batch_.add_real(part.signal, time, real);
    else
      batch_.add_text(part.signal, time, std::string{value});
  } else if (item.declaration.type == signal::ValueType::integer && read_integer(value, integer)) {
    batch_.add_integer(part.signal, time, integer);
  } else if (item.declaration.type == signal::ValueType::real && read_real(value, real)) {
    batch_.add_real(part.signal, time, real * item.factor);
  } else {
    ++mismatched_;
    batch_.add_null(part.signal, time);
    part.has_value = false;
    return;
  }
  part.has_value = true;
}

void Translator::apply_text(Item& item, Part& part, const Observation& observation) {
  if (part.signal == signal::kNoSignal) return;
  const bool message = !observation.native_code.empty() && item.item.type == "MESSAGE";
  batch_.add_text(
      part.signal, observation.time,
      message ? fmt::format("{}: {}", observation.native_code, observation.value) : std::string{observation.value});
  part.has_value = true;
}

void Translator::apply_vector(Item& item, const Observation& observation) {
  const auto values = split(observation.value, ' ');
  std::size_t index = 0;
  for (const auto value : values) {
    if (value.empty()) continue;
    const auto suffix = index < std::size(kAxes) ? std::string{kAxes[index]} : std::to_string(index);
    apply_value(item, part_of(item, suffix, value), value, observation.time);
    ++index;
  }
}

// The last value is at the observation's time, the others a period apart before it.
void Translator::apply_series(Item& item, const Observation& observation) {
  const auto values = split(observation.value, ' ');
  const double rate = observation.sample_rate > 0 ? observation.sample_rate : item.item.sample_rate;
  const auto count = static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [](std::string_view v) { return !v.empty(); }));
  std::size_t index = 0;
  for (const auto value : values) {
    if (value.empty()) continue;
    ++index;
    const double before_s = rate > 0 ? static_cast<double>(count - index) / rate : 0;
    constexpr double kSeriesMax_s = 86'400;
    if (before_s > kSeriesMax_s || (rate <= 0 && index < count)) continue;  // Without a rate only the last has a time.
    apply_value(item, item.whole, value, observation.time - Duration{static_cast<std::int64_t>(before_s * 1e9)});
  }
}

void Translator::apply_entries(Item& item, const Observation& observation, std::span<const Entry> entries) {
  std::set<std::string> present;
  for (const auto& entry : entries) {
    const auto suffix = entry.cell.empty() ? std::string{entry.key} : fmt::format("{}.{}", entry.key, entry.cell);
    if (entry.removed) {
      for (auto& [name, part] : item.parts) {
        if (name == suffix || name.starts_with(suffix + '.')) add_null(part, observation.time);
      }
      continue;
    }
    present.insert(suffix);
    auto& part = part_of(item, suffix, entry.value);
    if (part.signal == signal::kNoSignal) continue;
    double real = 0;
    if (entry.value == kUnavailable) {
      add_null(part, observation.time);
    } else if (is_plain_number(entry.value, real)) {
      batch_.add_real(part.signal, observation.time, real);
      part.has_value = true;
    } else {
      batch_.add_text(part.signal, observation.time, std::string{entry.value});
      part.has_value = true;
    }
  }
  if (!observation.reset && !(in_snapshot_ && item.fresh)) return;
  for (auto& [name, part] : item.parts) {
    if (!present.contains(name)) add_null(part, observation.time);
  }
}

// Source: MTConnect part 2, conditions; several can be active at once, told apart by conditionId or native code.
void Translator::apply_condition(Item& item, const Observation& observation) {
  if (in_snapshot_ && item.fresh) item.active.clear();
  const auto key = observation.condition_id.empty() ? observation.native_code : observation.condition_id;
  const auto notice = [&](std::string message) {
    sink_.notice({.kind = NoticeKind::condition,
                  .time = observation.time,
                  .device = item.device,
                  .message = fmt::format("{}: {}", item.declaration.name, std::move(message))});
  };
  if (observation.level == Level::unavailable) {
    item.active.clear();
    apply_unavailable(item, observation.time);
    return;
  }
  if (observation.level == Level::normal) {
    const bool was_active = key.empty() ? !item.active.empty() : item.active.contains(key);
    if (key.empty())
      item.active.clear();
    else if (was_active)
      item.active.erase(item.active.find(key));
    if (was_active) notice(key.empty() ? "normal again" : fmt::format("{} is normal again", key));
  } else if (item.active.contains(key) || item.active.size() < kActiveMax) {
    auto& condition = item.active[std::string{key}];
    auto text = condition_text(observation);
    if (condition.level != observation.level || condition.text != text) notice(text);
    condition = {observation.level, std::move(text)};
  }
  add_condition_sample(item, observation.time);
}

void Translator::add_condition_sample(Item& item, Timestamp time) {
  if (item.whole.signal == signal::kNoSignal) return;
  std::string text;
  for (const auto level : {Level::fault, Level::warning}) {
    for (const auto& [key, condition] : item.active) {
      if (condition.level != level) continue;
      text += (text.empty() ? "" : "; ") + condition.text;
    }
  }
  batch_.add_text(item.whole.signal, time, text.empty() ? "normal" : std::move(text));
  item.whole.has_value = true;
}

void Translator::apply_unavailable(Item& item, Timestamp time) {
  if (item.whole.signal != signal::kNoSignal && item.parts.empty()) {
    batch_.add_null(item.whole.signal, time);
    item.whole.has_value = false;
  }
  for (auto& [name, part] : item.parts) add_null(part, time);
}

void Translator::tell_availability(const Item& item, const Observation& observation) {
  const bool online = observation.value == "AVAILABLE";
  const auto known = device_online_.find(item.device);
  if (known != device_online_.end() && known->second == online) return;
  device_online_[item.device] = online;
  sink_.notice({.kind = online ? NoticeKind::device_online : NoticeKind::device_offline,
                .time = observation.time,
                .device = item.device,
                .message = online ? "The device is available." : "The agent has no contact to the device."});
}

void Translator::add_null(Part& part, Timestamp time) {
  if (part.signal == signal::kNoSignal || !std::exchange(part.has_value, false)) return;
  batch_.add_null(part.signal, time);
}

Translator::Part& Translator::part_of(Item& item, const std::string& suffix, std::string_view value) {
  if (const auto found = item.parts.find(suffix); found != item.parts.end()) return found->second;
  if (item.parts.size() >= kPartsMax) return nowhere_ = {};
  auto declaration = item.declaration;
  declaration.address += '/' + suffix;
  declaration.name += '_' + suffix;
  double ignored = 0;
  if (item.item.category != Category::sample) {
    declaration.type = is_plain_number(value, ignored) ? signal::ValueType::real : signal::ValueType::text;
  }
  const auto signals = sink_.declare(std::span{&declaration, 1});
  return item.parts[suffix] = {.signal = signals.empty() ? signal::kNoSignal : signals.front()};
}

void Translator::lose(Timestamp time) {
  for (auto& [id, item] : items_) {
    add_null(item.whole, time);
    for (auto& [name, part] : item.parts) add_null(part, time);
  }
}

void Translator::deliver() {
  if (!batch_.empty()) sink_.deliver(std::exchange(batch_, {}));
}

}  // namespace hanse::connectors::mtconnect
