#include "connectors/simulated/protocol.hpp"
#include "connectors/simulated/session.hpp"
#include "net/stream.hpp"

namespace hanse::connectors::simulated {
namespace {

using boost::asio::awaitable;

/// Says "gone" when the coroutine ends, which it does by cancellation only.
class LossGuard {
 public:
  LossGuard(Session& session, const Clock& clock) : session_(session), clock_(clock) {}
  ~LossGuard() { session_.on_lost(clock_.now()); }
  LossGuard(const LossGuard&) = delete;
  LossGuard& operator=(const LossGuard&) = delete;

 private:
  Session& session_;
  const Clock& clock_;
};

class SimulatedConnector final : public Connector {
 public:
  SimulatedConnector(SimulatedSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {}

  awaitable<Result<void>> run(Sink& sink) override {
    if (sink_ != &sink) {  // The factory outlives a pause: it goes on where it stood.
      sink_ = &sink;
      HANSE_CO_TRY(session_, Session::make(settings_, sink));
    }
    sink.notice({.kind = NoticeKind::connected, .time = clock_.now(), .message = "The simulation runs."});
    session_->begin(clock_.now());
    const LossGuard guard{*session_, clock_};
    for (;;) {
      const auto wait = session_->step(clock_.now());
      auto pausing = net::pause(wait);
      co_await std::move(pausing);
    }
  }

 private:
  SimulatedSettings settings_;
  const Clock& clock_;
  Sink* sink_ = nullptr;
  std::unique_ptr<Session> session_;
};

/// Keeps what the machines say first.
class FirstValues final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> numbers;
    for (const auto& declaration : declarations) {
      values.push_back({.declaration = declaration, .value = {}, .quality = signal::Quality::good, .time = {}});
      numbers.push_back(signal::SignalId{static_cast<std::uint32_t>(values.size())});
    }
    return numbers;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      auto& value = values[static_cast<std::size_t>(sample.signal) - 1];
      value.time = sample.time;
      if (sample.type == signal::ValueType::text)
        value.value = batch.text(sample);
      else if (sample.type == signal::ValueType::real)
        value.value = fmt::format("{:.6g}", sample.real());
      else
        value.value = fmt::format("{}", sample.integer());
    }
  }
  void notice(Notice) override {}

  std::vector<BrowsedValue> values;
};

class SimulatedBrowser final : public Browser {
 public:
  SimulatedBrowser(SimulatedSettings settings, const Clock& clock) : settings_(std::move(settings)), clock_(clock) {}

  awaitable<Result<std::vector<BrowsedValue>>> browse(Duration) override {
    FirstValues found;
    HANSE_CO_TRY(const auto session, Session::make(settings_, found));
    session->begin(clock_.now());
    co_return std::move(found.values);
  }

 private:
  SimulatedSettings settings_;
  const Clock& clock_;
};

std::string settings_schema(SchemaBook& book) { return book.schema<SimulatedSettings>(SchemaBook::Use::input); }

Result<void> check(JsonRef settings) {
  HANSE_CHECK(from_json<SimulatedSettings>(settings));
  return {};
}

Result<std::unique_ptr<Connector>> make(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(auto parsed, from_json<SimulatedSettings>(settings));
  std::unique_ptr<Connector> connector = std::make_unique<SimulatedConnector>(std::move(parsed), context.clock);
  return connector;
}

Result<std::unique_ptr<Browser>> make_browser(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(auto parsed, from_json<SimulatedSettings>(settings));
  std::unique_ptr<Browser> browser = std::make_unique<SimulatedBrowser>(std::move(parsed), context.clock);
  return browser;
}

}  // namespace

const Protocol& protocol() {
  static constexpr Protocol kProtocol{
      .id = "simulated",
      .title = "Simulated machine",
      .summary = "A machine or a small cell that exists in this node only: for first steps with nothing plugged in.",
      .settings_schema = settings_schema,
      .check = check,
      .make = make,
      .make_browser = make_browser};
  return kProtocol;
}

}  // namespace hanse::connectors::simulated
