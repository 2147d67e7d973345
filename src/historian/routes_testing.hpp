#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "api/router.hpp"
#include "historian/engine.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// For tests of what asks the history: a real one in a folder of its own, with a few signals, and a way to call routes.
class HistoryUnderTest {
 public:
  static constexpr SignalId kPower{1}, kParts{2}, kState{3}, kHeat{4};

  HistoryUnderTest() {
    folder_ = std::filesystem::temp_directory_path() / ("hanse-history-" + new_id(SystemClock{}));
    chunks_ = store::open_chunk_store("sqlite::memory:").value();
    history_ =
        open_historian(
            {.chunks = *chunks_, .clock = clock, .log = log_, .folder = folder_.string(), .background = false}, {})
            .value();
    add_signal(kPower, "press-1", "power", signal::Meaning::power, signal::ValueType::real, "kW");
    add_signal(kParts, "press-1", "parts", signal::Meaning::part_count, signal::ValueType::integer, "");
    add_signal(kState, "press-1", "state", signal::Meaning::execution, signal::ValueType::text, "");
    add_signal(kHeat, "oven-1", "heat", signal::Meaning::temperature, signal::ValueType::real, "Cel",
               signal::Interpolation::linear);
  }
  ~HistoryUnderTest() {
    history_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  HistoryUnderTest(const HistoryUnderTest&) = delete;
  HistoryUnderTest& operator=(const HistoryUnderTest&) = delete;

  void add_signal(SignalId number, std::string asset, std::string name, signal::Meaning meaning, signal::ValueType type,
                  std::string unit, signal::Interpolation interpolation = signal::Interpolation::step) {
    signal::Signal made;
    made.number = number;
    made.asset = signal::AssetId{std::move(asset)};
    made.name = std::move(name);
    made.meaning = meaning;
    made.type = type;
    made.unit = std::move(unit);
    made.interpolation = interpolation;
    directory.put({std::move(made)});
  }
  Historian& history() { return *history_; }
  void append(const SampleBatch& batch) {
    const auto counts = history_->append(batch);
    ASSERT_TRUE(counts) << counts.error().message;
  }
  /// Values a second apart from `begin` on.
  void append(SignalId signal, Timestamp begin, const std::vector<double>& values) {
    SampleBatch batch;
    for (std::size_t i = 0; i < values.size(); ++i)
      batch.add_real(signal, begin + Duration{1s} * static_cast<std::int64_t>(i), values[i]);
    append(batch);
  }

  /// The answer's body, or the error in one line; `target` as in `GET /path?query`, a body for POST.
  static std::string call(const std::vector<api::Route>& routes, std::string_view target, std::string_view body = {},
                          std::string_view content_type = "application/json", std::stop_token stop = {}) {
    const api::Router router{routes};
    const auto blank = target.find(' ');
    std::string_view path = target.substr(blank + 1), query;
    if (const auto mark = path.find('?'); mark != std::string_view::npos) {
      query = path.substr(mark + 1);
      path = path.substr(0, mark);
    }
    auto match = router.find(api::parse_method(target.substr(0, blank)).value(), path);
    if (!match || !match->route) return "no such route";
    auto parameters = api::parse_query(query);
    if (!parameters) return to_string(parameters.error());
    parameters->merge(match->parameters);
    const auto response = match->route->handle({.parameters = std::move(*parameters),
                                                .body = body,
                                                .content_type = content_type,
                                                .if_match = {},
                                                .caller = {},
                                                .facts = {},
                                                .stop = std::move(stop)});
    if (!response) return to_string(response.error());
    return response->status == 200 ? response->body : fmt::format("{} {}", response->status, response->body);
  }

  SystemClock clock;
  signal::Directory directory;

 private:
  Log log_{clock, LogLevel::error, LogFormat::text};
  std::filesystem::path folder_;
  std::unique_ptr<store::ChunkStore> chunks_;
  std::unique_ptr<Historian> history_;
};

}  // namespace hanse::historian
