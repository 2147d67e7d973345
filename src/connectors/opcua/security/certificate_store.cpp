#include "connectors/opcua/security/certificate_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "connectors/opcua/security/crypto.hpp"

namespace hanse::connectors::opcua {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLifetime = std::chrono::hours{24 * 365 * 5};
constexpr Duration kRenewBefore = std::chrono::hours{24 * 60};
constexpr Duration kSkew = 24h;  // Clocks on shop floors differ.
constexpr std::size_t kFileBytesMax = 1U << 20;
constexpr std::size_t kRejectedMax = 100;  // A stranger who invents certificates must not fill the disk.

fs::path folder_of(const std::string& root, TrustKind kind) {
  return fs::path{root} / (kind == TrustKind::trusted ? "trusted" : "rejected");
}

std::string file_name(const Certificate& certificate) {
  std::string name = certificate.fingerprint();
  std::erase(name, ':');
  return name + ".der";
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  if (!file || bytes.size() > kFileBytesMax) {
    return fail(ErrorCode::unavailable, fmt::format("cannot read '{}'", path.string()));
  }
  return bytes;
}

/// Writes beside and renames, so that a half-written file never has the name. Only the owner may read it.
Result<void> write_file(const fs::path& path, std::string_view bytes) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  const std::string beside = path.string() + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool right = file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  right = file >= 0 && ::fsync(file) == 0 && right;
  if (file >= 0) ::close(file);
  if (right) fs::rename(beside, path, failed);
  if (!right || failed) return fail(ErrorCode::unavailable, fmt::format("cannot write '{}'", path.string()));
  return {};
}

/// Held while a folder's key may be made: connectors and the server come to it from threads of their own.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) {
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    file_ = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ >= 0) (void)::flock(file_, LOCK_EX);
  }
  ~FolderLock() {
    if (file_ >= 0) ::close(file_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_ = -1;
};

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator{folder, failed}) {
    if (entry.is_regular_file(failed) && entry.path().extension() != ".new") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// What can't be read in there is passed over: one bad file must not lock a plant out.
std::vector<Certificate> certificates_in(const fs::path& folder) {
  std::vector<Certificate> found;
  for (const auto& path : files_in(folder)) {
    const auto bytes = read_file(path);
    if (!bytes) continue;
    if (auto certificate = Certificate::from_der(*bytes)) found.push_back(std::move(*certificate));
  }
  return found;
}

struct FreeVerify {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

std::vector<std::unique_ptr<X509_CRL, FreeVerify>> revocation_lists(const fs::path& folder) {
  std::vector<std::unique_ptr<X509_CRL, FreeVerify>> lists;
  for (const auto& path : files_in(folder)) {
    const auto bytes = read_file(path);
    if (!bytes) continue;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes->data());
    if (auto* list = d2i_X509_CRL(nullptr, &at, static_cast<long>(bytes->size()))) lists.emplace_back(list);
  }
  return lists;
}

/// The chain from `leaf` to something trusted, by OpenSSL; its words when there is none.
Result<void> verify_chain(const fs::path& root, std::span<const Certificate> chain, Timestamp now) {
  const std::unique_ptr<X509_STORE, FreeVerify> store{X509_STORE_new()};
  for (const auto& trusted : certificates_in(root / "trusted")) X509_STORE_add_cert(store.get(), trusted.handle());
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  const X509_NAME* issuer = X509_get_issuer_name(chain[0].handle());
  for (const auto& list : revocation_lists(root / "crl")) {
    X509_STORE_add_crl(store.get(), list.get());
    // Without a list for its issuer a certificate isn't refused: many plants have none.
    if (X509_NAME_cmp(X509_CRL_get_issuer(list.get()), issuer) == 0) flags |= X509_V_FLAG_CRL_CHECK;
  }
  const auto issuers = certificates_in(root / "issuers");
  const std::unique_ptr<STACK_OF(X509), FreeVerify> others{sk_X509_new_null()};
  for (const auto& issuer_certificate : issuers) sk_X509_push(others.get(), issuer_certificate.handle());
  for (const auto& certificate : chain.subspan(1)) sk_X509_push(others.get(), certificate.handle());
  const std::unique_ptr<X509_STORE_CTX, FreeVerify> context{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), store.get(), chain[0].handle(), others.get());
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_VERIFY_PARAM_set_depth(parameters, 10);
  X509_VERIFY_PARAM_set_time(parameters, now.ns / 1'000'000'000);
  if (X509_verify_cert(context.get()) == 1) return {};
  return fail(ErrorCode::unauthenticated, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
}

bool is_pinned(const fs::path& root, const Certificate& leaf) {
  return std::ranges::any_of(certificates_in(root / "trusted"),
                             [&](const Certificate& trusted) { return trusted.der() == leaf.der(); });
}

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == 0) return "localhost";
  return name;
}

CertificateEntry entry_of(const Certificate& certificate, TrustKind kind) {
  return {.fingerprint = certificate.fingerprint(),
          .subject = certificate.subject(),
          .application_uri = certificate.application_uri(),
          .not_before = certificate.not_before(),
          .not_after = certificate.not_after(),
          .authority = certificate.is_authority(),
          .kind = kind};
}

}  // namespace

Result<Identity> FolderCertificateStore::own(Timestamp now) {
  const fs::path folder = fs::path{options_.folder} / "own";
  const FolderLock lock{folder};
  std::error_code ignored;
  std::optional<PrivateKey> key;
  if (fs::exists(folder / "key.pem", ignored)) {
    HANSE_TRY(auto text, read_file(folder / "key.pem"));
    const Secret pem{text};
    wipe(text);
    HANSE_TRY(key, PrivateKey::from_pem(pem));
    if (fs::exists(folder / "certificate.der", ignored)) {
      HANSE_TRY(const auto der, read_file(folder / "certificate.der"));
      HANSE_TRY(auto certificate, Certificate::from_der(der));
      if (certificate.not_after() > now + kRenewBefore) return Identity{std::move(certificate), std::move(*key)};
    }
  }
  // A renewed certificate keeps its key, so that servers which go by the key know it again.
  if (!key) {
    HANSE_TRY(key, PrivateKey::generate(kRsaBitsMin));
    HANSE_CHECK(write_file(folder / "key.pem", key->to_pem().reveal()));
  }
  const std::string host = host_name();
  const CertificateRequest request{.application_uri = options_.application_uri.empty()
                                                          ? fmt::format("urn:{}:hanse", host)
                                                          : options_.application_uri,
                                   .common_name = "Hanse@" + host.substr(0, 50),
                                   .host_names = {host},
                                   .not_before = now - kSkew,
                                   .not_after = now + kLifetime};
  HANSE_TRY(auto certificate, make_certificate(request, *key));
  HANSE_CHECK(write_file(folder / "certificate.der", certificate.der()));
  return Identity{std::move(certificate), std::move(*key)};
}

Result<void> FolderCertificateStore::check(std::span<const Certificate> chain, Timestamp now) {
  const auto& leaf = chain[0];
  std::string why;
  if (leaf.key_bits() < kRsaBitsMin || leaf.key_bits() > kRsaBitsMax) {
    why = fmt::format("its key has {} bits", leaf.key_bits());
  } else if (now + kSkew < leaf.not_before() || now > leaf.not_after() + kSkew) {
    why = fmt::format("it is valid from {} to {}", to_string(leaf.not_before()), to_string(leaf.not_after()));
  } else if (const auto verified = verify_chain(options_.folder, chain, now);
             !verified &&
             !(is_pinned(options_.folder, leaf) && verified.error().message.find("revoked") == std::string::npos)) {
    why = is_pinned(options_.folder, leaf) ? verified.error().message : "nobody has accepted it yet";
  }
  if (why.empty()) return {};
  HANSE_CHECK(keep_rejected(leaf));
  return fail(ErrorCode::unauthenticated,
              fmt::format("the certificate {} with SHA-256 fingerprint {} is not trusted: {}; compare the "
                          "fingerprint with the machine's own and accept it",
                          leaf.subject(), leaf.fingerprint(), why));
}

Result<void> FolderCertificateStore::keep_rejected(const Certificate& certificate) const {
  const fs::path folder = folder_of(options_.folder, TrustKind::rejected);
  const fs::path path = folder / file_name(certificate);
  std::error_code ignored;
  if (fs::exists(path, ignored) || is_pinned(options_.folder, certificate)) return {};
  if (files_in(folder).size() >= kRejectedMax) return {};
  return write_file(path, certificate.der());
}

Result<std::vector<CertificateEntry>> FolderCertificateStore::list() {
  std::vector<CertificateEntry> entries;
  for (const auto kind : {TrustKind::trusted, TrustKind::rejected}) {
    for (const auto& certificate : certificates_in(folder_of(options_.folder, kind))) {
      entries.push_back(entry_of(certificate, kind));
    }
  }
  return entries;
}

namespace {

Result<fs::path> find_file(const fs::path& folder, const std::string& fingerprint) {
  for (const auto& path : files_in(folder)) {
    const auto bytes = read_file(path);
    if (!bytes) continue;
    const auto certificate = Certificate::from_der(*bytes);
    if (certificate && certificate->fingerprint() == fingerprint) return path;
  }
  return fail(ErrorCode::not_found, fmt::format("there is no certificate with fingerprint '{}'", fingerprint));
}

}  // namespace

Result<void> FolderCertificateStore::move(const std::string& fingerprint, TrustKind to) {
  const auto from = to == TrustKind::trusted ? TrustKind::rejected : TrustKind::trusted;
  HANSE_TRY(const auto path, find_file(folder_of(options_.folder, from), fingerprint));
  HANSE_TRY(const auto bytes, read_file(path));
  HANSE_TRY(const auto certificate, Certificate::from_der(bytes));
  HANSE_CHECK(write_file(folder_of(options_.folder, to) / file_name(certificate), bytes));
  std::error_code ignored;
  fs::remove(path, ignored);
  return {};
}

Result<void> FolderCertificateStore::remove(const std::string& fingerprint) {
  auto path = find_file(folder_of(options_.folder, TrustKind::trusted), fingerprint);
  if (!path) path = find_file(folder_of(options_.folder, TrustKind::rejected), fingerprint);
  if (!path) return path.error();
  std::error_code failed;
  fs::remove(*path, failed);
  if (failed) return fail(ErrorCode::unavailable, fmt::format("cannot remove '{}'", path->string()));
  return {};
}

}  // namespace hanse::connectors::opcua
