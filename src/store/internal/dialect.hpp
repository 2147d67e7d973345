#pragma once

#include <string>
#include <string_view>

namespace hanse::store::internal {

/// Puts a database's own words into a table's definition.
std::string fill_dialect(std::string_view sql, std::string_view text, std::string_view bytes,
                         std::string_view clustered);

}  // namespace hanse::store::internal
