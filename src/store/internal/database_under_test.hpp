#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hanse::store::internal {

/// An empty database of one kind for one test, gone afterwards. PostgreSQL's is a schema of its own on the server that
/// HANSE_TEST_POSTGRES names; tests/peers/postgres.sh starts one.
class TestDatabase {
 public:
  enum class Kind { sqlite_memory, sqlite_file, postgresql };
  static std::vector<Kind> kinds() { return {Kind::sqlite_memory, Kind::sqlite_file, Kind::postgresql}; }
  static std::string name(const testing::TestParamInfo<Kind>& info);
  static bool available(Kind kind);

  explicit TestDatabase(Kind kind);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& address() const { return address_; }
  /// A folder for files, removed at the end.
  const std::string& folder() const { return folder_; }
  /// Changes rows behind the store's back.
  void run(std::string_view sql);

 private:
  Kind kind_;
  std::string folder_;
  std::string address_;
  std::string schema_;
};

}  // namespace hanse::store::internal
