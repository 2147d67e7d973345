#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "base/csv.hpp"
#include "base/text.hpp"
#include "historian/sample_import.hpp"
#include "historian/sql_table.hpp"

namespace hanse::historian {
namespace {

using signal::Quality;
using signal::Sample;
using signal::Signal;
using signal::ValueType;

template <class T>
bool whole(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Also with a decimal comma, as spreadsheets in half of Europe write it.
bool real(std::string_view text, double& out) {
  std::string plain{text.starts_with('+') ? text.substr(1) : text};
  if (std::count(plain.begin(), plain.end(), ',') == 1 && !plain.contains('.')) plain[plain.find(',')] = '.';
  return whole(plain, out) && std::isfinite(out);
}

Result<Timestamp> time_of(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  const bool number = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number || text.size() < 9) return parse_sql_time(text);
  const std::int64_t unit = digits.size() <= 11   ? 1'000'000'000
                            : digits.size() <= 14 ? 1'000'000
                            : digits.size() <= 17 ? 1'000
                                                  : 1;
  Timestamp time;
  std::int64_t units = 0;
  if (!whole(text, units) || __builtin_mul_overflow(units, unit, &time.ns))
    return fail(ErrorCode::invalid, "is outside the years 1677 to 2262");
  return time;
}

/// Where each column of the header leads.
struct Columns {
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t signal = kNone, asset = kNone, name = kNone, time = kNone, value = kNone, quality = kNone;
  std::vector<std::pair<std::size_t, const Signal*>> wide;  ///< Column and signal.
};

const Signal* signal_of(std::string_view text, const signal::Signals& signals) {
  std::uint32_t number = 0;
  if (whole(text, number)) return signals.find(SignalId{number});
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return nullptr;
  return signals.find(signal::AssetId{std::string{text.substr(0, slash)}}, text.substr(slash + 1));
}

Result<Columns> read_header(const std::vector<std::string>& header, const signal::Signals& signals) {
  Columns out;
  std::vector<FieldError> errors;
  const bool is_long =
      std::any_of(header.begin(), header.end(), [](const std::string& name) { return to_lower(name) == "value"; });
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name = to_lower(header[i]);
    std::size_t* place = name == "time" ? &out.time : nullptr;
    if (is_long && name == "signal") place = &out.signal;
    if (is_long && name == "asset") place = &out.asset;
    if (is_long && name == "name") place = &out.name;
    if (is_long && name == "value") place = &out.value;
    if (is_long && name == "quality") place = &out.quality;
    if (place) {
      if (*place != Columns::kNone) errors.push_back({header[i], "comes twice"});
      *place = i;
    } else if (is_long) {
      constexpr std::array<std::string_view, 6> kKnown = {"signal", "asset", "name", "time", "value", "quality"};
      errors.push_back({header[i], unknown_name("column", name, kKnown)});
    } else if (const Signal* signal = signal_of(header[i], signals)) {
      out.wide.emplace_back(i, signal);
    } else {
      errors.push_back({header[i], "is no signal; head a column by a signal's number or asset/name"});
    }
  }
  if (out.time == Columns::kNone) errors.push_back({"time", "is required"});
  const bool named = out.signal != Columns::kNone || (out.asset != Columns::kNone && out.name != Columns::kNone);
  if (is_long && !named) errors.push_back({"signal", "is required, or asset and name"});
  if (!is_long && out.wide.empty() && errors.empty())
    errors.push_back({"value", "is required, or a column per signal"});
  if (!errors.empty()) return fail(ErrorCode::invalid, "the file has wrong columns", std::move(errors));
  return out;
}

/// What is wrong with the value; empty when it is in the batch.
std::string add_value(SampleBatch& batch, const Signal& signal, Timestamp time, std::string_view text,
                      Quality quality) {
  if (text == "null") {
    batch.add_null(signal.number, time, quality);
    return {};
  }
  switch (signal.type) {
    case ValueType::real: {
      double value = 0;
      if (!real(text, value)) return "must be a number, or null";
      batch.add_real(signal.number, time, value, quality);
      return {};
    }
    case ValueType::integer: {
      std::int64_t value = 0;
      if (!whole(text, value)) return "must be a whole number, or null";
      batch.add_integer(signal.number, time, value, quality);
      return {};
    }
    case ValueType::boolean: {
      const std::string word = to_lower(text);
      if (word != "true" && word != "false" && word != "1" && word != "0") return "must be true, false, 1, 0 or null";
      batch.add_boolean(signal.number, time, word == "true" || word == "1", quality);
      return {};
    }
    default:
      batch.add_text(signal.number, time, std::string{text}, quality);
      return {};
  }
}

class SampleReader {
 public:
  SampleReader(const Columns& columns, const signal::Signals& signals) : columns_(columns), signals_(signals) {}

  void read(const CsvRow& row) {
    if (columns_.wide.empty()) return read_long(row);
    for (const auto& [column, signal] : columns_.wide) {
      const auto text = trim(row.cells[column]);
      if (!text.empty())
        add(row, signal, text, fmt::format("{}/{}", signal->asset.value, signal->name), Quality::good, {});
    }
  }
  ReadSamples take() { return std::move(out_); }
  std::size_t size() const { return out_.rows.size(); }

 private:
  static std::string_view cell(const CsvRow& row, std::size_t column) {
    return column == Columns::kNone ? std::string_view{} : trim(row.cells[column]);
  }

  void read_long(const CsvRow& row) {
    std::vector<SampleImportProblem> errors;
    const Signal* signal = nullptr;
    if (const auto number = cell(row, columns_.signal); !number.empty()) {
      std::uint32_t read = 0;
      signal = whole(number, read) ? signals_.find(SignalId{read}) : nullptr;
      if (!signal) errors.push_back({"signal", fmt::format("there is no signal '{}'", number)});
    } else if (const auto name = cell(row, columns_.name); !name.empty()) {
      const std::string asset{cell(row, columns_.asset)};
      signal = signals_.find(signal::AssetId{asset}, name);
      if (!signal) errors.push_back({"name", fmt::format("there is no signal '{}' of asset '{}'", name, asset)});
    } else {
      errors.push_back({columns_.signal == Columns::kNone ? "name" : "signal", "is required"});
    }
    Quality quality = Quality::good;
    if (const auto text = cell(row, columns_.quality);
        !text.empty() && !describe::enum_value(to_lower(text), quality)) {
      errors.push_back({"quality", "must be good, uncertain or bad"});
    }
    const auto value = cell(row, columns_.value);
    const bool may_be_empty = signal && signal->type == ValueType::text;
    if (value.empty() && !may_be_empty) errors.push_back({"value", "is required; null says that there was none"});
    add(row, signal, value, "value", quality, std::move(errors));
  }

  void add(const CsvRow& row, const Signal* signal, std::string_view value, std::string_view column, Quality quality,
           std::vector<SampleImportProblem> errors) {
    SampleImportRow made{.line = static_cast<std::int64_t>(row.line),
                         .signal = signal ? signal->number : SignalId{},
                         .time = {},
                         .errors = std::move(errors)};
    if (const auto time = time_of(trim(row.cells[columns_.time]))) {
      made.time = *time;
    } else {
      made.errors.push_back({"time", time.error().message});
    }
    if (made.errors.empty()) {
      if (auto wrong = add_value(out_.batch, *signal, *made.time, value, quality); !wrong.empty()) {
        made.errors.push_back({std::string{column}, std::move(wrong)});
      } else {
        out_.row_of.push_back(out_.rows.size());
      }
    }
    if (!made.errors.empty()) made.fate = SampleFate::error;
    out_.rows.push_back(std::move(made));
  }

  const Columns& columns_;
  const signal::Signals& signals_;
  ReadSamples out_;
};

}  // namespace

Result<ReadSamples> read_sample_csv(std::string_view text, const signal::Signals& signals) {
  HANSE_TRY(const auto table, parse_csv(text, kSampleImportMax));
  HANSE_TRY(const auto columns, read_header(table.header, signals));
  SampleReader reader{columns, signals};
  for (const auto& row : table.rows) {
    reader.read(row);
    if (reader.size() > kSampleImportMax) {
      return fail(ErrorCode::too_large,
                  fmt::format("over {} values; split the file, or send it as line protocol", kSampleImportMax));
    }
  }
  return reader.take();
}

}  // namespace hanse::historian
