#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "connectors/mtconnect/adapter_session.hpp"
#include "connectors/recording_sink.hpp"

namespace {

using namespace hanse;
using namespace hanse::connectors;
using namespace hanse::connectors::mtconnect;

/// What the session made of the bytes, cut into pieces of `piece`.
std::vector<RecordingSink::Value> read(std::string_view bytes, std::size_t piece) {
  RecordingSink sink;
  Translator translator{sink};
  AdapterOptions options{.device = "m"};
  options.model = {Device{
      .id = "d",
      .name = "d",
      .items = {{.id = "c", .name = "c", .category = Category::condition},
                {.id = "s", .name = "s", .category = Category::sample, .representation = Representation::time_series},
                {.id = "t", .name = "t", .representation = Representation::table},
                {.id = "e", .name = "e", .representation = Representation::data_set}}}};
  AdapterSession session{std::move(options), translator, sink};
  session.begin({});
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    session.on_bytes(bytes.substr(at, piece), Timestamp{1}, Duration{1});
    static_cast<void>(session.step(Duration{2}));
  }
  session.on_lost(Timestamp{3});
  return std::move(sink.values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  // However the bytes are cut, they say the same.
  const auto whole = read(bytes, std::max<std::size_t>(size, 1)), pieces = read(bytes, 7);
  HANSE_ASSERT(whole.size() == pieces.size());
  for (std::size_t i = 0; i < whole.size(); ++i)
    HANSE_ASSERT(whole[i].text == pieces[i].text && whole[i].address == pieces[i].address);
  return 0;
}
