#pragma once

#include <memory>
#include <string>
#include <thread>

#include "node/partners/partners.hpp"
#include "node/simulate/child_process.hpp"

namespace hanse::node {

/// The demo is two companies, each with a node of its own on this machine.
enum class DemoRole {
  maker,     ///< Hanse Medical: the node that was started.
  supplier,  ///< Trave Präzision: started beside it, and stopped with it.
};

/// What the supplier's node tells the one that started it: one JSON line, its first on standard output.
struct DemoFacts {
  std::string page;     ///< Its page's address.
  std::string setup;    ///< Link for its first administrator; empty when there is one.
  std::string address;  ///< Where partners reach it.
};
HANSE_DESCRIBE(DemoFacts, (page, setup, address))

/// Settings of a node of the demo where nobody set anything else: who it is, that partners are served, ports beside the
/// first node's.
PartnersSettings demo_partners_settings(DemoRole role, PartnersSettings settings, std::int64_t page_port);
/// The command that runs the supplier beside a maker's node.
struct DemoSupplierSettings {
  std::string program, data_folder;  ///< Of the maker; the supplier's is within it.
  std::string maker_address;         ///< Where partners reach the maker.
  std::int64_t page_port = 0, partners_port = 0;
};
std::vector<std::string> demo_supplier_command(const DemoSupplierSettings& settings);
/// Before the first file of a role's own in scenarios/demo, as in `supplier-assets.json`.
std::string_view demo_prefix(DemoRole role);

struct DemoCompanyParts {
  Partners& partners;
  const Log& log;
  DemoRole role = DemoRole::maker;
  std::string shared_folder;  ///< Where the designs that it offers are put.
  std::string other_address;  ///< The supplier is told; the maker reads it from its child.
  std::unique_ptr<simulate::ChildProcess> supplier = {};
};

/// One of the two: seeds what it offers, then gets to know the other and confirms it, which in a demo nobody has to do
/// by hand. Works on a thread of its own; what fails is logged, as the node is of use without it.
class DemoCompany {
 public:
  explicit DemoCompany(DemoCompanyParts parts);
  ~DemoCompany();
  DemoCompany(const DemoCompany&) = delete;
  DemoCompany& operator=(const DemoCompany&) = delete;

 private:
  void work(const std::stop_token& stop);
  Result<void> seed();
  Result<void> read_supplier();
  Result<void> meet();

  DemoCompanyParts parts_;
  std::jthread thread_;
};

}  // namespace hanse::node
