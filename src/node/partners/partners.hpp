#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataspace/protocol_routes.hpp"
#include "net/http_server.hpp"
#include "node/partners/http_courier.hpp"
#include "node/partners/partners_settings.hpp"
#include "node/partners/received_files.hpp"

namespace hanse::node {

struct PartnersParts {
  store::Store& store;
  const Clock& clock;
  const Log& log;
  WorkPool& pool;
  dataspace::DataSource& source;
  /// The node's signing key; made at first start, readable by its owner only. What partners send lies beside it.
  std::string key_file;
  std::shared_ptr<const net::TlsIdentity> tls = {};
  bool free_port_when_taken = false;  ///< In a demo another port is better than none.
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
  ReceivedFiles received_;
  dataspace::PartnerBook book_;
  dataspace::Catalogue catalogue_;
  std::unique_ptr<dataspace::Connector> connector_;
  std::unique_ptr<dataspace::DataPlane> data_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace hanse::node
