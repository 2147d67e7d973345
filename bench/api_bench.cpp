// api.get_rps: a typed GET of one record over keep-alive connections, requests per second on one core; beside it
// api.get_rps.beast, a bare Beast server that answers the same bytes without routing, login or threads.
//
// Each server is a child process bound to one core; wrk loads it from the other. The two alternate, and the middle of
// the rounds counts. Per-core rate: requests by the server's own CPU seconds, so that a busy machine doesn't matter;
// the rate by the wall clock is printed as well.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "api/router.hpp"
#include "net/http_server.hpp"
#include "net/on_pool.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace hanse;

struct Press {
  std::string id, name, line;
  double ideal_cycle_s = 0;
  std::int64_t cavities = 0;
  bool in_use = false;
};
HANSE_DESCRIBE(Press, (id, name, line, ideal_cycle_s, cavities, in_use))
struct PressById {
  std::string id;
};
HANSE_DESCRIBE(PressById, (id))

Press some_press(const std::string& id) {
  return {.id = id,
          .name = "Press 4, hall north",
          .line = "moulding",
          .ideal_cycle_s = 31.5,
          .cavities = 8,
          .in_use = true};
}

void report_port(int pipe, std::uint16_t port) {
  if (::write(pipe, &port, sizeof port) != sizeof port) std::abort();
}

void run_hanse(int pipe) {
  asio::io_context context;
  SystemClock clock;
  Log log{clock, LogLevel::error, LogFormat::text};
  std::vector<api::Route> routes;
  for (const auto* other : {"assets", "signals", "products", "calendars", "reasons", "users", "tokens"}) {
    routes.push_back(api::route<PressById, Press>(
        {.path = fmt::format("/api/v1/{}/{{id}}", other), .permission = "plant.read"},
        [](const PressById& in, const api::Context&) -> Result<Press> { return some_press(in.id); }));
  }
  routes.push_back(api::route<PressById, api::Versioned<Press>>(
      {.path = "/api/v1/presses/{id}", .permission = "plant.read"},
      [](const PressById& in, const api::Context&) -> Result<api::Versioned<Press>> {
        return api::Versioned<Press>{.record = some_press(in.id), .version = 12};
      }));
  const api::Router router{std::move(routes)};
  WorkPool pool{1, 1000};
  net::HttpServerParts parts{.router = router,
                             .pool = pool,
                             .clock = clock,
                             .log = log,
                             .authorise = [](const api::RequestFacts&) -> Result<api::Caller> {
                               return api::Caller{.id = "token:bench", .permissions = {"plant.read"}};
                             },
                             .permit = [](const api::Caller& caller, const api::Route& route) -> Result<void> {
                               if (caller.permissions.front() == route.permission) return {};
                               return fail(ErrorCode::forbidden, "not allowed");
                             }};
  net::HttpServer server{context.get_executor(), std::move(parts)};
  report_port(pipe, *server.start("127.0.0.1", 0));
  context.run();
}

asio::awaitable<void> beast_session(asio::ip::tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  const std::string body = to_json(some_press("press-4"));
  try {
    for (;;) {
      http::request<http::string_body> request;
      co_await http::async_read(socket, buffer, request, asio::use_awaitable);
      http::response<http::string_body> response{http::status::ok, 11};
      response.set(http::field::content_type, "application/json");
      response.body() = body;
      response.prepare_payload();
      co_await http::async_write(socket, response, asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    co_return;  // The client closed.
  }
}

asio::awaitable<void> beast_accept(asio::ip::tcp::acceptor acceptor) {
  for (;;) {
    asio::ip::tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay{true});
    asio::co_spawn(acceptor.get_executor(), beast_session(std::move(socket)), asio::detached);
  }
}

void run_beast(int pipe) {
  asio::io_context context{1};
  asio::ip::tcp::acceptor acceptor{context, {asio::ip::make_address("127.0.0.1"), 0}};
  report_port(pipe, acceptor.local_endpoint().port());
  asio::co_spawn(context, beast_accept(std::move(acceptor)), asio::detached);
  context.run();
}

void bind_to_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

struct Round {
  double per_wall_second = 0;
  double per_cpu_second = 0;
};

/// One server, one load. The child's CPU time is read when it has ended.
Round measure(void (*run_server)(int pipe), const char* path, int seconds) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    bind_to_core(0);
    run_server(pipe[1]);
    std::_Exit(0);
  }
  std::uint16_t port = 0;
  if (::read(pipe[0], &port, sizeof port) != sizeof port) std::abort();
  ::close(pipe[0]);
  ::close(pipe[1]);
  const std::string command = fmt::format("taskset -c 1 wrk -t1 -c32 -d{}s http://127.0.0.1:{}{}", seconds, port, path);
  double requests = 0, per_second = 0;
  if (std::FILE* out = ::popen(command.c_str(), "r")) {
    std::array<char, 256> line{};
    while (std::fgets(line.data(), line.size(), out)) {
      std::sscanf(line.data(), " %lf requests in", &requests);
      std::sscanf(line.data(), "Requests/sec: %lf", &per_second);
      if (std::string_view{line.data()}.contains("Non-2xx")) std::fprintf(stderr, "%s", line.data());
    }
    ::pclose(out);
  }
  ::kill(child, SIGKILL);
  rusage usage{};
  int status = 0;
  ::wait4(child, &status, 0, &usage);
  const auto in_seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  const double cpu = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
  return {.per_wall_second = per_second, .per_cpu_second = cpu > 0 ? requests / cpu : 0};
}

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main() {
  if (std::system("command -v wrk >/dev/null && command -v taskset >/dev/null") != 0) {
    std::puts("api_bench: wrk or taskset is not installed; no figure");
    return 0;
  }
  constexpr int kRounds = 3;
  constexpr int kSeconds = 3;
  std::vector<double> own_cpu, own_wall, beast_cpu, beast_wall;
  for (int round = 0; round < kRounds; ++round) {
    const Round own = measure(run_hanse, "/api/v1/presses/press-4", kSeconds);
    const Round beast = measure(run_beast, "/", kSeconds);
    own_cpu.push_back(own.per_cpu_second);
    own_wall.push_back(own.per_wall_second);
    beast_cpu.push_back(beast.per_cpu_second);
    beast_wall.push_back(beast.per_wall_second);
  }
  std::printf("FIGURE api.get_rps %.0f requests/s/core\n", middle(own_cpu));
  std::printf("FIGURE api.get_rps.beast %.0f requests/s/core\n", middle(beast_cpu));
  std::printf("by the wall clock: %.0f requests/s", middle(own_wall));
  std::printf(", Beast %.0f\n", middle(beast_wall));
  return 0;
}
