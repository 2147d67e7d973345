#include <fmt/format.h>
#include <unistd.h>

#include "store/internal/copy.hpp"
#include "store/internal/database.hpp"
#include "store/internal/migrations.hpp"
#include "store/store.hpp"

namespace hanse::store {
namespace {

using internal::Access;
using internal::Connection;

Result<void> copy_into(Connection& from, Connection& to) {
  HANSE_CHECK(internal::migrate(to));
  HANSE_CHECK(to.begin(Access::write));
  if (auto copied = internal::copy_rows(from, to); !copied) {
    to.roll_back();
    return copied;
  }
  return to.commit();
}

}  // namespace

Result<void> restore_backup(const std::string& path, std::string_view address) {
  HANSE_TRY(const auto place, internal::parse_address(address));
  if (place.kind == internal::DatabaseKind::sqlite_memory) {
    return fail(ErrorCode::invalid, "a backup can't be restored into memory, where it would be lost again");
  }
  if (::access(path.c_str(), R_OK) != 0)
    return fail(ErrorCode::not_found, fmt::format("there is no backup '{}'", path));
  HANSE_TRY(auto from, internal::open_sqlite(path, Access::read));
  HANSE_CHECK(from->check());
  const bool sqlite = place.kind == internal::DatabaseKind::sqlite_file;
  // Page by page is the quickest, and keeps the layout for the next opening to migrate.
  if (sqlite && ::access(place.target.c_str(), F_OK) != 0) return internal::copy_sqlite(*from, place.target);
  HANSE_TRY(const auto layout, internal::migration_of(*from));
  if (layout != internal::newest_migration()) {
    return fail(
        ErrorCode::conflict,
        fmt::format("the backup has layout {} and this Hanse {}: restore it into a new SQLite file, start once, "
                    "back up again",
                    layout, internal::newest_migration()));
  }
  HANSE_TRY(auto to,
            sqlite ? internal::open_sqlite(place.target, Access::write) : internal::open_postgresql(place.target));
  HANSE_CHECK(from->begin(Access::read));
  return copy_into(*from, *to);
}

}  // namespace hanse::store
