#include "node/partners/shared_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "historian/routes.hpp"
#include "twin/service/offered.hpp"

namespace hanse::node {
namespace {

using dataspace::DataPiece;
using dataspace::Dataset;
using dataspace::DataWindow;

constexpr std::size_t kSamplesMax = 10'000;
constexpr std::size_t kEventsMax = 10'000;
constexpr std::int64_t kPieceMax = 16LL << 20;  // bytes of one answer
constexpr Duration kWindowDefault = 24h;

Result<historian::TimeRange> range_of(const DataWindow& window, Timestamp now) {
  const auto end = window.until.value_or(now);
  const auto begin = window.from.value_or(end - kWindowDefault);
  if (!(begin < end)) return fail(ErrorCode::invalid, "the window is wrong", {{"from", "must be before until"}});
  return historian::TimeRange{begin, end};
}

Error gone(const Dataset& dataset) {
  return fail(ErrorCode::not_found, fmt::format("what dataset '{}' showed is no more", dataset.id));
}

/// `12`, or `press-1/temperature`.
const signal::Signal* signal_of(const signal::Signals& signals, std::string_view source) {
  if (const auto slash = source.rfind('/'); slash != std::string_view::npos)
    return signals.find(signal::AssetId{std::string{source.substr(0, slash)}}, source.substr(slash + 1));
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(source.data(), source.data() + source.size(), number);
  const bool whole = error == std::errc{} && end == source.data() + source.size();
  return whole ? signals.find(signal::SignalId{number}) : nullptr;
}

std::string head_of(const signal::Signal& found) {
  return fmt::format(R"({{"signal":{},"asset":{},"unit":{},)", to_json(found.name), to_json(found.asset),
                     to_json(found.unit));
}

}  // namespace

Result<DataPiece> SharedData::read(const Dataset& dataset, const DataWindow& window) {
  switch (dataset.kind) {
    case dataspace::DatasetKind::series:
      return series(dataset, window);
    case dataspace::DatasetKind::records:
      return events(dataset, window);
    case dataspace::DatasetKind::file:
    case dataspace::DatasetKind::design:
      return file(dataset, window);
    case dataspace::DatasetKind::twin:
      return twin(dataset, window);
  }
  return gone(dataset);
}

Result<DataPiece> SharedData::series(const Dataset& dataset, const DataWindow& window) {
  const auto signals = parts_.directory.snapshot();
  const auto* found = signal_of(*signals, dataset.source);
  if (!found) return gone(dataset);
  HANSE_TRY(const auto range, range_of(window, parts_.clock.now()));
  DataPiece piece{.content_type = "application/json", .body = head_of(*found)};
  bool first = true;
  if (window.aggregate_s > 0) {
    HANSE_TRY(const auto buckets,
              parts_.history.aggregate(found->number, range, std::chrono::seconds{window.aggregate_s}));
    piece.body += fmt::format(R"("step_s":{},"means":[)", window.aggregate_s);
    for (const auto& bucket : buckets) {
      if (bucket.count == 0) continue;
      if (!std::exchange(first, false)) piece.body += ',';
      piece.body += fmt::format(R"(["{}",)", to_string(bucket.begin));
      json::append_real(piece.body, bucket.time_weighted_mean);
      piece.body += fmt::format(",{}]", bucket.count);
    }
    piece.body += "]}";
    return piece;
  }
  HANSE_TRY(const auto batch, parts_.history.raw(found->number, range, kSamplesMax));
  piece.body += "\"samples\":[";
  for (const auto& sample : batch.samples) {
    if (!std::exchange(first, false)) piece.body += ',';
    const auto text = sample.type == signal::ValueType::text ? batch.text(sample) : std::string_view{};
    piece.body += fmt::format(R"(["{}",{}])", to_string(sample.time), historian::value_json(sample, text));
  }
  piece.body += ']';
  // The next window begins right after the last sample: so a partner goes on, also after a break.
  if (batch.samples.size() == kSamplesMax)
    piece.body += fmt::format(R"(,"next_from":"{}")", to_string(batch.samples.back().time + 1ns));
  piece.body += '}';
  return piece;
}

Result<DataPiece> SharedData::events(const Dataset& dataset, const DataWindow& window) {
  HANSE_TRY(const auto range, range_of(window, parts_.clock.now()));
  HANSE_TRY(const auto events,
            parts_.plant.events().all(plant::AssetId{dataset.source}, {range.begin, range.end}, kEventsMax));
  return DataPiece{.content_type = "application/json", .body = to_json(events)};
}

Result<DataPiece> SharedData::twin(const Dataset& dataset, const DataWindow& window) {
  if (!parts_.twins) return fail(ErrorCode::unavailable, "this node has no twins to share yet");
  auto body = twin::offered_json(*parts_.twins, dataset.source, window.masked);
  if (!body && body.error().code == ErrorCode::not_found) return gone(dataset);
  if (!body) return std::move(body).error();
  if (std::ssize(*body) > kPieceMax)
    return fail(ErrorCode::too_large,
                fmt::format("dataset '{}' is over {} MiB; offer one submodel, or an element of it", dataset.id,
                            kPieceMax >> 20));
  return DataPiece{.content_type = "application/json", .body = *std::move(body)};
}

Result<DataPiece> SharedData::file(const Dataset& dataset, const DataWindow& window) const {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto folder = fs::weakly_canonical(parts_.folder, error);
  const auto path = fs::weakly_canonical(folder / fs::path{dataset.source}.relative_path(), error);
  // After links and dots are resolved it must still be inside: a source can't lead to the node's own files.
  const auto inside = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
  if (error || !inside || !fs::is_regular_file(path, error)) return gone(dataset);
  std::ifstream in{path, std::ios::binary};
  const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
  if (!in || error) return gone(dataset);
  if (window.offset > size)
    return fail(ErrorCode::invalid, "the window is wrong", {{"offset", fmt::format("must be at most {}", size)}});
  const auto length = std::min({window.length > 0 ? window.length : kPieceMax, kPieceMax, size - window.offset});
  DataPiece piece{.content_type = "application/octet-stream",
                  .body = std::string(static_cast<std::size_t>(length), '\0'),
                  .offset = window.offset,
                  .total = size};
  in.seekg(window.offset);
  in.read(piece.body.data(), length);
  if (in.gcount() != length)
    return fail(ErrorCode::unavailable, fmt::format("the file of dataset '{}' changed while it was read", dataset.id));
  return piece;
}

}  // namespace hanse::node
