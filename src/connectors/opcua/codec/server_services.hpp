#pragma once

#include "connectors/opcua/codec/services.hpp"

// The services that our server answers and our client doesn't ask for. Source: OPC 10000-4; ids: OPC 10000-6, A.

namespace hanse::connectors::opcua {

struct CancelResponse {
  static constexpr std::uint32_t kBinaryId = 482;
  ResponseHeader header;
  std::uint32_t cancel_count = 0;
};
HANSE_DESCRIBE(CancelResponse, (header, cancel_count))
struct CancelRequest {
  static constexpr std::uint32_t kBinaryId = 479;
  using Response = CancelResponse;
  RequestHeader header;
  std::uint32_t request_handle = 0;
};
HANSE_DESCRIBE(CancelRequest, (header, request_handle))

struct UnregisterNodesResponse {
  static constexpr std::uint32_t kBinaryId = 569;
  ResponseHeader header;
};
HANSE_DESCRIBE(UnregisterNodesResponse, (header))
struct UnregisterNodesRequest {
  static constexpr std::uint32_t kBinaryId = 566;
  using Response = UnregisterNodesResponse;
  RequestHeader header;
  Array<NodeId> nodes;
};
HANSE_DESCRIBE(UnregisterNodesRequest, (header, nodes))

struct MonitoredItemModifyRequest {
  std::uint32_t monitored_item_id = 0;
  MonitoringParameters parameters;
};
HANSE_DESCRIBE(MonitoredItemModifyRequest, (monitored_item_id, parameters))

struct MonitoredItemModifyResult {
  StatusCode status;
  double revised_sampling_interval_ms = 0;
  std::uint32_t revised_queue_size = 0;
  ExtensionObject filter_result;
};
HANSE_DESCRIBE(MonitoredItemModifyResult, (status, revised_sampling_interval_ms, revised_queue_size, filter_result))

struct ModifyMonitoredItemsResponse {
  static constexpr std::uint32_t kBinaryId = 766;
  ResponseHeader header;
  Array<MonitoredItemModifyResult> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(ModifyMonitoredItemsResponse, (header, results, diagnostics))
struct ModifyMonitoredItemsRequest {
  static constexpr std::uint32_t kBinaryId = 763;
  using Response = ModifyMonitoredItemsResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0;
  TimestampsToReturn timestamps = TimestampsToReturn::both;
  Array<MonitoredItemModifyRequest> items;
};
HANSE_DESCRIBE(ModifyMonitoredItemsRequest, (header, subscription_id, timestamps, items))

struct SetMonitoringModeResponse {
  static constexpr std::uint32_t kBinaryId = 772;
  ResponseHeader header;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(SetMonitoringModeResponse, (header, results, diagnostics))
struct SetMonitoringModeRequest {
  static constexpr std::uint32_t kBinaryId = 769;
  using Response = SetMonitoringModeResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0;
  MonitoringMode mode = MonitoringMode::reporting;
  Array<std::uint32_t> monitored_item_ids;
};
HANSE_DESCRIBE(SetMonitoringModeRequest, (header, subscription_id, mode, monitored_item_ids))

struct DeleteMonitoredItemsResponse {
  static constexpr std::uint32_t kBinaryId = 784;
  ResponseHeader header;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(DeleteMonitoredItemsResponse, (header, results, diagnostics))
struct DeleteMonitoredItemsRequest {
  static constexpr std::uint32_t kBinaryId = 781;
  using Response = DeleteMonitoredItemsResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0;
  Array<std::uint32_t> monitored_item_ids;
};
HANSE_DESCRIBE(DeleteMonitoredItemsRequest, (header, subscription_id, monitored_item_ids))

struct ModifySubscriptionResponse {
  static constexpr std::uint32_t kBinaryId = 796;
  ResponseHeader header;
  double revised_publishing_interval_ms = 0;
  std::uint32_t revised_lifetime_count = 0, revised_max_keep_alive_count = 0;
};
HANSE_DESCRIBE(ModifySubscriptionResponse,
               (header, revised_publishing_interval_ms, revised_lifetime_count, revised_max_keep_alive_count))
struct ModifySubscriptionRequest {
  static constexpr std::uint32_t kBinaryId = 793;
  using Response = ModifySubscriptionResponse;
  RequestHeader header;
  std::uint32_t subscription_id = 0;
  double publishing_interval_ms = 0;
  std::uint32_t lifetime_count = 0, max_keep_alive_count = 0, max_notifications_per_publish = 0;
  std::uint8_t priority = 0;
};
HANSE_DESCRIBE(ModifySubscriptionRequest, (header, subscription_id, publishing_interval_ms, lifetime_count,
                                           max_keep_alive_count, max_notifications_per_publish, priority))

struct SetPublishingModeResponse {
  static constexpr std::uint32_t kBinaryId = 802;
  ResponseHeader header;
  Array<StatusCode> results;
  Array<DiagnosticInfo> diagnostics;
};
HANSE_DESCRIBE(SetPublishingModeResponse, (header, results, diagnostics))
struct SetPublishingModeRequest {
  static constexpr std::uint32_t kBinaryId = 799;
  using Response = SetPublishingModeResponse;
  RequestHeader header;
  bool publishing_enabled = true;
  Array<std::uint32_t> subscription_ids;
};
HANSE_DESCRIBE(SetPublishingModeRequest, (header, publishing_enabled, subscription_ids))

/// As `for_each_message` for the messages here.
template <class F>
void for_each_server_message(F&& f) {
  const auto all = [&]<class... Messages>(boost::mp11::mp_list<Messages...>) {
    (f.template operator()<Messages>(), ...);
  };
  all(boost::mp11::mp_list<CancelRequest, CancelResponse, UnregisterNodesRequest, UnregisterNodesResponse,
                           ModifyMonitoredItemsRequest, ModifyMonitoredItemsResponse, SetMonitoringModeRequest,
                           SetMonitoringModeResponse, DeleteMonitoredItemsRequest, DeleteMonitoredItemsResponse,
                           ModifySubscriptionRequest, ModifySubscriptionResponse, SetPublishingModeRequest,
                           SetPublishingModeResponse>{});
}

}  // namespace hanse::connectors::opcua
