#pragma once

#include <string>

#include "connectors/opcua/codec/types.hpp"

namespace hanse::connectors::opcua {

/// Status codes that are acted upon, or that people meet. Source: OPC 10000-6, A.2.
namespace status {
inline constexpr StatusCode kGood{0};
inline constexpr StatusCode kBadUnexpectedError{0x80010000};
inline constexpr StatusCode kBadCommunicationError{0x80050000};
inline constexpr StatusCode kBadDecodingError{0x80070000};
inline constexpr StatusCode kBadEncodingLimitsExceeded{0x80080000};
inline constexpr StatusCode kBadTimeout{0x800A0000};
inline constexpr StatusCode kBadServiceUnsupported{0x800B0000};
inline constexpr StatusCode kBadShutdown{0x800C0000};
inline constexpr StatusCode kBadNothingToDo{0x800F0000};
inline constexpr StatusCode kBadTooManyOperations{0x80100000};
inline constexpr StatusCode kBadSecurityChecksFailed{0x80130000};
inline constexpr StatusCode kBadCertificateUntrusted{0x801A0000};
inline constexpr StatusCode kBadUserAccessDenied{0x801F0000};
inline constexpr StatusCode kBadIdentityTokenRejected{0x80210000};
inline constexpr StatusCode kBadSecureChannelIdInvalid{0x80220000};
inline constexpr StatusCode kBadSessionIdInvalid{0x80250000};
inline constexpr StatusCode kBadSessionClosed{0x80260000};
inline constexpr StatusCode kBadSessionNotActivated{0x80270000};
inline constexpr StatusCode kBadSubscriptionIdInvalid{0x80280000};
inline constexpr StatusCode kBadNoCommunication{0x80310000};
inline constexpr StatusCode kBadWaitingForInitialData{0x80320000};
inline constexpr StatusCode kBadNodeIdUnknown{0x80340000};
inline constexpr StatusCode kBadMonitoredItemFilterUnsupported{0x80440000};
inline constexpr StatusCode kBadFilterNotAllowed{0x80450000};
inline constexpr StatusCode kBadNoContinuationPoints{0x804B0000};
inline constexpr StatusCode kBadTooManyPublishRequests{0x80780000};
inline constexpr StatusCode kBadNoSubscription{0x80790000};
inline constexpr StatusCode kBadMessageNotAvailable{0x807B0000};
inline constexpr StatusCode kBadTcpMessageTooLarge{0x80800000};
inline constexpr StatusCode kBadDeadbandFilterInvalid{0x808E0000};
inline constexpr StatusCode kBadConnectionClosed{0x80AE0000};
inline constexpr StatusCode kBadRequestTooLarge{0x80B80000};
inline constexpr StatusCode kBadResponseTooLarge{0x80B90000};
}  // namespace status

/// `BadNodeIdUnknown: there is no such node`, or the number of an unknown one.
std::string to_string(StatusCode code);

/// True when less at once may succeed: halve the batch.
bool asks_for_less(StatusCode code);

}  // namespace hanse::connectors::opcua
