#include "connectors/modbus/register_map.hpp"

#include <algorithm>
#include <set>

#include "base/assert.hpp"
#include "connectors/modbus/internal/built_in_maps.hpp"

namespace hanse::connectors::modbus {

std::string double_name(std::span<const RegisterPoint> points) {
  std::set<std::string_view> names;
  for (const auto& point : points) {
    if (!names.insert(point.name).second) return point.name;
  }
  return {};
}

void RegisterMap::validate(JsonReader& reader) const {
  if (points.empty()) reader.error_at("points", "needs at least one point");
  if (const auto twice = double_name(points); !twice.empty()) {
    reader.error_at("points", "the name '" + twice + "' occurs twice");
  }
  if (request_pause < 0ms || request_pause > 10s) reader.error_at("request_pause", "must be from 0ms to 10s");
  for (const auto& point : points) {
    const auto place = span_of(point);
    const auto most = is_bits(place.table) ? std::int64_t{1} : registers_max;
    if (place.quantity > most && point.type != PointType::text) {
      reader.error_at("registers_max", "is less than the registers of '" + point.name + "'");
    }
  }
}

Result<RegisterMap> parse_map(std::string_view json) { return from_json<RegisterMap>(json); }

Result<MapBook> MapBook::parse(std::span<const std::string_view> documents) {
  MapBook book;
  for (const auto document : documents) {
    auto map = parse_map(document);
    if (!map) {
      auto error = std::move(map).error();
      error.message = "a register map is wrong: " + std::string{document.substr(0, 60)};
      return error;
    }
    if (book.find(map->id)) return fail(ErrorCode::invalid, "two register maps are called '" + map->id + "'");
    book.maps_.push_back(*std::move(map));
  }
  std::sort(book.maps_.begin(), book.maps_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return book;
}

const MapBook& MapBook::built_in() {
  static const MapBook kBook = [] {
    auto book = parse(internal::built_in_maps());
    HANSE_ASSERT(book.has_value());  // A test reads them all, too.
    return *std::move(book);
  }();
  return kBook;
}

const RegisterMap* MapBook::find(std::string_view id) const {
  const auto found = std::find_if(maps_.begin(), maps_.end(), [&](const auto& map) { return map.id == id; });
  return found == maps_.end() ? nullptr : &*found;
}

const RegisterMap* MapBook::find_model(std::int64_t model) const {
  for (const auto& map : maps_) {
    if (std::find(map.models.begin(), map.models.end(), model) != map.models.end()) return &map;
  }
  return nullptr;
}

std::vector<std::string_view> MapBook::ids() const {
  std::vector<std::string_view> ids;
  for (const auto& map : maps_) {
    if (map.models.empty()) ids.push_back(map.id);
  }
  return ids;
}

}  // namespace hanse::connectors::modbus
