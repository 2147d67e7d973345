#include "node/opcua/trust_routes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::node {
namespace {

namespace ua = connectors::opcua;

struct CertificateList {};
HANSE_DESCRIBE(CertificateList, ())

struct CertificateById {
  std::string fingerprint;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "fingerprint",
                                .summary = "SHA-256 in hex with colons, as the list shows it.",
                                .length_max = 200,
                                .required = true}};
  }
};
HANSE_DESCRIBE(CertificateById, (fingerprint))

/// Our own certificate: what the other side has to accept.
struct OpcuaOwnCertificate {
  std::string fingerprint, subject, application_uri;
  Timestamp not_before, not_after;
};
HANSE_DESCRIBE(OpcuaOwnCertificate, (fingerprint, subject, application_uri, not_before, not_after))

struct OpcuaCertificates {
  OpcuaOwnCertificate own;
  std::vector<ua::CertificateEntry> items;
};
HANSE_DESCRIBE(OpcuaCertificates, (own, items))

Result<ua::CertificateEntry> entry_of(ua::CertificateStore& certificates, const std::string& fingerprint) {
  HANSE_TRY(const auto all, certificates.list());
  const auto found = std::ranges::find(all, fingerprint, &ua::CertificateEntry::fingerprint);
  if (found != all.end()) return *found;
  return fail(ErrorCode::not_found, fmt::format("there is no certificate with fingerprint '{}'", fingerprint));
}

/// Notes who did what before it is done: an act that isn't in the journal must not have happened.
Result<void> note(store::Store& store, const api::Context& context, std::string_view action,
                  const ua::CertificateEntry& entry) {
  std::string detail = R"({"subject":)";
  json::append_string(detail, entry.subject);
  detail += R"(,"application_uri":)";
  json::append_string(detail, entry.application_uri);
  detail += '}';
  return store.write({context.caller.id}, [&](store::Transaction& transaction) {
    return transaction.note(action, "opcua_certificate", entry.fingerprint, detail);
  });
}

Result<api::Nothing> move(ua::CertificateStore& certificates, store::Store& store, const api::Context& context,
                          const std::string& fingerprint, ua::TrustKind to) {
  HANSE_TRY(const auto entry, entry_of(certificates, fingerprint));
  if (entry.kind == to) return api::Nothing{};
  HANSE_CHECK(note(store, context, to == ua::TrustKind::trusted ? "accept" : "reject", entry));
  HANSE_CHECK(certificates.move(fingerprint, to));
  return api::Nothing{};
}

}  // namespace

std::vector<api::Route> trust_routes(ua::CertificateStore& certificates, store::Store& store, const Clock& clock) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<CertificateList, OpcuaCertificates>(
      {.path = "/api/v1/opcua/certificates",
       .summary = "Our own OPC UA certificate, and those of servers and clients: trusted and rejected.",
       .permission = "connections.read"},
      [&certificates, &clock](const CertificateList&, const api::Context&) -> Result<OpcuaCertificates> {
        HANSE_TRY(const auto own, certificates.own(clock.now()));
        HANSE_TRY(auto items, certificates.list());
        const auto& certificate = own.certificate;
        return OpcuaCertificates{.own = {.fingerprint = certificate.fingerprint(),
                                         .subject = certificate.subject(),
                                         .application_uri = certificate.application_uri(),
                                         .not_before = certificate.not_before(),
                                         .not_after = certificate.not_after()},
                                 .items = std::move(items)};
      }));
  routes.push_back(api::route<CertificateById, api::Nothing>(
      {.method = api::Method::post,
       .path = "/api/v1/opcua/certificates/{fingerprint}/accept",
       .summary = "Trusts a certificate that was rejected; compare its fingerprint with the machine's own before.",
       .permission = "connections.trust"},
      [&certificates, &store](const CertificateById& in, const api::Context& context) {
        return move(certificates, store, context, in.fingerprint, ua::TrustKind::trusted);
      }));
  routes.push_back(api::route<CertificateById, api::Nothing>(
      {.method = api::Method::post,
       .path = "/api/v1/opcua/certificates/{fingerprint}/reject",
       .summary = "Trusts a certificate no longer; connections that are open stay until they end.",
       .permission = "connections.trust"},
      [&certificates, &store](const CertificateById& in, const api::Context& context) {
        return move(certificates, store, context, in.fingerprint, ua::TrustKind::rejected);
      }));
  routes.push_back(api::route<CertificateById, api::Nothing>(
      {.method = api::Method::del,
       .path = "/api/v1/opcua/certificates/{fingerprint}",
       .summary = "Forgets a certificate; it comes back as rejected when it is met again.",
       .permission = "connections.trust"},
      [&certificates, &store](const CertificateById& in, const api::Context& context) -> Result<api::Nothing> {
        HANSE_TRY(const auto entry, entry_of(certificates, in.fingerprint));
        HANSE_CHECK(note(store, context, "remove", entry));
        HANSE_CHECK(certificates.remove(in.fingerprint));
        return api::Nothing{};
      }));
  return routes;
}

}  // namespace hanse::node
