#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "connectors/opcua/internal/hex.hpp"

namespace hanse::connectors::opcua::internal {

struct RecordedChunk {
  bool from_client = false;
  std::string bytes;
};

struct RecordedSession {
  std::vector<RecordedChunk> chunks;
  std::map<std::string, std::string> keys;  ///< Empty for a plain one.
};

inline RecordedSession read_recording(const std::string& path) {
  RecordedSession session;
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    const auto document = JsonDocument::parse(line);
    if (!document) continue;
    const auto root = document->root();
    if (const auto hex = root.find("hex")) {
      session.chunks.push_back(
          {.from_client = root.find("dir")->string() == "client", .bytes = from_hex(hex->string())});
    } else {
      for (std::size_t i = 0; i < root.size(); ++i) {
        const auto [name, value] = root.member(i);
        session.keys[std::string{name}] = from_hex(value.string());
      }
    }
  }
  return session;
}

}  // namespace hanse::connectors::opcua::internal
