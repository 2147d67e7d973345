#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "connectors/mtconnect/agent_session.hpp"
#include "connectors/recording_sink.hpp"

// One input is the agent's answers in turn, separated by a zero byte: probe, current, samples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse;
  using namespace hanse::connectors;
  using namespace hanse::connectors::mtconnect;
  RecordingSink sink;
  Translator translator{sink};
  AgentSession session{{}, translator, sink};
  session.begin();
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  Timestamp now{1'000'000};
  for (int answers = 0; answers < 50 && !rest.empty(); ++answers) {
    const auto end = rest.find('\0');
    const auto text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    static_cast<void>(session.request());
    auto document = parse_document(std::string{text});
    now += 1s;
    const auto next =
        document ? session.on_document(std::move(*document), now) : session.on_corrupt(document.error(), text, now);
    if (!next) break;
  }
  session.on_lost(now);
  return 0;
}
