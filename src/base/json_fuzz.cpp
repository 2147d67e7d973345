#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "base/json.hpp"

namespace hanse {

struct FuzzInner {
  std::string name;
  std::optional<double> value;
  std::vector<Timestamp> times;
};
HANSE_DESCRIBE(FuzzInner, (name, value, times))
struct FuzzRecord {
  std::int64_t count = 0;
  std::vector<FuzzInner> list;
  std::map<std::string, FuzzInner> named;
  RawJson raw;
};
HANSE_DESCRIBE(FuzzRecord, (count, list, named, raw))

}  // namespace hanse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  // What was read and written once reads the same again.
  if (const auto record = hanse::from_json<hanse::FuzzRecord>(text, hanse::UnknownMembers::ignore)) {
    const std::string written = hanse::to_json(*record);
    const auto again = hanse::from_json<hanse::FuzzRecord>(written);
    HANSE_ASSERT(again && hanse::to_json(*again) == written);
  }
  return 0;
}
