#include "historian/sql_signals.hpp"

#include <limits>

namespace hanse::historian {

std::vector<const signal::Signal*> wanted_signals(const signal::Signals& all, const SqlFilter& filter,
                                                  SignalColumns columns) {
  std::vector<const signal::Signal*> out;
  const auto keep = [&](const signal::Signal* signal) {
    if (!signal) return;
    if (const auto* name = filter.text(columns.name); name && *name != signal->name) return;
    if (const auto* asset = filter.text(columns.asset); asset && *asset != signal->asset.value) return;
    out.push_back(signal);
  };
  if (filter.equal[columns.number]) {
    const auto number = filter.integer(columns.number);
    if (number && *number > 0 && *number <= std::numeric_limits<std::uint32_t>::max()) {
      keep(all.find(SignalId{static_cast<std::uint32_t>(*number)}));
    }
  } else if (const auto* asset = filter.text(columns.asset)) {
    for (const auto* signal : all.of_asset(signal::AssetId{*asset})) keep(signal);
  } else {
    for (const auto& [number, signal] : all) keep(signal.get());
  }
  return out;
}

SqlValue sql_value(const LastValue& value) {
  switch (value.sample.type) {
    case signal::ValueType::null:
      return std::monostate{};
    case signal::ValueType::text:
      return value.text;
    case signal::ValueType::real:
      return value.sample.real();
    case signal::ValueType::integer:
    case signal::ValueType::boolean:
      return value.sample.integer();
  }
  return std::monostate{};
}

}  // namespace hanse::historian
