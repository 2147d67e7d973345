#include "connectors/modbus/protocol.hpp"
#include "connectors/modbus/session.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::modbus {
namespace {

using boost::asio::awaitable;

constexpr Duration kConnectLimit = 10s;
constexpr Duration kWriteLimit = 10s;
constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kNeighboursMax = 20;  // More own points than this aren't looked at from both sides.

/// Says "gone" however the coroutine ends: by an error, or because it was cancelled.
class LossGuard {
 public:
  LossGuard(Session& session, const Clock& clock, Sink& sink) : session_(session), clock_(clock), sink_(sink) {}
  ~LossGuard() {
    session_.on_lost({clock_.now(), clock_.monotonic()});
    sink_.notice({.kind = NoticeKind::disconnected, .time = clock_.now(), .message = reason});
  }
  LossGuard(const LossGuard&) = delete;
  LossGuard& operator=(const LossGuard&) = delete;

  std::string reason = "ended as wished";

 private:
  Session& session_;
  const Clock& clock_;
  Sink& sink_;
};

/// Moves bytes until `done` says that it is enough, or the connection fails.
class Link {
 public:
  Link(Session& session, const Clock& clock, net::Stream& stream) : session_(session), clock_(clock), stream_(stream) {}

  /// One question, answer or wait. Errors: the connection is lost.
  awaitable<Result<void>> turn(Duration limit) {
    const auto step = session_.step(now());
    if (step.failure) co_return *step.failure;
    if (!step.send.empty()) {
      auto writing = stream_.write(step.send, kWriteLimit);
      HANSE_CO_CHECK(co_await std::move(writing));
    }
    auto reading = stream_.read(std::span{buffer_}, std::min(step.wait, limit));
    const auto count = co_await std::move(reading);
    if (!count && count.error().code == ErrorCode::timeout) co_return Result<void>{};
    if (!count) co_return count.error();
    if (*count == 0) co_return fail(ErrorCode::unavailable, "the device closed the connection");
    session_.on_bytes({buffer_.data(), *count}, now());
    co_return Result<void>{};
  }

 private:
  Moment now() const { return {clock_.now(), clock_.monotonic()}; }

  Session& session_;
  const Clock& clock_;
  net::Stream& stream_;
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
};

class ModbusConnector final : public Connector {
 public:
  ModbusConnector(ModbusSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {}

  awaitable<Result<void>> run(Sink& sink) override {
    auto connecting =
        net::connect(settings_.host, static_cast<std::uint16_t>(settings_.port), std::nullopt, kConnectLimit);
    HANSE_CO_TRY(const auto stream, co_await std::move(connecting));
    if (sink_ != &sink) {  // The session outlives a connection, not the sink: what it learned of the device stays.
      sink_ = &sink;
      session_ = std::make_unique<Session>(settings_, sink);
    }
    session_->begin({clock_.now(), clock_.monotonic()});
    sink.notice({.kind = NoticeKind::connected, .time = clock_.now(), .message = stream->peer() + " answers."});
    LossGuard guard{*session_, clock_, sink};
    Link link{*session_, clock_, *stream};
    for (;;) {
      auto turning = link.turn(1h);
      const Result<void> turned = co_await std::move(turning);
      if (turned) continue;
      guard.reason = turned.error().message;
      co_return turned;
    }
  }

 private:
  ModbusSettings settings_;
  const Clock& clock_;
  Sink* sink_ = nullptr;
  std::unique_ptr<Session> session_;
};

/// Keeps the last value of each declaration.
class BrowsedValues final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> numbers;
    for (const auto& declaration : declarations) {
      values_.push_back({.declaration = declaration, .value = {}, .quality = signal::Quality::bad, .time = {}});
      numbers.push_back(signal::SignalId{static_cast<std::uint32_t>(values_.size())});
    }
    return numbers;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      auto& value = values_[static_cast<std::size_t>(sample.signal) - 1];
      value.quality = sample.quality;
      value.time = sample.time;
      switch (sample.type) {
        case signal::ValueType::null:
          value.value.clear();
          break;
        case signal::ValueType::real:
          value.value = fmt::format("{}", sample.real());
          break;
        case signal::ValueType::integer:
          value.value = fmt::format("{}", sample.integer());
          break;
        case signal::ValueType::boolean:
          value.value = sample.boolean() ? "true" : "false";
          break;
        case signal::ValueType::text:
          value.value = batch.text(sample);
          break;
      }
    }
  }
  void notice(Notice) override {}
  std::vector<BrowsedValue> take() { return std::move(values_); }
  bool empty() const { return values_.empty(); }

 private:
  std::vector<BrowsedValue> values_;
};

/// The most common mistake with registers is "off by one": a look shows what stands on either side, too.
void add_neighbours(std::vector<RegisterPoint>& points) {
  if (points.size() > kNeighboursMax) return;
  std::vector<RegisterPoint> more;
  for (const auto& point : points) {
    const auto place = span_of(point);
    for (const int step : {-1, 1}) {
      const auto address = static_cast<std::int64_t>(place.address) + step;
      if (address < 0 || address + place.quantity > 65536) continue;
      auto neighbour = point;
      neighbour.table = place.table;
      neighbour.number.clear();
      neighbour.address = address;
      neighbour.name = fmt::format("{} (at {})", point.name, address);
      neighbour.description = fmt::format("What '{}' would be at address {}.", point.name, address);
      more.push_back(std::move(neighbour));
    }
  }
  points.insert(points.end(), more.begin(), more.end());
}

class ModbusBrowser final : public Browser {
 public:
  ModbusBrowser(ModbusSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {
    add_neighbours(settings_.points);
  }

  awaitable<Result<std::vector<BrowsedValue>>> browse(Duration time_limit) override {
    const Duration end = clock_.monotonic() + time_limit;
    auto connecting =
        net::connect(settings_.host, static_cast<std::uint16_t>(settings_.port), std::nullopt, time_limit);
    HANSE_CO_TRY(const auto stream, co_await std::move(connecting));
    BrowsedValues found;
    Session session{settings_, found};
    session.begin({clock_.now(), clock_.monotonic()});
    Link link{session, clock_, *stream};
    while (!session.read_once() && clock_.monotonic() < end) {
      auto turning = link.turn(std::max<Duration>(end - clock_.monotonic(), 1ms));
      const Result<void> turned = co_await std::move(turning);
      // Something else listens there: that is the settings' fault, not damage to anything of ours.
      if (!turned && turned.error().code == ErrorCode::corrupt)
        co_return fail(ErrorCode::unavailable, turned.error().message);
      if (!turned) co_return turned.error();
    }
    const auto trouble = session.trouble();
    if (found.empty()) {
      co_return fail(trouble.empty() ? ErrorCode::timeout : ErrorCode::unavailable,
                     trouble.empty() ? "the device answered too slowly to read it once" : trouble);
    }
    co_return found.take();
  }

 private:
  ModbusSettings settings_;
  const Clock& clock_;
};

std::string settings_schema(SchemaBook& book) { return book.schema<ModbusSettings>(SchemaBook::Use::input); }

Result<void> check(JsonRef settings) {
  HANSE_CHECK(from_json<ModbusSettings>(settings));
  return {};
}

Result<std::unique_ptr<Connector>> make(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<ModbusSettings>(settings));
  return make_connector(parsed, context);
}

Result<std::unique_ptr<Browser>> make_browser_from(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<ModbusSettings>(settings));
  return make_browser(parsed, context);
}

}  // namespace

const Protocol& protocol() {
  static constexpr Protocol kProtocol{
      .id = "modbus",
      .title = "Modbus TCP",
      .summary =
          "Energy meters, inverters, drives and PLCs with registers, also behind a gateway; SunSpec finds itself.",
      .settings_schema = settings_schema,
      .check = check,
      .make = make,
      .make_browser = make_browser_from};
  return kProtocol;
}

Result<std::unique_ptr<Connector>> make_connector(const ModbusSettings& settings, const ConnectorContext& context) {
  std::unique_ptr<Connector> connector = std::make_unique<ModbusConnector>(settings, context.clock);
  return connector;
}

Result<std::unique_ptr<Browser>> make_browser(const ModbusSettings& settings, const ConnectorContext& context) {
  std::unique_ptr<Browser> browser = std::make_unique<ModbusBrowser>(settings, context.clock);
  return browser;
}

}  // namespace hanse::connectors::modbus
