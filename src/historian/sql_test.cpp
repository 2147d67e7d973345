#include "historian/sql.hpp"

#include <memory>

#include "historian/sql_routes.hpp"

namespace hanse::historian {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Two tables: `readings`, one a second from 1970 on, which remembers what filter it was asked with; `machines`.
struct Tables {
  SystemClock clock;
  std::shared_ptr<SqlFilter> asked = std::make_shared<SqlFilter>();
  SqlReader reader{make(), clock};

  std::vector<SqlTable> make() const {
    SqlTable readings{
        .name = "readings",
        .summary = "One a second.",
        .columns = {{"machine", SqlType::text, true}, {"time", SqlType::time, true}, {"value", SqlType::any}},
        .open = [asked = asked](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
          *asked = filter;
          std::vector<std::vector<SqlValue>> rows;
          for (std::int64_t i = 0; i < 100; ++i) {
            const Timestamp time{i * kSecond};
            if (time < filter.begin || time > filter.last) continue;
            rows.push_back({std::string{i % 2 ? "b" : "a"}, time, static_cast<double>(i) / 2});
          }
          return sql_rows(std::move(rows));
        },
        .rows_expected = 1e9};
    SqlTable machines{.name = "machines",
                      .summary = "",
                      .columns = {{"id", SqlType::text, true}, {"hall", SqlType::integer}},
                      .open = [](const SqlFilter&) -> Result<std::unique_ptr<SqlRows>> {
                        return sql_rows({{std::string{"a"}, std::int64_t{1}}, {std::string{"b"}, std::int64_t{2}}});
                      }};
    SqlTable broken{.name = "broken",
                    .summary = "",
                    .columns = {{"x"}},
                    .open = [](const SqlFilter&) -> Result<std::unique_ptr<SqlRows>> {
                      return fail(ErrorCode::unavailable, "the disk is gone");
                    }};
    return {std::move(readings), std::move(machines), std::move(broken)};
  }

  std::string run(std::string_view sql, std::string parameters = {}) const {
    const auto result = reader.run({.sql = sql, .parameters = {std::move(parameters)}});
    if (!result) return to_string(result.error());
    std::string json = sql_json(*result);
    return json.substr(0, json.find(",\"truncated\""));
  }
};

TEST(Sql, PushesTimesAndEqualitiesDown) {
  const Tables tables;

  EXPECT_EQ(tables.run("SELECT count(*) n, max(value) m FROM readings WHERE machine = 'a' AND time >= '1970-01-01 "
                       "00:00:10' AND time < '1970-01-01T00:00:20Z'"),
            R"({"columns":["n","m"],"rows":[[5,9]])");

  ASSERT_NE(tables.asked->text(0), nullptr);
  EXPECT_EQ(*tables.asked->text(0), "a");
  EXPECT_EQ(tables.asked->begin.ns, 10 * kSecond);
  EXPECT_EQ(tables.asked->last.ns, 20 * kSecond - 1);
}

TEST(Sql, ComparesTimesAsTimesAndShowsNineDigits) {
  const Tables tables;
  EXPECT_EQ(tables.run("SELECT time FROM readings WHERE time = '1970-01-01T01:00:05+01:00'"),
            R"({"columns":["time"],"rows":[["1970-01-01T00:00:05.000000000Z"]])");
  EXPECT_EQ(tables.run("SELECT count(*) n FROM readings WHERE time > datetime('1970-01-01', '+90 seconds')"),
            R"({"columns":["n"],"rows":[[9]])");
  EXPECT_EQ(tables.run("SELECT count(*) n FROM readings WHERE time < NULL"), R"({"columns":["n"],"rows":[[0]])");
  EXPECT_TRUE(tables.run("SELECT 1 FROM readings WHERE time > 'yesterday'")
                  .contains("'yesterday' is not a time like 2026-03-01"));
  EXPECT_TRUE(tables.run("SELECT 1 FROM readings WHERE time > abs(5)").contains("time is compared with a number"));
}

TEST(Sql, JoinsThroughTheIndexedColumn) {
  const Tables tables;
  EXPECT_EQ(tables.run("SELECT m.hall, avg(r.value) v FROM machines m JOIN readings r ON r.machine = m.id "
                       "WHERE r.time < '1970-01-01T00:00:04Z' GROUP BY m.hall ORDER BY 1"),
            R"({"columns":["hall","v"],"rows":[[1,0.5],[2,1]])");
  EXPECT_NE(tables.asked->text(0), nullptr);
}

TEST(Sql, BindsParameters) {
  const Tables tables;
  EXPECT_EQ(tables.run("SELECT ?, ?, ?, ?", R"([1, "x'); DROP TABLE machines; --", null, true])"),
            R"({"columns":["?","?","?","?"],"rows":[[1,"x'); DROP TABLE machines; --",null,1]])");
  EXPECT_EQ(tables.run("SELECT hall FROM machines WHERE id = :id", R"({"id": "b"})"),
            R"({"columns":["hall"],"rows":[[2]])");
  EXPECT_TRUE(tables.run("SELECT ?", "[]").contains("parameters: must be 1 values, as the SQL has as many places"));
  EXPECT_TRUE(tables.run("SELECT ?").contains("parameters: is required"));
  EXPECT_TRUE(tables.run("SELECT :a", R"({"b": 1})").contains("parameters.a: is required"));
  EXPECT_TRUE(tables.run("SELECT :a", R"({"a": 1, "b": 1})").contains("parameters: has a name that the SQL doesn't"));
  EXPECT_TRUE(tables.run("SELECT ?", "[[1]]").contains("parameters[0]: must be a number, a text, true, false or null"));
}

TEST(Sql, RefusesEverythingButOneSelect) {
  const Tables tables;
  for (const auto* sql : {"CREATE TABLE t(x)",
                          "ATTACH '/tmp/x' AS y",
                          "PRAGMA table_info(machines)",
                          "INSERT INTO machines VALUES('c', 3)",
                          "DELETE FROM machines",
                          "UPDATE machines SET hall = 1",
                          "BEGIN",
                          "VACUUM",
                          "SELECT load_extension('x')",
                          "SELECT * FROM pragma_database_list",
                          "SELECT * FROM sqlite_schema",
                          "CREATE VIRTUAL TABLE t USING machines",
                          "DROP TABLE machines",
                          "SELECT 1; SELECT 2",
                          "SELECT 1; DELETE FROM machines",
                          "",
                          "-- nothing",
                          "CREATE TEMP TABLE t AS SELECT 1",
                          "VACUUM INTO '/tmp/x'",
                          "DETACH main",
                          "SAVEPOINT a",
                          "ANALYZE",
                          "REINDEX"}) {
    EXPECT_FALSE(tables.reader.run({.sql = sql})) << sql;
  }
  EXPECT_EQ(tables.run("SELECT count(*) n FROM machines; -- and a comment"), R"({"columns":["n"],"rows":[[2]])");
}

TEST(Sql, SaysWhatIsWrong) {
  const Tables tables;
  EXPECT_EQ(tables.run("SELECT hal FROM machines"),
            "the SQL is wrong: no such column: hal (at character 8): sql: no such column: hal");
  EXPECT_TRUE(tables.run("SELECT * FROM broken").contains("the disk is gone"));
  EXPECT_TRUE(tables.run("SELECT x FROM nowhere").contains("no such table: nowhere"))
      << tables.run("SELECT x FROM nowhere");
  EXPECT_TRUE(tables.run(std::string_view{"SELECT 1\0", 9}).contains("zero byte"));
}

TEST(Sql, CutsRowsAndSaysSo) {
  const Tables tables;
  const auto result = tables.reader.run({.sql = "SELECT value FROM readings", .rows_max = 3});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->rows.size(), 3u);
  EXPECT_TRUE(result->truncated);
  EXPECT_FALSE(tables.reader.run({.sql = "SELECT id FROM machines", .rows_max = 2})->truncated);
}

TEST(Sql, EndsAQueryThatTakesTooLong) {
  const Tables tables;
  const auto endless = tables.reader.run(
      {.sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
       .time_limit = 20ms});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::timeout);
  EXPECT_EQ(endless.error().message,
            "the query took over 20ms; name signals and a range of times, or allow it more time");
}

/// Whoever waits for the answer goes when the query has looked at the time often enough.
class LeavingClock final : public Clock {
 public:
  Timestamp now() const override { return clock_.now(); }
  Duration monotonic() const override {
    if (++looks_ == 5) gone.request_stop();
    return clock_.monotonic();
  }
  mutable std::stop_source gone;

 private:
  SystemClock clock_;
  mutable int looks_ = 0;
};

TEST(Sql, EndsAQueryWhoseAskerHasGone) {
  const LeavingClock clock;
  const SqlReader reader{{}, clock};
  const auto endless =
      reader.run({.sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                  .time_limit = 60s,
                  .stop = clock.gone.get_token()});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::unavailable);
  EXPECT_EQ(endless.error().message, "the query was stopped");
}

TEST(Sql, EndsAQueryThatTakesTooMuchMemory) {
  const Tables tables;
  const auto large = tables.reader.run({.sql = "WITH RECURSIVE n(i, t) AS (SELECT 1, hex(zeroblob(100000)) UNION ALL "
                                               "SELECT i + 1, t || i FROM n LIMIT 100000) "
                                               "SELECT t FROM n ORDER BY i DESC",
                                        .time_limit = 60s});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::too_large) << large.error().message;
}

TEST(Sql, WritesCsvAndText) {
  const Tables tables;
  const auto result = tables.reader.run(
      {.sql = "SELECT 'press, hall ü' AS name, 1.5 AS v, NULL AS n UNION ALL SELECT '=cmd', 20, 'x'"});
  ASSERT_TRUE(result);
  EXPECT_EQ(sql_csv(*result), "name,v,n\r\n\"press, hall ü\",1.5,\r\n'=cmd,20,x\r\n");
  EXPECT_EQ(sql_text(*result), "name             v  n\npress, hall ü  1.5\n=cmd            20  x\n2 rows\n");
}

TEST(Sql, ListsItsColumns) {
  const Tables tables;
  EXPECT_EQ(tables.run("SELECT column_name, type FROM columns WHERE table_name = 'machines'"),
            R"({"columns":["column_name","type"],"rows":[["id","text"],["hall","integer"]])");
}

TEST(SqlTime, ReadsWhatPeopleWrite) {
  EXPECT_EQ(sql_time(*parse_sql_time("2026-03-01")), "2026-03-01T00:00:00.000000000Z");
  EXPECT_EQ(sql_time(*parse_sql_time("2026-03-01 06:30")), "2026-03-01T06:30:00.000000000Z");
  EXPECT_EQ(sql_time(*parse_sql_time("2026-03-01 06:30:01.25")), "2026-03-01T06:30:01.250000000Z");
  EXPECT_EQ(sql_time(*parse_sql_time("2026-03-01T06:30:00.000001+02:00")), "2026-03-01T04:30:00.000001000Z");
  EXPECT_FALSE(parse_sql_time("06:30"));
}

TEST(SqlRoute, AnswersJsonAndCsv) {
  const Tables tables;
  const auto routes = sql_routes(tables.make(), tables.clock);
  ASSERT_EQ(routes.size(), 1u);
  const auto ask = [&](std::string_view body) {
    return routes[0].handle({.parameters = {}, .body = body, .content_type = "application/json"});
  };

  const auto json = ask(R"({"sql": "SELECT hall FROM machines WHERE id = ?", "parameters": ["a"]})");
  ASSERT_TRUE(json);
  EXPECT_TRUE(json->body.starts_with(R"({"columns":["hall"],"rows":[[1]],"truncated":false)")) << json->body;
  EXPECT_EQ(ask(R"({"sql": "SELECT hall FROM machines", "format": "csv"})")->body, "hall\r\n1\r\n2\r\n");
  EXPECT_EQ(ask(R"({"sql": "SELECT 1", "time_limit": "2min"})").error().fields[0].message,
            "must be above 0s and at most 60s");
}

}  // namespace
}  // namespace hanse::historian
