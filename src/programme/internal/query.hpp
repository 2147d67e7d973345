#pragma once

#include <vector>

#include "programme/records.hpp"
#include "store/collection.hpp"

namespace hanse::programme::internal {

inline constexpr Duration kWeek = std::chrono::hours{24 * 7};

/// All records of which these fields are equal, page by page.
template <class T>
Result<std::vector<T>> all_where(const store::Collection<T>& collection, std::vector<store::IndexField> equal) {
  std::vector<T> out;
  store::Query query{.kind = {}, .equal = std::move(equal), .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, collection.list(query));
    for (auto& item : page.items) out.push_back(std::move(item.record));
    if (!page.next) return out;
    query.cursor = std::move(page.next);
  }
}

inline bool is_open(OrderState state) {
  return state != OrderState::declined && state != OrderState::cancelled && state != OrderState::received;
}

/// Week of a need in which a moment lies, the first or last one when it lies outside.
inline std::int64_t week_of(const Need& need, Timestamp time) {
  const auto since = time - need.start;
  return std::clamp<std::int64_t>(since.count() < 0 ? 0 : since.count() / kWeek.count(), 0, need.weeks - 1);
}

}  // namespace hanse::programme::internal
