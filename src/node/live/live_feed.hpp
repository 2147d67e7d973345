#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "apps/app.hpp"
#include "net/live_hub.hpp"
#include "node/connections/routes.hpp"
#include "plant/equipment.hpp"
#include "signal/sample.hpp"

namespace hanse::node {

/// Turns what happens in the node into topics of the live hub:
///   samples:<number>  the newest sample of a signal, for those that somebody listens to
///   states            a production event; pages read anew what they show of its asset
///   findings          a finding that opened, changed or closed
///   health            a connection whose health or reason changed
/// Each call may come from its own thread.
class LiveFeed {
 public:
  explicit LiveFeed(net::LiveHub& hub) : hub_(hub) {}

  void samples(const signal::SampleBatch& batch);
  void events(std::span<const plant::ProductionEvent> events);
  void finding(const apps::Finding& finding);
  /// From one thread at a time; publishes what differs from the call before.
  void healths(const std::vector<ConnectionHealth>& healths);

 private:
  void renew_wanted();

  net::LiveHub& hub_;
  std::mutex mutex_;  ///< Guards the two below.
  std::uint64_t wanted_version_ = ~0ULL;
  std::unordered_set<std::uint32_t> wanted_;
  std::map<std::string, std::pair<connectors::Health, std::string>> healths_;
};

/// Does a role of the caller give this permission at the site of this signal?
using AtItsSite = std::function<bool(std::string_view permission, std::uint32_t signal)>;
/// May this caller listen to this topic? By the permission of the routes that give the same data. A role that holds at
/// some sites only hears the values of their signals, and none of the news that tell of all sites.
bool may_listen(const api::Caller& caller, std::string_view topic, const AtItsSite& at_its_site = nullptr);

}  // namespace hanse::node
