#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <bit>
#include <cstring>
#include <map>

#include "base/assert.hpp"
#include "store/internal/connection.hpp"
#include "store/internal/dialect.hpp"

namespace hanse::store::internal {
namespace {

// Object ids of types: src/include/catalog/pg_type.dat.
constexpr Oid kBytea = 17, kInt8 = 20, kText = 25;
constexpr int kBinary = 1;
/// Any number that no other program locks: only writers of Hanse on the same database wait for one another.
constexpr std::string_view kBeginWrite = "BEGIN; SELECT pg_advisory_xact_lock(1214345829)";
constexpr std::string_view kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Answers of this many statements fit any socket's buffer, so that neither side waits for the other for ever.
constexpr std::size_t kPipelined = 128;

struct ResultCloser {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ResultCloser>;
struct ConnectionCloser {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t number = !bytes.empty() && (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) number = number << 8 | static_cast<std::uint8_t>(byte);
  return static_cast<std::int64_t>(number);
}

class PostgresqlRow final : public Row {
 public:
  PostgresqlRow(const PGresult* result, int row) : result_(result), row_(row) {}
  std::int64_t integer(int column) const override { return big_endian(text(column)); }
  std::string_view text(int column) const override {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  int row_;
};

/// Values in the shape that libpq wants, all binary.
struct Parameters {
  std::vector<std::uint64_t> numbers;
  std::vector<const char*> pointers;
  std::vector<int> lengths, formats;
  std::vector<Oid> types;

  explicit Parameters(std::span<const Value> values) {
    numbers.reserve(values.size());
    for (const auto& value : values) {
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        static_assert(std::endian::native == std::endian::little);
        numbers.push_back(__builtin_bswap64(static_cast<std::uint64_t>(*number)));
        add(reinterpret_cast<const char*>(&numbers.back()), 8, kInt8);
      } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        add(text->data(), text->size(), kText);
      } else {
        const auto bytes = std::get<Bytes>(value).view;
        add(bytes.data(), bytes.size(), kBytea);
      }
    }
  }

 private:
  void add(const char* pointer, std::size_t length, Oid type) {
    pointers.push_back(pointer ? pointer : "");  // a null pointer would be NULL
    lengths.push_back(static_cast<int>(length));
    formats.push_back(kBinary);
    types.push_back(type);
  }
};

bool is_fine(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

class PostgresqlConnection final : public Connection {
 public:
  explicit PostgresqlConnection(PGconn* connection) : connection_(connection) {}
  using Connection::run;

  Result<std::int64_t> run(std::string_view sql, std::span<const Value> values, const RowVisitor& visit) override {
    const Parameters parameters{values};
    HANSE_TRY(const std::string* name, prepare(sql, parameters));
    const Answer answer{PQexecPrepared(connection_.get(), name->c_str(), static_cast<int>(values.size()),
                                       parameters.pointers.data(), parameters.lengths.data(), parameters.formats.data(),
                                       kBinary)};
    if (!is_fine(answer.get())) return error(answer.get(), "run a statement");
    const int rows = PQntuples(answer.get());
    for (int row = 0; visit && row < rows; ++row) {
      if (!visit(PostgresqlRow{answer.get(), row})) break;
    }
    return std::strtoll(PQcmdTuples(answer.get()), nullptr, 10);
  }

  Result<void> run_many(std::string_view sql, std::span<const Value> values, std::size_t width) override {
    if (values.empty()) return {};
    HANSE_TRY(const std::string* name, prepare(sql, Parameters{values.first(width)}));
    for (std::size_t begin = 0; begin < values.size(); begin += kPipelined * width) {
      HANSE_CHECK(
          run_pipelined(*name, values.subspan(begin, std::min(kPipelined * width, values.size() - begin)), width));
    }
    return {};
  }

  Result<void> begin(Access access) override { return command(access == Access::write ? kBeginWrite : kBeginRead); }

  Result<void> commit() override {
    const Answer answer{PQexec(connection_.get(), "COMMIT")};
    // COMMIT of a transaction that failed before answers ROLLBACK, and calls that a success.
    if (is_fine(answer.get()) && std::string_view{PQcmdStatus(answer.get())} == "COMMIT") return {};
    if (!usable()) {
      return fail(ErrorCode::timeout,
                  "the connection to the database broke during a commit: whether it was written is unknown");
    }
    auto failed = error(answer.get(), "commit");
    roll_back();
    return failed;
  }
  void roll_back() override {
    if (in_transaction()) static_cast<void>(command("ROLLBACK"));
  }
  bool in_transaction() const override {
    const auto status = PQtransactionStatus(connection_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
  }
  bool usable() const override { return PQstatus(connection_.get()) == CONNECTION_OK; }
  std::string dialect(std::string_view sql) const override {
    return fill_dialect(sql, "TEXT COLLATE \"C\"", "BYTEA", "");  // "C": text compares by bytes, as in SQLite
  }

  // PostgreSQL keeps old rows until a vacuum and never overwrites freed space by itself; docs/formats/store.md says so.
  Result<std::int64_t> run_purging(std::string_view sql, std::span<const Value> values) override {
    HANSE_TRY(const auto changed, run(sql, values, {}));
    HANSE_CHECK(command("VACUUM chunk"));
    return changed;
  }
  Result<void> check() override { return {}; }

 private:
  Result<void> command(std::string_view sql) {
    const Answer answer{PQexec(connection_.get(), std::string{sql}.c_str())};
    if (!is_fine(answer.get())) return error(answer.get(), fmt::format("run '{}'", sql));
    return {};
  }

  Result<const std::string*> prepare(std::string_view sql, const Parameters& parameters) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return &known->second;
    std::string name = fmt::format("s{}", statements_.size());
    const Answer answer{PQprepare(connection_.get(), name.c_str(), std::string{sql}.c_str(),
                                  static_cast<int>(parameters.types.size()), parameters.types.data())};
    if (!is_fine(answer.get())) return error(answer.get(), fmt::format("prepare '{}'", sql));
    return &statements_.emplace(std::string{sql}, std::move(name)).first->second;
  }

  Result<void> run_pipelined(const std::string& name, std::span<const Value> values, std::size_t width) {
    if (PQenterPipelineMode(connection_.get()) != 1) return error(nullptr, "take many statements");
    for (std::size_t i = 0; i < values.size(); i += width) {
      const Parameters parameters{values.subspan(i, width)};
      if (PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(width), parameters.pointers.data(),
                              parameters.lengths.data(), parameters.formats.data(), kBinary) != 1) {
        return error(nullptr, "take many statements");
      }
    }
    PQpipelineSync(connection_.get());
    Result<void> outcome;
    // One answer and one null a statement, then the sync's.
    for (bool synced = false; !synced && usable();) {
      const Answer answer{PQgetResult(connection_.get())};
      if (!answer) continue;
      const auto status = PQresultStatus(answer.get());
      synced = status == PGRES_PIPELINE_SYNC;
      if (!synced && !is_fine(answer.get()) && outcome) outcome = error(answer.get(), "run a statement");
    }
    PQexitPipelineMode(connection_.get());
    if (outcome && !usable()) return error(nullptr, "take many statements");
    return outcome;
  }

  Error error(const PGresult* answer, std::string_view doing) const {
    const char* state_text = answer ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : nullptr;
    const std::string_view state = state_text ? state_text : "";
    std::string words =
        answer && state_text ? PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY) : PQerrorMessage(connection_.get());
    while (!words.empty() && words.back() == '\n') words.pop_back();
    const auto code = state == "23505"            ? ErrorCode::conflict
                      : state.starts_with("XX00") ? ErrorCode::corrupt
                                                  : ErrorCode::unavailable;
    return fail(code, fmt::format("PostgreSQL refuses to {}: {} ({})", doing, words, state));
  }

  std::unique_ptr<PGconn, ConnectionCloser> connection_;
  std::map<std::string, std::string, std::less<>> statements_;
};

}  // namespace

Result<std::unique_ptr<Connection>> open_postgresql(const std::string& url) {
  // Pairs given later win over the url's; a node must find out when the other end is gone.
  const char* keys[] = {"connect_timeout",
                        "keepalives_idle",
                        "tcp_user_timeout",
                        "dbname",
                        "client_encoding",
                        "application_name",
                        nullptr};
  const char* values[] = {"10", "30", "60000", url.c_str(), "UTF8", "hanse", nullptr};
  PGconn* opened = PQconnectdbParams(keys, values, 1);
  auto connection = std::make_unique<PostgresqlConnection>(opened);
  if (PQstatus(opened) != CONNECTION_OK) {
    std::string words = PQerrorMessage(opened);
    while (!words.empty() && words.back() == '\n') words.pop_back();
    return fail(ErrorCode::unavailable, "can't connect to PostgreSQL: " + words);
  }
  PQsetNoticeProcessor(opened, [](void*, const char*) {}, nullptr);
  // What is acknowledged is on the disk, whatever the server's default is.
  HANSE_CHECK(connection->run("SET synchronous_commit TO on"));
  return connection;
}

}  // namespace hanse::store::internal
