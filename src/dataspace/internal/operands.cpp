#include "dataspace/internal/operands.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hanse::dataspace {
namespace {

using Entry = std::pair<std::string_view, Operand>;

constexpr std::array kOdrlOperands{Entry{"count", Operand::count}, Entry{"dateTime", Operand::date_time},
                                   Entry{"purpose", Operand::purpose}, Entry{"spatial", Operand::spatial},
                                   Entry{"recipient", Operand::recipient}};
constexpr std::array kOwnOperands{Entry{"aggregationSeconds", Operand::aggregation},
                                  Entry{"maskedFields", Operand::masked}, Entry{"machine", Operand::machine}};
constexpr std::array kCatenaOperands{Entry{"Membership", Operand::membership},
                                     Entry{"FrameworkAgreement", Operand::framework},
                                     Entry{"BusinessPartnerNumber", Operand::business_number},
                                     Entry{"BusinessPartnerGroup", Operand::business_group},
                                     Entry{"UsagePurpose", Operand::purpose},
                                     Entry{"DataUsageEndDate", Operand::usage_end_date},
                                     Entry{"DataUsageEndDurationDays", Operand::usage_end_days},
                                     Entry{"DataFrequency", Operand::data_frequency},
                                     Entry{"ContractReference", Operand::statement},
                                     Entry{"AffiliatesBpnl", Operand::statement},
                                     Entry{"ManagedLegalEntityBpnl", Operand::statement},
                                     Entry{"AffiliatesRegion", Operand::statement},
                                     Entry{"ManagedLegalEntityRegion", Operand::statement},
                                     Entry{"ExclusiveUsage", Operand::statement},
                                     Entry{"DataUsageEndDefinition", Operand::statement},
                                     Entry{"DataProvisioningEndDate", Operand::statement},
                                     Entry{"DataProvisioningEndDurationDays", Operand::statement},
                                     Entry{"ContractTermination", Operand::statement},
                                     Entry{"ConfidentialInformationMeasures", Operand::statement},
                                     Entry{"ConfidentialInformationSharing", Operand::statement},
                                     Entry{"JurisdictionLocation", Operand::statement},
                                     Entry{"JurisdictionLocationReference", Operand::statement},
                                     Entry{"Liability", Operand::statement},
                                     Entry{"Precedence", Operand::statement},
                                     Entry{"VersionChanges", Operand::statement},
                                     Entry{"Warranty", Operand::statement},
                                     Entry{"WarrantyDefinition", Operand::statement},
                                     Entry{"WarrantyDurationMonths", Operand::statement},
                                     Entry{"UsageRestriction", Operand::statement}};

template <std::size_t N>
std::optional<Operand> find(const std::array<Entry, N>& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Entry::first);
  return found == table.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace

std::optional<Operand> operand_of(std::string_view name) {
  for (const auto prefix : {kOdrl, std::string_view{"odrl:"}}) {
    if (name.starts_with(prefix)) return find(kOdrlOperands, name.substr(prefix.size()));
  }
  if (name.starts_with(kHanse)) return find(kOwnOperands, name.substr(kHanse.size()));
  // The older namespace and its prefix are still met.
  for (const auto prefix :
       {kCatenaX, std::string_view{"https://w3id.org/catenax/policy/"}, std::string_view{"cx-policy:"}}) {
    if (name.starts_with(prefix)) return find(kCatenaOperands, name.substr(prefix.size()));
  }
  const auto found = find(kOdrlOperands, name);
  return found ? found : find(kCatenaOperands, name);
}

std::string_view operand_word(std::string_view name) {
  const auto cut = name.find_last_of("/:#");
  return cut == std::string_view::npos ? name : name.substr(cut + 1);
}

}  // namespace hanse::dataspace
