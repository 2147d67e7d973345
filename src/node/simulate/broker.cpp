#include "node/simulate/broker.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hanse::node::simulate {
namespace {

constexpr int kStartMs = 5000;
constexpr int kStepMs = 20;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const auto address = loopback(port);
  const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

/// Debian keeps daemons where a user's search path doesn't look.
std::string mosquitto_program() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

}  // namespace

Result<std::uint16_t> free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t length = sizeof address;
  const bool bound = socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  if (socket >= 0) ::close(socket);
  if (!bound) return fail(ErrorCode::unavailable, "there is no free port on this machine");
  return ntohs(address.sin_port);
}

Result<std::unique_ptr<Broker>> Broker::start(std::uint16_t port) {
  const auto program = mosquitto_program();
  if (program.empty()) {
    return fail(ErrorCode::unavailable, "the simulated plant needs the MQTT broker mosquitto: apt install mosquitto");
  }
  if (port == 0) {
    HANSE_TRY(port, free_port());
  } else if (accepts(port)) {
    return fail(ErrorCode::unavailable, fmt::format("another program listens on port {} already", port));
  }
  struct Made : Broker {};
  std::unique_ptr<Broker> broker = std::make_unique<Made>();
  std::string folder = (std::filesystem::temp_directory_path() / "hanse-broker-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return fail(ErrorCode::unavailable, "cannot make a folder for the broker");
  broker->folder_ = folder;
  broker->port_ = port;
  const auto settings = folder + "/mosquitto.conf";
  std::ofstream{settings} << "listener " << port << " 127.0.0.1\n"
                          << "allow_anonymous true\n"
                             "persistence false\n"
                             "max_queued_messages 0\n"
                             "max_queued_bytes 67108864\n"
                             "max_inflight_messages 0\n"
                             "log_dest stderr\n"
                             "log_type error\n";
  HANSE_TRY(broker->process_, ChildProcess::start({program, "-c", settings}, ChildProcess::Output::drop));
  for (int waited = 0; waited < kStartMs; waited += kStepMs) {
    if (accepts(port)) return broker;
    if (!broker->process_->running()) break;
    ::poll(nullptr, 0, kStepMs);
  }
  return fail(ErrorCode::unavailable, fmt::format("mosquitto doesn't start on port {}", port));
}

Broker::~Broker() {
  process_.reset();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace hanse::node::simulate
