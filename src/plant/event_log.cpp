#include "plant/event_log.hpp"

#include "base/json.hpp"

namespace hanse::plant {
namespace {

constexpr std::string_view kKind = "event";
/// Of every asset's index texts, this one sorts events by time, then kind; the second by kind, then time.
constexpr std::string_view kByTime = "asset_time";
constexpr std::string_view kByKind = "asset_kind_time";
constexpr std::string_view kAllByTime = "time";

/// RFC 3339 with nine digits: text order is time order.
std::string sortable(Timestamp time) {
  auto text = to_string(time);
  text.pop_back();
  if (text.size() == 19) text += '.';
  text.append(29 - text.size(), '0');
  return text;
}

/// A slash can't stand in an asset's id, so one asset's texts never run into another's.
std::string by_time(const AssetId& asset, Timestamp time) { return asset.value + '/' + sortable(time); }
std::string by_kind(const AssetId& asset, EventKind kind, Timestamp time) {
  return asset.value + '/' + describe::enum_name(kind) + '/' + sortable(time);
}

std::vector<store::IndexField> index_of(const ProductionEvent& event) {
  std::vector<store::IndexField> index{{std::string{kByTime}, by_time(event.asset, event.time)},
                                       {std::string{kAllByTime}, sortable(event.time)}};
  const bool asked_for_by_kind = event.kind == EventKind::state || event.kind == EventKind::order ||
                                 event.kind == EventKind::reason || event.kind == EventKind::alarm;
  if (asked_for_by_kind) index.push_back({std::string{kByKind}, by_kind(event.asset, event.kind, event.time)});
  return index;
}

Result<ProductionEvent> read(const store::Document& document) {
  auto event = from_json<ProductionEvent>(document.body, UnknownMembers::ignore);
  if (!event)
    return fail(ErrorCode::corrupt, "the stored event '" + document.id + "' can't be read", event.error().fields);
  return event;
}

}  // namespace

Result<std::size_t> EventLog::append(const store::Actor& actor, std::span<const ProductionEvent> events) {
  std::vector<ProductionEvent> added;
  if (events.empty()) return 0;
  const auto change = [&](store::Transaction& transaction) -> Result<void> {
    added.clear();
    for (ProductionEvent event : events) {
      if (event.id.empty()) {
        event.id = new_id(clock_);
      } else {
        HANSE_TRY(const auto known, transaction.get(kKind, event.id));
        if (known) continue;
      }
      HANSE_CHECK(transaction.put(kKind, event.id, to_json(event), index_of(event), 0));
      added.push_back(std::move(event));
    }
    return {};
  };
  HANSE_CHECK(store_.write(actor, change));
  for (const auto& listener : listeners_) {
    if (!added.empty()) listener(added);
  }
  return added.size();
}

Result<EventPage> EventLog::list(const EventQuery& query) const {
  store::Query find{.kind = std::string{kKind},
                    .equal = {},
                    .range_field = std::string{kByTime},
                    .range_begin = by_time(query.asset, query.range.begin),
                    .range_end = by_time(query.asset, query.range.end),
                    .descending = false,
                    .cursor = query.cursor,
                    .limit = query.limit};
  if (query.asset.empty()) {
    find.range_field = kAllByTime;
    find.range_begin = sortable(query.range.begin);
    find.range_end = sortable(query.range.end);
  }
  EventPage page;
  HANSE_TRY(auto documents, store_.list(find));
  page.next = std::move(documents.next);
  for (const auto& document : documents.items) {
    HANSE_TRY(auto event, read(document));
    if (!query.kind || event.kind == *query.kind) page.items.push_back(std::move(event));
  }
  return page;
}

Result<std::vector<ProductionEvent>> EventLog::all(const AssetId& asset, Span range, std::size_t max) const {
  std::vector<ProductionEvent> events;
  EventQuery query{.asset = asset, .range = range, .kind = {}, .cursor = {}, .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, list(query));
    for (auto& event : page.items) events.push_back(std::move(event));
    if (!page.next) return events;
    if (events.size() >= max) {
      return fail(ErrorCode::too_large, "'" + asset.value + "' has more than " + std::to_string(max) +
                                            " events in this time; ask for a shorter one");
    }
    query.cursor = std::move(page.next);
  }
}

Result<std::optional<ProductionEvent>> EventLog::last(const AssetId& asset, EventKind kind, Timestamp time) const {
  store::Query find{.kind = std::string{kKind},
                    .equal = {},
                    .range_field = std::string{kByKind},
                    .range_begin = asset.value + '/' + describe::enum_name(kind) + '/',
                    .range_end = by_kind(asset, kind, time + Duration{1}),
                    .descending = true,
                    .cursor = {},
                    .limit = 1};
  HANSE_TRY(const auto page, store_.list(find));
  if (page.items.empty()) return std::optional<ProductionEvent>{};
  HANSE_TRY(auto event, read(page.items.front()));
  return std::optional<ProductionEvent>{std::move(event)};
}

}  // namespace hanse::plant
