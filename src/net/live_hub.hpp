#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include "api/route.hpp"
#include "base/clock.hpp"
#include "net/stream.hpp"

namespace hanse::net {

/// What a slow client may miss of a topic.
enum class Delivery {
  every,   ///< Nothing, or it is told `{"lost":true}`: states, findings, health, journal. Kept for `resume`.
  latest,  ///< All but the last: samples. Not kept: after a break the last values are read anew.
};

struct LiveHubOptions {
  std::size_t ring_entries_max = 10'000;  ///< Kept for clients that come back.
  std::size_t ring_bytes_max = 8U << 20;
  std::size_t client_queue_max = 2'000;  ///< Messages of `every` that wait for one client.
  std::size_t client_topics_max = 5'000;
  std::size_t inbox_max = 200'000;  ///< Published, not yet handed to clients.
  Duration ping_every = 25s;
  Duration write_limit = 20s;
};

/// Live data to all pages: topics to WebSocket clients, with sequence numbers, resume and back-pressure. `publish` and
/// `wanted` may be called from any thread; the rest belongs to the I/O context's.
class LiveHub {
 public:
  using Topics = std::set<std::string, std::less<>>;
  /// May this caller listen to this topic?
  using MayListen = std::function<bool(const api::Caller&, std::string_view topic)>;
  /// Asked every `ping_every`; false sends the client away.
  using StillAllowed = std::function<boost::asio::awaitable<bool>()>;

  LiveHub(boost::asio::any_io_executor executor, const Clock& clock, MayListen may_listen, LiveHubOptions options = {});
  ~LiveHub();

  /// Sends `data` (JSON) to whoever listens to `topic`.
  void publish(std::string topic, std::string data, Delivery delivery);
  /// Topics that somebody listens to; a new set whenever `wanted_version` has changed. Makes no message for nobody.
  std::shared_ptr<const Topics> wanted() const;
  std::uint64_t wanted_version() const { return wanted_version_; }
  std::size_t clients() const { return client_count_; }
  std::uint64_t lost() const { return lost_; }  ///< How often a client was told that it lost messages.

  /// Serves one client until it leaves. `early` are bytes that came right behind the opening.
  boost::asio::awaitable<void> serve(Stream& stream, api::Caller caller, std::string early, StillAllowed still_allowed);

 private:
  struct Client;
  struct Message {
    std::string topic, data;
    Delivery delivery;
  };
  struct Kept {
    std::uint64_t sequence = 0;
    std::string topic;
    std::shared_ptr<const std::string> frame;
  };

  void drain();
  void hand_out(const Message& message);
  void keep(std::uint64_t sequence, const std::string& topic, std::shared_ptr<const std::string> frame);
  void offer(Client& client, const std::string& topic, const std::shared_ptr<const std::string>& frame,
             Delivery delivery);
  void tell_lost(Client& client);
  void receive(Client& client, std::string_view text);
  void subscribe(Client& client, std::vector<std::string> topics);
  void resume(Client& client, std::uint64_t from);
  void leave(Client& client);
  void renew_wanted();
  boost::asio::awaitable<void> write_loop(std::shared_ptr<Client> client);
  boost::asio::awaitable<void> read_loop(std::shared_ptr<Client> client, std::string early);

  boost::asio::any_io_executor executor_;
  MayListen may_listen_;
  LiveHubOptions options_;
  std::uint64_t sequence_;
  std::uint64_t forgotten_through_;  // Messages up to here are no longer in the ring.
  std::deque<Kept> ring_;
  std::size_t ring_bytes_ = 0;
  std::unordered_map<std::string, std::set<Client*>> listeners_;

  mutable std::mutex mutex_;  // For what follows: the doors to other threads.
  std::vector<Message> inbox_;
  bool draining_ = false;
  bool inbox_overran_ = false;
  std::shared_ptr<const Topics> wanted_ = std::make_shared<const Topics>();
  std::atomic<std::uint64_t> wanted_version_ = 0;
  std::atomic<std::size_t> client_count_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::set<Client*> clients_;
};

}  // namespace hanse::net
