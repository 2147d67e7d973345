#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "net/mqtt_client.hpp"

struct mosquitto;

namespace hanse::net::internal {

/// Something a coroutine waits for. Only its executor's thread touches it.
struct Wait {
  explicit Wait(const boost::asio::any_io_executor& executor) : timer(executor) {}
  boost::asio::steady_timer timer;  ///< Cancelled to wake the coroutine.
  bool done = false;
  Result<void> result;
};

/// The thread that runs libmosquitto, and the queues between it and the coroutines. The library is called by that
/// thread alone. Its own loop is not used: that one is built on select(), which stops at 1024 file descriptors.
class MqttSession : public std::enable_shared_from_this<MqttSession> {
 public:
  MqttSession(boost::asio::any_io_executor executor, MqttOptions options);
  ~MqttSession();

  /// Begins to connect; `connected` is finished by the broker's answer. Errors: `invalid`, `unavailable`.
  Result<void> start(std::shared_ptr<Wait> connected);
  void subscribe(std::string filter, int qos, std::shared_ptr<Wait> granted);
  Result<void> publish(MqttMessage message, std::shared_ptr<Wait> acknowledged);
  void disconnect(std::shared_ptr<Wait> done);
  /// Moves received messages to `out`; when there are none, `wake` is woken by the next one or by the loss.
  Result<void> take(std::vector<MqttMessage>& out, std::shared_ptr<Wait> wake);
  /// The client is gone: nothing touches the executor any more. Waits for the thread, unless it hangs in a connect of
  /// the library, which can't be interrupted; then the thread ends by itself.
  void abandon();
  bool connected() const;
  MqttCounters counters() const;

 private:
  struct Command {
    enum class Kind { publish, subscribe, disconnect } kind = Kind::publish;
    MqttMessage message;  ///< Of a subscription: topic is the filter.
    std::shared_ptr<Wait> wait;
  };
  struct Callbacks;
  enum class Phase { idle, connecting, running, over };

  void run();
  Result<void> configure();
  Result<void> configure_tls();
  Result<void> open();
  void serve();
  bool exchange(short happened);
  bool carry_out_commands();
  int carry_out(Command& command);
  void lose(std::string reason);
  void push(Command command);
  void finish(const std::shared_ptr<Wait>& wait, Result<void> result);
  void wake_receiver_locked();
  void received(MqttMessage message);
  void acknowledged(int message_id);
  void granted(int message_id, bool all);
  void answered(int code);

  const boost::asio::any_io_executor executor_;
  const MqttOptions options_;
  mosquitto* library_ = nullptr;  // the thread's
  int wake_fd_ = -1;
  std::shared_ptr<Wait> connect_wait_;                      // the thread's
  std::unordered_map<int, std::shared_ptr<Wait>> pending_;  // the thread's: by message id
  std::deque<Command> backlog_;                             // the thread's
  bool leaving_ = false;                                    // the thread's

  mutable std::mutex mutex_;
  bool abandoned_ = false;
  Phase phase_ = Phase::idle;
  bool connected_ = false;
  std::string lost_reason_;
  std::vector<Command> commands_;
  std::vector<MqttMessage> inbox_;
  std::shared_ptr<Wait> receiver_;
  std::size_t outstanding_ = 0;
  MqttCounters counters_;
  std::thread thread_;
};

}  // namespace hanse::net::internal
