#include "historian/sql_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/type_info.hpp"
#include "historian/sql_signals.hpp"
#include "historian/sql_steps.hpp"

namespace hanse::historian {
namespace {

using signal::Sample;
using signal::Signal;
using signal::ValueType;

constexpr std::size_t kFirstPage = 256;  // Small, for LIMIT 10; then doubled.
constexpr std::size_t kLastPage = 16'384;

enum SampleColumn : std::size_t { kSignal, kTime, kValue, kQuality, kAsset, kName, kTimeNs };

/// The samples of some signals, one signal after the other, each in order of time.
class SampleRows final : public SqlRows {
 public:
  SampleRows(Historian& history, std::shared_ptr<const signal::Signals> all, std::vector<const Signal*> signals,
             const SqlFilter& filter)
      : history_(history),
        all_(std::move(all)),
        signals_(std::move(signals)),
        begin_(filter.begin),
        last_(filter.last),
        from_(filter.begin),
        stop_(filter.stop) {}

  Result<bool> next() override {
    if (!done_ && at_ + 1 < batch_.samples.size()) {
      ++at_;
      return true;
    }
    while (signal_ < signals_.size()) {
      HANSE_CHECK(read_page());
      if (!batch_.empty()) return true;
    }
    done_ = true;
    return false;
  }

  SqlView column(std::size_t index) const override {
    const Sample& sample = batch_.samples[at_];
    const Signal& signal = *current_;
    switch (index) {
      case kSignal:
        return static_cast<std::int64_t>(signal.number);
      case kTime:
        return sample.time;
      case kValue:
        return value_of(sample);
      case kQuality:
        return std::string_view{sample.quality == signal::Quality::good  ? "good"
                                : sample.quality == signal::Quality::bad ? "bad"
                                                                         : "uncertain"};
      case kAsset:
        return std::string_view{signal.asset.value};
      case kName:
        return std::string_view{signal.name};
      case kTimeNs:
        return sample.time.ns;
      default:
        return std::monostate{};
    }
  }

 private:
  SqlView value_of(const Sample& sample) const {
    switch (sample.type) {
      case ValueType::null:
        return std::monostate{};
      case ValueType::real:
        return sample.real();
      case ValueType::integer:
        return sample.integer();
      case ValueType::boolean:
        return static_cast<std::int64_t>(sample.boolean());
      case ValueType::text:
        return batch_.text(sample);
    }
    return std::monostate{};
  }

  /// The next page of the current signal; a short one ends it.
  Result<void> read_page() {
    current_ = signals_[signal_];
    at_ = 0;
    // A range excludes its end; the last representable instant stays outside, which no clock reaches.
    const Timestamp end = last_ == Timestamp::max() ? last_ : last_ + Duration{1};
    batch_.clear();
    if (from_ < end) {
      HANSE_TRY(batch_, history_.raw(current_->number, {from_, end}, page_, stop_));
    }
    if (batch_.samples.size() < page_) {
      ++signal_;
      from_ = begin_;
    } else {
      from_ = batch_.samples.back().time + Duration{1};
      page_ = std::min(2 * page_, kLastPage);
    }
    return {};
  }

  Historian& history_;
  std::shared_ptr<const signal::Signals> all_;
  std::vector<const Signal*> signals_;
  Timestamp begin_, last_, from_;
  std::size_t signal_ = 0;
  const Signal* current_ = nullptr;
  std::size_t page_ = kFirstPage;
  SampleBatch batch_;
  std::size_t at_ = 0;
  bool done_ = false;
  std::stop_token stop_;
};

SqlTable samples_table(Historian& history, const signal::Directory& directory) {
  return {.name = "samples",
          .summary = "Every sample, by signal and time.",
          .columns = {{"signal", SqlType::integer, true, "The signal's number."},
                      {"time", SqlType::time, true, "When, UTC; name a range of it."},
                      {"value", SqlType::any, false, "A number, a text, 0 or 1; null when the source had none."},
                      {"quality", SqlType::text, false, "good, uncertain or bad."},
                      {"asset", SqlType::text, true, "The signal's asset."},
                      {"name", SqlType::text, true, "The signal's name."},
                      {"time_ns", SqlType::integer, false, "The time as nanoseconds since 1970."}},
          .open = [&history, &directory](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            auto all = directory.snapshot();
            auto signals = wanted_signals(*all, filter, {kSignal, kAsset, kName});
            return std::make_unique<SampleRows>(history, std::move(all), std::move(signals), filter);
          },
          .rows_expected = 1e10,
          .rows_expected_equal = 1e6};
}

/// The last value of each signal, from memory.
SqlTable last_table(Historian& history, const signal::Directory& directory) {
  return {.name = "last_values",
          .summary = "The last sample of each signal.",
          .columns = {{"signal", SqlType::integer, true},
                      {"asset", SqlType::text, true},
                      {"name", SqlType::text, true},
                      {"time", SqlType::time},
                      {"value", SqlType::any, false, "A number, a text, 0 or 1; null when the source had none."},
                      {"quality", SqlType::text}},
          .open = [&history, &directory](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            const auto all = directory.snapshot();
            const auto signals = wanted_signals(*all, filter, {0, 1, 2});
            std::vector<SignalId> numbers;
            for (const auto* signal : signals) numbers.push_back(signal->number);
            const auto values = history.last(numbers);
            std::vector<std::vector<SqlValue>> rows;
            for (std::size_t i = 0; i < signals.size(); ++i) {
              if (!values[i]) continue;
              const Sample& sample = values[i]->sample;
              rows.push_back({static_cast<std::int64_t>(signals[i]->number), signals[i]->asset.value, signals[i]->name,
                              sample.time, sql_value(*values[i]), describe::enum_name(sample.quality)});
            }
            return sql_rows(std::move(rows));
          },
          .rows_expected = 1e5};
}

SqlValue limit_of(const std::optional<double>& limit) { return limit ? SqlValue{*limit} : SqlValue{}; }

SqlTable signals_table(const signal::Directory& directory) {
  return {.name = "signals",
          .summary = "What is measured.",
          .columns = {{"number", SqlType::integer, true},
                      {"asset", SqlType::text, true},
                      {"name", SqlType::text},
                      {"meaning", SqlType::text},
                      {"type", SqlType::text},
                      {"unit", SqlType::text, false, "UCUM code."},
                      {"interpolation", SqlType::text},
                      {"low", SqlType::real},
                      {"high", SqlType::real},
                      {"description", SqlType::text}},
          .open = [&directory](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            const auto all = directory.snapshot();
            std::vector<std::vector<SqlValue>> rows;
            const auto number = filter.integer(0);
            const auto* asset = filter.text(1);
            const auto add = [&](const Signal& s) {
              rows.push_back({static_cast<std::int64_t>(s.number), s.asset.value, s.name,
                              describe::enum_name(s.meaning), describe::enum_name(s.type), s.unit,
                              describe::enum_name(s.interpolation), limit_of(s.low), limit_of(s.high), s.description});
            };
            if (number && *number >= 0 && *number <= std::numeric_limits<std::uint32_t>::max()) {
              if (const auto* found = all->find(SignalId{static_cast<std::uint32_t>(*number)})) add(*found);
            } else if (asset) {
              for (const auto* found : all->of_asset(signal::AssetId{*asset})) add(*found);
            } else {
              for (const auto& [id, signal] : *all) add(*signal);
            }
            return sql_rows(std::move(rows));
          },
          .rows_expected = 1e5};
}

}  // namespace

std::vector<SqlTable> sample_tables(Historian& history, const signal::Directory& directory, const Clock& clock) {
  auto tables = step_tables(history, directory, clock);
  tables.push_back(samples_table(history, directory));
  tables.push_back(signals_table(directory));
  tables.push_back(last_table(history, directory));
  return tables;
}

SqlTable journal_table(store::Store& store) {
  return {.name = "journal",
          .summary = "Who changed what, oldest first; each entry is chained to the one before.",
          .columns = {{"sequence", SqlType::integer},
                      {"time", SqlType::time},
                      {"actor", SqlType::text},
                      {"action", SqlType::text},
                      {"kind", SqlType::text},
                      {"id", SqlType::text},
                      {"version", SqlType::integer},
                      {"detail", SqlType::text, false, "JSON."},
                      {"digest", SqlType::text},
                      {"hash", SqlType::text}},
          .open = [&store](const SqlFilter&) -> Result<std::unique_ptr<SqlRows>> {
            auto after = std::make_shared<std::int64_t>(0);
            return sql_pages([&store, after](const std::optional<std::string>&) -> Result<SqlPage> {
              constexpr std::int64_t kPage = 1000;
              HANSE_TRY(const auto entries, store.journal(*after, kPage, false));
              SqlPage page;
              for (const auto& e : entries) {
                *after = e.sequence;
                page.rows.push_back(
                    {e.sequence, e.time, e.actor, e.action, e.kind, e.id, e.version, e.detail, e.digest, e.hash});
              }
              if (std::ssize(entries) == kPage) page.next = "";
              return page;
            });
          },
          .rows_expected = 1e6};
}

SqlTable documents_table(store::Store& store, std::vector<std::string> kinds) {
  return {.name = "documents",
          .summary = "Records as JSON, by kind and id.",
          .columns = {{"kind", SqlType::text, true, "Name one: others aren't read then."},
                      {"id", SqlType::text},
                      {"version", SqlType::integer},
                      {"changed_at", SqlType::time},
                      {"body", SqlType::text, false, "JSON: json_extract(body, '$.name')."}},
          .open = [&store, kinds = std::move(kinds)](const SqlFilter& filter) -> Result<std::unique_ptr<SqlRows>> {
            std::vector<std::string> wanted;
            for (const auto& kind : kinds) {
              if (const auto* only = filter.text(0); !only || *only == kind) wanted.push_back(kind);
            }
            return sql_pages([&store, wanted, at = std::size_t{0}](
                                 const std::optional<std::string>& cursor) mutable -> Result<SqlPage> {
              SqlPage page;
              if (at == wanted.size()) return page;
              const store::Query query{
                  .kind = wanted[at], .cursor = cursor && !cursor->empty() ? cursor : std::nullopt, .limit = 1000};
              HANSE_TRY(auto documents, store.list(query));
              for (auto& d : documents.items) {
                page.rows.push_back({std::move(d.kind), std::move(d.id), d.version, d.changed_at, std::move(d.body)});
              }
              page.next = std::move(documents.next);
              if (!page.next && ++at < wanted.size()) page.next = "";
              return page;
            });
          },
          .rows_expected = 1e6,
          .rows_expected_equal = 1e4};
}

}  // namespace hanse::historian
