#pragma once

#include <vector>

#include "historian/historian.hpp"
#include "historian/sql_table.hpp"
#include "signal/directory.hpp"

namespace hanse::historian {

/// The columns of a table that hold a signal's number, asset and name.
struct SignalColumns {
  std::size_t number = 0, asset = 1, name = 2;
};
/// The signals of `all` that a filter takes by them.
std::vector<const signal::Signal*> wanted_signals(const signal::Signals& all, const SqlFilter& filter,
                                                  SignalColumns columns);

/// A sample's value in a row: nothing for null, 0 or 1 for a boolean.
SqlValue sql_value(const LastValue& value);

}  // namespace hanse::historian
