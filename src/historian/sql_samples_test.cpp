#include "historian/sql_samples.hpp"

#include "historian/routes_testing.hpp"
#include "historian/sql.hpp"

namespace hanse::historian {
namespace {

constexpr Timestamp kSqlStart{1'764'000'000'000'000'000};  // 2025-11-24T16:00:00Z

class SqlSamples : public testing::Test {
 protected:
  std::string run(std::string_view sql) {
    const SqlReader reader{sample_tables(test_.history(), test_.directory, test_.clock), test_.clock};
    const auto result = reader.run({.sql = sql, .rows_max = 100'000});
    if (!result) return to_string(result.error());
    const auto json = sql_json(*result);
    const auto begin = json.find("\"rows\":") + 7;
    return json.substr(begin, json.find(",\"truncated\"") - begin);
  }

  HistoryUnderTest test_;
};

TEST_F(SqlSamples, ShowEveryTypeOfValue) {
  SampleBatch batch;
  batch.add_real(HistoryUnderTest::kPower, kSqlStart, 1.25);
  batch.add_null(HistoryUnderTest::kPower, kSqlStart + 1s);
  batch.add_integer(HistoryUnderTest::kParts, kSqlStart, 3, signal::Quality::uncertain);
  batch.add_text(HistoryUnderTest::kState, kSqlStart, "RUN");
  test_.append(batch);
  EXPECT_EQ(run("SELECT signal, time, value, quality, asset, name FROM samples ORDER BY signal, time"),
            R"([[1,"2025-11-24T16:00:00.000000000Z",1.25,"good","press-1","power"],)"
            R"([1,"2025-11-24T16:00:01.000000000Z",null,"bad","press-1","power"],)"
            R"([2,"2025-11-24T16:00:00.000000000Z",3,"uncertain","press-1","parts"],)"
            R"([3,"2025-11-24T16:00:00.000000000Z","RUN","good","press-1","state"]])");
}

TEST_F(SqlSamples, ReadPagesToTheLastSampleOfARange) {
  std::vector<double> values(70'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  test_.append(HistoryUnderTest::kPower, kSqlStart, values);
  test_.append(HistoryUnderTest::kHeat, kSqlStart, values);

  EXPECT_EQ(run("SELECT count(*), min(value), max(value) FROM samples WHERE asset = 'press-1' AND name = 'power'"),
            "[[70000,0,69999]]");
  EXPECT_EQ(run("SELECT signal, count(*), sum(value) FROM samples WHERE time >= '2025-11-24T16:00:10Z' AND time <= "
                "'2025-11-24T16:00:12Z' GROUP BY 1"),
            "[[1,3,33],[4,3,33]]");
  EXPECT_EQ(run("SELECT value FROM samples WHERE signal = 4 LIMIT 2"), "[[0],[1]]");
}

TEST_F(SqlSamples, JoinSignals) {
  test_.append(HistoryUnderTest::kPower, kSqlStart, {1, 3});
  EXPECT_EQ(
      run("SELECT g.unit, avg(s.value) FROM signals g JOIN samples s ON s.signal = g.number WHERE g.meaning = 'power'"),
      R"([["kW",2]])");
  EXPECT_EQ(run("SELECT number, name FROM signals WHERE asset = 'oven-1'"), R"([[4,"heat"]])");
  EXPECT_EQ(run("SELECT count(*) FROM samples WHERE signal = 4294967297"), "[[0]]")
      << "a number over 32 bits is no other signal";
}

TEST_F(SqlSamples, GiveLastValues) {
  test_.append(HistoryUnderTest::kPower, kSqlStart, {1, 3});
  SampleBatch batch;
  batch.add_text(HistoryUnderTest::kState, kSqlStart, "RUN");
  test_.append(batch);
  EXPECT_EQ(run("SELECT name, time, value FROM last_values WHERE asset = 'press-1' ORDER BY name"),
            R"([["power","2025-11-24T16:00:01.000000000Z",3],["state","2025-11-24T16:00:00.000000000Z","RUN"]])");
}

TEST_F(SqlSamples, GiveFiguresByStep) {
  std::vector<double> values(7200);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i / 3600);
  test_.append(HistoryUnderTest::kPower, kSqlStart, values);
  EXPECT_EQ(
      run("SELECT time, count, mean, max FROM steps WHERE signal = 1 AND step = '1h' AND time >= '2025-11-24 16:00' "
          "AND time < '2025-11-24 19:00'"),
      R"([["2025-11-24T16:00:00.000000000Z",3600,0,0],["2025-11-24T17:00:00.000000000Z",3600,1,1],["2025-11-24T18:00:00.000000000Z",0,null,null]])");
  EXPECT_TRUE(run("SELECT count FROM steps WHERE signal = 1 AND step = '1h'")
                  .contains("steps needs step = '1h' or the like, and both ends of the time"));
  EXPECT_TRUE(run("SELECT count FROM steps WHERE step = '1ms' AND time BETWEEN '2025-11-24' AND '2025-11-25'")
                  .contains("are over 100000; take longer ones"));
  EXPECT_EQ(run("SELECT count(*) FROM steps WHERE asset = 'press-1' AND step = '1h' AND time BETWEEN '2025-11-24' AND "
                "'2025-11-24 23:59'"),
            "[[72]]");
}

TEST(SqlLedger, ReadsJournalAndNamedKindsOnly) {
  const SystemClock clock;
  const auto store = store::open_store("sqlite::memory:", clock).value();
  ASSERT_TRUE(store->write({"user:anna"}, [](store::Transaction& transaction) -> Result<void> {
    for (const auto* kind : {"asset", "secret"}) {
      for (int i = 0; i < 1500; ++i)
        HANSE_CHECK(transaction.put(kind, fmt::format("x{:04}", i), R"({"size":2})", {}, 0));
    }
    return {};
  }));
  std::vector<SqlTable> tables;
  tables.push_back(journal_table(*store));
  tables.push_back(documents_table(*store, {"empty", "asset"}));
  const SqlReader reader{std::move(tables), clock};
  const auto one = [&](std::string_view sql) {
    return std::get<std::int64_t>(reader.run({.sql = sql}).value().rows.at(0).at(0));
  };

  EXPECT_EQ(one("SELECT count(*) FROM journal WHERE actor = 'user:anna' AND action = 'create'"), 3000);
  EXPECT_EQ(one("SELECT sum(json_extract(body, '$.size')) FROM documents WHERE kind = 'asset'"), 3000);
  EXPECT_EQ(one("SELECT count(*) FROM documents"), 1500);
  EXPECT_EQ(one("SELECT count(*) FROM documents WHERE kind = 'secret'"), 0);
}

}  // namespace
}  // namespace hanse::historian
