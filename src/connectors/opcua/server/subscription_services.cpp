#include <algorithm>

#include "connectors/opcua/names.hpp"
#include "connectors/opcua/server/call.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr StatusCode kBadTooManySubscriptions{0x80770000}, kBadTooManyMonitoredItems{0x80DB0000},
    kBadMonitoredItemIdInvalid{0x80420000}, kBadMonitoringModeInvalid{0x80410000},
    kGoodSubscriptionTransferred{0x002D0000};
constexpr std::uint32_t kEventAttribute = 12;
constexpr std::size_t kPublishesMax = 20;  // Waiting, of one session.
constexpr std::size_t kOrphansFactor = 2;  // Subscriptions in all: so many times what the sessions may have.
constexpr Duration kServerSampling = 1s;   // Of the server's own time and state.

SubscriptionTerms terms_of(const auto& request) {
  return SubscriptionTerms::revise(request.publishing_interval_ms, request.lifetime_count, request.max_keep_alive_count,
                                   request.max_notifications_per_publish, request.priority);
}

double milliseconds(Duration duration) { return static_cast<double>(duration / 1us) / 1000; }

bool is_sampled(const NodeId& node) { return node.is(ids::kServerStatus) || node.is(ids::kCurrentTime); }

}  // namespace

bool Server::serve_subscriptions(Call& call) {
  return serve<PublishRequest>(call,
                               [&](const PublishRequest& request) {
                                 StatusCode why;
                                 auto* session = session_of(call, request.header, true, why);
                                 if (!session) {
                                   return call.peer.connection.fault(call.request_id, request.header.request_handle,
                                                                     why);
                                 }
                                 take_publish(call, *session, request);
                               }) ||
         in_session(call, &Server::create_subscription) || in_session(call, &Server::modify_subscription) ||
         in_session(call, &Server::set_publishing) || in_session(call, &Server::delete_subscriptions) ||
         in_session(call, &Server::transfer) || in_session(call, &Server::create_items) ||
         in_session(call, &Server::modify_items) || in_session(call, &Server::set_mode) ||
         in_session(call, &Server::delete_items) || in_session(call, &Server::republish) ||
         in_session(call, &Server::cancel);
}

Server::Subscribed* Server::subscription_of(const ServerSession& session, std::uint32_t id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || !session.subscriptions.contains(id)) return nullptr;
  found->second.subscription.heard();
  return &found->second;
}

CreateSubscriptionResponse Server::create_subscription(ServerSession& session,
                                                       const CreateSubscriptionRequest& request) {
  CreateSubscriptionResponse response;
  const std::size_t most = options_.subscriptions_per_session * options_.sessions_max * kOrphansFactor;
  if (session.subscriptions.size() >= options_.subscriptions_per_session || subscriptions_.size() >= most) {
    response.header.service_result = kBadTooManySubscriptions;
    return response;
  }
  const auto terms = terms_of(request);
  const std::uint32_t id = ++subscription_numbers_;
  subscriptions_.emplace(id, Subscribed{.subscription = {id, terms, request.publishing_enabled, now_.monotonic},
                                        .session = session.token,
                                        .user = *session.user,
                                        .application = session.application_uri});
  session.subscriptions.insert(id);
  response.subscription_id = id;
  response.revised_publishing_interval_ms = milliseconds(terms.publishing_interval);
  response.revised_lifetime_count = terms.lifetime_count;
  response.revised_max_keep_alive_count = terms.keep_alive_count;
  return response;
}

ModifySubscriptionResponse Server::modify_subscription(ServerSession& session,
                                                       const ModifySubscriptionRequest& request) {
  ModifySubscriptionResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  if (!found) {
    response.header.service_result = status::kBadSubscriptionIdInvalid;
    return response;
  }
  const auto terms = terms_of(request);
  found->subscription.modify(terms);
  response.revised_publishing_interval_ms = milliseconds(terms.publishing_interval);
  response.revised_lifetime_count = terms.lifetime_count;
  response.revised_max_keep_alive_count = terms.keep_alive_count;
  return response;
}

SetPublishingModeResponse Server::set_publishing(ServerSession& session, const SetPublishingModeRequest& request) {
  SetPublishingModeResponse response;
  response.header.service_result = check_count(request.subscription_ids);
  for (const auto id : request.subscription_ids) {
    auto* found = subscription_of(session, id);
    if (found) found->subscription.enable(request.publishing_enabled);
    response.results.push_back(found ? status::kGood : status::kBadSubscriptionIdInvalid);
  }
  return response;
}

DeleteSubscriptionsResponse Server::delete_subscriptions(ServerSession& session,
                                                         const DeleteSubscriptionsRequest& request) {
  DeleteSubscriptionsResponse response;
  response.header.service_result = check_count(request.subscription_ids);
  for (const auto id : request.subscription_ids) {
    const bool known = subscription_of(session, id) != nullptr;
    if (known) remove_subscription(id);
    response.results.push_back(known ? status::kGood : status::kBadSubscriptionIdInvalid);
  }
  publish(session);  // Without a subscription nothing is left to wait for.
  return response;
}

void Server::remove_subscription(std::uint32_t id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return;
  found->second.subscription.for_each_item([this](MonitoredItem& item) { unwatch(item); });
  items_ -= found->second.subscription.size();
  if (auto* session = sessions_.find(found->second.session)) session->subscriptions.erase(id);
  subscriptions_.erase(found);
}

TransferSubscriptionsResponse Server::transfer(ServerSession& session, const TransferSubscriptionsRequest& request) {
  TransferSubscriptionsResponse response;
  response.header.service_result = check_count(request.subscription_ids);
  for (const auto id : request.subscription_ids) {
    TransferResult result;
    const auto found = subscriptions_.find(id);
    // An anonymous client must at least be the same application, with a certificate that says so. OPC 10000-4, 5.14.7
    const bool same = found != subscriptions_.end() && found->second.user == *session.user &&
                      (!session.user->empty() ||
                       (!session.client_certificate.empty() && found->second.application == session.application_uri));
    if (found == subscriptions_.end()) {
      result.status = status::kBadSubscriptionIdInvalid;
    } else if (!same) {
      result.status = status::kBadUserAccessDenied;
    } else if (session.subscriptions.size() >= options_.subscriptions_per_session) {
      result.status = kBadTooManySubscriptions;
    } else {
      auto& subscribed = found->second;
      auto* before = sessions_.find(subscribed.session);
      if (before && before != &session) {
        before->subscriptions.erase(id);
        if (!before->publishes.empty()) {
          send_publish(*before, id,
                       {.message = subscribed.subscription.status_change(kGoodSubscriptionTransferred, now_.time)}, {});
        }
      }
      subscribed.session = session.token;
      session.subscriptions.insert(id);
      subscribed.subscription.heard();
      result.available_sequence_numbers = subscribed.subscription.available();
      if (request.send_initial_values) {
        subscribed.subscription.for_each_item([&](MonitoredItem& item) {
          if (item.queued() == 0) subscribed.subscription.repeat(item);
        });
      }
    }
    response.results.push_back(std::move(result));
  }
  return response;
}

void Server::watch(MonitoredItem& item) {
  if (item.live) {
    watchers_[*item.live].push_back(&item);
  } else if (item.what.attribute == kValueAttribute && is_sampled(item.what.node)) {
    sampled_.push_back(&item);
  }
}

void Server::unwatch(MonitoredItem& item) {
  if (!item.live) {
    std::erase(sampled_, &item);
    return;
  }
  const auto found = watchers_.find(*item.live);
  if (found == watchers_.end()) return;
  std::erase(found->second, &item);
  if (found->second.empty()) watchers_.erase(found);
}

MonitoredItemCreateResult Server::create_item(Subscription& subscription, TimestampsToReturn timestamps,
                                              const MonitoredItemCreateRequest& wanted) {
  MonitoredItemCreateResult result;
  const auto refuse = [&](StatusCode why) {
    result.status = why;
    return result;
  };
  if (static_cast<std::uint32_t>(wanted.mode) > 2) return refuse(kBadMonitoringModeInvalid);
  const auto* node = space_->find(wanted.item.node);
  if (!node) return refuse(status::kBadNodeIdUnknown);
  auto first = read_one(wanted.item);
  if (first.status_or_good().kind() == kBadAttributeIdInvalid.code || wanted.item.attribute == kEventAttribute) {
    return refuse(kBadAttributeIdInvalid);  // Events aren't offered: no node notifies.
  }
  if (const auto kind = first.status_or_good().kind(); kind == 0x80360000 || kind == 0x80380000) {
    return refuse(first.status_or_good());  // Index range or encoding.
  }
  if (items_ >= options_.items_max) return refuse(kBadTooManyMonitoredItems);
  MonitoredItem made;
  made.id = ++item_numbers_;
  made.subscription = subscription.id();
  made.what = wanted.item;
  made.timestamps = timestamps;
  made.mode = wanted.mode;
  if (wanted.item.attribute == kValueAttribute) made.live = node->live;
  if (const auto wrong = made.apply(wanted.parameters, subscription.terms().publishing_interval); wrong.is_bad()) {
    return refuse(wrong);
  }
  auto& item = subscription.add(std::move(made));
  ++items_;
  watch(item);
  subscription.offer(item, std::move(first), now_.monotonic);
  result.monitored_item_id = item.id;
  result.revised_sampling_interval_ms = item.parameters().sampling_interval_ms;
  result.revised_queue_size = item.parameters().queue_size;
  return result;
}

CreateMonitoredItemsResponse Server::create_items(ServerSession& session, const CreateMonitoredItemsRequest& request) {
  CreateMonitoredItemsResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  response.header.service_result = found ? check_count(request.items) : status::kBadSubscriptionIdInvalid;
  if (static_cast<std::uint32_t>(request.timestamps) > 3) response.header.service_result = kBadTimestampsInvalid;
  if (response.header.service_result.is_bad()) return response;
  for (const auto& wanted : request.items) {
    response.results.push_back(create_item(found->subscription, request.timestamps, wanted));
  }
  return response;
}

ModifyMonitoredItemsResponse Server::modify_items(ServerSession& session, const ModifyMonitoredItemsRequest& request) {
  ModifyMonitoredItemsResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  response.header.service_result = found ? check_count(request.items) : status::kBadSubscriptionIdInvalid;
  if (static_cast<std::uint32_t>(request.timestamps) > 3) response.header.service_result = kBadTimestampsInvalid;
  if (response.header.service_result.is_bad()) return response;
  for (const auto& wanted : request.items) {
    MonitoredItemModifyResult result;
    auto* item = found->subscription.find(wanted.monitored_item_id);
    if (!item) {
      result.status = kBadMonitoredItemIdInvalid;
    } else {
      result.status = found->subscription.modify(*item, wanted.parameters);
      if (!result.status.is_bad()) item->timestamps = request.timestamps;
      result.revised_sampling_interval_ms = item->parameters().sampling_interval_ms;
      result.revised_queue_size = item->parameters().queue_size;
    }
    response.results.push_back(std::move(result));
  }
  return response;
}

SetMonitoringModeResponse Server::set_mode(ServerSession& session, const SetMonitoringModeRequest& request) {
  SetMonitoringModeResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  response.header.service_result = found ? check_count(request.monitored_item_ids) : status::kBadSubscriptionIdInvalid;
  if (static_cast<std::uint32_t>(request.mode) > 2) response.header.service_result = kBadMonitoringModeInvalid;
  if (response.header.service_result.is_bad()) return response;
  for (const auto id : request.monitored_item_ids) {
    auto* item = found->subscription.find(id);
    response.results.push_back(item ? status::kGood : kBadMonitoredItemIdInvalid);
    if (!item) continue;
    const bool begins = item->mode == MonitoringMode::disabled && request.mode != MonitoringMode::disabled;
    item->mode = request.mode;
    found->subscription.renew(*item);
    if (begins) found->subscription.offer(*item, read_one(item->what), now_.monotonic);
  }
  return response;
}

DeleteMonitoredItemsResponse Server::delete_items(ServerSession& session, const DeleteMonitoredItemsRequest& request) {
  DeleteMonitoredItemsResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  response.header.service_result = found ? check_count(request.monitored_item_ids) : status::kBadSubscriptionIdInvalid;
  if (response.header.service_result.is_bad()) return response;
  for (const auto id : request.monitored_item_ids) {
    auto* item = found->subscription.find(id);
    response.results.push_back(item ? status::kGood : kBadMonitoredItemIdInvalid);
    if (!item) continue;
    unwatch(*item);
    found->subscription.remove(id);
    --items_;
  }
  return response;
}

RepublishResponse Server::republish(ServerSession& session, const RepublishRequest& request) {
  RepublishResponse response;
  auto* found = subscription_of(session, request.subscription_id);
  const auto* sent = found ? found->subscription.sent(request.retransmit_sequence_number) : nullptr;
  if (!found) {
    response.header.service_result = status::kBadSubscriptionIdInvalid;
  } else if (!sent) {
    response.header.service_result = status::kBadMessageNotAvailable;
  } else {
    response.message = *sent;
  }
  return response;
}

CancelResponse Server::cancel(ServerSession& session, const CancelRequest& request) {
  CancelResponse response;
  const auto peer = connections_.find(*session.connection);
  std::erase_if(session.publishes, [&](const WaitingPublish& waiting) {
    if (waiting.request_handle != request.request_handle) return false;
    ++response.cancel_count;
    constexpr StatusCode kBadRequestCancelledByClient{0x802C0000};
    peer->second->connection.fault(waiting.request_id, waiting.request_handle, kBadRequestCancelledByClient);
    return true;
  });
  return response;
}

void Server::take_publish(Call& call, ServerSession& session, const PublishRequest& request) {
  WaitingPublish waiting{.request_id = call.request_id, .request_handle = request.header.request_handle, .results = {}};
  if (request.header.timeout_hint_ms != 0) {
    waiting.deadline = now_.monotonic + std::chrono::milliseconds{request.header.timeout_hint_ms};
  }
  for (const auto& acknowledged : request.acknowledgements) {
    auto* found = subscription_of(session, acknowledged.subscription_id);
    waiting.results.push_back(found ? found->subscription.acknowledge(acknowledged.sequence_number)
                                    : status::kBadSubscriptionIdInvalid);
  }
  session.publishes.push_back(std::move(waiting));
  if (session.publishes.size() > kPublishesMax) {
    const auto oldest = std::move(session.publishes.front());
    session.publishes.pop_front();
    call.peer.connection.fault(oldest.request_id, oldest.request_handle, status::kBadTooManyPublishRequests);
  }
  publish(session);
}

void Server::expire_publishes(ServerSession& session) {
  const auto peer = session.connection ? connections_.find(*session.connection) : connections_.end();
  std::erase_if(session.publishes, [&](const WaitingPublish& waiting) {
    if (waiting.deadline > now_.monotonic) return false;
    if (peer != connections_.end()) {
      peer->second->connection.fault(waiting.request_id, waiting.request_handle, status::kBadTimeout);
    }
    return true;
  });
}

void Server::publish(ServerSession& session) {
  if (session.subscriptions.empty()) {
    const auto peer = session.connection ? connections_.find(*session.connection) : connections_.end();
    for (const auto& waiting : session.publishes) {
      if (peer == connections_.end()) break;
      peer->second->connection.fault(waiting.request_id, waiting.request_handle, status::kBadNoSubscription);
    }
    session.publishes.clear();
    return;
  }
  while (!session.publishes.empty()) {
    Subscribed* next = nullptr;
    for (const auto id : session.subscriptions) {
      auto& candidate = subscriptions_.at(id);
      if (!candidate.subscription.wants_to_publish()) continue;
      if (!next || candidate.subscription.terms().priority > next->subscription.terms().priority) next = &candidate;
    }
    if (!next) return;
    auto taken = next->subscription.take(now_.time);
    send_publish(session, next->subscription.id(), std::move(taken), next->subscription.available());
  }
}

void Server::send_publish(ServerSession& session, std::uint32_t subscription, Subscription::Taken taken,
                          Array<std::uint32_t> available) {
  const auto waiting = std::move(session.publishes.front());
  session.publishes.pop_front();
  const auto peer = session.connection ? connections_.find(*session.connection) : connections_.end();
  if (peer == connections_.end()) return;
  PublishResponse response;
  response.subscription_id = subscription;
  response.available_sequence_numbers = std::move(available);
  response.more_notifications = taken.more;
  response.message = std::move(taken.message);
  response.results = waiting.results;
  peer->second->connection.answer(waiting.request_id, waiting.request_handle, std::move(response));
}

void Server::sample_server_nodes() {
  if (sampled_.empty() || now_.monotonic < next_sampling_) return;
  next_sampling_ = now_.monotonic + kServerSampling;
  for (auto* item : sampled_) {
    const auto owner = subscriptions_.find(item->subscription);
    if (owner != subscriptions_.end()) owner->second.subscription.offer(*item, read_one(item->what), now_.monotonic);
  }
}

}  // namespace hanse::connectors::opcua
