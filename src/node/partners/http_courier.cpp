#include "node/partners/http_courier.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "dataspace/records.hpp"

namespace hanse::node {
namespace {

constexpr std::size_t kConnectionsMax = 8;          // to one partner
constexpr std::size_t kAnswerBytesMax = 64U << 20;  // of a call that a person waits for
constexpr Duration kCallMax = 60s;
constexpr Duration kLookAgain = 100ms;

net::HttpRequest request_of(dataspace::Outbound message) {
  net::HttpRequest request{
      .method = std::move(message.method),
      .url = std::move(message.url),
      .headers = {{"Content-Type", std::move(message.content_type)}, {"Accept", "application/json"}},
      .body = std::move(message.body)};
  if (!message.authorization.empty()) request.headers.emplace_back("Authorization", std::move(message.authorization));
  return request;
}

}  // namespace

HttpCourier::HttpCourier(HttpCourierParts parts, net::HttpClientOptions options)
    : parts_(parts), options_(std::move(options)), work_(io_.get_executor()), timer_(io_), thread_([this] {
        io_.run();
      }) {}

HttpCourier::~HttpCourier() { stop(); }

void HttpCourier::stop() {
  work_.reset();
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void HttpCourier::send(dataspace::Outbound message) {
  boost::asio::post(io_, [this, message = std::move(message)]() mutable {
    const auto origin = dataspace::origin_of(message.url);
    partners_[origin].waiting.push_back(std::move(message));
    begin(origin);
  });
}

void HttpCourier::begin(const std::string& origin) {
  auto& partner = partners_[origin];
  while (!partner.waiting.empty() && partner.under_way < kConnectionsMax) {
    std::unique_ptr<net::HttpClient> client;
    if (partner.idle.empty()) {
      client = std::make_unique<net::HttpClient>(options_);
    } else {
      client = std::move(partner.idle.back());
      partner.idle.pop_back();
    }
    auto message = std::move(partner.waiting.front());
    partner.waiting.pop_front();
    ++partner.under_way;
    boost::asio::co_spawn(io_, carry(origin, std::move(client), std::move(message)), boost::asio::detached);
  }
}

boost::asio::awaitable<void> HttpCourier::carry(std::string origin, std::unique_ptr<net::HttpClient> client,
                                                dataspace::Outbound message) {
  std::string id = message.id;
  auto fetching = client->fetch(request_of(std::move(message)));
  auto response = co_await std::move(fetching);
  dataspace::Outcome outcome;
  if (response) {
    outcome.status = static_cast<int>(response->head.status);
    outcome.body = std::move(response->body);
  } else {
    outcome.error = response.error().message;
  }
  auto& partner = partners_[origin];
  partner.idle.push_back(std::move(client));
  --partner.under_way;
  settle(std::move(id), std::move(outcome));
  begin(origin);
}

boost::asio::awaitable<dataspace::Outcome> HttpCourier::fetch(dataspace::Outbound message) {
  net::HttpClient client{
      {.connect_limit = options_.connect_limit, .read_limit = options_.read_limit, .body_bytes_max = kAnswerBytesMax}};
  auto fetching = client.fetch(request_of(std::move(message)));
  auto response = co_await std::move(fetching);
  dataspace::Outcome outcome;
  if (response) {
    outcome.status = static_cast<int>(response->head.status);
    outcome.body = std::move(response->body);
    outcome.content_type = response->head.find("content-type");
    outcome.link = response->head.find("link");
    outcome.content_range = response->head.find("content-range");
  } else {
    outcome.error = response.error().message;
  }
  co_return outcome;
}

dataspace::Outcome HttpCourier::call(dataspace::Outbound message) {
  auto asking = fetch(std::move(message));
  auto answer = boost::asio::co_spawn(io_, std::move(asking), boost::asio::use_future);
  // The client's own limits end it, unless the courier was stopped meanwhile: then nobody will.
  for (Duration waited{}; answer.wait_for(kLookAgain) != std::future_status::ready; waited += kLookAgain) {
    if (waited >= kCallMax || io_.stopped()) return {.status = 0, .body = {}, .error = "there was no answer in time"};
  }
  try {
    return answer.get();
  } catch (const std::exception&) {
    return {.status = 0, .body = {}, .error = "the node is being stopped"};
  }
}

void HttpCourier::on_pool(std::move_only_function<void()> job) {
  auto shared = std::make_shared<std::move_only_function<void()>>(std::move(job));
  // A full pool is no reason to lose an outcome: then this thread does it, and messages wait a moment.
  if (!parts_.pool.post([shared] { (*shared)(); })) (*shared)();
}

void HttpCourier::settle(std::string id, dataspace::Outcome outcome) {
  on_pool([this, id = std::move(id), outcome = std::move(outcome)] { connector_->settle(id, outcome); });
}

void HttpCourier::wake_at(Timestamp when) {
  boost::asio::post(io_, [this, when] {
    if (!timer_due_ || when < *timer_due_) set_timer(when);
  });
}

void HttpCourier::set_timer(Timestamp when) {
  timer_due_ = when;
  // Years ahead would overflow the timer's own clock; an early wake only sets the next.
  timer_.expires_after(std::clamp<Duration>(when - parts_.clock.now(), Duration::zero(), 24h));
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    timer_due_.reset();
    on_pool([this] { connector_->wake(); });
  });
}

}  // namespace hanse::node
