#include "node/partners/partners.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "dataspace/routes.hpp"

namespace hanse::node {
namespace {

std::string public_address_of(const PartnersSettings& settings, bool secure) {
  if (!settings.public_address.empty()) return dataspace::without_slash(settings.public_address);
  return fmt::format("{}://{}:{}", secure ? "https" : "http", settings.address, settings.port);
}

/// `did:web:host%3A8443` of `https://host:8443`. Source: the did:web method, 3.1.
std::string participant_of(const PartnersSettings& settings, const std::string& address) {
  if (!settings.participant.empty()) return settings.participant;
  auto host = address.substr(address.find("://") + 3);
  if (const auto colon = host.find(':'); colon != std::string::npos) host.replace(colon, 1, "%3A");
  return "did:web:" + host;
}

Result<dataspace::SigningKey> load_key(const std::string& path) {
  if (std::ifstream in{path}; in) {
    std::string text;
    std::getline(in, text);
    auto key = dataspace::signing_key_from(trim(text));
    if (!key)
      return fail(ErrorCode::corrupt,
                  fmt::format("the signing key in {} can't be read: {}", path, key.error().message));
    return key;
  }
  std::error_code ignored;  // A folder that can't be made shows when the key can't be kept.
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
  auto key = dataspace::new_signing_key();
  const auto text = key.secret_key + "\n";
  // Exclusive and for the owner only from the first byte on.
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!written) return fail(ErrorCode::unavailable, fmt::format("the signing key can't be kept in {}", path));
  return key;
}

Result<void> permit(const api::Caller& caller, const api::Route& route) {
  if (route.permission == "public") return {};
  const bool holds =
      std::find(caller.permissions.begin(), caller.permissions.end(), route.permission) != caller.permissions.end();
  if (!holds) return fail(ErrorCode::unauthenticated, "only partners are served here");
  return {};
}

}  // namespace

Result<std::unique_ptr<Partners>> Partners::open(PartnersParts parts, PartnersSettings settings,
                                                 boost::asio::any_io_executor executor) {
  HANSE_TRY(auto key, load_key(parts.key_file));
  auto partners =
      std::make_unique<Partners>(Token{}, std::move(parts), std::move(settings), std::move(key), std::move(executor));
  HANSE_CHECK(partners->catalogue_.load());
  return partners;
}

Partners::Partners(Token, PartnersParts parts, PartnersSettings settings, dataspace::SigningKey key,
                   boost::asio::any_io_executor executor)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      courier_({.pool = parts_.pool, .clock = parts_.clock, .log = parts_.log}),
      received_(std::filesystem::path{parts_.key_file}.parent_path() / "received"),
      book_(parts_.store, parts_.clock,
            {participant_of(settings_, public_address_of(settings_, parts_.tls != nullptr)), std::move(key),
             settings_.name}),
      catalogue_(parts_.store, parts_.clock) {
  connector_ = std::make_unique<dataspace::Connector>(
      dataspace::ConnectorParts{.store = parts_.store,
                                .clock = parts_.clock,
                                .log = parts_.log,
                                .partners = book_,
                                .catalogue = catalogue_,
                                .courier = courier_,
                                .source = &parts_.source,
                                .received = &received_},
      dataspace::ConnectorSettings{
          .address = public_address_of(settings_, parts_.tls != nullptr) + std::string{dataspace::kProtocolPath},
          .reachable = settings_.enabled});
  courier_.attach(*connector_);
  data_ = std::make_unique<dataspace::DataPlane>(*connector_, parts_.source);
  router_ = std::make_unique<api::Router>(dataspace::protocol_routes(*connector_, *data_));
  const auto authorise = [this](const api::RequestFacts& facts) -> Result<api::Caller> {
    if (auto caller = dataspace::partner_caller(book_, facts)) return *std::move(caller);
    return fail(ErrorCode::unauthenticated, "only partners are served here");
  };
  server_ = std::make_unique<net::HttpServer>(
      std::move(executor),
      net::HttpServerParts{.router = *router_,
                           .pool = parts_.pool,
                           .clock = parts_.clock,
                           .log = parts_.log,
                           .authorise = authorise,
                           .permit = permit},
      net::HttpServerOptions{.connections_max = 500, .connections_per_address_max = 64});
}

Partners::~Partners() { courier_.stop(); }

std::vector<api::Route> Partners::routes() {
  return dataspace::routes(*connector_,
                           [this](dataspace::Outbound message) { return courier_.call(std::move(message)); });
}

Result<std::string> Partners::start() {
  if (!settings_.enabled) return std::string{};
  auto port = server_->start(settings_.address, static_cast<std::uint16_t>(settings_.port), parts_.tls);
  if (!port && parts_.free_port_when_taken) {
    settings_.port = 0;
    port = server_->start(settings_.address, 0, parts_.tls);
  }
  if (!port)
    return fail(port.error().code,
                fmt::format("{}; set another with --partners.port or --partners.address", port.error().message));
  if (settings_.public_address.empty() && settings_.port == 0) {
    settings_.port = *port;
    connector_->set_address(public_address_of(settings_, parts_.tls != nullptr) +
                            std::string{dataspace::kProtocolPath});
  }
  HANSE_CHECK(connector_->start());
  return connector_->settings().address;
}

}  // namespace hanse::node
