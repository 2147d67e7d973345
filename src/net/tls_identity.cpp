#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "net/internal/openssl_error.hpp"
#include "net/tls.hpp"

namespace hanse::net {

namespace internal {

std::string openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the other end closed the connection";
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : fmt::format("OpenSSL error {}", code);
}

Result<void> use_certificate(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return fail(ErrorCode::invalid,
                fmt::format("cannot use the certificate '{}': {}", certificate_file, openssl_error()));
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(ErrorCode::invalid, fmt::format("cannot use the key '{}': {}", key_file, openssl_error()));
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not the key to '{}'", key_file, certificate_file));
  }
  return {};
}

}  // namespace internal

namespace {

constexpr long kValidSeconds = 397L * 24 * 3600;  // What browsers accept at most (CA/Browser Forum BR 6.3.2).
constexpr long kRenewSeconds = 30L * 24 * 3600;

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void add_extension(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  X509_add_ext(certificate, extension.get(), -1);
}

/// Its own issuer, so that a machine can be given the file as the authority to trust.
Certificate sign_for_localhost(EVP_PKEY* key) {
  Certificate certificate{X509_new()};
  X509_set_version(certificate.get(), X509_VERSION_3);
  const std::unique_ptr<BIGNUM, Freer<BN_free>> serial{BN_new()};
  BN_rand(serial.get(), 120, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

bool still_good(const std::string& certificate_file) {
  const File file{std::fopen(certificate_file.c_str(), "r")};
  if (!file) return false;
  const Certificate certificate{PEM_read_X509(file.get(), nullptr, nullptr, nullptr)};
  if (!certificate) return false;
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
  return days * 24L * 3600 + seconds > kRenewSeconds;
}

Result<File> create_private(const std::string& path) {
  std::filesystem::remove(path);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return fail(ErrorCode::unavailable, fmt::format("cannot write '{}'", path));
  return File{::fdopen(descriptor, "w")};
}

Result<void> make_self_signed(const std::string& certificate_file, const std::string& key_file) {
  const Key key{EVP_EC_gen("P-256")};
  const Certificate certificate = sign_for_localhost(key.get());
  HANSE_TRY(const File key_out, create_private(key_file));
  HANSE_TRY(const File certificate_out, create_private(certificate_file));
  if (PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_X509(certificate_out.get(), certificate.get()) != 1) {
    return fail(ErrorCode::unavailable, fmt::format("cannot write '{}'", certificate_file));
  }
  return {};
}

}  // namespace

Result<TlsIdentity> TlsIdentity::load(const std::string& certificate_file, const std::string& key_file) {
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  HANSE_CHECK(internal::use_certificate(context.get(), certificate_file, key_file));
  return TlsIdentity{context};
}

Result<TlsIdentity> TlsIdentity::self_signed(const std::string& folder) {
  const std::string certificate_file = folder + "/localhost.pem";
  const std::string key_file = folder + "/localhost.key";
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return fail(ErrorCode::unavailable, fmt::format("cannot make the folder '{}': {}", folder, code.message()));
  if (!still_good(certificate_file)) HANSE_CHECK(make_self_signed(certificate_file, key_file));
  return load(certificate_file, key_file);
}

}  // namespace hanse::net
