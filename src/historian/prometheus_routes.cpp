#include "historian/prometheus_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "api/router.hpp"
#include "base/text.hpp"

namespace hanse::historian {
namespace {

using api::Method;
using api::Request;
using api::Response;

constexpr std::size_t kSeriesMax = 100'000;
constexpr std::int64_t kMsPerSecond = 1'000;

/// Parameters of the query and of a form in the body; a name may come more than once (`match[]`).
class Parameters {
 public:
  static Result<Parameters> read(const Request& request) {
    Parameters out;
    for (const auto& [name, value] : request.parameters) out.values_.emplace_back(name, value);
    if (request.body.empty()) return out;
    if (!request.content_type.starts_with("application/x-www-form-urlencoded")) {
      return fail(ErrorCode::invalid, "send parameters as application/x-www-form-urlencoded");
    }
    for (const auto part : split(request.body, '&')) {
      const auto equals = std::min(part.find('='), part.size());
      HANSE_TRY(auto name, decoded(part.substr(0, equals)));
      HANSE_TRY(auto value, decoded(part.substr(std::min(equals + 1, part.size()))));
      if (!name.empty()) out.values_.emplace_back(std::move(name), std::move(value));
    }
    return out;
  }

  /// Empty when it isn't there.
  std::string_view text(std::string_view name) const {
    for (const auto& [known, value] : values_) {
      if (known == name) return value;
    }
    return {};
  }
  std::vector<std::string_view> all(std::string_view name) const {
    std::vector<std::string_view> out;
    for (const auto& [known, value] : values_) {
      if (known == name) out.push_back(value);
    }
    return out;
  }
  Result<std::string_view> required(std::string_view name) const {
    const auto value = text(name);
    if (value.empty()) return fail(ErrorCode::invalid, fmt::format("parameter '{}' is required", name));
    return value;
  }

 private:
  static Result<std::string> decoded(std::string_view text) {
    std::string spaced{text};
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return api::percent_decode(spaced);
  }

  std::vector<std::pair<std::string, std::string>> values_;
};

Error wrong(std::string_view name, const Error& error) {
  return fail(error.code, fmt::format("parameter '{}': {}", name, error.message));
}

/// A number of seconds, or a duration like 15s.
Result<Duration> parse_step(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return parse_prom_duration(text);
  if (!(seconds > 0) || seconds > 9e8) return fail(ErrorCode::invalid, "must be above zero");
  return Duration{static_cast<std::int64_t>(std::llround(seconds * 1e3)) * 1'000'000};
}

Result<Duration> lookback_of(const Parameters& parameters) {
  const auto text = parameters.text("lookback_delta");
  if (text.empty()) return kPromLookback;
  auto lookback = parse_step(text);
  if (!lookback) return wrong("lookback_delta", lookback.error());
  return *lookback;
}

Response success(std::string data) { return {.body = R"({"status":"success","data":)" + std::move(data) + "}"}; }

/// As Prometheus tells errors: 400 for what the sender can correct, 422 for what can't be computed, 503 for time.
Response failure(const Error& error) {
  const bool late = error.code == ErrorCode::timeout || error.code == ErrorCode::unavailable;
  const bool too_much = error.code == ErrorCode::too_large;
  std::string message;
  json::append_string(message, error.message);
  return {.status = late                               ? 503
                    : too_much                         ? 422
                    : error.code == ErrorCode::invalid ? 400
                                                       : 500,
          .body = fmt::format(R"({{"status":"error","errorType":"{}","error":{}}})",
                              late                               ? "timeout"
                              : too_much                         ? "execution"
                              : error.code == ErrorCode::invalid ? "bad_data"
                                                                 : "internal",
                              message)};
}

void append_labels(std::string& out, const PromLabels& labels) { json::append(out, labels); }

void append_point(std::string& out, Timestamp time, double value) {
  const auto ms = time.ms();
  out += fmt::format("[{}", ms / kMsPerSecond);
  if (ms % kMsPerSecond != 0) out += fmt::format(".{:03}", ms % kMsPerSecond);
  out += std::isnan(value)   ? R"(,"NaN"])"
         : std::isinf(value) ? (value > 0 ? R"(,"+Inf"])" : R"(,"-Inf"])")
                             : fmt::format(R"(,"{}"])", value);
}

Result<Response> query(const PromParts& parts, const Parameters& parameters) {
  HANSE_TRY(const auto text, parameters.required("query"));
  HANSE_TRY(const auto lookback, lookback_of(parameters));
  StepGrid grid{.start = parts.clock.now(), .step = 1s, .count = 1};
  if (const auto time = parameters.text("time"); !time.empty()) {
    const auto read = parse_prom_time(time);
    if (!read) return wrong("time", read.error());
    grid.start = *read;
  }
  const auto expr = parse_prom_query(text);
  if (!expr) return wrong("query", expr.error());
  HANSE_TRY(const auto result, evaluate_prom(parts, *expr, grid, lookback));
  return success(prom_result_json(result, grid, true));
}

Result<Response> query_range(const PromParts& parts, const Parameters& parameters) {
  HANSE_TRY(const auto text, parameters.required("query"));
  HANSE_TRY(const auto lookback, lookback_of(parameters));
  std::array<Timestamp, 2> ends;
  for (const auto& [name, at] : {std::pair{"start", 0u}, std::pair{"end", 1u}}) {
    HANSE_TRY(const auto time, parameters.required(name));
    const auto read = parse_prom_time(time);
    if (!read) return wrong(name, read.error());
    ends[at] = *read;
  }
  HANSE_TRY(const auto step_text, parameters.required("step"));
  const auto step = parse_step(step_text);
  if (!step) return wrong("step", step.error());
  if (ends[1] < ends[0]) return fail(ErrorCode::invalid, "parameter 'end': must not be before start");
  const auto steps =
      static_cast<std::uint64_t>((ends[1] - ends[0]).count()) / static_cast<std::uint64_t>(step->count());
  if (steps >= kPromStepsMax)
    return fail(ErrorCode::invalid, fmt::format("the range has {} steps and {} is the limit; take a longer step",
                                                steps + 1, kPromStepsMax));
  const StepGrid grid{.start = ends[0], .step = *step, .count = static_cast<std::size_t>(steps) + 1};
  const auto expr = parse_prom_query(text);
  if (!expr) return wrong("query", expr.error());
  HANSE_TRY(const auto result, evaluate_prom(parts, *expr, grid, lookback));
  return success(prom_result_json(result, grid, false));
}

/// Labels of all numeric signals, or of those that a `match[]` takes, each once.
Result<std::set<PromLabels>> matching(const PromParts& parts, const Parameters& parameters) {
  const auto all = parts.directory.snapshot();
  std::vector<Selector> selectors;
  for (const auto text : parameters.all("match[]")) {
    auto selector = parse_prom_selector(text);
    if (!selector) return wrong("match[]", selector.error());
    selectors.push_back(std::move(*selector));
  }
  if (selectors.empty()) selectors.emplace_back();
  std::set<PromLabels> out;
  for (const auto& selector : selectors) {
    for (auto& [signal, labels] : prom_select(parts, *all, selector)) {
      out.insert(std::move(labels));
      if (out.size() > kSeriesMax)
        return fail(ErrorCode::too_large, fmt::format("over {} series; name some with match[]", kSeriesMax));
    }
  }
  return out;
}

Result<Response> labels(const PromParts& parts, const Parameters& parameters) {
  HANSE_TRY(const auto series, matching(parts, parameters));
  std::set<std::string> names;
  for (const auto& one : series) {
    for (const auto& [name, value] : one) names.insert(name);
  }
  return success(to_json(std::vector<std::string>(names.begin(), names.end())));
}

Result<Response> label_values(const PromParts& parts, const Parameters& parameters) {
  HANSE_TRY(const auto series, matching(parts, parameters));
  const std::string name{parameters.text("name")};
  std::set<std::string> values;
  for (const auto& one : series) {
    if (const auto label = one.find(name); label != one.end()) values.insert(label->second);
  }
  return success(to_json(std::vector<std::string>(values.begin(), values.end())));
}

Result<Response> series(const PromParts& parts, const Parameters& parameters) {
  HANSE_CHECK(parameters.required("match[]"));
  HANSE_TRY(const auto found, matching(parts, parameters));
  std::string out = "[";
  for (const auto& one : found) {
    if (out.size() > 1) out += ',';
    append_labels(out, one);
  }
  return success(out + "]");
}

bool is_counter(signal::Meaning meaning) {
  using signal::Meaning;
  return meaning == Meaning::part_count || meaning == Meaning::good_count || meaning == Meaning::scrap_count ||
         meaning == Meaning::energy;
}

Result<Response> metadata(const PromParts& parts, const Parameters& parameters) {
  struct About {
    std::string type, help, unit;
  };
  const std::string_view only = parameters.text("metric");
  std::map<std::string, About> metrics;
  const auto signals = parts.directory.snapshot();
  for (const auto& [number, signal] : *signals) {
    auto name = prom_metric_name(signal->name);
    if (signal->type == signal::ValueType::text || (!only.empty() && name != only)) continue;
    metrics.emplace(std::move(name),
                    About{is_counter(signal->meaning) ? "counter" : "gauge", signal->description, signal->unit});
  }
  std::string out = "{";
  for (const auto& [name, about] : metrics) {
    if (out.size() > 1) out += ',';
    json::append_string(out, name);
    out += R"(:[{"type":)";
    json::append_string(out, about.type);
    out += R"(,"help":)";
    json::append_string(out, about.help);
    out += R"(,"unit":)";
    json::append_string(out, about.unit);
    out += "}]";
  }
  return success(out + "}");
}

Result<Response> build_info(const PromParts&, const Parameters&) {
  // Grafana decides by it what it may ask; the interface and its results are those of this version.
  return success(R"({"version":"2.42.0","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""})");
}

using Answer = Result<Response> (*)(const PromParts&, const Parameters&);

/// A route that speaks Prometheus' form of parameters and errors.
api::Route route(Method method, std::string_view path, std::string_view summary, Answer answer,
                 const PromParts& parts) {
  api::Route made{.method = method,
                  .path = fmt::format("{}/api/v1/{}", kPromPrefix, path),
                  .summary = std::string{summary},
                  .permission = "history.read",
                  .handle = {},
                  .operation = {}};
  made.handle = [parts, answer](const Request& request) -> Result<Response> {
    const auto parameters = Parameters::read(request);
    if (!parameters) return failure(parameters.error());
    PromParts asked = parts;
    asked.stop = request.stop;
    auto response = answer(asked, *parameters);
    return response ? std::move(*response) : failure(response.error());
  };
  made.operation = [described = std::string{summary}](const api::Route&, SchemaBook&) {
    std::string text;
    json::append_string(text, described);
    return fmt::format(
        R"({{"summary":{},"x-permission":"history.read","responses":{{"200":{{"description":"As Prometheus' HTTP API."}}}}}})",
        text);
  };
  return made;
}

}  // namespace

Result<Timestamp> parse_prom_time(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc{} && end == text.data() + text.size()) {
    if (!(std::abs(seconds) < 5e9)) return fail(ErrorCode::invalid, "is outside the years 1811 to 2128");
    return Timestamp::from_ms(std::llround(seconds * 1e3));  // As Prometheus, whose times are milliseconds.
  }
  HANSE_TRY(const auto time, parse_timestamp(text));
  if (std::abs(time.ms()) > 5'000'000'000'000) return fail(ErrorCode::invalid, "is outside the years 1811 to 2128");
  return time;
}

std::string prom_result_json(const PromResult& result, const StepGrid& grid, bool instant) {
  if (result.scalar && instant) {
    std::string out = R"({"resultType":"scalar","result":)";
    append_point(out, grid.start, result.series.front().values.front());
    return out + "}";
  }
  std::vector<const PromSeries*> ordered;
  for (const auto& one : result.series) ordered.push_back(&one);
  std::sort(ordered.begin(), ordered.end(),
            [](const PromSeries* a, const PromSeries* b) { return a->labels < b->labels; });
  std::string out = fmt::format(R"({{"resultType":"{}","result":[)", instant ? "vector" : "matrix");
  bool first = true;
  for (const auto* one : ordered) {
    if (std::all_of(one->values.begin(), one->values.end(), &is_no_value)) continue;
    out += std::exchange(first, false) ? R"({"metric":)" : R"(,{"metric":)";
    append_labels(out, one->labels);
    out += instant ? R"(,"value":)" : R"(,"values":[)";
    bool first_point = true;
    for (std::size_t i = 0; i < one->values.size(); ++i) {
      if (is_no_value(one->values[i])) continue;
      if (!std::exchange(first_point, false)) out += ',';
      append_point(out, grid.at(i), one->values[i]);
    }
    out += instant ? "}" : "]}";
  }
  return out + "]}";
}

std::vector<api::Route> prometheus_routes(PromParts parts) {
  std::vector<api::Route> out;
  for (const auto method : {Method::get, Method::post}) {
    out.push_back(route(method, "query", "Prometheus: a query at one moment.", &query, parts));
    out.push_back(route(method, "query_range", "Prometheus: a query at each step of a range.", &query_range, parts));
    out.push_back(route(method, "labels", "Prometheus: names of labels.", &labels, parts));
    out.push_back(route(method, "series", "Prometheus: series that a selector takes.", &series, parts));
  }
  out.push_back(route(Method::get, "label/{name}/values", "Prometheus: values of a label.", &label_values, parts));
  out.push_back(route(Method::get, "metadata", "Prometheus: what metrics are.", &metadata, parts));
  out.push_back(
      route(Method::get, "status/buildinfo", "Prometheus: the version whose interface this is.", &build_info, parts));
  return out;
}

}  // namespace hanse::historian
