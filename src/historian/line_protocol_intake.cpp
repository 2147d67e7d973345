#include "historian/line_protocol_intake.hpp"

#include <fmt/format.h>

#include <memory>
#include <mutex>

namespace hanse::historian {

using signal::kNoSignal;

std::unique_ptr<LineIntake::Reader> LineIntake::take_reader() {
  std::unique_ptr<Reader> reader;
  {
    const std::lock_guard lock{mutex_};
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!reader) reader = std::make_unique<Reader>();
  if (auto now = parts_.directory.snapshot(); now != reader->signals) {
    reader->lines.forget();
    reader->signals = std::move(now);
  }
  return reader;
}

void LineIntake::settle(const api::Caller& caller, Reader& reader, LineResult& result) {
  std::vector<SignalId> found(result.unknown.size(), kNoSignal);
  std::vector<std::string> refusals(found.size());
  std::vector<ForeignSeries> asked;
  std::vector<std::size_t> asked_at;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& unknown = result.unknown[i];
    auto series = series_of_line(unknown.series, unknown.field, unknown.type);
    if (const auto* known = reader.signals->find(series.asset, series.name)) {
      found[i] = known->number;
    } else {
      refusals[i] =
          fmt::format("there is no signal '{}' of asset '{}', and it isn't made here", series.name, series.asset.value);
      asked.push_back(std::move(series));
      asked_at.push_back(i);
    }
  }
  if (parts_.resolve && !asked.empty()) {
    const std::lock_guard lock{resolve_mutex_};
    const auto answers = parts_.resolve(caller, asked);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!answers) {
        refusals[asked_at[i]] = answers.error().message;
      } else if (i < answers->size()) {
        found[asked_at[i]] = (*answers)[i];
      }
    }
  }
  reader.lines.settle(result, found, refusals);
}

Result<LineReport> LineIntake::write(const api::Caller& caller, std::string_view text, LinePrecision precision) {
  auto reader = take_reader();
  LineResult result = reader->lines.read(text, precision, parts_.clock.now());
  if (!result.unknown.empty()) settle(caller, *reader, result);
  {
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(reader));
  }
  LineReport report{.lines = result.lines,
                    .values = std::ssize(result.batch.samples),
                    .failed = result.failed,
                    .counts = {},
                    .errors = std::move(result.errors)};
  if (result.batch.empty()) return report;
  HANSE_TRY(report.counts, parts_.append(result.batch));
  return report;
}

}  // namespace hanse::historian
