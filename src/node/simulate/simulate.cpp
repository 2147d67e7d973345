#include "node/simulate/simulate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/random.hpp"
#include "node/simulate/broker.hpp"
#include "node/simulate/control.hpp"
#include "node/simulate/demo_files.hpp"
#include "node/simulate/modbus_voice.hpp"
#include "node/simulate/mtconnect_voice.hpp"
#include "node/simulate/sparkplug_voice.hpp"

namespace hanse::node::simulate {
namespace {

constexpr Duration kTick = 200ms;
constexpr Duration kFarewellMax = 3s;

Result<simulation::Scenario> load_scenario(const std::string& file) {
  if (file.empty()) return simulation::read_scenario(demo_file("ventilator-plant.json"));
  if (const auto built_in = demo_file(file); !built_in.empty()) return simulation::read_scenario(built_in);
  std::ifstream in{file};
  if (!in) return fail(ErrorCode::not_found, "cannot read the scenario '" + file + "'");
  std::stringstream text;
  text << in.rdbuf();
  return simulation::read_scenario(text.str());
}

/// All speakers of one plant, on one I/O thread.
class Simulator {
 public:
  Simulator(const SimulateSettings& settings, simulation::Scenario scenario)
      : settings_(settings),
        token_(settings.token.empty() ? secure_random_hex(16) : settings.token),
        log_(clock_, LogLevel::info, LogFormat::text),
        factory_(std::move(scenario), settings.seed, clock_.now() - hours(settings.warm_up_h)),
        plant_(factory_, Pace{.wall_begin = clock_.now(), .simulated_begin = clock_.now(), .factor = settings.factor}),
        modbus_(plant_),
        control_(plant_, token_) {}

  Result<SimulationFacts> start();
  void run();

 private:
  static Duration hours(double h) { return Duration{static_cast<std::int64_t>(h * 3600e9)}; }
  Result<void> start_line(std::size_t line);
  boost::asio::awaitable<void> beat();
  boost::asio::awaitable<void> wait_for_stop();

  const SimulateSettings& settings_;
  std::string token_;
  SystemClock clock_;
  Log log_;
  boost::asio::io_context context_{1};
  std::unique_ptr<Broker> broker_;
  simulation::Factory factory_;
  SpeakingPlant plant_;
  ModbusVoice modbus_;
  Control control_;
  std::unique_ptr<MtconnectVoice> mtconnect_;
  std::size_t mtconnect_line_ = 0;
  std::vector<std::unique_ptr<SparkplugVoice>> sparkplug_;
  std::size_t speaking_ = 0;  ///< Edge nodes that haven't left yet.
  bool stopping_ = false;
};

Result<SimulationFacts> Simulator::start() {
  const auto& lines = factory_.scenario().lines;
  const auto executor = context_.get_executor();
  const bool needs_broker = std::any_of(lines.begin(), lines.end(), [](const simulation::LineSpec& line) {
    return line.speaks == simulation::Speaks::sparkplug;
  });
  if (needs_broker) {
    HANSE_TRY(broker_, Broker::start(settings_.mqtt_port));
  }
  for (std::size_t line = 0; line < lines.size(); ++line) HANSE_CHECK(start_line(line));
  HANSE_CHECK(modbus_.start(executor, settings_.modbus_port));
  HANSE_CHECK(control_.start(executor, settings_.control_port));
  boost::asio::co_spawn(context_, beat(), boost::asio::detached);
  boost::asio::co_spawn(context_, wait_for_stop(), boost::asio::detached);
  SimulationFacts facts{.mqtt_port = broker_ ? broker_->port() : 0,
                        .mtconnect_port = mtconnect_ ? mtconnect_->port() : 0,
                        .modbus_port = modbus_.port(),
                        .control_port = control_.port(),
                        .token = token_,
                        .scenario = factory_.scenario().name};
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const bool sparkplug = lines[line].speaks == simulation::Speaks::sparkplug;
    facts.lines.push_back({.asset = lines[line].id,
                           .name = lines[line].name,
                           .speaks = lines[line].speaks,
                           .group = sparkplug ? sparkplug_group(lines[line].id) : "",
                           .meter_unit = static_cast<std::int64_t>(line) + 1});
  }
  return facts;
}

Result<void> Simulator::start_line(std::size_t line) {
  const auto& spec = factory_.scenario().lines[line];
  switch (spec.speaks) {
    case simulation::Speaks::nothing:
      return {};
    case simulation::Speaks::mtconnect:
      if (mtconnect_)
        return fail(ErrorCode::invalid, "only one line can speak MTConnect; '" + spec.id + "' is the second");
      mtconnect_ = std::make_unique<MtconnectVoice>(plant_, line, clock_);
      mtconnect_line_ = line;
      plant_.add(line, *mtconnect_);
      return mtconnect_->start(context_.get_executor(), settings_.mtconnect_port);
    case simulation::Speaks::sparkplug: {
      auto& voice = *sparkplug_.emplace_back(std::make_unique<SparkplugVoice>(plant_, line, clock_, log_));
      plant_.add(line, voice);
      ++speaking_;
      boost::asio::co_spawn(context_, voice.run(broker_->port()), [this](std::exception_ptr) { --speaking_; });
      return {};
    }
  }
  return {};
}

boost::asio::awaitable<void> Simulator::beat() {
  while (!stopping_) {
    plant_.advance(clock_.now());
    modbus_.measure();
    if (mtconnect_) mtconnect_->set_plugged(!factory_.network_lost(mtconnect_line_));
    auto waiting = net::pause(kTick);
    co_await std::move(waiting);
  }
}

boost::asio::awaitable<void> Simulator::wait_for_stop() {
  boost::asio::signal_set signals{context_, SIGTERM, SIGINT};
  auto waiting = signals.async_wait(boost::asio::use_awaitable);
  co_await std::move(waiting);
  stopping_ = true;
  for (auto& voice : sparkplug_) voice->stop();
  const Duration begin = clock_.monotonic();
  while (speaking_ > 0 && clock_.monotonic() - begin < kFarewellMax) {
    auto pausing = net::pause(50ms);
    co_await std::move(pausing);
  }
  context_.stop();
}

void Simulator::run() { context_.run(); }

int refuse(const Error& error) {
  std::fprintf(stderr, "hanse simulate: %s\n", to_string(error).c_str());
  return 1;
}

}  // namespace

int simulate_main(const SimulateSettings& settings) {
  if (!(settings.factor > 0) || settings.factor > 100'000) {
    return refuse(fail(ErrorCode::invalid, "the factor must be over 0 and at most 100000"));
  }
  auto scenario = load_scenario(settings.scenario_file);
  if (!scenario) return refuse(scenario.error());
  Simulator simulator{settings, *std::move(scenario)};
  const auto facts = simulator.start();
  if (!facts) return refuse(facts.error());
  const auto text = to_json(*facts);
  if (!settings.facts_file.empty()) {
    // Under another name first: who waits for the file never reads half of it.
    const auto unfinished = settings.facts_file + ".new";
    std::ofstream{unfinished} << text << '\n';
    if (std::rename(unfinished.c_str(), settings.facts_file.c_str()) != 0) {
      return refuse(fail(ErrorCode::unavailable, "cannot write '" + settings.facts_file + "'"));
    }
  }
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
  simulator.run();
  return 0;
}

}  // namespace hanse::node::simulate
