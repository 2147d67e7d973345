#include "dataspace/internal/operands.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hanse::dataspace {
namespace {

using enum Operand;
using Entry = std::pair<std::string_view, Operand>;

constexpr std::array kOdrlOperands{Entry{"count", count}, Entry{"dateTime", date_time}, Entry{"purpose", purpose},
                                   Entry{"spatial", spatial}, Entry{"recipient", recipient}};
constexpr std::array kOwnOperands{Entry{"aggregationSeconds", aggregation}, Entry{"maskedFields", masked},
                                  Entry{"machine", machine}};
constexpr std::array kCatenaOperands{Entry{"Membership", membership},
                                     Entry{"FrameworkAgreement", framework},
                                     Entry{"BusinessPartnerNumber", business_number},
                                     Entry{"BusinessPartnerGroup", business_group},
                                     Entry{"UsagePurpose", purpose},
                                     Entry{"DataUsageEndDate", usage_end_date},
                                     Entry{"DataUsageEndDurationDays", usage_end_days},
                                     Entry{"DataFrequency", data_frequency},
                                     Entry{"ContractReference", statement},
                                     Entry{"AffiliatesBpnl", statement},
                                     Entry{"ManagedLegalEntityBpnl", statement},
                                     Entry{"AffiliatesRegion", statement},
                                     Entry{"ManagedLegalEntityRegion", statement},
                                     Entry{"ExclusiveUsage", statement},
                                     Entry{"DataUsageEndDefinition", statement},
                                     Entry{"DataProvisioningEndDate", statement},
                                     Entry{"DataProvisioningEndDurationDays", statement},
                                     Entry{"ContractTermination", statement},
                                     Entry{"ConfidentialInformationMeasures", statement},
                                     Entry{"ConfidentialInformationSharing", statement},
                                     Entry{"JurisdictionLocation", statement},
                                     Entry{"JurisdictionLocationReference", statement},
                                     Entry{"Liability", statement},
                                     Entry{"Precedence", statement},
                                     Entry{"VersionChanges", statement},
                                     Entry{"Warranty", statement},
                                     Entry{"WarrantyDefinition", statement},
                                     Entry{"WarrantyDurationMonths", statement},
                                     Entry{"UsageRestriction", statement}};

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
