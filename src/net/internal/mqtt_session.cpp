#include "net/internal/mqtt_session.hpp"

#include <mosquitto.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

namespace hanse::net::internal {

namespace {

constexpr int kPollMsMax = 1000;                       // libmosquitto checks keep-alive by the second
constexpr int kPacketsPerTurn = 256;                   // then look at what is to be sent, too
constexpr unsigned kInflightMax = 1000;                // of QoS 1 and 2; the library's default of 20 crawls
constexpr std::size_t kPayloadBytesMax = 268'435'455;  // MQTT 3.1.1, 2.2.3

std::string reason_of(int code) { return code == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(code); }

void initialise_library() {
  static const int initialised = mosquitto_lib_init();
  static_cast<void>(initialised);
}

}  // namespace

struct MqttSession::Callbacks {
  static MqttSession& of(void* self) { return *static_cast<MqttSession*>(self); }
  static void connect(mosquitto*, void* self, int code) { of(self).answered(code); }
  static void publish(mosquitto*, void* self, int message_id) { of(self).acknowledged(message_id); }
  static void subscribe(mosquitto*, void* self, int message_id, int count, const int* granted) {
    of(self).granted(message_id, std::all_of(granted, granted + count, [](int qos) { return qos < 128; }));
  }
  static void message(mosquitto*, void* self, const mosquitto_message* m) {
    of(self).received({.topic = m->topic,
                       .payload = {static_cast<const char*>(m->payload), static_cast<std::size_t>(m->payloadlen)},
                       .qos = m->qos,
                       .retained = m->retain});
  }
};

MqttSession::MqttSession(boost::asio::any_io_executor executor, MqttOptions options)
    : executor_(std::move(executor)), options_(std::move(options)) {}

MqttSession::~MqttSession() {
  if (thread_.joinable()) thread_.detach();  // only of a session whose last owner is its own thread
  if (library_) mosquitto_destroy(library_);
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

Result<void> MqttSession::start(std::shared_ptr<Wait> connected) {
  initialise_library();
  wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd_ < 0) return fail(ErrorCode::unavailable, std::string{"no event descriptor: "} + std::strerror(errno));
  HANSE_CHECK(configure());
  connect_wait_ = std::move(connected);
  phase_ = Phase::connecting;
  thread_ = std::thread{[self = shared_from_this()] { self->run(); }};
  return {};
}

Result<void> MqttSession::configure() {
  const char* id = options_.client_id.empty() ? nullptr : options_.client_id.c_str();
  library_ = mosquitto_new(id, options_.clean_session, this);
  if (!library_) return fail(ErrorCode::invalid, "an MQTT client needs an id to keep its session");
  mosquitto_connect_callback_set(library_, Callbacks::connect);
  mosquitto_publish_callback_set(library_, Callbacks::publish);
  mosquitto_subscribe_callback_set(library_, Callbacks::subscribe);
  mosquitto_message_callback_set(library_, Callbacks::message);
  mosquitto_max_inflight_messages_set(library_, kInflightMax);
  mosquitto_int_option(library_, MOSQ_OPT_TCP_NODELAY, 1);
  if (!options_.user.empty() &&
      mosquitto_username_pw_set(library_, options_.user.c_str(),
                                options_.password.empty() ? nullptr : options_.password.c_str()) != MOSQ_ERR_SUCCESS) {
    return fail(ErrorCode::invalid, "the MQTT user or password is not UTF-8");
  }
  if (options_.will) {
    const auto& will = *options_.will;
    const int code = mosquitto_will_set(library_, will.topic.c_str(), static_cast<int>(will.payload.size()),
                                        will.payload.data(), will.qos, will.retained);
    if (code != MOSQ_ERR_SUCCESS) return fail(ErrorCode::invalid, "the MQTT will is wrong: " + reason_of(code));
  }
  return options_.tls ? configure_tls() : Result<void>{};
}

Result<void> MqttSession::configure_tls() {
  const auto& tls = *options_.tls;
  const auto text = [](const std::string& s) { return s.empty() ? nullptr : s.c_str(); };
  if (tls.authorities_file.empty()) mosquitto_int_option(library_, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  if (!tls.authorities_file.empty() || !tls.certificate_file.empty()) {
    const char* folder = tls.authorities_file.empty() ? "/etc/ssl/certs" : nullptr;
    const int code = mosquitto_tls_set(library_, text(tls.authorities_file), folder, text(tls.certificate_file),
                                       text(tls.key_file), nullptr);
    if (code != MOSQ_ERR_SUCCESS) {
      return fail(ErrorCode::invalid, "a TLS file of the MQTT connection can't be used: " + reason_of(code));
    }
  }
  if (!tls.verify) {
    mosquitto_tls_opts_set(library_, 0, nullptr, nullptr);
    mosquitto_tls_insecure_set(library_, true);
  }
  return {};
}

void MqttSession::run() {
  sigset_t pipe;  // SSL_write may raise it
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  if (const auto opened = open(); !opened) return lose(opened.error().message);
  {
    const std::lock_guard lock{mutex_};
    phase_ = Phase::running;
    if (abandoned_) return;
  }
  serve();
}

Result<void> MqttSession::open() {
  const int keep_alive_s = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(options_.keep_alive).count());
  const int code = mosquitto_connect(library_, options_.host.c_str(), options_.port, std::max(keep_alive_s, 5));
  if (code == MOSQ_ERR_SUCCESS) return {};
  const std::string reason = code == MOSQ_ERR_EAI ? "there is no such host" : reason_of(code);
  return fail(ErrorCode::unavailable, "the MQTT broker " + options_.host + ':' + std::to_string(options_.port) +
                                          " can't be reached: " + reason);
}

void MqttSession::serve() {
  for (;;) {
    if (!carry_out_commands()) return;
    const int socket = mosquitto_socket(library_);
    if (socket < 0) return lose("the MQTT connection was closed");
    const bool writing = mosquitto_want_write(library_);
    std::array<pollfd, 2> fds = {pollfd{socket, static_cast<short>(POLLIN | (writing ? POLLOUT : 0)), 0},
                                 pollfd{wake_fd_, POLLIN, 0}};
    ::poll(fds.data(), fds.size(), kPollMsMax);
    if (fds[1].revents) {
      std::uint64_t count = 0;
      static_cast<void>(!::read(wake_fd_, &count, sizeof count));
    }
    {
      const std::lock_guard lock{mutex_};
      if (abandoned_) return;
    }
    if (!exchange(fds[0].revents)) return;
  }
}

bool MqttSession::exchange(short happened) {
  int code = MOSQ_ERR_SUCCESS;
  if (happened & (POLLIN | POLLERR | POLLHUP)) {
    for (int i = 0; i < kPacketsPerTurn && code == MOSQ_ERR_SUCCESS; ++i) {
      errno = 0;
      code = mosquitto_loop_read(library_, 1);
      if (errno == EAGAIN || mosquitto_socket(library_) < 0) break;
    }
  }
  if (code == MOSQ_ERR_SUCCESS && (happened & POLLOUT)) code = mosquitto_loop_write(library_, 1);
  if (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop_misc(library_);
  if (code == MOSQ_ERR_SUCCESS) return true;
  lose(leaving_ ? "left the MQTT broker" : "the MQTT connection was lost: " + reason_of(code));
  return false;
}

bool MqttSession::carry_out_commands() {
  {
    const std::lock_guard lock{mutex_};
    if (!connected_) return true;  // before the broker's answer nothing may be sent
    for (auto& command : commands_) backlog_.push_back(std::move(command));
    commands_.clear();
  }
  // What the socket can't take stays with us, where it is counted.
  while (!backlog_.empty() && !mosquitto_want_write(library_)) {
    Command command = std::move(backlog_.front());
    backlog_.pop_front();
    const int code = carry_out(command);
    if (code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST) {
      finish(command.wait, fail(ErrorCode::unavailable, "the MQTT connection was lost"));
      lose("the MQTT connection was lost: " + reason_of(code));
      return false;
    }
    if (code != MOSQ_ERR_SUCCESS) finish(command.wait, fail(ErrorCode::invalid, "MQTT: " + reason_of(code)));
    if (leaving_) return true;
  }
  return true;
}

int MqttSession::carry_out(Command& command) {
  int message_id = 0, code = MOSQ_ERR_SUCCESS;
  const auto& message = command.message;
  switch (command.kind) {
    case Command::Kind::publish:
      if (command.wait) {
        // A QoS 0 message is acknowledged within the call, before its id is known here.
        if (message.qos == 0) {
          code =
              mosquitto_publish(library_, &message_id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                                message.payload.data(), 0, message.retained);
          if (code == MOSQ_ERR_SUCCESS) finish(command.wait, {});
          return code;
        }
      }
      code = mosquitto_publish(library_, &message_id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                               message.payload.data(), message.qos, message.retained);
      break;
    case Command::Kind::subscribe:
      code = mosquitto_subscribe(library_, &message_id, message.topic.c_str(), message.qos);
      break;
    case Command::Kind::disconnect:
      leaving_ = true;
      code = mosquitto_disconnect(library_);
      pending_.emplace(-1, command.wait);
      return code == MOSQ_ERR_SUCCESS ? MOSQ_ERR_CONN_LOST : code;
  }
  if (code == MOSQ_ERR_SUCCESS && command.wait) pending_.emplace(message_id, command.wait);
  return code;
}

void MqttSession::lose(std::string reason) {
  const auto error = fail(ErrorCode::unavailable, reason);
  finish(std::exchange(connect_wait_, nullptr), error);
  for (auto& [id, wait] : pending_) finish(wait, id == -1 ? Result<void>{} : Result<void>{error});
  pending_.clear();
  std::vector<Command> unsent;
  {
    const std::lock_guard lock{mutex_};
    phase_ = Phase::over;
    connected_ = false;
    lost_reason_ = std::move(reason);
    unsent.swap(commands_);
    wake_receiver_locked();
  }
  for (auto& command : backlog_) finish(command.wait, error);
  for (auto& command : unsent) finish(command.wait, error);
  backlog_.clear();
}

void MqttSession::push(Command command) {
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    wake = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (wake) {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_fd_, &one, sizeof one));
  }
}

void MqttSession::subscribe(std::string filter, int qos, std::shared_ptr<Wait> granted) {
  if (!connected()) {
    granted->result = fail(ErrorCode::unavailable, "the MQTT connection was lost");
    granted->done = true;
    return;
  }
  push({.kind = Command::Kind::subscribe,
        .message = {.topic = std::move(filter), .qos = qos},
        .wait = std::move(granted)});
}

Result<void> MqttSession::publish(MqttMessage message, std::shared_ptr<Wait> acknowledged) {
  if (mosquitto_pub_topic_check2(message.topic.data(), message.topic.size()) != MOSQ_ERR_SUCCESS) {
    return fail(ErrorCode::invalid, "'" + message.topic + "' is not an MQTT topic");
  }
  if (message.payload.size() > kPayloadBytesMax) return fail(ErrorCode::invalid, "an MQTT payload is at most 256 MB");
  {
    const std::lock_guard lock{mutex_};
    if (!connected_) return fail(ErrorCode::unavailable, lost_reason_.empty() ? "not connected" : lost_reason_);
    if (outstanding_ >= options_.queue_out_max) {
      return fail(ErrorCode::unavailable, std::to_string(outstanding_) + " MQTT messages wait to be sent already");
    }
    ++outstanding_;
  }
  push({.kind = Command::Kind::publish, .message = std::move(message), .wait = std::move(acknowledged)});
  return {};
}

void MqttSession::disconnect(std::shared_ptr<Wait> done) {
  if (!connected()) {
    done->done = true;
    return;
  }
  push({.kind = Command::Kind::disconnect, .message = {}, .wait = std::move(done)});
}

Result<void> MqttSession::take(std::vector<MqttMessage>& out, std::shared_ptr<Wait> wake) {
  const std::lock_guard lock{mutex_};
  out.swap(inbox_);
  if (!out.empty()) return {};
  if (phase_ == Phase::over) return fail(ErrorCode::unavailable, lost_reason_);
  receiver_ = std::move(wake);
  return {};
}

void MqttSession::abandon() {
  bool join = false;
  {
    const std::lock_guard lock{mutex_};
    abandoned_ = true;
    receiver_.reset();
    join = phase_ != Phase::connecting;
  }
  const std::uint64_t one = 1;
  if (wake_fd_ >= 0) static_cast<void>(!::write(wake_fd_, &one, sizeof one));
  if (!thread_.joinable()) return;
  if (join) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

bool MqttSession::connected() const {
  const std::lock_guard lock{mutex_};
  return connected_;
}

MqttCounters MqttSession::counters() const {
  const std::lock_guard lock{mutex_};
  return counters_;
}

void MqttSession::finish(const std::shared_ptr<Wait>& wait, Result<void> result) {
  if (!wait) return;
  const std::lock_guard lock{mutex_};
  if (abandoned_) return;
  boost::asio::post(executor_, [wait, result = std::move(result)]() mutable {
    wait->result = std::move(result);
    wait->done = true;
    wait->timer.cancel();
  });
}

void MqttSession::wake_receiver_locked() {
  if (!receiver_ || abandoned_) return;
  boost::asio::post(executor_, [wait = std::move(receiver_)] { wait->timer.cancel(); });
  receiver_.reset();
}

void MqttSession::received(MqttMessage message) {
  const std::lock_guard lock{mutex_};
  ++counters_.received;
  if (inbox_.size() >= options_.queue_in_max) {
    ++counters_.dropped;
    return;
  }
  inbox_.push_back(std::move(message));
  wake_receiver_locked();
}

void MqttSession::acknowledged(int message_id) {
  {
    const std::lock_guard lock{mutex_};
    if (outstanding_ > 0) --outstanding_;
    ++counters_.sent;
  }
  if (const auto found = pending_.find(message_id); found != pending_.end()) {
    finish(found->second, {});
    pending_.erase(found);
  }
}

void MqttSession::granted(int message_id, bool all) {
  const auto found = pending_.find(message_id);
  if (found == pending_.end()) return;
  finish(found->second, all ? Result<void>{} : fail(ErrorCode::forbidden, "the MQTT broker refused the subscription"));
  pending_.erase(found);
}

void MqttSession::answered(int code) {
  if (code == 0) {
    {
      const std::lock_guard lock{mutex_};
      connected_ = true;
    }
    return finish(std::exchange(connect_wait_, nullptr), {});
  }
  const bool login = code == 4 || code == 5 || code == 2;  // MQTT 3.1.1, table 3.1
  finish(std::exchange(connect_wait_, nullptr),
         fail(login ? ErrorCode::unauthenticated : ErrorCode::unavailable,
              std::string{"the MQTT broker refused the connection: "} + mosquitto_connack_string(code)));
}

}  // namespace hanse::net::internal
