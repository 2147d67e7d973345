#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hanse {

/// One row of a CSV file. `line` is where it begins, for messages; quoted cells may span lines.
struct CsvRow {
  std::size_t line = 0;
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
};

/// Reads CSV after RFC 4180 with a header row; `,`, `;` or tab, whichever the header uses (spreadsheets in half of
/// Europe write `;`). A byte-order mark and blank lines are skipped.
/// Errors: `invalid` (an open quote, a row wider than the header, not UTF-8) naming the line; `too_large` over
/// `rows_max` or over 1,000 columns.
Result<CsvTable> parse_csv(std::string_view text, std::size_t rows_max);

/// A cell as RFC 4180 wants it. A leading = + - @ is defused with a quote mark, so that a spreadsheet doesn't run it,
/// unless the cell is a number.
std::string csv_cell(std::string_view text);

}  // namespace hanse
