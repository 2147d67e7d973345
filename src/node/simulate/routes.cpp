#include "node/simulate/routes.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "api/common_inputs.hpp"
#include "net/http_client.hpp"
#include "node/simulate/control.hpp"

namespace hanse::node::simulate {
namespace {

using api::NoInput;

struct TroubleId {
  std::string id;
};
HANSE_DESCRIBE(TroubleId, (id))

boost::asio::awaitable<void> call(net::HttpRequest request, Result<net::HttpResponse>& out) {
  net::HttpClient client{{.connect_limit = 2s, .read_limit = 5s, .body_bytes_max = 1 << 20}};
  auto fetching = client.fetch(std::move(request));
  out = co_await std::move(fetching);
}

Error error_of(const net::HttpResponse& response) {
  const auto told = from_json<ControlError>(response.body, UnknownMembers::ignore);
  if (!told) return fail(ErrorCode::unavailable, "the simulation answered what can't be read");
  std::vector<FieldError> fields;
  for (const auto& [path, message] : told->fields) fields.push_back({path, message});
  auto code = ErrorCode::unavailable;
  for (const auto known : {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::conflict}) {
    if (to_string(known) == told->code) code = known;
  }
  return fail(code, told->message, std::move(fields));
}

/// One call to the control interface, on an I/O context of its own.
Result<std::string> ask(const std::optional<SimulationFacts>& facts, std::string method, const std::string& target,
                        std::string body = "") {
  if (!facts) return fail(ErrorCode::not_found, "this node has no simulated plant; `hanse demo` runs one");
  net::HttpRequest request{.method = std::move(method),
                           .url = fmt::format("http://127.0.0.1:{}{}", facts->control_port, target),
                           .headers = {{"Authorization", "Bearer " + facts->token}},
                           .body = std::move(body)};
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  boost::asio::io_context context{1};
  Result<net::HttpResponse> response = fail(ErrorCode::unavailable, "the simulation doesn't answer");
  boost::asio::co_spawn(context, call(std::move(request), response), [](std::exception_ptr) {});
  context.run();
  if (!response) return fail(ErrorCode::unavailable, "the simulation doesn't answer: " + response.error().message);
  if (response->head.status >= 300) return error_of(*response);
  return std::move(response->body);
}

bool plain_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::vector<api::Route> routes(const std::optional<SimulationFacts>& facts) {
  using api::Context;
  return {api::route<NoInput, SimulationState>(
              {.method = api::Method::get,
               .path = "/api/v1/simulation",
               .summary = "What the simulated plant is doing, and the troubles made on purpose.",
               .permission = "simulation.read"},
              [facts](const NoInput&, const Context&) -> Result<SimulationState> {
                HANSE_TRY(const auto body, ask(facts, "GET", "/state"));
                return from_json<SimulationState>(body, UnknownMembers::ignore);
              }),
          api::route<TroubleRequest, simulation::Trouble>(
              {.method = api::Method::post,
               .path = "/api/v1/simulation/troubles",
               .summary = "Makes trouble in the simulated plant: break, drift, lose_network or jam.",
               .permission = "simulation.write"},
              [facts](const TroubleRequest& wanted, const Context&) -> Result<simulation::Trouble> {
                HANSE_TRY(const auto body, ask(facts, "POST", "/troubles", to_json(wanted)));
                return from_json<simulation::Trouble>(body, UnknownMembers::ignore);
              }),
          api::route<TroubleId, api::Nothing>({.method = api::Method::del,
                                               .path = "/api/v1/simulation/troubles/{id}",
                                               .summary = "Ends a trouble before its time.",
                                               .permission = "simulation.write"},
                                              [facts](const TroubleId& wanted, const Context&) -> Result<api::Nothing> {
                                                if (!plain_id(wanted.id))
                                                  return fail(ErrorCode::not_found, "there is no such trouble");
                                                HANSE_CHECK(ask(facts, "DELETE", "/troubles/" + wanted.id));
                                                return api::Nothing{};
                                              })};
}

}  // namespace hanse::node::simulate
