#include "node/connections/production_event.hpp"

namespace hanse::node {

std::optional<plant::ProductionEvent> production_event(const connectors::Notice& notice, plant::AssetId asset,
                                                       std::string source) {
  using connectors::NoticeKind;
  if (asset.value.empty()) return std::nullopt;
  plant::ProductionEvent event;
  event.asset = std::move(asset);
  event.source = std::move(source);
  event.reason = notice.message;
  if (notice.kind == NoticeKind::gap && notice.begin && notice.end) {
    event.kind = plant::EventKind::gap;
    event.time = *notice.begin;
    event.duration_ns = (*notice.end - *notice.begin).count();
    return event;
  }
  if (notice.kind != NoticeKind::condition || notice.begin.has_value() == notice.end.has_value()) return std::nullopt;
  event.kind = notice.begin ? plant::EventKind::alarm : plant::EventKind::alarm_end;
  event.time = notice.begin ? *notice.begin : *notice.end;
  return event;
}

}  // namespace hanse::node
