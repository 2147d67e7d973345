#include "node/simulate/mtconnect_voice.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "node/simulate/http_request.hpp"

namespace hanse::node::simulate {
namespace {

using simulation::Spoken;
using simulation::vocabulary;
using simulation::Word;

constexpr std::size_t kBufferMax = 131'072;  // Slots of the reference agent's default, 2^17.
constexpr Duration kAgentWriteMax = 30s;
constexpr Duration kIntervalMin = 50ms;  // `interval=0` means "as it comes"; the plant moves in ticks anyway.
constexpr std::string_view kBoundary = "hanse-simulate-part";

/// How MTConnect names one word of the vocabulary. `x:` marks what the standard has no type for.
struct Item {
  std::string_view word, type, sub_type = "", units = "";
  double factor = 1;  ///< From the word's unit to MTConnect's.
};
constexpr Item kItems[] = {{"execution", "EXECUTION"},
                           {"mode", "CONTROLLER_MODE"},
                           {"program", "PROGRAM"},
                           {"part_count", "PART_COUNT", "ALL"},
                           {"good_count", "PART_COUNT", "GOOD"},
                           {"scrap_count", "PART_COUNT", "BAD"},
                           {"scrap_reason", "x:SCRAP_REASON"},
                           {"stop_reason", "x:STOP_REASON"},
                           {"alarm", "MESSAGE"},
                           {"product", "PART_KIND_ID"},
                           {"order", "PROCESS_AGGREGATE_ID", "ORDER_NUMBER"},
                           {"cycle_time", "PROCESS_TIMER", "PROCESS", "SECOND"},
                           {"ideal_cycle_time", "x:IDEAL_CYCLE_TIME", "", "SECOND"},
                           {"power", "WATTAGE", "", "WATT", 1000},
                           {"energy", "ELECTRICAL_ENERGY", "", "WATT_SECOND", 3.6e6},
                           {"vibration", "x:VIBRATION", "", "MILLIMETER/SECOND"},
                           {"temperature", "TEMPERATURE", "", "CELSIUS"},
                           {"tool_wear", "x:TOOL_WEAR", "", "PERCENT"},
                           {"buffer_level", "x:BUFFER_LEVEL", "", "COUNT"}};

const Item& item_of(const Word& word) {
  const auto found = std::ranges::find(kItems, word.name, &Item::word);
  HANSE_ASSERT(found != std::end(kItems));
  return *found;
}

std::string_view component_of(const Word& word) {
  using signal::Meaning;
  switch (word.meaning) {
    case Meaning::power:
    case Meaning::energy:
      return "Electric";
    case Meaning::vibration:
    case Meaning::temperature:
    case Meaning::tool_wear:
      return "Rotary";
    default:
      return "Path";
  }
}

std::string value_of(const Word& word, const Spoken& spoken) {
  switch (spoken.type) {
    case signal::ValueType::real:
      return fmt::format("{:.10g}", spoken.real * item_of(word).factor);
    case signal::ValueType::integer:
      return fmt::format("{}", spoken.integer);
    default:
      return spoken.text;
  }
}

/// Words come after `avail` and `system` in a device's items.
constexpr std::size_t kAvailItem = 0;
constexpr std::size_t kSystemItem = 1;
constexpr std::size_t kWordItems = 2;

std::size_t word_index(signal::Meaning meaning) {
  const auto& words = vocabulary();
  return static_cast<std::size_t>(
      std::find_if(words.begin(), words.end(), [&](const Word& w) { return w.meaning == meaning; }) - words.begin());
}

}  // namespace

std::vector<AgentDevice> agent_devices(const SpeakingPlant& plant, std::size_t line) {
  std::vector<AgentDevice> devices;
  for (const auto index : plant.machines_of(line)) {
    const auto machine = plant.factory().machine(index);
    const std::string id{machine.id};
    AgentDevice device{.id = id,
                       .uuid = "hanse-simulate-" + id,
                       .name = id,
                       .manufacturer = machine.spec->manufacturer,
                       .model = machine.spec->model,
                       .serial = machine.spec->serial};
    device.items.push_back({id + "_avail", "avail", Category::event, "AVAILABILITY", "", "", "Device"});
    device.items.push_back({id + "_system", "system", Category::condition, "SYSTEM", "", "", "Device"});
    for (const auto& word : vocabulary()) {
      const auto& item = item_of(word);
      const auto category = word.type == signal::ValueType::real || word.meaning == signal::Meaning::buffer_level
                                ? Category::sample
                                : Category::event;
      device.items.push_back({id + "_" + std::string{word.name}, std::string{word.name}, category,
                              std::string{item.type}, std::string{item.sub_type}, std::string{item.units},
                              std::string{component_of(word)}});
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

MtconnectVoice::MtconnectVoice(const SpeakingPlant& plant, std::size_t line, const Clock& clock)
    : plant_(plant),
      clock_(clock),
      machines_(plant.machines_of(line)),
      agent_(agent_devices(plant, line), static_cast<std::uint64_t>(clock.now().ns / 1'000'000'000), kBufferMax) {
  for (const auto machine : machines_) observe_all(machine, clock.now());
}

void MtconnectVoice::observe_all(std::size_t machine, Timestamp time) {
  const auto device =
      static_cast<std::size_t>(std::find(machines_.begin(), machines_.end(), machine) - machines_.begin());
  agent_.observe(device, kAvailItem, time, "AVAILABLE");
  agent_.observe_condition(device, kSystemItem, time, "Normal", "", "");
  std::vector<std::size_t> all(vocabulary().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  said(machine, all, time);
}

void MtconnectVoice::said(std::size_t machine, const std::vector<std::size_t>& words, Timestamp time) {
  const auto device =
      static_cast<std::size_t>(std::find(machines_.begin(), machines_.end(), machine) - machines_.begin());
  static const std::size_t alarm = word_index(signal::Meaning::alarm);
  static const std::size_t stop_reason = word_index(signal::Meaning::stop_reason);
  const auto& latest = plant_.latest(machine);
  for (const auto word : words) {
    agent_.observe(device, kWordItems + word, time, value_of(vocabulary()[word], latest[word]));
    if (word != alarm) continue;
    const bool fault = !latest[alarm].text.empty();
    agent_.observe_condition(device, kSystemItem, time, fault ? "Fault" : "Normal",
                             fault ? latest[stop_reason].text : "", latest[alarm].text);
  }
}

Result<void> MtconnectVoice::start(const boost::asio::any_io_executor& executor, std::uint16_t port) {
  HANSE_TRY(server_, DeviceServer::start(executor, port, [this](net::Stream& stream) { return serve(stream); }));
  return {};
}

boost::asio::awaitable<void> MtconnectVoice::serve(net::Stream& stream) {
  std::string buffer;
  for (;;) {
    auto reading = read_http_request(stream, buffer);
    const auto request = co_await std::move(reading);
    if (!request || !*request) co_return;
    std::string out;
    std::optional<AgentAnswer::Streaming> streaming;
    if ((*request)->method != "GET") {
      out = http_answer(405, "text/plain", "only GET\n");
    } else {
      auto answer = agent_.answer((*request)->target, clock_.now());
      streaming = std::move(answer.streaming);
      out = streaming ? fmt::format(
                            "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary={}\r\n"
                            "Cache-Control: no-store\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
                            kBoundary)
                      : http_answer(answer.status, "text/xml;charset=UTF-8", answer.document);
    }
    auto writing = stream.write(out, kAgentWriteMax);
    const auto written = co_await std::move(writing);
    if (!written) co_return;
    if (streaming) {
      auto parts = stream_parts(stream, *std::move(streaming));
      const auto ended = co_await std::move(parts);
      if (!ended) co_return;
    }
    if (streaming || !(*request)->keep_alive) co_return;
  }
}

/// A part when there is something new, at most one burst per interval; an empty one after each heartbeat of silence.
boost::asio::awaitable<Result<void>> MtconnectVoice::stream_parts(net::Stream& stream,
                                                                  AgentAnswer::Streaming streaming) {
  Duration last_sent = clock_.monotonic();
  bool first = true;
  for (;;) {
    const bool gone = !streaming.current && !agent_.has(streaming.from);
    auto part = agent_.part(streaming, clock_.now());
    const Duration now = clock_.monotonic();
    if (!part.empty || gone || first || now - last_sent >= streaming.heartbeat) {
      const auto text = fmt::format("--{}\r\nContent-type: text/xml\r\nContent-length: {}\r\n\r\n{}\r\n", kBoundary,
                                    part.document.size(), part.document);
      const auto chunk = fmt::format("{:x}\r\n{}\r\n", text.size(), text);
      auto writing = stream.write(chunk, kAgentWriteMax);
      const auto written = co_await std::move(writing);
      if (!written) co_return written.error();
      last_sent = now;
      first = false;
      if (gone) co_return Result<void>{};
      streaming.from = part.next;
      // More than `count` waited: the next part follows at once.
      if (!streaming.current && streaming.from < agent_.next_sequence()) continue;
    } else if (!streaming.current) {
      streaming.from = part.next;  // What a device filter skipped isn't looked at again.
    }
    auto waiting = net::pause(std::max(streaming.interval, kIntervalMin));
    co_await std::move(waiting);
    // A broken connection would only be noticed by the next write, which may be a heartbeat away.
    if (!server_->plugged()) co_return fail(ErrorCode::unavailable, "the agent was unplugged");
  }
}

}  // namespace hanse::node::simulate
