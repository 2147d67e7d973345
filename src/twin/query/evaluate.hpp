#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "twin/codec/forms.hpp"
#include "twin/query/expression.hpp"

namespace hanse::twin {

/// What a condition comes to. `invalid` is not `no`: what combines with it is invalid too, also a `$not`.
enum class Truth : std::uint8_t { no, yes, invalid };

/// The objects that a condition is asked about, by where its fields begin. A root without objects is nothing wrong: its
/// fields are absent. Of several shells or submodels, the condition must hold for one pair of them.
struct Subject {
  std::span<const Node* const> shells = {};     ///< `$aas`
  std::span<const Node* const> submodels = {};  ///< `$sm`, `$sme`
  const Node* concept_description = nullptr;    ///< `$cd`
  const Node* shell_descriptor = nullptr;       ///< `$aasdesc`
  const Node* submodel_descriptor = nullptr;    ///< `$smdesc`
  const LiveValues* live = nullptr;             ///< Null: values as they are kept.
};

/// Says whether the condition holds. `work` goes down by one for each object looked at, by more for patterns; when it
/// is used up the answer is `invalid` and `work` below zero.
Truth evaluate(const Condition& condition, const Subject& subject, std::int64_t& work);

}  // namespace hanse::twin
