#include "historian/sample_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace hanse::historian {
namespace {

using api::Context;
using signal::Sample;
using signal::ValueType;

/// What the history has of one signal, asked in order of time, read a page at a time.
class Existing {
 public:
  Existing(Historian& history, SignalId signal) : history_(history), signal_(signal) {}

  /// The sample at `time`; null when there is none. `time` rises from call to call.
  Result<const Sample*> at(Timestamp time) {
    constexpr std::size_t kPage = 1000;
    while (at_ < page_.samples.size() && page_.samples[at_].time < time) ++at_;
    if (at_ == page_.samples.size() && more_) {
      HANSE_TRY(page_, history_.raw(signal_, {time, Timestamp::max()}, kPage));
      at_ = 0;
      more_ = page_.samples.size() == kPage;
    }
    const bool found = at_ < page_.samples.size() && page_.samples[at_].time == time;
    return found ? &page_.samples[at_] : nullptr;
  }
  const SampleBatch& page() const { return page_; }

 private:
  Historian& history_;
  SignalId signal_;
  SampleBatch page_;
  std::size_t at_ = 0;
  bool more_ = true;
};

bool same(const Sample& a, const SampleBatch& of_a, const Sample& b, const SampleBatch& of_b) {
  if (a.type != b.type || a.quality != b.quality) return false;
  return a.type == ValueType::text ? of_a.text(a) == of_b.text(b) : a.bits == b.bits;
}

/// Says of each sample what it means for the history, in order of signal and time.
Result<void> decide(Historian& history, ReadSamples& read) {
  const auto& samples = read.batch.samples;
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair{samples[a].signal, samples[a].time} < std::pair{samples[b].signal, samples[b].time};
  });
  std::optional<Existing> existing;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Sample& sample = samples[order[i]];
    auto& fate = read.rows[read.row_of[order[i]]].fate;
    if (i == 0 || samples[order[i - 1]].signal != sample.signal) existing.emplace(history, sample.signal);
    const bool again = i + 1 < order.size() && samples[order[i + 1]].signal == sample.signal &&
                       samples[order[i + 1]].time == sample.time;
    if (again) {
      fate = SampleFate::repeated;
      continue;
    }
    HANSE_TRY(const auto* there, existing->at(sample.time));
    if (there) fate = same(*there, existing->page(), sample, read.batch) ? SampleFate::unchanged : SampleFate::replace;
  }
  return {};
}

void count(SampleImportReport& report) {
  for (const auto& row : report.rows) {
    switch (row.fate) {
      case SampleFate::create:
        ++report.created;
        break;
      case SampleFate::replace:
        ++report.replaced;
        break;
      case SampleFate::unchanged:
        ++report.unchanged;
        break;
      case SampleFate::repeated:
        ++report.repeated;
        break;
      case SampleFate::error:
        ++report.failed;
        break;
    }
  }
}

struct SampleImportInput {
  bool dry_run = true;
  api::RawBody body;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "dry_run", .summary = "True, the default, says what would happen and writes nothing."}};
  }
};
HANSE_DESCRIBE(SampleImportInput, (dry_run, body))

}  // namespace

Result<SampleImportReport> import_samples(Historian& history, const signal::Signals& signals, std::string_view text,
                                          bool dry_run, const AppendSamples& append) {
  HANSE_TRY(auto read, read_sample_csv(text, signals));
  HANSE_CHECK(decide(history, read));
  SampleImportReport report{.rows = std::move(read.rows)};
  count(report);
  if (dry_run || report.failed > 0 || read.batch.empty()) return report;
  HANSE_CHECK(append(read.batch));
  report.written = true;
  return report;
}

std::vector<api::Route> sample_import_routes(Historian& history, const signal::Directory& directory,
                                             AppendSamples append) {
  std::vector<api::Route> out;
  out.push_back(api::route<SampleImportInput, SampleImportReport>(
      {.method = api::Method::post,
       .path = "/api/v1/history/import",
       .summary = "Imports samples as CSV, or says in a dry run what would become of each.",
       .permission = "history.write",
       .body_bytes_max = 64u << 20},
      [&history, &directory, append = std::move(append)](const SampleImportInput& in, const Context&) {
        return import_samples(history, *directory.snapshot(), in.body.text, in.dry_run, append);
      }));
  return out;
}

}  // namespace hanse::historian
