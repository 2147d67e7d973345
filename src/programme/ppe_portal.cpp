#include "base/random.hpp"
#include "programme/internal/network.hpp"
#include "programme/scenarios.hpp"

namespace hanse::programme {
namespace {

constexpr std::string_view kPrinted = "proc:am/MEX", kThermoplastic = "polymer/thermoplastic";
constexpr std::string_view kMoulded = "proc:din8580/1.2.2", kPolycarbonate = "polymer/thermoplastic/pc";
constexpr int kWeeks = 10;

/// Frame, visor and assembly; the frame is what is printed or moulded.
Design shield(const std::string& id, const std::string& name, std::string_view process, std::string_view material,
              double hours, double cost) {
  Design design{.id = id, .name = name, .owner = "portal", .licence = "open", .finished = id};
  Part finished{.id = id, .name = name, .inputs = {{id + "-frame", 1}, {"visor", 1}}};
  finished.requirement.process = "proc:hx/assy.manual";
  finished.hours_per_unit = 0.02;
  finished.unit_cost = 0.5;
  finished.weight = 0.1;
  Part frame{.id = id + "-frame", .name = "frame"};
  frame.requirement = {.process = std::string{process}, .material = std::string{material}};
  frame.requirement.envelope = {{"workspace.x", 170}, {"workspace.y", 150}};
  frame.hours_per_unit = hours;
  frame.unit_cost = cost;
  frame.weight = 0.04;
  Part visor{.id = "visor", .name = "visor"};
  visor.requirement = {.process = "proc:din8580/3.1.1", .material = std::string{kPolycarbonate}};
  visor.hours_per_unit = 0.005;
  visor.unit_cost = 0.8;
  visor.weight = 0.05;
  design.parts = {std::move(finished), std::move(frame), std::move(visor)};
  return design;
}

class Portal : public internal::Network {
 public:
  explicit Portal(const PpePortal& scenario) : s_(scenario), random_(scenario.seed) {
    organisations.push_back({.id = "portal", .name = "Review portal"});
    const double hours = s_.units * 2.2 / kWeeks;  // Printing takes longest.
    for (int i = 0; i < s_.shops; ++i) {
      add(fmt::format("shop-{:04}", i + 1), fmt::format("Print shop {}", i + 1));
      auto& printing = offer(kPrinted, kThermoplastic, hours / s_.shops * random_.uniform(0.3, 1.5));
      const double room = random_.uniform(120, 320);
      printing.envelope = {{"workspace.x", {}, room}, {"workspace.y", {}, room}};
      printing.hourly_rate = random_.uniform(2, 6);
      if (i % 4 == 0) offer("proc:hx/assy.manual", "", 40).hourly_rate = random_.uniform(15, 25);
    }
    for (int i = 0; i < s_.moulders; ++i) {
      add(fmt::format("moulder-{:02}", i + 1), fmt::format("Moulder {}", i + 1));
      auto& moulding = offer(kMoulded, kPolycarbonate, 60);
      moulding.envelope = {{"workspace.x", {}, 400}, {"workspace.y", {}, 300}};
      moulding.qualification_weeks = static_cast<double>(random_.integer(3, 5));  // A tool first.
      moulding.hourly_rate = random_.uniform(40, 80);
      offer("proc:din8580/3.1.1", kPolycarbonate, 60).hourly_rate = random_.uniform(30, 60);
    }
    make_need();
  }

  Need need;

 private:
  std::string zone(int number) const { return fmt::format("zone-{:02}", number % s_.zones + 1); }
  void add(const std::string& id, const std::string& name) {
    const auto place = static_cast<int>(random_.integer(0, s_.zones - 1));
    organisations.push_back({.id = id, .name = name, .country = "US"});
    organisations.back().roles = {{ecosystem::Domain::supply_chain, ecosystem::Participant::tier_1}};
    add_site(id, id + "-works", zone(place), 30 + place % 5 * 4 + random_.uniform(0, 3),
             -120 + place / 5 * 13 + random_.uniform(0, 10));
  }
  void make_need() {
    need = {.id = "ppe-portal", .name = fmt::format("{:.0f} face shields", s_.units), .convener = "portal"};
    need.designs = {"shield-printed", "shield-moulded"};
    need.use = Use::community;
    need.start = s_.start;
    need.weeks = kWeeks;
    need.agreement_required = false;
    for (int hospital = 0; hospital < s_.hospitals; ++hospital) {
      const double wanted = s_.units / s_.hospitals / (kWeeks - 2);
      for (int week = 2; week < kWeeks; ++week) need.due.push_back({week, zone(hospital), wanted});
    }
    need.charter = "Face shields for hospitals. Not in it: masks and swabs, which other reviews approve.";
  }

  const PpePortal& s_;
  Random random_;
};

Approval approval(const std::string& design, std::string_view process, std::string_view material,
                  std::string evidence) {
  Approval out{.id = design + "-community", .design = design, .use = Use::community};
  out.processes = {std::string{process}};
  out.materials = {std::string{material}};
  out.reviewer = "Review portal";
  out.evidence = std::move(evidence);
  return out;
}

}  // namespace

Result<void> seed_ppe_portal(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                             const PpePortal& scenario) {
  HANSE_TRY(const auto there, programme.collection<Need>().find("ppe-portal"));
  if (there) return {};
  const Portal portal{scenario};
  HANSE_CHECK(portal.write(ecosystem, actor));
  HANSE_CHECK(
      programme.put(actor, shield("shield-printed", "Printed face shield", kPrinted, kThermoplastic, 1.6, 0.6)));
  HANSE_CHECK(
      programme.put(actor, shield("shield-moulded", "Moulded face shield", kMoulded, kPolycarbonate, 0.01, 0.3)));
  HANSE_CHECK(programme.put(
      actor, approval("shield-printed", kPrinted, kThermoplastic, "Fit and cleaning tests of printed frames passed.")));
  HANSE_CHECK(programme.put(
      actor, approval("shield-moulded", kMoulded, kPolycarbonate, "Fit and cleaning tests of moulded frames passed.")));
  HANSE_CHECK(programme.put(actor, portal.need));
  return {};
}

}  // namespace hanse::programme
