#include "historian/line_protocol_routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "historian/line_protocol_body.hpp"

namespace hanse::historian {
namespace {

using api::Context;
using api::Method;
using api::RawBody;
using api::Response;

constexpr const char* kWrite = "history.write";

struct LineInput {
  std::string precision = "ns";
  RawBody body;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "precision", .summary = "What times count in: ns, us, ms, s, m or h."}};
  }
};
HANSE_DESCRIBE(LineInput, (precision, body))

/// InfluxDB's clients send these besides; a node has one history, so that only `precision` says something.
struct InfluxInput {
  std::string precision = "ns";
  std::string db, rp, consistency, u, p;  // 1.x
  std::string org, orgID, bucket;         // 2.x
  RawBody body;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "precision", .summary = "What times count in: ns, us, ms, s, m or h."},
                      FieldNote{.field = "p", .secret = true}};
  }
};
HANSE_DESCRIBE(InfluxInput, (precision, db, rp, consistency, u, p, org, orgID, bucket, body))

struct LineWritten {
  std::int64_t lines = 0, values = 0, replaced = 0, late = 0;
};
HANSE_DESCRIBE(LineWritten, (lines, values, replaced, late))

struct PingInput {
  std::string verbose;
};
HANSE_DESCRIBE(PingInput, (verbose))

std::string summary_of(const LineReport& report) {
  return fmt::format("{} of {} lines can't be read, and {} values of the others are written", report.failed,
                     report.lines, report.values);
}

Result<LineReport> write(LineIntake& intake, const Context& context, const std::string& precision,
                         const RawBody& body) {
  HANSE_TRY(const auto unit, parse_line_precision(precision));
  HANSE_TRY(const auto text, plain_line_body(body.text));
  return intake.write(context.caller, text, unit);
}

Result<LineWritten> write_ours(LineIntake& intake, const LineInput& in, const Context& context) {
  HANSE_TRY(const auto report, write(intake, context, in.precision, in.body));
  if (report.errors.empty())
    return LineWritten{report.lines, report.values, report.counts.replaced, report.counts.late};
  std::vector<FieldError> fields;
  for (const auto& error : report.errors) fields.push_back({fmt::format("line {}", error.line), error.message});
  return fail(ErrorCode::invalid, summary_of(report), std::move(fields));
}

/// 204, or 400 in the shape of both versions: 1.x's clients read `error`, 2.x's `code` and `message`.
Result<Response> write_influx(LineIntake& intake, const InfluxInput& in, const Context& context) {
  HANSE_TRY(const auto report, write(intake, context, in.precision, in.body));
  if (report.errors.empty()) return Response{.status = 204, .content_type = "", .body = ""};
  std::string message = "partial write: " + summary_of(report);
  for (std::size_t i = 0; i < std::min<std::size_t>(report.errors.size(), 3); ++i) {
    message += fmt::format("; line {}: {}", report.errors[i].line, report.errors[i].message);
  }
  std::string text;
  json::append_string(text, message);
  return Response{.status = 400,
                  .body = fmt::format(R"({{"code":"invalid","message":{0},"error":{0},"line":{1}}})", text,
                                      report.errors.front().line)};
}

}  // namespace

std::vector<api::Route> line_protocol_routes(LineParts parts) {
  auto intake = std::make_shared<LineIntake>(std::move(parts));
  std::vector<api::Route> out;
  out.push_back(api::route<LineInput, LineWritten>(
      {.method = Method::post,
       .path = "/api/v1/history/write",
       .summary = "Writes samples in InfluxDB's line protocol.",
       .permission = kWrite,
       .body_bytes_max = kLineBodyBytesMax},
      [intake](const LineInput& in, const Context& context) { return write_ours(*intake, in, context); }));
  for (const auto* path : {"/write", "/api/v2/write"}) {
    out.push_back(api::route<InfluxInput, Response>(
        {.method = Method::post,
         .path = path,
         .summary = "The same, as InfluxDB's clients and Telegraf speak.",
         .permission = kWrite,
         .body_bytes_max = kLineBodyBytesMax},
        [intake](const InfluxInput& in, const Context& context) { return write_influx(*intake, in, context); }));
  }
  out.push_back(api::route<PingInput, Response>(
      {.method = Method::get,
       .path = "/ping",
       .summary = "InfluxDB's sign of life, for its clients.",
       .permission = "user"},
      [](const PingInput&, const Context&) -> Result<Response> {
        return Response{
            .status = 204, .content_type = "", .body = "", .version = {}, .headers = {{"X-Influxdb-Version", "1.8"}}};
      }));
  return out;
}

}  // namespace hanse::historian
