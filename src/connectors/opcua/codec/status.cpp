#include "connectors/opcua/codec/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::connectors::opcua {
namespace {

struct Entry {
  std::uint32_t code;
  std::string_view name;
  std::string_view sentence;  ///< What a plant engineer makes of it; may be empty.
};

constexpr Entry kEntries[] = {
    {0x00000000, "Good", ""},
    {0x002D0000, "GoodSubscriptionTransferred", "the subscription belongs to another session now"},
    {0x00960000, "GoodLocalOverride", "somebody set the value by hand"},
    {0x40900000, "UncertainLastUsableValue", "the source is gone; this was its last value"},
    {0x40920000, "UncertainInitialValue", "the value was never updated"},
    {0x40940000, "UncertainEngineeringUnitsExceeded", "the value is outside its range"},
    {0x80010000, "BadUnexpectedError", "the server met an error that it doesn't explain"},
    {0x80020000, "BadInternalError", "the server has an internal error"},
    {0x80030000, "BadOutOfMemory", "the server is out of memory"},
    {0x80050000, "BadCommunicationError", "the communication broke"},
    {0x80070000, "BadDecodingError", "the message could not be read"},
    {0x80080000, "BadEncodingLimitsExceeded", "the message is over a limit"},
    {0x80090000, "BadRequestTooLarge", "the request is too large"},
    {0x800A0000, "BadTimeout", "there was no answer in time"},
    {0x800B0000, "BadServiceUnsupported", "the server doesn't offer this service"},
    {0x800C0000, "BadShutdown", "the server is shutting down"},
    {0x800D0000, "BadServerNotConnected", "the server is not connected"},
    {0x800E0000, "BadServerHalted", "the server has stopped"},
    {0x800F0000, "BadNothingToDo", "the request asks for nothing"},
    {0x80100000, "BadTooManyOperations", "the request asks for too much at once"},
    {0x80110000, "BadDataTypeIdUnknown", "the server doesn't know this data type"},
    {0x80120000, "BadCertificateInvalid", "the server can't use our certificate"},
    {0x80130000, "BadSecurityChecksFailed",
     "the server refuses us and doesn't say why; most often it doesn't trust our certificate yet"},
    {0x80140000, "BadCertificateTimeInvalid", "a certificate has expired or is not valid yet; compare the clocks"},
    {0x80160000, "BadCertificateHostNameInvalid", "the certificate names another host"},
    {0x80170000, "BadCertificateUriInvalid", "the certificate names another application"},
    {0x80180000, "BadCertificateUseNotAllowed", "the certificate is not meant for this use"},
    {0x801A0000, "BadCertificateUntrusted", "the server doesn't trust our certificate yet: accept it there"},
    {0x801F0000, "BadUserAccessDenied", "the user may not do this, or the password is wrong"},
    {0x80200000, "BadIdentityTokenInvalid", "the server can't use this kind of log-in"},
    {0x80210000, "BadIdentityTokenRejected", "the server refuses the user or the password"},
    {0x80220000, "BadSecureChannelIdInvalid", "the server doesn't know this secure channel"},
    {0x80240000, "BadNonceInvalid", "the server refuses our random number"},
    {0x80250000, "BadSessionIdInvalid", "the server doesn't know this session"},
    {0x80260000, "BadSessionClosed", "the session was closed"},
    {0x80270000, "BadSessionNotActivated", "the session is not active"},
    {0x80280000, "BadSubscriptionIdInvalid", "the server doesn't know this subscription"},
    {0x80310000, "BadNoCommunication", "the server has lost the device behind this value"},
    {0x80320000, "BadWaitingForInitialData", "no value yet"},
    {0x80330000, "BadNodeIdInvalid", "this is no node id that the server understands"},
    {0x80340000, "BadNodeIdUnknown", "there is no such node"},
    {0x80350000, "BadAttributeIdInvalid", "the node has no such attribute"},
    {0x803A0000, "BadNotReadable", "the value may not be read"},
    {0x803B0000, "BadNotWritable", "the value may not be written"},
    {0x803C0000, "BadOutOfRange", "the value is out of range"},
    {0x803D0000, "BadNotSupported", "the server doesn't support this"},
    {0x803E0000, "BadNotFound", "nothing was found"},
    {0x80440000, "BadMonitoredItemFilterUnsupported", "the server can't filter this value"},
    {0x80450000, "BadFilterNotAllowed", "the server allows no filter here"},
    {0x804A0000, "BadContinuationPointInvalid", "the server forgot where a browse was"},
    {0x804B0000, "BadNoContinuationPoints", "the server has too many browses open"},
    {0x80540000, "BadSecurityModeRejected", "the server refuses this security mode"},
    {0x80550000, "BadSecurityPolicyRejected", "the server refuses this security policy"},
    {0x80560000, "BadTooManySessions", "the server has no session left; old ones end by their time limit"},
    {0x80570000, "BadUserSignatureInvalid", "the server refuses the user's signature"},
    {0x80580000, "BadApplicationSignatureInvalid", "the server refuses our signature"},
    {0x80590000, "BadNoValidCertificates", "the server wants a certificate that we don't have"},
    {0x80730000, "BadWriteNotSupported", "the server can't write this combination"},
    {0x80740000, "BadTypeMismatch", "the value has another type"},
    {0x80770000, "BadTooManySubscriptions", "the server has no subscription left"},
    {0x80780000, "BadTooManyPublishRequests", "the server holds enough publish requests"},
    {0x80790000, "BadNoSubscription", "there is no subscription in this session"},
    {0x807A0000, "BadSequenceNumberUnknown", "the notification is acknowledged already"},
    {0x807B0000, "BadMessageNotAvailable", "the server doesn't keep this notification any more"},
    {0x807D0000, "BadTcpServerTooBusy", "the server is too busy"},
    {0x807E0000, "BadTcpMessageTypeInvalid", "the server doesn't know this message"},
    {0x80800000, "BadTcpMessageTooLarge", "the message is too large for the server"},
    {0x80820000, "BadTcpInternalError", "the server has an internal error"},
    {0x80830000, "BadTcpEndpointUrlInvalid", "the server doesn't know this path of the address"},
    {0x80880000, "BadSequenceNumberInvalid", "a message was lost or repeated"},
    {0x808A0000, "BadNotConnected", "the device behind this value is not connected"},
    {0x808B0000, "BadDeviceFailure", "the device behind this value has failed"},
    {0x808C0000, "BadSensorFailure", "the sensor has failed"},
    {0x808D0000, "BadOutOfService", "the source is out of service"},
    {0x808E0000, "BadDeadbandFilterInvalid", "the server can't filter this value by a deadband"},
    {0x80AC0000, "BadConnectionRejected", "the server refused the connection"},
    {0x80AE0000, "BadConnectionClosed", "the connection was closed"},
    {0x80B70000, "BadMaxConnectionsReached", "the server has no connection left"},
    {0x80B80000, "BadRequestTooLarge", "the request is too large for the server"},
    {0x80B90000, "BadResponseTooLarge", "the answer would be too large"},
    {0x80DB0000, "BadTooManyMonitoredItems", "the server has no monitored item left"},
};

const Entry* find(StatusCode code) {
  const auto found = std::ranges::find(kEntries, code.kind(), &Entry::code);
  return found == std::end(kEntries) ? nullptr : found;
}

}  // namespace

std::string to_string(StatusCode code) {
  const auto* entry = find(code);
  if (!entry) return fmt::format("status 0x{:08X}", code.code);
  if (entry->sentence.empty()) return std::string{entry->name};
  return fmt::format("{}: {}", entry->name, entry->sentence);
}

bool asks_for_less(StatusCode code) {
  const auto kind = code.kind();
  return kind == status::kBadTooManyOperations.code || kind == status::kBadTcpMessageTooLarge.code ||
         kind == status::kBadRequestTooLarge.code || kind == status::kBadResponseTooLarge.code ||
         kind == status::kBadEncodingLimitsExceeded.code || kind == 0x80090000;
}

}  // namespace hanse::connectors::opcua
