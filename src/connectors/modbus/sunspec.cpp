#include "connectors/modbus/sunspec.hpp"

#include <fmt/format.h>

#include <map>

namespace hanse::connectors::modbus {
namespace {

constexpr std::array<std::uint32_t, 3> kBases{40000, 50000, 0};
constexpr std::uint16_t kMark[] = {0x5375, 0x6E53};  // `SunS`
constexpr std::uint16_t kEnd = 0xFFFF;
constexpr std::size_t kModelsMax = 64;  // No device has more; a chain that loops ends here.
constexpr std::int64_t kCommonModel = 1;

}  // namespace

std::optional<Read> SunSpecWalk::next() const {
  if (over_) return std::nullopt;
  return Read{Table::holding, marked_ ? address_ : kBases[base_], 2};
}

void SunSpecWalk::next_base() {
  if (++base_ == kBases.size()) over_ = true;
}

void SunSpecWalk::on_refused() {
  if (marked_)
    over_ = true;  // Some devices end their chain without saying so.
  else
    next_base();
}

void SunSpecWalk::on_words(const std::vector<std::uint16_t>& words) {
  if (words.size() != 2) return on_refused();
  if (!marked_) {
    if (words[0] != kMark[0] || words[1] != kMark[1]) return next_base();
    marked_ = true;
    address_ = kBases[base_] + 2;
    return;
  }
  if (words[0] == kEnd) {
    over_ = true;
    return;
  }
  models_.push_back({words[0], address_, words[1]});
  address_ += 2u + words[1];
  if (address_ + 2 > 65536 || models_.size() == kModelsMax) over_ = true;
}

Result<std::vector<RegisterPoint>> SunSpecWalk::points(const MapBook& book) const {
  if (!marked_)
    return fail(ErrorCode::not_found, "no SunSpec mark at 40000, 50000 or 0: choose the device's map instead");
  std::vector<RegisterPoint> points;
  std::map<std::string, int> seen;
  std::string found;
  bool measures = false;
  for (const auto& model : models_) {
    found += fmt::format("{}{}", found.empty() ? "" : ", ", model.id);
    const auto* layout = book.find_model(model.id);
    if (!layout) continue;
    measures = measures || model.id != kCommonModel;
    for (auto point : layout->points) {
      const auto place = span_of(point);
      if (place.address + place.quantity > model.length + 2) continue;  // An older, shorter edition of the model.
      if (point.scale_address && *point.scale_address >= model.length + 2) continue;
      if (model.address + model.length + 2 > 65536) continue;
      point.address = model.address + place.address;
      if (point.scale_address) *point.scale_address += model.address;
      if (const int nth = ++seen[point.name]; nth > 1) point.name += fmt::format("_{}", nth);
      points.push_back(std::move(point));
    }
  }
  if (!measures)
    return fail(ErrorCode::not_found,
                fmt::format("the device has the SunSpec models {}; none of them is known", found));
  return points;
}

}  // namespace hanse::connectors::modbus
