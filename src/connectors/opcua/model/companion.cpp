#include "connectors/opcua/model/companion.hpp"

namespace hanse::connectors::opcua {
namespace {

using signal::Meaning;

struct Specification {
  std::string_view uri;
  std::string_view name;
};

constexpr std::string_view kMachinery = "http://opcfoundation.org/UA/Machinery/";
constexpr std::string_view kJobs = "http://opcfoundation.org/UA/Machinery/Jobs/";
constexpr std::string_view kProcessValues = "http://opcfoundation.org/UA/Machinery/ProcessValues/";
constexpr std::string_view kMachineTool = "http://opcfoundation.org/UA/MachineTool/";
constexpr std::string_view kPlastics = "http://opcfoundation.org/UA/PlasticsRubber/GeneralTypes/";
constexpr std::string_view kInjection = "http://opcfoundation.org/UA/PlasticsRubber/IMM2MES/";
constexpr std::string_view kPackMl = "http://opcfoundation.org/UA/PackML/";
constexpr std::string_view kDevices = "http://opcfoundation.org/UA/DI/";
constexpr std::string_view kEnergy = "http://opcfoundation.org/UA/Machinery/Energy/";

constexpr Specification kSpecifications[] = {
    {kMachinery, "Machinery"},
    {kJobs, "Machinery Jobs"},
    {kProcessValues, "Machinery Process Values"},
    {kMachineTool, "Machine Tools"},
    {kPlastics, "Plastics and Rubber"},
    {kInjection, "Injection Moulding (Euromap 77)"},
    {kPackMl, "PackML"},
    {kDevices, "Devices"},
    {kEnergy, "Machinery Energy"},
};

/// `tail` is the end of a browse path, whole names.
struct TypeEntry {
  std::string_view uri;
  std::string_view tail;
  Meaning meaning;
};

constexpr TypeEntry kTypeEntries[] = {
    {kMachinery, "MachineryItemState/CurrentState", Meaning::execution},
    {kMachinery, "MachineryOperationMode/CurrentState", Meaning::mode},
    {kJobs, "ActiveJobOrder/JobOrderID", Meaning::order},
    {kMachineTool, "MachineTool/OperationMode", Meaning::mode},
    {kMachineTool, "Channel/ChannelState", Meaning::execution},
    {kMachineTool, "ActiveProgram/Name", Meaning::program},
    {kMachineTool, "ActiveProgram/State/CurrentState", Meaning::execution},
    {kMachineTool, "State/CurrentState", Meaning::execution},
    {kMachineTool, "MachineTool/FeedOverride", Meaning::feed_rate},
    {kMachineTool, "Statistics/PartsProducedInLifetime", Meaning::part_count},
    {kMachineTool, "ProductionPlan/JobIdentifier", Meaning::order},
    {kMachineTool, "Tool/Name", Meaning::tool},
    {kMachineTool, "Tool/ControlIdentifier1", Meaning::tool},
    {kInjection, "ActiveJobValues/JobCycleCounter", Meaning::part_count},
    {kInjection, "ActiveJobValues/JobPartsCounter", Meaning::part_count},
    {kInjection, "ActiveJobValues/JobGoodPartsCounter", Meaning::good_count},
    {kInjection, "ActiveJobValues/JobBadPartsCounter", Meaning::scrap_count},
    {kInjection, "CycleParametersEvent/CycleTime", Meaning::cycle_time},
    {kPlastics, "ActiveJob/JobName", Meaning::order},
    {kPlastics, "ActiveJob/JobPartsCounter", Meaning::part_count},
    {kPlastics, "ActiveJob/JobGoodPartsCounter", Meaning::good_count},
    {kPlastics, "ActiveJob/JobBadPartsCounter", Meaning::scrap_count},
    {kPlastics, "MachineStatus", Meaning::execution},
    {kPlastics, "MachineMode", Meaning::mode},
    {kPlastics, "MachineOperationMode", Meaning::mode},
    {kPlastics, "ActiveDataset", Meaning::program},
    {kPlastics, "Job/JobName", Meaning::order},
    {kPlastics, "ProductName", Meaning::product},
    {kPlastics, "ActualTemperature", Meaning::temperature},
    {kPlastics, "ActualPower", Meaning::power},
    {kPlastics, "TotalEnergy", Meaning::energy},
    {kPackMl, "Status/StateCurrent", Meaning::execution},
    {kPackMl, "BaseStateMachine/CurrentState", Meaning::execution},
    {kPackMl, "Status/UnitModeCurrent", Meaning::mode},
    {kPackMl, "Status/CurMachSpeed", Meaning::speed},
    {kPackMl, "Admin/ProdProcessedCount", Meaning::part_count},
    {kPackMl, "Admin/ProdDefectiveCount", Meaning::scrap_count},
    {kPackMl, "Admin/StopReason", Meaning::stop_reason},
    {kDevices, "DeviceHealth", Meaning::availability},
    {kEnergy, "AcActivePowerTotal", Meaning::power},
    {kEnergy, "AcActiveEnergyTotalImportHp", Meaning::energy},
};

bool ends_in(std::string_view path, std::string_view tail) {
  return path.ends_with(tail) && (path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/');
}

}  // namespace

Meaning companion_meaning(std::string_view path, std::string_view space_uri) {
  if (space_uri.empty()) return Meaning::other;
  for (const auto& entry : kTypeEntries) {
    if (entry.uri == space_uri && ends_in(path, entry.tail)) return entry.meaning;
  }
  return Meaning::other;
}

std::string_view companion_name(std::string_view namespace_uri) {
  for (const auto& specification : kSpecifications) {
    if (specification.uri == namespace_uri) return specification.name;
  }
  return {};
}

}  // namespace hanse::connectors::opcua
