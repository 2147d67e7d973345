#include "base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace hanse {
namespace {

// Who reads a table looks each column up among the others.
constexpr std::size_t kColumnsMax = 1000;

char find_separator(std::string_view header_line) {
  char best = ',';
  std::ptrdiff_t best_count = 0;
  for (const char candidate : {',', ';', '\t'}) {
    const auto count = std::count(header_line.begin(), header_line.end(), candidate);
    if (count > best_count) {
      best = candidate;
      best_count = count;
    }
  }
  return best;
}

class CsvScanner {
 public:
  CsvScanner(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool at_end() const { return position_ >= text_.size(); }

  /// The next row; its cells are empty for a blank line.
  Result<CsvRow> row() {
    CsvRow row{.line = line_, .cells = {}};
    for (;;) {
      HANSE_TRY(std::string cell, this->cell());
      row.cells.push_back(std::move(cell));
      if (at_end()) return row;
      if (text_[position_] == separator_) {
        ++position_;
        continue;
      }
      skip_line_end();
      return row;
    }
  }

 private:
  Result<std::string> cell() {
    if (!at_end() && text_[position_] == '"') return quoted_cell();
    const auto start = position_;
    while (!at_end() && text_[position_] != separator_ && text_[position_] != '\n' && text_[position_] != '\r') {
      ++position_;
    }
    return std::string{text_.substr(start, position_ - start)};
  }

  Result<std::string> quoted_cell() {
    const std::size_t start_line = line_;
    std::string cell;
    for (++position_; !at_end(); ++position_) {
      const char c = text_[position_];
      if (c == '"') {
        if (position_ + 1 < text_.size() && text_[position_ + 1] == '"') {
          ++position_;
        } else {
          ++position_;
          if (!at_end() && text_[position_] != separator_ && text_[position_] != '\n' && text_[position_] != '\r') {
            return fail(ErrorCode::invalid, fmt::format("line {}: text after a closing quote", line_));
          }
          return cell;
        }
      }
      if (c == '\n') ++line_;
      cell += c;
    }
    return fail(ErrorCode::invalid, fmt::format("line {}: a quote is opened and never closed", start_line));
  }

  void skip_line_end() {
    if (!at_end() && text_[position_] == '\r') ++position_;
    if (!at_end() && text_[position_] == '\n') ++position_;
    ++line_;
  }

  std::string_view text_;
  char separator_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<CsvTable> parse_csv(std::string_view text, std::size_t rows_max) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!is_utf8(text)) return fail(ErrorCode::invalid, "the file is not UTF-8; save it as CSV UTF-8");
  CsvScanner scanner{text, find_separator(text.substr(0, text.find('\n')))};
  CsvTable table;
  while (!scanner.at_end()) {
    HANSE_TRY(CsvRow row, scanner.row());
    if (row.cells.size() == 1 && trim(row.cells[0]).empty()) continue;
    if (table.header.empty()) {
      if (row.cells.size() > kColumnsMax) {
        return fail(ErrorCode::too_large,
                    fmt::format("the first line names {} columns; {} is the limit", row.cells.size(), kColumnsMax));
      }
      for (const auto& cell : row.cells) table.header.emplace_back(trim(cell));
      continue;
    }
    if (row.cells.size() > table.header.size()) {
      return fail(ErrorCode::invalid, fmt::format("line {}: {} cells, but the header has {}", row.line,
                                                  row.cells.size(), table.header.size()));
    }
    if (table.rows.size() == rows_max) {
      return fail(ErrorCode::too_large, fmt::format("more than {} rows; split the file", rows_max));
    }
    row.cells.resize(table.header.size());
    table.rows.push_back(std::move(row));
  }
  if (table.header.empty()) return fail(ErrorCode::invalid, "the file is empty; the first line names the columns");
  return table;
}

std::string csv_cell(std::string_view text) {
  std::string cell{text};
  if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos) {
    double number = 0;
    const char* begin = text.data() + (text.front() == '+' ? 1 : 0);
    const auto [end, status] = std::from_chars(begin, text.data() + text.size(), number);
    if (status != std::errc{} || end != text.data() + text.size()) cell.insert(cell.begin(), '\'');
  }
  if (cell.find_first_of(",;\t\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace hanse
