#include "node/replay/replay.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "node/replay/player.hpp"

namespace hanse::node::replay {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileBytesMax = 1U << 30;

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error)
    return fail(ErrorCode::not_found,
                fmt::format("the recording '{}' can't be read: {}", path.string(), error.message()));
  if (bytes > kFileBytesMax)
    return fail(ErrorCode::too_large, fmt::format("the recording '{}' has over 1 GiB; cut it", path.string()));
  std::ifstream file{path, std::ios::binary};
  std::string text(bytes, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes))) {
    return fail(ErrorCode::unavailable, fmt::format("the recording '{}' can't be read", path.string()));
  }
  return text;
}

Result<std::vector<std::string>> read_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{folder, error}) {
    const auto extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".http" || extension == ".xml")) files.push_back(entry.path());
  }
  if (files.empty())
    return fail(ErrorCode::invalid, fmt::format("the folder '{}' has no .http or .xml file", folder.string()));
  std::sort(files.begin(), files.end());
  std::vector<std::string> answers;
  for (const auto& file : files) {
    HANSE_TRY(auto text, read_file(file));
    answers.push_back(std::move(text));
  }
  return answers;
}

Result<RecordingKind> kind_of(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const auto rest = begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
  if (rest.starts_with("HTTP/") || rest.starts_with('<')) return RecordingKind::mtconnect;
  const auto line = trim(rest.substr(0, rest.find('\n')));
  if (line.starts_with('{')) {
    const auto first = JsonDocument::parse(line);
    if (first && first->root().find("topic")) return RecordingKind::mqtt;
    if (first && (first->root().find("dir") || first->root().find("settings"))) return RecordingKind::modbus;
  } else if (line.find('|') != std::string_view::npos || line.starts_with("* ")) {
    return RecordingKind::shdr;
  }
  return fail(
      ErrorCode::invalid,
      "the recording is of no known kind: SHDR lines, an agent's answers (XML or HTTP, also a folder of them), or "
      "JSON lines with topic and hex (MQTT) or t, dir and hex (Modbus)");
}

/// Writes each sample as one JSON line.
class FileSink final : public connectors::Sink {
 public:
  explicit FileSink(std::FILE* file) : file_(file) {}
  std::vector<signal::SignalId> declare(std::span<const connectors::Declaration> declarations) override {
    std::vector<signal::SignalId> numbers;
    for (const auto& declaration : declarations) {
      const auto [at, fresh] = numbers_.try_emplace(declaration.address, addresses_.size() + 1);
      if (fresh) addresses_.push_back(declaration.address);
      numbers.push_back(signal::SignalId{static_cast<std::uint32_t>(at->second)});
    }
    return numbers;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      std::string line = R"({"address":)";
      json::append_string(line, addresses_[static_cast<std::size_t>(sample.signal) - 1]);
      line += fmt::format(R"(,"time":"{}","type":"{}","quality":"{}","value":)", to_string(sample.time),
                          describe::enum_name(sample.type), describe::enum_name(sample.quality));
      switch (sample.type) {
        case signal::ValueType::null:
          line += "null";
          break;
        case signal::ValueType::real:
          json::append_real(line, sample.real());
          break;
        case signal::ValueType::integer:
          json::append_integer(line, sample.integer());
          break;
        case signal::ValueType::boolean:
          line += sample.boolean() ? "true" : "false";
          break;
        case signal::ValueType::text:
          json::append_string(line, batch.text(sample));
          break;
      }
      fmt::print(file_, "{}}}\n", line);
    }
  }
  void notice(connectors::Notice notice) override { fmt::print(file_, "{{\"notice\":{}}}\n", to_json(notice)); }

 private:
  std::FILE* file_;
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> addresses_;
};

}  // namespace

Result<ReplayReport> replay(const ReplaySettings& settings, connectors::Sink& sink, const Waiting& wait) {
  if (!(settings.factor >= 0)) return fail(ErrorCode::invalid, "the factor must be 0 (at once) or more");
  Player player{settings, sink, wait};
  std::error_code error;
  if (fs::is_directory(settings.file, error)) {
    player.report().kind = RecordingKind::mtconnect;
    HANSE_TRY(const auto answers, read_folder(settings.file));
    HANSE_CHECK(play_agent(answers, player));
    return player.report();
  }
  HANSE_TRY(auto text, read_file(settings.file));
  HANSE_TRY(player.report().kind, kind_of(text));
  switch (player.report().kind) {
    case RecordingKind::shdr:
      HANSE_CHECK(play_shdr(text, player));
      break;
    case RecordingKind::mtconnect:
      HANSE_CHECK(play_agent({std::move(text)}, player));
      break;
    case RecordingKind::mqtt:
      HANSE_CHECK(play_mqtt(text, player));
      break;
    case RecordingKind::modbus:
      HANSE_CHECK(play_modbus(text, player));
      break;
  }
  return player.report();
}

Result<ReplayReport> replay_to_file(const ReplaySettings& settings, const std::string& path) {
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdout) std::fclose(file);
    }
  };
  const std::unique_ptr<std::FILE, Close> file{path == "-" ? stdout : std::fopen(path.c_str(), "w")};
  if (!file) return fail(ErrorCode::unavailable, fmt::format("'{}' can't be written", path));
  FileSink sink{file.get()};
  HANSE_TRY(auto report, replay(settings, sink, [](Duration) { return true; }));
  if (std::fflush(file.get()) != 0) return fail(ErrorCode::unavailable, fmt::format("'{}' can't be written", path));
  return report;
}

}  // namespace hanse::node::replay
