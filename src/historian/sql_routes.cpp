#include "historian/sql_routes.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace hanse::historian {
namespace {

using api::Context;
using api::Response;

enum class SqlFormat { json, csv };
HANSE_DESCRIBE_ENUM(SqlFormat, json, csv)

struct SqlRequest {
  std::string sql;
  RawJson parameters;
  SqlFormat format = SqlFormat::json;
  std::int64_t rows_max = 1000;
  Duration time_limit = 10s;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "sql",
                                .summary = "One SELECT in SQLite's dialect; SELECT * FROM columns lists the tables.",
                                .length_max = kSqlTextBytesMax,
                                .required = true},
                      FieldNote{.field = "parameters", .summary = "A list for ?, an object for :name."},
                      FieldNote{.field = "rows_max", .summary = "More rows are cut.", .min = 1, .max = kSqlRowsMax},
                      FieldNote{.field = "time_limit", .summary = "At most 60s."}};
  }
  void validate(JsonReader& reader) const {
    if (time_limit <= Duration::zero() || time_limit > kSqlTimeMax)
      reader.error_at("time_limit", "must be above 0s and at most 60s");
  }
};
HANSE_DESCRIBE(SqlRequest, (sql, parameters, format, rows_max, time_limit))

/// Counts queries under way, for as long as it lives.
class Turn {
 public:
  explicit Turn(std::atomic<int>& running) : running_(running), granted_(++running <= kSqlAtOnce) {}
  ~Turn() { --running_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool granted() const { return granted_; }

 private:
  std::atomic<int>& running_;
  const bool granted_;
};

struct Shared {
  SqlReader reader;
  std::atomic<int> running{0};
};

}  // namespace

std::vector<api::Route> sql_routes(std::vector<SqlTable> tables, const Clock& clock) {
  auto shared = std::make_shared<Shared>(SqlReader{std::move(tables), clock});
  std::vector<api::Route> out;
  out.push_back(api::route<SqlRequest, Response>(
      {.method = api::Method::post,
       .path = "/api/v1/sql",
       .summary = "Runs one SELECT over samples, signals and records; JSON or CSV.",
       .permission = "history.sql"},
      [shared](const SqlRequest& in, const Context& context) -> Result<Response> {
        const Turn turn{shared->running};
        if (!turn.granted()) return fail(ErrorCode::unavailable, "other queries are running; try again in a moment");
        HANSE_TRY(const auto result,
                  shared->reader.run({in.sql, in.parameters, in.rows_max, in.time_limit, context.stop}));
        if (in.format == SqlFormat::json) return Response{.body = sql_json(result)};
        Response response{.content_type = "text/csv; charset=utf-8", .body = sql_csv(result)};
        response.headers.emplace_back("X-Hanse-Truncated", result.truncated ? "true" : "false");
        return response;
      }));
  return out;
}

}  // namespace hanse::historian
