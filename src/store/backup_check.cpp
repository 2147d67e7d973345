#include "store/backup_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "store/internal/journal_walk.hpp"

namespace hanse::store {

Result<BackupFacts> check_backup(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0)
    return fail(ErrorCode::not_found, fmt::format("there is no backup '{}'", path));
  HANSE_TRY(const auto connection, internal::open_sqlite(path, internal::Access::read));
  HANSE_CHECK(connection->check());
  HANSE_CHECK(connection->begin(internal::Access::read));
  BackupFacts facts;
  HANSE_TRY(facts.entries, internal::walk_journal(*connection));
  const auto keep = [&](const internal::Row& row) {
    facts.last_hash = row.text(0);
    return false;
  };
  HANSE_CHECK(connection->run("SELECT hash FROM journal ORDER BY sequence DESC LIMIT 1", {}, keep));
  return facts;
}

}  // namespace hanse::store
