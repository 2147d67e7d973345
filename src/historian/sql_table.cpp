#include "historian/sql_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "base/text.hpp"

namespace hanse::historian {
namespace {

class PagedRows final : public SqlRows {
 public:
  explicit PagedRows(std::function<Result<SqlPage>(const std::optional<std::string>&)> read) : read_(std::move(read)) {}

  Result<bool> next() override {
    if (at_ + 1 < page_.rows.size() && started_) {
      ++at_;
      return true;
    }
    while (!started_ || page_.next) {
      const auto cursor = started_ ? std::move(page_.next) : std::nullopt;
      HANSE_TRY(page_, read_(cursor));
      started_ = true;
      at_ = 0;
      if (!page_.rows.empty()) return true;
    }
    return false;
  }

  SqlView column(std::size_t index) const override {
    return std::visit(
        [](const auto& value) -> SqlView {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string>) {
            return std::string_view{value};
          } else {
            return value;
          }
        },
        page_.rows[at_][index]);
  }

 private:
  std::function<Result<SqlPage>(const std::optional<std::string>&)> read_;
  SqlPage page_;
  std::size_t at_ = 0;
  bool started_ = false;
};

}  // namespace

const std::string* SqlFilter::text(std::size_t column) const {
  return column < equal.size() && equal[column] ? std::get_if<std::string>(&*equal[column]) : nullptr;
}

std::optional<std::int64_t> SqlFilter::integer(std::size_t column) const {
  if (column >= equal.size() || !equal[column]) return std::nullopt;
  if (const auto* integer = std::get_if<std::int64_t>(&*equal[column])) return *integer;
  return std::nullopt;
}

std::unique_ptr<SqlRows> sql_pages(std::function<Result<SqlPage>(const std::optional<std::string>&)> read) {
  return std::make_unique<PagedRows>(std::move(read));
}

std::unique_ptr<SqlRows> sql_rows(std::vector<std::vector<SqlValue>> rows) {
  auto shared = std::make_shared<std::vector<std::vector<SqlValue>>>(std::move(rows));
  return sql_pages([shared](const std::optional<std::string>&) -> Result<SqlPage> {
    return SqlPage{.rows = std::move(*shared), .next = {}};
  });
}

Result<Timestamp> parse_sql_time(std::string_view text) {
  std::string whole{trim(text)};
  if (whole.size() > 10 && whole[10] == ' ') whole[10] = 'T';
  if (whole.size() == 10) whole += "T00:00:00Z";
  if (whole.size() == 16) whole += ":00Z";
  auto time = parse_timestamp(whole);
  if (!time) time = parse_timestamp(whole + "Z");
  if (!time) {
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is not a time like 2026-03-01 or 2026-03-01T06:00:00Z", text.substr(0, 60)));
  }
  return *time;
}

std::string sql_time(Timestamp time) {
  std::string text = to_string(time);  // 0, 3, 6 or 9 digits of fraction
  text.pop_back();
  const auto point = text.find('.');
  if (point == std::string::npos) return text + ".000000000Z";
  text.append(9 - (text.size() - point - 1), '0');
  return text + 'Z';
}

}  // namespace hanse::historian
