#include "node/simulate/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hanse::node::simulate {
namespace {

constexpr int kFarewellMs = 5000;

/// Runs in the child between fork and exec: only calls that are safe there.
[[noreturn]] void become_program(char* const* words, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // The parent died before the line above.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  ::execvp(words[0], words);
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command, Output output) {
  int pipe_ends[2] = {-1, -1};
  if (output == Output::read && ::pipe2(pipe_ends, O_CLOEXEC) != 0) {
    return fail(ErrorCode::unavailable, std::string{"no pipe: "} + std::strerror(errno));
  }
  if (output == Output::drop) pipe_ends[1] = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::vector<char*> words;
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become_program(words.data(), pipe_ends[1], parent);
  if (pipe_ends[1] >= 0) ::close(pipe_ends[1]);
  if (child < 0) {
    if (pipe_ends[0] >= 0) ::close(pipe_ends[0]);
    return fail(ErrorCode::unavailable, "cannot start " + command[0] + ": " + std::strerror(errno));
  }
  struct Made : ChildProcess {
    Made(int pid, int end) : ChildProcess(pid, end) {}
  };
  return std::unique_ptr<ChildProcess>{std::make_unique<Made>(child, pipe_ends[0])};
}

ChildProcess::~ChildProcess() {
  if (output_ >= 0) ::close(output_);
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  for (int waited = 0; waited < kFarewellMs && running(); waited += 10) ::poll(nullptr, 0, 10);
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool ChildProcess::running() {
  if (pid_ < 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

Result<std::string> ChildProcess::read_line(Duration time_limit) {
  auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(time_limit).count();
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    // Short waits, so that what is left of the limit can be counted without a clock.
    const int wait_ms = static_cast<int>(std::min<std::int64_t>(left_ms, 50));
    pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, wait_ms);
    if (ready == 0) {
      left_ms -= wait_ms;
      if (left_ms <= 0) return fail(ErrorCode::timeout, "the program said nothing in time");
      continue;
    }
    char bytes[4096];
    const auto count = ::read(output_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorCode::unavailable, "the program ended before it said what was expected");
    pending_.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace hanse::node::simulate
