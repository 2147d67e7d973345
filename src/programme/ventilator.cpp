#include "programme/ventilator.hpp"

#include <fmt/format.h>
#include <array>

#include "base/random.hpp"
#include "programme/internal/network.hpp"

namespace hanse::programme {
namespace {

using ecosystem::Capability;

struct Trade {
  std::string_view process, material, word;
  double hours, cost, lead;
};
/// What parts are made of and by; hours of a maker's calendar and material cost per part, rough.
constexpr std::array<Trade, 12> kTrades{{{"proc:din8580/3.2.1", "metal/steel/stainless", "shaft", 0.10, 6, 1},
                                         {"proc:din8580/3.2.3", "metal/al", "block", 0.20, 9, 1},
                                         {"proc:din8580/1.2.2", "polymer/thermoplastic/pc", "cover", 0.02, 2, 1},
                                         {"proc:din8580/1.2.2", "polymer/elastomer/silicone", "seal", 0.02, 1, 1},
                                         {"proc:din8580/2.4.1", "metal/steel/carbon", "bracket", 0.05, 3, 1},
                                         {"proc:hx/elec.smt", "electronic", "board", 0.15, 22, 1},
                                         {"proc:hx/cable.harness", "metal/cu", "harness", 0.20, 8, 1},
                                         {"proc:am/PBF-LB/P", "polymer/thermoplastic/pa", "duct", 0.50, 4, 1},
                                         {"proc:din8580/1.1.2", "metal/al", "housing", 0.06, 7, 2},
                                         {"proc:hx/elec.component", "electronic", "component", 0.01, 3, 2},
                                         {"proc:din8580/3.1.1", "metal/steel/carbon", "plate", 0.03, 2, 1},
                                         {"proc:din8580/5.9.1", "metal", "coated part", 0.04, 3, 1}}};
constexpr std::array<std::string_view, 6> kZones{"north", "midlands", "south", "west", "continent", "overseas"};
constexpr std::array<std::pair<double, double>, 6> kPlaces{
    {{54.9, -1.6}, {52.5, -1.8}, {51.2, -0.6}, {51.5, -3.1}, {50.1, 8.7}, {31.2, 121.5}}};
constexpr std::string_view kChip = "ventilator-flow-chip";
constexpr double kDaysPerYear = 365;
constexpr double kOwnRoom = 40;       ///< Millimetres.
constexpr double kOwnHours = 0.0125;  ///< Of the live line per valve body.

class Seeder : public internal::Network {
 public:
  Seeder(const VentilatorScenario& scenario) : s_(scenario), random_(scenario.seed) {
    make_design("ventilator-a", "Emergency ventilator A", 5, s_.parts);
    make_design("ventilator-b", "Adapted ventilator B", 4, s_.parts);
    for (const auto& design : designs) {
      for (const auto& part : design.parts)
        hours_of_[part.requirement.process + "|" + part.requirement.material] +=
            need_of(design, part.id) * part.hours_per_unit * s_.units;
    }
    make_own();
    make_members();
    make_relationships();
    make_need();
  }

  std::vector<Design> designs;
  Need need;

 private:
  Part make_part(std::string id, const Trade& trade, int number) {
    Part part{.id = std::move(id), .name = fmt::format("{} {}", trade.word, number)};
    part.requirement = {.process = std::string{trade.process}, .material = std::string{trade.material}};
    part.requirement.envelope = {{"workspace.x", std::round(random_.uniform(20, 250))},
                                 {"workspace.y", std::round(random_.uniform(20, 200))}};
    part.hours_per_unit = trade.hours * random_.uniform(0.6, 1.4);
    part.unit_cost = trade.cost * random_.uniform(0.6, 1.6);
    part.weight = random_.uniform(0.02, 0.4);
    return part;
  }

  /// Finished good, modules, assemblies, parts; a third of the parts are common to both designs.
  void make_design(const std::string& id, const std::string& name, int modules, int parts) {
    Design design{.id = id, .name = name, .owner = "convener", .licence = "programme only", .finished = id};
    Part finished{.id = id,
                  .name = name,
                  .requirement = {.process = "proc:hx/assy.manual", .certificates = {"ISO 13485"}},
                  .hours_per_unit = 3,
                  .unit_cost = 40,
                  .weight = 18};
    std::vector<Part> assemblies, components;
    for (int m = 0; m < modules; ++m) {
      Part module{.id = fmt::format("{}-module-{}", id, m),
                  .name = fmt::format("module {}", m),
                  .requirement = {.process = "proc:hx/assy"},
                  .hours_per_unit = 0.8,
                  .unit_cost = 10,
                  .weight = 3};
      for (int a = 0; a < 5; ++a) {
        Part assembly{.id = fmt::format("{}-assembly-{}-{}", id, m, a),
                      .name = fmt::format("assembly {}.{}", m, a),
                      .requirement = {.process = "proc:hx/assy"},
                      .hours_per_unit = 0.25,
                      .unit_cost = 4,
                      .weight = 0.8};
        module.inputs.push_back({assembly.id, 1});
        assemblies.push_back(std::move(assembly));
      }
      finished.inputs.push_back({module.id, 1});
      design.parts.push_back(std::move(module));
    }
    for (int p = 0; p < parts; ++p) {
      const auto& trade = kTrades[static_cast<std::size_t>(random_.integer(0, std::ssize(kTrades) - 1))];
      const bool common = p % 3 == 0;
      const auto part_id = common ? fmt::format("common-{}", p) : fmt::format("{}-part-{}", id, p);
      const auto found = common_.find(part_id);
      Part part = found != common_.end() ? found->second : make_part(part_id, trade, p);
      if (common) common_.emplace(part_id, part);
      assemblies[static_cast<std::size_t>(p) % assemblies.size()].inputs.push_back(
          {part_id, static_cast<double>(random_.integer(1, 3))});
      components.push_back(std::move(part));
    }
    const Trade chip{"proc:hx/elec.component", "electronic", "flow sensor chip", 0.02, 18, 10};
    const Trade valve{"proc:din8580/3.2.3", "metal/al", "valve body", 0.15, 12, 1};
    for (const auto& [part_id, trade] : {std::pair{std::string{kChip}, chip}, std::pair{s_.own_part, valve}}) {
      const auto found = common_.find(part_id);
      Part part = found != common_.end() ? found->second : make_part(part_id, trade, 0);
      part.name = std::string{trade.word};
      // Few are audited for it: what the live plant makes matters to the programme.
      if (part_id == s_.own_part) {
        part.requirement.evidence = Evidence::audited;
        part.requirement.envelope = {{"workspace.x", kOwnRoom - 5}, {"workspace.y", kOwnRoom - 5}};
      }
      if (part_id == kChip) part.requirement.certificates = {"AEC-Q100"};
      common_.emplace(part_id, part);
      assemblies[part_id == kChip ? 0 : 1].inputs.push_back({part_id, 1});
      components.push_back(std::move(part));
    }
    design.parts.insert(design.parts.begin(), std::move(finished));
    for (auto* list : {&assemblies, &components}) {
      for (auto& part : *list) design.parts.push_back(std::move(part));
    }
    designs.push_back(std::move(design));
  }

  static double need_of(const Design& design, const std::string& part) {
    if (part == design.finished) return 1;
    double sum = 0;
    for (const auto& parent : design.parts) {
      for (const auto& input : parent.inputs) {
        if (input.part == part) sum += input.quantity * need_of(design, parent.id);
      }
    }
    return sum;
  }

  void add_member(const std::string& id, const std::string& name, ecosystem::Participant participant,
                  std::size_t zone) {
    organisations.push_back({.id = id,
                             .name = name,
                             .roles = {{ecosystem::Domain::supply_chain, participant}},
                             .country = zone < 4    ? "GB"
                                        : zone == 4 ? "DE"
                                                    : "CN",
                             .contact = "plan@" + id + ".example"});
    sites.push_back({.id = id + "-works",
                     .organisation = id,
                     .name = name + " works",
                     .country = organisations.back().country,
                     .zone = std::string{kZones[zone]},
                     .latitude = kPlaces[zone].first + random_.uniform(-1, 1),
                     .longitude = kPlaces[zone].second + random_.uniform(-1, 1)});
  }

  void certify(const std::string& organisation, std::string scheme, double days) {
    certificates.push_back({.id = fmt::format("{}-{}", organisation, certificates.size()),
                            .organisation = organisation,
                            .scheme = std::move(scheme),
                            .valid_from = s_.start - std::chrono::hours{24 * 300},
                            .valid_to = s_.start + std::chrono::hours{static_cast<std::int64_t>(24 * days)},
                            .issuer = "a notified body"});
  }

  void offer(const std::string& organisation, std::string_view process, std::string_view material, double weekly_hours,
             double lead) {
    const auto id = fmt::format("{}-{}", organisation, capabilities.size());
    calendars.push_back({.id = id + "-hours",
                         .organisation = organisation,
                         .site = organisation + "-works",
                         .name = "shifts",
                         .usual_hours = weekly_hours,
                         .usual_maximum = weekly_hours * 1.25,
                         .overtime_cost = random_.uniform(15, 40)});
    Capability made{
        .id = id, .organisation = organisation, .site = organisation + "-works", .process = std::string{process}};
    if (!material.empty()) made.materials = {std::string{material}};
    const double room = random_.uniform(300, 800);
    made.envelope = {{"workspace.x", {}, room}, {"workspace.y", {}, room * 0.8}};
    made.calendar = id + "-hours";
    made.lead_time_weeks = lead;
    made.qualification_weeks = static_cast<double>(random_.integer(0, 1));
    made.ramp_weeks = static_cast<double>(random_.integer(0, 2));
    made.hourly_rate = random_.uniform(35, 80);
    made.evidence = random_.chance(0.3) ? Evidence::audited : Evidence::declared;
    capabilities.push_back(std::move(made));
  }

  /// The live plant: valve bodies on its own machines.
  void make_own() {
    add_member(s_.own, "Hanse Medical", ecosystem::Participant::tier_1, 4);
    organisations.back().description = "The plant that this node is connected to.";
    sites.back().name = "Lübeck";
    sites.back().latitude = 53.87;
    sites.back().longitude = 10.69;
    offer(s_.own, "proc:din8580/3.2.3", "metal/al", s_.units / 10 * kOwnHours, 1);
    // A finished block leaves the line every 44 s or so: the machines told that, nobody had to declare it.
    capabilities.back().hours_per_unit = kOwnHours;
    // Its fixtures take small parts only, so that its hours are for those.
    capabilities.back().envelope = {{"workspace.x", {}, kOwnRoom}, {"workspace.y", {}, kOwnRoom}};
    capabilities.back().qualification_weeks = capabilities.back().ramp_weeks = 0;
    capabilities.back().evidence = Evidence::telemetry_proven;
  }

  /// Firms of the consortium assemble; suppliers share the trades, each trade's hours about twice what it takes by
  /// itself (the two designs are alternatives, so that there is some choice and some tightness).
  void make_members() {
    double assembly = hours_of_["proc:hx/assy|"] + hours_of_["proc:hx/assy.manual|"];
    for (int i = 0; i < s_.firms; ++i) {
      const auto id = fmt::format("consortium-{:02}", i + 1);
      add_member(id, fmt::format("Consortium firm {}", i + 1),
                 i < 7 ? ecosystem::Participant::manufacturer : ecosystem::Participant::contract_manufacturer,
                 static_cast<std::size_t>(i % 4));
      certify(id, "ISO 9001", 2 * kDaysPerYear);
      if (i < 9) certify(id, "ISO 13485", i == 8 ? 60 : 3 * kDaysPerYear);  // One lapses within the plan.
      offer(id, "proc:hx/assy.manual", "", assembly / s_.firms / 9, 1);
    }
    const double per_trade = std::max(1.0, s_.suppliers / static_cast<double>(kTrades.size()));
    for (int i = 0; i < s_.suppliers; ++i) {
      const auto& trade = kTrades[static_cast<std::size_t>(i) % kTrades.size()];
      const auto id = fmt::format("supplier-{:03}", i + 1);
      const auto zone = static_cast<std::size_t>(random_.chance(0.75) ? random_.integer(0, 3) : random_.integer(4, 5));
      add_member(id, fmt::format("Supplier {} ({})", i + 1, trade.word),
                 i % 3 == 0 ? ecosystem::Participant::tier_2 : ecosystem::Participant::tier_3, zone);
      certify(id, "ISO 9001", kDaysPerYear);
      const double hours = hours_of_[std::string{trade.process} + "|" + std::string{trade.material}] / per_trade / 8 *
                           random_.uniform(0.6, 1.5);
      offer(id, trade.process, trade.material, std::max(20.0, hours), trade.lead);
      if (random_.chance(0.4)) {
        const auto& other = kTrades[static_cast<std::size_t>(random_.integer(0, std::ssize(kTrades) - 1))];
        offer(id, other.process, other.material, 40, other.lead);
      }
    }
    add_member("chip-foundry", "Chip foundry", ecosystem::Participant::tier_3, 5);
    certify("chip-foundry", "AEC-Q100", 5 * kDaysPerYear);
    offer("chip-foundry", "proc:hx/elec.component", "electronic", 150, 10);
    capabilities.back().qualification_weeks = capabilities.back().ramp_weeks = 0;
    // Ten weeks are too long for the first units: what brokers have left over bridges them.
    for (auto& design : designs) {
      for (auto& part : design.parts) {
        if (part.id != kChip) continue;
        part.market_cost = part.unit_cost * 8;
        part.market_weekly = 1'500;
        part.market_lead_weeks = 2;
      }
    }
  }

  void relate(const std::string& from, const std::string& to, ecosystem::RelationKind kind) {
    relationships.push_back(
        {.id = fmt::format("{}.{}.{}", from, describe::enum_name(kind), to), .from = from, .to = to, .kind = kind});
  }

  void make_relationships() {
    for (const auto& organisation : organisations) {
      const bool firm = organisation.id.starts_with("consortium");
      if (firm) relate("convener", organisation.id, ecosystem::RelationKind::convenes);
      if (firm || s_.firms == 0) continue;
      const auto first = random_.integer(1, s_.firms), second = random_.integer(1, s_.firms);
      relate(organisation.id, fmt::format("consortium-{:02}", first), ecosystem::RelationKind::supplies);
      if (second != first)
        relate(organisation.id, fmt::format("consortium-{:02}", second), ecosystem::RelationKind::supplies);
    }
    relate(s_.own, "convener", ecosystem::RelationKind::shares_data);
  }

  void make_need() {
    need = {.id = "ventilator",
            .name = fmt::format("{:.0f} ventilators in 14 weeks", s_.units),
            .convener = "convener",
            .designs = {"ventilator-a", "ventilator-b"},
            .use = Use::clinical,
            .start = s_.start,
            .weeks = 14};
    // A slow start, then evenly: what hospitals asked for.
    double weights = 0;
    for (int t = 5; t < 14; ++t) weights += std::min(1.0, (t - 4) / 4.0);
    for (int t = 5; t < 14; ++t) {
      for (std::size_t g = 0; g < 4; ++g)
        need.due.push_back({t, std::string{kZones[g]}, s_.units / 4 * std::min(1.0, (t - 4) / 4.0) / weights});
    }
    need.charter =
        "Two approved designs, hospitals of four regions. Not in it: training at hospitals, spare parts after "
        "delivery.";
  }

  const VentilatorScenario& s_;
  Random random_;
  std::map<std::string, Part> common_;
  std::map<std::string, double> hours_of_;
};

}  // namespace

Result<void> seed_ventilator(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                             const VentilatorScenario& scenario) {
  HANSE_TRY(const auto there, programme.collection<Need>().find("ventilator"));
  if (there) return {};
  Seeder seeder{scenario};
  seeder.organisations.push_back(
      {.id = "convener",
       .name = "Programme office",
       .roles = {{ecosystem::Domain::supply_chain, ecosystem::Participant::industry_group}}});
  HANSE_CHECK(seeder.write(ecosystem, actor));
  for (const auto& design : seeder.designs) {
    HANSE_CHECK(programme.put(actor, design));
    HANSE_CHECK(programme.put(
        actor, Approval{.id = design.id + "-clinical",
                        .design = design.id,
                        .use = Use::clinical,
                        .reviewer = "regulator",
                        .evidence = "Emergency use: bench tests of pressure, alarms and leakage passed."}));
  }
  HANSE_CHECK(programme.put(actor, seeder.need));
  for (const auto& organisation : seeder.organisations) {
    if (organisation.id == "convener") continue;
    HANSE_CHECK(programme.put(actor, Agreement{.id = "ventilator." + organisation.id,
                                               .need = "ventilator",
                                               .organisation = organisation.id,
                                               .from = scenario.start - std::chrono::hours{24}}));
  }
  return {};
}

}  // namespace hanse::programme
