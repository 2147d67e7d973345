#pragma once

#include <cstdint>
#include <string_view>

#include "connectors/opcua/codec/status.hpp"

namespace hanse::connectors::opcua {

inline constexpr std::string_view kBinaryTransport =
    "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";  ///< OPC 10000-7, 6.6.2
inline constexpr std::string_view kProductUri = "urn:hanse:node";
inline constexpr std::uint32_t kValueAttribute = 13;  ///< OPC 10000-6, A.1
inline constexpr StatusCode kBadAttributeIdInvalid{0x80350000}, kBadTimestampsInvalid{0x802B0000};

}  // namespace hanse::connectors::opcua
