#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "net/internal/deadline.hpp"
#include "net/stream.hpp"

namespace hanse::net::internal {

class TcpStream final : public Stream {
 public:
  explicit TcpStream(boost::asio::ip::tcp::socket socket);
  ~TcpStream() override;

  boost::asio::awaitable<Result<std::size_t>> read(std::span<char> into, Duration time_limit) override;
  boost::asio::awaitable<Result<void>> write(std::string_view bytes, Duration time_limit) override;
  boost::asio::awaitable<void> finish(Duration time_limit) override;
  void wake() override;
  bool is_left() const override;
  void close() override;
  const std::string& peer() const override { return peer_; }

 private:
  Error error(std::string_view doing, bool timed_out, const boost::system::error_code& code) const;

  boost::asio::ip::tcp::socket socket_;
  std::string peer_;
  std::shared_ptr<Deadline> reading_;
  std::shared_ptr<Deadline> writing_;
};

}  // namespace hanse::net::internal
