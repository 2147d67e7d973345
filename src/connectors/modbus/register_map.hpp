#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/modbus/point.hpp"

namespace hanse::connectors::modbus {

/// The registers of a kind of device, or of one SunSpec model, as data: files in maps/ and sunspec/, built in.
struct RegisterMap {
  std::string id;
  std::string title;
  std::string manufacturer;
  WordOrder order = WordOrder::abcd;
  std::int64_t registers_max = 120;
  std::int64_t gap_max = 16;
  Duration request_pause = 0ms;
  std::vector<std::int64_t> models;
  std::vector<RegisterPoint> points;

  static constexpr auto notes() {
    return std::array{
        FieldNote{
            .field = "id", .summary = "Lower-case letters, digits and hyphens.", .length_max = 60, .required = true},
        FieldNote{.field = "title", .summary = "As shown in lists.", .length_max = 200, .required = true},
        FieldNote{.field = "order",
                  .summary = "Byte order of values over several registers, unless a point says otherwise."},
        FieldNote{
            .field = "registers_max", .summary = "In one request; some devices take fewer.", .min = 1, .max = 125},
        FieldNote{.field = "gap_max",
                  .summary = "Unwanted registers read along rather than asking twice.",
                  .min = 0,
                  .max = 124},
        FieldNote{.field = "request_pause", .summary = "The device's rest between two requests."},
        FieldNote{.field = "models",
                  .summary = "SunSpec models of this layout; addresses then count from the model's id.",
                  .length_max = 50},
        FieldNote{.field = "points", .summary = "Its values.", .length_max = 5000, .required = true}};
  }
  void validate(JsonReader& reader) const;
};
HANSE_DESCRIBE(RegisterMap, (id, title, manufacturer, order, registers_max, gap_max, request_pause, models, points))

/// Names that occur twice, or nothing: `power`.
std::string double_name(std::span<const RegisterPoint> points);

/// Errors: `invalid`, with the path of each wrong field.
Result<RegisterMap> parse_map(std::string_view json);

/// The maps that Hanse knows.
class MapBook {
 public:
  /// Errors: `invalid`, naming the map and the field.
  static Result<MapBook> parse(std::span<const std::string_view> documents);
  static const MapBook& built_in();
  const RegisterMap* find(std::string_view id) const;
  const RegisterMap* find_model(std::int64_t model) const;
  /// Ids for a message: `eastron-sdm630, siemens-pac2200, ...`; without the SunSpec models.
  std::vector<std::string_view> ids() const;

 private:
  std::vector<RegisterMap> maps_;
};

}  // namespace hanse::connectors::modbus
