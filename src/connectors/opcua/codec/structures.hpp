#pragma once

#include "connectors/opcua/codec/types.hpp"

// Structures that services share, members in wire order (OPC 10000-4 and 10000-6). `kBinaryId` is the id of the binary
// encoding in namespace 0.

namespace hanse::connectors::opcua {

enum class MessageSecurityMode : std::int32_t { invalid, none, sign, sign_and_encrypt };
enum class UserTokenType : std::int32_t { anonymous, user_name, certificate, issued };
enum class ApplicationType : std::int32_t { server, client, client_and_server, discovery };
enum class NodeClass : std::int32_t {
  unspecified = 0,
  object = 1,
  variable = 2,
  method = 4,
  object_type = 8,
  variable_type = 16,
  reference_type = 32,
  data_type = 64,
  view = 128
};

struct RequestHeader {
  NodeId authentication_token;
  DateTime timestamp;
  std::uint32_t request_handle = 0, return_diagnostics = 0;
  String audit_entry_id;
  std::uint32_t timeout_hint_ms = 0;
  ExtensionObject additional_header;
};
HANSE_DESCRIBE(RequestHeader, (authentication_token, timestamp, request_handle, return_diagnostics, audit_entry_id,
                               timeout_hint_ms, additional_header))

struct ResponseHeader {
  DateTime timestamp;
  std::uint32_t request_handle = 0;
  StatusCode service_result;
  DiagnosticInfo service_diagnostics;
  Array<String> string_table;
  ExtensionObject additional_header;
};
HANSE_DESCRIBE(ResponseHeader,
               (timestamp, request_handle, service_result, service_diagnostics, string_table, additional_header))

struct ServiceFault {
  static constexpr std::uint32_t kBinaryId = 397;
  ResponseHeader header;
};
HANSE_DESCRIBE(ServiceFault, (header))

struct ApplicationDescription {
  String application_uri, product_uri;
  LocalizedText application_name;
  ApplicationType application_type = ApplicationType::client;
  String gateway_server_uri, discovery_profile_uri;
  Array<String> discovery_urls;
};
HANSE_DESCRIBE(ApplicationDescription, (application_uri, product_uri, application_name, application_type,
                                        gateway_server_uri, discovery_profile_uri, discovery_urls))

struct UserTokenPolicy {
  String policy_id;
  UserTokenType token_type = UserTokenType::anonymous;
  String issued_token_type, issuer_endpoint_url, security_policy_uri;
};
HANSE_DESCRIBE(UserTokenPolicy, (policy_id, token_type, issued_token_type, issuer_endpoint_url, security_policy_uri))

struct EndpointDescription {
  String endpoint_url;
  ApplicationDescription server;
  ByteString server_certificate;
  MessageSecurityMode security_mode = MessageSecurityMode::invalid;
  String security_policy_uri;
  Array<UserTokenPolicy> user_identity_tokens;
  String transport_profile_uri;
  std::uint8_t security_level = 0;
};
HANSE_DESCRIBE(EndpointDescription, (endpoint_url, server, server_certificate, security_mode, security_policy_uri,
                                     user_identity_tokens, transport_profile_uri, security_level))

struct SignatureData {
  String algorithm;
  ByteString signature;
};
HANSE_DESCRIBE(SignatureData, (algorithm, signature))

struct SignedSoftwareCertificate {
  ByteString certificate_data, signature;
};
HANSE_DESCRIBE(SignedSoftwareCertificate, (certificate_data, signature))

struct AnonymousIdentityToken {
  static constexpr std::uint32_t kBinaryId = 321;
  String policy_id;
};
HANSE_DESCRIBE(AnonymousIdentityToken, (policy_id))

struct UserNameIdentityToken {
  static constexpr std::uint32_t kBinaryId = 324;
  String policy_id, user_name;
  ByteString password;
  String encryption_algorithm;
};
HANSE_DESCRIBE(UserNameIdentityToken, (policy_id, user_name, password, encryption_algorithm))

struct X509IdentityToken {
  static constexpr std::uint32_t kBinaryId = 327;
  String policy_id;
  ByteString certificate;
};
HANSE_DESCRIBE(X509IdentityToken, (policy_id, certificate))

struct ViewDescription {
  NodeId view_id;
  DateTime timestamp;
  std::uint32_t view_version = 0;
};
HANSE_DESCRIBE(ViewDescription, (view_id, timestamp, view_version))

enum class BrowseDirection : std::int32_t { forward, inverse, both };

struct BrowseDescription {
  NodeId node;
  BrowseDirection direction = BrowseDirection::forward;
  NodeId reference_type;
  bool include_subtypes = true;
  std::uint32_t node_class_mask = 0, result_mask = 63;
};
HANSE_DESCRIBE(BrowseDescription, (node, direction, reference_type, include_subtypes, node_class_mask, result_mask))

struct ReferenceDescription {
  NodeId reference_type;
  bool is_forward = true;
  ExpandedNodeId node;
  QualifiedName browse_name;
  LocalizedText display_name;
  NodeClass node_class = NodeClass::unspecified;
  ExpandedNodeId type_definition;
};
HANSE_DESCRIBE(ReferenceDescription,
               (reference_type, is_forward, node, browse_name, display_name, node_class, type_definition))

struct BrowseResult {
  StatusCode status;
  ByteString continuation_point;
  Array<ReferenceDescription> references;
};
HANSE_DESCRIBE(BrowseResult, (status, continuation_point, references))

struct RelativePathElement {
  NodeId reference_type;
  bool is_inverse = false, include_subtypes = true;
  QualifiedName target_name;
};
HANSE_DESCRIBE(RelativePathElement, (reference_type, is_inverse, include_subtypes, target_name))

struct BrowsePath {
  NodeId starting_node;
  Array<RelativePathElement> elements;
};
HANSE_DESCRIBE(BrowsePath, (starting_node, elements))

struct BrowsePathTarget {
  static constexpr std::uint32_t kComplete = 0xFFFFFFFF;
  ExpandedNodeId target;
  std::uint32_t remaining_path_index = kComplete;
};
HANSE_DESCRIBE(BrowsePathTarget, (target, remaining_path_index))

struct BrowsePathResult {
  StatusCode status;
  Array<BrowsePathTarget> targets;
};
HANSE_DESCRIBE(BrowsePathResult, (status, targets))

struct ReadValueId {
  NodeId node;
  std::uint32_t attribute = 13;
  String index_range;
  QualifiedName data_encoding;
};
HANSE_DESCRIBE(ReadValueId, (node, attribute, index_range, data_encoding))

struct WriteValue {
  NodeId node;
  std::uint32_t attribute = 13;
  String index_range;
  DataValue value;
};
HANSE_DESCRIBE(WriteValue, (node, attribute, index_range, value))

struct CallMethodRequest {
  NodeId object, method;
  Array<Variant> input_arguments;
};
HANSE_DESCRIBE(CallMethodRequest, (object, method, input_arguments))

struct CallMethodResult {
  StatusCode status;
  Array<StatusCode> input_argument_results;
  Array<DiagnosticInfo> input_argument_diagnostics;
  Array<Variant> output_arguments;
};
HANSE_DESCRIBE(CallMethodResult, (status, input_argument_results, input_argument_diagnostics, output_arguments))

struct MonitoringParameters {
  std::uint32_t client_handle = 0;
  double sampling_interval_ms = 0;
  ExtensionObject filter;
  std::uint32_t queue_size = 0;
  bool discard_oldest = true;
};
HANSE_DESCRIBE(MonitoringParameters, (client_handle, sampling_interval_ms, filter, queue_size, discard_oldest))

enum class MonitoringMode : std::int32_t { disabled, sampling, reporting };
enum class TimestampsToReturn : std::int32_t { source, server, both, neither };

struct MonitoredItemCreateRequest {
  ReadValueId item;
  MonitoringMode mode = MonitoringMode::reporting;
  MonitoringParameters parameters;
};
HANSE_DESCRIBE(MonitoredItemCreateRequest, (item, mode, parameters))

struct MonitoredItemCreateResult {
  StatusCode status;
  std::uint32_t monitored_item_id = 0;
  double revised_sampling_interval_ms = 0;
  std::uint32_t revised_queue_size = 0;
  ExtensionObject filter_result;
};
HANSE_DESCRIBE(MonitoredItemCreateResult,
               (status, monitored_item_id, revised_sampling_interval_ms, revised_queue_size, filter_result))

enum class DeadbandType : std::uint32_t { none, absolute, percent };
enum class DataChangeTrigger : std::int32_t { status, status_value, status_value_timestamp };

struct DataChangeFilter {
  static constexpr std::uint32_t kBinaryId = 724;
  DataChangeTrigger trigger = DataChangeTrigger::status_value;
  DeadbandType deadband_type = DeadbandType::none;
  double deadband_value = 0;
};
HANSE_DESCRIBE(DataChangeFilter, (trigger, deadband_type, deadband_value))

struct SimpleAttributeOperand {
  NodeId type_definition;
  Array<QualifiedName> browse_path;
  std::uint32_t attribute = 13;
  String index_range;
};
HANSE_DESCRIBE(SimpleAttributeOperand, (type_definition, browse_path, attribute, index_range))

struct ContentFilterElement {
  std::int32_t filter_operator = 0;
  Array<ExtensionObject> operands;
};
HANSE_DESCRIBE(ContentFilterElement, (filter_operator, operands))

struct EventFilter {
  static constexpr std::uint32_t kBinaryId = 727;
  Array<SimpleAttributeOperand> select_clauses;
  Array<ContentFilterElement> where_clause = no_conditions();
  static Array<ContentFilterElement> no_conditions() {
    Array<ContentFilterElement> none;
    none.empty_not_null = true;
    return none;
  }
};
HANSE_DESCRIBE(EventFilter, (select_clauses, where_clause))

struct SubscriptionAcknowledgement {
  std::uint32_t subscription_id = 0, sequence_number = 0;
};
HANSE_DESCRIBE(SubscriptionAcknowledgement, (subscription_id, sequence_number))

struct NotificationMessage {
  std::uint32_t sequence_number = 0;
  DateTime publish_time;
  Array<ExtensionObject> notification_data;
};
HANSE_DESCRIBE(NotificationMessage, (sequence_number, publish_time, notification_data))

struct MonitoredItemNotification {
  std::uint32_t client_handle = 0;
  DataValue value;
};
HANSE_DESCRIBE(MonitoredItemNotification, (client_handle, value))

struct DataChangeNotification {
  static constexpr std::uint32_t kBinaryId = 811;
  Array<MonitoredItemNotification> monitored_items;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(DataChangeNotification, (monitored_items, diagnostics))

struct EventFieldList {
  std::uint32_t client_handle = 0;
  Array<Variant> fields;
};
HANSE_DESCRIBE(EventFieldList, (client_handle, fields))

struct EventNotificationList {
  static constexpr std::uint32_t kBinaryId = 916;
  Array<EventFieldList> events;
};
HANSE_DESCRIBE(EventNotificationList, (events))

struct StatusChangeNotification {
  static constexpr std::uint32_t kBinaryId = 820;
  StatusCode status;
  DiagnosticInfo diagnostics;
};
HANSE_DESCRIBE(StatusChangeNotification, (status, diagnostics))

struct TransferResult {
  StatusCode status;
  Array<std::uint32_t> available_sequence_numbers;
};
HANSE_DESCRIBE(TransferResult, (status, available_sequence_numbers))

struct HistoryReadValueId {
  NodeId node;
  String index_range;
  QualifiedName data_encoding;
  ByteString continuation_point;
};
HANSE_DESCRIBE(HistoryReadValueId, (node, index_range, data_encoding, continuation_point))

struct ReadRawModifiedDetails {
  static constexpr std::uint32_t kBinaryId = 649;
  bool is_read_modified = false;
  DateTime start_time, end_time;
  std::uint32_t values_per_node = 0;
  bool return_bounds = false;
};
HANSE_DESCRIBE(ReadRawModifiedDetails, (is_read_modified, start_time, end_time, values_per_node, return_bounds))

struct HistoryData {
  static constexpr std::uint32_t kBinaryId = 658;
  Array<DataValue> values;
};
HANSE_DESCRIBE(HistoryData, (values))

struct HistoryReadResult {
  StatusCode status;
  ByteString continuation_point;
  ExtensionObject history_data;
};
HANSE_DESCRIBE(HistoryReadResult, (status, continuation_point, history_data))

struct BuildInfo {
  static constexpr std::uint32_t kBinaryId = 340;
  String product_uri, manufacturer_name, product_name, software_version, build_number;
  DateTime build_date;
};
HANSE_DESCRIBE(BuildInfo, (product_uri, manufacturer_name, product_name, software_version, build_number, build_date))

enum class ServerState : std::int32_t {
  running,
  failed,
  no_configuration,
  suspended,
  shutdown,
  test,
  communication_fault,
  unknown
};

struct ServerStatus {
  static constexpr std::uint32_t kBinaryId = 864;
  DateTime start_time, current_time;
  ServerState state = ServerState::unknown;
  BuildInfo build_info;
  std::uint32_t seconds_till_shutdown = 0;
  LocalizedText shutdown_reason;
};
HANSE_DESCRIBE(ServerStatus, (start_time, current_time, state, build_info, seconds_till_shutdown, shutdown_reason))

struct EngineeringUnits {
  static constexpr std::uint32_t kBinaryId = 889;
  String namespace_uri;
  std::int32_t unit_id = -1;
  LocalizedText display_name, description;
};
HANSE_DESCRIBE(EngineeringUnits, (namespace_uri, unit_id, display_name, description))

struct Range {
  static constexpr std::uint32_t kBinaryId = 886;
  double low = 0, high = 0;
};
HANSE_DESCRIBE(Range, (low, high))

/// One argument of a method, as its InputArguments property lists them. Source: OPC 10000-3, 8.6.
struct Argument {
  static constexpr std::uint32_t kBinaryId = 298;
  String name;
  NodeId data_type;
  std::int32_t value_rank = -1;
  Array<std::uint32_t> array_dimensions;
  LocalizedText description;
};
HANSE_DESCRIBE(Argument, (name, data_type, value_rank, array_dimensions, description))

struct StructureField {
  String name;
  LocalizedText description;
  NodeId data_type;
  std::int32_t value_rank = -1;
  Array<std::uint32_t> array_dimensions;
  std::uint32_t max_string_length = 0;
  bool is_optional = false;
};
HANSE_DESCRIBE(StructureField,
               (name, description, data_type, value_rank, array_dimensions, max_string_length, is_optional))

enum class StructureType : std::int32_t { structure, with_optional_fields, union_ };

/// How a server's own structure lies on the wire, as it tells since 1.04. Source: OPC 10000-3, 8.48.
struct StructureDefinition {
  static constexpr std::uint32_t kBinaryId = 122;
  NodeId default_encoding_id, base_data_type;
  StructureType structure_type = StructureType::structure;
  Array<StructureField> fields;
};
HANSE_DESCRIBE(StructureDefinition, (default_encoding_id, base_data_type, structure_type, fields))

}  // namespace hanse::connectors::opcua
