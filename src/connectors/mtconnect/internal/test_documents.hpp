#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "connectors/mtconnect/document.hpp"

namespace hanse::connectors::mtconnect::internal {

inline std::string read_testdata(const std::string& name) {
  std::ifstream file{std::string{HANSE_ROOM_DIR} + "/testdata/" + name, std::ios::binary};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The body of a recorded answer.
inline std::string read_body(const std::string& name) {
  const auto answer = read_testdata(name);
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

struct Numbers {
  std::uint64_t instance = 1, first = 1, next = 1;
};

inline std::string header(const Numbers& n) {
  return fmt::format(
      R"(<Header instanceId="{}" bufferSize="100" firstSequence="{}" lastSequence="{}" nextSequence="{}"/>)",
      n.instance, n.first, n.next - 1, n.next);
}

inline std::string probe_document(const std::string& items, std::uint64_t instance = 1) {
  return fmt::format(
      R"(<MTConnectDevices><Header instanceId="{}"/><Devices><Device id="d" name="M1" uuid="u"><DataItems>{}</DataItems></Device></Devices></MTConnectDevices>)",
      instance, items);
}

inline std::string streams_document(const Numbers& n, const std::string& samples, const std::string& events = "",
                                    const std::string& conditions = "") {
  return fmt::format(
      R"(<m:MTConnectStreams xmlns:m="urn:x">{}<Streams><DeviceStream name="M1"><ComponentStream><Samples>{}</Samples><Events>{}</Events><Condition>{}</Condition></ComponentStream></DeviceStream></Streams></m:MTConnectStreams>)",
      header(n), samples, events, conditions);
}

inline std::string observation(const std::string& element, const std::string& item, std::uint64_t sequence,
                               const std::string& value, const std::string& more = "") {
  return fmt::format(R"(<{} dataItemId="{}" sequence="{}" timestamp="2026-03-01T06:00:{:02}Z" {}>{}</{}>)", element,
                     item, sequence, sequence % 60, more, value, element);
}

}  // namespace hanse::connectors::mtconnect::internal
