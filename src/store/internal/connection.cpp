#include "store/internal/connection.hpp"

#include <fmt/format.h>

#include <array>

namespace hanse::store::internal {
namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";

std::string with_types(std::string_view sql, const Connection& connection) {
  std::string out{sql};
  const auto replace = [&out](std::string_view name, std::string_view type) {
    for (auto at = out.find(name); at != std::string::npos; at = out.find(name, at + type.size())) {
      out.replace(at, name.size(), type);
    }
  };
  replace("{text}", connection.text_type());
  replace("{blob}", connection.blob_type());
  return out;
}

Result<void> migrate_one(Connection& connection, std::string_view component, std::int64_t number,
                         std::string_view sql) {
  HANSE_CHECK(connection.script("BEGIN"));
  auto applied = connection.script(with_types(sql, connection));
  if (applied) {
    const std::array<SqlValue, 2> values = {component, number};
    applied = connection.run(
        "INSERT INTO migration (component, number) VALUES ($1, $2) "
        "ON CONFLICT (component) DO UPDATE SET number = excluded.number",
        values);
  }
  if (!applied) {
    if (connection.in_transaction()) (void)connection.script("ROLLBACK");
    return applied;
  }
  return connection.script("COMMIT");
}

}  // namespace

bool is_memory(std::string_view address) { return address == "sqlite::memory:"; }

Result<std::unique_ptr<Connection>> connect(std::string_view address) {
  if (address.starts_with(kSqlitePrefix)) return connect_sqlite(std::string{address.substr(kSqlitePrefix.size())});
  if (address.starts_with("postgresql://") || address.starts_with("postgres://")) {
    return connect_postgres(std::string{address});
  }
  // The address may hold a password: it is not repeated.
  return fail(ErrorCode::invalid, "the store's address must be sqlite:PATH or postgresql://USER@HOST/DATABASE");
}

Result<void> migrate(Connection& connection, std::string_view component,
                     std::span<const std::string_view> migrations) {
  HANSE_CHECK(connection.script(with_types(
      "CREATE TABLE IF NOT EXISTS migration (component {text} PRIMARY KEY, number BIGINT NOT NULL)", connection)));
  std::int64_t have = 0;
  const std::array<SqlValue, 1> values = {component};
  HANSE_CHECK(connection.run("SELECT number FROM migration WHERE component = $1", values, [&have](const Row& row) {
    have = row.integer(0);
    return true;
  }));
  if (have > static_cast<std::int64_t>(migrations.size())) {
    return fail(ErrorCode::conflict,
                fmt::format("this store was written by a newer Hanse ({} {}, known here: {}); start that one", component,
                            have, migrations.size()));
  }
  for (auto next = static_cast<std::size_t>(have); next < migrations.size(); ++next) {
    HANSE_CHECK(migrate_one(connection, component, static_cast<std::int64_t>(next) + 1, migrations[next]));
  }
  return {};
}

}  // namespace hanse::store::internal
