#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace hanse::ecosystem {

/// The four ecosystems of a smart-manufacturing network.
enum class Domain { production, supply_chain, customer, talent };
HANSE_DESCRIBE_ENUM(Domain, production, supply_chain, customer, talent)

/// What an organisation is in one ecosystem. Fixed, so that counts compare between networks; tags are free.
enum class Participant {
  manufacturer,
  tier_1,
  tier_2,
  tier_3,
  raw_material,
  contract_manufacturer,
  additive_shop,
  equipment_maker,
  ot_vendor,
  it_vendor,
  advanced_technology_vendor,
  industry_group,
  user_group,
  academia,
  research_lab,
  test_lab,
  accelerator,
  start_up,
  logistics,
  warehouse,
  distributor,
  retailer,
  service_provider,
  government,
  regulator,
  customer,
  training_provider,
  union_body,
  gig_platform,
  investor
};
HANSE_DESCRIBE_ENUM(Participant, manufacturer, tier_1, tier_2, tier_3, raw_material, contract_manufacturer,
                    additive_shop, equipment_maker, ot_vendor, it_vendor, advanced_technology_vendor, industry_group,
                    user_group, academia, research_lab, test_lab, accelerator, start_up, logistics, warehouse,
                    distributor, retailer, service_provider, government, regulator, customer, training_provider,
                    union_body, gig_platform, investor)

/// How far a statement can be trusted; a later one includes the ones before.
enum class Evidence { declared, audited, telemetry_proven };
HANSE_DESCRIBE_ENUM(Evidence, declared, audited, telemetry_proven)

/// `from` does this to `to`.
enum class RelationKind { supplies, licenses, shares_data, co_invests, trains, services, convenes, researches_with };
HANSE_DESCRIBE_ENUM(RelationKind, supplies, licenses, shares_data, co_invests, trains, services, convenes,
                    researches_with)

/// The process class that a text means, as `proc:din8580/3.2.1`; also from trade names (FDM, SLS, DMLS).
std::optional<std::string> process_class(std::string_view text);
/// In English; empty for an unknown class.
std::string_view process_label(std::string_view id);
/// Its place in the vocabulary, for tables by class; nothing when unknown.
std::optional<std::size_t> process_number(std::string_view id);
/// The class itself, then the classes above it: an offer of turning is one of machining.
std::vector<std::size_t> process_with_ancestors(std::string_view id);
std::size_t process_count();
std::string process_id(std::size_t number);

/// Material families are paths: `metal/steel/stainless`.
std::optional<std::size_t> material_number(std::string_view id);
std::vector<std::size_t> material_with_ancestors(std::string_view id);
std::size_t material_count();

/// UCUM unit of a property of an envelope (`workspace.x`: mm); empty when there is no such property.
std::string_view property_unit(std::string_view name);

struct ProcessTerm {
  std::string id, label, parent;
};
HANSE_DESCRIBE(ProcessTerm, (id, label, parent))
struct PropertyTerm {
  std::string id, unit;
};
HANSE_DESCRIBE(PropertyTerm, (id, unit))
struct Vocabulary {
  std::vector<ProcessTerm> processes;
  std::vector<std::string> materials;
  std::vector<PropertyTerm> properties;
};
HANSE_DESCRIBE(Vocabulary, (processes, materials, properties))
Vocabulary vocabulary();

}  // namespace hanse::ecosystem
