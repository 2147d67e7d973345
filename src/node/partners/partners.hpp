#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataspace/protocol_routes.hpp"
#include "net/http_server.hpp"
#include "node/partners/http_courier.hpp"

namespace hanse::node {

/// How partners reach this node.
struct PartnersSettings {
  bool enabled = false;
  std::string address = "127.0.0.1";
  std::int64_t port = 8282;
  std::string public_address;
  std::string participant;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "enabled", .summary = "Listen for partners' nodes."},
        FieldNote{.field = "address", .summary = "Address to listen on for partners' nodes."},
        FieldNote{.field = "port",
                  .summary = "TCP port for partners' nodes, apart from the page's; 0 takes a free one.",
                  .min = 0,
                  .max = 65535},
        FieldNote{.field = "public_address",
                  .summary = "How partners reach that port, as https://node.example.org; empty for address and port."},
        FieldNote{.field = "participant",
                  .summary = "This node's id among partners, as did:web:node.example.org; empty for one made of the "
                             "public address."}};
  }
};
HANSE_DESCRIBE(PartnersSettings, (enabled, address, port, public_address, participant))

struct PartnersParts {
  store::Store& store;
  const Clock& clock;
  const Log& log;
  WorkPool& pool;
  dataspace::DataSource& source;
  std::string key_file;  ///< The node's signing key; made at first start, readable by its owner only.
  std::shared_ptr<const net::TlsIdentity> tls = {};
};

/// The dataspace within the node: records, connector, courier and the listener for partners, which serves nothing else
/// and knows nobody but partners. Make it after the pool; `stop` it before the pool goes.
class Partners {
 public:
  /// Errors: when the key file can't be read or written.
  static Result<std::unique_ptr<Partners>> open(PartnersParts parts, PartnersSettings settings,
                                                boost::asio::any_io_executor executor);
  ~Partners();

  /// For people: append these to the node's routes (permissions `dataspace.read`, `dataspace.write`).
  std::vector<api::Route> routes();
  /// Takes up what waits, and listens when that is enabled; the protocol's address, empty for none. Errors: when the
  /// port can't be had.
  Result<std::string> start();
  /// The listener takes nothing new; call it on the executor's thread before `stop`.
  boost::asio::awaitable<void> close(Duration time_limit) { return server_->stop(time_limit); }
  void stop() { courier_.stop(); }
  /// Calls a partner's node and waits; on a thread of the pool.
  dataspace::Outcome ask(dataspace::Outbound message) { return courier_.call(std::move(message)); }
  dataspace::Connector& connector() { return *connector_; }

 private:
  struct Token {};

 public:
  Partners(Token token, PartnersParts parts, PartnersSettings settings, dataspace::SigningKey key,
           boost::asio::any_io_executor executor);

 private:
  PartnersParts parts_;
  PartnersSettings settings_;
  HttpCourier courier_;
  dataspace::PartnerBook book_;
  dataspace::Catalogue catalogue_;
  std::unique_ptr<dataspace::Connector> connector_;
  std::unique_ptr<dataspace::DataPlane> data_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace hanse::node
