#include <fstream>
#include <iterator>

#include "connectors/mtconnect/adapter_session.hpp"
#include "node/replay/player.hpp"

namespace hanse::node::replay {

namespace mtconnect = connectors::mtconnect;

namespace {

Result<std::vector<mtconnect::Device>> read_devices(const std::string& path) {
  if (path.empty()) return std::vector<mtconnect::Device>{};
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(ErrorCode::not_found, fmt::format("the devices file '{}' can't be read", path));
  HANSE_TRY(auto document, mtconnect::parse_document({std::istreambuf_iterator<char>{file}, {}}));
  auto* probe = std::get_if<mtconnect::Probe>(&document);
  if (!probe) return fail(ErrorCode::invalid, fmt::format("'{}' is no MTConnectDevices document", path));
  return std::move(probe->devices);
}

}  // namespace

Result<void> play_shdr(std::string_view text, Player& player) {
  HANSE_TRY(auto devices, read_devices(player.settings().devices_file));
  mtconnect::Translator translator{player};
  mtconnect::AdapterSession session{
      {.device = player.settings().device, .model = std::move(devices)}, translator, player};
  Timestamp now{};
  bool began = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const auto line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    // The line's own time is also that of its arrival; a line without one arrives with the line before.
    Timestamp time{};
    const auto bar = std::min(line.find('|'), line.size());
    if (mtconnect::read_time(line.substr(0, std::min(bar, line.find('@'))), time)) now = time;
    if (now.ns != 0 && !player.pace(now)) return {};
    if (!std::exchange(began, true)) session.begin(player.elapsed(now));
    session.on_bytes(line, now, player.elapsed(now));
    if (!line.ends_with('\n')) session.on_bytes("\n", now, player.elapsed(now));
    player.count_message();
  }
  return {};
}

}  // namespace hanse::node::replay
