#pragma once

#include <cstddef>

namespace hanse::connectors::mtconnect {

inline constexpr std::size_t kDocumentBytesMax = 64U << 20;  ///< Of one answer or one part of a stream.
inline constexpr std::size_t kSampleBytesMax = 200;          ///< Of a wrong message, kept to be shown.

}  // namespace hanse::connectors::mtconnect
