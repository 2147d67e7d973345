#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "twin/model/node.hpp"

// Fields of the query language: `$sme.Axes[].Speed#value`. Source: IDTA 01002 3.1, query language.

namespace hanse::twin {

/// What a field begins at.
enum class FieldRoot : std::uint8_t { aas, sm, sme, cd, aasdesc, smdesc };

struct FieldStep {
  enum class Kind : std::uint8_t {
    anywhere,  ///< Elements of a submodel at any depth: those of this name, or all.
    child,     ///< The element of this name in a collection.
    entry,     ///< Elements of a list.
    object,    ///< An attribute that is an object.
    objects,   ///< An attribute that is a list of objects.
  };
  Kind kind{};
  std::string id_short;              ///< Of `anywhere` and `child`; empty for all.
  Name attribute{};                  ///< Of `object` and `objects`.
  std::optional<std::size_t> index;  ///< Of `entry` and `objects`; nothing for `[]`, any of them.
  std::string place;                 ///< The field's text up to here, where there can be many; else empty.
};

struct QueryField {
  enum class Leaf : std::uint8_t {
    attribute,
    value,     ///< Of an element: of a property its value now, of a text in many languages each of them.
    language,  ///< Of a text in many languages.
  };
  std::string text;  ///< As it was written.
  FieldRoot root{};
  std::vector<FieldStep> steps;
  Leaf leaf = Leaf::attribute;
  Name attribute{};  ///< Of `Leaf::attribute`.
};

/// Errors: `invalid`, saying what would be right.
Result<QueryField> parse_query_field(std::string_view text);

}  // namespace hanse::twin
