#pragma once

#include <optional>
#include <type_traits>
#include <variant>

#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

template <class T>
inline constexpr bool is_number_v = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

/// A number as a real; nothing for other kinds.
inline std::optional<double> number_of(const Variant& value) {
  return std::visit(
      []<class T>(const T& content) -> std::optional<double> {
        if constexpr (is_number_v<T>)
          return static_cast<double>(content);
        else
          return std::nullopt;
      },
      value.value);
}

}  // namespace hanse::connectors::opcua
