#pragma once

#include <stop_token>

#include "net/http_server.hpp"
#include "net/internal/answer.hpp"
#include "net/internal/request_reader.hpp"

namespace hanse::net::internal {

/// One client's connection: request after request, in order, until one side has enough.
class HttpConnection {
 public:
  HttpConnection(HttpServer& server, std::unique_ptr<Stream> stream, bool secure);

  boost::asio::awaitable<void> run();
  /// Ends now when no request is under way, else after it.
  void end_soon();
  void close();
  /// Asks the handler under way to stop when the client that waits for its answer has gone.
  void look_after_client();

 private:
  enum class Next { request, end, linger };

  boost::asio::awaitable<Result<bool>> read_head();
  boost::asio::awaitable<Result<void>> read_body(std::size_t bytes_max);
  boost::asio::awaitable<Result<bool>> read_more(Duration time_limit);
  Result<void> feed();
  boost::asio::awaitable<Next> handle();
  boost::asio::awaitable<Next> answer_route(api::RouteMatch match, api::RequestFacts facts, std::string_view query);
  boost::asio::awaitable<Next> go_live(api::RequestFacts facts);
  boost::asio::awaitable<Next> send(Answer answer);
  boost::asio::awaitable<Next> refuse(Error error, int status, const api::Route* route = nullptr);
  api::RequestFacts facts(api::Method method, std::string_view path) const;
  AnswerWish wish() const;

  HttpServer& server_;
  std::unique_ptr<Stream> stream_;
  bool secure_;
  bool idle_ = true;
  std::optional<std::stop_source> under_way_;  // While a handler runs for this client.
  RequestReader reader_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // What of the buffer has come but was not read.
};

}  // namespace hanse::net::internal
