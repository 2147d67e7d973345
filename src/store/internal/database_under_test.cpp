#include "store/internal/database_under_test.hpp"

#include <cstdlib>
#include <filesystem>

#include "base/random.hpp"
#include "store/internal/connection.hpp"

namespace hanse::store::internal {
namespace {

std::string server() {
  const char* found = secure_getenv("HANSE_TEST_POSTGRES");
  return found ? found : "";
}

void must(const Result<std::int64_t>& done) { ASSERT_TRUE(done) << done.error().message; }

}  // namespace

std::string TestDatabase::name(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::sqlite_memory ? "SqliteMemory"
         : info.param == Kind::sqlite_file ? "SqliteFile"
                                           : "PostgreSql";
}

bool TestDatabase::available(Kind kind) { return kind != Kind::postgresql || !server().empty(); }

TestDatabase::TestDatabase(Kind kind) : kind_(kind), schema_("test_" + secure_random_hex(8)) {
  folder_ = (std::filesystem::temp_directory_path() / ("hanse_" + schema_)).string();
  std::filesystem::create_directory(folder_);
  if (kind == Kind::sqlite_memory) {
    address_ = "sqlite::memory:";
  } else if (kind == Kind::sqlite_file) {
    address_ = "sqlite:" + folder_ + "/hanse.db";
  } else {
    must(open_postgresql(server()).value()->run("CREATE SCHEMA " + schema_));
    address_ = server() + (server().find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema_;
  }
}

TestDatabase::~TestDatabase() {
  if (kind_ == Kind::postgresql) must(open_postgresql(server()).value()->run("DROP SCHEMA " + schema_ + " CASCADE"));
  std::filesystem::remove_all(folder_);
}

void TestDatabase::run(std::string_view sql) {
  auto connection =
      kind_ == Kind::postgresql ? open_postgresql(address_) : open_sqlite(folder_ + "/hanse.db", Access::write);
  must(connection.value()->run(sql));
}

}  // namespace hanse::store::internal
