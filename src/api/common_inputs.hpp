#pragma once

#include "api/route.hpp"

namespace hanse::api {

/// Inputs that routes of many rooms have.

struct NoInput {};
HANSE_DESCRIBE(NoInput, ())

/// The record that the path names.
struct ById {
  std::string id;
};
HANSE_DESCRIBE(ById, (id))

/// One page of a list that nothing else chooses from.
struct PageInput {
  std::optional<std::string> cursor;
  std::int64_t limit = kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = kPageLimitMax}};
  }
};
HANSE_DESCRIBE(PageInput, (cursor, limit))

/// A file of records of one kind.
template <class Kind>
struct ImportFile {
  Kind kind{};
  bool dry_run = true;
  RawBody body;
  BOOST_DESCRIBE_CLASS(ImportFile, (), (kind, dry_run, body), (), ())
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "dry_run", .summary = "True, the default, says what would happen and writes nothing."}};
  }
};

/// What the store gave (`store::StoredPage<T>`), without the versions.
template <class T, class Stored>
Page<T> page_of(Stored stored) {
  Page<T> page{.items = {}, .next = std::move(stored.next)};
  for (auto& item : stored.items) page.items.push_back(std::move(item.record));
  return page;
}

}  // namespace hanse::api
