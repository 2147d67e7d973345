#include "node/simulate/control.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Duration kWriteMax = 10s;

Control::Answer refusal(const Error& error) {
  ControlError told{.code = to_string(error.code), .message = error.message};
  for (const auto& field : error.fields) told.fields[field.path] = field.message;
  int status = 400;
  if (error.code == ErrorCode::not_found) status = 404;
  if (error.code == ErrorCode::conflict) status = 409;
  if (error.code == ErrorCode::unauthenticated) status = 401;
  return {.status = status, .body = to_json(told)};
}

/// Takes as long for a wrong token as for the right one.
bool same_token(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

Result<void> Control::start(const boost::asio::any_io_executor& executor, std::uint16_t port) {
  HANSE_TRY(server_, DeviceServer::start(executor, port, [this](net::Stream& stream) { return serve(stream); }));
  return {};
}

boost::asio::awaitable<void> Control::serve(net::Stream& stream) {
  std::string buffer;
  for (;;) {
    auto reading = read_http_request(stream, buffer);
    const auto request = co_await std::move(reading);
    if (!request || !*request) co_return;
    const auto out = answer(**request);
    const auto bytes = http_answer(out.status, out.body.empty() ? "" : "application/json", out.body);
    auto writing = stream.write(bytes, kWriteMax);
    const auto written = co_await std::move(writing);
    if (!written || !(*request)->keep_alive) co_return;
  }
}

Control::Answer Control::answer(const HttpRequest& request) {
  const auto authorization = request.headers.find("authorization");
  if (authorization == request.headers.end() || !same_token(authorization->second, "Bearer " + token_)) {
    return refusal(fail(ErrorCode::unauthenticated, "the token is missing or wrong"));
  }
  constexpr std::string_view kOne = "/troubles/";
  if (request.method == "GET" && request.target == "/state") return {.body = to_json(state())};
  if (request.method == "POST" && request.target == "/troubles") return make_trouble(request);
  if (request.method == "DELETE" && request.target.starts_with(kOne)) {
    const auto ended = plant_.factory().end_trouble(std::string_view{request.target}.substr(kOne.size()));
    return ended ? Answer{.status = 204} : refusal(ended.error());
  }
  return refusal(fail(ErrorCode::not_found, "there is only GET /state, POST /troubles and DELETE /troubles/{id}"));
}

Control::Answer Control::make_trouble(const HttpRequest& request) {
  const auto wanted = from_json<TroubleRequest>(request.body);
  if (!wanted) return refusal(wanted.error());
  const auto kind = simulation::parse_trouble_kind(wanted->kind);
  if (!kind) return refusal(kind.error());
  std::optional<Duration> duration;
  // Minutes are the person's, whatever the factor.
  if (wanted->minutes) duration = Duration{static_cast<std::int64_t>(*wanted->minutes * 60e9 * plant_.pace().factor)};
  const auto trouble = plant_.factory().start_trouble(*kind, wanted->asset, duration);
  if (!trouble) return refusal(trouble.error());
  return {.status = 201, .body = to_json(on_the_wall(*trouble))};
}

simulation::Trouble Control::on_the_wall(simulation::Trouble trouble) const {
  trouble.begins = plant_.pace().wall_at(trouble.begins);
  if (trouble.ends) trouble.ends = plant_.pace().wall_at(*trouble.ends);
  return trouble;
}

SimulationState Control::state() const {
  const auto& factory = plant_.factory();
  SimulationState state{.name = factory.scenario().name, .factor = plant_.pace().factor, .now = factory.now()};
  for (std::size_t i = 0; i < factory.scenario().lines.size(); ++i) {
    const auto& line = factory.scenario().lines[i];
    const auto tally = factory.line_tally(i);
    state.lines.push_back({.asset = line.id,
                           .name = line.name,
                           .speaks = line.speaks,
                           .network_lost = factory.network_lost(i),
                           .released = tally.released,
                           .good = tally.good,
                           .scrap = tally.scrap,
                           .in_work = tally.in_work});
  }
  for (std::size_t i = 0; i < factory.machine_count(); ++i) {
    const auto reading = factory.read(i);
    const auto machine = factory.machine(i);
    state.machines.push_back({.asset = std::string{machine.id},
                              .line = factory.scenario().lines[machine.line].id,
                              .condition = reading.condition,
                              .reason = std::string{reading.stop_reason},
                              .good = reading.good_count,
                              .scrap = reading.scrap_count});
  }
  for (auto& trouble : factory.troubles()) state.troubles.push_back(on_the_wall(std::move(trouble)));
  return state;
}

}  // namespace hanse::node::simulate
