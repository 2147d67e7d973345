#include "node/partners/demo_company.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "dataspace/routes.hpp"
#include "node/simulate/demo_files.hpp"

namespace hanse::node {
namespace {

constexpr Duration kStartMax = 120s;
constexpr int kTriesMax = 120;
constexpr auto kBetweenTries = std::chrono::milliseconds{500};
const store::Actor kDemo{"system:demo"};

struct Company {
  std::string_view id, name, participant, prefix;
};
constexpr Company kMaker{"hanse-medical", "Hanse Medical", "did:web:hanse-medical.example", ""};
constexpr Company kSupplier{"trave-praezision", "Trave Präzision", "did:web:trave-praezision.example", "supplier-"};

const Company& company_of(DemoRole role) { return role == DemoRole::maker ? kMaker : kSupplier; }
const Company& other_of(DemoRole role) { return role == DemoRole::maker ? kSupplier : kMaker; }

/// The next port, or a free one beside a free one.
std::int64_t beside(std::int64_t port) { return port == 0 || port == 65535 ? 0 : port + 1; }

template <class T>
Result<std::vector<T>> records_of(std::string_view prefix, std::string_view name) {
  return from_json<std::vector<T>>(simulate::demo_file(std::string{prefix} + std::string{name}));
}

}  // namespace

std::string_view demo_prefix(DemoRole role) { return company_of(role).prefix; }

PartnersSettings demo_partners_settings(DemoRole role, PartnersSettings settings, std::int64_t page_port) {
  settings.enabled = true;
  if (settings.name.empty()) settings.name = company_of(role).name;
  if (settings.participant.empty()) settings.participant = company_of(role).participant;
  // Whoever takes a free port for the page runs more than one demo.
  if (page_port == 0 && settings.port == PartnersSettings{}.port) settings.port = 0;
  return settings;
}

std::vector<std::string> demo_supplier_command(const DemoSupplierSettings& settings) {
  const auto folder = (std::filesystem::path{settings.data_folder} / "partner").string();
  return {settings.program,
          "demo",
          "--partner_of",
          settings.maker_address,
          "--scenario",
          "supplier-plant.json",
          "--data_folder",
          folder,
          "--store.address",
          "sqlite:" + folder + "/hanse.sqlite",
          "--server.port",
          std::to_string(beside(settings.page_port)),
          "--partners.port",
          std::to_string(beside(settings.partners_port)),
          "--partners.name",
          std::string{kSupplier.name},
          "--partners.participant",
          std::string{kSupplier.participant},
          "--log.level",
          "warning"};
}

DemoCompany::DemoCompany(DemoCompanyParts parts) : parts_(std::move(parts)) {
  thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

DemoCompany::~DemoCompany() {
  thread_.request_stop();
  // Its end closes the pipe that the thread may be reading.
  parts_.supplier.reset();
}

void DemoCompany::work(const std::stop_token& stop) {
  const auto tell = [this](std::string_view what, const Error& error) {
    parts_.log.warning("demo", what, {{"error", to_string(error)}});
  };
  if (const auto seeded = seed(); !seeded) tell("what the demo offers could not be made", seeded.error());
  if (parts_.role == DemoRole::maker) {
    if (const auto read = read_supplier(); !read) {
      if (!stop.stop_requested()) tell("the partner's node did not start", read.error());
      return;
    }
  }
  // The other's listener may still be on its way.
  Result<void> met;
  for (int tries = 0; tries < kTriesMax && !stop.stop_requested(); ++tries) {
    met = meet();
    if (met) return;
    std::this_thread::sleep_for(kBetweenTries);
  }
  if (!met && !stop.stop_requested()) tell("the partner's node could not be met", met.error());
}

Result<void> DemoCompany::seed() {
  auto& catalogue = parts_.partners.connector().parts().catalogue;
  HANSE_TRY(const auto known, catalogue.offers().list({.kind = {}, .equal = {}, .limit = 1}));
  if (!known.items.empty()) return {};
  const auto prefix = demo_prefix(parts_.role);
  HANSE_TRY(const auto offers, records_of<dataspace::OfferTemplate>(prefix, "offers.json"));
  HANSE_TRY(const auto datasets, records_of<dataspace::Dataset>(prefix, "datasets.json"));
  for (const auto& offer : offers) HANSE_CHECK(catalogue.put(kDemo, offer, 0));
  for (const auto& dataset : datasets) {
    if (dataset.kind == dataspace::DatasetKind::design) {
      const auto content = simulate::demo_file(dataset.source);
      std::error_code ignored;
      std::filesystem::create_directories(parts_.shared_folder, ignored);
      std::ofstream out{std::filesystem::path{parts_.shared_folder} / dataset.source, std::ios::binary};
      out << content;
      if (!out) return fail(ErrorCode::unavailable, "can't write the design into " + parts_.shared_folder);
    }
    HANSE_CHECK(catalogue.put(kDemo, dataset, 0));
  }
  return {};
}

Result<void> DemoCompany::read_supplier() {
  HANSE_TRY(const auto line, parts_.supplier->read_line(kStartMax));
  HANSE_TRY(const auto facts, from_json<DemoFacts>(line));
  parts_.other_address = facts.address;
  fmt::print("A partner's node, {}, is ready at {}\n", kSupplier.name, facts.page);
  if (!facts.setup.empty()) fmt::print("Make its first administrator as well: {}\n", facts.setup);
  std::fflush(stdout);
  return {};
}

Result<void> DemoCompany::meet() {
  auto& partners = parts_.partners;
  HANSE_TRY(const auto card, dataspace::look_up([&](dataspace::Outbound call) { return partners.ask(std::move(call)); },
                                                parts_.other_address));
  const auto& other = other_of(parts_.role);
  if (card.participant != other.participant)
    return fail(ErrorCode::conflict,
                fmt::format("at {} there is {}, not {}", parts_.other_address, card.participant, other.participant));
  auto& book = partners.connector().parts().partners;
  HANSE_TRY(const auto known, book.partners().find(other.id));
  dataspace::Partner partner = known ? known->record : dataspace::Partner{};
  if (partner.trust == dataspace::Trust::blocked) return {};  // somebody decided
  partner.id = other.id;
  partner.name = known ? partner.name : std::string{other.name};
  partner.participant = card.participant;
  partner.address = card.address;  // its port may be another one today
  partner.public_key = card.public_key;
  partner.identity = dataspace::IdentityMode::signed_key;
  partner.trust = dataspace::Trust::confirmed;
  partner.token_in.clear();
  HANSE_CHECK(book.put(kDemo, std::move(partner), {}));
  return {};
}

}  // namespace hanse::node
