#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "store/internal/connection.hpp"

namespace hanse::store::internal {
namespace {

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Link = std::unique_ptr<PGconn, CloseConnection>;
using Answer = std::unique_ptr<PGresult, ClearResult>;

constexpr Oid kByteaOid = 17;

std::string one_line(std::string_view message) {
  std::string line{message.substr(0, message.find_last_not_of('\n') + 1)};
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

Error error_of(PGconn* connection, const PGresult* result) {
  const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const auto message = fmt::format("the database says: {}",
                                   one_line(result ? PQresultErrorMessage(result) : PQerrorMessage(connection)));
  const std::string_view code = state ? state : "";
  if (code == "23505") return fail(ErrorCode::conflict, message);        // unique_violation
  if (code.starts_with("XX")) return fail(ErrorCode::corrupt, message);  // data or index corrupted
  return fail(ErrorCode::unavailable, message);
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  std::int64_t integer(int column) const override {
    const auto digits = raw(column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  std::string_view text(int column) const override {
    if (PQftype(result_, column) != kByteaOid || is_null(column)) return raw(column);
    std::size_t size = 0;
    auto* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(result_, row_, column)), &size);
    unescaped_.assign(reinterpret_cast<const char*>(bytes), size);
    PQfreemem(bytes);
    return unescaped_;
  }
  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) == 1; }

 private:
  std::string_view raw(int column) const {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }
  const PGresult* result_;
  int row_;
  mutable std::string unescaped_;  // one blob a row, read once: good for the column asked last
};

/// The texts, lengths and formats of one call's values, alive as long as it.
struct Bound {
  explicit Bound(std::span<const SqlValue> values) {
    texts.reserve(values.size());
    for (const auto& value : values) {
      int format = 0;
      bool null = false;
      if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        texts.push_back(std::to_string(*integer));
      } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        texts.emplace_back(*text);
      } else if (const auto* blob = std::get_if<Blob>(&value)) {
        texts.emplace_back(blob->bytes);
        format = 1;
      } else {
        texts.emplace_back();
        null = true;
      }
      formats.push_back(format);
      lengths.push_back(static_cast<int>(texts.back().size()));
      pointers.push_back(null ? nullptr : texts.back().c_str());
    }
  }
  std::vector<std::string> texts;
  std::vector<const char*> pointers;
  std::vector<int> lengths, formats;
};

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(Link link) : link_(std::move(link)) {}

  Result<void> script(std::string_view sql) override {
    return check(Answer{PQexec(link_.get(), std::string{sql}.c_str())});
  }

  Result<void> run(std::string_view sql, std::span<const SqlValue> values, const RowVisitor& visit) override {
    HANSE_TRY(const auto name, prepared(sql, values.size()));
    const Bound bound{values};
    const Answer answer{PQexecPrepared(link_.get(), name.c_str(), static_cast<int>(values.size()),
                                       bound.pointers.data(), bound.lengths.data(), bound.formats.data(), 0)};
    HANSE_CHECK(check(answer));
    const std::string_view count = PQcmdTuples(answer.get());
    changed_ = 0;
    std::from_chars(count.data(), count.data() + count.size(), changed_);
    for (int row = 0; visit && row < PQntuples(answer.get()); ++row) {
      if (!visit(PostgresRow{answer.get(), row})) break;
    }
    return {};
  }

  std::int64_t changed() const override { return changed_; }
  bool in_transaction() const override { return PQtransactionStatus(link_.get()) != PQTRANS_IDLE; }

  Result<void> backup(const std::string&) override {
    return fail(ErrorCode::invalid, "a PostgreSQL store is backed up with pg_dump; see docs/operating/backup.md");
  }

  Result<void> purge(const std::function<Result<void>()>& work) override {
    HANSE_CHECK(work());
    return script("VACUUM chunk");
  }

  std::string_view text_type() const override { return "TEXT COLLATE \"C\""; }
  std::string_view blob_type() const override { return "BYTEA"; }

 private:
  Result<void> check(const Answer& answer) const {
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return error_of(link_.get(), answer.get());
  }

  Result<std::string> prepared(std::string_view sql, std::size_t values) {
    const auto known = names_.find(std::string{sql});
    if (known != names_.end()) return known->second;
    const std::string name = fmt::format("s{}", names_.size());
    HANSE_CHECK(check(Answer{
        PQprepare(link_.get(), name.c_str(), std::string{sql}.c_str(), static_cast<int>(values), nullptr)}));
    names_[std::string{sql}] = name;
    return name;
  }

  Link link_;
  std::unordered_map<std::string, std::string> names_;
  std::int64_t changed_ = 0;
};

}  // namespace

Result<std::unique_ptr<Connection>> connect_postgres(const std::string& address) {
  Link link{PQconnectdb(address.c_str())};
  if (PQstatus(link.get()) != CONNECTION_OK) {
    return fail(ErrorCode::unavailable,
                fmt::format("can't reach the PostgreSQL store: {}", one_line(PQerrorMessage(link.get()))));
  }
  PQsetNoticeProcessor(link.get(), [](void*, const char*) {}, nullptr);
  auto connection = std::make_unique<PostgresConnection>(std::move(link));
  HANSE_CHECK(connection->script("SET synchronous_commit = on"));
  return std::unique_ptr<Connection>{std::move(connection)};
}

}  // namespace hanse::store::internal
