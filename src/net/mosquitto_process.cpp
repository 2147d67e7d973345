#include "net/mosquitto_process.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace hanse::net {
namespace {

constexpr int kStartTries = 500;
constexpr int kStartPauseMs = 20;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Result<std::uint16_t> free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (fd >= 0) ::close(fd);
  if (!bound) return fail(ErrorCode::unavailable, "there is no free port");
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  auto address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

std::string find_program() {
  for (const char* path : {"/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

Result<int> spawn(const std::string& settings_file, std::uint16_t port) {
  std::string program = find_program();
  if (program.empty()) return fail(ErrorCode::not_found, "there is no mosquitto on this machine");
  std::string flag = "-c", file = settings_file;
  char* const arguments[] = {program.data(), flag.data(), file.data(), nullptr};
  pid_t pid = -1;
  if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
    return fail(ErrorCode::unavailable, "mosquitto can't be started");
  }
  for (int i = 0; i < kStartTries; ++i) {
    if (answers(port)) return pid;
    if (::waitpid(pid, nullptr, WNOHANG) == pid) break;
    ::poll(nullptr, 0, kStartPauseMs);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  return fail(ErrorCode::unavailable, "mosquitto doesn't answer on port " + std::to_string(port));
}

}  // namespace

Result<MosquittoProcess> MosquittoProcess::start(std::uint16_t port, const std::string& extra_settings) {
  MosquittoProcess process;
  if (port == 0) {
    HANSE_TRY(port, free_port());
  }
  process.port_ = port;
  std::string folder = (std::filesystem::temp_directory_path() / "hanse-mosquitto-XXXXXX").string();
  if (!::mkdtemp(folder.data())) return fail(ErrorCode::unavailable, "there is no temporary folder");
  process.folder_ = folder;
  ::chmod(folder.c_str(), 0755);  // started as root, mosquitto reads it as a user of its own
  std::ofstream{folder + "/mosquitto.conf"} << "listener " << port << " 127.0.0.1\n"
                                            << "allow_anonymous true\npersistence false\nmax_queued_messages 1000000\n"
                                            << "max_inflight_messages 1000\nlog_type error\nset_tcp_nodelay true\n"
                                            << extra_settings;
  HANSE_CHECK(process.restart());
  return process;
}

Result<void> MosquittoProcess::restart() {
  stop();
  HANSE_TRY(pid_, spawn(folder_ + "/mosquitto.conf", port_));
  return {};
}

void MosquittoProcess::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

MosquittoProcess::MosquittoProcess(MosquittoProcess&& other) noexcept
    : port_(other.port_), pid_(std::exchange(other.pid_, -1)), folder_(std::exchange(other.folder_, {})) {}

MosquittoProcess& MosquittoProcess::operator=(MosquittoProcess&& other) noexcept {
  std::swap(port_, other.port_);
  std::swap(pid_, other.pid_);
  std::swap(folder_, other.folder_);
  return *this;
}

MosquittoProcess::~MosquittoProcess() {
  stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace hanse::net
