#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/clock.hpp"
#include "net/internal/openssl_error.hpp"
#include "net/tls.hpp"

namespace hanse::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRecordBytesMax = 16 * 1024 + 256;  // RFC 8446, 5.2: 2^14 of content and at most 256 around it.

/// TLS between a caller and an inner stream: OpenSSL only sees memory, so the inner stream's time limits hold.
class TlsStream final : public Stream {
 public:
  TlsStream(std::unique_ptr<Stream> inner, std::shared_ptr<SSL_CTX> context)
      : inner_(std::move(inner)), context_(std::move(context)), ssl_(SSL_new(context_.get())) {
    incoming_ = BIO_new(BIO_s_mem());
    outgoing_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
  }

  SSL* ssl() { return ssl_.get(); }

  asio::awaitable<Result<void>> handshake(Duration time_limit) {
    const SystemClock clock;
    const Duration due = clock.monotonic() + time_limit;
    for (;;) {
      ERR_clear_error();
      const int done = SSL_do_handshake(ssl_.get());
      const int reason = SSL_get_error(ssl_.get(), done);
      const std::string why = done == 1 ? "" : internal::openssl_error();
      const Duration left = due - clock.monotonic();
      if (left <= Duration::zero()) co_return fail(ErrorCode::timeout, "the TLS handshake took too long");
      auto sending = send_pending(left);
      HANSE_CO_CHECK(co_await std::move(sending));
      if (done == 1) co_return Result<void>{};
      if (reason != SSL_ERROR_WANT_READ) co_return handshake_error(why);
      auto receiving = receive(left);
      HANSE_CO_TRY(const std::size_t count, co_await std::move(receiving));
      if (count == 0) co_return fail(ErrorCode::unavailable, peer() + " closed during the TLS handshake");
    }
  }

  asio::awaitable<Result<std::size_t>> read(std::span<char> into, Duration time_limit) override {
    for (;;) {
      if (closed_) co_return fail(ErrorCode::unavailable, "the connection to " + peer() + " is closed");
      ERR_clear_error();
      const int count =
          SSL_read(ssl_.get(), into.data(), static_cast<int>(std::min<std::size_t>(into.size(), 1 << 30)));
      if (count > 0) co_return static_cast<std::size_t>(count);
      const int reason = SSL_get_error(ssl_.get(), count);
      if (reason == SSL_ERROR_ZERO_RETURN) co_return std::size_t{0};
      if (reason != SSL_ERROR_WANT_READ) {
        co_return fail(ErrorCode::unavailable,
                       fmt::format("TLS from {} is broken: {}", peer(), internal::openssl_error()));
      }
      // Answers that TLS itself gives while reading (key updates, alerts).
      auto sending = send_pending(time_limit);
      HANSE_CO_CHECK(co_await std::move(sending));
      auto receiving = receive(time_limit);
      HANSE_CO_TRY(const std::size_t received, co_await std::move(receiving));
      if (received == 0) co_return std::size_t{0};
    }
  }

  asio::awaitable<Result<void>> write(std::string_view bytes, Duration time_limit) override {
    while (!bytes.empty()) {
      if (closed_) co_return fail(ErrorCode::unavailable, "the connection to " + peer() + " is closed");
      ERR_clear_error();
      const int count =
          SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 18)));
      if (count <= 0) {
        co_return fail(ErrorCode::unavailable,
                       fmt::format("TLS to {} is broken: {}", peer(), internal::openssl_error()));
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
      auto sending = send_pending(time_limit);
      HANSE_CO_CHECK(co_await std::move(sending));
    }
    co_return Result<void>{};
  }

  asio::awaitable<void> finish(Duration time_limit) override {
    if (!closed_) {
      SSL_shutdown(ssl_.get());
      auto sending = send_pending(time_limit);
      (void)co_await std::move(sending);
    }
    closed_ = true;
    auto finishing = inner_->finish(time_limit);
    co_await std::move(finishing);
  }

  bool is_left() const override { return inner_->is_left(); }
  void close() override {
    closed_ = true;
    inner_->close();
  }

  const std::string& peer() const override { return inner_->peer(); }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Error handshake_error(const std::string& why) const {
    const long verified = SSL_get_verify_result(ssl_.get());
    const std::string reason = verified == X509_V_OK ? why : X509_verify_cert_error_string(verified);
    return fail(ErrorCode::unavailable, fmt::format("TLS with {} failed: {}", peer(), reason));
  }

  /// What OpenSSL wants sent. Reader and writer both come here; the first sends for both, so records keep their order.
  asio::awaitable<Result<void>> send_pending(Duration time_limit) {
    if (sending_) co_return Result<void>{};
    sending_ = true;
    Result<void> sent;
    while (sent && BIO_ctrl_pending(outgoing_) > 0) {
      std::string bytes(BIO_ctrl_pending(outgoing_), '\0');
      BIO_read(outgoing_, bytes.data(), static_cast<int>(bytes.size()));
      auto writing = inner_->write(bytes, time_limit);
      sent = co_await std::move(writing);
    }
    sending_ = false;
    co_return sent;
  }

  asio::awaitable<Result<std::size_t>> receive(Duration time_limit) {
    buffer_.resize(kRecordBytesMax);
    auto reading = inner_->read(buffer_, time_limit);
    auto count = co_await std::move(reading);
    if (count && *count > 0) BIO_write(incoming_, buffer_.data(), static_cast<int>(*count));
    co_return count;
  }

  std::unique_ptr<Stream> inner_;
  std::shared_ptr<SSL_CTX> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  BIO* incoming_ = nullptr;  // Owned by ssl_.
  BIO* outgoing_ = nullptr;
  std::vector<char> buffer_;
  bool sending_ = false;
  bool closed_ = false;
};

Result<std::shared_ptr<SSL_CTX>> client_context(const TlsOptions& options) {
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options.authorities_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_locations(context.get(), options.authorities_file.c_str(), nullptr) != 1) {
    return fail(ErrorCode::invalid, fmt::format("cannot read the certificate authorities in '{}': {}",
                                                options.authorities_file, internal::openssl_error()));
  }
  if (!options.certificate_file.empty())
    HANSE_CHECK(internal::use_certificate(context.get(), options.certificate_file, options.key_file));
  return context;
}

/// The name that the server's certificate must carry; an IP address is compared as one.
void expect_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return;
  SSL_set_tlsext_host_name(ssl, name.c_str());
  SSL_set1_host(ssl, name.c_str());
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Stream>>> start_tls(std::unique_ptr<Stream> stream, std::string host,
                                                           TlsOptions options, Duration time_limit) {
  HANSE_CO_TRY(auto context, client_context(options));
  auto secured = std::make_unique<TlsStream>(std::move(stream), std::move(context));
  expect_name(secured->ssl(), options.server_name.empty() ? host : options.server_name);
  SSL_set_connect_state(secured->ssl());
  auto shaking = secured->handshake(time_limit);
  HANSE_CO_CHECK(co_await std::move(shaking));
  co_return std::move(secured);
}

asio::awaitable<Result<std::unique_ptr<Stream>>> accept_tls(std::unique_ptr<Stream> stream, const TlsIdentity& identity,
                                                            Duration time_limit) {
  SSL_CTX_up_ref(identity.context());
  std::shared_ptr<SSL_CTX> context{identity.context(), SSL_CTX_free};
  auto secured = std::make_unique<TlsStream>(std::move(stream), std::move(context));
  SSL_set_accept_state(secured->ssl());
  auto shaking = secured->handshake(time_limit);
  HANSE_CO_CHECK(co_await std::move(shaking));
  co_return std::move(secured);
}

}  // namespace hanse::net
