#pragma once

#include <string_view>

#include "connectors/mtconnect/document.hpp"
#include "signal/signal.hpp"

namespace hanse::connectors::mtconnect {

/// What the item says about its asset, by MTConnect's own types.
signal::Meaning meaning_of(const DataItem& item);
/// UCUM for `MILLIMETER/SECOND` and its like; empty for none and for unknown ones. `MILLIMETER_3D` is `mm`.
std::string_view ucum_of(std::string_view units);
/// Samples are real, counters integer, overrides real, everything else text: a text stays a text, `007` too.
signal::ValueType type_of(const DataItem& item);
/// Samples that move steadily are linear; events, counters and conditions hold.
signal::Interpolation interpolation_of(const DataItem& item);

/// For adapters without a device model: the item that a key most likely is (`exec`, `avail`, `partcount`, `Srpm`), by
/// the names that most adapters use; an event of unknown type otherwise.
DataItem guess_item(std::string_view key);

}  // namespace hanse::connectors::mtconnect
