#include "connectors/mtconnect/connector.hpp"

#include "connectors/mtconnect/adapter_session.hpp"
#include "connectors/mtconnect/agent_session.hpp"
#include "connectors/mtconnect/internal/browsed_values.hpp"
#include "connectors/mtconnect/internal/source_address.hpp"
#include "connectors/mtconnect/multipart.hpp"
#include "net/http_client.hpp"

namespace hanse::connectors::mtconnect {
namespace {

using boost::asio::awaitable;

constexpr Duration kConnectLimit = 10s;
constexpr Duration kWriteLimit = 10s;
constexpr std::size_t kReadBytes = 64U << 10;

/// Says "gone" however the coroutine ends: by an error, or because it was cancelled.
template <class Session>
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

net::HttpClientOptions client_options(const MtconnectSettings& settings, Duration read_limit) {
  net::HttpClientOptions options;
  options.connect_limit = kConnectLimit;
  options.read_limit = read_limit;
  options.tls.authorities_file = settings.authorities_file;
  options.tls.verify = settings.tls_verify;
  return options;
}

net::HttpRequest get(std::string url) {
  net::HttpRequest request;
  request.url = std::move(url);
  // Agents 2.x can answer in JSON, too; some gateways in front of them choose by this.
  request.headers.emplace_back("Accept", "text/xml, application/xml, multipart/x-mixed-replace, multipart/mixed");
  return request;
}

AgentOptions agent_options(const MtconnectSettings& settings) {
  return {.device = settings.device,
          .streaming = settings.streaming,
          .interval = settings.interval,
          .heartbeat = settings.heartbeat,
          .poll_interval = settings.poll_interval,
          .count = static_cast<std::uint64_t>(settings.count)};
}

AdapterOptions adapter_options(const MtconnectSettings& settings) {
  AdapterOptions options{.device = settings.device.empty() ? "adapter" : settings.device, .silence = settings.silence};
  if (settings.device_model.empty()) return options;
  auto document = parse_document(settings.device_model);  // Was checked when the settings were stored.
  if (auto* probe = document ? std::get_if<Probe>(&*document) : nullptr) options.model = std::move(probe->devices);
  return options;
}

class AgentConnector final : public Connector {
 public:
  AgentConnector(MtconnectSettings settings, std::string base_url, const Clock& clock)
      : settings_(std::move(settings)), base_url_(std::move(base_url)), clock_(clock) {}

  awaitable<Result<void>> run(Sink& sink) override {
    if (sink_ != &sink) {  // The session outlives a connection, not the sink: it goes on where the data ended.
      sink_ = &sink;
      session_.reset();
      translator_ = std::make_unique<Translator>(sink);
      session_ = std::make_unique<AgentSession>(agent_options(settings_), *translator_, sink);
    }
    session_->begin();
    told_connected_ = false;
    const LossGuard guard{*session_, clock_};
    while (true) {
      const auto request = session_->request();
      if (request.pause > Duration{}) {
        auto pausing = net::pause(request.pause);
        co_await std::move(pausing);
      }
      auto exchange = request.streaming ? follow(request) : ask(request);
      HANSE_CO_CHECK(co_await std::move(exchange));
    }
  }

 private:
  awaitable<Result<void>> ask(AgentRequest request) {
    net::HttpClient client{client_options(settings_, request.time_limit)};
    auto fetching = client.fetch(get(base_url_ + request.target));
    HANSE_CO_TRY(auto response, co_await std::move(fetching));
    const auto next = take(std::move(response.body), response.head.status);
    if (!next) co_return next.error();
    co_return Result<void>{};
  }

  awaitable<Result<void>> follow(AgentRequest request) {
    net::HttpClient client{client_options(settings_, request.time_limit)};
    auto opening = client.open(get(base_url_ + request.target));
    HANSE_CO_TRY(auto body, co_await std::move(opening));
    const auto boundary = multipart_boundary(body.head().find("content-type"));
    if (!boundary) {
      auto finishing = take_single(std::move(body), request.time_limit);
      auto finished = co_await std::move(finishing);
      co_return finished;
    }
    MultipartReader parts{*boundary};
    Duration deadline = clock_.monotonic() + request.time_limit;
    while (true) {
      auto part = parts.next();
      if (!part) {
        const auto next = session_->on_corrupt(part.error(), {}, clock_.now());
        if (!next) co_return next.error();
        co_return Result<void>{};
      }
      if (*part) {
        deadline = clock_.monotonic() + request.time_limit;
        const auto next = take(std::move(**part), body.head().status);
        if (!next) co_return next.error();
        if (*next == AgentSession::Next::request) co_return Result<void>{};
        continue;
      }
      // By whole documents, not by bytes: an agent that trickles is as dead as one that is silent.
      const Duration left = deadline - clock_.monotonic();
      if (left <= Duration{})
        co_return fail(ErrorCode::timeout, "the agent gave no sign of life within two heartbeats");
      auto reading = body.next(left);
      HANSE_CO_TRY(auto bytes, co_await std::move(reading));
      if (bytes.empty()) co_return fail(ErrorCode::unavailable, "the agent ended the stream");
      parts.feed(bytes);
    }
  }

  /// The agent answered a request for a stream with one document: an error, or it can't stream.
  awaitable<Result<void>> take_single(net::HttpBodyReader body, Duration time_limit) {
    constexpr std::size_t kBodyBytesMax = 64U << 20;
    std::string text;
    while (true) {
      auto reading = body.next(time_limit);
      HANSE_CO_TRY(auto bytes, co_await std::move(reading));
      if (bytes.empty()) break;
      text += bytes;
      if (text.size() > kBodyBytesMax) co_return fail(ErrorCode::too_large, "the agent's answer has over 64 MiB");
    }
    const int status = body.head().status;
    if (text.find("MTConnectStreams") != std::string::npos) session_->on_no_stream();
    const auto next = take(std::move(text), status);
    if (!next) co_return next.error();
    co_return Result<void>{};
  }

  Result<AgentSession::Next> take(std::string text, int status) {
    const std::string sample = text.substr(0, 200);
    auto document = parse_document(std::move(text));
    if (!document) {
      if (status >= 400)
        return fail(ErrorCode::unavailable, fmt::format("the agent answers with HTTP status {}", status));
      return session_->on_corrupt(document.error(), sample, clock_.now());
    }
    if (!std::exchange(told_connected_, true)) {
      sink_->notice({.kind = NoticeKind::connected, .time = clock_.now(), .message = base_url_ + " answers."});
    }
    return session_->on_document(std::move(*document), clock_.now());
  }

  MtconnectSettings settings_;
  std::string base_url_;
  const Clock& clock_;
  Sink* sink_ = nullptr;
  std::unique_ptr<Translator> translator_;
  std::unique_ptr<AgentSession> session_;
  bool told_connected_ = false;
};

class AdapterConnector final : public Connector {
 public:
  AdapterConnector(const MtconnectSettings& settings, internal::SourceAddress address, const Clock& clock)
      : options_(adapter_options(settings)), address_(std::move(address)), clock_(clock) {}

  awaitable<Result<void>> run(Sink& sink) override {
    auto connecting = net::connect(address_.host, address_.port, std::nullopt, kConnectLimit);
    HANSE_CO_TRY(auto stream, co_await std::move(connecting));
    Translator translator{sink};
    AdapterSession session{options_, translator, sink};
    session.begin(clock_.monotonic());
    const LossGuard guard{session, clock_};
    sink.notice({.kind = NoticeKind::connected, .time = clock_.now(), .message = stream->peer() + " answers."});
    std::vector<char> buffer(kReadBytes);
    while (true) {
      const auto step = session.step(clock_.monotonic());
      if (step.dead) co_return fail(ErrorCode::timeout, "the adapter gave no sign of life within two heartbeats");
      if (!step.send.empty()) {
        auto writing = stream->write(step.send, kWriteLimit);
        HANSE_CO_CHECK(co_await std::move(writing));
      }
      auto reading = stream->read(std::span{buffer}, step.wait);
      const auto count = co_await std::move(reading);
      if (!count && count.error().code == ErrorCode::timeout) continue;
      if (!count) co_return count.error();
      if (*count == 0) co_return fail(ErrorCode::unavailable, "the adapter closed the connection");
      session.on_bytes({buffer.data(), *count}, clock_.now(), clock_.monotonic());
    }
  }

 private:
  AdapterOptions options_;
  internal::SourceAddress address_;
  const Clock& clock_;
};

/// Reads what a source has for a moment: of an agent its probe and current state, of an adapter its first lines.
class MtconnectBrowser final : public Browser {
 public:
  MtconnectBrowser(MtconnectSettings settings, internal::SourceAddress address, const Clock& clock)
      : settings_(std::move(settings)), address_(std::move(address)), clock_(clock) {}

  awaitable<Result<std::vector<BrowsedValue>>> browse(Duration time_limit) override {
    auto browsing = address_.adapter ? browse_adapter(time_limit) : browse_agent(time_limit);
    auto browsed = co_await std::move(browsing);
    co_return browsed;
  }

 private:
  awaitable<Result<std::vector<BrowsedValue>>> browse_agent(Duration time_limit) {
    internal::BrowsedValues found;
    Translator translator{found};
    AgentSession session{agent_options(settings_), translator, found};
    net::HttpClient client{client_options(settings_, time_limit)};
    constexpr int kRequestsMax = 6;  // Probe, current, and again when the agent restarted in between.
    for (int i = 0; i < kRequestsMax && !session.following(); ++i) {
      const auto request = session.request();
      auto fetching = client.fetch(get(address_.base_url + request.target));
      HANSE_CO_TRY(auto response, co_await std::move(fetching));
      auto document = parse_document(std::move(response.body));
      if (!document) {
        co_return fail(ErrorCode::unavailable,
                       fmt::format("{}{} answers with HTTP status {} and no MTConnect document: {}", address_.base_url,
                                   request.target, response.head.status, document.error().message));
      }
      const auto next = session.on_document(*std::move(document), clock_.now());
      if (!next) co_return next.error();
    }
    co_return found.take();
  }

  awaitable<Result<std::vector<BrowsedValue>>> browse_adapter(Duration time_limit) {
    internal::BrowsedValues found;
    Translator translator{found};
    AdapterSession session{adapter_options(settings_), translator, found};
    auto connecting = net::connect(address_.host, address_.port, std::nullopt, time_limit);
    HANSE_CO_TRY(auto stream, co_await std::move(connecting));
    session.begin(clock_.monotonic());
    // An adapter sends all it knows at once, and then what changes: a second of silence ends the first burst.
    const Duration end = clock_.monotonic() + time_limit;
    std::vector<char> buffer(kReadBytes);
    while (clock_.monotonic() < end) {
      auto reading = stream->read(std::span{buffer}, std::min<Duration>(1s, end - clock_.monotonic()));
      const auto count = co_await std::move(reading);
      if (!count && count.error().code == ErrorCode::timeout && !found.empty()) break;
      if (!count && count.error().code == ErrorCode::timeout) continue;
      if (!count) co_return count.error();
      if (*count == 0) break;
      session.on_bytes({buffer.data(), *count}, clock_.now(), clock_.monotonic());
    }
    if (found.empty()) co_return fail(ErrorCode::timeout, "the adapter sent nothing");
    co_return found.take();
  }

  MtconnectSettings settings_;
  internal::SourceAddress address_;
  const Clock& clock_;
};

std::string settings_schema(SchemaBook& book) { return book.schema<MtconnectSettings>(SchemaBook::Use::input); }

Result<void> check(JsonRef settings) {
  HANSE_CHECK(from_json<MtconnectSettings>(settings));
  return {};
}

Result<std::unique_ptr<Connector>> make(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<MtconnectSettings>(settings));
  return make_connector(parsed, context);
}

Result<std::unique_ptr<Browser>> make_browser_from(JsonRef settings, const ConnectorContext& context) {
  HANSE_TRY(const auto parsed, from_json<MtconnectSettings>(settings));
  return make_browser(parsed, context);
}

}  // namespace

const Protocol& protocol() {
  static constexpr Protocol kProtocol{
      .id = "mtconnect",
      .title = "MTConnect",
      .summary = "Machine tools with an MTConnect agent (1.3 to 2.x), or their adapter's SHDR lines directly.",
      .settings_schema = settings_schema,
      .check = check,
      .make = make,
      .make_browser = make_browser_from};
  return kProtocol;
}

Result<std::unique_ptr<Connector>> make_connector(const MtconnectSettings& settings, const ConnectorContext& context) {
  HANSE_TRY(auto address, internal::parse_source(settings.url));
  std::unique_ptr<Connector> connector;
  if (address.adapter)
    connector = std::make_unique<AdapterConnector>(settings, std::move(address), context.clock);
  else
    connector = std::make_unique<AgentConnector>(settings, address.base_url, context.clock);
  return connector;
}

Result<std::unique_ptr<Browser>> make_browser(const MtconnectSettings& settings, const ConnectorContext& context) {
  HANSE_TRY(auto address, internal::parse_source(settings.url));
  std::unique_ptr<Browser> browser = std::make_unique<MtconnectBrowser>(settings, std::move(address), context.clock);
  return browser;
}

}  // namespace hanse::connectors::mtconnect
