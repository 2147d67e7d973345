#pragma once

#include "connectors/opcua/codec/structures.hpp"

// The services a client asks for: each request names its response. Source: OPC 10000-4; ids: OPC 10000-6, A.

namespace hanse::connectors::opcua {

enum class SecurityTokenRequestType : std::int32_t { issue, renew };

struct ChannelSecurityToken {
  std::uint32_t channel_id = 0, token_id = 0;
  DateTime created_at;
  std::uint32_t revised_lifetime_ms = 0;
};
HANSE_DESCRIBE(ChannelSecurityToken, (channel_id, token_id, created_at, revised_lifetime_ms))

struct OpenSecureChannelResponse {
  static constexpr std::uint32_t kBinaryId = 449;
  ResponseHeader header;
  std::uint32_t server_protocol_version = 0;
  ChannelSecurityToken security_token;
  ByteString server_nonce;
};
HANSE_DESCRIBE(OpenSecureChannelResponse, (header, server_protocol_version, security_token, server_nonce))
struct OpenSecureChannelRequest {
  static constexpr std::uint32_t kBinaryId = 446;
  using Response = OpenSecureChannelResponse;
  RequestHeader header;
  std::uint32_t client_protocol_version = 0;
  SecurityTokenRequestType request_type = SecurityTokenRequestType::issue;
  MessageSecurityMode security_mode = MessageSecurityMode::none;
  ByteString client_nonce;
  std::uint32_t requested_lifetime_ms = 0;
};
HANSE_DESCRIBE(OpenSecureChannelRequest,
               (header, client_protocol_version, request_type, security_mode, client_nonce, requested_lifetime_ms))

struct CloseSecureChannelRequest {
  static constexpr std::uint32_t kBinaryId = 452;
  RequestHeader header;
};
HANSE_DESCRIBE(CloseSecureChannelRequest, (header))

struct FindServersResponse {
  static constexpr std::uint32_t kBinaryId = 425;
  ResponseHeader header;
  Array<ApplicationDescription> servers;
};
HANSE_DESCRIBE(FindServersResponse, (header, servers))
struct FindServersRequest {
  static constexpr std::uint32_t kBinaryId = 422;
  using Response = FindServersResponse;
  RequestHeader header;
  String endpoint_url;
  Array<String> locale_ids, server_uris;
};
HANSE_DESCRIBE(FindServersRequest, (header, endpoint_url, locale_ids, server_uris))

struct GetEndpointsResponse {
  static constexpr std::uint32_t kBinaryId = 431;
  ResponseHeader header;
  Array<EndpointDescription> endpoints;
};
HANSE_DESCRIBE(GetEndpointsResponse, (header, endpoints))
struct GetEndpointsRequest {
  static constexpr std::uint32_t kBinaryId = 428;
  using Response = GetEndpointsResponse;
  RequestHeader header;
  String endpoint_url;
  Array<String> locale_ids, profile_uris;
};
HANSE_DESCRIBE(GetEndpointsRequest, (header, endpoint_url, locale_ids, profile_uris))

struct CreateSessionResponse {
  static constexpr std::uint32_t kBinaryId = 464;
  ResponseHeader header;
  NodeId session_id, authentication_token;
  double revised_session_timeout_ms = 0;
  ByteString server_nonce, server_certificate;
  Array<EndpointDescription> server_endpoints;
  Array<SignedSoftwareCertificate> server_software_certificates;
  SignatureData server_signature;
  std::uint32_t max_request_message_size = 0;
};
HANSE_DESCRIBE(CreateSessionResponse,
               (header, session_id, authentication_token, revised_session_timeout_ms, server_nonce, server_certificate,
                server_endpoints, server_software_certificates, server_signature, max_request_message_size))
struct CreateSessionRequest {
  static constexpr std::uint32_t kBinaryId = 461;
  using Response = CreateSessionResponse;
  RequestHeader header;
  ApplicationDescription client_description;
  String server_uri, endpoint_url, session_name;
  ByteString client_nonce, client_certificate;
  double requested_session_timeout_ms = 0;
  std::uint32_t max_response_message_size = 0;
};
HANSE_DESCRIBE(CreateSessionRequest, (header, client_description, server_uri, endpoint_url, session_name, client_nonce,
                                      client_certificate, requested_session_timeout_ms, max_response_message_size))

struct ActivateSessionResponse {
  static constexpr std::uint32_t kBinaryId = 470;
  ResponseHeader header;
  ByteString server_nonce;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(ActivateSessionResponse, (header, server_nonce, results, diagnostics))
struct ActivateSessionRequest {
  static constexpr std::uint32_t kBinaryId = 467;
  using Response = ActivateSessionResponse;
  RequestHeader header;
  SignatureData client_signature;
  Array<SignedSoftwareCertificate> client_software_certificates;
  Array<String> locale_ids;
  ExtensionObject user_identity_token;
  SignatureData user_token_signature;
};
HANSE_DESCRIBE(ActivateSessionRequest, (header, client_signature, client_software_certificates, locale_ids,
                                        user_identity_token, user_token_signature))

struct CloseSessionResponse {
  static constexpr std::uint32_t kBinaryId = 476;
  ResponseHeader header;
};
HANSE_DESCRIBE(CloseSessionResponse, (header))
struct CloseSessionRequest {
  static constexpr std::uint32_t kBinaryId = 473;
  using Response = CloseSessionResponse;
  RequestHeader header;
  bool delete_subscriptions = true;
};
HANSE_DESCRIBE(CloseSessionRequest, (header, delete_subscriptions))

struct BrowseResponse {
  static constexpr std::uint32_t kBinaryId = 530;
  ResponseHeader header;
  Array<BrowseResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(BrowseResponse, (header, results, diagnostics))
struct BrowseRequest {
  static constexpr std::uint32_t kBinaryId = 527;
  using Response = BrowseResponse;
  RequestHeader header;
  ViewDescription view;
  std::uint32_t max_references_per_node = 0;
  Array<BrowseDescription> nodes;
};
HANSE_DESCRIBE(BrowseRequest, (header, view, max_references_per_node, nodes))

struct BrowseNextResponse {
  static constexpr std::uint32_t kBinaryId = 536;
  ResponseHeader header;
  Array<BrowseResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(BrowseNextResponse, (header, results, diagnostics))
struct BrowseNextRequest {
  static constexpr std::uint32_t kBinaryId = 533;
  using Response = BrowseNextResponse;
  RequestHeader header;
  bool release = false;
  Array<ByteString> continuation_points;
};
HANSE_DESCRIBE(BrowseNextRequest, (header, release, continuation_points))

struct TranslateBrowsePathsResponse {
  static constexpr std::uint32_t kBinaryId = 557;
  ResponseHeader header;
  Array<BrowsePathResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(TranslateBrowsePathsResponse, (header, results, diagnostics))
struct TranslateBrowsePathsRequest {
  static constexpr std::uint32_t kBinaryId = 554;
  using Response = TranslateBrowsePathsResponse;
  RequestHeader header;
  Array<BrowsePath> paths;
};
HANSE_DESCRIBE(TranslateBrowsePathsRequest, (header, paths))

struct RegisterNodesResponse {
  static constexpr std::uint32_t kBinaryId = 563;
  ResponseHeader header;
  Array<NodeId> nodes;
};
HANSE_DESCRIBE(RegisterNodesResponse, (header, nodes))
struct RegisterNodesRequest {
  static constexpr std::uint32_t kBinaryId = 560;
  using Response = RegisterNodesResponse;
  RequestHeader header;
  Array<NodeId> nodes;
};
HANSE_DESCRIBE(RegisterNodesRequest, (header, nodes))

struct ReadResponse {
  static constexpr std::uint32_t kBinaryId = 634;
  ResponseHeader header;
  Array<DataValue> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(ReadResponse, (header, results, diagnostics))
struct ReadRequest {
  static constexpr std::uint32_t kBinaryId = 631;
  using Response = ReadResponse;
  RequestHeader header;
  double max_age_ms = 0;
  TimestampsToReturn timestamps = TimestampsToReturn::both;
  Array<ReadValueId> nodes;
};
HANSE_DESCRIBE(ReadRequest, (header, max_age_ms, timestamps, nodes))

struct WriteResponse {
  static constexpr std::uint32_t kBinaryId = 676;
  ResponseHeader header;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(WriteResponse, (header, results, diagnostics))
struct WriteRequest {
  static constexpr std::uint32_t kBinaryId = 673;
  using Response = WriteResponse;
  RequestHeader header;
  Array<WriteValue> nodes;
};
HANSE_DESCRIBE(WriteRequest, (header, nodes))

struct HistoryReadResponse {
  static constexpr std::uint32_t kBinaryId = 667;
  ResponseHeader header;
  Array<HistoryReadResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(HistoryReadResponse, (header, results, diagnostics))
struct HistoryReadRequest {
  static constexpr std::uint32_t kBinaryId = 664;
  using Response = HistoryReadResponse;
  RequestHeader header;
  ExtensionObject details;
  TimestampsToReturn timestamps = TimestampsToReturn::source;
  bool release_continuation_points = false;
  Array<HistoryReadValueId> nodes;
};
HANSE_DESCRIBE(HistoryReadRequest, (header, details, timestamps, release_continuation_points, nodes))

struct CallResponse {
  static constexpr std::uint32_t kBinaryId = 715;
  ResponseHeader header;
  Array<CallMethodResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(CallResponse, (header, results, diagnostics))
struct CallRequest {
  static constexpr std::uint32_t kBinaryId = 712;
  using Response = CallResponse;
  RequestHeader header;
  Array<CallMethodRequest> methods;
};
HANSE_DESCRIBE(CallRequest, (header, methods))

struct CreateMonitoredItemsResponse {
  static constexpr std::uint32_t kBinaryId = 754;
  ResponseHeader header;
  Array<MonitoredItemCreateResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(CreateMonitoredItemsResponse, (header, results, diagnostics))
struct CreateMonitoredItemsRequest {
  static constexpr std::uint32_t kBinaryId = 751;
  using Response = CreateMonitoredItemsResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0;
  TimestampsToReturn timestamps = TimestampsToReturn::both;
  Array<MonitoredItemCreateRequest> items;
};
HANSE_DESCRIBE(CreateMonitoredItemsRequest, (header, subscription_id, timestamps, items))

struct CreateSubscriptionResponse {
  static constexpr std::uint32_t kBinaryId = 790;
  ResponseHeader header;
  std::uint32_t subscription_id = 0;
  double revised_publishing_interval_ms = 0;
  std::uint32_t revised_lifetime_count = 0, revised_max_keep_alive_count = 0;
};
HANSE_DESCRIBE(CreateSubscriptionResponse, (header, subscription_id, revised_publishing_interval_ms,
                                            revised_lifetime_count, revised_max_keep_alive_count))
struct CreateSubscriptionRequest {
  static constexpr std::uint32_t kBinaryId = 787;
  using Response = CreateSubscriptionResponse;
  RequestHeader header;
  double publishing_interval_ms = 0;
  std::uint32_t lifetime_count = 0, max_keep_alive_count = 0, max_notifications_per_publish = 0;
  bool publishing_enabled = true;
  std::uint8_t priority = 0;
};
HANSE_DESCRIBE(CreateSubscriptionRequest, (header, publishing_interval_ms, lifetime_count, max_keep_alive_count,
                                           max_notifications_per_publish, publishing_enabled, priority))

struct DeleteSubscriptionsResponse {
  static constexpr std::uint32_t kBinaryId = 850;
  ResponseHeader header;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(DeleteSubscriptionsResponse, (header, results, diagnostics))
struct DeleteSubscriptionsRequest {
  static constexpr std::uint32_t kBinaryId = 847;
  using Response = DeleteSubscriptionsResponse;
  RequestHeader header;
  Array<std::uint32_t> subscription_ids;
};
HANSE_DESCRIBE(DeleteSubscriptionsRequest, (header, subscription_ids))

struct PublishResponse {
  static constexpr std::uint32_t kBinaryId = 829;
  ResponseHeader header;
  std::uint32_t subscription_id = 0;
  Array<std::uint32_t> available_sequence_numbers;
  bool more_notifications = false;
  NotificationMessage message;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(PublishResponse,
               (header, subscription_id, available_sequence_numbers, more_notifications, message, results, diagnostics))
struct PublishRequest {
  static constexpr std::uint32_t kBinaryId = 826;
  using Response = PublishResponse;
  RequestHeader header;
  Array<SubscriptionAcknowledgement> acknowledgements;
};
HANSE_DESCRIBE(PublishRequest, (header, acknowledgements))

struct RepublishResponse {
  static constexpr std::uint32_t kBinaryId = 835;
  ResponseHeader header;
  NotificationMessage message;
};
HANSE_DESCRIBE(RepublishResponse, (header, message))
struct RepublishRequest {
  static constexpr std::uint32_t kBinaryId = 832;
  using Response = RepublishResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0, retransmit_sequence_number = 0;
};
HANSE_DESCRIBE(RepublishRequest, (header, subscription_id, retransmit_sequence_number))

struct TransferSubscriptionsResponse {
  static constexpr std::uint32_t kBinaryId = 844;
  ResponseHeader header;
  Array<TransferResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(TransferSubscriptionsResponse, (header, results, diagnostics))
struct TransferSubscriptionsRequest {
  static constexpr std::uint32_t kBinaryId = 841;
  using Response = TransferSubscriptionsResponse;
  RequestHeader header;
  Array<std::uint32_t> subscription_ids;
  bool send_initial_values = true;
};
HANSE_DESCRIBE(TransferSubscriptionsRequest, (header, subscription_ids, send_initial_values))

/// Calls `f.template operator()<Message>()` for each message above: what tests and fuzz targets go through.
template <class F>
void for_each_message(F&& f) {
  const auto all = [&]<class... Messages>(boost::mp11::mp_list<Messages...>) {
    (f.template operator()<Messages>(), ...);
  };
  all(boost::mp11::mp_list<
      ServiceFault, OpenSecureChannelRequest, OpenSecureChannelResponse, CloseSecureChannelRequest, FindServersRequest,
      FindServersResponse, GetEndpointsRequest, GetEndpointsResponse, CreateSessionRequest, CreateSessionResponse,
      ActivateSessionRequest, ActivateSessionResponse, CloseSessionRequest, CloseSessionResponse, BrowseRequest,
      BrowseResponse, BrowseNextRequest, BrowseNextResponse, TranslateBrowsePathsRequest, TranslateBrowsePathsResponse,
      RegisterNodesRequest, RegisterNodesResponse, ReadRequest, ReadResponse, WriteRequest, WriteResponse,
      HistoryReadRequest, HistoryReadResponse, CallRequest, CallResponse, CreateMonitoredItemsRequest,
      CreateMonitoredItemsResponse, CreateSubscriptionRequest, CreateSubscriptionResponse, DeleteSubscriptionsRequest,
      DeleteSubscriptionsResponse, PublishRequest, PublishResponse, RepublishRequest, RepublishResponse,
      TransferSubscriptionsRequest, TransferSubscriptionsResponse>{});
}

}  // namespace hanse::connectors::opcua
