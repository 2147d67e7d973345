#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/assert.hpp"
#include "historian/sql.hpp"

namespace {

using namespace hanse;
using namespace hanse::historian;

std::vector<SqlTable> tables() {
  SqlTable samples{
      .name = "samples",
      .summary = "",
      .columns = {{"signal", SqlType::integer, true}, {"time", SqlType::time, true}, {"value", SqlType::any}},
      .open = [](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
        HANSE_ASSERT(filter.equal.size() == 3 && filter.begin <= filter.last);
        std::vector<std::vector<SqlValue>> rows;
        for (std::int64_t i = 0; i < 50; ++i) {
          rows.push_back({i % 5, Timestamp{i * 1'000'000'000}, i % 3 ? SqlValue{0.5} : SqlValue{std::string{"text"}}});
        }
        return sql_rows(std::move(rows));
      }};
  return {std::move(samples)};
}

}  // namespace

/// SQL, a zero byte, and parameters as JSON: a result in all its shapes, or an error, within time and memory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SystemClock clock;
  static const SqlReader reader{tables(), clock};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto end = std::min(text.find('\0'), text.size());
  const auto result = reader.run({.sql = text.substr(0, end),
                                  .parameters = {std::string{text.substr(std::min(end + 1, text.size()))}},
                                  .rows_max = 100,
                                  .time_limit = 50ms});
  if (!result) return 0;
  for (const auto& row : result->rows) HANSE_ASSERT(row.size() == result->columns.size());
  // A name or text of SQLite's may be no UTF-8; what is JSON in shape is enough here.
  HANSE_ASSERT(sql_json(*result).ends_with('}'));
  HANSE_ASSERT(!sql_csv(*result).empty() && !sql_text(*result).empty());
  return 0;
}
