#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace hanse::connectors::opcua {

/// What a ServiceLevel says. Source: OPC 10000-4, 6.6.2.4.2.
enum class ServiceRange {
  maintenance,  ///< 0: leave it alone.
  no_data,      ///< 1
  degraded,     ///< 2 to 199: it lost some of its sources.
  healthy,      ///< 200 to 255
};
ServiceRange service_range(int level);

/// Decides when a server of a failover set is left for another: told this one's service level and, one after the
/// other, those of the others. Only a level in a better range, or one well above, is worth the change: two servers that
/// sway about the same level would hand us to and fro. No socket, no clock.
class StandIn {
 public:
  enum class News { none, fell, rose };
  /// The level of the server that is followed.
  News own_level(int level, Duration now);
  int own_level() const { return own_; }
  /// A new session, be it with the same server: whom it stands beside is asked anew.
  void start_over();

  /// Whom of `others` to ask now: none while this one is healthy, while an answer is awaited, and between two rounds.
  std::optional<std::string> next(const std::vector<std::string>& others, Duration now);
  struct Better {
    std::string url;
    int level = 0;
    friend bool operator==(const Better&, const Better&) = default;
  };
  /// What the one that was asked said; nothing when it could not be asked. Gives the server to change to: the first
  /// healthy one, else the best of the round, if it is better.
  std::optional<Better> told(const std::string& url, std::optional<int> level);

 private:
  bool is_better(int level) const;

  int own_ = 255;
  std::vector<std::string> waiting_;  ///< Of this round, to be asked yet.
  std::optional<std::string> asked_;
  std::optional<Better> best_;
  Duration next_round_ = Duration::min();
};

}  // namespace hanse::connectors::opcua
