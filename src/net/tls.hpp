#pragma once

#include "net/stream.hpp"

struct ssl_ctx_st;

namespace hanse::net {

/// What a TLS server shows: certificate and key, checked to belong together.
class TlsIdentity {
 public:
  /// From PEM files. Errors: `invalid`, naming the file that can't be used and why.
  static Result<TlsIdentity> load(const std::string& certificate_file, const std::string& key_file);
  /// For localhost and 127.0.0.1: made once and kept in `folder` (key readable by its owner only), remade a month
  /// before it ends. Browsers will warn; machines can be given the file as authority. Errors: `unavailable` when the
  /// folder can't be written.
  static Result<TlsIdentity> self_signed(const std::string& folder);

  TlsIdentity(TlsIdentity&&) noexcept = default;
  TlsIdentity& operator=(TlsIdentity&&) noexcept = default;
  ssl_ctx_st* context() const { return context_.get(); }

 private:
  explicit TlsIdentity(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  std::shared_ptr<ssl_ctx_st> context_;
};

/// TLS from the server's side over an accepted stream. TLS 1.2 at least. Errors: `unavailable`, `timeout`.
boost::asio::awaitable<Result<std::unique_ptr<Stream>>> accept_tls(std::unique_ptr<Stream> stream,
                                                                   const TlsIdentity& identity, Duration time_limit);

}  // namespace hanse::net
