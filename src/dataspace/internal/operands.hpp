#pragma once

#include <optional>
#include <string_view>

namespace hanse::dataspace {

inline constexpr std::string_view kOdrl = "http://www.w3.org/ns/odrl/2/";
inline constexpr std::string_view kCatenaX = "https://w3id.org/catenax/2025/9/policy/";
inline constexpr std::string_view kHanse = "urn:hanse:policy:";

/// What the engine can look up. Names by ODRL, the Catena-X profile 2025/9 (CX-0152) and ours.
enum class Operand {
  count,
  date_time,
  purpose,
  spatial,
  recipient,  // ODRL core
  aggregation,
  masked,
  machine,  // ours
  membership,
  framework,
  business_number,
  business_group,  // Catena-X, checked
  usage_end_date,
  usage_end_days,
  data_frequency,
  statement,  // Catena-X, legal: accepted by agreeing
};

/// Nothing for an operand that isn't known.
std::optional<Operand> operand_of(std::string_view name);
/// The last part of an operand's name, for sentences.
std::string_view operand_word(std::string_view name);

}  // namespace hanse::dataspace
