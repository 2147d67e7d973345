#include "connectors/opcua/session/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/codec/number_of.hpp"
#include "connectors/opcua/codec/status.hpp"
#include "connectors/opcua/codec/variant_parts.hpp"

namespace hanse::connectors::opcua {
namespace {

using signal::Quality;
using signal::ValueType;

constexpr std::size_t kPartsMax = 256;          // Elements of an array or fields of a structure that become signals.
constexpr std::size_t kTextBytesMax = 4096;     // Of one value: a log file in a variable is no signal.
constexpr std::uint32_t kOverflowBits = 0x480;  // OPC 10000-4, 7.39.1: info type DataValue, overflow

Quality quality_of(StatusCode status) {
  return status.is_bad() ? Quality::bad : status.is_uncertain() ? Quality::uncertain : Quality::good;
}

std::string hex_text(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes.substr(0, 64)) text += fmt::format("{:02x}", byte);
  return text;
}

/// The next moment; the last one stays, as a server may claim any time.
constexpr std::int64_t after(std::int64_t ns) { return ns == std::numeric_limits<std::int64_t>::max() ? ns : ns + 1; }

}  // namespace

ValueType signal_type(Builtin type) {
  switch (type) {
    case Builtin::boolean:
      return ValueType::boolean;
    case Builtin::sbyte:
    case Builtin::byte:
    case Builtin::int16:
    case Builtin::uint16:
    case Builtin::int32:
    case Builtin::uint32:
    case Builtin::int64:
    case Builtin::uint64:
      return ValueType::integer;
    case Builtin::float_:
    case Builtin::double_:
      return ValueType::real;
    case Builtin::null:
    case Builtin::extension_object:
    case Builtin::data_value:
    case Builtin::variant:
    case Builtin::diagnostic_info:
      return ValueType::null;
    default:
      return ValueType::text;
  }
}

std::string value_text(const Variant& value) {
  return std::visit(
      []<class T>(const T& content) -> std::string {
        if constexpr (std::is_same_v<T, bool>)
          return content ? "true" : "false";
        else if constexpr (std::is_arithmetic_v<T>)
          return fmt::format("{}", content);
        else if constexpr (std::is_same_v<T, String> || std::is_same_v<T, XmlElement>)
          return content.substr(0, kTextBytesMax);
        else if constexpr (std::is_same_v<T, ByteString>)
          return hex_text(content);
        else if constexpr (std::is_same_v<T, DateTime>)
          return content.is_set() ? to_string(content.time()) : std::string{};
        else if constexpr (std::is_same_v<T, Guid>) {
          NodeId id;
          id.id = content;
          return node_text(id, {}).substr(2);
        } else if constexpr (std::is_same_v<T, NodeId>)
          return node_text(content, {});
        else if constexpr (std::is_same_v<T, StatusCode>)
          return to_string(content);
        else if constexpr (std::is_same_v<T, Box<LocalizedText>>)
          return content ? std::string{(*content).text} : std::string{};
        else if constexpr (std::is_same_v<T, Box<QualifiedName>>)
          return content ? std::string{(*content).name} : std::string{};
        else if constexpr (std::is_same_v<T, Box<ExpandedNodeId>>)
          return content ? node_text((*content).node, {}) : std::string{};
        else
          return {};
      },
      value.value);
}

void Points::declare(std::vector<PointPlan> plans) {
  points_.clear();
  std::vector<Declaration> declarations;
  std::vector<std::size_t> declared;
  declarations.reserve(plans.size());
  points_.reserve(plans.size());
  for (auto& plan : plans) {
    Point point;
    point.address = plan.declaration.address;
    point.deadband = plan.deadband;
    point.deadband_percent = plan.deadband_percent;
    point.historizing = plan.historizing;
    point.whole.type = plan.declaration.type;
    if (plan.composed) {
      point.parts = std::make_unique<Parts>();
      point.parts->device = plan.declaration.device;
      point.parts->name = plan.declaration.name;
    }
    points_.push_back(std::move(point));
    if (plan.composed) continue;
    declared.push_back(points_.size() - 1);
    declarations.push_back(std::move(plan.declaration));
  }
  const auto signals = sink_.declare(declarations);
  for (std::size_t i = 0; i < declared.size() && i < signals.size(); ++i)
    points_[declared[i]].whole.signal = signals[i];
}

std::optional<Timestamp> Points::last_time(std::size_t point) const {
  const auto ns = points_[point].last_ns;
  if (ns == kNever) return std::nullopt;
  return Timestamp{ns};
}

bool Points::is_small_change(Point& point, const DataValue& value) const {
  const auto number = number_of(value.value);
  if (!number || value.status_or_good().is_bad() || !point.whole.has_value || point.stale) return false;
  return std::abs(*number - point.last_value) < point.deadband;
}

void Points::apply(std::size_t index, const DataValue& value, Timestamp now, bool current) {
  auto& point = points_[index];
  if (value.status && (value.status->code & kOverflowBits) == kOverflowBits) ++overflows_;
  if (value.status && value.status->kind() == status::kBadWaitingForInitialData.code) return;
  Timestamp time = value.source_time && value.source_time->is_set()   ? value.source_time->time()
                   : value.server_time && value.server_time->is_set() ? value.server_time->time()
                                                                      : now;
  if (point.local_filter && is_small_change(point, value)) return;
  // The outage left a bad sample behind, which must not hide what holds.
  if (point.stale && (current || time.ns <= point.last_ns) && time.ns <= point.stale_ns) {
    time = std::max(now, Timestamp{after(point.stale_ns)});
  }
  // A read has told already that it holds still.
  if (!current && !point.stale && time.ns <= point.told_ns) return;
  point.stale = point.stale && time.ns <= point.stale_ns;
  point.refused = false;
  apply_at(point, value, time);
  point.last_ns = std::max(point.last_ns, time.ns);
}

void Points::apply_past(std::size_t index, const DataValue& value) {
  if (!value.source_time || !value.source_time->is_set()) return;
  auto& point = points_[index];
  const double last_value = point.last_value;
  const bool has_value = point.whole.has_value;
  apply_at(point, value, value.source_time->time());
  point.last_value = last_value;
  point.whole.has_value = has_value;
}

void Points::apply_at(Point& point, const DataValue& value, Timestamp time) {
  ++applied_;
  const auto quality = quality_of(value.status_or_good());
  if (const auto number = number_of(value.value)) point.last_value = *number;
  const bool composed = value.value.is_array() || value.value.type() == Builtin::extension_object;
  if (composed && value.has_value) return add_parts(point, time, value.value, quality);
  if (point.parts) {
    for (auto& [suffix, part] : point.parts->by_suffix) add(part, time, value.value, quality);
    return;
  }
  add(point.whole, time, value.value, quality);
}

void Points::add(Part& part, Timestamp time, const Variant& value, Quality quality) {
  if (part.signal == signal::kNoSignal) return;
  part.has_value = !value.is_null() && quality != Quality::bad;
  const auto real = [&](double number) {
    // Infinite and not-a-number are no measurements.
    if (std::isfinite(number))
      batch_.add_real(part.signal, time, number, quality);
    else
      batch_.add_null(part.signal, time, Quality::bad);
  };
  std::visit(
      [&]<class T>(const T& content) {
        if constexpr (std::is_same_v<T, std::monostate>) {
          batch_.add_null(part.signal, time, quality == Quality::good ? Quality::uncertain : quality);
        } else if constexpr (std::is_same_v<T, bool>) {
          batch_.add_boolean(part.signal, time, content, quality);
        } else if constexpr (is_number_v<T>) {
          if (std::is_floating_point_v<T> || part.type == ValueType::real ||
              !std::in_range<std::int64_t>(static_cast<std::conditional_t<std::is_integral_v<T>, T, int>>(content))) {
            real(static_cast<double>(content));
          } else {
            batch_.add_integer(part.signal, time, static_cast<std::int64_t>(content), quality);
          }
        } else {
          batch_.add_text(part.signal, time, value_text(value), quality);
        }
      },
      value.value);
}

void Points::add_part(Point& point, const std::string& suffix, Timestamp time, const Variant& value, Quality quality) {
  if (!point.parts) point.parts = std::make_unique<Parts>();
  auto& parts = point.parts->by_suffix;
  auto found = parts.find(suffix);
  if (found == parts.end()) {
    if (parts.size() >= kPartsMax) return;
    const auto& name = point.parts->name.empty() ? point.address : point.parts->name;
    const Declaration declaration{.address = point.address + suffix,
                                  .device = point.parts->device,
                                  .name = name + suffix,
                                  .type = signal_type(value.type())};
    const auto signals = sink_.declare(std::span{&declaration, 1});
    found = parts
                .emplace(suffix, Part{.signal = signals.empty() ? signal::kNoSignal : signals[0],
                                      .type = declaration.type,
                                      .has_value = false})
                .first;
  }
  add(found->second, time, value, quality);
}

void Points::add_parts(Point& point, Timestamp time, const Variant& value, Quality quality) {
  const auto add_structure = [&](const std::string& prefix, const ExtensionObject& object) {
    auto fields = flattener_ ? flattener_(object) : std::vector<FlatField>{};
    if (fields.empty()) ++unreadable_;
    for (const auto& field : fields) add_part(point, prefix + "/" + field.name, time, field.value, quality);
  };
  if (const auto* object = std::get_if<Box<ExtensionObject>>(&value.value)) {
    if (*object) add_structure("", **object);
    return;
  }
  const auto count = element_count(value);
  const bool mixed = value.type() == Builtin::variant || value.type() == Builtin::extension_object;
  // A long array is a curve or a block of memory, not a set of signals.
  if (count > kPartsMax && !mixed) return static_cast<void>(++unreadable_);
  for (std::size_t i = 0; i < std::min(count, kPartsMax); ++i) {
    const auto suffix = fmt::format("[{}]", i);
    const auto element = element_at(value, i);
    if (const auto* object = std::get_if<Box<ExtensionObject>>(&element.value); object && *object)
      add_structure(suffix, **object);
    else if (!element.is_array())
      add_part(point, suffix, time, element, quality);
  }
}

void Points::add_null(Point& point, Timestamp time) {
  const auto null = [&](Part& part) {
    if (part.signal != signal::kNoSignal && part.has_value) batch_.add_null(part.signal, time, Quality::bad);
    part.has_value = false;
  };
  if (!point.parts) return null(point.whole);
  for (auto& [suffix, part] : point.parts->by_suffix) null(part);
}

void Points::refuse(std::size_t index, StatusCode, Timestamp now) {
  auto& point = points_[index];
  if (std::exchange(point.refused, true)) return;
  if (point.whole.has_value || point.parts)
    add_null(point, now);
  else if (point.whole.signal != signal::kNoSignal)
    batch_.add_null(point.whole.signal, now, Quality::bad);
}

void Points::lose(Timestamp time) {
  for (auto& point : points_) {
    if (point.stale || point.last_ns == kNever) continue;
    point.stale_ns = std::max(time.ns, after(point.last_ns));
    point.told_ns = point.last_ns;
    add_null(point, Timestamp{point.stale_ns});
    point.stale = true;
  }
  deliver();
}

void Points::deliver() {
  if (!batch_.empty()) sink_.deliver(std::exchange(batch_, {}));
}

}  // namespace hanse::connectors::opcua
