#include "connectors/modbus/point.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace hanse::connectors::modbus {
namespace {

unsigned registers_of(PointType type, std::int64_t length) {
  switch (type) {
    case PointType::i32:
    case PointType::u32:
    case PointType::f32:
    case PointType::bcd32:
    case PointType::m10k32:
      return 2;
    case PointType::i64:
    case PointType::u64:
    case PointType::f64:
    case PointType::m10k64:
      return 4;
    case PointType::text:
      return static_cast<unsigned>(length);
    default:
      return 1;
  }
}

bool is_whole(PointType type) { return type != PointType::f32 && type != PointType::f64 && type != PointType::text; }
bool is_signed(PointType type) { return type == PointType::i16 || type == PointType::i32 || type == PointType::i64; }

/// A count or a code stays a whole number; a physical quantity is real, whatever its register's type.
bool gives_integer(const RegisterPoint& point) {
  return is_whole(point.type) && point.scale == 1 && point.offset == 0 && !point.scale_address &&
         (point.unit.empty() || point.unit.front() == '{');
}
bool gives_boolean(const RegisterPoint& point) {
  return is_bits(point.table) || (point.type == PointType::bit && point.width == 1);
}

signal::ValueType value_type(const RegisterPoint& point) {
  if (point.type == PointType::text || !point.texts.empty()) return signal::ValueType::text;
  if (gives_boolean(point)) return signal::ValueType::boolean;
  return gives_integer(point) ? signal::ValueType::integer : signal::ValueType::real;
}

/// The words with the most significant first and their bytes in order.
std::uint64_t join(std::span<const std::uint16_t> words, WordOrder order) {
  const bool words_reversed = order == WordOrder::cdab || order == WordOrder::dcba;
  const bool bytes_swapped = order == WordOrder::badc || order == WordOrder::dcba;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[words_reversed ? words.size() - 1 - i : i];
    out = out << 16 | (bytes_swapped ? static_cast<std::uint16_t>(word << 8 | word >> 8) : word);
  }
  return out;
}

/// Four digits per half byte; nothing when one isn't a digit.
std::optional<double> from_bcd(std::uint64_t raw, unsigned registers) {
  double value = 0;
  for (int shift = static_cast<int>(registers) * 16 - 4; shift >= 0; shift -= 4) {
    const auto digit = raw >> shift & 0xF;
    if (digit > 9) return std::nullopt;
    value = value * 10 + static_cast<double>(digit);
  }
  return value;
}

std::optional<double> from_m10k(std::uint64_t raw, unsigned registers) {
  double value = 0;
  for (int shift = static_cast<int>(registers) * 16 - 16; shift >= 0; shift -= 16) {
    const auto part = raw >> shift & 0xFFFF;
    if (part > 9999) return std::nullopt;
    value = value * 10000 + static_cast<double>(part);
  }
  return value;
}

std::int64_t sign_extended(std::uint64_t raw, unsigned bits) {
  return static_cast<std::int64_t>(raw << (64 - bits)) >> (64 - bits);
}

}  // namespace

Result<Read> parse_number(std::string_view number) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid, fmt::format("'{}' is no register number: write one like 40001 or 300012", number));
  };
  if (number.size() != 5 && number.size() != 6) return wrong();
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(number.data() + 1, number.data() + number.size(), index);
  if (error != std::errc{} || end != number.data() + number.size() || index < 1 || index > 65536) return wrong();
  switch (number.front()) {
    case '0':
      return Read{Table::coil, index - 1, 1};
    case '1':
      return Read{Table::discrete, index - 1, 1};
    case '3':
      return Read{Table::input, index - 1, 1};
    case '4':
      return Read{Table::holding, index - 1, 1};
    default:
      return wrong();
  }
}

void RegisterPoint::validate(JsonReader& reader) const {
  const auto by_number = number.empty() ? Result<Read>{Read{}} : parse_number(number);
  if (!by_number) return reader.error_at("number", by_number.error().message);
  if (number.empty() == !address)
    return reader.error_at("address", "give either address (0-based) or number (as 40001)");
  if (type == PointType::text && length < 1) reader.error_at("length", "a text needs its number of registers");
  if (type != PointType::text && length != 0) reader.error_at("length", "is for texts only");
  if (bit + width > 16) reader.error_at("width", "bit and width reach past the register's 16 bits");
  if (type != PointType::bit && (bit != 0 || width != 1)) reader.error_at("bit", "is for type bit only");
  const auto place = span_of(*this);
  if (is_bits(place.table) && type != PointType::bit)
    reader.error_at("type", "of a coil or discrete input must be bit");
  if (is_bits(place.table) && bit != 0) reader.error_at("bit", "a coil or discrete input has one bit only");
  if (place.address + place.quantity > 65536) reader.error_at("address", "the value reaches past address 65535");
  if (!std::isfinite(scale) || scale == 0) reader.error_at("scale", "must be a number other than 0");
  for (const auto& [raw, text] : texts) {
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), parsed);
    if (error != std::errc{} || end != raw.data() + raw.size())
      reader.error_at("texts", "'" + raw + "' is no whole number");
  }
}

Read span_of(const RegisterPoint& point) {
  Read place{point.table, static_cast<std::uint32_t>(point.address.value_or(0)), 1};
  if (!point.number.empty()) {
    if (const auto parsed = parse_number(point.number)) place = *parsed;
  }
  place.quantity = is_bits(place.table) ? 1 : registers_of(point.type, point.length);
  return place;
}

Declaration declaration_of(const RegisterPoint& point, const std::string& device) {
  const auto type = value_type(point);
  const bool counts = point.meaning == signal::Meaning::part_count || point.meaning == signal::Meaning::good_count ||
                      point.meaning == signal::Meaning::scrap_count;
  return {.address = device.empty() ? point.name : device + '/' + point.name,
          .device = device,
          .name = point.name,
          .type = type,
          .unit = point.unit,
          .meaning = point.meaning,
          .interpolation =
              type == signal::ValueType::real && !counts ? signal::Interpolation::linear : signal::Interpolation::step,
          .description = point.description};
}

PointReader::PointReader(const RegisterPoint& point, WordOrder order)
    : type_(point.type),
      order_(point.order.value_or(order)),
      missing_(point.missing),
      has_exponent_(point.scale_address.has_value()),
      as_integer_(gives_integer(point)),
      as_boolean_(gives_boolean(point)),
      bit_(static_cast<unsigned>(point.bit)),
      width_(static_cast<unsigned>(point.width)),
      offset_(point.offset),
      texts_(point.texts) {
  // Dividing by 10 gives the nearest double to the decimal; multiplying by 0.1 doesn't, and costs history its
  // compression.
  const double inverse = std::round(1 / point.scale);
  if (std::abs(point.scale) < 1 && std::abs(inverse * point.scale - 1) < 1e-12)
    divide_ = inverse;
  else
    multiply_ = point.scale;
  if (is_bits(span_of(point).table)) bit_ = 0;
}

bool PointReader::is_missing(std::uint64_t raw, unsigned bits, bool with_sign) const {
  const std::uint64_t ones = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  const std::uint64_t top = std::uint64_t{1} << (bits - 1);
  switch (missing_) {
    case Missing::never:
      return false;
    case Missing::sunspec:
      return raw == (with_sign ? top : ones);
    case Missing::all_ones:
      return raw == (with_sign ? ones ^ top : ones);
    case Missing::zero:
      break;
  }
  return raw == 0;
}

std::optional<double> PointReader::scaled(double raw, std::optional<std::uint16_t> exponent) const {
  double multiply = multiply_, divide = divide_;
  if (has_exponent_) {
    const auto power = exponent ? static_cast<std::int16_t>(*exponent) : std::int16_t{0};
    if (!exponent || power < -10 || power > 10)
      return std::nullopt;  // SunSpec: sunssf is -10 to 10; 0x8000 means none.
    (power < 0 ? divide : multiply) *= std::pow(10.0, std::abs(power));
  }
  const double value = raw * multiply / divide + offset_;
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

void PointReader::append_text(signal::SampleBatch& batch, signal::SignalId signal, Timestamp time,
                              std::span<const std::uint16_t> words) const {
  const bool swapped = order_ == WordOrder::badc || order_ == WordOrder::dcba;
  std::string text;
  for (const auto word : words) {
    const char high = static_cast<char>(word >> 8), low = static_cast<char>(word & 0xFF);
    text += swapped ? low : high;
    text += swapped ? high : low;
  }
  text.resize(std::min(text.size(), text.find('\0')));
  const auto trimmed = trim(text);
  if (!is_utf8(trimmed) || (trimmed.empty() && missing_ != Missing::never))
    batch.add_null(signal, time);
  else
    batch.add_text(signal, time, std::string{trimmed});
}

void PointReader::append(signal::SampleBatch& batch, signal::SignalId signal, Timestamp time,
                         std::span<const std::uint16_t> words, std::optional<std::uint16_t> exponent) const {
  if (type_ == PointType::text) return append_text(batch, signal, time, words);
  const auto registers = static_cast<unsigned>(words.size());
  std::uint64_t raw = join(words, order_);
  if (is_missing(raw, registers * 16, is_signed(type_))) return batch.add_null(signal, time);
  if (type_ == PointType::bit) raw = raw >> bit_ & ((1u << width_) - 1);
  if (as_boolean_ && texts_.empty()) return batch.add_boolean(signal, time, raw != 0);

  std::optional<double> number;
  std::int64_t whole = 0;
  switch (type_) {
    case PointType::f32:
      number = std::bit_cast<float>(static_cast<std::uint32_t>(raw));
      break;
    case PointType::f64:
      number = std::bit_cast<double>(raw);
      break;
    case PointType::bcd16:
    case PointType::bcd32:
      number = from_bcd(raw, registers);
      break;
    case PointType::m10k32:
    case PointType::m10k64:
      number = from_m10k(raw, registers);
      break;
    case PointType::u64:
      if (static_cast<std::int64_t>(raw) >= 0)
        whole = static_cast<std::int64_t>(raw);
      else if (as_integer_)
        return batch.add_null(signal, time);  // Over what a history of whole numbers holds.
      number = static_cast<double>(raw);
      break;
    default:
      whole = is_signed(type_) ? sign_extended(raw, registers * 16) : static_cast<std::int64_t>(raw);
      number = static_cast<double>(whole);
  }
  if (!number) return batch.add_null(signal, time);
  if (type_ == PointType::bcd16 || type_ == PointType::bcd32 || type_ == PointType::m10k32 ||
      type_ == PointType::m10k64) {
    whole = static_cast<std::int64_t>(*number);
  }
  if (!texts_.empty()) {
    auto text = std::to_string(whole);
    const auto known = texts_.find(text);
    return batch.add_text(signal, time, known == texts_.end() ? std::move(text) : known->second);
  }
  if (as_integer_) return batch.add_integer(signal, time, whole);
  const auto value = scaled(*number, exponent);
  if (value)
    batch.add_real(signal, time, *value);
  else
    batch.add_null(signal, time);
}

}  // namespace hanse::connectors::modbus
