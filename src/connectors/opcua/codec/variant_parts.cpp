#include "connectors/opcua/codec/variant_parts.hpp"

#include "connectors/opcua/codec/binary.hpp"

namespace hanse::connectors::opcua {

std::size_t element_count(const Variant& value) {
  return std::visit(
      []<class T>(const T& content) -> std::size_t {
        if constexpr (is_array_v<T>)
          return content.size();
        else
          return 0;
      },
      value.value);
}

Variant element_at(const Variant& value, std::size_t position) {
  return std::visit(
      [position]<class T>(const T& content) -> Variant {
        Variant out;
        if constexpr (std::is_same_v<T, Array<Variant>>) {
          out = content[position];
        } else if constexpr (is_array_v<T>) {
          using Element = typename T::value_type;
          if constexpr (std::is_constructible_v<Variant::Value, std::in_place_type_t<Element>, Element>)
            out.value.template emplace<Element>(content[position]);
          else
            out.value.template emplace<Box<Element>>(content[position]);
        }
        return out;
      },
      value.value);
}

}  // namespace hanse::connectors::opcua
