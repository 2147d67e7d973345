#include "apps/performance/kpis.hpp"

namespace hanse::apps::performance {
namespace {

constexpr double kSecond = 1e9;
constexpr double kHour = 3600e9;

std::optional<double> ratio(double numerator, double denominator) {
  if (!(denominator > 0)) return {};
  return numerator / denominator;
}

double as_real(std::int64_t ns) { return static_cast<double>(ns); }

/// Ideal time is known for every part that was made.
bool rated(const Elements& elements) { return elements.parts_without_ideal == 0; }

/// Collects figures with the reason where there is none.
class List {
 public:
  void add(std::string id, std::string name, std::string formula, std::optional<double> value, std::string missing,
           std::string unit = "1") {
    list_.push_back({std::move(id), std::move(name), value, std::move(unit), std::move(formula),
                     value ? std::string{} : std::move(missing)});
  }
  std::vector<Kpi> take() { return std::move(list_); }

 private:
  std::vector<Kpi> list_;
};

constexpr const char* kNoBusy = "there was no planned busy time";
constexpr const char* kNoProduction = "it didn't produce";
constexpr const char* kNoIdeal = "the ideal cycle time of what was made isn't known";
constexpr const char* kNoParts = "no parts were counted";
constexpr const char* kNoFailure = "there was no failure";

void add_oee(List& list, const Elements& e) {
  const double pbt = as_real(e.busy_ns());
  const auto oee_missing = e.busy_ns() <= 0 ? kNoBusy : kNoIdeal;
  list.add("availability", "Availability", "APT / PBT", availability(e), kNoBusy);
  list.add("effectiveness", "Effectiveness", "PRI * PQ / APT", effectiveness(e), rated(e) ? kNoProduction : kNoIdeal);
  list.add("quality", "Quality ratio", "GQ / PQ", quality(e), kNoParts);
  list.add("oee", "OEE", "PRI * GQ / PBT", oee(e), oee_missing);
  // (AUPT / PBT) * E * Q; E * Q = PRI * GQ / APT.
  const auto net =
      rated(e) && e.producing_ns > 0
          ? ratio(as_real(e.producing_ns + e.setup_ns) / as_real(e.producing_ns) * as_real(e.ideal_good_ns), pbt)
          : std::nullopt;
  list.add("nee", "Net equipment effectiveness", "AUPT / PBT * E * Q", net, rated(e) ? kNoProduction : kNoIdeal);
  list.add("teep", "TEEP", "PRI * GQ / calendar time",
           rated(e) ? ratio(as_real(e.ideal_good_ns), as_real(e.calendar_ns)) : std::nullopt, kNoIdeal);
}

void add_times(List& list, const Elements& e) {
  const double aupt = as_real(e.producing_ns + e.setup_ns), aubt = aupt + as_real(e.delay_ns);
  list.add("allocation_efficiency", "Allocation efficiency", "AUBT / PBT", ratio(aubt, as_real(e.busy_ns())), kNoBusy);
  list.add("utilisation_efficiency", "Utilisation efficiency", "APT / AUBT", ratio(as_real(e.producing_ns), aubt),
           kNoProduction);
  list.add("technical_efficiency", "Technical efficiency", "APT / (APT + ADET)",
           ratio(as_real(e.producing_ns), as_real(e.producing_ns + e.delay_ns)), kNoProduction);
  list.add("setup_ratio", "Set-up ratio", "AUST / AUPT", ratio(as_real(e.setup_ns), aupt), kNoProduction);
  list.add("throughput", "Throughput rate", "PQ / AUBT", ratio(e.produced() * kHour, aubt), kNoProduction, "/h");
  list.add("cycle_time", "Mean cycle time", "APT / PQ", ratio(as_real(e.producing_ns) / kSecond, e.produced()),
           kNoParts, "s");
}

void add_quality(List& list, const Elements& e) {
  list.add("first_pass_yield", "First-pass yield", "(PQ - SQ - RQ) / PQ", ratio(e.good, e.produced()), kNoParts);
  list.add("scrap_ratio", "Scrap ratio", "SQ / PQ", ratio(e.scrap, e.produced()), kNoParts);
  list.add("rework_ratio", "Rework ratio", "RQ / PQ", ratio(e.rework, e.produced()), kNoParts);
}

void add_maintenance(List& list, const Elements& e) {
  const double operating = as_real(e.producing_ns + e.setup_ns) / kHour, repair = as_real(e.breakdown_ns) / kHour;
  const auto failures = static_cast<double>(e.failures);
  list.add("mtbf", "Mean time between failures", "operating time / FE", ratio(operating, failures), kNoFailure, "h");
  list.add("mtbf_iso", "Mean time between failures (ISO 22400-2)", "sum TBF / (FE + 1)",
           ratio(operating + repair, failures + 1), kNoBusy, "h");
  list.add("mttf_iso", "Mean time to failure (ISO 22400-2)", "sum TTF / (FE + 1)", ratio(operating, failures + 1),
           kNoBusy, "h");
  list.add("mttr", "Mean time to repair", "sum TTR / FE", ratio(repair, failures), kNoFailure, "h");
  list.add("inherent_availability", "Inherent availability", "MTBF / (MTBF + MTTR)",
           e.failures > 0 ? ratio(operating, operating + repair) : std::nullopt, kNoFailure);
  list.add("unexplained", "Unexplained stops", "stops without reason / stops over the limit",
           ratio(as_real(e.unexplained_ns), as_real(e.breakdown_ns + e.waiting_ns)),
           "there was no stop over the limit");
}

}  // namespace

std::optional<double> availability(const Elements& e) { return ratio(as_real(e.producing_ns), as_real(e.busy_ns())); }

std::optional<double> effectiveness(const Elements& e) {
  return rated(e) ? ratio(as_real(e.ideal_ns()), as_real(e.producing_ns)) : std::nullopt;
}

std::optional<double> quality(const Elements& e) {
  // Of a mix, products weigh by their ideal time; where that isn't known, by number.
  if (rated(e) && e.ideal_ns() > 0) return ratio(as_real(e.ideal_good_ns), as_real(e.ideal_ns()));
  return ratio(e.good, e.produced());
}

std::optional<double> oee(const Elements& e) {
  return rated(e) ? ratio(as_real(e.ideal_good_ns), as_real(e.busy_ns())) : std::nullopt;
}

double coverage(const Elements& e) {
  return ratio(as_real(e.busy_ns()), as_real(e.busy_ns() + e.no_data_ns)).value_or(e.no_data_ns > 0 ? 0 : 1);
}

std::vector<Kpi> kpis(const Elements& elements) {
  List list;
  add_oee(list, elements);
  add_times(list, elements);
  add_quality(list, elements);
  add_maintenance(list, elements);
  return list.take();
}

std::vector<LossNode> losses(const Elements& e) {
  std::vector<LossNode> nodes{
      {"no_shift", "schedule", "No shift", e.no_shift_ns, 0},
      {"planned", "planned", "Planned stops and breaks", e.planned_ns, 0},
      {"no_data", "unknown", "No data", e.no_data_ns, 0},
      {"breakdown", "availability", "Breakdowns", e.breakdown_ns, 0},
      {"setup", "availability", "Set-up and adjustment", e.setup_ns, 0},
      {"waiting", "availability", "Waiting", e.waiting_ns, 0},
      {"minor_stop", "performance", "Minor stops", e.minor_stop_ns, 0},
  };
  if (e.ideal_ns() > 0) {
    nodes.push_back({"speed", "performance", "Reduced speed", e.producing_ns - e.ideal_ns(), 0});
    nodes.push_back({"scrap", "quality", "Scrap", e.ideal_scrap_ns, 0});
    nodes.push_back({"rework", "quality", "Rework", e.ideal_rework_ns, 0});
    nodes.push_back({"value", "value", "Good parts at ideal speed", e.ideal_good_ns, 0});
  } else {
    nodes.push_back({"producing", "value", "Producing, ideal speed unknown", e.producing_ns, 0});
  }
  for (auto& node : nodes) node.share = ratio(as_real(node.ns), as_real(e.calendar_ns)).value_or(0);
  return nodes;
}

}  // namespace hanse::apps::performance
