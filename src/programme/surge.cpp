#include <array>

#include "base/random.hpp"
#include "programme/internal/network.hpp"
#include "programme/scenarios.hpp"

namespace hanse::programme {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSurgeTrades{
    {{"proc:din8580/3.2.1", "metal/steel/stainless"},
     {"proc:din8580/3.2.3", "metal/al"},
     {"proc:din8580/1.2.2", "polymer/thermoplastic/pc"},
     {"proc:din8580/1.2.2", "polymer/elastomer/silicone"},
     {"proc:din8580/2.4.1", "metal/steel/carbon"},
     {"proc:hx/elec.smt", "electronic"},
     {"proc:hx/cable.harness", "metal/cu"},
     {"proc:am/PBF-LB/P", "polymer/thermoplastic/pa"},
     {"proc:din8580/1.1.2", "metal/al"},
     {"proc:hx/elec.component", "electronic"},
     {"proc:din8580/3.1.1", "metal/steel/carbon"},
     {"proc:din8580/5.9.1", "metal"}}};
constexpr std::array<std::string_view, 6> kSurgeZones{"north", "east", "south", "west", "centre", "overseas"};
constexpr std::string_view kAssembly = "proc:hx/assy";
constexpr int kModules = 9, kAssemblies = 36;
constexpr double kSlack = 2.5;  ///< Hours there are, over hours needed.

class SurgeMaker : public internal::Network {
 public:
  explicit SurgeMaker(const Surge& scenario) : s_(scenario), random_(scenario.seed) {
    organisations.push_back({.id = "office", .name = "Programme office"});
    make_design();
    make_locations();
    make_need();
  }

  Design design;
  Need need;

 private:
  Part part(std::string id, std::string name, std::string_view process, std::string_view material, double hours) {
    Part out{.id = std::move(id), .name = std::move(name)};
    out.requirement = {.process = std::string{process}, .material = std::string{material}};
    // Not every location of a trade has room for every part.
    if (!material.empty()) out.requirement.envelope = {{"workspace.x", std::round(random_.uniform(50, 600))}};
    out.hours_per_unit = hours * random_.uniform(0.6, 1.4);
    out.unit_cost = 5 * random_.uniform(0.5, 3);
    out.weight = random_.uniform(0.05, 0.5);
    hours_[std::string{process} + "|" + std::string{material}] += out.hours_per_unit * s_.units;
    return out;
  }

  /// The good, its modules, their assemblies, and parts of the trades.
  void make_design() {
    design = {.id = "surge-unit", .name = "Surge unit", .owner = "office", .finished = "surge-unit"};
    std::vector<Part> parts{part("surge-unit", "Surge unit", kAssembly, "", 1.5)};
    for (int m = 0; m < kModules; ++m)
      parts.push_back(part(fmt::format("module-{}", m), fmt::format("module {}", m), kAssembly, "", 0.3));
    for (int a = 0; a < kAssemblies; ++a)
      parts.push_back(part(fmt::format("assembly-{:02}", a), fmt::format("assembly {}", a), kAssembly, "", 0.1));
    for (int p = 1 + kModules + kAssemblies; p < s_.items; ++p) {
      const auto& [process, material] = kSurgeTrades[static_cast<std::size_t>(p) % kSurgeTrades.size()];
      parts.push_back(part(fmt::format("part-{:03}", p), fmt::format("part {}", p), process, material, 0.06));
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto at = i <= kModules                 ? std::size_t{0}
                      : i <= kModules + kAssemblies ? 1 + i % kModules
                                                    : 1 + kModules + i % kAssemblies;
      parts[at].inputs.push_back({parts[i].id, 1});
    }
    design.parts = std::move(parts);
  }

  void make_locations() {
    for (int i = 0; i < s_.suppliers; ++i) {
      organisations.push_back(
          {.id = fmt::format("member-{:04}", i + 1), .name = fmt::format("Member {}", i + 1), .country = "US"});
      organisations.back().roles = {{ecosystem::Domain::supply_chain, ecosystem::Participant::tier_2}};
    }
    const auto trades = static_cast<int>(kSurgeTrades.size()) + 2;
    for (int i = 0; i < s_.locations; ++i) {
      const auto zone = static_cast<std::size_t>(random_.integer(0, std::ssize(kSurgeZones) - 1));
      const auto member = fmt::format("member-{:04}", i % s_.suppliers + 1);
      add_site(member, fmt::format("{}-{:02}", member, i / s_.suppliers + 1), kSurgeZones[zone],
               28 + 3 * static_cast<double>(zone) + random_.uniform(0, 3), random_.uniform(-122, -72));
      const int trade = i % trades;  // Two of fourteen assemble.
      const auto [process, material] = trade < 12 ? kSurgeTrades[static_cast<std::size_t>(trade)]
                                                  : std::pair<std::string_view, std::string_view>{kAssembly, ""};
      const double share = s_.locations / static_cast<double>(trades) * (trade < 12 ? 1 : 2);
      const double weekly = kSlack * hours_[std::string{process} + "|" + std::string{material}] / s_.weeks / share;
      auto& offered = offer(process, material, weekly * random_.uniform(0.5, 1.5));
      offered.envelope = {{"workspace.x", {}, random_.uniform(200, 900)}};
      offered.lead_time_weeks = static_cast<double>(random_.integer(1, 3));
      offered.qualification_weeks = static_cast<double>(random_.integer(0, 4));
      offered.ramp_weeks = static_cast<double>(random_.integer(0, 6));
      offered.hourly_rate = random_.uniform(30, 80);
    }
  }

  void make_need() {
    need = {.id = "surge-200k", .name = fmt::format("{:.0f} units by year-end", s_.units), .convener = "office"};
    need.designs = {"surge-unit"};
    need.start = s_.start;
    need.weeks = s_.weeks;
    need.agreement_required = false;
    const int first = s_.weeks / 4;
    for (int week = first; week < s_.weeks; ++week) {
      for (std::size_t zone = 0; zone < 5; ++zone)
        need.due.push_back({week, std::string{kSurgeZones[zone]}, s_.units / 5 / (s_.weeks - first)});
    }
  }

  const Surge& s_;
  Random random_;
  std::map<std::string, double> hours_;  ///< By process and material, for all units.
};

}  // namespace

Result<void> seed_surge(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                        const Surge& scenario) {
  HANSE_TRY(const auto there, programme.collection<Need>().find("surge-200k"));
  if (there) return {};
  const SurgeMaker made{scenario};
  HANSE_CHECK(made.write(ecosystem, actor));
  HANSE_CHECK(programme.put(actor, made.design));
  HANSE_CHECK(programme.put(actor, Approval{.id = "surge-unit-1",
                                            .design = "surge-unit",
                                            .reviewer = "Programme office",
                                            .evidence = "Made from a seed, for measurements."}));
  HANSE_CHECK(programme.put(actor, made.need));
  return {};
}

}  // namespace hanse::programme
