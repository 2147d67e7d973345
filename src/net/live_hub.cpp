#include "net/live_hub.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/websocket.hpp"

namespace hanse::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kClientMessageBytesMax = 256 * 1024;  // A subscription to thousands of signals.
constexpr std::size_t kClientChunkBytes = 4 * 1024;
constexpr std::size_t kWriteBytesMax = 256 * 1024;  // Frames per write; what comes meanwhile is coalesced.
constexpr auto kCodeOnly = asio::as_tuple(asio::use_awaitable);

std::shared_ptr<const std::string> text_frame(std::string_view text) {
  return std::make_shared<const std::string>(websocket_frame(WebSocketEvent::Kind::text, text));
}

std::string message_text(std::string_view topic, std::uint64_t sequence, std::string_view data) {
  std::string text = R"({"topic":)";
  json::append_string(text, topic);
  fmt::format_to(std::back_inserter(text), R"(,"sequence":{},"data":{}}})", sequence, data);
  return text;
}

/// What a client sends.
struct ClientWish {
  std::vector<std::string> subscribe;
  std::vector<std::string> unsubscribe;
  std::optional<std::uint64_t> resume;
};
HANSE_DESCRIBE(ClientWish, (subscribe, unsubscribe, resume))

}  // namespace

struct LiveHub::Client {
  Client(const asio::any_io_executor& executor, Stream& its_stream, api::Caller its_caller)
      : stream(its_stream),
        caller(std::move(its_caller)),
        wake(executor),
        gone(executor),
        reader(WebSocketSide::server, kClientMessageBytesMax) {}

  Stream& stream;
  api::Caller caller;
  StillAllowed still_allowed;
  std::set<std::string, std::less<>> topics;
  std::deque<std::shared_ptr<const std::string>> every;
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> latest;
  asio::steady_timer wake;  // Ends the writer's waiting.
  asio::steady_timer gone;  // Ends the reader's waiting for the writer.
  WebSocketReader reader;
  std::optional<std::string> farewell;  // A close frame: the last thing to send.
  bool leaving = false;
  bool writer_done = false;
};

LiveHub::LiveHub(asio::any_io_executor executor, const Clock& clock, MayListen may_listen, LiveHubOptions options)
    : executor_(std::move(executor)),
      may_listen_(std::move(may_listen)),
      options_(options),
      // Microseconds of the start: numbers from before a restart are below, so their owners learn that they lost some.
      sequence_(static_cast<std::uint64_t>(std::max<std::int64_t>(clock.now().ns, 0) / 1000)),
      forgotten_through_(sequence_) {}

LiveHub::~LiveHub() = default;

void LiveHub::publish(std::string topic, std::string data, Delivery delivery) {
  {
    const std::lock_guard lock{mutex_};
    if (delivery == Delivery::latest && !wanted_->contains(topic)) return;
    if (inbox_.size() >= options_.inbox_max) {
      inbox_overran_ = true;
      return;
    }
    inbox_.push_back({std::move(topic), std::move(data), delivery});
    if (std::exchange(draining_, true)) return;
  }
  asio::post(executor_, [this] { drain(); });
}

std::shared_ptr<const LiveHub::Topics> LiveHub::wanted() const {
  const std::lock_guard lock{mutex_};
  return wanted_;
}

void LiveHub::drain() {
  std::vector<Message> messages;
  bool overran = false;
  {
    const std::lock_guard lock{mutex_};
    messages.swap(inbox_);
    overran = std::exchange(inbox_overran_, false);
    draining_ = false;
  }
  for (const auto& message : messages) hand_out(message);
  if (overran) {
    forgotten_through_ = ++sequence_;
    for (auto* client : clients_) tell_lost(*client);
  }
}

void LiveHub::hand_out(const Message& message) {
  const std::uint64_t sequence = ++sequence_;
  const auto listeners = listeners_.find(message.topic);
  if (message.delivery == Delivery::latest && listeners == listeners_.end()) return;
  const auto frame = text_frame(message_text(message.topic, sequence, message.data));
  if (message.delivery == Delivery::every) keep(sequence, message.topic, frame);
  if (listeners == listeners_.end()) return;
  for (auto* client : listeners->second) offer(*client, message.topic, frame, message.delivery);
}

void LiveHub::keep(std::uint64_t sequence, const std::string& topic, std::shared_ptr<const std::string> frame) {
  ring_bytes_ += frame->size();
  ring_.push_back({.sequence = sequence, .topic = topic, .frame = std::move(frame)});
  while (ring_.size() > options_.ring_entries_max || ring_bytes_ > options_.ring_bytes_max) {
    ring_bytes_ -= ring_.front().frame->size();
    forgotten_through_ = ring_.front().sequence;
    ring_.pop_front();
  }
}

void LiveHub::offer(Client& client, const std::string& topic, const std::shared_ptr<const std::string>& frame,
                    Delivery delivery) {
  if (delivery == Delivery::latest) {
    client.latest[topic] = frame;
  } else if (client.every.size() >= options_.client_queue_max) {
    return tell_lost(client);
  } else {
    client.every.push_back(frame);
  }
  client.wake.cancel();
}

void LiveHub::tell_lost(Client& client) {
  ++lost_;
  client.every.clear();
  client.every.push_back(text_frame(fmt::format(R"({{"lost":true,"sequence":{}}})", sequence_)));
  client.wake.cancel();
}

void LiveHub::receive(Client& client, std::string_view text) {
  const auto wish = from_json<ClientWish>(text);
  if (!wish) {
    std::string answer = R"({"error":)";
    json::append_string(answer, to_string(wish.error()));
    client.every.push_back(text_frame(answer + "}"));
    client.wake.cancel();
    return;
  }
  for (const auto& topic : wish->unsubscribe) {
    client.topics.erase(topic);
    client.latest.erase(topic);
    const auto listeners = listeners_.find(topic);
    if (listeners == listeners_.end()) continue;
    listeners->second.erase(&client);
    if (listeners->second.empty()) listeners_.erase(listeners);
  }
  subscribe(client, wish->subscribe);
  if (wish->resume) resume(client, *wish->resume);
  renew_wanted();
}

void LiveHub::subscribe(Client& client, std::vector<std::string> topics) {
  if (topics.empty()) return;
  std::vector<std::string> granted, refused;
  for (auto& topic : topics) {
    const bool fits = client.topics.size() < options_.client_topics_max || client.topics.contains(topic);
    if (!fits || !may_listen_(client.caller, topic)) {
      refused.push_back(std::move(topic));
      continue;
    }
    listeners_[topic].insert(&client);
    client.topics.insert(topic);
    granted.push_back(std::move(topic));
  }
  std::string answer = R"({"subscribed":)";
  json::append(answer, granted);
  answer += R"(,"refused":)";
  json::append(answer, refused);
  fmt::format_to(std::back_inserter(answer), R"(,"sequence":{}}})", sequence_);
  client.every.push_back(text_frame(answer));
  client.wake.cancel();
}

void LiveHub::resume(Client& client, std::uint64_t from) {
  if (from < forgotten_through_ || from > sequence_) return tell_lost(client);
  const auto first = std::upper_bound(ring_.begin(), ring_.end(), from, [](std::uint64_t sequence, const Kept& kept) {
    return sequence < kept.sequence;
  });
  for (auto kept = first; kept != ring_.end(); ++kept) {
    if (client.topics.contains(kept->topic)) offer(client, kept->topic, kept->frame, Delivery::every);
  }
}

void LiveHub::leave(Client& client) {
  for (const auto& topic : client.topics) {
    const auto listeners = listeners_.find(topic);
    if (listeners == listeners_.end()) continue;
    listeners->second.erase(&client);
    if (listeners->second.empty()) listeners_.erase(listeners);
  }
  clients_.erase(&client);
  client_count_ = clients_.size();
  renew_wanted();
}

void LiveHub::renew_wanted() {
  Topics topics;
  for (const auto& [topic, listeners] : listeners_) topics.insert(topic);
  auto renewed = std::make_shared<const Topics>(std::move(topics));
  const std::lock_guard lock{mutex_};
  if (*wanted_ == *renewed) return;
  wanted_ = std::move(renewed);
  ++wanted_version_;
}

asio::awaitable<void> LiveHub::serve(Stream& stream, api::Caller caller, std::string early,
                                     StillAllowed still_allowed) {
  const auto client = std::make_shared<Client>(executor_, stream, std::move(caller));
  client->still_allowed = std::move(still_allowed);
  clients_.insert(client.get());
  client_count_ = clients_.size();
  asio::co_spawn(executor_, write_loop(client), [client](std::exception_ptr) {
    client->writer_done = true;
    client->gone.cancel();
  });
  auto reading = read_loop(client, std::move(early));
  co_await std::move(reading);
  leave(*client);
  client->leaving = true;
  client->wake.cancel();
  while (!client->writer_done) {
    client->gone.expires_after(options_.write_limit);
    co_await client->gone.async_wait(kCodeOnly);
  }
}

asio::awaitable<void> LiveHub::read_loop(std::shared_ptr<Client> client, std::string early) {
  std::vector<char> buffer(kClientChunkBytes);
  std::string bytes = std::move(early);
  while (!client->leaving) {
    const auto events = client->reader.feed(bytes);
    if (!events) {
      client->farewell = websocket_close_frame(client->reader.close_code(), events.error().message);
      co_return;
    }
    for (const auto& event : *events) {
      if (event.kind == WebSocketEvent::Kind::text) receive(*client, event.data);
      if (event.kind == WebSocketEvent::Kind::ping && client->every.size() < options_.client_queue_max) {
        client->every.push_back(
            std::make_shared<const std::string>(websocket_frame(WebSocketEvent::Kind::pong, event.data)));
        client->wake.cancel();
      }
      if (event.kind == WebSocketEvent::Kind::binary) {
        client->farewell = websocket_close_frame(WebSocketClose::unacceptable_data, "send text");
        co_return;
      }
      if (event.kind == WebSocketEvent::Kind::close) {
        client->farewell = websocket_close_frame(WebSocketClose::normal, "");
        co_return;
      }
    }
    // A client answers our pings: who is silent for longer than three is gone.
    auto reading = client->stream.read(buffer, options_.ping_every * 3);
    const auto count = co_await std::move(reading);
    if (!count || *count == 0) co_return;
    bytes.assign(buffer.data(), *count);
  }
}

asio::awaitable<void> LiveHub::write_loop(std::shared_ptr<Client> client) {
  while (!client->leaving) {
    std::string bytes;
    while (!client->every.empty() && bytes.size() < kWriteBytesMax) {
      bytes += *client->every.front();
      client->every.pop_front();
    }
    // Samples last: a client's highest sequence then never runs ahead of an event that it still lacks.
    while (client->every.empty() && !client->latest.empty() && bytes.size() < kWriteBytesMax) {
      bytes += *client->latest.begin()->second;
      client->latest.erase(client->latest.begin());
    }
    if (bytes.empty()) {
      client->wake.expires_after(options_.ping_every);
      const auto [code] = co_await client->wake.async_wait(kCodeOnly);
      if (code || client->leaving) continue;
      auto asking = client->still_allowed();
      if (!co_await std::move(asking)) {
        client->farewell = websocket_close_frame(WebSocketClose::policy, "log in again");
        break;
      }
      bytes = websocket_frame(WebSocketEvent::Kind::ping, "");
    }
    auto writing = client->stream.write(bytes, options_.write_limit);
    if (!co_await std::move(writing)) {
      client->farewell.reset();
      break;
    }
  }
  if (client->farewell) {
    auto writing = client->stream.write(*client->farewell, options_.write_limit);
    (void)co_await std::move(writing);
  }
  client->stream.close();
}

}  // namespace hanse::net
