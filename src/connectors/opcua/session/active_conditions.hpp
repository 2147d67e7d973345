#pragma once

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hanse::connectors::opcua {

/// Which alarms of a server are active: each report says that an alarm is or isn't, again and again, also when somebody
/// acknowledged it; what counts is when that changes. A refresh reports all that there are: what it leaves out is over.
class ActiveConditions {
 public:
  static constexpr std::size_t kConditionsMax = 2000;  ///< More aren't told apart: they neither begin nor end.
  enum class Change { none, begins, ends };
  struct Condition {
    std::string source, name;
    std::string id = {};  ///< Its node, where the server tells.
    friend auto operator<=>(const Condition&, const Condition&) = default;
  };

  Change told(Condition condition, bool active) {
    if (!active) return active_.erase(condition) > 0 ? Change::ends : Change::none;
    if (refreshing_ && seen_.size() < kConditionsMax) seen_.insert(condition);
    if (active_.size() >= kConditionsMax) return Change::none;
    return active_.insert(std::move(condition)).second ? Change::begins : Change::none;
  }

  void refresh_begins() {
    refreshing_ = true;
    seen_.clear();
  }
  /// Gives what ended while nobody listened.
  std::vector<Condition> refresh_ends() {
    std::vector<Condition> over;
    if (!std::exchange(refreshing_, false)) return over;
    std::ranges::set_difference(active_, seen_, std::back_inserter(over));
    for (const auto& condition : over) active_.erase(condition);
    seen_.clear();
    return over;
  }

 private:
  std::set<Condition> active_, seen_;
  bool refreshing_ = false;
};

}  // namespace hanse::connectors::opcua
