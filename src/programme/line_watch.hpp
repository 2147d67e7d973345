#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plant/equipment.hpp"
#include "programme/records.hpp"

namespace hanse::programme {

/// What the events of a live line's machines mean for its orders. Pure; one owner.
class LineWatch {
 public:
  explicit LineWatch(LiveLine line) : line_(std::move(line)) {}
  const LiveLine& line() const { return line_; }

  /// In order of time for each asset; events of other machines count for nothing.
  void take(const plant::ProductionEvent& event);

  struct Made {
    double good = 0, scrap = 0;
    Timestamp last;  ///< Of the newest event counted.
  };
  /// What was counted since it was asked before; nothing when nothing was.
  std::optional<Made> made();
  /// Puts back what could not be booked, to be counted with the next.
  void give_back(const Made& made);

  struct Stop {
    std::string asset;
    Timestamp since;
    std::string reason;  ///< The alarm's or the reason's text; empty when the machine said none.
    friend bool operator==(const Stop&, const Stop&) = default;
  };
  /// Machines of the line that have been down for `alarm_after_s` or longer.
  std::vector<Stop> stops(Timestamp now) const;
  /// Machines of the line that are down at all, and since when.
  const std::map<std::string, Stop>& down() const { return down_; }
  /// Of the line's hours without these machines: its weakest stage's share.
  double part_left(const std::vector<Stop>& without) const;

 private:
  bool counts(const plant::ProductionEvent& event) const;
  bool is_machine(const std::string& asset) const;

  LiveLine line_;
  std::optional<Made> made_;
  std::map<std::string, Stop> down_;           ///< By asset.
  std::map<std::string, std::string> alarms_;  ///< The last alarm's text, by asset.
};

}  // namespace hanse::programme
