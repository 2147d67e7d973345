#pragma once

#include "dataspace/internal/route_parts.hpp"
#include "dataspace/routes.hpp"

namespace hanse::dataspace {

inline constexpr const char* kDataspaceRead = "dataspace.read";
inline constexpr const char* kDataspaceWrite = "dataspace.write";

struct DataspaceNothing {};
HANSE_DESCRIBE(DataspaceNothing, ())
struct DataspaceById {
  std::string id;
};
HANSE_DESCRIBE(DataspaceById, (id))
struct DataspaceList {
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(DataspaceList, (cursor, limit))

inline store::Actor actor_of(const api::Context& context) { return {context.caller.id}; }

template <class T>
Result<api::Page<T>> page_of(const store::Collection<T>& collection, store::Query query) {
  HANSE_TRY(auto stored, collection.list(std::move(query)));
  api::Page<T> page{.items = {}, .next = std::move(stored.next)};
  for (auto& item : stored.items) page.items.push_back(std::move(item.record));
  return page;
}

void add_partner_routes(std::vector<api::Route>& out, Connector& connector, const Ask& ask);
void add_process_routes(std::vector<api::Route>& out, Connector& connector, const Ask& ask);
void add_agreement_routes(std::vector<api::Route>& out, Connector& connector, const Ask& ask);
void add_amendment_routes(std::vector<api::Route>& out, Connector& connector);
void add_received_routes(std::vector<api::Route>& out, Connector& connector);

}  // namespace hanse::dataspace
