#include <fmt/format.h>

#include <algorithm>

#include "base/csv.hpp"
#include "historian/sql.hpp"

namespace hanse::historian {
namespace {

void append_json(std::string& out, const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    json::append_integer(out, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    json::append_real(out, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json::append_string(out, *text);
  } else if (const auto* time = std::get_if<Timestamp>(&value)) {
    json::append_string(out, sql_time(*time));
  } else {
    out += "null";
  }
}

std::string plain(const SqlValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* time = std::get_if<Timestamp>(&value)) return sql_time(*time);
  std::string out;
  append_json(out, value);
  return out;
}

bool is_number(const SqlValue& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

/// Characters, not bytes: what follows in a UTF-8 sequence takes no place.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string sql_json(const SqlResult& result) {
  std::string out = R"({"columns":)";
  json::append(out, result.columns);
  out += R"(,"rows":[)";
  for (const auto& row : result.rows) {
    out += &row == result.rows.data() ? "[" : ",[";
    for (const auto& value : row) {
      if (&value != row.data()) out += ',';
      append_json(out, value);
    }
    out += ']';
  }
  return out +
         fmt::format(R"(],"truncated":{},"elapsed_ms":{}}})", result.truncated, result.elapsed.count() / 1'000'000);
}

std::string sql_csv(const SqlResult& result) {
  std::string out;
  for (const auto& column : result.columns) out += (&column == result.columns.data() ? "" : ",") + csv_cell(column);
  out += "\r\n";
  for (const auto& row : result.rows) {
    for (const auto& value : row) out += (&value == row.data() ? "" : ",") + csv_cell(plain(value));
    out += "\r\n";
  }
  return out;
}

std::string sql_text(const SqlResult& result) {
  std::vector<std::size_t> widths;
  std::vector<bool> numbers(result.columns.size(), !result.rows.empty());
  for (const auto& column : result.columns) widths.push_back(width_of(column));
  for (const auto& row : result.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(plain(row[i])));
      if (!is_number(row[i]) && !std::holds_alternative<std::monostate>(row[i])) numbers[i] = false;
    }
  }
  std::string out, line;
  const auto add = [&](std::size_t column, const std::string& text, bool right) {
    const std::string pad(widths[column] - width_of(text), ' ');
    line += (column ? "  " : "") + (right ? pad + text : text + pad);
  };
  const auto end = [&] {
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
    line.clear();
  };
  for (std::size_t i = 0; i < result.columns.size(); ++i) add(i, result.columns[i], numbers[i]);
  end();
  for (const auto& row : result.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) add(i, plain(row[i]), numbers[i]);
    end();
  }
  return out + fmt::format("{} row{}{}\n", result.rows.size(), result.rows.size() == 1 ? "" : "s",
                           result.truncated ? ", and more: raise the limit" : "");
}

}  // namespace hanse::historian
