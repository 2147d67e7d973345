#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "connectors/connector.hpp"
#include "connectors/modbus/codec.hpp"

namespace hanse::connectors::modbus {

enum class PointType {
  i16,
  u16,
  i32,
  u32,
  i64,
  u64,
  f32,
  f64,
  bit,   ///< Bits `bit` to `bit + width - 1` of one register; or a coil.
  text,  ///< `length` registers of two characters each.
  bcd16,
  bcd32,  ///< A decimal digit in each half byte.
  m10k32,
  m10k64,  ///< Four decimal digits in each register.
};
HANSE_DESCRIBE_ENUM(PointType, i16, u16, i32, u32, i64, u64, f32, f64, bit, text, bcd16, bcd32, m10k32, m10k64)

/// Which byte of the value stands where, A the most significant. The same four for 64 bits: words or bytes reversed.
enum class WordOrder { abcd, cdab, badc, dcba };
HANSE_DESCRIBE_ENUM(WordOrder, abcd, cdab, badc, dcba)

/// The raw value by which a device says that it has none. NaN says so always.
enum class Missing {
  never,
  sunspec,   ///< 0x8000.. signed, 0xFFFF.. unsigned.
  all_ones,  ///< 0xFFFF.. unsigned, 0x7FFF.. signed.
  zero,      ///< As of SunSpec's counters.
};
HANSE_DESCRIBE_ENUM(Missing, never, sunspec, all_ones, zero)

/// One value of a device: where it sits, how it is written, what it means.
struct RegisterPoint {
  std::string name;
  Table table = Table::holding;
  std::optional<std::int64_t> address;
  std::string number;
  PointType type = PointType::u16;
  std::optional<WordOrder> order;
  std::int64_t length = 0;
  std::int64_t bit = 0;
  std::int64_t width = 1;
  double scale = 1;
  double offset = 0;
  std::optional<std::int64_t> scale_address;
  Missing missing = Missing::never;
  std::string unit;
  signal::Meaning meaning = signal::Meaning::other;
  std::map<std::string, std::string> texts;
  bool once = false;
  std::string description;

  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "name", .summary = "Unique within the device.", .length_max = 100, .required = true},
        FieldNote{.field = "table", .summary = "coil (function 1), discrete (2), input (4) or holding (3)."},
        FieldNote{.field = "address", .summary = "As on the wire: 0-based.", .min = 0, .max = 65535},
        FieldNote{.field = "number",
                  .summary = "Instead of table and address, as documents print it: 40001 is holding 0.",
                  .length_max = 6},
        FieldNote{.field = "order",
                  .summary = "Byte order of values over several registers; the map's when not given."},
        FieldNote{.field = "length", .summary = "Registers of a text.", .min = 0, .max = 123},
        FieldNote{.field = "bit", .summary = "Lowest bit, 0 the least significant.", .min = 0, .max = 15},
        FieldNote{
            .field = "width", .summary = "Bits; 1 gives true or false, more a whole number.", .min = 1, .max = 16},
        FieldNote{.field = "scale", .summary = "The raw value is multiplied by it."},
        FieldNote{.field = "offset", .summary = "Added after that."},
        FieldNote{.field = "scale_address",
                  .summary = "Register with a signed power of ten, multiplied in.",
                  .min = 0,
                  .max = 65535},
        FieldNote{.field = "missing", .summary = "Which raw value means that there is none."},
        FieldNote{.field = "unit", .summary = "UCUM code of the scaled value.", .length_max = 40},
        FieldNote{
            .field = "texts", .summary = "Text for each whole number, as {\"4\": \"RUNNING\"}.", .length_max = 1000},
        FieldNote{.field = "once", .summary = "Read once per connection: names and serial numbers."},
        FieldNote{.field = "description", .length_max = 500}};
  }
  void validate(JsonReader& reader) const;
  friend bool operator==(const RegisterPoint&, const RegisterPoint&) = default;
};
HANSE_DESCRIBE(RegisterPoint, (name, table, address, number, type, order, length, bit, width, scale, offset,
                               scale_address, missing, unit, meaning, texts, once, description))

/// The table and 0-based address of a document's number: `40001`, `400001`, `300012`. Errors: `invalid`.
Result<Read> parse_number(std::string_view number);
/// Where the point's value sits. Precondition: the point is valid.
Read span_of(const RegisterPoint& point);
/// What the point offers, under `device` (may be empty).
Declaration declaration_of(const RegisterPoint& point, const std::string& device);

/// A point's raw words as a sample: prepared once, used at each reading.
class PointReader {
 public:
  PointReader(const RegisterPoint& point, WordOrder order);
  /// Appends one sample. `words` are those of `span_of`; `exponent` the scale register's value, if there is one.
  void append(signal::SampleBatch& batch, signal::SignalId signal, Timestamp time, std::span<const std::uint16_t> words,
              std::optional<std::uint16_t> exponent) const;

 private:
  void append_text(signal::SampleBatch& batch, signal::SignalId signal, Timestamp time,
                   std::span<const std::uint16_t> words) const;
  std::optional<double> scaled(double raw, std::optional<std::uint16_t> exponent) const;
  bool is_missing(std::uint64_t raw, unsigned bits, bool with_sign) const;

  PointType type_;
  WordOrder order_;
  Missing missing_;
  bool has_exponent_, as_integer_, as_boolean_;
  unsigned bit_, width_;
  double multiply_ = 1, divide_ = 1, offset_ = 0;
  std::map<std::string, std::string> texts_;
};

}  // namespace hanse::connectors::modbus
