#include <fmt/format.h>

#include "twin/service/element_parts.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;

/// The elements of `inputArguments`. As values they take their types from the operation's variables.
Result<std::vector<Node>> arguments_of(const Node& operation, JsonRef body, bool as_values) {
  if (body.kind() != JsonRef::Kind::object) return fail(ErrorCode::invalid, "the body must be an OperationRequest");
  std::vector<Node> out;
  const auto given = body.find("inputArguments");
  if (!given) return out;
  Findings findings;
  if (as_values) {
    if (given->kind() != JsonRef::Kind::object) return fail(ErrorCode::invalid, "inputArguments must be an object");
    for (const auto& variable : operation.nodes(Name::inputVariables)) {
      auto argument = *variable.node(Name::value);
      const auto value = given->find(argument.text(Name::idShort));
      if (!value) continue;
      apply_value(argument, *value, findings, {.name = argument.text(Name::idShort)});
      out.push_back(std::move(argument));
    }
  } else {
    if (given->kind() != JsonRef::Kind::array) return fail(ErrorCode::invalid, "inputArguments must be a list");
    for (std::size_t i = 0; i < given->size(); ++i) {
      const Place place{.name = "inputArguments", .index = static_cast<std::ptrdiff_t>(i)};
      auto variable = read_json(given->element(i), Class::OperationVariable, {}, findings, place);
      if (variable && variable->has(Name::value)) out.push_back(*variable->node(Name::value));
    }
  }
  HANSE_CHECK(findings.as_result("the request"));
  return out;
}

std::string result_of(const Result<std::vector<Node>>& outputs, bool as_values, Timestamp now) {
  if (!outputs) {
    const auto answer = error_response(outputs.error(), 400, now);
    return fmt::format(R"({{"executionState":"Failed","success":false,{})", answer.body.substr(1));
  }
  std::string out = R"({"executionState":"Completed","success":true,"outputArguments":)";
  out += as_values ? '{' : '[';
  bool first = true;
  for (const auto& node : *outputs) {
    if (!std::exchange(first, false)) out += ',';
    if (as_values) {
      json::append_string(out, node.text(Name::idShort));
      out += ':';
      append_value(out, node, {});
    } else {
      out += "{\"value\":";
      append_json(out, node);
      out += '}';
    }
  }
  out += as_values ? '}' : ']';
  return out + '}';
}

struct Outcome {
  std::string body;
  bool allowed = true;
};

/// Runs the operation. What has nobody to carry it out fails, and says so.
Result<Outcome> run(Call& call, bool as_values) {
  HANSE_TRY(const auto found, element_of(call));
  if (found.element->of() != Class::Operation) return Outcome{.body = {}, .allowed = false};
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  HANSE_TRY(const auto inputs, arguments_of(*found.element, document.root(), as_values));
  auto outputs = invoke_time_series(call.twins.plant(), call.name("sm"), call.name("path"), inputs);
  if (!outputs) {
    outputs = Result<std::vector<Node>>{
        fail(ErrorCode::unavailable, fmt::format("nothing carries out the operation '{}' here", call.name("path")))};
  }
  return Outcome{.body = result_of(*outputs, as_values, call.twins.clock().now())};
}

template <bool as_values>
Result<Response> invoke(Call& call) {
  HANSE_TRY(auto outcome, run(call, as_values));
  if (!outcome.allowed) return not_allowed(call, "only an Operation can be invoked");
  return json_response(std::move(outcome.body));
}

std::string below_element(const Call& call, std::string_view rest) {
  return fmt::format("{}/submodel-elements/{}/{}", full_path(call, "submodels", call.name("sm")), call.name("path"),
                     rest);
}

/// What there is to do takes no longer than an answer, so the result is there when the handle is.
template <bool as_values>
Result<Response> invoke_async(Call& call) {
  HANSE_TRY(auto outcome, run(call, as_values));
  if (!outcome.allowed) return not_allowed(call, "only an Operation can be invoked");
  const auto handle = call.handles.keep(call.twins.clock(), std::move(outcome.body));
  Response response{.status = 202, .content_type = "", .body = "", .version = {}};
  response.headers.emplace_back("Location", below_element(call, "operation-status/" + handle));
  return response;
}

Error no_handle() { return fail(ErrorCode::not_found, "there is no operation of this handle"); }

Result<Response> operation_status(Call& call) {
  if (!call.handles.find(call.name("handle"))) return no_handle();
  Response response{.status = 302, .content_type = "", .body = "", .version = {}};
  response.headers.emplace_back("Location", below_element(call, "operation-results/" + call.name("handle")));
  return response;
}

Result<Response> operation_result(Call& call) {
  auto result = call.handles.find(call.name("handle"));
  if (!result) return no_handle();
  return json_response(*std::move(result));
}

}  // namespace

std::vector<Action> invocation_operations(const std::string& element) {
  return {{Method::post, element + "/invoke", invoke<false>},
          {Method::post, element + "/invoke/$value", invoke<true>},
          {Method::post, element + "/invoke-async", invoke_async<false>},
          {Method::post, element + "/invoke-async/$value", invoke_async<true>},
          {Method::get, element + "/operation-status/{handle}", operation_status},
          {Method::get, element + "/operation-results/{handle}", operation_result},
          {Method::get, element + "/operation-results/{handle}/$value", operation_result}};
}

}  // namespace hanse::twin
