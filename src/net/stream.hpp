#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::net {

/// Bytes both ways: TCP, TLS over TCP, or a test's own. A stream belongs to the thread of its executor (an I/O context
/// is run by one thread). One read and one write may be under way at the same time, not two of a kind.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Waits for bytes and puts what came, one or more, into the front of `into`; 0 at the end of the stream.
  /// Errors: `timeout` (the stream can go on, though a write that was under way is lost), `unavailable` when it broke.
  virtual boost::asio::awaitable<Result<std::size_t>> read(std::span<char> into, Duration time_limit) = 0;
  /// Sends all of `bytes`, which must stay until it is done. Errors: `timeout`, `unavailable`; how much went out is
  /// unknown then: close the stream.
  virtual boost::asio::awaitable<Result<void>> write(std::string_view bytes, Duration time_limit) = 0;
  /// Says farewell where the protocol has one (TLS) and closes.
  virtual boost::asio::awaitable<void> finish(Duration time_limit) = 0;
  /// Ends a read that waits, as if its time were up, for somebody who has something to send meanwhile. Does nothing
  /// while a write is under way: who writes looks again afterwards.
  virtual void wake() {}
  /// Has the other end closed, or broken, its way to us? Looks without waiting, past bytes that nobody read yet.
  virtual bool is_left() const = 0;
  /// Closes at once. A read or write under way fails with `unavailable`. May be called twice.
  virtual void close() = 0;
  /// Address and port at the other end as in `10.0.0.7:4840`; for logs.
  virtual const std::string& peer() const = 0;
};

/// How to trust and be trusted as a client.
struct TlsOptions {
  std::string authorities_file = {};  ///< PEM; empty for the system's.
  std::string certificate_file = {};  ///< Our own, PEM with its chain; empty for none.
  std::string key_file = {};          ///< To `certificate_file`.
  std::string server_name = {};       ///< When the certificate names the server differently from `host`.
  bool verify = true;                 ///< False only on a person's explicit wish for this connection.
};

/// Opens a connection; the addresses of `host` are tried in order. Runs on the caller's executor.
/// Errors: `unavailable` (no such host, refused, the handshake failed: the message says which), `timeout`.
boost::asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port,
                                                                std::optional<TlsOptions> tls, Duration time_limit);

/// TLS from the client's side over an open stream.
boost::asio::awaitable<Result<std::unique_ptr<Stream>>> start_tls(std::unique_ptr<Stream> stream, std::string host,
                                                                  TlsOptions options, Duration time_limit);

/// Waits for connections on one address.
class Listener {
 public:
  virtual ~Listener() = default;
  /// The next connection. Errors: `unavailable` once closed, and when the process is short of file descriptors.
  virtual boost::asio::awaitable<Result<std::unique_ptr<Stream>>> accept() = 0;
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;
};

/// Listens on `address` (an IP address) and `port`, 0 for a free one. Errors: `invalid` for the address, `unavailable`
/// when the port is taken or not allowed.
Result<std::unique_ptr<Listener>> listen(const boost::asio::any_io_executor& executor, const std::string& address,
                                         std::uint16_t port);

/// Waits without holding a thread; ends early, by an exception, when the coroutine is cancelled.
boost::asio::awaitable<void> pause(Duration duration);

}  // namespace hanse::net
