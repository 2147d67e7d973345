#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/performance/elements.hpp"

namespace hanse::apps::performance {

/// One figure with its formula. Without a value, `missing` says why: it is never 0 or 100 % for want of data.
struct Kpi {
  std::string id;  ///< `oee`
  std::string name;
  std::optional<double> value;
  std::string unit;     ///< UCUM; `1` for a ratio.
  std::string formula;  ///< In the symbols of ISO 22400-2.
  std::string missing;
};
HANSE_DESCRIBE(Kpi, (id, name, value, unit, formula, missing))

/// Version of the formulas, told with every report.
inline constexpr std::int64_t kFormulaVersion = 1;

std::optional<double> availability(const Elements& elements);
/// E > 1 means that the ideal cycle time is wrong; it is not capped.
std::optional<double> effectiveness(const Elements& elements);
std::optional<double> quality(const Elements& elements);
std::optional<double> oee(const Elements& elements);
/// Share of the planned time in which it is known what the machine did.
double coverage(const Elements& elements);

/// All of them, in the order in which people read them.
std::vector<Kpi> kpis(const Elements& elements);

/// One leaf of the loss tree. The leaves add up to calendar time, to the nanosecond.
struct LossNode {
  std::string id;
  std::string group;  ///< schedule, planned, unknown, availability, performance, quality, value.
  std::string name;
  std::int64_t ns = 0;  ///< Negative only for speed, when the ideal cycle time is wrong.
  double share = 0;     ///< Of calendar time.
};
HANSE_DESCRIBE(LossNode, (id, group, name, ns, share))
std::vector<LossNode> losses(const Elements& elements);

}  // namespace hanse::apps::performance
