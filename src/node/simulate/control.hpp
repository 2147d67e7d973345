#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "node/simulate/device_server.hpp"
#include "node/simulate/http_request.hpp"
#include "node/simulate/speaking_plant.hpp"

namespace hanse::node::simulate {

struct SimulatedMachine {
  std::string asset;
  std::string line;
  simulation::Condition condition = simulation::Condition::no_order;
  std::string reason;
  std::int64_t good = 0;
  std::int64_t scrap = 0;
};
HANSE_DESCRIBE(SimulatedMachine, (asset, line, condition, reason, good, scrap))

struct SimulatedLine {
  std::string asset;
  std::string name;
  simulation::Speaks speaks = simulation::Speaks::nothing;
  bool network_lost = false;
  std::int64_t released = 0;
  std::int64_t good = 0;
  std::int64_t scrap = 0;
  std::int64_t in_work = 0;
};
HANSE_DESCRIBE(SimulatedLine, (asset, name, speaks, network_lost, released, good, scrap, in_work))

/// What the simulated plant is doing, as a perfect observer sees it.
struct SimulationState {
  std::string name;
  double factor = 1;
  Timestamp now;  ///< Of the simulation.
  std::vector<SimulatedLine> lines;
  std::vector<SimulatedMachine> machines;
  std::vector<simulation::Trouble> troubles;  ///< Times as on the wall.
};
HANSE_DESCRIBE(SimulationState, (name, factor, now, lines, machines, troubles))

/// Makes trouble on purpose.
struct TroubleRequest {
  std::string kind;
  std::string asset;
  std::optional<double> minutes;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "kind", .summary = "break, drift, lose_network or jam.", .required = true},
        FieldNote{.field = "asset", .summary = "A machine, or a line for lose_network and jam.", .required = true},
        FieldNote{.field = "minutes",
                  .summary = "How long it lasts; without, until it is ended.",
                  .min = 0.01,
                  .max = 100000}};
  }
};
HANSE_DESCRIBE(TroubleRequest, (kind, asset, minutes))

/// An error as the control endpoint sends it.
struct ControlError {
  std::string code;
  std::string message;
  std::map<std::string, std::string> fields;
};
HANSE_DESCRIBE(ControlError, (code, message, fields))

/// The simulation's own small interface on loopback: GET /state, POST /troubles, DELETE /troubles/{id}. Every request
/// must carry `Authorization: Bearer <token>`.
class Control {
 public:
  Control(SpeakingPlant& plant, std::string token) : plant_(plant), token_(std::move(token)) {}
  /// Errors: when the port can't be had.
  Result<void> start(const boost::asio::any_io_executor& executor, std::uint16_t port);
  std::uint16_t port() const { return server_->port(); }
  void close() { server_->close(); }

  struct Answer {
    int status = 200;
    std::string body;
  };
  /// Without sockets.
  Answer answer(const HttpRequest& request);

 private:
  boost::asio::awaitable<void> serve(net::Stream& stream);
  Answer make_trouble(const HttpRequest& request);
  simulation::Trouble on_the_wall(simulation::Trouble trouble) const;
  SimulationState state() const;

  SpeakingPlant& plant_;
  std::string token_;
  std::unique_ptr<DeviceServer> server_;
};

}  // namespace hanse::node::simulate
