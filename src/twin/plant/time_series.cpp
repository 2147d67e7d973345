#include "twin/plant/time_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "twin/plant/builders.hpp"

namespace hanse::twin {
namespace {

using historian::Bucket;
using historian::TimeRange;

constexpr std::size_t kRecordsMax = 1000;

std::string of(std::string_view name) { return fmt::format("https://admin-shell.io/idta/TimeSeries/{}/1/1", name); }

Node timespan_variable() {
  auto range = element(Class::Range, "Timespan", of("Timespan"));
  range.set(Name::valueType, std::string{"xs:dateTime"});
  return operation_variable(std::move(range));
}

Node text_variable(std::string_view id_short, std::string_view semantic_id) {
  auto node = element(Class::Property, id_short, semantic_id);
  node.set(Name::valueType, std::string{"xs:string"});
  return operation_variable(std::move(node));
}

Node read_records_operation() {
  auto node = element(Class::Operation, "ReadRecords", of("ReadRecords"));
  node.add(Name::inputVariables, timespan_variable());
  node.add(Name::outputVariables,
           operation_variable(element(Class::SubmodelElementCollection, "Records", of("Records"))));
  return node;
}

Node derive_segment_operation() {
  auto node = element(Class::Operation, "DeriveSegment", of("DeriveSegment"));
  node.add(Name::inputVariables, timespan_variable());
  node.add(Name::inputVariables, text_variable("SamplingInterval", of("Segment/SamplingInterval")));
  node.add(Name::inputVariables, text_variable("AggregationMethod", of("AggregationMethod")));
  node.add(Name::outputVariables,
           operation_variable(element(Class::SubmodelElementCollection, "Segments", of("Segments"))));
  return node;
}

Node column(const signal::Signal& signal) {
  auto node = element(Class::Property, id_short_of(signal.name), meaning_id(signal));
  node.set(Name::valueType, std::string{xsd_type_of(signal.type)});
  return node;
}

Node time_column(std::string value) {
  auto node = element(Class::Property, "Time", "https://admin-shell.io/idta/TimeSeries/UtcTime/1/1");
  node.set(Name::valueType, std::string{"xs:dateTime"});
  if (!value.empty()) node.set(Name::value, std::move(value));
  return node;
}

Result<TimeRange> timespan_of(std::span<const Node> inputs) {
  for (const auto& input : inputs) {
    if (input.of() != Class::Range) continue;
    HANSE_TRY(const auto begin, parse_timestamp(input.text(Name::min)));
    HANSE_TRY(const auto end, parse_timestamp(input.text(Name::max)));
    if (!(begin < end)) return fail(ErrorCode::invalid, "the Timespan must begin before it ends");
    return TimeRange{begin, end};
  }
  return fail(ErrorCode::invalid, "there must be an argument 'Timespan', a Range of xs:dateTime with min and max");
}

std::string argument(std::span<const Node> inputs, std::string_view id_short) {
  for (const auto& input : inputs) {
    if (input.of() == Class::Property && input.text(Name::idShort) == id_short)
      return std::string{input.text(Name::value)};
  }
  return {};
}

/// Rows by time; each signal adds its columns.
using Rows = std::map<Timestamp, std::vector<Node>>;

std::vector<Node> records_of(Rows rows) {
  std::vector<Node> out;
  for (auto& [time, columns] : rows) {
    columns.insert(columns.begin(), time_column(to_string(time)));
    out.push_back(collection(fmt::format("Record{:04}", out.size()), of("Record"), std::move(columns)));
    if (out.size() == kRecordsMax) break;
  }
  return out;
}

Result<std::vector<Node>> read_records(historian::Historian& history, const std::vector<const signal::Signal*>& signals,
                                       TimeRange range) {
  Rows rows;
  for (const auto* each : signals) {
    HANSE_TRY(const auto batch, history.raw(each->number, range, kRecordsMax));
    for (const auto& sample : batch.samples) {
      const auto text = sample.type == signal::ValueType::text ? batch.text(sample) : std::string_view{};
      auto value = text_of(sample, text);
      if (!value) continue;
      auto cell = column(*each);
      cell.set(Name::value, *std::move(value));
      rows[sample.time].push_back(std::move(cell));
    }
  }
  std::vector<Node> out;
  out.push_back(collection("Records", of("Records"), records_of(std::move(rows))));
  return out;
}

std::optional<double> aggregate_of(const Bucket& bucket, std::string_view method) {
  if (bucket.count == 0) return std::nullopt;
  if (method == "min") return bucket.min;
  if (method == "max") return bucket.max;
  if (method == "sum") return bucket.sum;
  if (method == "count") return static_cast<double>(bucket.count);
  if (method == "first") return bucket.first;
  if (method == "last") return bucket.last;
  return bucket.time_weighted_mean;
}

Result<std::vector<Node>> derive_segment(historian::Historian& history,
                                         const std::vector<const signal::Signal*>& signals, TimeRange range,
                                         const std::string& interval, const std::string& method) {
  constexpr std::array<std::string_view, 7> kAggregations{"mean", "min", "max", "sum", "count", "first", "last"};
  if (std::find(kAggregations.begin(), kAggregations.end(), method) == kAggregations.end())
    return fail(ErrorCode::invalid, fmt::format("AggregationMethod must be one of {}", fmt::join(kAggregations, ", ")));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(interval.data(), interval.data() + interval.size(), seconds);
  if (error != std::errc{} || end != interval.data() + interval.size() || seconds < 1 || seconds > 86'400 * 366)
    return fail(ErrorCode::invalid, "SamplingInterval must be a whole number of seconds");
  const auto step = std::chrono::seconds{seconds};
  if ((range.end - range.begin) / step > static_cast<std::int64_t>(kRecordsMax))
    return fail(ErrorCode::invalid,
                fmt::format("that is over {} records; choose a longer SamplingInterval", kRecordsMax));
  Rows rows;
  for (const auto* each : signals) {
    if (each->type == signal::ValueType::text) continue;
    HANSE_TRY(const auto buckets, history.aggregate(each->number, range, step));
    for (const auto& bucket : buckets) {
      const auto value = aggregate_of(bucket, method);
      if (!value) continue;
      auto cell = element(Class::Property, id_short_of(each->name), meaning_id(*each));
      cell.set(Name::valueType, std::string{"xs:double"});
      std::string text;
      json::append_real(text, *value);
      cell.set(Name::value, std::move(text));
      rows[bucket.begin].push_back(std::move(cell));
    }
  }
  std::vector<Node> segment;
  segment.push_back(property("SamplingInterval", "xs:long", interval, of("Segment/SamplingInterval")));
  segment.push_back(collection("Records", of("Records"), records_of(std::move(rows))));
  std::vector<Node> segments;
  segments.push_back(collection("InternalSegment", of("Segments/InternalSegment"), std::move(segment)));
  std::vector<Node> out;
  out.push_back(collection("Segments", of("Segments"), std::move(segments)));
  return out;
}

}  // namespace

Node time_series(std::string_view id, std::string_view name, const std::vector<const signal::Signal*>& signals) {
  std::vector<Node> record;
  record.push_back(time_column({}));
  std::vector<Node> segments;
  for (const auto* each : signals) {
    record.push_back(column(*each));
    std::vector<Node> segment;
    segment.push_back(multi_language("Name", each->name, of("Segment/Name")));
    segment.push_back(property("Endpoint", "xs:string", "/api/v1/history/raw", of("Endpoint")));
    segment.push_back(property("Query", "xs:string", fmt::format("signal={}", static_cast<std::uint32_t>(each->number)),
                               of("Query")));
    segments.push_back(
        collection("LinkedSegment_" + id_short_of(each->name), of("Segments/LinkedSegment"), std::move(segment)));
  }
  std::vector<Node> metadata;
  metadata.push_back(multi_language("Name", std::string{name}, of("Metadata/Name")));
  metadata.push_back(collection("Record", of("Record"), std::move(record)));
  std::vector<Node> elements;
  elements.push_back(collection("Metadata", of("Metadata"), std::move(metadata)));
  elements.push_back(collection("Segments", of("Segments"), std::move(segments)));
  elements.push_back(read_records_operation());
  elements.push_back(derive_segment_operation());
  return submodel(id, "TimeSeries", "https://admin-shell.io/idta/TimeSeries/1/1", std::move(elements));
}

std::optional<Result<std::vector<Node>>> invoke_time_series(PlantTwins& twins, std::string_view submodel_id,
                                                            std::string_view operation, std::span<const Node> inputs) {
  const auto part = twins.part_of(submodel_id);
  if (!part || part->name != "timeseries" || (operation != "ReadRecords" && operation != "DeriveSegment"))
    return std::nullopt;
  const auto snapshot = twins.parts().directory.snapshot();
  auto signals = snapshot->of_asset(part->asset);
  std::erase_if(signals, [](const signal::Signal* each) { return each->meaning == signal::Meaning::kpi; });
  const auto range = timespan_of(inputs);
  if (!range) return Result<std::vector<Node>>{range.error()};
  if (operation == "ReadRecords") return read_records(twins.parts().history, signals, *range);
  return derive_segment(twins.parts().history, signals, *range, argument(inputs, "SamplingInterval"),
                        argument(inputs, "AggregationMethod"));
}

}  // namespace hanse::twin
