#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "base/result.hpp"
#include "signal/signal.hpp"

namespace hanse::historian {

/// A series that came in from outside, by the rule that turns measurement, tags and field into asset and signal.
struct ForeignSeries {
  signal::AssetId asset;
  std::string name;
  signal::ValueType type = signal::ValueType::real;  ///< Of the first value.
  std::string unit;                                  ///< UCUM, of the tag `unit`; empty for none.
  std::string source;                                ///< As it came, for descriptions: `cpu,host=a usage_idle`.
  friend bool operator==(const ForeignSeries&, const ForeignSeries&) = default;
};

/// Which signal each series is, in order; `kNoSignal` for one that isn't to be kept. The node hands it in: it brings
/// names into the plant's form, finds the signal, and makes asset and signal when the caller may. All new ones of a
/// request come in one call, so that they are one transaction.
/// Errors: `forbidden` and the like for all of them; the message reaches the sender.
using ResolveSeries =
    std::function<Result<std::vector<signal::SignalId>>(const api::Caller&, std::span<const ForeignSeries>)>;

/// The rule, for `series` as it stands in line protocol (escaped, well-formed) and an unescaped field:
/// - the asset is the tag `asset`, else `machine`, `device` or `host`, else the measurement;
/// - the signal is the measurement and the field, without the measurement when that is the asset and without the field
///   when it is called `value`; the values of the other tags follow, in order of their names;
/// - the tag `unit` is the unit.
ForeignSeries series_of_line(std::string_view series, std::string_view field, signal::ValueType type);

/// `a\ b\,c` to `a b,c`.
std::string unescape_line_name(std::string_view text);

}  // namespace hanse::historian
