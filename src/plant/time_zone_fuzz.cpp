#include <cstddef>
#include <cstdint>

#include "plant/time_zone.hpp"

/// Any bytes as a TZif file and as a POSIX rule: an error or a zone that answers for any time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (const auto zone = hanse::plant::TimeZone::parse(bytes)) {
    for (const std::int64_t second :
         std::initializer_list<std::int64_t>{-5'000'000'000, 0, 1'782'000'000, 9'000'000'000}) {
      const hanse::Timestamp time{second * 1'000'000'000};
      static_cast<void>(zone->to_utc(zone->to_local(time)));
    }
  }
  static_cast<void>(hanse::plant::TimeZone::parse_rule(bytes));
  return 0;
}
