#pragma once

#include <string>
#include <string_view>

#include "signal/signal.hpp"

namespace hanse::connectors::sparkplug {

/// UCUM for a unit as people and controllers write it (`degC`, `°C`, `rpm`, `l/min`); the text itself when it is UCUM
/// already or unknown.
std::string ucum(std::string_view unit);

/// What a signal with this name most likely means, by the words in it; `other` when nothing says so.
signal::Meaning guess_meaning(std::string_view name, std::string_view ucum_unit);

}  // namespace hanse::connectors::sparkplug
