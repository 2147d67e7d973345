#include "connectors/opcua/security/certificate.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/random.hpp"
#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr std::size_t kChainMax = 10;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

Timestamp to_timestamp(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return Timestamp{};
  const auto seconds = timegm(&parts);
  constexpr std::int64_t kSecondsMax = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  return {std::clamp<std::int64_t>(seconds, -kSecondsMax + 86'400, kSecondsMax) * 1'000'000'000};
}

std::string name_text(const X509_NAME* name) {
  const Owned<BIO, BIO_free_all> bio{BIO_new(BIO_s_mem())};
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_times(X509* certificate, const CertificateRequest& request) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), request.not_before.ns / 1'000'000'000) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), request.not_after.ns / 1'000'000'000);
}

bool set_serial(X509* certificate) {
  BIGNUM* number = nullptr;
  const bool read = BN_hex2bn(&number, ("01" + secure_random_hex(15)).c_str()) > 0;
  const Owned<BIGNUM, BN_free> owned{number};
  return read && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto text = [](const std::string& value) { return reinterpret_cast<const unsigned char*>(value.c_str()); };
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text(common_name), -1, -1, 0) == 1 &&
         X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, text("Hanse"), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

/// A list of extension values reads commas and line ends as its own.
bool is_plain(const std::string& text) { return text.find_first_of(",\n\r;") == std::string::npos && !text.empty(); }

}  // namespace

Result<Certificate> Certificate::from_der(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* begin = at;
  Certificate out;
  out.x509_.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  if (!out.x509_) return fail(ErrorCode::invalid, "what should be a certificate is none");
  out.der_ = der.substr(0, static_cast<std::size_t>(at - begin));
  EVP_PKEY* key = X509_get0_pubkey(out.x509_.get());
  if (!key || !EVP_PKEY_is_a(key, "RSA")) return fail(ErrorCode::invalid, "the certificate's key is not an RSA key");
  return out;
}

Result<std::vector<Certificate>> Certificate::chain_from_der(std::string_view der) {
  std::vector<Certificate> chain;
  while (!der.empty()) {
    if (chain.size() == kChainMax) return fail(ErrorCode::too_large, "a certificate chain has more than ten members");
    HANSE_TRY(auto next, from_der(der));
    der.remove_prefix(next.der().size());
    chain.push_back(std::move(next));
  }
  if (chain.empty()) return fail(ErrorCode::invalid, "there is no certificate");
  return chain;
}

std::string Certificate::thumbprint() const { return digest(Digest::sha1, der_); }

std::string Certificate::fingerprint() const {
  std::string text;
  for (const unsigned char byte : digest(Digest::sha256, der_))
    text += fmt::format("{}{:02X}", text.empty() ? "" : ":", byte);
  return text;
}

std::string Certificate::subject() const { return name_text(X509_get_subject_name(x509_.get())); }

std::string Certificate::application_uri() const {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509_.get(), NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const auto* text = name->d.uniformResourceIdentifier;
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
  }
  return {};
}

Timestamp Certificate::not_before() const { return to_timestamp(X509_get0_notBefore(x509_.get())); }
Timestamp Certificate::not_after() const { return to_timestamp(X509_get0_notAfter(x509_.get())); }
EVP_PKEY* Certificate::public_key() const { return X509_get0_pubkey(x509_.get()); }
int Certificate::key_bits() const { return EVP_PKEY_get_bits(public_key()); }
bool Certificate::is_authority() const { return X509_check_ca(x509_.get()) == 1; }

Result<PrivateKey> PrivateKey::generate(int bits) {
  PrivateKey out;
  out.key_.reset(EVP_RSA_gen(static_cast<unsigned>(bits)), EVP_PKEY_free);
  if (!out.key_) return fail(ErrorCode::unavailable, "no RSA key could be made");
  return out;
}

Result<PrivateKey> PrivateKey::from_pem(const Secret& pem) {
  const Owned<BIO, BIO_free_all> bio{BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size()))};
  // A pass phrase is never asked for on a console.
  const auto no_phrase = [](char*, int, int, void*) { return -1; };
  PrivateKey out;
  out.key_.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_phrase, nullptr), EVP_PKEY_free);
  if (!out.key_ || !EVP_PKEY_is_a(out.key_.get(), "RSA")) {
    return fail(ErrorCode::invalid, "the private key is no RSA key in PEM without a pass phrase");
  }
  return out;
}

Secret PrivateKey::to_pem() const {
  const Owned<BIO, BIO_free_all> bio{BIO_new(BIO_s_secmem())};
  PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return Secret{std::string{data, static_cast<std::size_t>(std::max(size, 0L))}};
}

std::size_t PrivateKey::key_bytes() const { return static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())); }

Result<Certificate> make_certificate(const CertificateRequest& request, const PrivateKey& key) {
  std::string names = "URI:" + request.application_uri;
  bool plain = is_plain(request.application_uri);
  for (const auto& host : request.host_names) {
    plain = plain && is_plain(host);
    names += ",DNS:" + host;
  }
  if (!plain) return fail(ErrorCode::invalid, "application URI and host names must not be empty or hold commas");
  const Owned<X509, X509_free> made{X509_new()};
  X509* certificate = made.get();
  const bool right =
      X509_set_version(certificate, 2) == 1 && set_serial(certificate) && set_times(certificate, request) &&
      set_name(certificate, request.common_name) && X509_set_pubkey(certificate, key.handle()) == 1 &&
      add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(certificate, NID_subject_key_identifier, "hash") &&
      add_extension(certificate, NID_authority_key_identifier, "keyid:always") &&
      add_extension(certificate, NID_key_usage,
                    "critical,digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyCertSign") &&
      add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth") &&
      add_extension(certificate, NID_subject_alt_name, names) && X509_sign(certificate, key.handle(), EVP_sha256()) > 0;
  if (!right) return fail(ErrorCode::invalid, "the application's certificate could not be made from these names");
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  const Owned<unsigned char, [](unsigned char* bytes) { OPENSSL_free(bytes); }> owned{der};
  if (size <= 0) return fail(ErrorCode::invalid, "the application's certificate could not be written");
  return Certificate::from_der({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
}

}  // namespace hanse::connectors::opcua
